//! A recurrence report as the scorer sees it.

use std::collections::BTreeMap;

use serde_json::Value;

/// Packet, suite, scenario and mode.
pub(crate) type Key = [String; 4];

/// What a report says of one scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// The verdict, with its sub-label after a slash.
    pub(crate) verdict: String,
    /// The headline.
    pub(crate) kind: String,
    /// Whether it is stale.
    pub(crate) stale: bool,
    /// The sentence.
    pub(crate) why: String,
}

/// The scenarios of a report.
#[derive(Clone, Debug, Default)]
pub(crate) struct Judged(pub(crate) BTreeMap<Key, Said>);

impl Judged {
    /// Reads `recurrence.json`.
    pub(crate) fn parse(document: &Value) -> Result<Self, String> {
        if let Some(schema) = document.get("schema_version").and_then(Value::as_str)
            && !schema.starts_with("relapse-recurrence-")
        {
            return Err(format!("the report is of schema `{schema}`"));
        }
        let mut scenarios = BTreeMap::new();
        for entry in list(document)? {
            let said = Said {
                verdict: with_label(&text(entry, "verdict")?, entry.get("label").and_then(Value::as_str)),
                kind: entry.get("kind").and_then(Value::as_str).unwrap_or("").to_owned(),
                stale: entry.get("stale").and_then(Value::as_bool).unwrap_or(false),
                why: entry.get("why").and_then(Value::as_str).unwrap_or("").to_owned(),
            };
            let key = key(entry)?;
            if scenarios.insert(key.clone(), said).is_some() {
                return Err(format!("{} stands twice in the report", key.join(" ")));
            }
        }
        Ok(Self(scenarios))
    }

    /// What the report says; a scenario that is not listed never failed.
    pub(crate) fn of(&self, key: &Key) -> Said {
        self.0.get(key).cloned().unwrap_or_else(|| Said {
            verdict: "no_failure".to_owned(),
            kind: "none".to_owned(),
            why: "not listed".to_owned(),
            ..Said::default()
        })
    }
}

/// The scenarios of a document.
pub(crate) fn list(document: &Value) -> Result<&Vec<Value>, String> {
    document.get("scenarios").and_then(Value::as_array).ok_or_else(|| "there is no list `scenarios`".to_owned())
}

/// The key of an entry.
pub(crate) fn key(entry: &Value) -> Result<Key, String> {
    Ok([text(entry, "packet_id")?, text(entry, "suite_id")?, text(entry, "scenario_id")?, text(entry, "mode")?])
}

/// A string of an entry.
pub(crate) fn text(entry: &Value, name: &str) -> Result<String, String> {
    let text = entry.get(name).and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| format!("an entry has no string `{name}`: {entry}"))
}

/// A verdict with its sub-label.
pub(crate) fn with_label(verdict: &str, label: Option<&str>) -> String {
    label.map_or_else(|| verdict.to_owned(), |label| format!("{verdict}/{label}"))
}
