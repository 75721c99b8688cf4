//! The damaged fixtures are read as their writer says.

use std::io::Write;

use serde_json::{Value, json};

use crate::program::{expected, fixture, folder, number, record, relapse, text};

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

#[test]
fn another_length_than_the_stated_one_is_told_where_the_last_block_is_empty() {
    let lines = (record(&[]) + "\n").repeat(9);
    for has_checksum in [false, true] {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_checksum(has_checksum).unwrap();
        encoder.set_pledged_src_size(Some(lines.len() as u64)).unwrap();
        encoder.write_all(lines.as_bytes()).unwrap();
        encoder.flush().unwrap();
        let mut frame = encoder.finish().unwrap();
        // The high byte of a length in two bytes.
        assert_eq!(frame[4] & 0xfb, 0x60);
        frame[6] ^= 4;
        let folder = folder(&[("r.jsonl.zst", &frame)]);
        let archive = relapse(["sweep", text(folder.path()), "--json"]).exits(3).ledger()["archives"][0].clone();
        assert_eq!([number(&archive, "parsed"), number(&archive, "lost_bytes")], [9, 0]);
        assert_eq!(archive["damage"][0]["what"], "length_mismatch");
    }
}
