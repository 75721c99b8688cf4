//! A shift estimated from ordered differences: Hodges and Lehmann's median and its interval.

use super::location::median_of_sorted;

/// Confidence that an interval has at least.
pub const CONFIDENCE: f64 = 0.95;

/// A shift between two samples, or of one from 0, in the units of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// The median difference (Hodges and Lehmann 1963).
    pub estimate: f64,
    /// Its interval; `None` where the samples are too small for one of [`CONFIDENCE`].
    pub interval: Option<ShiftInterval>,
}

/// An interval whose ends are ordered differences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShiftInterval {
    /// The `k`-th least difference.
    pub low: f64,
    /// The `k`-th greatest.
    pub high: f64,
    /// Its level, at least [`CONFIDENCE`]: exact wherever the distribution of the statistic is.
    pub level: f64,
}

/// Median and interval of differences, which are sorted here: the `k`-th and the `k`-th from the end, with the
/// largest `k` for which `1 - 2 P(statistic <= k - 1)` is at least [`CONFIDENCE`].
///
/// `at_most` is the distribution function of the statistic that counts positive differences, for samples without
/// ties: with ties the interval covers at least as often. `None` without a difference.
pub(super) fn of_differences(mut differences: Vec<f64>, at_most: impl Fn(u64) -> f64) -> Option<Shift> {
    differences.sort_unstable_by(f64::total_cmp);
    let estimate = median_of_sorted(&differences)?;
    let level = |k: usize| 1.0 - 2.0 * at_most(k as u64 - 1);
    // The level falls as k rises: bisection for the last k that holds it.
    let (mut holds, mut fails) = (0, differences.len() / 2 + 1);
    while fails - holds > 1 {
        let k = usize::midpoint(holds, fails);
        if level(k) >= CONFIDENCE {
            holds = k;
        } else {
            fails = k;
        }
    }
    let interval = (holds > 0).then(|| ShiftInterval {
        low: differences[holds - 1],
        high: differences[differences.len() - holds],
        level: level(holds),
    });
    Some(Shift { estimate, interval })
}
