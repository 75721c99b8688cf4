//! `--max-memory`: the same answer in less room, and nothing left behind.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

#[cfg(target_os = "linux")]
use rustix::process::{Pid, Signal, kill_process};

use crate::program::{high_water_kib, number, program, record, relapse, text};

const RUNS: usize = 10;

/// Many keys, a quarter of them in two runs each, and some scenarios that fail.
fn archives() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for run in 0..RUNS {
        let mut lines = String::new();
        for key in run * 12_000..run * 12_000 + 15_000 {
            let scenario = key / 12;
            let outcome = if scenario % 40 == 0 && (key + run) % 3 == 0 { r#""fail""# } else { r#""pass""# };
            let time = (1_767_225_600_000 + run * 3_600_000 + key % 1000).to_string();
            lines.push_str(&record(&[
                ("ts_unix_ms", &time),
                ("scenario_id", &format!("\"backward/strict:{scenario}\"")),
                ("seed", &key.to_string()),
                ("outcome", outcome),
            ]));
            lines.push('\n');
        }
        fs::write(folder.path().join(format!("run-{run:02}.jsonl")), lines).unwrap();
    }
    folder
}

/// The least limit that the program says it works with.
fn least(folder: &Path, threads: &str) -> u64 {
    let ended = relapse(["sweep", text(folder), "--threads", threads, "--max-memory", "1MiB"]).exits(2);
    let said = ended.stderr.split(" need").nth(1).and_then(|rest| rest.split(" MiB").next());
    said.and_then(|least| least.trim_start_matches(['s', ' ']).parse().ok())
        .unwrap_or_else(|| panic!("no least limit in: {}", ended.stderr))
}

fn reports(out: &Path) -> [Vec<u8>; 2] {
    ["incidents.json", "recurrence.json"].map(|name| fs::read(out.join(name)).unwrap())
}

#[test]
fn the_same_bytes_in_the_least_memory_at_any_number_of_threads() {
    let archives = archives();
    let out = tempfile::tempdir().unwrap();
    let free = out.path().join("free");
    let freely = ["sweep", text(archives.path()), "--threads", "2", "--out"];
    relapse(freely.iter().chain(&[text(&free)])).exits(0);
    let counted_back = out.path().join("counted-back");
    relapse(freely.iter().chain(&[text(&counted_back), "--since", "30d"])).exits(0);
    for threads in ["1", "2", "5"] {
        let limit = format!("{}MiB", least(archives.path(), threads));
        let held = out.path().join(threads);
        let mut arguments =
            vec!["sweep", text(archives.path()), "--out", text(&held), "--threads", threads, "--max-memory", &limit];
        let ended = relapse(&arguments).exits(0);
        assert!(ended.text().contains("for want of memory"), "{}", ended.text());
        assert!(reports(&held) == reports(&free), "{threads} threads");
        let ledger: serde_json::Value = serde_json::from_slice(&fs::read(held.join("ledger.json")).unwrap()).unwrap();
        assert!(number(&ledger, "spilled_bytes") > 500_000, "{ledger}");
        // A window that is counted back reads everything twice.
        arguments.extend(["--since", "30d"]);
        relapse(&arguments).exits(0);
        assert!(reports(&held) == reports(&counted_back), "{threads} threads, counted back");
    }
    let ledger: serde_json::Value = serde_json::from_slice(&fs::read(free.join("ledger.json")).unwrap()).unwrap();
    assert_eq!(number(&ledger, "spilled_bytes"), 0);
}

#[test]
fn what_is_judged_together_and_does_not_fit_is_an_error() {
    let archives = archives();
    let out = tempfile::tempdir().unwrap();
    let limit = format!("{}MiB", least(archives.path(), "2"));
    let arguments = ["sweep", text(archives.path()), "--threads", "2", "--out", text(out.path()), "--all"];
    relapse(arguments.iter().chain(&["--max-memory", limit.as_str()])).exits(2).says("raise the limit");
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
}

#[test]
fn limits_that_cannot_be_kept_are_refused() {
    let archives = archives();
    for wrong in ["0", "many", "1 parsec", ""] {
        relapse(["sweep", text(archives.path()), "--max-memory", wrong]).exits(2).says("--max-memory");
    }
    assert!(least(archives.path(), "5") > least(archives.path(), "2"));
    let short = format!("{}MiB", least(archives.path(), "2") - 1);
    relapse(["sweep", text(archives.path()), "--threads", "2", "--max-memory", &short]).exits(2).says("2 threads need");
}

