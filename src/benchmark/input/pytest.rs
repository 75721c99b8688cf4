//! `pytest --benchmark-json`: the rounds of each test, or their median where they were not kept.

use serde_json::Value;

use super::{Sample, Text};
use crate::record::Direction;

pub(super) fn read(text: &Text<'_>) -> Option<Vec<Sample>> {
    let json = text.json.as_ref()?;
    let mut found = Vec::new();
    for bench in json.get("benchmarks")?.as_array()? {
        let (name, stats) = (bench.get("fullname")?.as_str()?, bench.get("stats")?);
        let rounds = stats.get("data").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_f64);
        let mut values: Vec<f64> = rounds.collect();
        if values.is_empty() {
            values.extend(stats.get("median").and_then(Value::as_f64));
        }
        let sample = |value| Sample {
            run: json.pointer("/commit_info/id").and_then(Value::as_str).map(str::to_owned),
            unix_ms: None,
            ..Sample::new(name, "time", "s", Direction::LowerIsBetter, value)
        };
        found.extend(values.into_iter().map(sample));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn rounds_or_their_median() {
        let text = r#"{"commit_info":{"id":"c"},"benchmarks":[{"fullname":"t::a","stats":{"median":0.5,"data":[0.4,0.6]}},
            {"fullname":"t::b","stats":{"median":0.7}}]}"#;
        let (format, found) = read(text).unwrap();
        assert_eq!(format, "pytest-benchmark");
        assert_eq!(found.iter().map(|one| one.value).collect::<Vec<_>>(), [0.4, 0.6, 0.7]);
        assert_eq!(found[0].run.as_deref(), Some("c"));
    }
}
