//! Marginal likelihood of a segment of run bits under its Beta prior, from tables.

use crate::stats::special::ln_beta;

/// Prior weight of a failing run.
const PRIOR_FAIL: f64 = 0.3;
/// Prior weight of a passing run.
const PRIOR_PASS: f64 = 0.5;

/// Tables over counts, grown to the longest series seen and reused for every later one.
///
/// With `G(a, k) = ln(a (a+1) ... (a+k-1))`, the increments of ln gamma,
/// `logL(x, n) = lnB(x+.3, n-x+.5) - lnB(.3, .5) = G(.3, x) + G(.5, n-x) - G(.8, n)`:
/// three loads a segment. The sums are compensated, so a table entry is within one rounding of its
/// true value and a score of 10,000 runs within about 1e-10, well inside the tolerance of ties.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    fail: Rising,
    pass: Rising,
    both: Rising,
    /// `k ln k`, for maximised likelihoods.
    self_log: Vec<f64>,
}

/// A table of `ln(a (a+1) ... (a+k-1))` by `k`, with the compensation of its last sum.
#[derive(Debug, Clone, Default)]
struct Rising {
    table: Vec<f64>,
    compensation: f64,
}

impl Rising {
    fn grow(&mut self, start: f64, len: usize) {
        let mut sum = self.table.last().copied().unwrap_or(0.0);
        if self.table.is_empty() {
            self.table.push(0.0);
        }
        for k in self.table.len()..len {
            let term = (start + (k - 1) as f64).ln() - self.compensation;
            let next = sum + term;
            self.compensation = (next - sum) - term;
            sum = next;
            self.table.push(sum);
        }
    }
}

impl Evidence {
    /// Makes every count up to `runs` answerable.
    pub(super) fn cover(&mut self, runs: usize) {
        let len = runs + 1;
        if len <= self.self_log.len() {
            return;
        }
        self.fail.grow(PRIOR_FAIL, len);
        self.pass.grow(PRIOR_PASS, len);
        self.both.grow(PRIOR_FAIL + PRIOR_PASS, len);
        let known = self.self_log.len();
        self.self_log.extend((known..len).map(|k| {
            let k = k as f64;
            if k > 1.0 { k * k.ln() } else { 0.0 }
        }));
    }

    /// `logL` of a segment with these counts, whose sum is covered.
    #[inline]
    pub(super) fn of(&self, fails: usize, passes: usize) -> f64 {
        self.fail.table[fails] + self.pass.table[passes] - self.both.table[fails + passes]
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
