//! Nothing is lost and nothing is invented in a whole folder: archives in any container under any name, one or two of
//! them cut anywhere, through the program and all that it writes, against a naive model.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;

use proptest::prelude::*;
use proptest::sample::Index;
use relapse::archive::Format;
use serde_json::Value;

use crate::conservation::{Model, config, is_strange, log, packing};
use crate::packing::Packing;
use crate::program::{number, relapse, text};

/// An archive of a folder.
#[derive(Clone, Debug)]
struct Archive {
    text: Vec<u8>,
    packing: Packing,
    name: &'static str,
    ending: &'static str,
    /// Where it is cut.
    cut: Option<Index>,
}

impl Archive {
    /// Names are told apart by a number, so that every archive is a run.
    fn path(&self, number: usize) -> String {
        format!("{}{number}{}", self.name, self.ending)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.packing.pack(&self.text);
        if let Some(cut) = self.cut.filter(|_| !bytes.is_empty()) {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes
    }
}

fn archive() -> impl Strategy<Value = Archive> {
    // Names say nothing of the container.
    let name = proptest::sample::select(&["a", "sub/a", "b-", "sub/deep er/é"][..]);
    let ending = proptest::sample::select(&[".jsonl", ".ndjson", ".jsonl.zst", ".ndjson.zst", ".jsonl.gz"][..]);
    let shape = |(text, packing, name, ending)| Archive { text, packing, name, ending, cut: None };
    (log(), packing(), name, ending).prop_map(shape)
}

fn folder() -> impl Strategy<Value = Vec<Archive>> {
    let cuts = proptest::collection::vec((any::<Index>(), any::<Index>()), 0..3);
    (proptest::collection::vec(archive(), 1..5), cuts).prop_map(|(mut archives, cuts)| {
        let count = archives.len();
        for (which, at) in cuts {
            archives[which.index(count)].cut = Some(at);
        }
        archives
    })
}

/// The text that comes out of an archive, and whether it is whole.
fn decoded(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut text = Vec::new();
    let read = match Format::detect(bytes) {
        Format::Plain => Read::read_to_end(&mut { bytes }, &mut text),
        Format::Zstd => zstd::Decoder::with_buffer(bytes).unwrap().read_to_end(&mut text),
        Format::Gzip => flate2::bufread::MultiGzDecoder::new(bytes).read_to_end(&mut text),
        Format::Xz | Format::Bzip2 | Format::Lz4 => unreachable!("none is written here"),
    };
    (text, read.is_ok())
}

/// What the ledger must say of an archive: everything that decodes, but not the line that damage took a part of.
fn model(bytes: &[u8]) -> (Model, bool) {
    let (mut text, is_whole) = decoded(bytes);
    if !is_whole {
        text.truncate(memchr::memrchr(b'\n', &text).map_or(0, |last| last + 1));
    }
    (Model::of(&text), is_whole)
}

fn sum(rows: &[Value], key: &str) -> u64 {
    rows.iter().map(|row| number(row, key)).sum()
}

fn check(archives: &[Archive], threads: u8) -> Result<(), TestCaseError> {
    let (logs, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut written = BTreeMap::new();
    for (number, archive) in archives.iter().enumerate() {
        let (path, bytes) = (archive.path(number), archive.bytes());
        fs::create_dir_all(logs.path().join(&path).parent().unwrap()).unwrap();
        fs::write(logs.path().join(&path), &bytes).unwrap();
        written.insert(path, (archive, bytes));
    }
    let threads = threads.to_string();
    // The model repairs nothing.
    let how = ["--strict-json", "--json", "--all", "--threads", &threads];
    let ended = relapse(["sweep", text(logs.path()), "--out", text(out.path())].into_iter().chain(how));
    let (status, report) = (ended.status, ended.json());
    for name in ["incidents", "recurrence", "ledger"] {
        let file: Value = serde_json::from_slice(&fs::read(out.path().join(format!("{name}.json"))).unwrap()).unwrap();
        prop_assert_eq!(&file, &report[name]);
    }

    let (ledger, totals) = (&report["ledger"], &report["ledger"]["totals"]);
    let rows = ledger["archives"].as_array().unwrap();
    prop_assert_eq!(rows.len(), archives.len());
    let mut whole = Model::default();
    let mut is_loss = false;
    for row in rows {
        let (archive, bytes) = &written[row["path"].as_str().unwrap()];
        let (right, is_whole) = model(bytes);
        prop_assert!(is_whole || archive.cut.is_some());
        let numbers = ["lines", "parsed", "blank", "rejected"].map(|key| number(row, key));
        let rejected: u64 = right.rejected.values().sum();
        prop_assert_eq!(numbers, [right.lines, right.parsed, right.blank, rejected], "{} of {:?}", row, archive);
        prop_assert_eq!(numbers[0], numbers[1] + numbers[2] + numbers[3]);
        prop_assert_eq!(&row["rejected_by_reason"], &serde_json::to_value(&right.rejected).unwrap());
        prop_assert_eq!(number(row, "damage_count"), u64::from(!is_whole), "{}", row);
        is_loss |= !is_whole || rejected > 0;
        whole.add(right);
    }
    for key in ["lines", "parsed", "blank", "rejected", "bytes_decoded", "lost_bytes", "frames", "bytes_on_disk"] {
        prop_assert_eq!(number(totals, key), sum(rows, key), "{}", key);
    }
    // Where no record passes or fails, there is nothing to judge.
    let is_nothing = !report["incidents"]["nothing"].is_null();
    let fits = if is_nothing { whole.incidents.is_empty() } else { whole.parsed > 0 };
    prop_assert!(fits, "{}", report["incidents"]["nothing"]);
    prop_assert_eq!(status, if is_nothing { 2 } else { 3 * i32::from(is_loss) });

    let mut found = BTreeMap::new();
    for row in report["incidents"]["incidents"].as_array().unwrap() {
        let key = ["packet_id", "suite_id", "scenario_id", "mode", "reason_code"];
        let key = key.map(|name| row[name].as_str().unwrap().to_owned());
        found.insert(key, (number(row, "occurrences"), row["last_seen_unix_ms"].as_i64().unwrap()));
    }
    let failed: u64 = found.values().map(|(occurrences, _)| occurrences).sum();
    prop_assert_eq!(&found, &whole.incidents);
    prop_assert_eq!(number(&report["incidents"], "failed_records"), failed);
    prop_assert_eq!(number(&report["incidents"], "records"), whole.parsed);
    Ok(())
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn a_folder_of_archives_gives_what_the_model_gives(archives in folder(), threads in 1..4u8) {
        prop_assume!(!archives.iter().any(|archive| is_strange(&archive.text, archive.packing)));
        check(&archives, threads)?;
    }
}
