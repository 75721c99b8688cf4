//! A sweep with a store answers as one without, whatever is in the store.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::packing;
use crate::program::{Ended, folder, number, program, program_on_a_full_disk, record, relapse, text};

const START: u64 = 1_767_225_600_000;
const DAY: u64 = 86_400_000;

/// A log of one day: passes, failures, faults, and a benchmark line.
pub(crate) fn log(day: u64, salt: u64) -> Vec<u8> {
    let mut log = Vec::new();
    for number in 0..40_u64 {
        let time = (START + day * DAY + number * 1000).to_string();
        let seed = (number % 3).to_string();
        let scenario = format!("\"s{}\"", number % 7);
        let failed = (number * 31 + day * 17 + salt).is_multiple_of(5) && number % 7 < 4;
        let outcome = if failed { "\"fail\"" } else { "\"pass\"" };
        let reason = format!("\"reason_{}\"", number % 2);
        let mut fields =
            vec![("ts_unix_ms", &*time), ("seed", &seed), ("scenario_id", &scenario), ("outcome", outcome)];
        fields.push(("reason_code", &reason));
        log.extend(record(&fields).into_bytes());
        log.push(b'\n');
    }
    log.extend_from_slice(b"\n{\"no\":\"record\"}\nno json\n");
    log
}

/// Logs in every container, two of them with the same text, one of them damaged.
pub(crate) fn corpus() -> tempfile::TempDir {
    let logs: Vec<Vec<u8>> = (0..6).map(|day| log(day, 0)).collect();
    let mut damaged = packing::frame(&logs[4]);
    damaged.truncate(damaged.len() * 2 / 3);
    folder(&[
        ("day-0.jsonl", &logs[0]),
        ("day-1.jsonl.zst", &packing::frame(&logs[1])),
        ("day-2.jsonl.gz", &packing::member(&logs[2])),
        ("more/day-3.jsonl", &logs[3]),
        ("more/day-4.jsonl.zst", &damaged),
        ("more/day-5.jsonl", &logs[5]),
        ("more/day-5.jsonl.gz", &packing::member(&logs[5])),
        ("empty.jsonl", b""),
    ])
}

/// What a sweep wrote.
#[derive(PartialEq, Eq)]
pub(crate) struct Written(Vec<Vec<u8>>);

impl std::fmt::Debug for Written {
    /// Sizes and hashes: nobody reads the files in a message.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|file| (file.len(), xxhash_rust::xxh3::xxh3_64(file)))).finish()
    }
}

impl Written {
    /// What does not say where it was read from.
    pub(crate) fn reports(&self) -> &[Vec<u8>] {
        &self.0[..2]
    }
}

pub(crate) fn written(out: &Path) -> Written {
    Written(["incidents.json", "recurrence.json", "ledger.json"].map(|name| fs::read(out.join(name)).unwrap()).into())
}

/// A sweep with these arguments besides the output's.
#[track_caller]
pub(crate) fn swept(arguments: &[&str]) -> (Written, Ended) {
    let out = tempfile::tempdir().unwrap();
    let ended = relapse(["sweep", "--allow-loss", "--out", text(out.path())].iter().chain(arguments));
    // Some windows leave nothing.
    let is_nothing = ended.text().starts_with("nothing is left to judge");
    let ended = ended.exits(if is_nothing { 2 } else { 0 });
    (written(out.path()), ended)
}

/// Every file of a store below one of its folders.
fn entries(store: &Path, kind: &str) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(store.join(kind)).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

