//! Bencher's metric format: `{"benchmark": {"measure": {"value": 1.0}}}`.

use super::{Sample, Text, direction_of};
use crate::record::Direction;

pub(super) fn read(text: &Text<'_>) -> Option<Vec<Sample>> {
    let mut found = Vec::new();
    for (lane, measures) in text.json.as_ref()?.as_object()? {
        for (measure, metric) in measures.as_object()? {
            let value = metric.get("value")?.as_f64()?;
            let (unit, direction) = match measure.as_str() {
                "latency" => ("ns", Direction::LowerIsBetter),
                "throughput" => ("ops/s", direction_of("ops/s")),
                _ => ("", Direction::LowerIsBetter),
            };
            found.push(Sample::new(lane, measure, unit, direction, value));
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use crate::record::Direction;

    #[test]
    fn measures_are_samples() {
        let (format, found) =
            read(r#"{"a":{"latency":{"value":5,"lower_value":4},"throughput":{"value":7}}}"#).unwrap();
        assert_eq!((format, found.len()), ("Bencher's metric format", 2));
        assert_eq!((found[0].unit.as_str(), found[1].direction), ("ns", Direction::HigherIsBetter));
    }
}
