//! `-rf json` of JMH: each iteration of each fork.

use serde_json::Value;

use super::{Sample, Text};
use crate::record::Direction;

pub(super) fn read(text: &Text<'_>) -> Option<Vec<Sample>> {
    let mut found = Vec::new();
    for bench in text.json.as_ref()?.as_array()? {
        let (name, metric) = (bench.get("benchmark")?.as_str()?, bench.get("primaryMetric")?);
        let unit = metric.get("scoreUnit").and_then(Value::as_str).unwrap_or_default();
        let mode = bench.get("mode").and_then(Value::as_str).unwrap_or_default();
        let direction = if mode == "thrpt" { Direction::HigherIsBetter } else { Direction::LowerIsBetter };
        let params = bench.get("params").and_then(Value::as_object).into_iter().flatten();
        let lane = params
            .fold(name.to_owned(), |lane, (key, value)| format!("{lane}:{key}={}", value.as_str().unwrap_or("?")));
        let forks = metric.get("rawData").and_then(Value::as_array).into_iter().flatten();
        let values = forks.filter_map(Value::as_array).flatten().filter_map(Value::as_f64);
        found.extend(values.map(|value| Sample::new(&lane, mode, unit, direction, value)));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use crate::record::Direction;

    #[test]
    fn iterations_are_samples() {
        let text = r#"[{"benchmark":"a.B.c","mode":"thrpt","params":{"n":"5"},"primaryMetric":{"score":2,"scoreUnit":"ops/ms","rawData":[[1.5,2.5]]}}]"#;
        let (format, found) = read(text).unwrap();
        assert_eq!((format, found.len(), found[0].lane.as_str()), ("JMH", 2, "a.B.c:n=5"));
        assert_eq!(found[0].direction, Direction::HigherIsBetter);
    }
}