#[test]
fn the_same_answer_from_archives_partials_and_the_answer_itself() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, store) = (text(corpus.path()), text(store.path()));
    for more in [&[][..], &["--all"], &["--packet", "KX-001"], &["--taxonomy", "crash-triage-v2"]] {
        let (expected, plain) = swept(&[&[path], more].concat());
        for round in 0..2 {
            let (found, ended) = swept(&[&[path, "--store", store], more].concat());
            assert!(found == expected, "round {round} {more:?}");
            assert_eq!(ended.stderr, "");
            // All but the time that it took and the folder.
            let timeless = |line: &str| match line.rsplit_once(" in ") {
                Some((said, took)) if took.ends_with("/s)") => said.to_owned(),
                _ => line.to_owned(),
            };
            let body = |ended: &Ended| {
                ended.text().lines().filter(|line| !line.contains("written")).map(timeless).collect::<String>()
            };
            assert_eq!(body(&ended), body(&plain));
        }
        for answer in entries(Path::new(store), "answers") {
            fs::remove_file(answer).unwrap();
        }
        let (found, _) = swept(&[&[path, "--store", store], more].concat());
        assert!(found == expected, "from partials {more:?}");
    }
    let json =
        |arguments: &[&str]| relapse(["sweep", path, "--json", "--allow-loss"].iter().chain(arguments)).exits(0).json();
    assert_eq!(json(&[]), json(&["--store", store]));
    assert_eq!(json(&["--threads", "1", "--max-memory", "64MiB", "--store", store]), json(&[]));
}

#[test]
fn only_what_is_new_is_read() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    swept(&[path, "--store", at]);
    let before = entries(store.path(), "partials");
    assert_eq!(before.len(), 7, "one each, but for the copy");
    fs::write(corpus.path().join("day-9.jsonl"), log(9, 1)).unwrap();
    let (found, _) = swept(&[path, "--store", at]);
    assert_eq!(found, swept(&[path]).0);
    assert_eq!(entries(store.path(), "partials").len(), 8);
    // What the partials say is believed: a sweep that read the archive again would not say so.
    let day_3 = corpus.path().join("more/day-3.jsonl");
    fs::write(&day_3, log(3, 2)).unwrap();
    let (found, _) = swept(&[path, "--store", at]);
    assert_eq!(found, swept(&[path]).0);
    assert_eq!(entries(store.path(), "partials").len(), 9);
    // Other names and runs of the same bytes are only other names.
    fs::rename(&day_3, corpus.path().join("more/renamed.jsonl")).unwrap();
    let renamed = [path, "--from-path", "(?<run>day|more)"];
    assert_eq!(swept(&[&renamed[..], &["--store", at]].concat()).0, swept(&renamed).0);
    assert_eq!(entries(store.path(), "partials").len(), 9);
}

#[test]
fn windows_are_answered_by_partials_where_they_cut_none() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    for window in [
        &["--since", "2026-01-03T00:00:00Z"][..],
        &["--until", "2026-01-03T00:00:10Z"],
        &["--since", "2026-01-02T00:00:05Z", "--until", "2026-01-05T00:00:07Z"],
        &["--since", "2d"],
        &["--since", "119999m", "--until", "1d"],
        &["--until", "3d", "--packet", "KX-001"],
        &["--since", "2030-01-01T00:00:00Z"],
        &[],
    ] {
        let (expected, _) = swept(&[&[path], window].concat());
        for round in 0..2 {
            assert!(swept(&[&[path, "--store", at], window].concat()).0 == expected, "round {round} {window:?}");
        }
    }
    assert_eq!(entries(store.path(), "partials").len(), 7 + 7, "one set for each packet filter");
    let log = fs::read(corpus.path().join("day-0.jsonl")).unwrap();
    let stream = |more: &[&str]| {
        let arguments = [&["sweep", "-", "--json", "--allow-loss", "--since", "2026-01-01T00:00:09Z"], more].concat();
        crate::program::relapse_fed(&arguments, &log).exits(0).json()
    };
    assert_eq!(stream(&["--store", at]), stream(&[]));
}

#[test]
fn a_gate_reads_the_same_store() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    swept(&[path, "--store", at]);
    let policy = crate::program::fixture("policies");
    let policies: Vec<PathBuf> = fs::read_dir(&policy).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(policies.len() > 2);
    for policy in policies {
        let gate = |more: &[&str]| {
            let arguments = ["gate", path, "--allow-loss", "--format", "json", "--policy", text(&policy)];
            let ended = relapse(arguments.iter().chain(more));
            (ended.status, ended.stdout, ended.stderr)
        };
        assert_eq!(gate(&["--store", at]), gate(&[]), "{policy:?}");
        assert_eq!(gate(&["--store", at]), gate(&[]), "{policy:?}");
    }
    assert_eq!(swept(&[path, "--store", at]).0, swept(&[path]).0);
}

