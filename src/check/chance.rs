//! How likely a flake fails so often in a row.

use statrs::function::gamma::ln_gamma;

/// Chance at which a row of failures is no flake's any more.
pub(super) const LEAST: f64 = 0.01;
/// More than this many attempts nobody makes.
const MOST: u64 = 100;

/// Chance that each of `times` further attempts fails, of what failed in `failed` of `runs` runs, if attempts are
/// independent: the beta-binomial with Jeffreys' prior, `prod (x + 1/2 + i) / (n + 1 + i)` (Gelman and others, Bayesian
/// Data Analysis, 2.4).
pub(super) fn of_failing_all(failed: u64, runs: u64, times: u64) -> f64 {
    (0..times.min(10_000)).map(|i| (failed as f64 + 0.5 + i as f64) / (runs as f64 + 1.0 + i as f64)).product()
}

/// Chance that at least `least` of `times` further attempts fail, likewise.
fn of_failing(failed: u64, runs: u64, least: u64, times: u64) -> f64 {
    let times = times.min(10_000);
    let (a, b) = (failed as f64 + 0.5, runs.saturating_sub(failed) as f64 + 0.5);
    let ln_beta = |a: f64, b: f64| ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let n = times as f64;
    let one = |k: u64| {
        let k = k as f64;
        let ways = ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0);
        (ways + ln_beta(k + a, n - k + b) - ln_beta(a, b)).exp()
    };
    (least..=times).map(one).sum()
}

/// Whether so many failures of so many attempts are more than that: that the first one failed is why anybody looks.
pub(super) fn is_worse(failed: u64, runs: u64, failures: u64, attempts: u64) -> bool {
    failures > 1 && of_failing(failed + 1, runs + 1, failures - 1, attempts.max(failures) - 1) <= LEAST
}

/// Further failures in a row that would be more than that, behind so many of so many attempts; `None` where no number that anybody
/// runs is.
pub(super) fn more_failures(failed: u64, runs: u64, failures: u64, attempts: u64) -> Option<u64> {
    (1..=MOST).find(|more| is_worse(failed, runs, failures + more, attempts + more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_numbers() {
        // 10 of 100: 10.5 / 101; twice: times 11.5 / 102.
        assert!((of_failing_all(10, 100, 1) - 0.103_960).abs() < 1e-6);
        assert!((of_failing_all(10, 100, 2) - 0.011_721).abs() < 1e-6);
        assert!((of_failing_all(0, 0, 1) - 0.5).abs() < 1e-12);
        assert!((of_failing_all(3, 9, 0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_flake_may_fail_once_however_seldom_it_does() {
        assert!(!is_worse(1, 10_000, 1, 1));
        // (1 + 1.5) / 10,002 of a second one.
        assert!(is_worse(1, 10_000, 2, 2));
        // 11.5 / 102 of a second one, .0138 of a third, .0018 of a fourth.
        assert!(!is_worse(10, 100, 2, 2) && !is_worse(10, 100, 3, 3) && is_worse(10, 100, 4, 4));
        assert_eq!((more_failures(10, 100, 1, 1), more_failures(10, 100, 3, 3)), (Some(3), Some(1)));
        assert_eq!(more_failures(100, 100, 1, 1), None);
    }

    #[test]
    fn one_pass_takes_no_row_of_failures_back() {
        assert!(is_worse(2, 60, 19, 20) && !is_worse(2, 60, 1, 20));
        // All of them is the row.
        for (failed, runs, times) in [(0, 0, 1), (3, 60, 4), (57, 60, 30)] {
            let (tail, row) = (of_failing(failed, runs, times, times), of_failing_all(failed, runs, times));
            assert!((tail - row).abs() < 1e-9, "{tail} {row}");
        }
        let whole = of_failing(3, 60, 0, 12);
        assert!((whole - 1.0).abs() < 1e-9, "{whole}");
    }
}
