//! Zip and tar files are folders of archives.

use std::io::{Cursor, Write};

use serde_json::Value;

use crate::program::{Ended, folder, number, record, relapse, text};

/// Ten runs of two scenarios, of which one fails in every third run: path and text of each.
fn runs() -> Vec<(String, Vec<u8>)> {
    let run = |number: usize| {
        let time = (1_690_000_000_000_u64 + 86_400_000 * number as u64).to_string();
        let outcome = if number.is_multiple_of(3) { r#""fail""# } else { r#""pass""# };
        let line = |scenario: &str, outcome: &str| {
            record(&[("ts_unix_ms", &time), ("scenario_id", scenario), ("outcome", outcome)])
        };
        let lines = format!("{}\n{}\n", line(r#""a""#, outcome), line(r#""b""#, r#""pass""#));
        (format!("week/run-{number:02}.jsonl"), lines.into_bytes())
    };
    (0..10).map(run).collect()
}

fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("./{name}"), bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What was found, without where it lies.
fn judged(ended: &Ended) -> Value {
    let mut rows = ended.json()["recurrence"]["scenarios"].clone();
    for row in rows.as_array_mut().unwrap() {
        let keep = ["scenario_id", "verdict", "timeline"].map(|key| (key.to_owned(), row[key].clone()));
        *row = Value::Object(keep.into_iter().collect());
    }
    rows
}

fn paths(ended: &Ended) -> Vec<String> {
    let ledger = ended.ledger();
    ledger["archives"].as_array().unwrap().iter().map(|row| row["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_container_is_a_folder_of_archives() {
    let files = runs();
    let plain: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let plain = folder(&plain);
    let expected = judged(&relapse(["sweep", text(plain.path()), "--json"]).exits(0));
    assert_eq!(expected[0]["timeline"], "F1P2F1P2F1P2F1");
    let tarred = tar(&files);
    let packed: [(&str, Vec<u8>); 6] = [
        ("all.zip", zip(&files)),
        ("all.tar", tarred.clone()),
        ("all.tar.gz", gzip(&tarred)),
        ("all.tgz", gzip(&tarred)),
        ("all.tar.zst", zstd::encode_all(tarred.as_slice(), 3).unwrap()),
        ("all.tar.bz2", bzip2(&tarred)),
    ];
    for (name, bytes) in &packed {
        let within = folder(&[(name, bytes.as_slice())]);
        for argument in [within.path().to_owned(), within.path().join(name)] {
            for threads in ["1", "3"] {
                let ended = relapse(["sweep", text(&argument), "--json", "--threads", threads]).exits(0);
                assert_eq!(judged(&ended), expected, "{name}");
                assert_eq!(paths(&ended)[3], format!("{name}!/week/run-03.jsonl"));
            }
        }
    }
    // Under any name, where it is asked for itself, and with members that are packed themselves.
    let twice: Vec<(String, Vec<u8>)> = files.iter().map(|(name, bytes)| (format!("{name}.gz"), gzip(bytes))).collect();
    let artifact = folder(&[("artifact", &zip(&twice))]);
    let ended = relapse(["sweep", text(&artifact.path().join("artifact")), "--json"]).exits(0);
    assert_eq!(judged(&ended), expected);
}

#[test]
fn a_store_knows_the_members_again() {
    let mut files = runs();
    let last = files.pop().unwrap();
    let weeks = folder(&[("one.zip", &zip(&files))]);
    let store = folder(&[]);
    let sweep = || relapse(["sweep", text(weeks.path()), "--json", "--store", text(store.path())]).exits(0);
    let first = judged(&sweep());
    assert_eq!(judged(&sweep()), first);
    std::fs::write(weeks.path().join("two.tar"), tar(std::slice::from_ref(&last))).unwrap();
    let second = judged(&sweep());
    files.push(last);
    std::fs::write(weeks.path().join("one.zip"), zip(&files)).unwrap();
    std::fs::remove_file(weeks.path().join("two.tar")).unwrap();
    assert_eq!(judged(&sweep()), second);
}

#[test]
fn files_of_other_packings_are_read_to_where_they_are_damaged() {
    let lines = record(&[]) + "\n";
    let lines = lines.repeat(20_000);
    for (name, packed) in [("r.jsonl.bz2", bzip2(lines.as_bytes())), ("r.jsonl.lz4", lz4(lines.as_bytes()))] {
        let whole = folder(&[(name, &packed)]);
        let ledger = relapse(["sweep", text(whole.path()), "--json"]).exits(0).ledger();
        let archive = &ledger["archives"][0];
        assert_eq!((number(archive, "parsed"), archive["run"].as_str()), (20_000, Some("r")), "{name}");
        assert_eq!(number(archive, "bytes_on_disk"), packed.len() as u64);
        let cut = folder(&[(name, &packed[..packed.len() / 2])]);
        let ended = relapse(["sweep", text(cut.path()), "--json"]);
        let ledger = ended.ledger();
        assert_eq!(number(&ledger["archives"][0], "damage_count"), 1, "{name}");
        assert_eq!(ended.status, if number(&ledger["archives"][0], "parsed") > 0 { 3 } else { 2 }, "{name}");
    }
}

#[test]
fn a_damaged_member_leaves_the_others_and_is_told() {
    let files = runs();
    let mut zipped = zip(&files);
    // A byte of the third member's data.
    let at = memchr::memmem::find(&zipped, b"run-02.jsonl").unwrap() + 40;
    zipped[at] ^= 0xff;
    let tarred = gzip(&tar(&files));
    let cut = &tarred[..tarred.len() * 2 / 3];
    for (name, bytes) in [("bad.zip", zipped.as_slice()), ("cut.tar.gz", cut)] {
        let within = folder(&[(name, bytes)]);
        let ended = relapse(["sweep", text(within.path()), "--json"]).exits(3);
        let read: u64 = ended.ledger()["archives"].as_array().unwrap().iter().map(|row| number(row, "parsed")).sum();
        assert!((2..20).contains(&read), "{name}: {read}");
    }
    for (name, bytes) in
        [("no.zip", &b"PK\x03\x04 and no more"[..]), ("none.tar.gz", b"\x1f\x8b\x08"), ("text.zip", b"text")]
    {
        let within = folder(&[(name, bytes), ("r.jsonl", record(&[]).as_bytes())]);
        let ended = relapse(["sweep", text(within.path()), "--json"]).exits(3);
        assert_eq!(ended.ledger()["skipped"][0]["path"], name);
    }
}

#[test]
fn what_is_no_log_in_a_container_is_listed() {
    let mut files = runs();
    files.push(("week/coverage.xml".to_owned(), b"<coverage/>".to_vec()));
    files.push(("week/notes.md".to_owned(), b"# Notes".to_vec()));
    files.push(("__MACOSX/week/._run-01.jsonl".to_owned(), b"\0".to_vec()));
    let within = folder(&[("all.zip", &zip(&files))]);
    let ledger = relapse(["sweep", text(within.path()), "--json"]).exits(0).ledger();
    let skipped: Vec<&str> =
        ledger["skipped"].as_array().unwrap().iter().map(|row| row["why"].as_str().unwrap()).collect();
    assert_eq!(skipped, ["hidden", "no test results: it looks like coverage XML", "not a log by its name"]);
}

#[test]
fn containers_in_containers_are_read_two_deep() {
    let files = runs();
    let plain: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let plain = folder(&plain);
    let expected = judged(&relapse(["sweep", text(plain.path()), "--json"]).exits(0));
    let inner = gzip(&tar(&files[..5]));
    let other = zip(&files[5..]);
    let deep = zip(&[("deepest.zip".to_owned(), zip(&files[..1]))]);
    let all = [
        ("nested/logs.tar.gz".to_owned(), inner),
        ("more.zip".to_owned(), other),
        ("deep.zip".to_owned(), deep),
        ("broken.zip".to_owned(), b"PK\x03\x04 and no more".to_vec()),
        ("named.tar".to_owned(), b"no tar".to_vec()),
        ("relapse-run.json".to_owned(), br#"{"branch":"main"}"#.to_vec()),
    ];
    for (name, bytes) in [("artifact.zip", zip(&all)), ("artifact.tar", tar(&all)), ("artifact.tgz", gzip(&tar(&all)))]
    {
        let within = folder(&[(&format!("dir!/{name}"), bytes.as_slice())]);
        for threads in ["1", "3"] {
            let store = folder(&[]);
            for _ in 0..2 {
                let arguments =
                    ["sweep", text(within.path()), "--json", "--threads", threads, "--store", text(store.path())];
                let ended = relapse(arguments).exits(3);
                assert_eq!(judged(&ended), expected, "{name}");
                let ledger = ended.ledger();
                assert_eq!(paths(&ended)[3], format!("dir!/{name}!/more.zip!/week/run-08.jsonl"));
                assert_eq!(paths(&ended)[5], format!("dir!/{name}!/nested/logs.tar.gz!/week/run-00.jsonl"));
                let skipped: Vec<(String, bool)> = ledger["skipped"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|row| {
                        let path = row["path"].as_str().unwrap().rsplit("!/").next().unwrap();
                        (format!("{path}: {}", row["why"].as_str().unwrap()), row["is_loss"] == true)
                    })
                    .collect();
                assert_eq!(skipped.len(), 3, "{skipped:?}");
                assert!(skipped[0].0.starts_with("broken.zip: unreadable behind 0 of its files") && skipped[0].1);
                assert_eq!(skipped[1].0, "deepest.zip: a container in two others: unpack it to have it read");
                assert_eq!(skipped[2], ("named.tar: no zip or tar file, though it is called one".to_owned(), true));
            }
        }
    }
}

#[test]
fn files_are_chosen_by_patterns() {
    let files = runs();
    let zipped = zip(&[("in.tar.gz".to_owned(), gzip(&tar(&files[3..6]))), files[2].clone()]);
    let more = zip(&files[6..8]);
    let place = folder(&[
        ("a/run-00.jsonl", &files[0].1),
        ("old/b/run-01.jsonl", &files[1].1),
        ("c.zip", &zipped),
        ("d.zip", &more),
        ("e/results", &files[8].1),
    ]);
    let root = text(place.path());
    let found = |more: &[&str]| paths(&relapse([&["sweep", root, "--json"][..], more].concat()).exits(0));
    let all = [
        "a/run-00.jsonl",
        "c.zip!/in.tar.gz!/week/run-03.jsonl",
        "c.zip!/in.tar.gz!/week/run-04.jsonl",
        "c.zip!/in.tar.gz!/week/run-05.jsonl",
        "c.zip!/week/run-02.jsonl",
        "d.zip!/week/run-06.jsonl",
        "d.zip!/week/run-07.jsonl",
        "old/b/run-01.jsonl",
    ];
    assert_eq!(found(&[]), all);
    assert_eq!(found(&["--exclude", "old"]), all[..7]);
    assert_eq!(found(&["--exclude", "old/", "--exclude", "*.zip"]), all[..1]);
    assert_eq!(found(&["--include", "d.zip"]), all[5..7]);
    assert_eq!(found(&["--include", "week/*", "--exclude", "in.tar.gz"]), all[4..7]);
    assert_eq!(found(&["--include", "run-0[0-3].jsonl"]), ["a/run-00.jsonl", all[1], all[4], all[7]]);
    // What is asked for is looked into, whatever it is called.
    assert_eq!(found(&["--include", "results"]), ["e/results"]);
    let ledger = relapse(["sweep", root, "--json", "--exclude", "old"]).exits(0).ledger();
    let left_out =
        ledger["skipped"].as_array().unwrap().iter().find(|row| row["path"] == "old/b/run-01.jsonl").unwrap();
    assert_eq!(left_out["why"], "left out by --exclude");
    // Arguments that are files have names, too, and containers what they hold.
    let [one, other, zip] = ["a/run-00.jsonl", "old/b/run-01.jsonl", "c.zip"].map(|name| place.path().join(name));
    let given = [text(&one), text(&other), text(&zip)];
    let chosen = |more: &[&str]| paths(&relapse([&["sweep", "--json"][..], &given, more].concat()).exits(0));
    assert_eq!(
        chosen(&["--exclude", "run-00*", "--exclude", "in.tar.gz"]),
        ["c.zip!/week/run-02.jsonl", "run-01.jsonl"]
    );
    assert_eq!(chosen(&["--include", "c.zip"]).len(), 4);
    // A pattern without an effect is most likely a wrong one.
    for (more, said) in [
        (["--include", "*.xml"], "the pattern `*.xml` of --include matches no file"),
        (
            ["--exclude", "/b/**"],
            "`/b/**` of --exclude matches no file: it was held against the paths below each argument, as `a/run-00.jsonl`",
        ),
        (["--exclude", "[a"], "failed to read the pattern `[a` of --exclude"),
        (["--exclude", ""], "it is empty"),
    ] {
        relapse([&["sweep", root][..], &more].concat()).exits(2).says(said);
    }
    relapse(["sweep", root, "--exclude", "*"]).exits(2).says("found no archive");
}

#[test]
fn what_is_left_out_is_not_gone() {
    let files = runs();
    let place =
        folder(&[("a.zip", &zip(&files[..4])), ("b/run-04.jsonl", &files[4].1), ("b/run-05.jsonl", &files[5].1)]);
    let store = folder(&[]);
    let sweep = |more: &[&str]| {
        let fixed = ["sweep", text(place.path()), "--json", "--store", text(store.path()), "--keep-gone"];
        paths(&relapse([&fixed[..], more].concat()).exits(0))
    };
    assert_eq!(sweep(&[]).len(), 6);
    assert_eq!(sweep(&["--exclude", "a.zip"]), ["b/run-04.jsonl", "b/run-05.jsonl"]);
    std::fs::remove_file(place.path().join("b/run-05.jsonl")).unwrap();
    assert_eq!(sweep(&["--exclude", "a.zip"]).len(), 2);
    assert_eq!(sweep(&["--include", "run-04*"]), ["b/run-04.jsonl"]);
}
