//! `--benchmark_format=json` of Google Benchmark: repetitions, without their aggregates.

use serde_json::Value;

use super::{Sample, Text};
use crate::record::Direction;

pub(super) fn read(text: &Text<'_>) -> Option<Vec<Sample>> {
    let mut found = Vec::new();
    for bench in text.json.as_ref()?.get("benchmarks")?.as_array()? {
        let word = |key: &str| bench.get(key).and_then(Value::as_str);
        if word("run_type") == Some("aggregate") {
            continue;
        }
        let (name, unit) = (word("run_name").or_else(|| word("name"))?, word("time_unit")?);
        for metric in ["real_time", "cpu_time"] {
            let value = bench.get(metric).and_then(Value::as_f64);
            found.extend(value.map(|value| Sample::new(name, metric, unit, Direction::LowerIsBetter, value)));
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn repetitions_are_samples_and_aggregates_none() {
        let text = r#"{"context":{},"benchmarks":[{"name":"BM/8","run_name":"BM/8","run_type":"iteration","real_time":5.0,
            "cpu_time":4.0,"time_unit":"ns"},{"name":"BM/8_mean","run_name":"BM/8","run_type":"aggregate","real_time":5.0,"time_unit":"ns"}]}"#;
        let (format, found) = read(text).unwrap();
        assert_eq!((format, found.len()), ("Google Benchmark", 2));
        assert_eq!((found[1].metric.as_str(), found[1].value), ("cpu_time", 4.0));
    }
}
