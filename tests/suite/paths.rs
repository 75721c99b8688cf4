//! Folders with everything in them that a folder can hold.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::program::{folder, number, record, relapse, text};

#[cfg(unix)]
#[test]
fn what_is_passed_over_is_in_the_ledger() {
    let folder = folder(&[
        ("b.jsonl", record(&[]).as_bytes()),
        ("a/r.ndjson", b""),
        ("a/.hidden.jsonl", b""),
        (".git/r.jsonl", b""),
        ("notes.md", b""),
        ("r.json", b""),
        ("r.jsonl.bz2", b""),
        ("archive.zst", b""),
        ("R.JSONL", b""),
    ]);
    std::os::unix::fs::symlink("b.jsonl", folder.path().join("link.jsonl")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("a/loop")).unwrap();
    std::os::unix::fs::symlink("gone", folder.path().join("dangling.jsonl")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(folder.path().join("pipe.jsonl")).status().unwrap().success());
    let ledger = relapse(["sweep", text(folder.path()), "--json"]).exits(0).ledger();
    let pairs = |key: &str, what: &str| -> Vec<(String, String)> {
        let rows = ledger[key].as_array().unwrap().iter();
        rows.map(|row| (row["path"].as_str().unwrap().into(), row[what].as_str().unwrap().into())).collect()
    };
    let expected = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|&(path, what)| (path.to_owned(), what.to_owned())).collect()
    };
    assert_eq!(pairs("archives", "run"), expected(&[("a/r.ndjson", "a/r"), ("b.jsonl", "b"), ("r.jsonl.bz2", "r")]));
    let by_name = "not a log by its name";
    assert_eq!(
        pairs("skipped", "why"),
        expected(&[
            (".git", "hidden"),
            (".git/r.jsonl", "hidden"),
            ("R.JSONL", by_name),
            ("a/.hidden.jsonl", "hidden"),
            ("a/loop", "symbolic link"),
            ("archive.zst", by_name),
            ("dangling.jsonl", "symbolic link"),
            ("link.jsonl", "symbolic link"),
            ("notes.md", by_name),
            ("pipe.jsonl", "special file"),
            ("r.json", "beside a log of its name"),
        ])
    );
    // Links that are given themselves are followed.
    relapse(["sweep", text(&folder.path().join("link.jsonl"))]).exits(0);
    relapse(["sweep", text(&folder.path().join("a/loop"))]).exits(0);
    relapse(["sweep", text(&folder.path().join("dangling.jsonl"))]).exits(2);
}

/// Runs by name, with their records.
fn runs(incidents: &Value) -> BTreeMap<String, u64> {
    let rows = incidents["incidents"].as_array().unwrap().iter();
    rows.map(|row| (row["first_run"].as_str().unwrap().to_owned(), row["sample"]["line"].as_u64().unwrap())).collect()
}

#[test]
fn odd_names_are_names() {
    let long = format!("{}.jsonl", "n".repeat(200));
    let names = [
        "new\nline.jsonl",
        " .jsonl",
        "\"quote\\\".jsonl",
        "日本.jsonl",
        "-.jsonl",
        "--out.jsonl",
        "a.jsonl.jsonl",
        &long,
    ];
    let files: Vec<(&str, Vec<u8>)> = names
        .iter()
        .enumerate()
        .map(|(number, &name)| (name, record(&[("reason_code", &format!("\"r{number}\""))]).into_bytes()))
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let folder = folder(&files);
    let ended = relapse(["sweep", text(folder.path()), "--json"]).exits(0);
    let found = runs(&ended.json()["incidents"]);
    let expected: BTreeMap<String, u64> =
        names.iter().map(|name| (name.strip_suffix(".jsonl").unwrap().replace('\\', r"\\"), 1)).collect();
    assert_eq!(found, expected);
    assert_eq!(number(&ended.ledger()["totals"], "parsed"), names.len() as u64);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_utf_8_are_read_and_kept_apart() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder(&[]);
    // Long enough for several pieces, so that line numbers must not be mixed up.
    for (name, lines) in [(&b"r\xff.jsonl"[..], 9000), (b"r\xfe.jsonl", 5000), (br"r\xfe.jsonl", 3000)] {
        let mut log = Vec::new();
        for line in 1..=lines {
            let outcome = if line == lines { "\"fail\"" } else { "\"pass\"" };
            let reason = format!("\"of {lines}\"");
            log.extend(record(&[("outcome", outcome), ("reason_code", &reason)]).bytes());
            log.push(b'\n');
        }
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), log).unwrap();
    }
    let ended = relapse(["sweep", text(folder.path()), "--json"]).exits(0);
    assert_eq!(number(&ended.ledger()["totals"], "parsed"), 17_000);
    let report = ended.json();
    assert_eq!(report["incidents"]["runs"], 3);
    for row in report["incidents"]["incidents"].as_array().unwrap() {
        let line = row["sample"]["line"].as_u64().unwrap();
        assert_eq!(row["reason_code"], format!("of {line}"));
    }
}

