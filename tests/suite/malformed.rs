//! The malformed fixture: every line judged as its writer says.

use crate::program::{expected, fixture, number, relapse, text};

const COUNTS: [&str; 8] =
    ["lines", "parsed", "blank", "rejected", "rejected_by_reason", "repaired_lines", "repaired", "duplicate_fields"];

#[test]
fn strictly_what_is_repaired_is_rejected_too() {
    let facts = expected("malformed");
    let path = fixture("malformed").join("malformed.jsonl");
    let ended = relapse(["sweep", text(&path), "--json", "--strict-json"]).exits(3);
    let archive = &ended.ledger()["archives"][0];
    assert_eq!(archive["rejected_by_reason"], facts["strict_rejected_by_reason"]);
    let rejected = number(&facts, "rejected") + number(&facts, "repaired_lines");
    assert_eq!([number(archive, "rejected"), number(archive, "repaired_lines")], [rejected, 0]);
    assert_eq!(number(archive, "lines"), number(archive, "parsed") + number(archive, "blank") + rejected);
    let planted = facts["expected"].as_array().unwrap().iter();
    let planted = planted.filter(|line| line["expect"] == "rejected" || line["expect"] == "repaired");
    for (planted, listed) in planted.zip(archive["rejects"].as_array().unwrap()) {
        for key in ["line", "offset", "reason"] {
            assert_eq!(planted[key], listed[key], "{planted}");
        }
    }
}

#[test]
fn reasons_lines_and_offsets_are_as_planted() {
    let facts = expected("malformed");
    let path = fixture("malformed").join("malformed.jsonl");
    for threads in ["1", "2"] {
        let ended = relapse(["sweep", text(&path), "--json", "--threads", threads]).exits(3);
        let archive = &ended.ledger()["archives"][0];
        for key in COUNTS {
            assert_eq!(archive[key], facts[key], "{key}");
        }
        let planted = facts["expected"].as_array().unwrap().iter().filter(|line| line["expect"] == "rejected");
        let listed = archive["rejects"].as_array().unwrap();
        assert_eq!(listed.len(), 20);
        for (planted, listed) in planted.zip(listed) {
            for key in ["line", "offset", "reason"] {
                assert_eq!(planted[key], listed[key], "{planted}");
            }
            assert_ne!(listed["message"], "", "{planted}");
        }
    }
}

#[test]
fn each_line_alone_is_judged_the_same() {
    let bytes = std::fs::read(fixture("malformed").join("malformed.jsonl")).unwrap();
    let lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
    let folder = tempfile::tempdir().unwrap();
    let facts = expected("malformed");
    for planted in facts["expected"].as_array().unwrap() {
        let line = usize::try_from(number(planted, "line")).unwrap();
        let name = format!("{line:03}.jsonl");
        let mut bytes = lines[line - 1].to_vec();
        // At the start of a file it is no text before the record.
        if planted["kind"] == "byte order mark not at the start of the file" {
            bytes.insert(0, b'\n');
        }
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let ledger = relapse(["sweep", text(folder.path()), "--json"]).exits(3).ledger();
    let archives = ledger["archives"].as_array().unwrap();
    for (planted, archive) in facts["expected"].as_array().unwrap().iter().zip(archives) {
        match planted["expect"].as_str().unwrap() {
            "parsed" => {
                assert_eq!([number(archive, "parsed"), number(archive, "repaired_lines")], [1, 0], "{planted}");
            }
            "repaired" => {
                assert_eq!([number(archive, "parsed"), number(archive, "repaired_lines")], [1, 1], "{planted}");
                let repair = planted["repair"].as_str().unwrap();
                assert_eq!(archive["repaired"], serde_json::json!({ repair: 1 }), "{planted}");
            }
            "rejected" => {
                assert_eq!(archive["rejects"][0]["reason"], planted["reason"], "{planted}: {archive}");
                if let Some(field) = planted["field"].as_str().filter(|_| planted["reason"] != "invalid_json") {
                    let message = archive["rejects"][0]["message"].as_str().unwrap();
                    assert!(message.contains(&format!("`{field}`")), "{planted}: {message}");
                }
            }
            // An empty file has no line.
            _ => assert_eq!(number(archive, "blank"), number(archive, "lines"), "{planted}"),
        }
    }
}
