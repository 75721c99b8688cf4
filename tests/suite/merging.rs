//! Partials made anywhere, merged in any order, are one sweep over everything.

use std::fs;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::packing;
use crate::program::{folder, record, relapse, text};
use crate::store::{corpus, log, written};

/// Archives in one folder, called alike whether the folder is swept or the files.
fn flat() -> tempfile::TempDir {
    let logs: Vec<Vec<u8>> = (0..6).map(|day| log(day, 0)).collect();
    let mut damaged = packing::frame(&logs[4]);
    damaged.truncate(damaged.len() * 2 / 3);
    let bench = br#"{"benchmark":"b","metric_ms":1.5}"#;
    folder(&[
        ("day-0.jsonl", &logs[0]),
        ("day-1.jsonl.zst", &packing::frame(&logs[1])),
        ("day-2.jsonl.gz", &packing::member(&logs[2])),
        ("day-2.jsonl.zst", &packing::frame(&logs[2])),
        ("day-2.ndjson", &logs[2]),
        ("day-4.jsonl.zst", &damaged),
        ("day-5.jsonl", &logs[5]),
        ("day-5.jsonl.gz", &packing::member(&logs[3])),
        ("empty.jsonl", b""),
        ("more.jsonl", bench),
        ("roll-up.jsonl", &[&logs[0][..], &logs[1], &logs[3]].concat()),
    ])
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|entry| text(&entry.unwrap().path()).to_owned()).collect();
    names.sort();
    names
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_split_in_any_order_is_one_sweep(
        shares in prop::collection::vec(any::<Index>(), 11),
        twice in prop::collection::vec(any::<Index>(), 0..3),
        parts in 1..5usize,
        order in Just((0..5usize).collect::<Vec<_>>()).prop_shuffle(),
        all in any::<bool>(),
    ) {
        let (corpus, work) = (flat(), tempfile::tempdir().unwrap());
        let names = names(&corpus);
        let folders: Vec<_> = (0..parts).map(|_| tempfile::tempdir().unwrap()).collect();
        let copy = |name: &str, part: usize| {
            let from = std::path::Path::new(name);
            fs::copy(from, folders[part].path().join(from.file_name().unwrap())).unwrap();
        };
        for (name, share) in names.iter().zip(&shares) {
            copy(name, share.index(parts));
        }
        // Two workers may have read the same archive.
        for (at, share) in twice.iter().enumerate() {
            copy(&names[share.index(names.len())], at % parts);
        }
        let mut files = Vec::new();
        for (number, part) in folders.iter().enumerate() {
            if fs::read_dir(part.path()).unwrap().next().is_some() {
                let file = text(&work.path().join(format!("{number}.partial"))).to_owned();
                let ended = relapse(["sweep", text(part.path()), "--allow-loss", "--partial", &file]);
                // A part without a record is one all the same.
                let is_nothing = ended.text().starts_with("nothing ");
                ended.exits(if is_nothing { 2 } else { 0 });
                files.push((order[number], file));
            }
        }
        files.sort();
        let (swept, merged) = (work.path().join("swept"), work.path().join("merged"));
        let judging = if all { &["--all", "--alpha", "0.01"][..] } else { &[] };
        relapse(["sweep", text(corpus.path()), "--allow-loss", "--out", text(&swept)].iter().chain(judging)).exits(0);
        let files: Vec<&str> = files.iter().map(|(_, file)| file.as_str()).collect();
        relapse(["merge", "--allow-loss", "--out", text(&merged)].iter().chain(judging).chain(&files)).exits(0);
        for name in ["incidents.json", "recurrence.json"] {
            prop_assert_eq!(fs::read(swept.join(name)).unwrap(), fs::read(merged.join(name)).unwrap(), "{}", name);
        }
        let ledger = |out: &std::path::Path| {
            let mut ledger: serde_json::Value = serde_json::from_slice(&fs::read(out.join("ledger.json")).unwrap()).unwrap();
            ledger["inputs"].take();
            // Archives that two workers read.
            ledger["skipped"].as_array_mut().unwrap().retain(|skipped| skipped["why"] != "given twice");
            ledger
        };
        prop_assert_eq!(ledger(&swept), ledger(&merged));
    }
}

#[test]
fn one_partial_of_a_folder_is_the_folder_with_or_without_a_store() {
    let (corpus, work) = (corpus(), tempfile::tempdir().unwrap());
    let at = |name: &str| text(&work.path().join(name)).to_owned();
    for (number, window) in
        [&[][..], &["--since", "2026-01-02T00:00:05Z", "--until", "2026-01-05T00:00:07Z"]].iter().enumerate()
    {
        let (swept, merged, partial) = (at(&format!("s{number}")), at(&format!("m{number}")), at("p"));
        let sweep = ["sweep", text(corpus.path()), "--allow-loss"];
        relapse(sweep.iter().chain(*window).chain(&["--out", &swept])).exits(0);
        for round in 0..3 {
            let store = ["--store", &at("store")];
            let ended =
                relapse(sweep.iter().chain(*window).chain(&store[..2 * round.min(1)]).chain(&["--partial", &partial]));
            assert!(ended.exits(0).text().contains("ledger"), "nothing is judged");
            relapse(["merge", &partial, "--allow-loss", "--out", &merged]).exits(0);
            assert_eq!(written(swept.as_ref()), written(merged.as_ref()));
        }
    }
    // What was lost is lost where it is merged, too.
    relapse(["merge", &at("p")]).exits(3);
    let json = relapse(["merge", &at("p"), "--allow-loss", "--json"]).exits(0).json();
    assert!(json["incidents"]["records"].as_u64().unwrap() > 0);
}

