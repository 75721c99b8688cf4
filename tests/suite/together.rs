//! The files of an output appear together, belong together, and replace nothing but themselves.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;

use crate::program::{Ended, folder, program, program_on_a_full_disk, record, relapse, text};
use crate::store::log;

pub(crate) const REPORTS: [&str; 5] = ["incidents.json", "ledger.json", "recurrence.json", "report.html", "report.md"];
const TABLES: [&str; 6] = [
    "benchmarks.parquet",
    "incidents.parquet",
    "ledger.parquet",
    "observations.parquet",
    "runs.parquet",
    "scenarios.parquet",
];

/// The names in a folder, hidden ones too.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

/// Logs of so many days.
pub(crate) fn weeks(days: std::ops::Range<u64>) -> tempfile::TempDir {
    let logs: Vec<_> = days.map(|day| (format!("day-{day}.jsonl"), log(day, day))).collect();
    folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_slice())).collect::<Vec<_>>())
}

fn bytes(folder: &Path) -> Vec<Vec<u8>> {
    REPORTS.iter().map(|name| fs::read(folder.join(name)).unwrap()).collect()
}

/// What a file says that it belongs to.
pub(crate) fn answer(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    let whole = String::from_utf8_lossy(&bytes);
    let between =
        |before: &str, after: &str| whole.split_once(before).unwrap().1.split_once(after).unwrap().0.to_owned();
    match path.extension().unwrap().to_str().unwrap() {
        "json" => {
            let head: String = whole.chars().take(200).collect();
            assert!(head.contains("\"answer\": \""), "it is told by the first bytes");
            let value: Value = serde_json::from_str(&whole).unwrap();
            value["answer"].as_str().unwrap().to_owned()
        }
        "html" => between("<meta name=\"answer\" content=\"", "\""),
        "md" => whole.trim_end().rsplit_once(", answer ").unwrap().1.trim_end_matches('.').to_owned(),
        _ => {
            let file = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
            let pairs = file.metadata().file_metadata().key_value_metadata().unwrap().clone();
            pairs.into_iter().find(|pair| pair.key == "relapse.answer").unwrap().value.unwrap()
        }
    }
}

fn answers(folder: &Path, names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| answer(&folder.join(name))).collect()
}

#[test]
fn every_file_of_an_answer_carries_the_same_digest() {
    let (logs, other, place) = (weeks(0..5), weeks(1..6), tempfile::tempdir().unwrap());
    let sweep = |logs: &Path, name: &str, more: &[&str]| {
        let (out, tables) = (place.path().join(name), place.path().join(format!("{name}-tables")));
        let fixed = ["sweep", text(logs), "--allow-loss", "--out", text(&out), "--parquet", text(&tables)];
        relapse(fixed.iter().chain(more)).exits(0);
        let found = &answers(&out, &REPORTS) | &answers(&tables, &TABLES);
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    };
    let one = sweep(logs.path(), "one", &["--threads", "1"]);
    assert_eq!((one.len(), one.bytes().all(|byte| byte.is_ascii_hexdigit())), (32, true));
    // Neither a clock nor a path is in it, and no other records have it.
    let copy = weeks(0..5);
    assert_eq!(sweep(copy.path(), "copy", &["--threads", "4"]), one);
    assert_ne!(sweep(other.path(), "other", &[]), one);
    // A store that knows the answer says the same.
    let store = place.path().join("store");
    for name in ["made", "kept"] {
        let out = place.path().join(name);
        relapse(["sweep", text(logs.path()), "--allow-loss", "--out", text(&out), "--store", text(&store)]).exits(0);
        assert_eq!(answers(&out, &REPORTS), BTreeSet::from([one.clone()]), "{name}");
    }
    let partial = place.path().join("partial");
    relapse(["sweep", text(logs.path()), "--allow-loss", "--partial", text(&partial)]).exits(0);
    let merged = place.path().join("merged");
    relapse(["merge", text(&partial), "--allow-loss", "--out", text(&merged)]).exits(0);
    assert_eq!(answers(&merged, &REPORTS), BTreeSet::from([one.clone()]));
    let printed = relapse(["sweep", text(logs.path()), "--allow-loss", "--json"]).exits(0).json();
    for part in ["incidents", "recurrence", "ledger"] {
        assert_eq!(printed[part]["answer"], one.as_str());
    }
}

