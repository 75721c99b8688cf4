//! Which incidents have a ticket already.

use std::collections::BTreeSet;

use serde_json::Value;

/// What stands before a reference on the line that the body of every ticket ends with.
const LAST_LINE: &str = "External ref: `relapse:";

/// The ids of the incidents that have a ticket in a tracker's export: of an issue (a line of beads' JSONL, or an element
/// of a JSON array as `gh issue list --json title,body` prints) its `external_ref`, else the last line of its body; of
/// any other text the lines that are such a last line. What a ticket says of another incident, or quotes from a log,
/// is not among them: quoted text never starts at the margin.
#[must_use]
pub fn references(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Ok(whole) = serde_json::from_str::<Value>(text) {
        issues(&whole, &mut found);
        return found;
    }
    for line in text.lines() {
        match serde_json::from_str::<Value>(line) {
            Ok(issue @ Value::Object(_)) => issues(&issue, &mut found),
            _ => found.extend(last_line(line)),
        }
    }
    found
}

fn issues(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|issue| issues(issue, found)),
        Value::Object(issue) => {
            let own = issue.get("external_ref").and_then(Value::as_str);
            let body = || ["body", "description"].into_iter().find_map(|key| issue.get(key)?.as_str());
            let last = || body()?.trim_end().lines().next_back().and_then(last_line);
            found.extend(own.and_then(|own| id(own.strip_prefix("relapse:")?)).or_else(last));
        }
        _ => {}
    }
}

/// The id of a body's last line.
fn last_line(line: &str) -> Option<String> {
    id(line.trim_end().strip_prefix(LAST_LINE)?.strip_suffix('`')?)
}

fn id(text: &str) -> Option<String> {
    let digits = text.strip_prefix("triage64:")?;
    let is_id = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::references;

    fn found(text: &str) -> Vec<String> {
        references(text).into_iter().map(|id| id.trim_start_matches("triage64:000000000000").to_owned()).collect()
    }

    #[test]
    fn references_are_found_in_every_form() {
        let lines = "{\"id\":\"bd-1\",\"external_ref\":\"relapse:triage64:0000000000000001\"}\n\
            {\"description\":\"x\\n\\nExternal ref: `relapse:triage64:000000000000000A`\\n\"}\n\
            {\"external_ref\":\"other:triage64:0000000000000003\"}\n\
            External ref: `relapse:triage64:0000000000000004`\n";
        assert_eq!(found(lines), ["0001", "0004", "000a"]);
        let array =
            r#"[{"title":"t","body":"a\r\nExternal ref: `relapse:triage64:0000000000000005`\r\n"},{"body":null}]"#;
        assert_eq!(found(array), ["0005"]);
        assert_eq!(found(""), Vec::<String>::new());
    }

    #[test]
    fn what_is_only_quoted_or_mentioned_is_not() {
        for text in [
            "    External ref: `relapse:triage64:0000000000000001`",
            "see External ref: `relapse:triage64:0000000000000001`",
            r#"{"description":"    External ref: `relapse:triage64:0000000000000001`\nmore"}"#,
            r#"{"title":"External ref: `relapse:triage64:0000000000000001`","description":"x"}"#,
            r#"{"description":"External ref: `relapse:triage64:0000000000000001`\n\nExternal ref: `relapse:x`"}"#,
            "External ref: `relapse:triage64:00000000000000011`",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
