//! All series judged together: the families of their tests.

use schemars::JsonSchema;
use serde::Serialize;

use super::evidence::Evidence;
use crate::stats::{Test, fdr};

/// Tests made, and those that could be significant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct FamilySize {
    /// Series with a test.
    pub tested: usize,
    /// Those whose sizes and ties allow a p of alpha or less, which are adjusted together.
    pub kept: usize,
}

/// One family, by series; series without a test are no members.
pub(super) struct Family {
    /// Adjusted ps; `None` for members that cannot reach alpha, and others.
    pub(super) q: Vec<Option<f64>>,
    pub(super) size: FamilySize,
    /// ps of the kept, ascending.
    kept: Vec<f64>,
    members: Vec<Option<Test>>,
    alpha: f64,
}

impl Family {
    pub(super) fn new(members: Vec<Option<Test>>, alpha: f64) -> Self {
        let judged = fdr::family(&members, alpha);
        let tests = members.iter().zip(&judged.q).filter(|(_, q)| q.is_some()).flat_map(|(member, _)| member);
        let mut kept: Vec<f64> = tests.map(|one| one.p).collect();
        kept.sort_unstable_by(f64::total_cmp);
        Self { size: FamilySize { tested: judged.tested, kept: judged.kept }, q: judged.q, kept, members, alpha }
    }

    /// The greatest p with which a series would be significant, given the ps of the others.
    ///
    /// Benjamini and Hochberg reject it exactly when its p is at most `alpha R / K`, with `R` the rejections among `K`
    /// members were its p 0.
    pub(super) fn bar(&self, series: usize) -> f64 {
        let own = self.members[series].filter(|_| self.q[series].is_some()).map(|member| member.p);
        let place = own.and_then(|own| self.kept.iter().position(|p| p.total_cmp(&own).is_eq()));
        let others = self.kept.iter().enumerate().filter(|(at, _)| Some(*at) != place);
        let all = (self.kept.len() + usize::from(place.is_none())) as f64;
        let rejected = (2..)
            .zip(others)
            .filter(|(rank, (_, p))| **p <= self.alpha * f64::from(*rank) / all)
            .map(|(rank, _)| rank)
            .last()
            .unwrap_or(1);
        self.alpha * f64::from(rejected) / all
    }
}

/// The families of a judgement.
pub(super) struct Families {
    pub(super) worse: Family,
    pub(super) better: Family,
    pub(super) mix: Family,
}

impl Families {
    pub(super) fn new(evidence: &[Result<Evidence, String>], alpha: f64) -> Self {
        let family = |tail: fn(&Evidence) -> Option<Test>| {
            Family::new(evidence.iter().map(|one| one.as_ref().ok().and_then(tail)).collect(), alpha)
        };
        Self {
            worse: family(|one| Some(one.worse)),
            better: family(|one| Some(one.better)),
            mix: family(|one| one.modes.as_ref().map(|modes| modes.mix)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The bar is where the adjusted p crosses alpha.
        #[test]
        fn a_p_at_the_bar_is_significant(ps in prop::collection::vec(0.0_f64..0.05, 1..12), at in 0_usize..12) {
            let at = at % ps.len();
            let tail = |p| Some(Test { p, least_attainable: 0.0 });
            let family = |ps: &[f64]| Family::new(ps.iter().map(|p| tail(*p)).collect(), 0.01);
            let bar = family(&ps).bar(at);
            for (p, significant) in [(bar * (1.0 - 1e-9), true), (bar * (1.0 + 1e-9), false)] {
                let mut ps = ps.clone();
                ps[at] = p;
                prop_assert_eq!(family(&ps).q[at].unwrap() <= 0.01, significant);
                prop_assert!((family(&ps).bar(at) - bar).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn who_cannot_reach_alpha_is_no_member() {
        let tails = vec![
            Some(Test { p: 0.004, least_attainable: 0.001 }),
            None,
            Some(Test { p: 0.02, least_attainable: 0.02 }),
        ];
        let family = Family::new(tails, 0.01);
        assert_eq!(family.q, [Some(0.004), None, None]);
        assert_eq!(family.size, FamilySize { tested: 2, kept: 1 });
        assert_eq!((family.bar(0), family.bar(2)), (0.01, 0.01));
    }
}
