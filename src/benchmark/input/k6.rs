//! `--summary-export` and `handleSummary` of k6: the median and the 95th percentile of each trend.

use serde_json::Value;

use super::{Sample, Text};
use crate::record::Direction;

pub(super) fn read(text: &Text<'_>) -> Option<Vec<Sample>> {
    let mut found = Vec::new();
    for (name, metric) in text.json.as_ref()?.get("metrics")?.as_object()? {
        let values = metric.get("values").unwrap_or(metric);
        for key in ["med", "p(95)"] {
            let value = values.get(key).and_then(Value::as_f64);
            found.extend(value.map(|value| Sample::new(name, key, "ms", Direction::LowerIsBetter, value)));
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn trends_are_samples_in_both_layouts() {
        let text = r#"{"metrics":{"wait":{"type":"trend","values":{"med":3.0,"p(95)":9.0}},"old":{"med":4.0},"count":{"count":5}}}"#;
        let (format, found) = read(text).unwrap();
        let rows: Vec<_> = found.iter().map(|one| (one.lane.as_str(), one.metric.as_str(), one.value)).collect();
        assert!(format.starts_with("k6"));
        assert_eq!(rows, [("old", "med", 4.0), ("wait", "med", 3.0), ("wait", "p(95)", 9.0)]);
    }
}
