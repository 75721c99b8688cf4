//! Every format that is printed or written, on the fixtures, as it was: what changes here changes for whoever reads it.
//!
//! `RELAPSE_SNAPSHOTS=write cargo test --test suite snapshots` writes them again; what changed is then seen in the
//! repository. Long texts and files stand there by their hash.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use crate::program::{fixture, program};

/// Bytes of a text that stands in a snapshot itself.
const MOST: usize = 8_000;

/// Names of snapshots, each with its commands, in order: they run in one folder beside `fixtures`.
const SNAPSHOTS: [(&str, &[&str]); 9] = [
    (
        "sweep",
        &[
            "sweep fixtures/weekly --out weekly --parquet weekly/tables",
            "sweep fixtures/weekly --json",
            "sweep fixtures/weekly --json --all --since 40d --packet KX-P1-008",
            "sweep fixtures/damaged --out damaged",
            "sweep fixtures/malformed --out malformed --allow-loss",
            "sweep fixtures/integration --out integration --json",
            "sweep fixtures/policies",
        ],
    ),
    (
        "since",
        &[
            "sweep fixtures/weekly --until 2026-03-01T00:00:00Z --out before",
            "sweep fixtures/weekly --baseline before --out after",
            "diff before after",
            "diff before after --json",
        ],
    ),
    (
        "gate",
        &[
            "gate fixtures/weekly --policy fixtures/policies/weekly-pass.toml",
            "gate fixtures/weekly --policy fixtures/policies/weekly-fail.toml",
            "gate fixtures/weekly --policy fixtures/policies/weekly-fail.toml --format json",
            "gate fixtures/weekly --policy fixtures/policies/weekly-fail.toml --format github",
            "gate fixtures/weekly --policy fixtures/policies/weekly-fail.toml --format junit",
            "gate fixtures/weekly --policy fixtures/policies/weekly-fail.toml --format sarif",
            "gate fixtures/damaged --policy fixtures/policies/weekly-pass.toml --allow-loss --baseline before",
            "policy check fixtures/policies/faulty.toml",
            "policy init",
            "policy init --from weekly",
        ],
    ),
    ("bench", &["bench lanes.jsonl", "bench lanes.jsonl --json --last 10 --out bench.json", "sweep lanes.jsonl"]),
    (
        "incidents",
        &[
            "explain backward_order/strict:grown_graph --from weekly",
            "explain backward_order/strict:grown_graph --from weekly --json",
            "runbook --from weekly --out runbooks",
            "ticket --from weekly",
            "ticket --from weekly --form gh",
            "ticket --from weekly --form beads-jsonl",
            "ticket --from weekly --form markdown",
        ],
    ),
    (
        "partials",
        &[
            "sweep fixtures/weekly --partial weekly.partial",
            "merge weekly.partial --out merged",
            "sweep fixtures/weekly --store store --out stored",
            "sweep fixtures/weekly --store store --out stored-again",
        ],
    ),
    (
        "pack",
        &[
            "pack fixtures/weekly --out packed",
            "pack fixtures/containers --out packed-containers --json",
            "sweep packed --json",
        ],
    ),
    ("triage", &["triage --input log.jsonl --output triage.json", "triage --input lanes.jsonl --output t.json"]),
    (
        "definitions",
        &[
            "profiles list",
            "profiles show ft-conformance-log-v1",
            "taxonomies list",
            "taxonomies show crash-triage-v1",
            "taxonomies check fixtures/policies/faulty.toml",
        ],
    ),
];

/// Thirty measurements of one lane, of which the last ten are slower.
fn lanes() -> String {
    let mut lines = String::new();
    for run in 0..30_u64 {
        let value = if run < 20 { 10.0 } else { 12.0 } + (run * 7 % 5) as f64 / 10.0;
        let time = 1_699_000_000 + run * 3600;
        let _ = writeln!(
            lines,
            r#"{{"host":"h1","lane":"step","incumbent_ms":{value},"rounds":24,"recorded_unix":{time}}}"#
        );
    }
    lines
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A text itself, or its hash where it is long.
fn shown(bytes: &[u8]) -> String {
    let took = regex::Regex::new(r"[0-9.]+ m?s( \([0-9.]+ [kMG]?B/s\))").unwrap();
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.len() <= MOST => took.replace_all(text, "TIME").into_owned(),
        _ => format!("{} bytes, xxh3 {:032x}\n", bytes.len(), xxh3_128(bytes)),
    }
}

/// The files below a folder but for some, with their hashes.
fn files(folder: &Path, root: &Path, all: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        // Stores and partials are only read by the build that wrote them.
        if name == "fixtures" || name == "store" || name.ends_with(".partial") {
            continue;
        }
        if path.is_dir() {
            files(&path, root, all);
        } else {
            all.push((name, shown(&fs::read(&path).unwrap())));
        }
    }
}

#[test]
fn every_format_is_as_it_was() {
    let place = tempfile::tempdir().unwrap();
    for name in ["weekly", "damaged", "malformed", "integration", "containers", "policies"] {
        copy(&fixture(name), &place.path().join("fixtures").join(name));
    }
    fs::write(place.path().join("lanes.jsonl"), lanes()).unwrap();
    let packed = fs::read(fixture("weekly").join("run-00.jsonl.zst")).unwrap();
    fs::write(place.path().join("log.jsonl"), zstd::decode_all(&packed[..]).unwrap()).unwrap();
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let writes = std::env::var_os("RELAPSE_SNAPSHOTS").is_some();
    let mut known = Vec::new();
    let mut differ = Vec::new();
    for (name, commands) in SNAPSHOTS {
        let mut text = String::new();
        for command in commands {
            let output = program().args(command.split(' ')).current_dir(place.path()).output().unwrap();
            let _ = writeln!(text, "$ relapse {command}\nstatus {}", output.status.code().unwrap());
            let _ = write!(text, "{}{}", shown(&output.stdout), shown(&output.stderr));
            let mut written = Vec::new();
            files(place.path(), place.path(), &mut written);
            written.sort();
            for (file, shown) in written.iter().filter(|file| !known.contains(*file)) {
                let _ = writeln!(text, "--- {file}\n{}", shown.trim_end());
            }
            known = written;
            text.push('\n');
        }
        let path = snapshots.join(format!("{name}.txt"));
        if writes {
            fs::create_dir_all(&snapshots).unwrap();
            fs::write(path, text).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            differ.push(format!("{name}: {}", first_difference(&fs::read_to_string(&path).unwrap_or_default(), &text)));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// The first line in which two texts differ, as both have it.
fn first_difference(was: &str, is: &str) -> String {
    let pair = was.lines().zip(is.lines()).enumerate().find(|(_, (was, is))| was != is);
    match pair {
        Some((at, (was, is))) => format!("line {}\n  was {was}\n  is  {is}", at + 1),
        None => format!("{} lines were {}", is.lines().count(), was.lines().count()),
    }
}