/// Overwrites some bytes of a file in a way that changes them.
fn damage(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x55;
    fs::write(path, bytes).unwrap();
}

#[test]
fn broken_entries_are_told_and_made_anew() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let (expected, _) = swept(&[path, "--store", at]);
    let [partial, content, answer] =
        ["partials", "contents", "answers"].map(|kind| entries(store.path(), kind)[0].clone());
    let sweep = |answer_is_there: bool, path_of: &Path, says: &str| {
        if !answer_is_there {
            let _ = fs::remove_file(&answer);
        }
        let (found, ended) = swept(&[path, "--store", at]);
        assert!(found == expected, "{path_of:?}");
        assert!(ended.stderr.contains(says) && ended.stderr.starts_with("warning: "), "{says}: {}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 1);
        relapse(["store", "verify", at]).exits(0);
    };
    // Magic, version, kind, key, settings, both lengths, frame, checksum.
    for place in [0, 8, 12, 16, 32, 48, 56, 64, 80] {
        for file in [&partial, &content] {
            let len = fs::read(file).unwrap().len();
            for at_byte in [place, len - 1 - place % 16] {
                damage(file, at_byte);
                sweep(false, file, "the archive is read again");
            }
        }
        damage(&answer, place);
        sweep(true, &answer, "made anew");
    }
    for file in [&partial, &content] {
        let whole = fs::read(file).unwrap();
        for len in [0, 1, 63, 64, whole.len() / 2, whole.len() - 1] {
            fs::write(file, &whole[..len]).unwrap();
            sweep(false, file, "cut short");
        }
        // Another entry's bytes under this one's name.
        let other = if file == &partial { entries(store.path(), "partials")[1].clone() } else { partial.clone() };
        fs::copy(other, file).unwrap();
        sweep(false, file, "not what its name says");
    }
    // The index.
    fs::write(store.path().join("index"), b"relapse").unwrap();
    relapse(["store", "verify", at]).exits(3);
    sweep(true, &store.path().join("index"), "its copy stands in");
}

#[test]
fn what_is_found_broken_is_made_anew_by_the_next_sweep() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let sweep = [path, "--store", at, "--keep-gone"];
    let (expected, _) = swept(&sweep);
    let kept = || ["partials", "contents", "answers"].map(|kind| entries(store.path(), kind));
    let before = kept();
    for kind in 0..3 {
        damage(&before[kind][0], 70);
        // The answer is there, and nothing else would be looked at.
        let said = relapse(["store", "verify", at]).exits(3).text();
        assert!(said.contains("1 file broken, of") && said.contains("removed, so that the next sweep makes"), "{said}");
        assert!(!before[kind][0].exists() && entries(store.path(), "answers").is_empty());
        let (found, ended) = swept(&sweep);
        assert!(found == expected && ended.stderr.is_empty(), "{}", ended.stderr);
        relapse(["store", "verify", at]).exits(0);
        assert_eq!(kept(), before, "all of it is there again");
    }
    damage(&before[0][0], 70);
    let listed = relapse(["store", "verify", at, "--json"]).exits(3).json();
    let broken: Vec<&Value> =
        listed["entries"].as_array().unwrap().iter().filter(|entry| !entry["fault"].is_null()).collect();
    assert!(broken.len() == 1 && broken[0]["is_removed"] == true, "{broken:?}");
    // Of an archive that is gone it is all that there is.
    swept(&sweep);
    fs::remove_file(corpus.path().join("day-0.jsonl")).unwrap();
    swept(&sweep);
    let gone = relapse(["store", "ls", at, "--json"]).exits(0).json()["entries"].clone();
    let gone = gone.as_array().unwrap().iter().find(|entry| entry["is_gone"] == true).unwrap()["file"].clone();
    let gone = store.path().join(gone.as_str().unwrap());
    damage(&gone, 70);
    let said = relapse(["store", "verify", at]).exits(3).text();
    assert!(
        said.contains("they stay; those of archives that are gone are all that is left") && gone.exists(),
        "{said}"
    );
}

