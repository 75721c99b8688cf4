//! Whether paired differences lie above 0: Wilcoxon's exact signed-rank test.

use super::fdr::Test;
use super::ranks::{Sums, doubled_midranks};
use super::shift::{self, Shift};

/// Differences that may be tested: their pairwise averages are all sorted.
pub const MOST_PAIRS: usize = 2_000;

/// Paired differences compared with 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedRank {
    /// Sum of the ranks of positive differences among all that are not 0; ties share their mean rank.
    pub w: f64,
    /// `W` over its greatest value; 1/2 when every difference is 0.
    pub a: f64,
    /// That differences lie above 0: `P(W >= observed)`.
    pub above: Test,
    /// That they lie below.
    pub below: Test,
    /// Whether the ps are exact; else they are normal.
    pub exact: bool,
}

/// Tests paired differences (Wilcoxon 1945): each of the `2^n` ways to sign the ranks is alike.
///
/// Differences of exactly 0 carry no sign and are left out of `W`, as Wilcoxon did; what remains decides what p can be
/// reached, so zeros only make the test more careful. `None` without a difference, beyond [`MOST_PAIRS`], or when one
/// is not finite.
#[must_use]
pub fn signed_rank(differences: &[f64]) -> Option<SignedRank> {
    within_bounds(differences)?;
    let signed: Vec<f64> = differences.iter().copied().filter(|difference| *difference != 0.0).collect();
    let sizes: Vec<f64> = signed.iter().map(|difference| difference.abs()).collect();
    let ranks = doubled_midranks(&sizes);
    let all: u64 = ranks.iter().map(|rank| u64::from(*rank)).sum();
    let positive: u64 = ranks.iter().zip(&signed).filter(|(_, d)| **d > 0.0).map(|(rank, _)| u64::from(*rank)).sum();
    let sums = Sums::of_signs(&ranks);
    let (least, most) = sums.ends();
    Some(SignedRank {
        w: positive as f64 / 2.0,
        a: if all == 0 { 0.5 } else { positive as f64 / all as f64 },
        above: Test { p: sums.at_least(positive), least_attainable: most },
        below: Test { p: sums.at_most(positive), least_attainable: least },
        exact: sums.is_exact(),
    })
}

/// By how much differences lie above 0: the median of all Walsh averages `(d_i + d_j) / 2`, `i <= j`, zeros included,
/// its interval by inverting the exact `W`.
///
/// `None` as for [`signed_rank`].
#[must_use]
pub fn shift(differences: &[f64]) -> Option<Shift> {
    within_bounds(differences)?;
    let averages = differences
        .iter()
        .enumerate()
        .flat_map(|(i, one)| differences[i..].iter().map(move |other| one / 2.0 + other / 2.0))
        .collect();
    let ranks: Vec<u32> = (1..=u32::try_from(differences.len()).ok()?).collect();
    let sums = Sums::of_signs(&ranks);
    shift::of_differences(averages, |w| sums.at_most(w))
}

/// The least one-sided p that so many differences can reach: `2^-n`.
#[must_use]
pub fn least_p(pairs: usize) -> f64 {
    (-(pairs as f64)).exp2()
}

