//! Middles and spreads of plain numbers.

/// The factor that makes the median absolute deviation of a normal sample estimate its standard deviation.
pub const MAD_TO_SD: f64 = 1.4826;

/// The median; of an even number, the mean of the middle two. `None` without a value.
///
/// Values are ordered by [`f64::total_cmp`], so callers keep NaN out.
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    median_of_sorted(&values)
}

/// [`median`] of values in ascending order.
#[must_use]
pub fn median_of_sorted(values: &[f64]) -> Option<f64> {
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    // Halves first: the sum of two large values must not overflow.
    Some(values[values.len() / 2 - 1] / 2.0 + upper / 2.0)
}

/// The median absolute deviation from the median, unscaled; `None` without a value.
#[must_use]
pub fn mad(values: &[f64]) -> Option<f64> {
    let middle = median(values)?;
    let deviations: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    median(&deviations)
}

/// The mean; `None` without a value.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The geometric mean of positive ratios; `None` without one, or when one is not positive and finite.
#[must_use]
pub fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    if !ratios.iter().all(|ratio| ratio.is_finite() && *ratio > 0.0) {
        return None;
    }
    let logs: Vec<f64> = ratios.iter().map(|ratio| ratio.ln()).collect();
    Some(mean(&logs)?.exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_numbers() {
        let mean = geometric_mean(&[1.043, 0.998, 1.002, 1.010]).unwrap();
        assert!((mean - 1.013_096_9).abs() < 5e-8, "{mean}");
        assert_eq!(mad(&[1.0, 2.0, 4.0, 8.0]), Some(1.5));
    }

    #[test]
    fn borders() {
        assert_eq!((median(&[]), mad(&[]), mean(&[])), (None, None, None));
        assert_eq!(median(&[3.0, 1.0]), Some(2.0));
        assert_eq!(median(&[3.0, 1.0, 7.0]), Some(3.0));
        assert_eq!(median(&[f64::MAX, f64::MAX]), Some(f64::MAX));
        assert_eq!(geometric_mean(&[]), None);
        assert_eq!(geometric_mean(&[1.0, 0.0]), None);
    }
}