/// Every command that reads an output, of which the folder is to be named.
fn readers<'a>(logs: &'a str, policy: &'a str, out: &'a str) -> Vec<Vec<&'a str>> {
    vec![
        vec!["explain", "s0", "--from", out],
        vec!["diff", out, out],
        vec!["policy", "init", "--from", out],
        vec!["ticket", "--from", out],
        vec!["runbook", "--from", out],
        vec!["replay", "s0", "--from", out],
        vec!["gate", logs, "--policy", policy, "--baseline", out],
        vec!["sweep", logs, "--allow-loss", "--baseline", out],
    ]
}

const POLICY: &[u8] = b"schema = \"relapse-policy-v1\"\nname = \"x\"\n";

#[test]
fn files_of_different_sweeps_are_refused_by_every_reader() {
    let (logs, other) = (weeks(0..5), weeks(1..6));
    let place = folder(&[("p.toml", POLICY)]);
    let (policy, from) = (place.path().join("p.toml"), place.path().join("other"));
    relapse(["sweep", text(other.path()), "--allow-loss", "--out", text(&from)]).exits(0);
    for mixed in ["incidents.json", "recurrence.json", "ledger.json"] {
        let out = place.path().join(mixed).with_extension("out");
        relapse(["sweep", text(logs.path()), "--allow-loss", "--out", text(&out)]).exits(0);
        fs::copy(from.join(mixed), out.join(mixed)).unwrap();
        for arguments in readers(text(logs.path()), text(&policy), text(&out)) {
            let said = relapse(&arguments).exits(2).stderr;
            let is_told = said.contains("its files are of different sweeps") && said.contains("sweep again into it");
            assert!(is_told && said.contains(&format!("{mixed} of answer")), "{arguments:?}: {said}");
        }
        // The next sweep into it mends it, and compares with nothing.
        let again = ["sweep", text(logs.path()), "--allow-loss", "--baseline", text(&out), "--out", text(&out)];
        relapse(again).exits(0).says("note: nothing is compared");
        relapse(["diff", text(&out), text(&out)]).exits(0);
    }
}

