//! Confidence and credible intervals of a failure rate.

use super::special::{beta_lower_quantile, beta_upper_quantile, normal_two_sided};

/// The level that reports use.
pub const LEVEL_95: f64 = 0.95;

/// A closed interval of rates, `0 <= low <= high <= 1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end, a rate.
    pub low: f64,
    /// Upper end, a rate.
    pub high: f64,
}

impl Interval {
    /// Whether the rate lies in the closed interval.
    #[must_use]
    pub fn contains(&self, rate: f64) -> bool {
        self.low <= rate && rate <= self.high
    }
}

/// Wilson's score interval for `x` failures in `n` runs (Wilson 1927).
///
/// Its lower end ranks scenarios. `None` unless `x <= n`, `n >= 1` and `level` lies in (0, 1).
#[must_use]
pub fn wilson(x: u64, n: u64, level: f64) -> Option<Interval> {
    let tail = tail(x, n, level)?;
    let z = normal_two_sided(2.0 * tail);
    let (runs, rate) = (n as f64, x as f64 / n as f64);
    let z2 = z * z;
    let denominator = 1.0 + z2 / runs;
    let centre = (rate + z2 / (2.0 * runs)) / denominator;
    let half = z * (rate * (1.0 - rate) / runs + z2 / (4.0 * runs * runs)).sqrt() / denominator;
    // The ends are exactly 0 and 1 at the borders, where the subtraction leaves rounding dust.
    Some(Interval {
        low: if x == 0 { 0.0 } else { (centre - half).max(0.0) },
        high: if x == n { 1.0 } else { (centre + half).min(1.0) },
    })
}

/// Jeffreys' equal-tailed interval from Beta(x + 1/2, n - x + 1/2), with lower end 0 if `x = 0`
/// and upper end 1 if `x = n` (Brown, Cai and `DasGupta` 2001).
///
/// The interval shown in reports. `None` unless `x <= n`, `n >= 1` and `level` lies in (0, 1).
#[must_use]
pub fn jeffreys(x: u64, n: u64, level: f64) -> Option<Interval> {
    let tail = tail(x, n, level)?;
    let (a, b) = (x as f64 + 0.5, (n - x) as f64 + 0.5);
    Some(Interval {
        low: if x == 0 { 0.0 } else { beta_lower_quantile(tail, a, b) },
        high: if x == n { 1.0 } else { beta_upper_quantile(tail, a, b) },
    })
}

/// The Clopper-Pearson interval, whose coverage is never below `level`: for sentences that
/// guarantee.
///
/// `None` unless `x <= n`, `n >= 1` and `level` lies in (0, 1).
#[must_use]
pub fn clopper_pearson(x: u64, n: u64, level: f64) -> Option<Interval> {
    let tail = tail(x, n, level)?;
    let (fails, passes) = (x as f64, (n - x) as f64);
    Some(Interval {
        low: if x == 0 { 0.0 } else { beta_lower_quantile(tail, fails, passes + 1.0) },
        high: if x == n { 1.0 } else { beta_upper_quantile(tail, fails + 1.0, passes) },
    })
}

/// [`wilson`] at 95 %.
#[must_use]
pub fn wilson_95(x: u64, n: u64) -> Option<Interval> {
    wilson(x, n, LEVEL_95)
}

/// [`jeffreys`] at 95 %.
#[must_use]
pub fn jeffreys_95(x: u64, n: u64) -> Option<Interval> {
    jeffreys(x, n, LEVEL_95)
}

/// [`clopper_pearson`] at 95 %.
#[must_use]
pub fn clopper_pearson_95(x: u64, n: u64) -> Option<Interval> {
    clopper_pearson(x, n, LEVEL_95)
}

/// Probability beyond each end, or `None` outside the domain.
fn tail(x: u64, n: u64, level: f64) -> Option<f64> {
    (x <= n && n > 0 && level > 0.0 && level < 1.0).then_some((1.0 - level) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_ends(interval: Option<Interval>, low: f64, high: f64) {
        let interval = interval.unwrap();
        assert!((interval.low - low).abs() < 5e-7, "{interval:?}");
        assert!((interval.high - high).abs() < 5e-7, "{interval:?}");
    }

    #[test]
    fn worked_numbers() {
        assert_ends(wilson_95(2, 20), 0.027_866, 0.301_034);
        assert_ends(jeffreys_95(2, 20), 0.021_372, 0.283_853);
        assert_ends(clopper_pearson_95(2, 20), 0.012_349, 0.316_983);
        assert_ends(wilson_95(0, 20), 0.0, 0.161_125);
        assert_ends(jeffreys_95(0, 20), 0.0, 0.116_639);
        assert_ends(clopper_pearson_95(0, 20), 0.0, 0.168_433);
        assert_ends(jeffreys_95(4, 4), 0.555_237, 1.0);
    }

    #[test]
    fn outside_the_domain() {
        for interval in [wilson, jeffreys, clopper_pearson] {
            assert_eq!(interval(0, 0, 0.95), None);
            assert_eq!(interval(3, 2, 0.95), None);
            assert_eq!(interval(1, 2, 0.0), None);
            assert_eq!(interval(1, 2, 1.0), None);
            assert_eq!(interval(1, 2, f64::NAN), None);
        }
    }

    proptest! {
        #[test]
        fn intervals_contain_the_rate_mirror_and_nest((n, x) in (1_u64..3000).prop_flat_map(|n| (Just(n), 0..=n))) {
            let rate = x as f64 / n as f64;
            for interval in [wilson, jeffreys, clopper_pearson] {
                let narrow = interval(x, n, 0.9).unwrap();
                let wide = interval(x, n, 0.99).unwrap();
                let mirror = interval(n - x, n, 0.9).unwrap();
                prop_assert!(0.0 <= wide.low && wide.low <= narrow.low);
                prop_assert!(narrow.high <= wide.high && wide.high <= 1.0);
                prop_assert!(narrow.contains(rate));
                prop_assert!((mirror.low - (1.0 - narrow.high)).abs() < 1e-12);
            }
            let exact = clopper_pearson_95(x, n).unwrap();
            let bayes = jeffreys_95(x, n).unwrap();
            prop_assert!(exact.low <= bayes.low && bayes.high <= exact.high);
        }
    }
}
