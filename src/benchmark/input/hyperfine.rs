//! `hyperfine --export-json`: each timed run of a command.

use serde_json::Value;

use super::{Sample, Text};
use crate::record::Direction;

pub(super) fn read(text: &Text<'_>) -> Option<Vec<Sample>> {
    let mut found = Vec::new();
    for result in text.json.as_ref()?.get("results")?.as_array()? {
        let command = result.get("command")?.as_str()?;
        let times = result.get("times").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_f64);
        found.extend(times.map(|time| Sample::new(command, "time", "s", Direction::LowerIsBetter, time)));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn times_are_samples() {
        let (format, found) = read(r#"{"results":[{"command":"sleep 1","mean":1.0,"times":[1.0,1.1]}]}"#).unwrap();
        assert_eq!((format, found.len(), found[1].value), ("hyperfine", 2, 1.1));
        assert_eq!((found[0].lane.as_str(), found[0].unit.as_str()), ("sleep 1", "s"));
    }
}
