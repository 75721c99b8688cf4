//! How the program ends.

use std::fs;

use crate::packing;
use crate::program::{folder, number, record, relapse, text};

#[test]
fn nothing_wrong_is_0() {
    let folder = folder(&[("r.jsonl", record(&[]).as_bytes()), ("empty.jsonl", b"")]);
    relapse(["sweep", text(folder.path())]).exits(0);
}

#[test]
fn loss_is_3_and_allowed_loss_0() {
    let lossy = format!("{}\nnonsense\n", record(&[]));
    let folder = folder(&[("r.jsonl", lossy.as_bytes())]);
    relapse(["sweep", text(folder.path())]).exits(3);
    relapse(["sweep", text(folder.path()), "--allow-loss"]).exits(0);
}

#[test]
fn wrong_usage_is_2() {
    let folder = folder(&[("full/r.jsonl", b""), ("empty/notes.txt", b"")]);
    let (full, empty) = (folder.path().join("full"), folder.path().join("empty"));
    let (full, empty) = (text(&full), text(&empty));
    for (arguments, says) in [
        (vec!["sweep"], "PATH"),
        (vec!["sweep", "/no/such/path"], "/no/such/path"),
        (vec!["sweep", full, "/no/such/path"], "/no/such/path"),
        (vec!["sweep", empty], "found no archive"),
        (
            vec!["sweep", full, "--taxonomy", "crash"],
            "unknown taxonomy `crash`, known: crash-triage-v1, crash-triage-v2",
        ),
        (vec!["sweep", full, "--profile", "ft"], "unknown profile `ft`"),
        (vec!["sweep", full, "--from-path", "("], "--from-path"),
        (vec!["sweep", full, "--from-path", "run-(.*)"], "group with a name"),
        (vec!["sweep", full, "--max-line", "1 parsec"], "parsec"),
        (vec!["sweep", full, "--max-line", "0"], "--max-line"),
        (vec!["sweep", full, "--max-window=-1"], "--max-window"),
        (vec!["sweep", full, "--threads", "many"], "--threads"),
        (vec!["sweep", full, "--threads", "5000"], "1024"),
        (vec!["sweep", full, "--since", "yesterday"], "yesterday"),
        (vec!["sweep", full, "--until", "7"], "`7`"),
        (vec!["sweep", "-", "-"], "once"),
        (vec!["sweep", "-", "--since", "7d"], "standard input"),
        (vec!["sweep", full, "--color", "perhaps"], "--color"),
        (vec!["sweep", ""], "failed to read"),
        (vec!["swep", full], "sweep"),
        (vec!["triage", "--input", full], "--output"),
    ] {
        let ended = relapse(&arguments).exits(2).says(says);
        assert!(ended.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn one_run_from_two_arguments_is_2_and_names_both() {
    let log = record(&[]);
    let log = log.as_bytes();
    let folder = folder(&[("a/r.jsonl", log), ("b/r.jsonl", log), ("c/x/r.jsonl", log), ("d/x/r.jsonl", log)]);
    let path = |below: &str| text(&folder.path().join(below)).to_owned();
    for (first, second) in [("a/r.jsonl", "b/r.jsonl"), ("c/x", "d/x")] {
        let ended = relapse(["sweep", &path(first), &path(second)]).exits(2).says("--from-path");
        assert!(ended.stderr.contains(&path(first)) && ended.stderr.contains(&path(second)), "{}", ended.stderr);
        // What is advised helps.
        assert!(ended.stderr.contains("--from-path '(?<run>.+)'"), "{}", ended.stderr);
        let ended =
            relapse(["sweep", &path(first), &path(second), "--from-path", "(?<run>.+)", "--json"]).exits(0).ledger();
        let runs: Vec<_> = ended["archives"].as_array().unwrap().iter().map(|row| row["run"].to_string()).collect();
        assert!(runs.len() == 2 && runs[0] != runs[1], "{runs:?}");
    }
    // Folders stand in their runs' ids.
    relapse(["sweep", &path("a"), &path("b")]).exits(0);
}

#[test]
fn nothing_readable_is_2_and_something_unreadable_3() {
    let folder = folder(&[("r.jsonl", record(&[]).as_bytes()), ("s.jsonl", b"")]);
    let secret = folder.path().join("s.jsonl");
    let mut permissions = fs::metadata(&secret).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0);
    fs::set_permissions(&secret, permissions).unwrap();
    if fs::File::open(&secret).is_ok() {
        return; // who reads everything cannot test this
    }
    let ended = relapse(["sweep", text(folder.path()), "--json"]).exits(3);
    assert!(ended.ledger()["skipped"][0]["why"].as_str().unwrap().starts_with("unreadable"));
    relapse(["sweep", text(&secret)]).exits(2).says("unreadable");
}

#[test]
fn lines_beyond_the_limit_are_rejected() {
    let long = format!("{}\n{}\n", record(&[]), record(&[("more", &format!("\"{}\"", "x".repeat(3000)))]));
    let packed = packing::frame(long.as_bytes());
    let folder = folder(&[("r.jsonl", long.as_bytes()), ("s.jsonl.zst", &packed)]);
    let ledger = relapse(["sweep", text(folder.path()), "--max-line", "1kB", "--json"]).exits(3).ledger();
    assert_eq!(number(&ledger["totals"], "parsed"), 2);
    assert_eq!(number(&ledger["totals"]["rejected_by_reason"], "line_too_long"), 2);
    relapse(["sweep", text(folder.path()), "--max-line", "4kB"]).exits(0);
}

#[test]
fn windows_beyond_the_limit_are_damage() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(24).unwrap();
    std::io::Write::write_all(&mut encoder, format!("{}\n", record(&[])).as_bytes()).unwrap();
    let folder = folder(&[("r.jsonl.zst", &encoder.finish().unwrap())]);
    let ended = relapse(["sweep", text(folder.path()), "--max-window", "8MiB", "--json"]).exits(2);
    assert_eq!(ended.ledger()["archives"][0]["damage"][0]["what"], "window_too_large");
    assert_eq!(ended.ledger()["archives"][0]["damage"][0]["needed_window"], 16 << 20);
    assert!(ended.stderr.contains("--max-window 16MiB reads it"), "{}", ended.stderr);
    let shown = relapse(["sweep", text(folder.path()), "--max-window", "8MiB"]).exits(2).text();
    assert_eq!(shown.matches("--max-window 16MiB reads it").count(), 2, "{shown}");
    relapse(["sweep", text(folder.path()), "--max-window", "16MiB"]).exits(0);
    // A limit between two powers of two holds as it stands.
    relapse(["sweep", text(folder.path()), "--max-window", "17MiB"]).exits(0);
}
