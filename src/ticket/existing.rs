//! Which incidents have a ticket already.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// A reference as a ticket carries it: in the field of beads' JSONL, or in the line that every body ends with, also
/// where that is part of a JSON string.
static REFERENCE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)external[_ -]ref"?\s*:\s*\\?["`']?relapse:(triage64:[0-9a-f]{16})\b"#).ok());

/// The ids of the incidents that a text refers to as theirs: beads' JSONL, what `gh issue list --json title,body`
/// prints, or any text in which the references of tickets stand. An incident that is only mentioned is not among them.
#[must_use]
pub fn references(text: &str) -> BTreeSet<String> {
    let found = REFERENCE.iter().flat_map(|reference| reference.captures_iter(text));
    found.filter_map(|found| Some(found.get(1)?.as_str().to_ascii_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::references;

    #[test]
    fn references_are_found_in_every_form_and_mentions_are_not() {
        let text = r#"{"id":"bd-1","external_ref":"relapse:triage64:0000000000000001"}
            {"body":"x\nExternal ref: `relapse:triage64:0000000000000002`\n"}
            External-Ref: relapse:triage64:000000000000000A
            see also relapse:triage64:0000000000000003 and external_ref: other:triage64:0000000000000004
            external_ref: relapse:triage64:00000000000000055"#;
        let found: Vec<String> = references(text).into_iter().collect();
        assert_eq!(found, ["triage64:0000000000000001", "triage64:0000000000000002", "triage64:000000000000000a"]);
    }
}
