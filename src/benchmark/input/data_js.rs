//! `data.js` of github-action-benchmark: the history of a repository, a commit a run.

use serde_json::Value;

use super::{Sample, Text, direction_of};
use crate::record::Direction;

pub(super) fn read(text: &Text<'_>) -> Option<Vec<Sample>> {
    let json = text.plain.trim_start().strip_prefix("window.BENCHMARK_DATA")?.trim_start().strip_prefix('=')?;
    let data: Value = serde_json::from_str(json.trim().trim_end_matches(';')).ok()?;
    let suites = data.get("entries")?.as_object()?;
    let mut found = Vec::new();
    for (suite, entry) in
        suites.iter().flat_map(|(suite, all)| all.as_array().into_iter().flatten().map(move |one| (suite, one)))
    {
        let run = entry.pointer("/commit/id").and_then(Value::as_str);
        for bench in entry.get("benches").and_then(Value::as_array).into_iter().flatten() {
            let word = |key: &str| bench.get(key).and_then(Value::as_str);
            let (Some(name), Some(value)) = (word("name"), bench.get("value").and_then(Value::as_f64)) else {
                continue;
            };
            let unit = word("unit").unwrap_or_default();
            let direction = match entry.get("tool").and_then(Value::as_str) {
                Some("customBiggerIsBetter") => Direction::HigherIsBetter,
                Some("customSmallerIsBetter") => Direction::LowerIsBetter,
                _ => direction_of(unit),
            };
            found.push(Sample {
                run: run.map(str::to_owned),
                unix_ms: entry.get("date").and_then(Value::as_i64),
                ..Sample::new(&format!("{suite}/{name}"), "value", unit, direction, value)
            });
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use crate::record::Direction;

    #[test]
    fn commits_are_runs() {
        let text = r#"window.BENCHMARK_DATA = {"entries":{"S":[{"commit":{"id":"abc"},"date":17,"tool":"customBiggerIsBetter",
            "benches":[{"name":"b","value":2.5,"unit":"x"},{"name":"broken"}]}]}};"#;
        let (_, found) = read(text).unwrap();
        assert_eq!((found.len(), found[0].lane.as_str(), found[0].run.as_deref()), (1, "S/b", Some("abc")));
        assert_eq!((found[0].unix_ms, found[0].direction), (Some(17), Direction::HigherIsBetter));
    }
}