#[test]
fn entries_of_another_version_are_made_anew() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let (expected, _) = swept(&[path, "--store", at]);
    for file in ["partials", "contents", "answers"].map(|kind| entries(store.path(), kind)).concat() {
        let mut bytes = fs::read(&file).unwrap();
        bytes[8..12].copy_from_slice(&0_u32.to_le_bytes());
        let end = bytes.len() - 16;
        let checksum = xxhash_rust::xxh3::xxh3_128(&bytes[..end]);
        bytes[end..].copy_from_slice(&checksum.to_le_bytes());
        fs::write(&file, bytes).unwrap();
    }
    let (found, ended) = swept(&[path, "--store", at]);
    assert_eq!(found, expected);
    assert!(ended.stderr.contains("it is of version 0"), "{}", ended.stderr);
    let (found, ended) = swept(&[path, "--store", at]);
    assert_eq!((found, ended.stderr.as_str()), (expected, ""));
}

#[test]
fn what_is_gone_stays_if_asked_and_only_then() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let keep = [path, "--store", at, "--keep-gone"];
    let (before, _) = swept(&keep);
    assert_eq!(before, swept(&[path]).0);
    // Deleted; packed under its own name; moved elsewhere.
    fs::remove_file(corpus.path().join("day-0.jsonl")).unwrap();
    let day_3 = fs::read(corpus.path().join("more/day-3.jsonl")).unwrap();
    fs::write(corpus.path().join("more/day-3.jsonl.zst"), packing::frame(&day_3)).unwrap();
    fs::remove_file(corpus.path().join("more/day-3.jsonl")).unwrap();
    for _ in 0..2 {
        let (kept, _) = swept(&keep);
        assert_eq!(kept.0[..2], before.0[..2]);
        let ledger: Value = serde_json::from_slice(&kept.0[2]).unwrap();
        assert_eq!(number(&ledger["totals"], "archives"), 8);
        assert_eq!((&ledger["archives"][0]["gone"], &ledger["totals"]["gone_archives"]), (&true.into(), &1.into()));
        assert_eq!(ledger["archives"][0]["warnings"], serde_json::json!([]));
    }
    assert_eq!(swept(&[path, "--store", at]).0, swept(&[path]).0);
    // Under settings that it was never read with, it is a loss.
    let other = [&keep[..], &["--taxonomy", "crash-triage-v2", "--json"]].concat();
    let ended = relapse(["sweep"].iter().chain(&other)).exits(3);
    assert_eq!(ended.ledger()["skipped"][0]["path"], "day-0.jsonl");
    // Pruned, it is forgotten.
    relapse(["store", "prune", at, "--gone", "--yes"]).exits(0);
    assert_eq!(swept(&keep).0, swept(&[path]).0);
}

#[test]
fn listing_and_pruning() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    relapse(["store", "ls", at]).exits(2).says("no sweep made it");
    swept(&[path, "--store", at]);
    let listed = relapse(["store", "ls", at, "--json"]).exits(0).json();
    assert_eq!(listed["schema_version"], "relapse-store-v1");
    let entries_of = |listed: &Value, kind: &str| {
        listed["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).count()
    };
    assert_eq!(["partial", "content", "answer"].map(|kind| entries_of(&listed, kind)), [7, 2, 1]);
    let text_of = relapse(["store", "ls", at]).exits(0).text();
    assert!(text_of.contains("day-2.jsonl.gz") && text_of.contains("10 entries"), "{text_of}");
    relapse(["store", "prune", at]).exits(2).says("--older-than");
    relapse(["store", "prune", at, "--older-than", "2026-01-01T00:00:00Z"]).exits(2).says("90d");
    assert!(relapse(["store", "prune", at, "--older-than", "90d", "--gone"]).exits(0).text().starts_with("0 entries"));
    // Not used for a hundred days, but for one.
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_hours(2400);
    for file in entries(store.path(), "partials").iter().skip(1) {
        fs::File::options().append(true).open(file).unwrap().set_modified(long_ago).unwrap();
    }
    fs::write(store.path().join("partials/.relapse-left"), "by a kill").unwrap();
    // An answer from before uses what it rests on.
    swept(&[path, "--store", at]);
    assert!(relapse(["store", "prune", at, "--older-than", "90d"]).exits(0).text().starts_with("0 entries"));
    assert_eq!(entries(store.path(), "partials").len(), 7);
    for file in entries(store.path(), "partials").iter().skip(1) {
        fs::File::options().append(true).open(file).unwrap().set_modified(long_ago).unwrap();
    }
    let pruned = relapse(["store", "prune", at, "--older-than", "90d", "--json"]).exits(0).json();
    assert_eq!((pruned["removed"].as_array().unwrap().len(), &pruned["kept"]), (6, &Value::from(4)));
    assert_eq!(swept(&[path, "--store", at]).0, swept(&[path]).0);
}

