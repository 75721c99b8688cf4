//! What other tools write about benchmarks, as samples: one file a format, one row of `FORMATS` each.

mod bencher;
mod data_js;
mod go;
mod google;
mod hyperfine;
mod jmh;
mod k6;
mod pytest;

use serde_json::Value;

use crate::record::Direction;

/// One measurement of a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The benchmark.
    pub lane: String,
    /// What was measured.
    pub metric: String,
    /// Its unit, as the tool writes it.
    pub unit: String,
    /// Which way is good.
    pub direction: Direction,
    /// The run, where the file holds several.
    pub run: Option<String>,
    /// When it was recorded.
    pub unix_ms: Option<i64>,
    /// The value, in the unit.
    pub value: f64,
}

impl Sample {
    fn new(lane: &str, metric: &str, unit: &str, direction: Direction, value: f64) -> Self {
        let [lane, metric, unit] = [lane, metric, unit].map(str::to_owned);
        Self { lane, metric, unit, direction, run: None, unix_ms: None, value }
    }
}

/// A reader of one format: `None` of a text that is of another.
type Reader = fn(&Text<'_>) -> Option<Vec<Sample>>;

/// A file's text, and what it is as JSON.
struct Text<'t> {
    plain: &'t str,
    json: Option<Value>,
}

/// The formats by name, in the order in which they are tried.
const FORMATS: [(&str, Reader); 8] = [
    ("Go's benchmarks and benchstat's input", go::read),
    ("github-action-benchmark's data.js", data_js::read),
    ("hyperfine", hyperfine::read),
    ("pytest-benchmark", pytest::read),
    ("Google Benchmark", google::read),
    ("JMH", jmh::read),
    ("k6's summary", k6::read),
    ("Bencher's metric format", bencher::read),
];

/// The samples of a text and the name of its format; `None` when it is of none.
#[must_use]
pub fn read(text: &str) -> Option<(&'static str, Vec<Sample>)> {
    let text = Text { plain: text, json: serde_json::from_str(text).ok() };
    FORMATS
        .iter()
        .find_map(|(name, reader)| reader(&text).filter(|found| !found.is_empty()).map(|found| (*name, found)))
}

/// A unit in which more is better: what is counted by the second.
fn direction_of(unit: &str) -> Direction {
    let rate = ["/s", "/sec", "/second", "ops"].iter().any(|end| unit.to_ascii_lowercase().ends_with(end));
    if rate { Direction::HigherIsBetter } else { Direction::LowerIsBetter }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_no_format_is_none() {
        for text in ["", "{}", "[]", r#"{"lane":"a","x_ms":5}"#, "no benchmark", r#"{"results":[]}"#, "[1, 2]"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn rates_are_better_high() {
        for (unit, rate) in [("MB/s", true), ("ops/sec", true), ("iter/sec", true), ("ns/op", false), ("ms", false)] {
            assert_eq!(direction_of(unit) == Direction::HigherIsBetter, rate, "{unit}");
        }
    }
}
