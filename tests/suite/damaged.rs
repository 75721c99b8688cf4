//! The damaged fixtures are read as their writer says.

use serde_json::{Value, json};

use crate::program::{expected, fixture, number, relapse, text};

fn read(name: &str) -> Value {
    let path = fixture("damaged").join(name);
    let ended = relapse(["sweep", text(&path), "--json"]).exits(3);
    relapse(["sweep", text(&path), "--json", "--allow-loss"]).exits(0);
    ended.ledger()["archives"][0].clone()
}

#[test]
fn lines_around_damage_count_and_the_rest_is_lost_bytes() {
    for (name, facts) in expected("damaged").as_object().unwrap() {
        let archive = read(name);
        let lines = number(facts, "lines_before") + number(facts, "lines_after");
        for key in ["lines", "parsed"] {
            assert_eq!(number(&archive, key), lines, "{name} {key}");
        }
        assert_eq!((number(&archive, "blank"), number(&archive, "rejected")), (0, 0), "{name}");
        assert_eq!(archive["lost_bytes"], facts["fragment_bytes"], "{name}");
        let whole = 64_295;
        assert_eq!(number(&archive, "bytes_decoded"), whole - number(facts, "undecoded_bytes"), "{name}");
        assert_eq!(number(&archive, "damage_count"), 1, "{name}: {}", archive["damage"]);
    }
}

#[test]
fn damage_has_its_name_and_its_place() {
    let facts = expected("damaged");
    let damage = |name: &str| read(name)["damage"][0].clone();
    for (name, what) in [
        ("truncated.jsonl.zst", "truncated"),
        ("truncated.jsonl.gz", "truncated"),
        ("bitflip.jsonl.zst", "corrupt_data"),
        ("garbage-between.jsonl.zst", "garbage"),
    ] {
        let damage = damage(name);
        assert_eq!(damage["what"], what, "{name}");
        assert_eq!(damage["decoded_offset"], facts[name]["decoded_offset"], "{name}");
    }
    for name in ["truncated.jsonl.zst", "garbage-between.jsonl.zst"] {
        assert_eq!(damage(name)["compressed_offset"], facts[name]["compressed_offset"], "{name}");
    }
    let suspect = damage("checksum.jsonl.zst");
    assert_eq!(suspect["what"], "checksum_mismatch");
    assert_eq!(suspect["decoded_offset"], facts["checksum.jsonl.zst"]["suspect_decoded_range"][1]);
    assert!(number(&suspect, "lines_saved") >= 14 && number(&suspect, "first_line") >= 59, "{suspect}");
    // Both cuts leave the first 59 lines in their one frame.
    for name in ["truncated.jsonl.zst", "truncated.jsonl.gz"] {
        let damage = damage(name);
        assert_eq!([&damage["lines_saved"], &damage["first_line"]], [&json!(59), &json!(1)], "{name}");
    }
}

#[test]
fn the_whole_folder_is_one_sweep() {
    let folder = fixture("damaged");
    let ended = relapse(["sweep", text(&folder), "--json"]).exits(3);
    let totals = ended.ledger()["totals"].clone();
    let lines: u64 = expected("damaged")
        .as_object()
        .unwrap()
        .values()
        .map(|facts| number(facts, "lines_before") + number(facts, "lines_after"))
        .sum();
    // truncated.jsonl.zst and truncated.jsonl.gz are one run by their names, and hold the same text.
    assert_eq!(number(&totals, "duplicate_archives"), 1);
    assert_eq!(number(&totals, "lines"), lines - 59);
    assert_eq!(number(&totals, "damaged_archives"), 5);
    let summary = relapse(["sweep", text(&folder)]).exits(3).text();
    assert!(summary.contains("not whole") && summary.contains("checksum_mismatch"), "{summary}");
}