#[test]
fn a_store_that_cannot_be_written_to() {
    let corpus = corpus();
    let path = text(corpus.path());
    let below_a_file = corpus.path().join("day-0.jsonl/store");
    relapse(["sweep", path, "--store", text(&below_a_file)]).exits(2).says("failed to write to the store");
    relapse(["sweep", path, "--keep-gone"]).exits(2).says("--store");
    // No file may grow: the store cannot be written, and nothing is written but what goes to standard output.
    let store = tempfile::tempdir().unwrap();
    let limited = |limit: &str| {
        let mut command = program_on_a_full_disk(limit);
        command.args(["sweep", path, "--allow-loss", "--json", "--store", text(store.path())]);
        command.output().unwrap()
    };
    let full = limited("0");
    assert_eq!(full.status.code(), Some(0), "{}", String::from_utf8_lossy(&full.stderr));
    assert!(String::from_utf8_lossy(&full.stderr).starts_with("warning: failed to write to the store"));
    assert_eq!(full.stdout, relapse(["sweep", path, "--allow-loss", "--json"]).exits(0).stdout);
    assert_eq!(entries(store.path(), "partials").len(), 0);
    assert_eq!(swept(&[path, "--store", text(store.path())]).0, swept(&[path]).0);
}

#[test]
fn a_store_in_use_is_not_pruned() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    swept(&[text(corpus.path()), "--store", text(store.path())]);
    let lock = fs::File::open(store.path().join("lock")).unwrap();
    lock.lock_shared().unwrap();
    let mut prune = program().args(["store", "prune", text(store.path()), "--gone"]).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(prune.try_wait().unwrap().is_none(), "it waits");
    drop(lock);
    assert!(prune.wait().unwrap().success());
}

#[test]
fn a_file_that_only_looks_unchanged_is_read_again() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    // Old enough to be believed by its times.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let (before, _) = swept(&[path, "--store", at]);
    assert_eq!(swept(&[path, "--store", at]).0, before);
    let file = corpus.path().join("day-0.jsonl");
    let modified = fs::metadata(&file).unwrap().modified().unwrap();
    let changed = String::from_utf8(fs::read(&file).unwrap()).unwrap().replace("reason_1", "reason_8");
    fs::write(&file, changed).unwrap();
    fs::File::options().append(true).open(&file).unwrap().set_modified(modified).unwrap();
    let (after, _) = swept(&[path, "--store", at]);
    assert_eq!(after, swept(&[path]).0);
    assert_ne!(after, before);
    assert_eq!(swept(&[path, "--store", at, "--verify"]).0, after);
}

