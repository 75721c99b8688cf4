//! Special functions in the form the other files of this room use them.

use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::{erfc, erfc_inv};
use statrs::function::factorial::ln_binomial;
pub(super) use statrs::function::factorial::ln_factorial;
use statrs::function::gamma::ln_gamma;

/// `ln C(n, k)`; minus infinity when `k > n`.
pub(super) fn ln_choose(n: u64, k: u64) -> f64 {
    ln_binomial(n, k)
}

/// `ln(B(a, b + m) / B(a, b))` for positive `a`, `b` and `m >= 0`.
pub(super) fn ln_beta_ratio(a: f64, b: f64, m: f64) -> f64 {
    (ln_gamma(b + m) - ln_gamma(b)) - (ln_gamma(a + b + m) - ln_gamma(a + b))
}

/// `ln B(a, b)` for positive arguments.
pub(super) fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// The two-sided standard normal quantile: `P(|Z| > z) = tail`, for `tail` in (0, 1).
pub(super) fn normal_two_sided(tail: f64) -> f64 {
    std::f64::consts::SQRT_2 * erfc_inv(tail)
}

/// Upper tail of the standard normal distribution: `P(Z >= z)`.
pub(super) fn normal_upper_tail(z: f64) -> f64 {
    erfc(z / std::f64::consts::SQRT_2) / 2.0
}

/// Upper tail of the chi-square distribution with one degree of freedom.
pub(super) fn chi_square_1_tail(statistic: f64) -> f64 {
    erfc((statistic / 2.0).sqrt())
}

/// The value that a Beta(a, b) variable stays below with probability `tail`.
///
/// Newton's method on `ln F` in the log-odds of the value: `ln F` is concave and increasing there
/// (a logistic-beta density is log-concave, hence so is its distribution function), so after one
/// step the iterates rise monotonically to the root.
///
/// Domain: `a, b > 0`, `0 < tail <= 1/2`.
pub(super) fn beta_lower_quantile(tail: f64, a: f64, b: f64) -> f64 {
    let ln_norm = ln_beta(a, b);
    let mut log_odds = (a / b).ln();
    for _ in 0..64 {
        let value = logistic(log_odds);
        let below = checked_beta_reg(a, b, value).unwrap_or(0.0);
        // d F / d log-odds = x^a (1-x)^b / B(a, b)
        let slope = (a * value.ln() + b * (-value).ln_1p() - ln_norm).exp();
        if below <= 0.0 || slope <= 0.0 {
            // Underflow far in the tail: creep back towards the bulk.
            log_odds += 1.0;
            continue;
        }
        let step = (tail / below).ln() * below / slope;
        log_odds += step;
        if step.abs() <= 1e-13 * log_odds.abs().max(1.0) {
            break;
        }
    }
    logistic(log_odds)
}

/// The value that a Beta(a, b) variable exceeds with probability `tail`; same domain.
pub(super) fn beta_upper_quantile(tail: f64, a: f64, b: f64) -> f64 {
    1.0 - beta_lower_quantile(tail, b, a)
}

fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_invert_the_distribution_function() {
        for (a, b) in [(0.5, 20.5), (2.5, 18.5), (4.5, 0.5), (30.5, 270.5), (0.5, 100_000.5), (3.0, 4_000.0)] {
            for tail in [0.005, 0.025, 0.05, 0.5] {
                let low = beta_lower_quantile(tail, a, b);
                let back = checked_beta_reg(a, b, low).unwrap();
                assert!((back / tail - 1.0).abs() < 1e-9, "{a} {b} {tail} {back}");
                let high = beta_upper_quantile(tail, a, b);
                let above = 1.0 - checked_beta_reg(a, b, high).unwrap();
                assert!((above / tail - 1.0).abs() < 1e-9, "{a} {b} {tail} {above}");
            }
        }
    }

    #[test]
    fn normal_and_chi_square_agree() {
        let z = normal_two_sided(0.05);
        assert!((z - 1.959_963_984_540_054).abs() < 1e-9);
        assert!((chi_square_1_tail(z * z) - 0.05).abs() < 1e-10);
    }
}
