//! How alike neighbours are, steps and trends left out.

use crate::stats::autocorrelation::lag_1;
use crate::stats::location::{MAD_TO_SD, mad, median};

/// Beyond this no bar would be left to reach.
const MOST: f64 = 0.95;
/// Standard errors, of about `1 / sqrt n` each, that a correlation is above 0 before it counts.
const OF_DIFFERENCES: f64 = 2.5;
const OF_RESIDUALS: f64 = 1.64;

/// How much wider a mean of so many values spreads when neighbours are correlated by `r`, and others by its powers: the root of
/// `(1 + r) / (1 - r) - 2 r (1 - r^m) / (m (1 - r)^2)`.
pub(super) fn widening(correlation: f64, values: usize) -> f64 {
    if correlation <= 0.0 {
        return 1.0;
    }
    let (r, m) = (correlation, values as f64);
    ((1.0 + r) / (1.0 - r) - 2.0 * r * (1.0 - r.powf(m)) / (m * (1.0 - r).powi(2))).max(1.0).sqrt()
}

/// From differences alone: `var(lag 2) / var(lag 1) - 1`.
pub(super) fn of_differences(values: &[f64]) -> f64 {
    // About their median, which takes a trend out, and without what is far from it, which takes steps out.
    let variance = |lag: usize| -> f64 {
        let differences: Vec<f64> = (lag..values.len()).map(|i| values[i] - values[i - lag]).collect();
        let middle = median(&differences).unwrap_or(0.0);
        let far = 3.0 * MAD_TO_SD * mad(&differences).unwrap_or(0.0);
        let squares: Vec<f64> =
            differences.iter().map(|one| (one - middle).powi(2)).filter(|one| *one <= far * far).collect();
        squares.iter().sum::<f64>() / squares.len().max(1) as f64
    };
    let (one, two) = (variance(1), variance(2));
    credible(if one > 0.0 { two / one - 1.0 } else { 0.0 }, OF_DIFFERENCES, values.len())
}

/// From the residuals about the medians of the parts between cuts.
pub(super) fn of_residuals(values: &[f64], cuts: &[usize]) -> f64 {
    let mut rest = Vec::with_capacity(values.len());
    let mut start = 0;
    for end in cuts.iter().copied().chain([values.len()]) {
        let part = &values[start..end];
        let middle = median(part).unwrap_or(0.0);
        // No value counts for more than a handful of others.
        let most = 4.0 * MAD_TO_SD * mad(part).unwrap_or(0.0);
        rest.extend(part.iter().map(|value| (value - middle).clamp(-most, most)));
        start = end;
    }
    credible(lag_1(&rest).unwrap_or(0.0), OF_RESIDUALS, values.len())
}

fn credible(correlation: f64, errors: f64, values: usize) -> f64 {
    if correlation > errors / (values as f64).sqrt() { correlation.min(MOST) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_of_correlated_values_spreads_wider() {
        // Two values of correlation r: variance (1 + r) / 2 against 1 / 2.
        assert!((widening(0.5, 2).powi(2) - 1.5).abs() < 1e-12);
        assert!((widening(0.5, 100_000).powi(2) - 3.0).abs() < 1e-3);
        assert!((widening(0.0, 9) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn steps_and_trends_are_no_correlation() {
        let noise = |i: u32| (0.754_877 * f64::from(i * i)).fract() - 0.5;
        let step: Vec<f64> = (0..100).map(|i| noise(i) + if i < 40 { 0.0 } else { 20.0 }).collect();
        let trend: Vec<f64> = (0..100).map(|i| noise(i) + f64::from(i)).collect();
        for values in [step.as_slice(), &trend] {
            assert!(of_differences(values).abs() < 1e-12, "{}", of_differences(values));
        }
        assert!(of_residuals(&step, &[40]).abs() < 1e-12 && of_residuals(&step, &[]) > 0.9);
        let wave: Vec<f64> = (0..100).map(|i| (f64::from(i) / 5.0).sin()).collect();
        assert!(of_differences(&wave) > 0.9);
    }
}
