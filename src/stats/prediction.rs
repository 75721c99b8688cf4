//! Whether one more value belongs to those before it: Student's prediction interval.

use statrs::function::beta::checked_beta_reg;

use super::location::mean;
use super::special::beta_lower_quantile;

/// A value against earlier ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// By how much it lies above their mean.
    pub shift: f64,
    /// `shift / (s sqrt(1 + 1/k))`, of `k - 1` degrees of freedom.
    pub t: f64,
    /// One-sided p that it lies above.
    pub above: f64,
    /// One-sided p that it lies below.
    pub below: f64,
    /// Half the width of the 95 % interval of the shift.
    pub margin: f64,
}

/// Compares a value with at least two earlier ones, normal and independent, whose standard deviation is no less than `least_sd`.
///
/// `None` below two earlier values, when one is not finite, or `least_sd` is not above 0.
#[must_use]
pub fn prediction(value: f64, earlier: &[f64], least_sd: f64) -> Option<Prediction> {
    let k = earlier.len() as f64;
    let middle = mean(earlier)?;
    if earlier.len() < 2 || !middle.is_finite() || !value.is_finite() || least_sd.is_nan() || least_sd <= 0.0 {
        return None;
    }
    let squares: f64 = earlier.iter().map(|one| (one - middle).powi(2)).sum();
    let sd = (squares / (k - 1.0)).sqrt().max(least_sd) * (1.0 + 1.0 / k).sqrt();
    let (shift, freedom) = (value - middle, k - 1.0);
    let t = shift / sd;
    let tail = checked_beta_reg(freedom / 2.0, 0.5, freedom / (freedom + t * t)).ok()? / 2.0;
    let (above, below) = if t >= 0.0 { (tail, 1.0 - tail) } else { (1.0 - tail, tail) };
    // P(|T| > t) = I(v / (v + t^2)).
    let x = beta_lower_quantile(0.05, freedom / 2.0, 0.5);
    Some(Prediction { shift, t, above, below, margin: sd * (freedom * (1.0 - x) / x).sqrt() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_numbers() {
        // Mean 3, sd 1.5811 of five, sd of a sixth 1.7321: t 2.3094 of 4 degrees, one-sided .0411; t(.975, 4) = 2.7764.
        let found = prediction(7.0, &[1.0, 2.0, 3.0, 4.0, 5.0], 1e-9).unwrap();
        assert!((found.t - 2.309_401).abs() < 1e-6 && (found.shift - 4.0).abs() < 1e-12, "{found:?}");
        assert!((found.above - 0.041_02).abs() < 5e-5 && (found.above + found.below - 1.0).abs() < 1e-12, "{found:?}");
        assert!((found.margin - 2.776_445 * 3.0_f64.sqrt()).abs() < 1e-5, "{found:?}");
    }

    #[test]
    fn borders() {
        assert_eq!(prediction(1.0, &[1.0], 0.1), None);
        assert_eq!(prediction(f64::NAN, &[1.0, 2.0], 0.1), None);
        assert_eq!(prediction(1.0, &[1.0, 1.0], 0.0), None);
        assert!(prediction(2.0, &[1.0; 9], 1e-3).unwrap().above < 1e-9, "what never varied varies by the least");
    }
}
