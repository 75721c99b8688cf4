//! Marginal likelihood of a segment of run bits under its Beta prior, from tables.

use crate::stats::beta_binomial::BetaBinomial;
use crate::stats::special::ln_beta;

/// Prior weight of a failing run.
const PRIOR_FAIL: f64 = 0.3;
/// Prior weight of a passing run.
const PRIOR_PASS: f64 = 0.5;

/// Tables over counts, grown to the longest series seen and reused for every later one; well inside the tolerance of ties.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    model: BetaBinomial,
    /// `k ln k`, for maximised likelihoods.
    self_log: Vec<f64>,
}

impl Default for Evidence {
    fn default() -> Self {
        Self { model: BetaBinomial::new(PRIOR_FAIL, PRIOR_PASS), self_log: Vec::new() }
    }
}

impl Evidence {
    /// Makes every count up to `runs` answerable.
    pub(super) fn cover(&mut self, runs: usize) {
        self.model.cover(runs);
        let known = self.self_log.len();
        self.self_log.extend((known..=runs).map(|k| {
            let k = k as f64;
            if k > 1.0 { k * k.ln() } else { 0.0 }
        }));
    }

    /// `logL` of a segment with these counts, whose sum is covered.
    #[inline]
    pub(super) fn of(&self, fails: usize, passes: usize) -> f64 {
        self.model.ln(fails, passes)
    }
    /// The log-likelihood at the segment's own rate, an upper bound of its likelihood at any rate.
    #[inline]
    pub(super) fn maximised(&self, fails: usize, passes: usize) -> f64 {
        self.self_log[fails] + self.self_log[passes] - self.self_log[fails + passes]
    }
}

/// `logL` without tables, for a series that needs only one value.
pub(super) fn direct(fails: usize, passes: usize) -> f64 {
    ln_beta(fails as f64 + PRIOR_FAIL, passes as f64 + PRIOR_PASS) - ln_beta(PRIOR_FAIL, PRIOR_PASS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_agree_with_the_beta_function_however_they_grew() {
        let mut at_once = Evidence::default();
        at_once.cover(5000);
        let mut by_steps = Evidence::default();
        for runs in [0, 1, 7, 100, 99, 5000] {
            by_steps.cover(runs);
        }
        for (fails, passes) in [(0, 0), (1, 0), (0, 1), (5, 20), (2500, 2500), (1, 4999)] {
            let value = at_once.of(fails, passes);
            assert_eq!(value.to_bits(), by_steps.of(fails, passes).to_bits());
            assert!((value - direct(fails, passes)).abs() < 1e-8);
            assert!(value <= at_once.maximised(fails, passes));
        }
    }
}
