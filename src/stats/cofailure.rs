//! Whether two scenarios fail together.

use std::cmp::Ordering;

use super::hypergeometric::Hypergeometric;

/// How the failing runs of two scenarios overlap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoFailure {
    /// Runs in which both failed.
    pub both: u64,
    /// `both` over the runs in which either failed, in [0, 1].
    pub jaccard: f64,
    /// Hypergeometric `P(overlap >= both)` when the failing runs fall independently.
    pub p: f64,
    /// The least p that the two counts allow: that of the greatest overlap.
    pub least_attainable: f64,
}

/// Compares two sets of failing runs, each sorted and without repeats, among `runs` runs that
/// counted both scenarios.
///
/// `None` when both sets are empty or one holds more members than there are runs.
#[must_use]
pub fn cofailure<T: Ord>(first: &[T], second: &[T], runs: u64) -> Option<CoFailure> {
    let (mut left, mut right) = (first.iter().peekable(), second.iter().peekable());
    let mut both = 0;
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let order = a.cmp(b);
        both += u64::from(order == Ordering::Equal);
        if order != Ordering::Greater {
            left.next();
        }
        if order != Ordering::Less {
            right.next();
        }
    }
    cofailure_of_counts(first.len() as u64, second.len() as u64, both, runs)
}

/// As [`cofailure`], from the numbers of failing runs of each, of both, and of all runs.
///
/// `None` when neither ever failed, the numbers contradict each other, or 2^24 overlaps are possible.
#[must_use]
pub fn cofailure_of_counts(first: u64, second: u64, both: u64, runs: u64) -> Option<CoFailure> {
    let overlap = Hypergeometric::new(runs, first, second)?;
    let most = first.min(second);
    if both < overlap.low || both > most || first.max(second) == 0 {
        return None;
    }
    Some(CoFailure {
        both,
        jaccard: both as f64 / (first + second - both) as f64,
        p: overlap.upper_tail(both),
        least_attainable: overlap.upper_tail(most),
    })
}

/// The same of runs in strata, within which alone the failing runs fall independently: of each the failing runs of the first,
/// of the second, of both, and its runs. The distribution of the overlap is the convolution of theirs.
///
/// `None` where [`cofailure_of_counts`] has none for a stratum.
#[must_use]
pub fn cofailure_within(strata: &[[u64; 4]]) -> Option<CoFailure> {
    if let [[first, second, both, runs]] = *strata {
        return cofailure_of_counts(first, second, both, runs);
    }
    // Chances of overlaps from the least on.
    let (mut chances, mut above) = (vec![1.0], 0);
    let (mut both_of_all, mut either, mut most_of_all) = (0, 0, 0);
    for &[first, second, both, runs] in strata {
        cofailure_of_counts(first, second, both, runs)?;
        let overlap = Hypergeometric::new(runs, first, second)?;
        let mut sums = vec![0.0; chances.len() + overlap.weights.len() - 1];
        for (at, chance) in chances.iter().enumerate() {
            for (more, weight) in overlap.weights.iter().enumerate() {
                sums[at + more] += chance * weight / overlap.total;
            }
        }
        chances = sums;
        above += both - overlap.low;
        (both_of_all, either) = (both_of_all + both, either + first + second - both);
        most_of_all += first.min(second) - overlap.low;
    }
    let tail = |from: u64| chances.iter().skip(usize::try_from(from).unwrap_or(usize::MAX)).sum::<f64>().min(1.0);
    Some(CoFailure {
        both: both_of_all,
        jaccard: both_of_all as f64 / either as f64,
        p: tail(above),
        least_attainable: tail(most_of_all),
    })
    .filter(|_| !strata.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn worked_numbers() {
        let found = cofailure(&[1, 4, 7, 9, 12], &[1, 4, 9, 12, 15], 100).unwrap();
        assert_eq!(found.both, 4);
        assert!((found.jaccard - 0.666_667).abs() < 5e-7);
        assert!((found.p - 6.3224e-6).abs() < 5e-11, "{}", found.p);
    }

    #[test]
    fn outside_the_domain() {
        assert_eq!(cofailure::<u32>(&[], &[], 10), None);
        assert_eq!(cofailure(&[1, 2, 3], &[1], 2), None);
        assert_eq!(cofailure_of_counts(3, 3, 4, 10), None);
        assert_eq!(cofailure_of_counts(6, 6, 1, 10), None);
        let apart = cofailure(&[1], &[2], 10).unwrap();
        assert!(apart.both == 0 && apart.jaccard == 0.0 && (apart.p - 1.0).abs() < 1e-12);
    }

    #[test]
    fn within_strata_is_by_hand() {
        // Each fails in one of four runs twice, both times together: 1 / 16. Apart at best, 15 / 16 have at most one.
        let found = cofailure_within(&[[1, 1, 1, 4], [1, 1, 1, 4]]).unwrap();
        assert!((found.p - 1.0 / 16.0).abs() < 1e-12 && (found.least_attainable - found.p).abs() < 1e-12);
        let once = cofailure_within(&[[1, 1, 1, 4], [1, 1, 0, 4]]).unwrap();
        assert!((once.p - 7.0 / 16.0).abs() < 1e-12 && once.both == 1, "{}", once.p);
        assert!((once.jaccard - 1.0 / 3.0).abs() < 1e-12);
        // A stratum in which one always fails tells nothing.
        let beside = cofailure_within(&[[5, 4, 4, 20], [7, 3, 3, 7]]).unwrap();
        let alone = cofailure_of_counts(5, 4, 4, 20).unwrap();
        assert!((beside.p - alone.p).abs() < 1e-12);
        assert_eq!((cofailure_within(&[]), cofailure_within(&[[1, 1, 1, 4], [9, 1, 1, 4]])), (None, None));
    }

    proptest! {
        #[test]
        fn laws(first in prop::collection::btree_set(0_u32..50, 0..20),
                second in prop::collection::btree_set(0_u32..50, 1..20)) {
            let list = |set: &BTreeSet<u32>| set.iter().copied().collect::<Vec<_>>();
            let found = cofailure(&list(&first), &list(&second), 50).unwrap();
            let other = cofailure(&list(&second), &list(&first), 50).unwrap();
            prop_assert_eq!(found.both, first.intersection(&second).count() as u64);
            prop_assert!((found.p - other.p).abs() < 1e-12);
            prop_assert!(found.least_attainable <= found.p && found.p <= 1.0);
        }
    }
}
