//! What makes two measurements comparable.

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

/// Which way of a metric is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Times and sizes.
    LowerIsBetter,
    /// Rates.
    HigherIsBetter,
}

impl Direction {
    /// The sign that makes greater logarithms worse.
    pub(super) fn sign(self) -> f64 {
        match self {
            Self::LowerIsBetter => 1.0,
            Self::HigherIsBetter => -1.0,
        }
    }
}

/// A series' key: declared fields only. A measured reading (clock speed, load) would split one series into many.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SeriesKey {
    /// The benchmark.
    pub lane: String,
    /// The field that was measured.
    pub metric: String,
    /// Its unit, e.g. `ms`; empty when unknown.
    pub unit: String,
    /// Which way is good.
    pub direction: Direction,
    /// Declared class of the host; empty when none is declared.
    pub host: String,
    /// Other declared environment fields with their values, in the profile's order.
    pub env: Vec<(String, String)>,
}

impl SeriesKey {
    /// A number that seeds permutations: the same wherever and whenever the series is judged.
    pub(super) fn seed(&self) -> u64 {
        let mut text = [&self.lane, &self.metric, &self.unit, &self.host].map(String::as_str).join("\0");
        for (name, value) in &self.env {
            text.extend(["\0", name, "\0", value]);
        }
        xxh3_64(text.as_bytes())
    }
}