#[test]
fn a_stream_can_be_a_part() {
    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| text(&work.path().join(name)).to_owned();
    let log = log(3, 0);
    let arguments = ["sweep", "-", "--run", "night", "--allow-loss"];
    crate::program::relapse_fed(&[&arguments[..], &["--out", &at("swept")]].concat(), &log).exits(0);
    crate::program::relapse_fed(&[&arguments[..], &["--partial", &at("p")]].concat(), &log).exits(0);
    relapse(["merge", &at("p"), "--allow-loss", "--out", &at("merged")]).exits(0);
    assert_eq!(written(at("swept").as_ref()), written(at("merged").as_ref()));
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let line = record(&[]);
    let folder = folder(&[("a/r.jsonl", line.as_bytes()), ("b/r.jsonl", format!("{line}\n{line}").as_bytes())]);
    let at = |name: &str| text(&folder.path().join(name)).to_owned();
    let part = |of: &str, name: &str, more: &[&str]| {
        relapse(["sweep", &at(of), "--partial", &at(name)].iter().chain(more)).exits(0);
        at(name)
    };
    let plain = part("a", "plain", &[]);
    for (more, named) in [
        (&["--packet", "KX-001"][..], "--packet: `KX-001` and not set"),
        (&["--taxonomy", "crash-triage-v2"], "the taxonomies: crash-triage-v2 and crash-triage-v1, integration"),
        (&["--profile", "ft-conformance-log-v1"], "--profile"),
        (&["--since", "2026-01-01T00:00:00Z"], "--since: `2026-01-01T00:00:00Z` and not set"),
        (&["--strict-json"], "--strict-json: true and false"),
        (&["--max-line", "1MiB"], "--max-line: 1048576 and 67108864"),
        (&["--from-path", "(?<run>.)"], "--from-path"),
    ] {
        relapse(["merge", &plain, &part("b", "other", more)]).exits(2).says(named).says("other` with").says("plain`");
    }
    relapse(["merge", &plain, &part("b", "other", &[])]).exits(2).says("`r.jsonl`, with different text");
    relapse(["merge", &plain, &plain]).exits(0);
    relapse(["sweep", &at("a"), "--partial", &at("x"), "--since", "7d"]).exits(2).says("give --since");

    let whole = fs::read(&plain).unwrap();
    let broken = at("broken");
    for len in [0, 10, 64, whole.len() / 2, whole.len() - 1] {
        fs::write(&broken, &whole[..len]).unwrap();
        relapse(["merge", &broken]).exits(2).says("it is cut short").says("relapse sweep --partial");
    }
    for at_byte in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at_byte] ^= 1;
        fs::write(&broken, bytes).unwrap();
        relapse(["merge", &broken]).exits(2).says("failed to read");
    }
    // None stands for another archive than it was made of.
    for name in ["one/r.jsonl", "one/s.jsonl"] {
        fs::create_dir_all(folder.path().join("one")).unwrap();
        fs::write(folder.path().join(name), format!("{line}\n").repeat(name.len())).unwrap();
    }
    let two = fs::read(part("one", "two", &[])).unwrap();
    let mut values: Vec<&[u8]> = Vec::new();
    let mut rest = &two[..];
    while let Some(packed) = rest.get(56..64) {
        let (value, behind) =
            rest.split_at(80 + usize::try_from(u64::from_le_bytes(packed.try_into().unwrap())).unwrap());
        values.push(value);
        rest = behind;
    }
    assert_eq!((values.len(), values.concat()), (3, two.clone()));
    fs::write(&broken, [values[0], values[2], values[1]].concat()).unwrap();
    relapse(["merge", &broken]).exits(2).says("failed to read");
    // One moment, written in two ways.
    let early = part("a", "early", &["--since", "2026-01-01T00:00:00Z"]);
    let also = part("one", "also", &["--since", "2026-01-01T01:00:00+01:00", "--from-path", "(?<run>s)"]);
    relapse(["merge", &early, &also]).exits(2).says("differ in --from-path");
    fs::write(&broken, [&whole[..], b"more"].concat()).unwrap();
    relapse(["merge", &broken]).exits(2).says("failed to read");
    relapse(["merge", &at("a/r.jsonl")]).exits(2).says("as partials");
    relapse(["merge", &at("gone")]).exits(2).says("failed to read");
}
