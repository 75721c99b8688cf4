//! Sweeps that are killed, and sweeps at once, on one store.
//!
//! `RELAPSE_KILLS=200` kills so many sweeps at random moments.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rand::prelude::*;

use crate::program::{program, relapse, text};
use crate::store::{corpus, log, swept, written};
use crate::together::{REPORTS, names, weeks};

/// A corpus whose sweep takes long enough to be killed at many places.
fn many() -> tempfile::TempDir {
    let corpus = corpus();
    for day in 10..60 {
        std::fs::write(corpus.path().join(format!("day-{day}.jsonl")), log(day, day)).unwrap();
    }
    corpus
}

#[test]
fn a_kill_at_any_moment_does_no_harm() {
    let kills: u32 = std::env::var("RELAPSE_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(12);
    let corpus = many();
    let path = text(corpus.path());
    let (expected, _) = swept(&[path]);
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let mut store = tempfile::tempdir().unwrap();
    let out = tempfile::tempdir().unwrap();
    let arguments = |store: &str| {
        ["sweep", path, "--allow-loss", "--keep-gone", "--store", store, "--out", text(out.path())].map(str::to_owned)
    };
    // How long a sweep takes that reads everything, and one that reads nothing.
    let timed = |store: &str| {
        let begun = Instant::now();
        relapse(arguments(store)).exits(0);
        begun.elapsed()
    };
    let (first, second) = (timed(text(store.path())), timed(text(store.path())));
    let mut killed = 0;
    // Of that time, in which about two of three kills hit: those two sweeps may have had to wait for others.
    let mut share = 1.0;
    for kill in 0..kills {
        // Now a new store, now one that other kills left.
        let is_new = kill % 4 == 0;
        if is_new {
            store = tempfile::tempdir().unwrap();
        } else {
            // Some work for the next one.
            for kind in ["partials", "answers"] {
                for entry in std::fs::read_dir(store.path().join(kind)).unwrap() {
                    if kind == "answers" || random.random_range(0..2) == 0 {
                        std::fs::remove_file(entry.unwrap().path()).unwrap();
                    }
                }
            }
        }
        let at = text(store.path()).to_owned();
        let longest = (if is_new { first } else { second.max(first * 3 / 4) }).mul_f64(share);
        let wait = Duration::from_micros(random.random_range(0..u64::try_from(longest.as_micros()).unwrap()));
        let mut child = program().args(arguments(&at)).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(wait);
        child.kill().unwrap();
        if child.wait().unwrap().code().is_none() {
            killed += 1;
            share = f64::min(1.0, share * 1.05);
        } else {
            share *= 0.9;
        }
        let ended = relapse(arguments(&at)).exits(0);
        assert_eq!(ended.stderr, "", "after kill {kill} at {wait:?}");
        assert!(written(out.path()) == expected, "after kill {kill} at {wait:?}");
        relapse(["store", "verify", &at]).exits(0);
    }
    assert!(killed * 3 >= kills, "{killed} of {kills} sweeps were killed before their end");
    eprintln!("{killed} of {kills} sweeps were killed before their end");
}

#[test]
fn sweeps_at_once_do_no_harm() {
    let corpus = many();
    let path = text(corpus.path());
    let store = tempfile::tempdir().unwrap();
    let at = text(store.path());
    let settings: [&[&str]; 3] = [&[], &["--packet", "KX-001"], &["--since", "2026-01-20T00:00:10Z"]];
    let expected: Vec<_> = settings.iter().map(|more| swept(&[&[path], *more].concat()).0).collect();
    std::thread::scope(|scope| {
        for round in 0..6 {
            let (more, expected) = (settings[round % 3], &expected[round % 3]);
            scope.spawn(move || {
                for _ in 0..2 {
                    let (found, ended) = swept(&[&[path, "--store", at], more].concat());
                    assert!(found == *expected && ended.stderr.is_empty(), "{more:?} {}", ended.stderr);
                }
            });
        }
    });
    relapse(["store", "verify", at]).exits(0);
    // What each of them met stands in the index.
    let listed = relapse(["store", "ls", at, "--json"]).exits(0).json();
    let unknown = |entry: &&serde_json::Value| entry["kind"] == "partial" && entry["archive"].is_null();
    assert_eq!(listed["entries"].as_array().unwrap().iter().filter(unknown).count(), 0);
}

#[test]
fn a_kill_leaves_one_answer_whole() {
    let kills: u32 = std::env::var("RELAPSE_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(12);
    let corpora = [weeks(0..12), weeks(20..40)];
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let arguments = |logs: &tempfile::TempDir| {
        let at = text(&out);
        ["sweep", text(logs.path()), "--allow-loss", "--baseline", at, "--out", at].map(str::to_owned)
    };
    let printed = |logs: &tempfile::TempDir| {
        relapse(["sweep", text(logs.path()), "--all", "--allow-loss", "--json"]).exits(0).json()["recurrence"]["runs"]
            .clone()
    };
    let runs = corpora.each_ref().map(printed);
    let begun = Instant::now();
    relapse(arguments(&corpora[0])).exits(0);
    let mut longest = begun.elapsed();
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(11);
    let mut killed = 0;
    for kill in 0..kills as usize {
        let logs = &corpora[kill % 2];
        let mut child = program().args(arguments(logs)).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Writing is the end of it.
        let share = if kill % 3 == 0 { random.random_range(0.0..1.0) } else { random.random_range(0.6..1.0) };
        std::thread::sleep(longest.mul_f64(share));
        child.kill().unwrap();
        if child.wait().unwrap().code().is_none() {
            killed += 1;
        } else {
            longest = longest.mul_f64(0.93);
        }
        // Whoever reads it finds the answer of the one or the other, whole.
        let found = relapse(["diff", text(&out), text(&out), "--json"]).exits(0).json();
        let number = found["summary"]["runs"].clone();
        relapse(["policy", "init", "--from", text(&out)]).exits(0);
        let ended = relapse(arguments(logs)).exits(0);
        assert!(!ended.stderr.contains("nothing is compared"), "after kill {kill}: {}", ended.stderr);
        assert_eq!(names(&out), REPORTS, "after kill {kill}, of {number}");
        let whole: serde_json::Value =
            serde_json::from_slice(&std::fs::read(out.join("recurrence.json")).unwrap()).unwrap();
        assert_eq!(whole["runs"], runs[kill % 2]);
    }
    assert!(killed * 3 >= kills, "{killed} of {kills} sweeps were killed before their end");
    eprintln!("{killed} of {kills} sweeps were killed before their end");
}
