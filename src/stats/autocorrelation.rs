//! Whether neighbouring values are alike.

use super::location::mean;

/// The lag-1 autocorrelation `sum of e_t e_(t+1) / sum of e_t^2` of residuals whose mean is 0.
///
/// `None` below two residuals, or when all are 0.
#[must_use]
pub fn lag_1(residuals: &[f64]) -> Option<f64> {
    let squares: f64 = residuals.iter().map(|residual| residual * residual).sum();
    let products: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
    (residuals.len() > 1 && squares > 0.0).then(|| products / squares)
}

/// Whether residuals follow each other beyond chance: their lag-1 autocorrelation exceeds `1.96 / sqrt(n)`.
#[must_use]
pub fn is_correlated(residuals: &[f64]) -> bool {
    lag_1(residuals).is_some_and(|lag| lag > 1.96 / (residuals.len() as f64).sqrt())
}

/// What remains of the values when each part between cuts is moved to mean 0: a step is no correlation.
///
/// Cuts are ascending indices; those beyond the values are ignored.
#[must_use]
pub fn residuals(values: &[f64], cuts: &[usize]) -> Vec<f64> {
    let mut rest = values.to_vec();
    let mut start = 0;
    for end in cuts.iter().copied().chain([values.len()]) {
        let Some(part) = rest.get_mut(start..end) else { continue };
        let middle = mean(part).unwrap_or(0.0);
        for value in part {
            *value -= middle;
        }
        start = end;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_residuals() {
        assert_eq!(lag_1(&[1.0, 1.0, -1.0, -1.0]), Some(0.25));
        assert_eq!(lag_1(&[1.0, -1.0, 1.0, -1.0]), Some(-0.75));
        assert_eq!((lag_1(&[1.0]), lag_1(&[0.0, 0.0])), (None, None));
        let waves: Vec<f64> = (0..100).map(|i| (f64::from(i) / 5.0).sin()).collect();
        assert!(is_correlated(&waves));
        assert!(!is_correlated(&[1.0, -1.0, 1.0, -1.0]));
    }

    #[test]
    fn a_step_leaves_nothing() {
        let step = [1.0, 1.0, 1.0, 5.0, 5.0];
        assert_eq!(residuals(&step, &[3]), [0.0; 5]);
        assert_eq!(residuals(&step, &[3, 9]), [0.0; 5]);
        assert!(residuals(&step, &[]).iter().sum::<f64>().abs() < 1e-12);
        assert!(residuals(&[], &[]).is_empty());
    }
}