#[test]
fn without_a_place_for_temporary_files_it_says_so_and_writes_nothing() {
    let archives = archives();
    let out = tempfile::tempdir().unwrap();
    let output = program()
        .args(["sweep", text(archives.path()), "--max-memory", "200MiB", "--threads", "2"])
        .arg("--out")
        .arg(out.path())
        .env("TMPDIR", "/nowhere/at/all")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("temporary file in `/nowhere/at/all`") && said.contains("No such file"), "{said}");
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
}

#[test]
fn a_full_disk_is_an_error_and_no_loss() {
    let archives = archives();
    let out = tempfile::tempdir().unwrap();
    // A file that may not grow stands for a disk that is full: the write fails and no signal comes.
    let limit = least(archives.path(), "2");
    let script = format!(
        "trap '' XFSZ; ulimit -f 200; exec {} sweep {} --threads 2 --max-memory {limit}MiB --out {}",
        env!("CARGO_BIN_EXE_relapse"),
        text(archives.path()),
        text(out.path()),
    );
    let output = Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("failed to write to a temporary file in"), "{said}");
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
}

/// A sweep that has its temporary file, which stands in a folder of its own.
#[cfg(target_os = "linux")]
fn spilling(archives: &Path, place: &Path) -> Child {
    let mut child = program()
        .args(["sweep", text(archives), "--threads", "2", "--max-memory", &format!("{}MiB", least(archives, "2"))])
        .env("TMPDIR", place)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let open = format!("/proc/{}/fd", child.id());
    let is_there = || {
        let files = fs::read_dir(&open).into_iter().flatten().flatten();
        files.filter_map(|file| fs::read_link(file.path()).ok()).any(|file| file.starts_with(place))
    };
    for _ in 0..10_000 {
        if is_there() {
            return child;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    let status = child.wait().unwrap();
    panic!("{status}: no temporary file was opened in {}", place.display());
}

#[cfg(target_os = "linux")]
#[test]
fn temporary_files_have_no_name_and_outlive_no_process() {
    let archives = archives();
    // No SIGINT: a shell that starts the tests in the background has it ignored.
    for signal in [Signal::TERM, Signal::KILL] {
        let place = tempfile::tempdir().unwrap();
        let is_ended_by_it = || {
            let mut child = spilling(archives.path(), place.path());
            assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
            kill_process(Pid::from_child(&child), signal).unwrap();
            child.wait().unwrap().code().is_none()
        };
        // On a busy machine a sweep may end by itself first, and says nothing then.
        assert!((0..50).any(|_| is_ended_by_it()), "it always ended before {signal:?}");
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn peak_memory_stays_within_the_limit() {
    let archives = archives();
    let place = tempfile::tempdir().unwrap();
    let limit = least(archives.path(), "2") << 20;
    let mut child = spilling(archives.path(), place.path());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = high_water_kib(child.id()).unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(2));
    }
    let peak = peak << 10;
    assert!(peak > 10 << 20 && peak <= limit + limit / 10, "{peak} bytes at a limit of {limit}");
}

/// Lists of 100 kB at the first record of every incident: they stand in two reports, and what they take is known before.
#[test]
fn long_lists_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for scenario in 0..300 {
        let paths: Vec<String> =
            (0..2_000).map(|path| format!("\"artifacts/{scenario}/{path}/parity_report.json\"")).collect();
        lines.push_str(&record(&[
            ("scenario_id", &format!("\"s{scenario}\"")),
            ("outcome", r#""fail""#),
            ("artifact_refs", &format!("[{}]", paths.join(","))),
        ]));
        lines.push('\n');
    }
    fs::write(folder.path().join("run-1.jsonl"), lines).unwrap();
    let sweep = |limit| relapse(["sweep", text(folder.path()), "--threads", "1", "--max-memory", limit]);
    sweep("64MiB").exits(2).says("raise the limit");
    sweep("1GiB").exits(0);
}

/// An account, a run and a sample of each: at some number they are more than everything else.
#[test]
fn archives_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    for run in 0..2_000 {
        fs::write(folder.path().join(format!("run-{run:04}.jsonl")), record(&[]) + "\n").unwrap();
    }
    let few = tempfile::tempdir().unwrap();
    fs::copy(folder.path().join("run-0000.jsonl"), few.path().join("run-0000.jsonl")).unwrap();
    let sweep = |folder: &Path| relapse(["sweep", text(folder), "--threads", "1", "--max-memory", "36MiB"]);
    sweep(few.path()).exits(0);
    sweep(folder.path()).exits(2).says("of it for the account of the archives");
}
