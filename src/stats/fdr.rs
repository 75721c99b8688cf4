//! Many tests at once: Tarone's filter and Benjamini-Hochberg's adjustment.

/// What a test says: a member of a family.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// Its p, in [0, 1].
    pub p: f64,
    /// The least p that its margins, or sizes and ties, allow (Tarone 1990), in [0, 1].
    pub least_attainable: f64,
}

/// A judged family.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    /// Adjusted p of each member, in the order given; `None` where there is no test, or the filter dropped it.
    pub q: Vec<Option<f64>>,
    /// Tests given.
    pub tested: usize,
    /// Members that could reach `alpha` and were adjusted together.
    pub kept: usize,
}

/// Drops tests whose least attainable p exceeds `alpha` (Tarone 1990: they cannot be significant
/// and only dilute the others), then adjusts the rest after Benjamini and Hochberg.
///
/// What is no number in [0, 1] is no test.
#[must_use]
pub fn family(members: &[Option<Test>], alpha: f64) -> Family {
    let unit = 0.0..=1.0;
    let is_test = |one: &&Test| unit.contains(&one.p) && unit.contains(&one.least_attainable);
    let keeps = |one: &&Test| is_test(one) && one.least_attainable <= alpha;
    let kept: Vec<f64> = members.iter().flatten().filter(keeps).map(|one| one.p).collect();
    let mut adjusted = benjamini_hochberg(&kept).into_iter().flatten();
    let q = members.iter().map(|one| one.as_ref().filter(keeps).and_then(|_| adjusted.next())).collect();
    Family { q, tested: members.iter().flatten().filter(is_test).count(), kept: kept.len() }
}

/// Adjusted p-values `q_(i) = min over j >= i of p_(j) m / j`, at most 1, in the order given
/// (Benjamini and Hochberg 1995).
///
/// `None` unless every p is a number in [0, 1].
#[must_use]
pub fn benjamini_hochberg(p: &[f64]) -> Option<Vec<f64>> {
    if !p.iter().all(|one| (0.0..=1.0).contains(one)) {
        return None;
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut q = vec![1.0; p.len()];
    let mut least = 1.0_f64;
    for (above, place) in order.into_iter().enumerate().rev() {
        let rank = above + 1;
        // The quotient first: at the last rank it is exactly 1, so q is never below p.
        least = least.min(p[place] * (p.len() as f64 / rank as f64));
        q[place] = least;
    }
    Some(q)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_numbers() {
        let p = [0.001, 0.008, 0.012, 0.041, 0.042, 0.06, 0.2, 0.5];
        let expected = [0.008, 0.032, 0.032, 0.0672, 0.0672, 0.08, 0.228_571, 0.5];
        let q = benjamini_hochberg(&p).unwrap();
        for (q, expected) in q.iter().zip(expected) {
            assert!((q - expected).abs() < 5e-7, "{q} {expected}");
        }
    }

    #[test]
    fn members_out_of_reach_do_not_dilute() {
        let member = |p, least_attainable| Some(Test { p, least_attainable });
        let members = [member(0.04, 0.01), None, member(0.3, 0.2), member(0.01, 0.001)];
        let judged = family(&members, 0.05);
        assert_eq!((judged.tested, judged.kept), (3, 2));
        assert_eq!(judged.q, [Some(0.04), None, None, Some(0.02)]);
    }

    #[test]
    fn borders() {
        assert_eq!(benjamini_hochberg(&[]), Some(Vec::new()));
        assert_eq!(benjamini_hochberg(&[0.5, f64::NAN]), None);
        assert_eq!(family(&[Some(Test { p: 1.5, least_attainable: 0.0 })], 0.05).q, [None]);
    }

    proptest! {
        #[test]
        fn laws(p in prop::collection::vec(0.0_f64..=1.0, 1..40)) {
            let q = benjamini_hochberg(&p).unwrap();
            for (i, j) in (0..p.len()).flat_map(|i| (0..p.len()).map(move |j| (i, j))) {
                prop_assert!(p[i] > p[j] || q[i] <= q[j]);
            }
            prop_assert!(p.iter().zip(&q).all(|(p, q)| p <= q && *q <= 1.0));
            let mut reversed: Vec<f64> = p.iter().rev().copied().collect();
            reversed = benjamini_hochberg(&reversed).unwrap();
            reversed.reverse();
            prop_assert_eq!(reversed, q);
        }
    }
}
