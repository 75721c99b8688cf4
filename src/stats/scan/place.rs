//! Where exactly a change is.

use super::LEAST_SIDE;

/// The split of a stretch whose sides deviate least from their medians, in absolute deviations: ranks say that there is a
/// change, and not how far a value lies beyond it. `None` when the stretch is too short for two sides.
pub(super) fn nearest(values: &[f64]) -> Option<usize> {
    let n = values.len();
    let left = deviations(values.iter().copied());
    let right = deviations(values.iter().rev().copied());
    let cost = |at: usize| left[at - 1] + right[n - at - 1];
    (LEAST_SIDE..(n + 1).saturating_sub(LEAST_SIDE)).min_by(|a, b| cost(*a).total_cmp(&cost(*b)))
}

/// Of the first value, the first two, and so on: the sum of absolute deviations from their median.
pub(super) fn deviations(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = Vec::new();
    // Sums of the lower half, which is the shorter one, and of the rest.
    let (mut below, mut above) = (0.0, 0.0);
    let next = |value: f64| {
        let (at, half) = (sorted.partition_point(|one| *one < value), sorted.len() / 2);
        if at < half {
            let moved = sorted[half - 1];
            (below, above) = (below + value - moved, above + moved);
        } else {
            above += value;
        }
        sorted.insert(at, value);
        let n = sorted.len();
        if n / 2 > half {
            (below, above) = (below + sorted[half], above - sorted[half]);
        }
        // The middle one of an odd number deviates by nothing.
        above - below - if n % 2 == 1 { sorted[n / 2] } else { 0.0 }
    };
    values.map(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::location::median;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn deviations_are_from_the_median(values in prop::collection::vec(-9.0_f64..9.0, 1..40)) {
            for (n, sum) in (1..).zip(deviations(values.iter().copied())) {
                let middle = median(&values[..n]).unwrap();
                let plain: f64 = values[..n].iter().map(|value| (value - middle).abs()).sum();
                prop_assert!((plain - sum).abs() < 1e-9, "{plain} {sum}");
            }
        }
    }

    #[test]
    fn a_change_is_where_the_values_change() {
        let step: Vec<f64> = (0..30).map(|i| if i < 12 { 1.0 } else { 2.0 }).collect();
        assert_eq!(nearest(&step), Some(12));
        assert_eq!((nearest(&step[..9]), nearest(&[])), (None, None));
    }
}