#[cfg(unix)]
#[test]
fn a_writer_that_keeps_an_archive_mapped_is_seen() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let file = fs::File::options().read(true).write(true).open(corpus.path().join("day-0.jsonl")).unwrap();
    #[expect(unsafe_code, reason = "the writer that is tested; nobody else changes the length of its file")]
    let mut map = unsafe { memmap2::MmapMut::map_mut(&file).unwrap() };
    let find =
        |from: usize, word: &str| from + memchr::memmem::find(&map[from..], word.as_bytes()).unwrap() + word.len();
    let place = find(find(0, r#""outcome":"fail""#), r#""reason_code":"reason_"#);
    // The times move with the first write to a page, and not with the next.
    map[place] = b'2';
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let (before, _) = swept(&[path, "--store", at]);
    map[place] = b'3';
    let (after, _) = swept(&[path, "--store", at]);
    assert_eq!(after, swept(&[path]).0);
    assert_ne!(after, before);
}

#[test]
fn a_copy_of_the_index_that_is_damaged_is_seen_and_made_anew() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let (before, _) = swept(&[path, "--store", at]);
    let copy = store.path().join("index.copy");
    let sound = fs::read(&copy).unwrap();
    for at_byte in (0..sound.len()).step_by(sound.len() / 12) {
        damage(&copy, at_byte);
        let ended = relapse(["store", "verify", at]).exits(3);
        assert!(ended.text().contains("broken  index.copy: "), "{}", ended.text());
        fs::write(&copy, &sound).unwrap();
    }
    fs::remove_file(&copy).unwrap();
    let said = relapse(["store", "verify", at, "--json"]).exits(3).json();
    assert!(said["index_fault"].is_null() && said["index_copy_fault"].is_string(), "{said}");
    // As it stands after a kill between the two: sound, and another one.
    let empty = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    fs::write(empty.path().join("empty.jsonl"), "").unwrap();
    relapse(["sweep", text(empty.path()), "--store", text(other.path())]);
    fs::copy(other.path().join("index"), &copy).unwrap();
    let ended = relapse(["store", "verify", at]).exits(3);
    assert!(ended.text().contains("broken  index.copy: it is not the same as the index"), "{}", ended.text());
    assert_eq!(swept(&[path, "--store", at]).0, before);
    relapse(["store", "verify", at]).exits(0);
}

#[test]
fn what_is_left_of_archives_that_are_gone_is_not_removed_without_a_word() {
    let (corpus, store) = (corpus(), tempfile::tempdir().unwrap());
    let (path, at) = (text(corpus.path()), text(store.path()));
    let keep = [path, "--store", at, "--keep-gone"];
    swept(&keep);
    fs::remove_file(corpus.path().join("day-0.jsonl")).unwrap();
    let (kept, _) = swept(&keep);
    let ended =
        relapse(["store", "prune", at, "--gone"]).exits(2).says("nothing was removed: 1 archive is gone").says("--yes");
    assert!(ended.text().contains("would be removed") && ended.text().contains("day-0.jsonl"), "{}", ended.text());
    let said = relapse(["store", "prune", at, "--gone", "--older-than", "90d", "--json"]).exits(2).json();
    assert_eq!((&said["dry_run"], said["removed"].as_array().unwrap().len()), (&Value::Bool(true), 2));
    assert_eq!(swept(&keep).0, kept, "it still counts");
    relapse(["store", "prune", at, "--yes"]).exits(2);
    let ended = relapse(["store", "prune", at, "--gone", "--yes"]).exits(0);
    assert!(ended.text().starts_with("2 entries") && ended.text().contains("day-0.jsonl"), "{}", ended.text());
    assert_ne!(swept(&keep).0, kept);
    // Nothing is gone any more.
    relapse(["store", "prune", at, "--gone"]).exits(0);
}

#[test]
fn an_archive_that_outgrows_the_limit_is_counted_and_not_kept() {
    let mut large = String::new();
    for seed in 0..40_000 {
        let (seed, scenario) = (seed.to_string(), format!("\"s{}\"", seed % 900));
        let outcome = if seed.ends_with("77") { "\"fail\"" } else { "\"pass\"" };
        large += &record(&[("seed", &seed), ("scenario_id", &scenario), ("outcome", outcome)]);
        large.push('\n');
    }
    let (corpus, store) =
        (folder(&[("large.jsonl", large.as_bytes()), ("small.jsonl", &log(1, 1))]), tempfile::tempdir().unwrap());
    let limit = ["--threads", "1", "--max-memory", "36MiB"];
    for window in [&[][..], &["--since", "2025-12-31T00:00:00Z"], &["--until", "2025-12-31T00:00:00Z"]] {
        let strip = |written: Written| {
            let mut ledger: Value = serde_json::from_slice(&written.0[2]).unwrap();
            ledger["spilled_bytes"].take();
            (written.0[..2].to_vec(), ledger)
        };
        let expected = strip(swept(&[&[text(corpus.path())], window].concat()).0);
        for _ in 0..2 {
            let (found, ended) =
                swept(&[&[text(corpus.path()), "--store", text(store.path())], window, &limit].concat());
            assert!(strip(found) == expected && ended.stderr.is_empty(), "{window:?} {}", ended.stderr);
        }
        assert_eq!(entries(store.path(), "partials").len(), 1);
    }
}
