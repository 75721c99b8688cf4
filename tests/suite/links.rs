//! Links, pipes and devices where files are written or read: nothing is written through, nobody waits for ever.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::program::{Ended, folder, program, record, relapse};
use crate::together::{REPORTS, names};

const TABLES: [&str; 6] = ["benchmarks", "incidents", "ledger", "observations", "runs", "scenarios"];

/// Runs the program where waiting for ever would be told by a status of 124.
#[track_caller]
fn timely(place: &Path, arguments: &[&str]) -> Ended {
    let mut command = Command::new("timeout");
    command.env_clear().env("PATH", "/usr/bin:/bin").current_dir(place).stdin(Stdio::null());
    command.arg("60").arg(program().get_program()).args(arguments);
    Ended::of(command.output().unwrap())
}

fn pipe(path: &Path) {
    let _ = fs::remove_file(path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A folder with everything that a sweep reads.
fn place() -> tempfile::TempDir {
    let place = folder(&[
        ("logs/r.jsonl", record(&[]).as_bytes()),
        ("p.toml", b"schema = \"relapse-policy-v1\"\nname = \"x\"\n"),
    ]);
    let shown = |kind: &str, name: &str| relapse([kind, "show", name]).exits(0).stdout;
    fs::write(place.path().join("t.toml"), shown("taxonomies", "integration")).unwrap();
    fs::write(place.path().join("f.toml"), shown("profiles", "ft-conformance-log-v1")).unwrap();
    fs::write(place.path().join("relapse.toml"), "threads = 1\n").unwrap();
    timely(place.path(), &["sweep", "logs", "--out", "week"]).exits(0);
    timely(place.path(), &["sweep", "logs", "--store", "store"]).exits(0);
    timely(place.path(), &["sweep", "logs", "--taxonomy", "t.toml", "--partial", "part"]).exits(0);
    place
}

const READ: [&str; 7] =
    ["logs/r.jsonl", "t.toml", "f.toml", "week/incidents.json", "relapse.toml", "store/index", "part"];

#[test]
fn no_output_of_a_folder_is_written_through_a_link() {
    let place = place();
    let at = |name: &str| place.path().join(name);
    let all = ["--taxonomy", "t.toml", "--profile", "f.toml", "--baseline", "week", "--store", "store"];
    let tables: Vec<String> = TABLES.iter().map(|name| format!("{name}.parquet")).collect();
    for name in REPORTS.iter().copied().chain(tables.iter().map(String::as_str)) {
        for read in READ {
            let before = fs::read(at(read)).unwrap();
            fs::create_dir_all(at("out")).unwrap();
            symlink(at(read), at("out").join(name)).unwrap();
            let option = if REPORTS.contains(&name) { "--out" } else { "--parquet" };
            let sweep = ["sweep", "logs", option, "out"];
            timely(place.path(), &[&sweep[..], &all].concat()).exits(2).says("refused to write");
            timely(place.path(), &["merge", "part", option, "out"]).exits(2).says("refused to write");
            assert!(fs::read(at(read)).unwrap() == before, "{name} {read}");
            assert!(at("out").join(name).is_symlink());
            fs::remove_dir_all(at("out")).unwrap();
        }
    }
    // A folder that a link leads to is that folder.
    fs::create_dir(at("real")).unwrap();
    symlink("real", at("out")).unwrap();
    timely(place.path(), &["sweep", "logs", "--out", "out"]).exits(0);
    assert_eq!(names(&at("real")), REPORTS);
}

#[test]
fn no_output_that_is_named_is_written_through_a_link() {
    let place = place();
    let at = |name: &str| place.path().join(name);
    for read in READ {
        let before = fs::read(at(read)).unwrap();
        symlink(at(read), at("link")).unwrap();
        for arguments in [
            &["sweep", "logs", "--partial", "link"][..],
            &["gate", "logs", "--policy", "p.toml", "--output", "link"],
            &["triage", "--input", "logs/r.jsonl", "--output", "link"],
            &["replay", "backward/strict:chain", "--from", "week", "--yes", "--transcript", "link"],
        ] {
            timely(place.path(), arguments).exits(2).says("refused to write");
            assert!(fs::read(at(read)).unwrap() == before, "{arguments:?} {read}");
        }
        fs::remove_file(at("link")).unwrap();
    }
    // A link to nothing makes no file elsewhere.
    symlink(at("nowhere"), at("link")).unwrap();
    timely(place.path(), &["triage", "--input", "logs/r.jsonl", "--output", "link"]).exits(2).says("it is a link");
    assert!(!at("nowhere").exists());
}

#[test]
fn no_output_replaces_what_is_read_or_a_store_s_files() {
    let place = place();
    let refused = |arguments: &[&str]| {
        let logs: Vec<_> = READ.iter().map(|read| fs::read(place.path().join(read)).unwrap()).collect();
        timely(place.path(), arguments).exits(2).says("refused to write");
        let now: Vec<_> = READ.iter().map(|read| fs::read(place.path().join(read)).unwrap()).collect();
        assert!(logs == now, "{arguments:?}");
    };
    refused(&["triage", "--input", "logs/r.jsonl", "--output", "relapse.toml"]);
    refused(&["sweep", "logs", "--baseline", "week", "--partial", "week/recurrence.json"]);
    refused(&["sweep", "week/incidents.json", "--out", "week"]);
    refused(&["merge", "part", "week/report.md", "--out", "week"]);
    refused(&["gate", "logs", "--policy", "p.toml", "--store", "store", "--output", "store/index.copy"]);
    for folder in ["store", "store/", "./store", "store/answers", "store/partials"] {
        refused(&["sweep", "logs", "--store", "store", "--out", folder]);
        refused(&["sweep", "logs", "--store", "store", "--parquet", folder]);
    }
    refused(&["sweep", "logs", "--store", "store", "--partial", "store/index"]);
    refused(&["sweep", "logs", "--store", "store", "--partial", "store/new"]);
    // A folder of its own within is nobody else's.
    timely(place.path(), &["sweep", "logs", "--store", "store", "--out", "store/report"]).exits(0);
}

#[test]
fn pipes_at_the_names_of_outputs_are_refused() {
    let place = place();
    let out = place.path().join("out");
    fs::create_dir(&out).unwrap();
    for name in REPORTS {
        pipe(&out.join(name));
        timely(place.path(), &["sweep", "logs", "--out", "out"]).exits(2).says("it is a pipe");
        timely(place.path(), &["sweep", "logs", "--out", "out", "--baseline", "out"]).exits(2).says("it is a pipe");
        fs::remove_file(out.join(name)).unwrap();
    }
    for name in TABLES {
        let path = out.join(name).with_extension("parquet");
        pipe(&path);
        timely(place.path(), &["sweep", "logs", "--parquet", "out"]).exits(2).says("it is a pipe");
        fs::remove_file(path).unwrap();
    }
    pipe(&out.join("index.md"));
    timely(place.path(), &["runbook", "--all", "--from", "week", "--out", "out"]).exits(2).says("it is a pipe");
    assert_eq!(names(&out), ["index.md"]);
}

#[test]
fn pipes_at_the_names_of_what_was_written_are_refused_by_readers() {
    let place = place();
    for name in ["incidents.json", "recurrence.json", "ledger.json"] {
        timely(place.path(), &["sweep", "logs", "--out", "read"]).exits(0);
        pipe(&place.path().join("read").join(name));
        for arguments in [
            &["explain", "backward/strict:chain", "--from", "read"][..],
            &["diff", "week", "read"],
            &["policy", "init", "--from", "read"],
            &["ticket", "--from", "read"],
            &["runbook", "--from", "read"],
            &["gate", "logs", "--policy", "p.toml", "--baseline", "read"],
            &["sweep", "logs", "--baseline", "read"],
        ] {
            timely(place.path(), arguments).exits(2).says("it is a pipe");
        }
        fs::remove_dir_all(place.path().join("read")).unwrap();
    }
}

#[test]
fn pipes_and_links_at_the_names_of_a_store_are_not_waited_for_or_written_through() {
    let place = place();
    let at = |name: &str| place.path().join("store").join(name);
    let kept = |folder: &str| format!("{folder}/{}", names(&at(folder))[0]);
    let expected = timely(place.path(), &["sweep", "logs", "--json"]).exits(0).json();
    let log = fs::read(place.path().join("logs/r.jsonl")).unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_hours(24);
    for name in ["index", "index.copy", "index.lock", "lock", &kept("partials"), &kept("answers")] {
        for is_pipe in [true, false] {
            if is_pipe {
                pipe(&at(name));
            } else {
                let _ = fs::remove_file(at(name));
                symlink(place.path().join("logs/r.jsonl"), at(name)).unwrap();
            }
            fs::File::options()
                .append(true)
                .open(place.path().join("logs/r.jsonl"))
                .unwrap()
                .set_modified(old)
                .unwrap();
            let ended = timely(place.path(), &["sweep", "logs", "--json", "--store", "store"]);
            // Without its lock a store is not used; all else is made anew, or the answer stands without it.
            if name == "lock" {
                ended.exits(2).says(if is_pipe { "it is a pipe" } else { "it is a link" });
                fs::remove_file(at(name)).unwrap();
            } else {
                let found = ended.exits(0).json();
                assert_eq!(
                    (&found["incidents"], &found["recurrence"]),
                    (&expected["incidents"], &expected["recurrence"])
                );
            }
            timely(place.path(), &["store", "ls", "store"]).exits(0);
            assert!(timely(place.path(), &["store", "verify", "store"]).status != 124);
            assert_eq!(fs::read(place.path().join("logs/r.jsonl")).unwrap(), log);
            let touched = fs::metadata(place.path().join("logs/r.jsonl")).unwrap().modified().unwrap();
            assert_eq!(touched, old, "{name}");
            let _ = fs::remove_file(at("index.lock"));
        }
    }
}

#[test]
fn what_is_named_may_be_a_device_or_an_open_file() {
    let place = place();
    let shell = |script: &str| {
        let mut command = Command::new("bash");
        command.env_clear().env("PATH", "/usr/bin:/bin").current_dir(place.path()).stdin(Stdio::null());
        command.arg("-c").arg(script).arg(program().get_program());
        Ended::of(command.output().unwrap())
    };
    let triage = "\"$0\" triage --input logs/r.jsonl --output";
    let plain = shell(&format!("{triage} plain.json > said")).exits(0);
    assert_eq!(plain.stdout, b"");
    let text_of = fs::read(place.path().join("plain.json")).unwrap();
    let said = fs::read(place.path().join("said")).unwrap();
    let both = [text_of.as_slice(), &said].concat();
    let same = |found: &[u8]| {
        // They say when they were made.
        let masked = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            text.lines().filter(|line| !line.contains("unix_ms\"")).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(masked(found), masked(&both));
    };
    shell(&format!("{triage} /dev/null > /dev/null")).exits(0);
    same(&shell(&format!("{triage} /dev/stdout | cat")).exits(0).stdout);
    shell(&format!("{triage} /dev/stdout > both")).exits(0);
    same(&fs::read(place.path().join("both")).unwrap());
    shell(&format!("{triage} /dev/fd/3 3> third > /dev/null")).exits(0);
    assert_eq!(fs::read(place.path().join("third")).unwrap().len(), text_of.len());
    shell(&format!("{triage} >(cat > fourth) > /dev/null; wait $!; sleep 0.2")).exits(0);
    assert_eq!(fs::read(place.path().join("fourth")).unwrap().len(), text_of.len());
}
