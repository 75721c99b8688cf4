//! One answer, whatever the container, the threads and the order of the arguments.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::packing::{self, Packing};
use crate::program::{expected, fixture, number, relapse, text};
use crate::records::{Config, World, run_name, write_run};

const COUNTS: [&str; 4] = ["lines", "parsed", "blank", "rejected"];

#[test]
fn every_container_of_the_fixtures_holds_the_same() {
    let facts = expected("containers");
    let mut first: Option<(Value, [u64; 4])> = None;
    let mut seen = 0;
    for entry in fs::read_dir(fixture("containers")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "json") {
            continue;
        }
        seen += 1;
        let name = path.file_name().unwrap().to_str().unwrap();
        let ended = relapse(["sweep", text(&path), "--json", "--from-path", "(?<run>l)"]).exits(0);
        let archive = ended.ledger()["archives"][0].clone();
        assert_eq!(number(&archive, "lines"), number(&facts, "lines"), "{name}");
        assert_eq!(number(&archive, "parsed"), number(&facts, "parsed"), "{name}");
        let decoded = number(&facts, "bytes_decoded");
        let own = match name {
            "bom.jsonl" => decoded + 3,
            "crlf.jsonl" => decoded + number(&facts, "lines"),
            "no-final-newline.jsonl" => decoded - 1,
            _ => decoded,
        };
        assert_eq!(number(&archive, "bytes_decoded"), own, "{name}");
        match name {
            "frames.jsonl.zst" => assert_eq!(archive["frames"], facts["zstd_frames"]),
            "members.jsonl.gz" => assert_eq!(archive["frames"], facts["gzip_members"]),
            "misnamed.jsonl" => assert_eq!(archive["format"], "zstd"),
            "bom.jsonl" => assert_eq!(archive["warnings"][0], "byte order mark at the start skipped"),
            _ => {}
        }
        let mut incidents = ended.json()["incidents"].clone();
        assert_eq!(number(&incidents, "failed_records"), number(&facts, "failing"), "{name}");
        forget_samples(&mut incidents);
        let counts = COUNTS.map(|key| number(&archive, key));
        let (one, same) = first.get_or_insert((incidents.clone(), counts));
        assert_eq!(*one, incidents, "{name}");
        assert_eq!(*same, counts, "{name}");
    }
    assert_eq!(seen, 13);
}

fn forget_samples(incidents: &mut Value) {
    // It is of the whole text, samples included.
    incidents["answer"].take();
    for incident in incidents["incidents"].as_array_mut().unwrap() {
        incident["sample"]["log"].take();
    }
}

fn corpus(runs: u32, run_bytes: u64) -> Vec<(String, Vec<u8>)> {
    packing::corpus(Config {
        bytes: run_bytes * u64::from(runs),
        runs,
        scenarios: 60,
        seeds: 2,
        envs: 2,
        fail_rate: 0.05,
        seed: 11,
        ..Config::default()
    })
}

fn write_packed(folder: &Path, corpus: &[(String, Vec<u8>)], packing: Packing) -> Vec<String> {
    fs::create_dir_all(folder).unwrap();
    let mut paths = Vec::new();
    for (name, bytes) in corpus {
        let path = folder.join(format!("{name}.jsonl{}", packing.ending()));
        fs::write(&path, packing.pack(bytes)).unwrap();
        paths.push(text(&path).to_owned());
    }
    paths
}

/// The bytes of incidents.json, and the counts that agree.
fn sweep(arguments: &[&str]) -> (Vec<u8>, [u64; 4]) {
    let out = tempfile::tempdir().unwrap();
    let fixed = ["sweep", "--out", text(out.path()), "--json"];
    let ended = relapse(fixed.iter().chain(arguments)).exits(3);
    let incidents = fs::read(out.path().join("incidents.json")).unwrap();
    let totals = ended.ledger()["totals"].clone();
    let counts = COUNTS.map(|key| number(&totals, key));
    assert_eq!(counts[0], counts[1] + counts[2] + counts[3]);
    (incidents, counts)
}

