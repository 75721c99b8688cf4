use std::collections::BTreeMap;

use super::*;
use crate::record::ready::Ready;
use crate::record::{OutcomeKind, Profile, Texts};
use crate::repair::Repair;
use crate::role::Role;
use std::fmt::Write;

#[path = "agreement_tests.rs"]
mod agreement;
#[path = "fixture_tests.rs"]
mod fixture;

/// A record, owned.
#[derive(Debug, PartialEq)]
struct Read {
    profile: usize,
    repeated: u64,
    repaired: Vec<&'static str>,
    time: i64,
    outcome: OutcomeKind,
    seed: Option<u64>,
    artifacts: Option<Vec<String>>,
    texts: BTreeMap<Role, String>,
}

impl Read {
    fn of(parsed: &Parsed<'_>) -> Self {
        let record = &parsed.record;
        // A parser that cuts a character would make a `str` that is none.
        let owned = |text: &str| String::from_utf8(text.as_bytes().to_vec()).expect("valid UTF-8");
        Self {
            profile: parsed.profile,
            repeated: parsed.repeated,
            repaired: parsed.repairs.iter().map(Repair::name).collect(),
            time: record.time,
            outcome: record.outcome,
            seed: record.seed,
            artifacts: match record.artifacts {
                Texts::None => None,
                texts => Some(texts.iter().map(owned).collect()),
            },
            texts: Role::ALL.into_iter().filter_map(|role| Some((role, owned(record.text(role)?)))).collect(),
        }
    }
}

fn nested() -> Profile {
    profile(
        "pass = ['ok']\nexcluded = ['skip']",
        "time, time, time, s, true
         run, run.id, unsigned, , true
         branch, run.branch, text, , false
         scenario, test.name, text, , true
         outcome, test.result.word, text, , true
         artifacts, files, texts, , false
         metrics, value, number, , false
         duration, took, integer, , false
         seed, seed, unsigned, , false
         entities, any, any, , false
         schema, schema, unsigned, , false",
    )
}

fn zoned() -> Profile {
    profile(
        "pass = ['passed']",
        "time, at, time, rfc3339, true
         scenario, id, text, , true
         outcome, status, text, , true",
    )
}

/// A profile from rows of role, path, type, unit, required.
fn profile(outcome: &str, rows: &str) -> Profile {
    let mut text = String::from("name = 'own'\n");
    for row in rows.lines() {
        let [role, path, kind, unit, required] = row.split(',').map(str::trim).collect::<Vec<_>>().try_into().unwrap();
        writeln!(text, "[[field]]\nrole = '{role}'\npath = '{path}'\ntype = '{kind}'\nrequired = {required}").unwrap();
        if !unit.is_empty() {
            writeln!(text, "unit = '{unit}'").unwrap();
        }
    }
    Profile::parse("own", &format!("{text}[outcome]\n{outcome}\n")).unwrap_or_else(|error| panic!("{error}"))
}

/// What both ways say of a line.
fn read(profiles: &Profiles, guess: usize, line: impl AsRef<[u8]>) -> Result<Read, (Reason, String)> {
    let line = line.as_ref();
    let mut parser = Parser::new(profiles);
    let read = |parsed: Result<Parsed<'_>, Rejection>| {
        parsed.map(|parsed| Read::of(&parsed)).map_err(|rejection| (rejection.reason, rejection.message))
    };
    let judged = parser.judge(line, guess, read);
    let mut padded = [line, &[b'"'; simd_json::INPUT_PADDING]].concat();
    assert_eq!(parser.parse(&mut padded, line.len(), guess, read), judged);
    judged
}

const GOOD: &str = r#"{"schema_version":"v","ts_unix_ms":5,"suite_id":"s","scenario_id":"c","fixture_id":"f","packet_id":"p","mode":"m","seed":1,"env_fingerprint":"e","artifact_refs":["a"],"replay_command":"r","outcome":"fail","reason_code":"x"}"#;