fn within_bounds(differences: &[f64]) -> Option<()> {
    let finite = differences.iter().all(|difference| difference.is_finite());
    (!differences.is_empty() && differences.len() <= MOST_PAIRS && finite).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const B5: [(f64, f64); 8] = [
        (5.55, 5.66),
        (5.52, 5.60),
        (5.58, 5.70),
        (5.54, 5.61),
        (5.57, 5.69),
        (5.53, 5.64),
        (5.56, 5.63),
        (5.55, 5.67),
    ];

    #[test]
    fn worked_numbers() {
        let differences: Vec<f64> = B5.iter().map(|(inc, ch)| (ch / inc).ln()).collect();
        let test = signed_rank(&differences).unwrap();
        assert_eq!((test.w, test.a, test.above.p, test.exact), (36.0, 1.0, 1.0 / 256.0, true));
        let shift = shift(&differences).unwrap();
        let interval = shift.interval.unwrap();
        assert!((shift.estimate.exp() - 1.017_590_7).abs() < 5e-8, "{}", shift.estimate.exp());
        assert!((interval.low.exp() - 1.013_540_9).abs() < 5e-8, "{}", interval.low.exp());
        assert!((interval.high.exp() - 1.021_544_0).abs() < 5e-8, "{}", interval.high.exp());
        assert!((interval.level - 0.9609).abs() < 5e-5, "{}", interval.level);
    }

    #[test]
    fn borders() {
        assert_eq!(signed_rank(&[]), None);
        assert_eq!(signed_rank(&[f64::INFINITY]), None);
        let zeros = signed_rank(&[0.0, 0.0]).unwrap();
        assert_eq!((zeros.w, zeros.a, zeros.above.p, zeros.above.least_attainable), (0.0, 0.5, 1.0, 1.0));
        assert!((least_p(8) - 1.0 / 256.0).abs() < 1e-15);
        // Two differences are too few for an interval.
        assert_eq!(shift(&[1.0, 2.0]).unwrap(), Shift { estimate: 1.5, interval: None });
    }

    #[test]
    fn many_pairs_are_tested() {
        let differences: Vec<f64> = (1..=500).map(|i| f64::from(i) * if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let test = signed_rank(&differences).unwrap();
        assert!(test.exact && (test.above.p - 0.48).abs() < 0.02, "{test:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn equals_every_signing(differences in prop::collection::vec((-5_i8..=5).prop_map(f64::from), 1..10)) {
            let test = signed_rank(&differences).unwrap();
            let sizes: Vec<f64> = differences.iter().filter(|d| **d != 0.0).map(|d| d.abs()).collect();
            let rank = |i: usize| {
                let below = sizes.iter().filter(|size| **size < sizes[i]).count() as f64;
                let tied = sizes.iter().filter(|size| size.total_cmp(&sizes[i]).is_eq()).count() as f64;
                below + f64::midpoint(tied, 1.0)
            };
            let w = |set: u32| (0..sizes.len()).filter(|i| set >> i & 1 == 1).map(rank).sum::<f64>();
            let signs = differences.iter().filter(|d| **d != 0.0).enumerate();
            let observed = w(signs.fold(0, |set, (i, d)| set | u32::from(*d > 0.0) << i));
            prop_assert!((test.w - observed).abs() < 1e-12);
            let all: Vec<f64> = (0_u32..1 << sizes.len()).map(w).collect();
            let share = |count: usize| count as f64 / all.len() as f64;
            prop_assert!((test.above.p - share(all.iter().filter(|w| **w >= observed).count())).abs() < 1e-12);
            prop_assert!((test.below.p - share(all.iter().filter(|w| **w <= observed).count())).abs() < 1e-12);
            prop_assert!((test.above.least_attainable - least_p(sizes.len())).abs() < 1e-12);
        }

        /// Signs of a symmetric sample are alike: the interval covers 0 exactly as often as its level says.
        #[test]
        fn intervals_cover_as_often_as_they_say(
            sizes in prop::collection::btree_set(1_u32..1_000_000, 6..10)
        ) {
            let sizes: Vec<f64> = sizes.into_iter().map(|size| f64::from(size).sqrt()).collect();
            let (mut covered, mut level) = (0.0, 0.0);
            for set in 0_u32..1 << sizes.len() {
                let sign = |i: usize| if set >> i & 1 == 1 { 1.0 } else { -1.0 };
                let differences: Vec<f64> = (0..sizes.len()).map(|i| sign(i) * sizes[i]).collect();
                let interval = shift(&differences).unwrap().interval.unwrap();
                covered += f64::from(u8::from(interval.low < 0.0 && interval.high > 0.0));
                level = interval.level;
            }
            prop_assert!((covered / f64::from(1_u32 << sizes.len()) - level).abs() < 1e-12, "{level}");
        }
    }
}
