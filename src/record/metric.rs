//! Measured values: which fields they are, in which unit, and which way is good.

use crate::words::words;

words! {
    /// Which way of a metric is good.
    Direction {
        /// Times and sizes.
        LowerIsBetter => "lower_is_better",
        /// Rates.
        HigherIsBetter => "higher_is_better",
    }
}

impl Direction {
    /// The sign that makes greater logarithms worse.
    #[must_use]
    pub fn sign(self) -> f64 {
        match self {
            Self::LowerIsBetter => 1.0,
            Self::HigherIsBetter => -1.0,
        }
    }
}

/// The measured value of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// The field; the challenger's of a pair.
    pub name: String,
    /// Its unit; empty when unknown.
    pub unit: String,
    /// Which way is good.
    pub direction: Direction,
    /// The value; NaN where the field holds none.
    pub value: f64,
    /// The incumbent's value in the same line.
    pub incumbent: Option<f64>,
}

impl Metric {
    /// Whether its logarithm can be compared.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        is_measured(self.value) && self.incumbent.is_none_or(is_measured)
    }
}

/// Whether a number can be a measured value: finite and above 0.
#[must_use]
pub fn is_measured(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

/// Endings that make a number a metric. Rates stand first: `_per_s` ends with `_s`.
const SUFFIXES: [(&str, &str, Direction); 9] = [
    ("_per_s", "/s", Direction::HigherIsBetter),
    ("_bps", "bps", Direction::HigherIsBetter),
    ("_gbps", "gbps", Direction::HigherIsBetter),
    ("_ops", "ops", Direction::HigherIsBetter),
    ("_ns", "ns", Direction::LowerIsBetter),
    ("_us", "us", Direction::LowerIsBetter),
    ("_ms", "ms", Direction::LowerIsBetter),
    ("_s", "s", Direction::LowerIsBetter),
    ("_bytes", "bytes", Direction::LowerIsBetter),
];

/// Unit and direction of a field by the ending of its name; `None` for one that is no metric, clocks above all: names
/// that start with `ts` or hold `time` or `_unix`.
pub(super) fn by_suffix(name: &str) -> Option<(&'static str, Direction)> {
    if name.contains("_unix") || name.starts_with("ts") || name.contains("time") {
        return None;
    }
    SUFFIXES.iter().find(|(suffix, ..)| name.ends_with(suffix)).map(|&(_, unit, direction)| (unit, direction))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_units() {
        let lower = Direction::LowerIsBetter;
        let higher = Direction::HigherIsBetter;
        for (name, expected) in [
            ("incumbent_ms", Some(("ms", lower))),
            ("wait_s", Some(("s", lower))),
            ("rows_per_s", Some(("/s", higher))),
            ("read_gbps", Some(("gbps", higher))),
            ("read_bps", Some(("bps", higher))),
            ("add_ops", Some(("ops", higher))),
            ("peak_bytes", Some(("bytes", lower))),
            ("recorded_unix_s", None),
            ("ts_ms", None),
            ("runtime_ms", None),
            ("rounds", None),
            ("ms", None),
        ] {
            assert_eq!(by_suffix(name), expected, "{name}");
        }
    }
}