#[test]
fn containers_threads_and_order_change_nothing() {
    let corpus = corpus(4, 150_000);
    let folder = tempfile::tempdir().unwrap();
    let mut answer = None;
    for (number, packing) in Packing::all(17_000).into_iter().chain([Packing::ZstdFrames(777)]).enumerate() {
        let place = folder.path().join(number.to_string());
        let mut paths = write_packed(&place, &corpus, packing);
        for threads in ["1", "2", "4"] {
            let found = sweep(&[text(&place), "--threads", threads]);
            assert_eq!(*answer.get_or_insert_with(|| found.clone()), found, "{packing:?}, {threads} threads");
        }
        paths.reverse();
        paths.swap(0, 1);
        let mut arguments: Vec<&str> = paths.iter().map(String::as_str).collect();
        arguments.extend(["--threads", "2"]);
        assert_eq!(answer.as_ref(), Some(&sweep(&arguments)), "{packing:?}, other order");
    }
}

#[test]
fn large_frames_change_nothing() {
    // Beyond one piece of text, one whole frame of 16 MiB and one small stream: every way through the pipeline.
    let corpus = corpus(1, 18_000_000);
    let folder = tempfile::tempdir().unwrap();
    let mut answer = None;
    let packings = [
        Packing::Plain,
        Packing::Zstd,
        Packing::ZstdUnsized,
        Packing::ZstdFrames(300_000),
        Packing::Gzip,
        Packing::Bgzf(60_000),
    ];
    for (number, packing) in packings.into_iter().enumerate() {
        let place = folder.path().join(number.to_string());
        write_packed(&place, &corpus, packing);
        let found = sweep(&[text(&place), "--threads", if number % 2 == 0 { "2" } else { "4" }]);
        assert_eq!(*answer.get_or_insert_with(|| found.clone()), found, "{packing:?}");
    }
}

#[test]
fn a_run_in_several_files_gives_the_same_but_for_the_sample() {
    let shape = Config { scenarios: 200, seeds: 2, envs: 2, fail_rate: 0.05, ..Config::default() };
    let config = Config { bytes: 2_000_000, runs: 2, seed: 5, ..shape };
    let world = World::new(config);
    let folder = tempfile::tempdir().unwrap();
    let (whole, split) = (folder.path().join("whole"), folder.path().join("split"));
    for run in 0..2 {
        let mut bytes = Vec::new();
        write_run(&world, run, &mut bytes).unwrap();
        let lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
        let name = run_name(run);
        fs::create_dir_all(whole.join(&name)).unwrap();
        fs::create_dir_all(split.join(&name)).unwrap();
        fs::write(whole.join(&name).join("all.jsonl"), &bytes).unwrap();
        for (part, lines) in lines.chunks(lines.len() / 5).enumerate() {
            let packing = Packing::all(5000)[part % 9];
            let path = split.join(&name).join(format!("{part}.jsonl{}", packing.ending()));
            fs::write(path, packing.pack(&lines.concat())).unwrap();
        }
    }
    let incidents = |place: &Path| {
        let ended = relapse(["sweep", text(place), "--json", "--from-path", r"(?<run>run-\d+)/"]).exits(0);
        let mut incidents = ended.json()["incidents"].clone();
        incidents["answer"].take();
        for incident in incidents["incidents"].as_array_mut().unwrap() {
            incident["sample"].take();
        }
        let totals = ended.ledger()["totals"].clone();
        (incidents, COUNTS.map(|key| number(&totals, key)))
    };
    let answer = incidents(&whole);
    assert!(answer.0["incidents"].as_array().unwrap().len() > 10);
    assert_eq!(answer, incidents(&split));
}

#[test]
fn a_record_says_where_it_stands() {
    // Lines before the first failure, in pieces of every kind, so that the number must be put together from seams.
    let mut log = Vec::new();
    for number in 0..40_000 {
        let outcome = if number == 31_337 { "\"fail\"" } else { "\"pass\"" };
        log.extend(crate::program::record(&[("outcome", outcome), ("seed", &number.to_string())]).as_bytes());
        log.push(b'\n');
    }
    let folder = tempfile::tempdir().unwrap();
    for packing in Packing::all(50_000) {
        let path = folder.path().join(format!("r.jsonl{}", packing.ending()));
        fs::write(&path, packing.pack(&log)).unwrap();
        let sample =
            relapse(["sweep", text(&path), "--json"]).exits(0).json()["incidents"]["incidents"][0]["sample"].clone();
        assert_eq!(sample, serde_json::json!({"log": "r.jsonl", "line": 31_338}), "{packing:?}");
        fs::remove_file(path).unwrap();
    }
}
