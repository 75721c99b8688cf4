//! Archives that were deleted since a store met them.

use std::fs;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::packing;
use crate::program::{fixture, folder, number, record, relapse, text};
use crate::store::{corpus, log, swept};

fn runs(arguments: &[&str]) -> u64 {
    let ended = relapse(["sweep", "--allow-loss", "--json"].iter().chain(arguments)).exits(0);
    number(&ended.json()["incidents"], "runs")
}

/// Days of logs, plain.
fn days(count: u64) -> tempfile::TempDir {
    let logs: Vec<(String, Vec<u8>)> = (0..count).map(|day| (format!("day-{day}.jsonl"), log(day, 0))).collect();
    folder(&logs.iter().map(|(name, log)| (name.as_str(), &log[..])).collect::<Vec<_>>())
}

#[test]
fn a_store_that_lost_its_index_knows_from_the_copy_what_is_gone() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let keep = [path, "--store", at, "--keep-gone"];
    swept(&keep);
    fs::remove_file(corpus.path().join("day-0.jsonl")).unwrap();
    let (kept, _) = swept(&keep);
    // Broken, and removed.
    fs::write(store.path().join("index"), "nonsense").unwrap();
    relapse(["store", "verify", at]).exits(3);
    let (found, ended) = swept(&keep);
    assert!(found == kept && ended.stderr.contains("its copy stands in"), "{}", ended.stderr);
    relapse(["store", "verify", at]).exits(0);
    for file in ["index", "index.copy"] {
        fs::remove_file(store.path().join(file)).unwrap();
        assert_eq!(swept(&keep).0, kept, "without {file}");
        // Whatever is met later is written down in both.
        fs::write(corpus.path().join("later.jsonl"), format!("{}\n", record(&[("seed", &file.len().to_string())])))
            .unwrap();
        swept(&[path, "--store", at]);
        fs::remove_file(corpus.path().join("later.jsonl")).unwrap();
        assert!(["index", "index.copy"].iter().all(|file| store.path().join(file).exists()));
        let (later, _) = swept(&keep);
        assert_ne!(later, kept, "what was met later is gone, and counts");
        relapse(["store", "prune", at, "--gone", "--yes"]).exits(0);
        fs::write(corpus.path().join("day-0.jsonl"), log(0, 0)).unwrap();
        swept(&keep);
        fs::remove_file(corpus.path().join("day-0.jsonl")).unwrap();
        assert_eq!(swept(&keep).0, kept, "as before");
    }
}

