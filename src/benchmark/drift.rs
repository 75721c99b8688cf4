//! Lanes that creep without a step.

use schemars::JsonSchema;
use serde::Serialize;

use super::options::Options;
use crate::stats::Modes;
use crate::stats::monotone::{LEAST_VALUES, trend};
use crate::tally::SeriesKey;
use crate::text::number::Rounded;

/// A trend of the current regime that no step explains.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Drift {
    /// Index of its first point in the series.
    pub from: usize,
    /// When that was recorded.
    pub from_unix_ms: Option<i64>,
    /// By which run.
    pub run: Option<String>,
    /// Ratio of the line's last value to its first.
    pub ratio: Rounded,
    /// Ratio by which a hundred points change it (Theil and Sen), less 1.
    pub per_100: Rounded,
    /// By permutation (Mann and Kendall).
    pub p: Rounded,
    /// Points permuted together: more than 1 where neighbours are alike.
    pub block: usize,
    /// Whether it is for the worse.
    pub worse: bool,
    /// The drift in a sentence.
    pub why: String,
}

/// The drift of the logarithms of a regime whose first is number `from`; `None` where there is none, or it comes to less than
/// delta.
pub(super) fn drift(logs: &[f64], from: usize, key: &SeriesKey, options: &Options) -> Option<Drift> {
    let points = logs.len();
    // The cheap condition first.
    let end = |slope: f64| slope * points.saturating_sub(1) as f64;
    if points < LEAST_VALUES || end(crate::stats::monotone::slope(logs)).exp_m1().abs() < options.delta / 2.0 {
        return None;
    }
    // Two modes that are mixed otherwise than before are no creep.
    if Modes::of(logs).is_some() {
        return None;
    }
    let found = trend(logs, key.seed() ^ from as u64, options.permutations, options.alpha)?;
    let shift = end(found.slope);
    let per_100 = (100.0 * found.slope).exp_m1();
    let worse = shift * key.direction.sign() > 0.0;
    let side = |ratio: f64| if ratio >= 0.0 { "higher" } else { "lower" };
    (shift.exp_m1().abs() >= options.delta).then(|| Drift {
        from,
        from_unix_ms: None,
        run: None,
        ratio: Rounded(shift.exp()),
        per_100: Rounded(per_100),
        p: Rounded(found.p),
        block: found.block,
        worse,
        why: format!(
            "drifts without a step: {:.2} % {} over {points} measurements ({:.2} % in a hundred), which is {}, p {:.4}{}",
            100.0 * shift.exp_m1().abs(),
            side(shift),
            100.0 * per_100.abs(),
            if worse { "worse" } else { "better" },
            found.p,
            if found.block > 1 { format!(" by blocks of {}", found.block) } else { String::new() }
        ),
    })
}
