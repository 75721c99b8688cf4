//! Very many archives.

use std::fs;

use crate::packing::frame;
use crate::program::{number, program, relapse, text};

#[test]
fn archives_of_several_units_take_no_stack() {
    // Two units each: what one thread finds to do must not pile up on its stack.
    let archive = [frame(&vec![b' '; 1 << 20]), frame(b" \n")].concat();
    let folder = tempfile::tempdir().unwrap();
    for number in 0..1500 {
        fs::write(folder.path().join(format!("{number}.jsonl.zst")), &archive).unwrap();
    }
    let mut command = program();
    command.env("RUST_MIN_STACK", "262144").args(["sweep", text(folder.path()), "--threads", "4", "--json"]);
    let output = command.output().unwrap();
    // There is no record in them.
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(number(&report["ledger"]["totals"], "blank"), 1500);
}

#[test]
fn small_archives_in_many_folders() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..2000 {
        let place = folder.path().join(format!("{}", number % 100));
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join(format!("{number}.jsonl")), "\n").unwrap();
    }
    let ledger = relapse(["sweep", text(folder.path()), "--threads", "3", "--json"]).exits(2).ledger();
    assert_eq!([number(&ledger["totals"], "archives"), number(&ledger["totals"], "blank")], [2000, 2000]);
}