#[test]
fn that_archives_are_forgotten_is_a_loss() {
    let (corpus, store) = (days(3), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let keep = ["sweep", path, "--store", at, "--keep-gone", "--json"];
    relapse(keep).exits(3);
    fs::remove_file(corpus.path().join("day-0.jsonl")).unwrap();
    for file in ["index", "index.copy"] {
        fs::remove_file(store.path().join(file)).unwrap();
    }
    let lost = relapse(keep).exits(3).says("archives that are gone are forgotten");
    let skipped = lost.ledger()["skipped"].clone();
    assert!(skipped[0]["path"].as_str().unwrap().ends_with("/index"), "{skipped}");
    assert_eq!(number(&lost.json()["incidents"], "runs"), 2);
    // Who did not ask for them loses nothing.
    for file in ["index", "index.copy"] {
        fs::remove_file(store.path().join(file)).unwrap();
    }
    let ended = relapse(["sweep", path, "--store", at, "--json"]).exits(3);
    assert_eq!(ended.ledger()["skipped"], Value::Array(vec![]));
}

#[test]
fn what_was_moved_and_packed_anew_is_not_gone() {
    let (corpus, store) = (days(4), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let keep = [path, "--store", at, "--keep-gone"];
    assert_eq!(runs(&keep), 4);
    fs::create_dir(corpus.path().join("old")).unwrap();
    for (name, pack) in [("day-0", packing::frame as fn(&[u8]) -> Vec<u8>), ("day-1", packing::member)] {
        let from = corpus.path().join(format!("{name}.jsonl"));
        let container = if name == "day-0" { "zst" } else { "gz" };
        let to = corpus.path().join(format!("old/{name}.jsonl.{container}"));
        fs::write(to, pack(&fs::read(&from).unwrap())).unwrap();
        fs::remove_file(from).unwrap();
    }
    for _ in 0..3 {
        assert_eq!(runs(&keep), 4);
    }
    // One more that is really gone.
    fs::remove_file(corpus.path().join("day-2.jsonl")).unwrap();
    assert_eq!((runs(&keep), runs(&[path, "--store", at])), (4, 3));
}

#[test]
fn runs_with_the_same_text_are_each_remembered() {
    let log = log(0, 0);
    let corpus = folder(&[("run-1.jsonl", &log), ("run-2.jsonl", &log), ("run-3.jsonl", &log)]);
    let store = tempfile::tempdir().unwrap();
    let (path, at) = (text(corpus.path()), text(store.path()));
    let keep = [path, "--store", at, "--keep-gone"];
    assert_eq!(runs(&keep), 3);
    for run in [1, 2] {
        fs::remove_file(corpus.path().join(format!("run-{run}.jsonl"))).unwrap();
        assert_eq!((runs(&keep), runs(&keep)), (3, 3), "without run {run}");
    }
    // The last one, moved: it is one of the three.
    fs::rename(corpus.path().join("run-3.jsonl"), corpus.path().join("run-4.jsonl")).unwrap();
    assert!(runs(&keep) <= 3);
}

#[test]
fn a_folder_of_which_everything_is_gone_still_has_its_history() {
    let (corpus, store) = (days(2), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let keep = [path, "--store", at, "--keep-gone"];
    let (before, _) = swept(&keep);
    for day in 0..2 {
        fs::remove_file(corpus.path().join(format!("day-{day}.jsonl"))).unwrap();
    }
    assert_eq!(swept(&keep).0.reports(), before.reports());
    relapse(["sweep", path, "--store", at]).exits(2).says("found no archive");
    let empty = tempfile::tempdir().unwrap();
    relapse(["sweep", text(empty.path()), "--store", at, "--keep-gone"]).exits(2).says("found no archive");
}

#[test]
fn a_gate_says_what_it_lacks_of_an_archive_that_is_gone() {
    let (corpus, store) = (days(3), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let policy = fixture("policies").join("weekly-pass.toml");
    let gate = ["gate", path, "--store", at, "--keep-gone", "--policy", text(&policy)];
    swept(&[path, "--store", at]);
    fs::remove_file(corpus.path().join("day-0.jsonl")).unwrap();
    let ended = relapse(gate).exits(1).text();
    assert!(ended.contains("which only gates keep"), "{ended}");
    // What a gate met before is there for the next one.
    fs::remove_file(corpus.path().join("day-1.jsonl")).unwrap();
    let ended = relapse(gate).text();
    assert_eq!(ended.matches("gone").count(), 1, "{ended}");
}

#[test]
fn what_an_answer_rests_on_was_used() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let keep = [path, "--store", at, "--keep-gone"];
    swept(&keep);
    for hours in [13, 24 * 40] {
        for kind in ["partials", "contents", "answers"] {
            for entry in fs::read_dir(store.path().join(kind)).unwrap() {
                let file = fs::File::options().append(true).open(entry.unwrap().path()).unwrap();
                file.set_modified(SystemTime::now() - Duration::from_hours(hours)).unwrap();
            }
        }
        swept(&keep);
        let pruned = relapse(["store", "prune", at, "--older-than", "12h"]).exits(0).text();
        assert!(pruned.starts_with("0 entries"), "{hours} h: {pruned}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn archives_of_any_name_are_known_again() {
    use std::os::unix::ffi::OsStrExt;
    let (place, store, packed) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let logs = place.path().join(std::ffi::OsStr::from_bytes(b"logs \\ \xfe"));
    std::fs::create_dir(&logs).unwrap();
    for (number, name) in [&b"r\xff.jsonl"[..], br"r\xff.jsonl", b"line\nend.jsonl"].into_iter().enumerate() {
        let line = record(&[("reason_code", &format!("\"r{number}\""))]);
        std::fs::write(logs.join(std::ffi::OsStr::from_bytes(name)), line).unwrap();
    }
    // No argument can be such a folder: the one above it is swept.
    let above = text(place.path());
    let sweep = || relapse(["sweep", above, "--store", text(store.path()), "--keep-gone", "--json"]).exits(0);
    let first = sweep().json();
    assert_eq!(first["incidents"]["runs"], 3);
    assert_eq!(sweep().json()["incidents"], first["incidents"]);
    let list = relapse(["store", "ls", text(store.path()), "--json"]).exits(0).json();
    let partials = list["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == "partial");
    assert!(partials.clone().count() == 3 && partials.clone().all(|entry| entry["is_gone"] == false), "{list}");
    assert!(relapse(["store", "prune", text(store.path()), "--gone"]).exits(0).text().starts_with("0 entries"));
    relapse(["pack", above, "--out", text(packed.path())]).exits(0);
    let again = relapse(["sweep", text(packed.path()), "--json"]).exits(0).json();
    assert_eq!(again["incidents"]["incidents"].as_array().unwrap().len(), 3);
    let runs = |report: &serde_json::Value| {
        report["recurrence"]["runs"].as_array().unwrap().iter().map(|run| run["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(runs(&again), runs(&first));
    std::fs::remove_file(logs.join("line\nend.jsonl")).unwrap();
    assert_eq!(sweep().json()["incidents"]["runs"], 3);
    let list = relapse(["store", "ls", text(store.path()), "--json"]).exits(0).json();
    let gone = list["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["kind"] == "partial" && entry["is_gone"] == true);
    assert_eq!(gone.count(), 1, "{list}");
}