#[test]
fn an_output_that_says_nothing_of_its_answer_is_read_as_before() {
    let logs = weeks(0..5);
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    relapse(["sweep", text(logs.path()), "--allow-loss", "--out", text(&out)]).exits(0);
    for name in ["incidents.json", "recurrence.json", "ledger.json"] {
        let whole = fs::read_to_string(out.join(name)).unwrap();
        let lines: Vec<&str> = whole.lines().filter(|line| !line.starts_with("  \"answer\": ")).collect();
        assert_eq!(lines.len() + 1, whole.lines().count());
        fs::write(out.join(name), lines.join("\n")).unwrap();
    }
    relapse(["diff", text(&out), text(&out)]).exits(0);
    relapse(["policy", "init", "--from", text(&out)]).exits(0);
    relapse(["explain", "s0", "--from", text(&out)]).exits(0);
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_whole_leaves_the_earlier_answer() {
    let (old, new) = (weeks(0..5), weeks(0..9));
    let (place, whole) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let sweep = |logs: &Path, out: &Path| {
        relapse(["sweep", text(logs), "--allow-loss", "--out", text(out), "--parquet", text(out)]).exits(0);
    };
    sweep(old.path(), place.path());
    sweep(new.path(), whole.path());
    let (before, after) = (bytes(place.path()), bytes(whole.path()));
    let mut all: Vec<&str> = REPORTS.iter().chain(&TABLES).copied().collect();
    all.sort_unstable();
    let mut failed = 0;
    // In blocks of 1,024 bytes: of some files that fit, others do not.
    for limit in ["0", "1", "2", "4", "8", "16", "32", "64", "128"] {
        let mut command = program_on_a_full_disk(limit);
        command.args(["sweep", text(new.path()), "--allow-loss", "--out", text(place.path())]);
        let ended = Ended::of(command.output().unwrap());
        if ended.status == 0 {
            break;
        }
        failed += 1;
        ended.exits(2).says("failed to write");
        assert!(bytes(place.path()) == before, "{limit}");
        assert_eq!(names(place.path()), all, "{limit}");
    }
    assert!(failed > 3, "{failed}");
    relapse(["sweep", text(new.path()), "--allow-loss", "--out", text(place.path())]).exits(0);
    let found = bytes(place.path());
    // The ledger of another folder says so.
    assert!(found[0] == after[0] && found[2] == after[2]);
}

/// A small disk of its own, where that is allowed.
#[cfg(target_os = "linux")]
struct Disk(tempfile::TempDir);

#[cfg(target_os = "linux")]
impl Disk {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=512k", "none", text(folder.path())]);
        mount.output().is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

#[cfg(target_os = "linux")]
impl Drop for Disk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(self.0.path()).output();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_earlier_answer() {
    let Some(disk) = Disk::new() else {
        eprintln!("no disk of its own may be mounted here");
        return;
    };
    let (old, new, out) = (weeks(0..5), weeks(0..9), disk.0.path().join("out"));
    let arguments = |logs: &Path| ["sweep", text(logs), "--allow-loss", "--out", text(&out)].map(str::to_owned);
    relapse(arguments(old.path())).exits(0);
    let before = bytes(&out);
    let room = |kib: usize| fs::write(disk.0.path().join("filler"), vec![1; kib << 10]).is_ok();
    let most = (0..512).step_by(4).rev().find(|&kib| room(kib)).unwrap();
    for left in [0, 4, 12, 40, 100] {
        assert!(room(most.saturating_sub(left)));
        relapse(arguments(new.path())).exits(2).says("failed to write");
        assert!(bytes(&out) == before, "{left} KiB left");
        assert_eq!(names(&out), REPORTS);
    }
    fs::remove_file(disk.0.path().join("filler")).unwrap();
    relapse(arguments(new.path())).exits(0);
    relapse(["diff", text(&out), text(&out)]).exits(0);
}

#[test]
fn two_sweeps_into_one_folder_take_turns() {
    let corpora = [weeks(0..3), weeks(3..9)];
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let sweep = |logs: &Path| {
        let mut command = program();
        command.args(["sweep", text(logs), "--allow-loss", "--out", text(&out), "--parquet", text(&out)]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut all: Vec<&str> = REPORTS.iter().chain(&TABLES).copied().collect();
    all.sort_unstable();
    for round in 0..12 {
        let both: Vec<_> = corpora.iter().map(|logs| sweep(logs.path())).collect();
        if round > 0 {
            // Who reads meanwhile finds one answer or the other.
            relapse(["diff", text(&out), text(&out)]).exits(0);
        }
        for child in both {
            Ended::of(child.wait_with_output().unwrap()).exits(0);
        }
        assert_eq!(names(&out), all);
        assert_eq!(answers(&out, &REPORTS).len(), 1, "round {round}");
        assert_eq!(answers(&out, &TABLES).len(), 1, "round {round}");
    }
}

#[cfg(unix)]
#[test]
fn a_writer_that_never_ends_is_waited_for_and_told() {
    let logs = folder(&[("r.jsonl", record(&[]).as_bytes())]);
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join(".relapse-lock");
    let held = fs::File::create(&path).unwrap();
    held.lock().unwrap();
    let ended = relapse(["sweep", text(logs.path()), "--out", text(out.path())]).exits(2);
    let ended = ended.says("note: waiting for somebody else").says("somebody else has been writing there");
    assert!(ended.stderr.contains(text(out.path())));
    // A kill leaves the lock's name and nobody's lock.
    drop(held);
    relapse(["sweep", text(logs.path()), "--out", text(out.path())]).exits(0);
    assert_eq!(names(out.path()), REPORTS);
}
