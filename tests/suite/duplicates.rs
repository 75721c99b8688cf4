//! The same text twice, other text under one run, and roll-ups.

use serde_json::{Value, json};

use crate::packing;
use crate::program::{folder, number, record, relapse, text};

fn log(seeds: std::ops::Range<u32>) -> Vec<u8> {
    seeds
        .flat_map(|seed| {
            let time = (1_767_225_600_000 + u64::from(seed)).to_string();
            let mut line = record(&[("seed", &seed.to_string()), ("ts_unix_ms", &time)]).into_bytes();
            line.push(b'\n');
            line
        })
        .collect()
}

fn archives(ledger: &Value) -> Vec<(String, Value, Vec<String>)> {
    let archives = ledger["archives"].as_array().unwrap().iter();
    let warnings = |archive: &Value| serde_json::from_value(archive["warnings"].clone()).unwrap();
    archives
        .map(|archive| {
            (archive["path"].as_str().unwrap().to_owned(), archive["duplicate_of"].clone(), warnings(archive))
        })
        .collect()
}

#[test]
fn the_same_text_counts_once() {
    let log = log(0..50);
    let folder = folder(&[
        ("a.jsonl", &log),
        ("a.jsonl.zst", &packing::frame(&log)),
        ("a.ndjson.gz", &packing::member(&log)),
        ("b.jsonl", &log),
    ]);
    let ended = relapse(["sweep", text(folder.path()), "--json"]).exits(0);
    let ledger = ended.ledger();
    assert_eq!(number(&ledger["totals"], "duplicate_archives"), 2);
    assert_eq!(number(&ledger["totals"], "lines"), 100);
    let found = archives(&ledger);
    let of: Vec<(&str, &Value)> = found.iter().map(|(path, of, _)| (path.as_str(), of)).collect();
    let (first, none) = (json!("a.jsonl"), Value::Null);
    assert_eq!(of, [("a.jsonl", &none), ("a.jsonl.zst", &first), ("a.ndjson.gz", &first), ("b.jsonl", &none)]);
    assert_eq!(ended.json()["incidents"]["incidents"][0]["occurrences"], 100);
}

#[test]
fn other_text_under_one_run_counts_and_is_warned_of() {
    let folder = folder(&[("a.jsonl", &log(0..50)), ("a.jsonl.zst", &packing::frame(&log(900..930)))]);
    let ledger = relapse(["sweep", text(folder.path()), "--json"]).exits(0).ledger();
    assert_eq!(number(&ledger["totals"], "lines"), 80);
    let found = archives(&ledger);
    assert_eq!(found[0].2, ["run a has another archive with other text: a.jsonl.zst"]);
    assert_eq!(found[1].2, ["run a has another archive with other text: a.jsonl"]);
}

#[test]
fn shards_of_a_run_are_no_other_text_of_it() {
    let shards = [("r1/a.jsonl", log(0..50)), ("r1/b.jsonl", log(900..930)), ("r1/b.ndjson", log(50..60))];
    let folder = folder(&shards.each_ref().map(|(path, log)| (*path, &log[..])));
    let sweep = ["sweep", text(folder.path()), "--json", "--from-path", "(?<run>r[0-9]+)/"];
    let ledger = relapse(sweep).exits(0).ledger();
    let warnings: Vec<Vec<String>> = archives(&ledger).into_iter().map(|(.., warnings)| warnings).collect();
    let other = |name: &str| vec![format!("run r1 has another archive with other text: r1/{name}")];
    assert_eq!(warnings, [vec![], other("b.ndjson"), other("b.jsonl")]);
}

#[test]
fn a_damaged_copy_is_no_copy() {
    let log = log(0..50);
    let broken = packing::frame(&log);
    let broken = &broken[..broken.len() / 2];
    let folder = folder(&[("a.jsonl", &log), ("a.jsonl.zst", broken)]);
    let ledger = relapse(["sweep", text(folder.path()), "--json"]).exits(3).ledger();
    assert_eq!(number(&ledger["totals"], "duplicate_archives"), 0);
    assert_eq!(number(&ledger["totals"], "damaged_archives"), 1);
}

#[test]
fn a_roll_up_is_warned_of() {
    let folder = folder(&[
        ("mon.jsonl", &log(0..400)),
        ("tue.jsonl", &log(400..800)),
        ("week.jsonl.zst", &packing::frame(&log(0..2000))),
        ("other.jsonl", &log(5000..5400)),
    ]);
    let ledger = relapse(["sweep", text(folder.path()), "--json"]).exits(0).ledger();
    for (path, _, warnings) in archives(&ledger) {
        let expected: &[&str] = match path.as_str() {
            "week.jsonl.zst" => &[
                "overlaps: most of its records have the times, names and outcomes of those in mon.jsonl, tue.jsonl (a copy, \
                 or a clock that stood still)",
            ],
            _ => &[],
        };
        assert_eq!(warnings, expected, "{path}");
    }
}

#[test]
fn a_file_given_twice_is_read_once() {
    let folder = folder(&[("a.jsonl", &log(0..5))]);
    let file = folder.path().join("a.jsonl");
    for arguments in [[text(&file), text(folder.path())], [text(folder.path()), text(&file)]] {
        let ledger = relapse(["sweep", "--json", arguments[0], arguments[1]]).exits(0).ledger();
        assert_eq!(number(&ledger["totals"], "lines"), 5);
        assert_eq!(ledger["skipped"], json!([{"path": "a.jsonl", "why": "given twice"}]));
    }
}

#[test]
fn a_copy_with_a_wrong_checksum_counts_once_and_its_damage_is_told() {
    let log = log(0..50);
    let mut wrong = packing::frame(&log);
    *wrong.last_mut().unwrap() ^= 1;
    let folder = folder(&[("a.jsonl.gz", &packing::member(&log)), ("a.jsonl.zst", &wrong)]);
    let ledger = relapse(["sweep", text(folder.path()), "--json"]).exits(3).ledger();
    assert_eq!(number(&ledger["totals"], "lines"), 50);
    assert_eq!(number(&ledger["totals"], "damaged_archives"), 1);
    let copy = &ledger["archives"][1];
    assert_eq!(copy["duplicate_of"], "a.jsonl.gz");
    assert_eq!(copy["damage"][0]["what"], "checksum_mismatch");
}
