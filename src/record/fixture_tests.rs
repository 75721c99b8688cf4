//! The malformed fixture, line by line.

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Expected {
    lines: usize,
    parsed: u64,
    blank: u64,
    rejected: u64,
    duplicate_fields: u64,
    rejected_by_reason: BTreeMap<String, u64>,
    repaired: BTreeMap<String, u64>,
    strict_rejected_by_reason: BTreeMap<String, u64>,
    #[serde(rename = "expected")]
    each: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "line")]
    number: usize,
    offset: usize,
    kind: String,
    expect: String,
    reason: Option<String>,
    repair: Option<String>,
    field: Option<String>,
    #[serde(default)]
    duplicate_fields: u64,
    #[serde(default)]
    values: BTreeMap<String, serde_json::Value>,
}

#[test]
fn every_line_of_the_malformed_fixture_comes_out_as_planted() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/malformed");
    let text = std::fs::read(format!("{folder}/malformed.jsonl")).unwrap();
    let expected: Expected =
        serde_json::from_slice(&std::fs::read(format!("{folder}/EXPECTED.json")).unwrap()).unwrap();
    for is_strict in [false, true] {
        as_planted(&text, &expected, is_strict);
    }
}

fn as_planted(text: &[u8], expected: &Expected, is_strict: bool) {
    let profiles = Profiles::builtin().strictly(is_strict);
    let (mut parsed, mut blank, mut duplicate_fields) = (0, 0, 0);
    let mut rejected: BTreeMap<String, u64> = BTreeMap::new();
    let mut repaired: BTreeMap<String, u64> = BTreeMap::new();
    let mut offset = 0;
    let mut lines = 0;
    for (line, expect) in text.split_inclusive(|&byte| byte == b'\n').zip(&expected.each) {
        lines += 1;
        let named = format!("line {} ({})", expect.number, expect.kind);
        assert_eq!((lines, offset), (expect.number, expect.offset), "{named}");
        offset += line.len();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        if line.trim_ascii().is_empty() {
            assert_eq!(expect.expect, "blank", "{named}");
            blank += 1;
            continue;
        }
        let word = if is_strict && expect.expect == "repaired" { "rejected" } else { &expect.expect };
        match read(&profiles, 0, line) {
            Ok(read) => {
                assert_eq!(word, if read.repaired.is_empty() { "parsed" } else { "repaired" }, "{named}");
                assert_eq!(read.repaired, expect.repair.iter().map(String::as_str).collect::<Vec<_>>(), "{named}");
                assert_eq!(read.repeated, expect.duplicate_fields, "{named}");
                parsed += 1;
                duplicate_fields += read.repeated;
                for (field, value) in &expect.values {
                    assert_eq!(value_of(&read, field), *value, "{field} in {named}");
                }
                for repair in read.repaired {
                    *repaired.entry(repair.to_owned()).or_default() += 1;
                }
            }
            Err((reason, message)) => {
                assert_eq!((word, expect.reason.as_deref()), ("rejected", Some(reason.name())), "{named}: {message}");
                if let Some(field) = &expect.field
                    && reason >= Reason::MissingField
                {
                    assert!(message.contains(&format!("field `{field}`")), "{named}: {message}");
                }
                *rejected.entry(reason.name().into()).or_default() += 1;
            }
        }
    }
    assert_eq!((lines, offset), (expected.lines, text.len()));
    assert_eq!((blank, duplicate_fields), (expected.blank, expected.duplicate_fields));
    if is_strict {
        assert_eq!(rejected, expected.strict_rejected_by_reason);
        assert!(repaired.is_empty());
    } else {
        assert_eq!((parsed, rejected.values().sum::<u64>()), (expected.parsed, expected.rejected));
        assert_eq!(rejected, expected.rejected_by_reason);
        assert_eq!(repaired, expected.repaired);
    }
}

fn value_of(read: &Read, field: &str) -> serde_json::Value {
    match field {
        "seed" => read.seed.map(|seed| seed.to_string()).into(),
        "ts_unix_ms" => read.time.to_string().into(),
        "artifact_refs" => read.artifacts.clone().into(),
        path => {
            let profile = Profile::builtin("ft-conformance-log-v1").unwrap();
            let role = profile.fields.iter().find(|field| field.path == [path]).and_then(|field| field.role).unwrap();
            read.texts[&role].clone().into()
        }
    }
}