#[test]
fn runs_are_taken_from_paths_as_asked() {
    let failing = record(&[]);
    let folder = folder(&[
        ("2026-01/run-7/shard-1.jsonl", failing.as_bytes()),
        ("2026-01/run-7/shard-2.jsonl", b"\n"),
        ("2026-01/run-8/shard-1.jsonl", b""),
    ]);
    let path = text(folder.path());
    let ended = relapse(["sweep", path, "--from-path", r"run-(?<run>\d+)/", "--json"]).exits(0);
    assert_eq!(ended.json()["incidents"]["incidents"][0]["first_run"], "7");
    let runs = |ledger: &Value| -> Vec<String> {
        ledger["archives"].as_array().unwrap().iter().map(|row| row["run"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(runs(&ended.ledger()), ["7", "7", "8"]);
    let ended = relapse(["sweep", path, "--json"]).exits(0);
    assert_eq!(runs(&ended.ledger())[0], "2026-01/run-7/shard-1");
    let ended = relapse(["sweep", path, "--from-path", r"run-(?<run>7)/", "--json"]).exits(0);
    assert_eq!(runs(&ended.ledger())[2], "2026-01/run-8/shard-1", "where nothing is found the path stands");
    let ended = relapse(["sweep", path, "--from-path", r"x(?<run>\d+)", "--json"]).exits(2);
    for said in [r"`x(?<run>\d+)`", "`2026-01/run-7/shard-1.jsonl`"] {
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
    }
    relapse(["sweep", path, "--from-path", r"(?<brunch>.*)/(?<run>\d+)"]).exits(2).says("`brunch`, known: run, branch");
}

#[test]
fn one_packet_alone() {
    let log: Vec<String> = (0..10)
        .map(|seed| record(&[("packet_id", &format!("\"KX-{}\"", seed % 2)), ("seed", &seed.to_string())]))
        .collect();
    let folder = folder(&[("r.jsonl", log.join("\n").as_bytes())]);
    let ended = relapse(["sweep", text(folder.path()), "--packet", "KX-1", "--json"]).exits(0);
    let totals = &ended.ledger()["totals"];
    assert_eq!([number(totals, "parsed"), number(totals, "filtered")], [10, 5]);
    let incidents = &ended.json()["incidents"];
    assert_eq!(incidents["packet_filter"], "KX-1");
    assert_eq!([number(incidents, "records"), number(incidents, "failed_records")], [5, 5]);
}

#[test]
fn what_is_passed_over_and_named_like_the_archives_is_told() {
    let name = |run: i32| format!("run-{run:02}.jsonl");
    let said = |more: &[&str]| {
        let archives: Vec<String> = (1..=20).map(name).collect();
        let line = record(&[("outcome", "\"pass\"")]);
        let files: Vec<(&str, &[u8])> = archives.iter().map(|name| (name.as_str(), line.as_bytes())).collect();
        let place = folder(&files);
        for path in more {
            let path = place.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            // What a console printed holds no record.
            let holds = if path.extension() == Some("log".as_ref()) { "it ran\n".to_owned() } else { record(&[]) };
            fs::write(path, holds).unwrap();
        }
        let policy = folder(&[("p.toml", b"schema = \"relapse-policy-v1\"\nname = \"p\"\n[max]\nflaky = 0\n")]);
        let policy = policy.path().join("p.toml");
        let gate = relapse(["gate", text(place.path()), "--policy", text(&policy)]).exits(0).text();
        let sweep = relapse(["sweep", text(place.path())]).exits(0).text();
        assert_eq!(gate.contains("passed over"), sweep.contains("passed over"), "{gate}\n{sweep}");
        sweep
    };
    for (passed, named) in [
        (&["run-21.jsonl.7z", "run-22.jsonl.7z"][..], "read: run-22.jsonl.7z, run-21.jsonl.7z;"),
        (&["run-21.log"], "read: run-21.log;"),
        (&[".new/run-21.jsonl"], "read: .new/run-21.jsonl;"),
    ] {
        let said = said(passed);
        let told = format!("passed over, though named like archives that were {named}");
        assert!(said.contains(&told), "{said}");
    }
    // Companions of archives, which may outlive them, and what has other names.
    let beside = ["run-20.jsonl.sha256", "run-20.log", "run-00.log", "README.md", "coverage-21.xml", ".git/HEAD"];
    assert!(!said(&beside).contains("passed over"));
}

/// What a sweep and a gate of these folders say, which are beside each other; status 0.
fn said_of(place: &tempfile::TempDir, inputs: &[&str], more: &[&str]) -> [String; 2] {
    let policy = folder(&[("p.toml", b"schema = \"relapse-policy-v1\"\nname = \"p\"\n[max]\nflaky = 0\n")]);
    let policy = policy.path().join("p.toml");
    let inputs: Vec<String> = inputs.iter().map(|input| text(&place.path().join(input)).to_owned()).collect();
    let of = |command: &str, own: &[&str]| {
        let arguments = [command].into_iter().chain(inputs.iter().map(String::as_str)).chain(own.iter().copied());
        relapse(arguments.chain(more.iter().copied())).exits(0).text()
    };
    [of("sweep", &[]), of("gate", &["--policy", text(&policy)])]
}

#[test]
fn folders_without_an_archive_beside_others_are_told() {
    let pass = record(&[("outcome", "\"pass\"")]);
    let place = folder(&[("linux/a.jsonl", pass.as_bytes()), ("mac/r.json", b""), ("mac/r.log", b"")]);
    fs::create_dir(place.path().join("windows")).unwrap();
    for said in said_of(&place, &["linux", "mac", "windows"], &[]) {
        assert!(said.contains("folders that were asked for hold no archive"), "{said}");
        assert!(said.contains("mac (passed over: mac/r.json, mac/r.log)"), "{said}");
        assert!(said.contains("windows (empty)"), "{said}");
    }
    // One within another adds nothing, nor does the same again.
    for sound in [&["linux"][..], &["linux", "linux"], &[".", "linux"], &[".", "windows"]] {
        for said in said_of(&place, sound, &[]) {
            assert!(!said.contains("asked for"), "{sound:?}: {said}");
        }
    }
    // What a store still holds of a folder is there, if it counts.
    let store = tempfile::tempdir().unwrap();
    let kept = ["--store", text(store.path()), "--keep-gone"];
    fs::write(place.path().join("windows/b.jsonl"), &pass).unwrap();
    let [first, _] = said_of(&place, &["linux", "windows"], &kept);
    fs::remove_file(place.path().join("windows/b.jsonl")).unwrap();
    let gone = said_of(&place, &["linux", "windows"], &kept);
    assert!(!first.contains("asked for") && !gone.concat().contains("asked for"), "{gone:?}");
    assert!(said_of(&place, &["linux", "windows"], &kept[..2]).iter().all(|said| said.contains("windows (empty)")));
    // An answer that a store holds is that of these folders.
    assert!(said_of(&place, &["linux/a.jsonl"], &kept[..2]).iter().all(|said| !said.contains("asked for")));
    let [said, _] = said_of(&place, &["linux/a.jsonl", "windows"], &kept[..2]);
    assert!(said.contains("windows (empty)"), "{said}");
}

#[test]
fn archives_in_whose_paths_run_from_finds_no_run_are_told() {
    let pass = record(&[("outcome", "\"pass\"")]);
    let names = ["build-1/a.jsonl", "build-1/b.jsonl", "build-2/a.jsonl", "b3-a.jsonl", "b3-b.jsonl"];
    let place = folder(&names.map(|name| (name, pass.as_bytes())));
    for said in said_of(&place, &["."], &["--from-path", "build-(?<run>[0-9]+)/"]) {
        assert!(said.contains("in the path of 2 archives, so that each is a run of its own: b3-b, b3-a"), "{said}");
    }
    for sound in [&["--from-path", "b(uild-)?(?<run>[0-9]+)"][..], &[]] {
        assert!(!said_of(&place, &["."], sound).concat().contains("--from-path finds"));
    }
}

#[cfg(unix)]
#[test]
fn a_link_beside_folders_of_its_name_is_told() {
    let pass = record(&[("outcome", "\"pass\"")]);
    let place = folder(&[("logs/2026-10/a.jsonl", pass.as_bytes()), ("disk/a.jsonl", pass.as_bytes())]);
    for link in ["latest", "2026-11"] {
        std::os::unix::fs::symlink(place.path().join("disk"), place.path().join("logs").join(link)).unwrap();
        for said in said_of(&place, &["logs"], &[]) {
            assert_eq!(said.contains("archives that were read: 2026-11;"), link == "2026-11", "{said}");
        }
    }
}
