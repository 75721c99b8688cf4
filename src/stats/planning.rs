//! How many clean runs prove a fix, and how many replays prove a defect.

use super::special::ln_beta_ratio;

/// The least number of consecutive clean runs after `x` failures in `n` runs that a test whose
/// rate is unchanged would survive with probability at most `1 - level`:
/// the least `m` with `B(a, b + m) / B(a, b) <= 1 - level`, `a = x + 1/2`, `b = n - x + 1/2`
/// (the posterior predictive of Jeffreys' prior). `level` .95 gives K95, .99 gives K99.
///
/// Unit: runs. `None` unless `x <= n`, `n >= 1` and `level` lies in (0, 1).
#[must_use]
pub fn clean_runs_needed(x: u64, n: u64, level: f64) -> Option<u64> {
    if !(level > 0.0 && level < 1.0) {
        return None;
    }
    least_enough(|m| Some(unfixed_pass_chance(x, n, m)? <= 1.0 - level))
}

/// The least number from 1 on that is enough, where all above one that is are; `None` where that is not known of some.
pub(super) fn least_enough(enough: impl Fn(u64) -> Option<bool>) -> Option<u64> {
    let mut high = 1;
    while !enough(high)? {
        high = u64::checked_mul(high, 2)?;
    }
    // Invariant: `low` runs are too few, `high` runs suffice.
    let mut low = high / 2;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if enough(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// The chance that a test which failed `x` of `n` runs and was not fixed passes the next `m` runs:
/// `B(a, b + m) / B(a, b)` with `a = x + 1/2`, `b = n - x + 1/2`.
///
/// `None` unless `x <= n` and `n >= 1`.
#[must_use]
pub fn unfixed_pass_chance(x: u64, n: u64, m: u64) -> Option<f64> {
    if x > n || n == 0 {
        return None;
    }
    let (a, b) = (x as f64 + 0.5, (n - x) as f64 + 0.5);
    // Short products are exact to the last digits; long ones go through the gamma function.
    Some(if m <= 64 {
        (0..m).map(|i| (b + i as f64) / (a + b + i as f64)).product()
    } else {
        ln_beta_ratio(a, b, m as f64).exp()
    })
}

/// The plug-in count `ceil(ln(1 - level) / ln(1 - rate))`: clean runs after which a test that
/// fails at exactly `rate` would have failed with probability `level`. Printed beside
/// [`clean_runs_needed`]; it ignores that the rate is only estimated.
///
/// Unit: runs. `None` unless `rate` lies in (0, 1] and `level` in (0, 1).
#[must_use]
pub fn plug_in_runs(rate: f64, level: f64) -> Option<u64> {
    if !(rate > 0.0 && rate <= 1.0 && level > 0.0 && level < 1.0) {
        return None;
    }
    ceil_at_least_one((1.0 - level).ln() / (-rate).ln_1p())
}

/// Consecutive failures of a replayed seed that reject, at 5 %, "flaky at a rate of at most
/// `flaky_rate`": `r = ceil(ln .05 / ln p_U)`.
///
/// Unit: replays. `None` unless `flaky_rate` lies in (0, 1).
#[must_use]
pub fn replays_needed(flaky_rate: f64) -> Option<u64> {
    if !(flaky_rate > 0.0 && flaky_rate < 1.0) {
        return None;
    }
    ceil_at_least_one(0.05_f64.ln() / flaky_rate.ln())
}

/// The lowest failure rate that `n` failures in `n` attempts leave credible at 95 %:
/// `p_low = .05^(1/n)`.
///
/// `None` for `n = 0`.
#[must_use]
pub fn deterministic_rate_floor(n: u64) -> Option<f64> {
    (n > 0).then(|| (0.05_f64.ln() / n as f64).exp())
}

/// Ceiling of a positive quotient, forgiving rounding dust above a whole number.
fn ceil_at_least_one(quotient: f64) -> Option<u64> {
    let ceiling = (quotient - 1e-12).ceil().max(1.0);
    // Beyond 2^53 the count means "never" and is not worth a number.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (ceiling < 9e15).then_some(ceiling as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_numbers() {
        for (x, n, k95, k99) in [(3, 30, 39, 79), (1, 10, 63, 201), (5, 10, 6, 10), (30, 300, 30, 47)] {
            assert_eq!(clean_runs_needed(x, n, 0.95), Some(k95));
            assert_eq!(clean_runs_needed(x, n, 0.99), Some(k99));
        }
        for (rate, at_95, at_99) in [(0.1, 29, 44), (0.3, 9, 13), (0.5, 5, 7)] {
            assert_eq!(plug_in_runs(rate, 0.95), Some(at_95));
            assert_eq!(plug_in_runs(rate, 0.99), Some(at_99));
        }
        let chance = unfixed_pass_chance(3, 30, 3).unwrap();
        assert!((chance - 0.7063).abs() < 5e-5, "{chance}");
        for (n, floor) in [(3, 0.368_403), (10, 0.741_134), (29, 0.901_855), (59, 0.950_492)] {
            assert!((deterministic_rate_floor(n).unwrap() - floor).abs() < 5e-7);
        }
        assert_eq!(replays_needed(0.5), Some(5));
    }

    #[test]
    fn outside_the_domain() {
        assert_eq!(clean_runs_needed(1, 0, 0.95), None);
        assert_eq!(clean_runs_needed(1, 3, 1.0), None);
        assert_eq!(unfixed_pass_chance(2, 1, 1), None);
        assert_eq!(plug_in_runs(0.0, 0.95), None);
        assert_eq!(plug_in_runs(1.0, 0.95), Some(1));
        assert_eq!(plug_in_runs(1e-300, 0.95), None);
        assert_eq!(replays_needed(1.0), None);
        assert_eq!(deterministic_rate_floor(0), None);
    }

    proptest! {
        #[test]
        fn the_count_is_the_least_that_suffices(
            (n, x) in (1_u64..2000).prop_flat_map(|n| (Just(n), 0..=n)),
            level in 0.5_f64..0.999,
        ) {
            let m = clean_runs_needed(x, n, level).unwrap();
            prop_assert!(unfixed_pass_chance(x, n, m).unwrap() <= 1.0 - level);
            prop_assert!(m == 1 || unfixed_pass_chance(x, n, m - 1).unwrap() > 1.0 - level);
        }

        #[test]
        fn the_two_ways_to_a_chance_agree((n, x) in (1_u64..2000).prop_flat_map(|n| (Just(n), 0..=n))) {
            let (a, b) = (x as f64 + 0.5, (n - x) as f64 + 0.5);
            let product = unfixed_pass_chance(x, n, 64).unwrap();
            prop_assert!((product.ln() - ln_beta_ratio(a, b, 64.0)).abs() < 1e-9);
        }
    }
}
