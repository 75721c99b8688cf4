//! Cosmetic faults lose no failure: they are repaired, counted and told, and `--strict-json` has it otherwise.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::program::{fixture, folder, number, record, relapse, text};

/// What they are called, a field that has them in failures, how it has them, and what a hand would make of that.
const FAULTS: [(&str, &str, &[u8], &str); 12] = [
    ("control_characters", "note", b"\"\x1b[31massertion failed\x1b[0m\"", r#""\u001b[31massertion failed\u001b[0m""#),
    ("control_characters", "note", b"\"one\ttwo\"", r#""one\ttwo""#),
    ("control_characters", "reason_code", b"\"a\0b\"", r#""a\u0000b""#),
    ("bad_utf8", "note", b"\"caf\xe9\"", "\"caf\u{fffd}\""),
    ("bad_utf8", "reason_code", b"\"caf\xe9\"", "\"caf\u{fffd}\""),
    ("lone_surrogates", "reason_code", br#""\ud83d""#, r#""\ufffd""#),
    ("not_finite", "note", b"NaN", "null"),
    ("not_finite", "note", b"[Infinity, -Infinity]", "[null, null]"),
    ("not_finite", "note", b"[-NaN, nan, -nan, NAN]", "[null, null, null, null]"),
    ("not_finite", "note", b"[inf, -inf, Inf, +Infinity]", "[null, null, null, null]"),
    ("foreign_escapes", "reason_code", br#""\x1b[31mit\'s \e[0m""#, r#""\u001b[31mit's \u001b[0m""#),
    ("foreign_escapes", "note", br#""caf\xe9 \0 \033[m""#, r#""caf\u00e9 \u0000 \u001b[m""#),
];

/// What becomes of a line.
type Change<'c> = &'c dyn Fn(Vec<u8>) -> Vec<u8>;

/// Twelve runs of one scenario, of which four failed; the failures have such a field.
fn runs(field: &str, value: &[u8]) -> tempfile::TempDir {
    whole_runs((field, value), |line| line)
}

/// The same, and the whole lines of the failures are changed.
fn whole_runs((field, value): (&str, &[u8]), change: impl Fn(Vec<u8>) -> Vec<u8>) -> tempfile::TempDir {
    let logs: Vec<(String, Vec<u8>)> = (0..12)
        .map(|run| {
            let time = (1_767_225_600_000_u64 + run * 86_400_000).to_string();
            let failed = [2, 5, 6, 10].contains(&run);
            let outcome = if failed { r#""fail""# } else { r#""pass""# };
            let line = record(&[("ts_unix_ms", &time), ("outcome", outcome), (field, "@@")]);
            let (before, behind) = line.split_once("@@").expect("it has the field");
            let value = if failed { value } else { b"\"\"" };
            let line = [before.as_bytes(), value, behind.as_bytes()].concat();
            let line = if failed { change(line) } else { line };
            (format!("run-{run:02}.jsonl"), [&line[..], b"\n"].concat())
        })
        .collect();
    let logs: Vec<(&str, &[u8])> = logs.iter().map(|(name, log)| (name.as_str(), log.as_slice())).collect();
    folder(&logs)
}

/// The report of a sweep without its ledger, and the ledger's totals.
fn swept(path: &str, more: &[&str]) -> (Value, Value) {
    let ended = relapse(["sweep", path, "--json"].iter().chain(more)).exits(0);
    let report = ended.json();
    (json!([report["incidents"], report["recurrence"]]), report["ledger"]["totals"].clone())
}

#[test]
fn a_flaky_test_whose_failures_have_cosmetic_faults_is_flaky() {
    for (kind, field, fault, by_hand) in FAULTS {
        let (faulty, mended) = (runs(field, fault), runs(field, by_hand.as_bytes()));
        let (found, totals) = swept(text(faulty.path()), &[]);
        assert_eq!((number(&totals, "repaired_lines"), &totals["repaired"]), (4, &json!({ kind: 4 })));
        assert_eq!([number(&totals, "parsed"), number(&totals, "rejected")], [12, 0]);
        assert_eq!(found[1]["scenarios"][0]["verdict"], "flaky", "{kind}: {}", found[1]["scenarios"][0]);
        assert_eq!(found, swept(text(mended.path()), &[]).0, "{kind}: as mended by hand");
    }
}

#[test]
fn a_flaky_test_whose_failing_lines_are_coloured_is_flaky() {
    let (plain, _) = swept(text(runs("note", b"\"\"").path()), &[]);
    let around = |before: &'static str, behind: &'static str| {
        move |line: Vec<u8>| [before.as_bytes(), &line, behind.as_bytes()].concat()
    };
    let instead = |from: &'static str, to: &'static str| {
        move |line: Vec<u8>| String::from_utf8(line).unwrap().replacen(from, to, 1).into_bytes()
    };
    let changes: [(&str, &[&str], Change<'_>); 10] = [
        ("as a whole", &["leading_text", "unseen"], &around("\u{1b}[31m", "\u{1b}[0m\u{1b}[K")),
        ("in eight bits", &["leading_text", "unseen"], &around("\u{9b}31m", "\u{9b}0m")),
        ("zeros behind", &["unseen"], &around("", "\0\0\0\0 \r")),
        ("brackets before", &["leading_text"], &around("stderr {job=7} {} ", "")),
        ("an object before", &["leading_text"], &around("stderr {\"job\":7} ", " ")),
        ("a key", &["control_characters", "escaped_ids"], &instead("outcome", "\u{1b}[1moutcome\u{1b}[0m")),
        ("an escaped key", &["escaped_ids"], &instead("outcome", "\\u001b[1moutcome\\u001b[0m")),
        ("an outcome", &["control_characters", "escaped_ids"], &instead("\"fail\"", "\"\u{1b}[31mfail \u{1b}[0m\"")),
        ("an outcome of eight bits", &["escaped_ids"], &instead("\"fail\"", "\"\\u009b31mfail \\u009b0m\"")),
        ("a foreign outcome", &["escaped_ids", "foreign_escapes"], &instead("\"fail\"", r#""\e[31mfail\x1b[0m""#)),
    ];
    for (what, kinds, change) in changes {
        let logs = whole_runs(("note", b"\"\""), change);
        let (found, totals) = swept(text(logs.path()), &[]);
        let kinds: Value =
            kinds.iter().map(|&kind| (kind.to_owned(), json!(4))).collect::<serde_json::Map<_, _>>().into();
        assert_eq!((number(&totals, "repaired_lines"), &totals["repaired"]), (4, &kinds), "{what}");
        assert_eq!([number(&totals, "parsed"), number(&totals, "rejected")], [12, 0], "{what}");
        assert_eq!(found, plain, "{what}");
        let strict = relapse(["sweep", text(logs.path()), "--json", "--strict-json"]).ledger();
        assert_eq!(strict["totals"]["repaired"], json!({}), "{what}");
        let is_json = what == "an outcome of eight bits";
        assert_eq!(number(&strict["totals"], "rejected"), if is_json { 0 } else { 4 }, "{what}");
    }
}

#[test]
fn what_may_be_damage_around_a_record_is_rejected() {
    let changes: [&dyn Fn(&str) -> String; 7] = [
        &|line| format!("{line}\u{1b}[0m and more"),
        &|line| format!("{line}\u{1b}[3"),
        &|line| format!("x {line} {line}"),
        &|line| format!("{{\"job\":7}} {line}"),
        // The record stands in another object, of which a part is lost.
        &|line| format!("x {{\"a\":1,\"b\":{line}"),
        &|line| format!("x {{\"a\":\"one, \"b\":{line}}}"),
        &|line| format!("x {{\"a\":1 \"b\":{{}}}} {line}"),
    ];
    for change in changes {
        let logs = whole_runs(("note", b"\"\""), |line| change(std::str::from_utf8(&line).unwrap()).into_bytes());
        let totals = &relapse(["sweep", text(logs.path()), "--json"]).exits(3).ledger()["totals"];
        assert_eq!(["parsed", "rejected", "repaired_lines"].map(|key| number(totals, key)), [8, 4, 0]);
    }
}

#[test]
fn what_is_no_number_is_absent_where_a_field_may_be() {
    let fields = "name = 'own'\n[[field]]\nrole = 'time'\npath = 'at'\ntype = 'time'\nunit = 's'\n\
        [[field]]\nrole = 'scenario'\npath = 'test'\ntype = 'text'\n[[field]]\nrole = 'outcome'\npath = 'ok'\n\
        type = 'text'\n[[field]]\nrole = 'seed'\npath = 'seed'\ntype = 'unsigned'\nrequired = false\n\
        [[field]]\nrole = 'duration'\npath = 'took'\ntype = 'number'\nrequired = false\n\
        [outcome]\npass = ['true']\nfail = ['false']\n";
    let lines = "{\"at\":1767225600,\"test\":\"t\",\"ok\":\"false\",\"seed\":-nan,\"took\":inf}\n\
        {\"at\":NaN,\"test\":\"t\",\"ok\":\"false\"}\n{\"at\":1767225601,\"test\":\"t\",\"ok\":\"true\",\"seed\":7}\n";
    let logs = folder(&[("r.jsonl", lines.as_bytes())]);
    let profile = logs.path().join("own.toml");
    std::fs::write(&profile, fields).unwrap();
    let report = relapse(["sweep", text(logs.path()), "--json", "--all", "--profile", text(&profile)]).exits(3).json();
    let totals = &report["ledger"]["totals"];
    assert_eq!(["parsed", "rejected"].map(|key| number(totals, key)), [2, 1], "a time is required");
    assert_eq!(totals["repaired"], json!({ "not_finite": 1 }));
}

#[test]
fn ids_that_are_no_text_are_warned_of_once() {
    let line = |id: &[u8]| {
        let (before, behind) = (record(&[("scenario_id", "@@")]), b"\n");
        let (before, after) = before.split_once("@@").unwrap();
        [before.as_bytes(), b"\"", id, b"\"", after.as_bytes(), behind].concat()
    };
    let logs = folder(&[
        ("a.jsonl", &[line(b"caf\xe9"), line(b"caf\xe8")].concat()),
        ("b.jsonl", &line(b"caf\xe8")),
        ("c.jsonl", &line("caf\u{e9}".as_bytes())),
    ]);
    let ledger = relapse(["sweep", text(logs.path()), "--json"]).exits(0).ledger();
    assert_eq!(ledger["totals"]["repaired"], json!({ "bad_utf8": 3, "unreadable_ids": 3 }));
    let warnings: Vec<&Value> =
        ledger["archives"].as_array().unwrap().iter().flat_map(|one| one["warnings"].as_array().unwrap()).collect();
    let warning = "3 records with ids that are no text, here and in 1 other archive: U+FFFD in them may make two \
                   scenarios one";
    assert_eq!(warnings, [warning]);
}

#[test]
fn archives_in_utf_32_are_called_so() {
    let line = record(&[]) + "\n";
    let marked = format!("\u{feff}{line}");
    let bytes =
        |text: &str, order: fn(u32) -> [u8; 4]| -> Vec<u8> { text.chars().flat_map(|c| order(c.into())).collect() };
    for (archive, is_marked) in [
        (bytes(&marked, u32::to_le_bytes), true),
        (bytes(&marked, u32::to_be_bytes), true),
        (bytes(&line, u32::to_le_bytes), false),
        (bytes(&line, u32::to_be_bytes), false),
    ] {
        for archive in [archive.clone(), zstd::encode_all(&archive[..], 1).unwrap()] {
            let logs = folder(&[("a.jsonl", &archive), ("b.jsonl", line.as_bytes())]);
            let ledger = relapse(["sweep", text(logs.path()), "--json"]).exits(3).ledger();
            let name = if is_marked { "UTF-32 text" } else { "UTF-32 text without its mark" };
            assert_eq!(ledger["archives"][0]["looks_like"], name);
            assert_eq!(ledger["totals"]["repaired"], json!({}));
        }
    }
}

#[test]
fn strictly_such_failures_are_rejected_lines() {
    let logs = runs(FAULTS[0].1, FAULTS[0].2);
    let ended = relapse(["sweep", text(logs.path()), "--json", "--strict-json"]).exits(3);
    let totals = &ended.ledger()["totals"];
    assert_eq!([number(totals, "parsed"), number(totals, "rejected"), number(totals, "repaired_lines")], [8, 4, 0]);
    assert_eq!(totals["rejected_by_reason"], json!({ "invalid_json": 4 }));
    std::fs::write(logs.path().join("relapse.toml"), "strict-json = true\n").unwrap();
    let config = logs.path().join("relapse.toml");
    relapse(["sweep", text(logs.path()), "--config", text(&config)]).exits(3);
    let gate = fixture("policies").join("weekly-pass.toml");
    relapse(["gate", text(logs.path()), "--policy", text(&gate), "--strict-json"]).exits(1);
}

#[test]
fn what_was_repaired_is_told_everywhere_and_is_no_loss() {
    let logs = runs("note", b"[\"caf\xe9 \x1b[1m\", NaN]");
    let out = tempfile::tempdir().unwrap();
    let ended = relapse(["sweep", text(logs.path()), "--out", text(out.path())]).exits(0);
    let line = "repaired: 4 (bad UTF-8 4, raw control characters 4, NaN or Infinity 4)";
    assert!(ended.text().contains(&format!("  {line}\n")), "{}", ended.text());
    assert!(ended.text().contains("nothing was lost"));
    for name in ["report.md", "report.html"] {
        let report = std::fs::read_to_string(out.path().join(name)).unwrap();
        assert!(report.contains(&line.replacen('r', "R", 1)), "{name}");
    }
}

#[test]
fn a_store_and_partials_know_what_was_repaired() {
    let logs = runs(FAULTS[0].1, FAULTS[0].2);
    let place = tempfile::tempdir().unwrap();
    let [store, partial] = ["store", "one.partial"].map(|name| place.path().join(name));
    let plain = relapse(["sweep", text(logs.path()), "--json"]).exits(0).json();
    for _ in 0..2 {
        let kept = relapse(["sweep", text(logs.path()), "--json", "--store", text(&store)]).exits(0).json();
        assert_eq!(kept, plain);
    }
    let strict = relapse(["sweep", text(logs.path()), "--json", "--strict-json", "--store", text(&store)]).exits(3);
    assert_eq!(number(&strict.ledger()["totals"], "rejected"), 4);
    relapse(["sweep", text(logs.path()), "--partial", text(&partial)]).exits(0);
    let merged = relapse(["merge", text(&partial), "--json"]).exits(0).json();
    assert_eq!(merged["ledger"]["archives"], plain["ledger"]["archives"]);
}

#[test]
fn text_before_records_is_stripped_and_counted_or_named_by_the_profile() {
    let lines: Vec<String> = (0..4)
        .map(|number| format!("2026-01-01T00:00:0{number}.1234567Z {}\n", record(&[("seed", &number.to_string())])))
        .collect();
    let logs = folder(&[("r.jsonl", (lines.concat() + "2026-01-01T00:00:09.0000000Z \n").as_bytes())]);
    let ended = relapse(["sweep", text(logs.path()), "--json"]).exits(3);
    let totals = &ended.ledger()["totals"];
    assert_eq!(totals["repaired"], json!({ "leading_text": 4 }));
    assert_eq!([number(totals, "parsed"), number(totals, "rejected")], [4, 1]);

    let shown = relapse(["profiles", "show", "ft-conformance-log-v1"]).exits(0).text();
    let profile = logs.path().join("github.toml");
    std::fs::write(&profile, format!("prefix = '\\d{{4}}-\\d\\d-\\d\\dT\\S+Z '\n{shown}")).unwrap();
    for more in [&[][..], &["--strict-json"]] {
        let (_, totals) = swept(text(logs.path()), &[&["--profile", text(&profile)], more].concat());
        let counts = ["parsed", "blank", "rejected", "repaired_lines"].map(|key| number(&totals, key));
        assert_eq!(counts, [4, 1, 0, 0]);
    }
}

#[test]
fn times_without_a_zone_are_warned_of_once_and_words_may_be_booleans() {
    let line = |run: u64, ok: bool, at: &str| {
        let seed = u64::MAX - run;
        format!("{{\"at\":\"{at}\",\"test\":\"\\u001b[32mt\\u001b[0m\",\"ok\":{ok},\"seed\":\"{seed}\"}}\n")
    };
    let logs = folder(&[
        ("a.jsonl", line(0, true, "2026-01-01T00:00:00").as_bytes()),
        ("b.jsonl", (line(1, false, "2026-01-02 00:00:00") + &line(2, true, "2026-01-02T00:00:01")).as_bytes()),
        ("c.jsonl", line(3, true, "2026-01-03T02:00:00+02:00").as_bytes()),
    ]);
    let profile = |zone: &str| {
        let path = logs.path().join("own.toml");
        let fields = format!(
            "name = 'own'\n[[field]]\nrole = 'time'\npath = 'at'\ntype = 'time'\nunit = 'rfc3339'\n{zone}\
             [[field]]\nrole = 'scenario'\npath = 'test'\ntype = 'text'\n[[field]]\nrole = 'outcome'\npath = 'ok'\n\
             type = 'text'\n[[field]]\nrole = 'seed'\npath = 'seed'\ntype = 'unsigned'\n[outcome]\npass = ['true']\nfail = ['false']\n"
        );
        std::fs::write(&path, fields).unwrap();
        path
    };
    let path = profile("");
    let report = relapse(["sweep", text(logs.path()), "--json", "--all", "--profile", text(&path)]).exits(0).json();
    let (ledger, rows) = (&report["ledger"], &report["recurrence"]);
    let kinds = json!({ "quoted_numbers": 4, "assumed_zone": 3, "escaped_ids": 4 });
    assert_eq!(ledger["totals"]["repaired"], kinds);
    let warnings: Vec<&Value> =
        ledger["archives"].as_array().unwrap().iter().flat_map(|one| one["warnings"].as_array().unwrap()).collect();
    let warning = "3 times without a zone taken as UTC, here and in 1 other archive: state `zone` in the profile";
    assert_eq!(warnings, [warning]);
    assert_eq!(rows["runs"][0]["first_unix_ms"], 1_767_225_600_000_u64);
    assert_eq!(rows["runs"][2]["first_unix_ms"], 1_767_225_600_000_u64 + 2 * 86_400_000);
    assert_eq!(rows["scenarios"][0]["scenario_id"], "t");
    assert_eq!(number(&rows["scenarios"][0], "attempts"), 4);
    assert!(report.to_string().contains(&(u64::MAX - 1).to_string()), "a seed passes through no float");

    let path = profile("zone = '+01:00'\n");
    let report = relapse(["sweep", text(logs.path()), "--json", "--all", "--profile", text(&path)]).exits(0).json();
    assert_eq!(report["ledger"]["archives"][0]["warnings"], json!([]));
    assert_eq!(report["recurrence"]["runs"][0]["first_unix_ms"], 1_767_225_600_000_u64 - 3_600_000);
}

#[test]
fn archives_in_utf_16_are_those_in_utf_8() {
    let line = |seed: u64| record(&[("seed", &seed.to_string()), ("note", "\"é😀\"")]) + "\r\n";
    let whole: String = (0..3000).map(line).collect();
    let in_utf_8 = folder(&[("r.jsonl", whole.as_bytes())]);
    let (plain, _) = swept(text(in_utf_8.path()), &["--all"]);
    let bytes =
        |order: fn(u16) -> [u8; 2]| -> Vec<u8> { format!("\u{feff}{whole}").encode_utf16().flat_map(order).collect() };
    for bytes in [bytes(u16::to_le_bytes), bytes(u16::to_be_bytes)] {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&bytes).unwrap();
        let frames: Vec<u8> = bytes.chunks(10_001).flat_map(|part| zstd::encode_all(part, 1).unwrap()).collect();
        for bytes in [&bytes, &gzip.finish().unwrap(), &frames] {
            let logs = folder(&[("r.jsonl", bytes)]);
            let lines = whole.lines().count() as u64;
            for threads in ["1", "3"] {
                let (found, totals) = swept(text(logs.path()), &["--all", "--threads", threads]);
                assert_eq!(found, plain);
                assert_eq!([number(&totals, "lines"), number(&totals, "repaired_lines")], [lines; 2]);
                assert_eq!(totals["repaired"], json!({ "encoding": lines }));
            }
            std::fs::write(logs.path().join("other.jsonl"), line(0)).unwrap();
            let ended = relapse(["sweep", text(logs.path()), "--json", "--strict-json"]).exits(3);
            assert_eq!(number(&ended.ledger()["totals"], "parsed"), 1);
        }
    }
    let odd = format!("{}\n{{\"cut\":", record(&[]));
    let mut bytes: Vec<u8> = format!("\u{feff}{odd}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.pop();
    let logs = folder(&[("r.jsonl", &bytes)]);
    let ledger = relapse(["sweep", text(logs.path()), "--json"]).exits(3).ledger();
    let reject = &ledger["archives"][0]["rejects"][0];
    assert_eq!([number(reject, "line"), number(reject, "offset")], [2, record(&[]).len() as u64 + 4]);
}

#[test]
fn benchmark_lines_with_cosmetic_faults_are_measured() {
    let line = br#"12:00:01 {"lane":"l","round_ms":5.5,"other_ms":NaN}"#;
    let logs = folder(&[("r.jsonl", &[line.as_slice(), b"\n"].concat())]);
    let profile = logs.path().join("own.toml");
    std::fs::write(&profile, "name = 'own'\n[benchmark]\nlane = 'lane'\nsuffixes = true\n").unwrap();
    let ended = relapse(["sweep", text(logs.path()), "--json", "--profile", text(&profile)]).exits(0);
    let totals = &ended.ledger()["totals"];
    assert_eq!(["benchmark_lines", "rejected_metrics"].map(|key| number(totals, key)), [1, 1]);
    assert_eq!(totals["repaired"], json!({ "not_finite": 1, "leading_text": 1 }));
}

#[test]
fn triage_stays_strict() {
    let logs = folder(&[("r.jsonl", &[record(&[]).as_bytes(), b"\n\x00", record(&[]).as_bytes()].concat())]);
    let [log, out] = ["r.jsonl", "out.json"].map(|name| logs.path().join(name));
    relapse(["triage", "--input", text(&log), "--output", text(&out)]).exits(2).says("line 2");
}

#[test]
fn outcomes_that_disagree_in_one_record_are_counted() {
    let with = |outcomes: &str| record(&[("outcome", outcomes)]) + "\n";
    let log =
        [r#""fail","outcome":"pass""#, r#""fail","outcome":"pass","outcome":"fail""#, r#""pass","outcome":"pass""#];
    let log: String = log.into_iter().map(with).collect();
    let logs = folder(&[("r.jsonl", log.as_bytes())]);
    let ledger = relapse(["sweep", text(logs.path()), "--json"]).exits(0).ledger();
    assert_eq!(number(&ledger["totals"], "duplicate_fields"), 4);
    assert_eq!(
        ledger["archives"][0]["warnings"],
        json!(["several outcomes in one record: 2 records; the last one counts, and may hide a failure"])
    );
}