#[test]
fn each_fault_has_its_reason_and_message() {
    let profiles = Profiles::builtin().strictly(true);
    let with = |from: &str, to: &str| GOOD.replacen(from, to, 1).into_bytes();
    let cases: Vec<(Vec<u8>, Reason, &str)> = vec![
        (b"{\"a\":\"\xff\"}".into(), Reason::InvalidUtf8, "invalid utf-8 sequence of 1 bytes from index 6"),
        (b"\xff not JSON".into(), Reason::InvalidUtf8, "invalid utf-8 sequence of 1 bytes from index 0"),
        (b"".into(), Reason::InvalidJson, "EOF while parsing a value at line 1 column 0"),
        (b"{".into(), Reason::InvalidJson, "EOF while parsing an object at line 1 column 1"),
        (b"[1".into(), Reason::InvalidJson, "EOF while parsing a list at line 1 column 2"),
        (b"{} x".into(), Reason::InvalidJson, "trailing characters at line 1 column 4"),
        (b"\xef\xbb\xbf{}".into(), Reason::InvalidJson, "expected value at line 1 column 1"),
        (b"\xc2\xa0{}".into(), Reason::InvalidJson, "expected value at line 1 column 1"),
        (with("\"c\"", r#""\ud800""#), Reason::InvalidJson, "unexpected end of hex escape at line 1 column 74"),
        (
            with("[\"a\"]", r#"["\udc00"]"#),
            Reason::InvalidJson,
            "lone leading surrogate in hex escape at line 1 column 169",
        ),
        (
            with("\"mode\"", r#""\ud800":1,"mode""#),
            Reason::InvalidJson,
            "unexpected end of hex escape at line 1 column 111",
        ),
        (b"[{}]".into(), Reason::NotAnObject, "expected an object"),
        (b" null ".into(), Reason::NotAnObject, "expected an object"),
        (with("\"mode\"", "\"mood\""), Reason::MissingField, "missing field `mode`"),
        (with("\"m\"", "null"), Reason::WrongType, "invalid type: null, expected a string for field `mode`"),
        (with("\"m\"", "3"), Reason::WrongType, "invalid type: integer `3`, expected a string for field `mode`"),
        (
            with("[\"a\"]", "[1]"),
            Reason::WrongType,
            "invalid type: array with other values than strings, expected an array of strings for field `artifact_refs`",
        ),
        (with(":1,", ":\"1\","), Reason::WrongType, "invalid type: string \"1\", expected u64 for field `seed`"),
        (with(":1,", ":1.0,"), Reason::WrongType, "invalid type: floating point `1.0`, expected u64 for field `seed`"),
        (with(":1,", ":-0,"), Reason::WrongType, "invalid type: floating point `-0.0`, expected u64 for field `seed`"),
        (with(":1,", ":true,"), Reason::WrongType, "invalid type: boolean, expected u64 for field `seed`"),
        (with(":1,", ":{},"), Reason::WrongType, "invalid type: object, expected u64 for field `seed`"),
        (with(":1,", ":-1,"), Reason::OutOfRange, "invalid value: integer `-1`, expected u64 for field `seed`"),
        (
            with(":1,", ":18446744073709551616,"),
            Reason::OutOfRange,
            "invalid value: integer `18446744073709551616`, expected u64 for field `seed`",
        ),
        (
            with(":5,", ":9223372036854775808,"),
            Reason::OutOfRange,
            "invalid value: integer `9223372036854775808`, expected i64 milliseconds since 1970 for field `ts_unix_ms`",
        ),
        (
            with(":5,", &format!(":1{},", "0".repeat(40))),
            Reason::OutOfRange,
            "invalid value: an integer beyond 128 bits, expected i64 milliseconds since 1970 for field `ts_unix_ms`",
        ),
        (b"{}".into(), Reason::UnknownShape, "resembles no profile: missing field `schema_version`"),
    ];
    for (line, reason, message) in cases {
        let shown = String::from_utf8_lossy(&line).into_owned();
        let said = read(&profiles, 0, &line);
        assert_eq!(said, Err((reason, message.to_owned())), "{shown}");
    }
}

#[test]
fn the_first_faulty_field_in_profile_order_is_named() {
    let profiles = Profiles::builtin();
    let line = GOOD.replace("\"x\"", "1").replace("\"mode\":\"m\",", "").replace(":1,", ":-1,");
    assert_eq!(read(&profiles, 0, line).unwrap_err(), (Reason::MissingField, "missing field `mode`".into()));
}

#[test]
fn the_last_of_repeated_fields_wins() {
    let profiles = Profiles::builtin().strictly(true);
    let read = |to: &str| read(&profiles, 0, GOOD.replacen("\"mode\":\"m\"", to, 1));
    for (fields, mode, repeated) in [
        (r#""mode":"m""#, "m", 0),
        (r#""mode":"a","mode":"b""#, "b", 1),
        (r#""mode":1,"m\u006fde":"b""#, "b", 1),
        (r#""mode":null,"mode":[],"mode":"c""#, "c", 2),
        (r#""other":1,"other":2,"mode":"m""#, "m", 0),
    ] {
        let read = read(fields).unwrap();
        assert_eq!((read.texts[&Role::Mode].as_str(), read.repeated), (mode, repeated), "{fields}");
    }
    assert_eq!(read(r#""mode":"a","mode":1"#).unwrap_err().0, Reason::WrongType);
    // A repeated field that stands for no text is a fault even where it does not win.
    assert_eq!(read(r#""mode":"\ud800","mode":"b""#).unwrap_err().0, Reason::InvalidJson);
}

#[test]
fn a_repeated_parent_forgets_what_stood_in_it() {
    let profiles = Profiles::named(vec![nested()]).strictly(true);
    let read =
        |run: &str| read(&profiles, 0, format!(r#"{{"time":1,{run},"test":{{"name":"n","result":{{"word":"ok"}}}}}}"#));
    for (run, id, branch, repeated) in [
        (r#""run":{"id":7,"branch":"b"}"#, "7", Some("b"), 0),
        (r#""run":{"id":7,"branch":"b"},"run":{"id":8}"#, "8", None, 2),
        (r#""run":{"id":7},"run":{"id":8,"branch":"b"}"#, "8", Some("b"), 1),
        (r#""run":{"id":7,"id":9}"#, "9", None, 1),
        (r#""run":5,"run":{"id":18446744073709551615}"#, "18446744073709551615", None, 0),
        (r#""run":[{"id":1}],"r\u0075n":{"i\u0064":2}"#, "2", None, 0),
        (r#""run":{"id":1,"x":{"id":2}}"#, "1", None, 0),
    ] {
        let read = read(run).unwrap();
        assert_eq!(
            (read.texts[&Role::Run].as_str(), read.texts.get(&Role::Branch).map(String::as_str), read.repeated),
            (id, branch, repeated),
            "{run}"
        );
    }
    for run in [r#""run":{"id":7},"run":{}"#, r#""run.id":7"#, r#""run":null"#] {
        assert_eq!(read(run).unwrap_err(), (Reason::MissingField, "missing field `run.id`".into()), "{run}");
    }
    assert_eq!(read(r#""run":{"id":"7"}"#).unwrap_err().0, Reason::WrongType);
    for run in [r#""run":{"id":7},"run":5"#, r#""run":"r9""#, r#""run":[{"id":7}]"#] {
        let fault = "invalid type: a parent that is no object, expected u64 for field `run.id`";
        assert_eq!(read(run).unwrap_err(), (Reason::WrongType, fault.into()), "{run}");
    }
    // The column is that of the line, however deep the fault lies: here that of the quote behind the escape.
    let fault = (Reason::InvalidJson, "unexpected end of hex escape at line 1 column 34".into());
    assert_eq!(read(r#""run":{"branch":"\ud800"}"#).unwrap_err(), fault);
}

#[test]
fn times_in_seconds_and_as_rfc_3339() {
    let seconds = Profiles::named(vec![nested()]).strictly(true);
    let zones = Profiles::named(vec![zoned()]).strictly(true);
    let second = |time: &str| {
        let line = format!(r#"{{"time":{time},"run":{{"id":1}},"test":{{"name":"n","result":{{"word":"ok"}}}}}}"#);
        read(&seconds, 0, line).map(|read| read.time).map_err(|(reason, _)| reason)
    };
    let zone = |time: &str| {
        let line = format!(r#"{{"at":{time},"id":"n","status":"passed"}}"#);
        read(&zones, 0, line).map(|read| read.time).map_err(|(reason, _)| reason)
    };
    for (time, expected) in [
        ("1767225600", Ok(1_767_225_600_000)),
        ("1767225600.123", Ok(1_767_225_600_123)),
        ("1.7672256e9", Ok(1_767_225_600_000)),
        ("-0", Ok(0)),
        ("-1.5", Ok(-1500)),
        ("9223372036854775", Ok(9_223_372_036_854_775_000)),
        ("9223372036854776", Err(Reason::OutOfRange)),
        ("1e999", Err(Reason::OutOfRange)),
        ("\"1\"", Err(Reason::WrongType)),
    ] {
        assert_eq!(second(time), expected, "{time}");
    }
    for (time, expected) in [
        ("\"2026-01-01T00:00:00Z\"", Ok(1_767_225_600_000)),
        ("\"2026-01-01T02:00:00.5+02:00\"", Ok(1_767_225_600_500)),
        ("\"2026-01-01T00:00:00\\u005a\"", Ok(1_767_225_600_000)),
        ("\"2026-01-01T00:00:00\"", Err(Reason::WrongType)),
        ("\"soon\"", Err(Reason::WrongType)),
        ("1767225600", Err(Reason::WrongType)),
    ] {
        assert_eq!(zone(time), expected, "{time}");
    }
}

#[test]
fn lines_find_their_profile_whatever_the_guess() {
    let ready = [Profile::builtin("ft-conformance-log-v1").unwrap(), nested(), zoned()].map(Ready::new).to_vec();
    let profiles = Profiles { ready, named: false, ..Profiles::named(Vec::new()) };
    let lines = [
        GOOD,
        r#"{"time":1,"run":{"id":1},"test":{"name":"n","result":{"word":"ok"}}}"#,
        r#"{"at":"2026-01-01T00:00:00Z","id":"n","status":"passed"}"#,
    ];
    for guess in 0..3 {
        for (number, line) in lines.iter().enumerate() {
            assert_eq!(read(&profiles, guess, line).unwrap().profile, number);
        }
        // Named by the profile that it resembles most, not by the guess.
        let (reason, message) = read(&profiles, guess, r#"{"at":"2026-01-01T00:00:00Z","id":"n"}"#).unwrap_err();
        assert_eq!((reason, message.as_str()), (Reason::MissingField, "missing field `status`"));
        assert_eq!(read(&profiles, guess, r#"{"id":"n"}"#).unwrap_err().0, Reason::UnknownShape);
    }
    let detect =
        |numbers: &[usize]| Parser::new(&profiles).detect(numbers.iter().map(|&number| lines[number].as_bytes()));
    assert_eq!(detect(&[1, 2, 2]), Some(2));
    assert_eq!(detect(&[2, 1]), Some(1), "the first of those that most fit");
    assert_eq!(detect(&[]), None);
    let none = Profiles::named(Vec::new());
    assert_eq!(read(&none, 0, GOOD).unwrap_err(), (Reason::UnknownShape, "no profile".into()));
    assert_eq!(Parser::new(&none).detect([GOOD.as_bytes()].into_iter()), None);
}

#[test]
fn mended_lines_are_their_twins() {
    let with = |from: &str, to: &[u8]| {
        let (before, behind) = GOOD.split_once(from).unwrap();
        [before.as_bytes(), to, behind.as_bytes()].concat()
    };
    let twins: [(Vec<u8>, Vec<u8>, &[&str]); 20] = [
        (with("\"x\"", b"\"\x1b[31mx\""), with("\"x\"", br#""\u001b[31mx""#), &["control_characters"]),
        (with("\"x\"", b"\"\xe9\""), with("\"x\"", "\"\u{fffd}\"".as_bytes()), &["bad_utf8"]),
        (with("\"x\"", br#""\ud800""#), with("\"x\"", br#""\ufffd""#), &["lone_surrogates"]),
        (with("}", br#","n":[NaN]}"#), with("}", br#","n":[null]}"#), &["not_finite"]),
        ([b"\0\0", GOOD.as_bytes()].concat(), GOOD.into(), &["leading_nuls"]),
        ([b"12:00 [INFO] ", GOOD.as_bytes(), b"\r"].concat(), GOOD.into(), &["leading_text"]),
        (with(":1,", b":\"18446744073709551615\","), with(":1,", b":18446744073709551615,"), &["quoted_numbers"]),
        (with("\"c\"", b"\"\x1b[1mc\x1b[0m\""), GOOD.into(), &["control_characters", "escaped_ids"]),
        ([b"\x1b[31m", GOOD.as_bytes(), b"\x1b[0m\0"].concat(), GOOD.into(), &["leading_text", "unseen"]),
        ([b"stderr {job=7} ", GOOD.as_bytes()].concat(), GOOD.into(), &["leading_text"]),
        ([br#"x {"job":7} "#, GOOD.as_bytes()].concat(), GOOD.into(), &["leading_text"]),
        (with("}", br#","n":[-nan,inf]}"#), with("}", br#","n":[null,null]}"#), &["not_finite"]),
        (with("\"x\"", br#""\x1b[31m\'""#), with("\"x\"", br#""\u001b[31m'""#), &["foreign_escapes"]),
        (with("\"c\"", br#""\e[1mc\x1b[m""#), GOOD.into(), &["escaped_ids", "foreign_escapes"]),
        (with("\"fail\"", b"\"\x1b[32mfail \x1b[0m\""), GOOD.into(), &["control_characters", "escaped_ids"]),
        (with("\"outcome\"", b"\"\x1b[1moutcome\""), GOOD.into(), &["control_characters", "escaped_ids"]),
        (with("\"outcome\"", br#""\u001b[1moutcome\u001B[0m""#), GOOD.into(), &["escaped_ids"]),
        (with("\"c\"", b"\"c\xe9\""), with("\"c\"", "\"c\u{fffd}\"".as_bytes()), &["bad_utf8", "unreadable_ids"]),
        (with("\"c\"", br#""c\ud800""#), with("\"c\"", br#""c\ufffd""#), &["lone_surrogates", "unreadable_ids"]),
        (with("\"x\"", b"\"\xe9\xff\""), with("\"x\"", "\"\u{fffd}\u{fffd}\"".as_bytes()), &["bad_utf8"]),
    ];
    for (line, twin, repaired) in twins {
        let shown = String::from_utf8_lossy(&line).into_owned();
        for profiles in [Profiles::builtin(), Profiles::named(vec![Profile::builtin("ft-conformance-log-v1").unwrap()])]
        {
            let mended = read(&profiles, 0, &line).unwrap();
            assert_eq!(mended.repaired, repaired, "{shown}");
            let by_hand = read(&profiles, 0, &twin).unwrap();
            assert_eq!(Read { repaired: Vec::new(), ..mended }, by_hand, "{shown}");
            let strict = profiles.strictly(true);
            assert!(read(&strict, 0, &line).is_err() && read(&strict, 0, &twin).unwrap() == by_hand, "{shown}");
        }
    }
    // Escapes that are written as such lose nothing else.
    let escaped = with("\"c\"", br#""\u001b[1mc""#);
    assert_eq!(read(&Profiles::builtin(), 0, &escaped).unwrap().texts[&Role::Scenario], "c");
    assert_eq!(read(&Profiles::builtin().strictly(true), 0, &escaped).unwrap().texts[&Role::Scenario], "\u{1b}[1mc");
    for (outcome, word) in
        [(r"\u001b[32mfail \u001b[0m", "fail"), (r"\u009b32mfail\u009B0m", "fail"), ("fail ", "fail ")]
    {
        let line = with("fail", outcome.as_bytes());
        assert_eq!(read(&Profiles::builtin(), 0, line).unwrap().texts[&Role::Outcome], word);
    }
    // Where it stands raw in sound JSON, no way looks for it, so that none differs from another.
    for other in ["x", r"\n", r"\u009b"] {
        let line = with("\"c\"", "\"\u{9b}1mc\"".as_bytes());
        let line = String::from_utf8(line).unwrap().replace("\"x\"", &format!("\"{other}\""));
        assert_eq!(read(&Profiles::builtin(), 0, line).unwrap().texts[&Role::Scenario], "\u{9b}1mc");
    }
    // A line that holds two records is none.
    let two = [b"x ", GOOD.as_bytes(), b" ", GOOD.as_bytes()].concat();
    assert_eq!(read(&Profiles::builtin(), 0, two).unwrap_err().0, Reason::InvalidJson);
    // What cannot be read in a mapped field is told as the fault that it is.
    let (reason, message) = read(&Profiles::builtin(), 0, with(":1,", b":NaN,")).unwrap_err();
    assert!(reason == Reason::InvalidJson && message.starts_with("expected value at line 1 column"), "{message}");
}

#[test]
fn too_little_padding_is_left_to_the_judge() {
    let profiles = Profiles::builtin();
    let mut line = GOOD.as_bytes().to_vec();
    let len = line.len();
    assert!(Parser::new(&profiles).parse(&mut line, len, 0, |parsed| parsed.is_ok()));
}
