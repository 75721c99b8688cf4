//! Entries of a store: refused, told and made anew, or what was written.
//!
//! The input's first byte says which entry the others are, and whether they are its file or the value that is sealed in
//! it, so that its checksum is right whatever it says.

use std::fs;
use std::sync::{LazyLock, Mutex};

use relapse::archive::RunFrom;
use relapse::observer::Observer;
use relapse::store::{Answer, Session, Store, Use};
use relapse::sweep::{Outcome, Sweep};
use xxhash_rust::xxh3::xxh3_128;

use super::sealed::{self, seal, unseal};
use super::swept::{Folder, reconciles, said_by_default};
use super::taxonomy::LOG;

const SETTINGS: u128 = 7;
const ANSWER: u128 = 9;
/// What is made of it as it is given, and not sealed first.
const AS_FILE: u8 = 4;
const KEEP_GONE: u8 = 8;

/// Folder, kind and key of each entry; the index stands in the store itself.
fn entries() -> [(String, u32, u128); 4] {
    let bytes = xxh3_128(LOG);
    [
        (format!("partials/{bytes:032x}-{SETTINGS:032x}"), sealed::PARTIAL, bytes),
        (format!("contents/{bytes:032x}-{SETTINGS:032x}"), sealed::CONTENT, bytes),
        (format!("answers/{ANSWER:032x}"), sealed::ANSWER, ANSWER),
        ("index".into(), sealed::INDEX, 0),
    ]
}

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Observer for Heard {
    fn warn(&self, message: &str) {
        self.0.lock().expect("nobody panics").push(message.to_owned());
    }
}

/// Sweeps the log with a store; what was found, what was answered before, and what was warned of.
fn used(folder: &Folder, keep_gone: bool) -> (Outcome, Option<Answer>, Vec<String>) {
    let heard = Heard::default();
    let sweep = Sweep { keep_contents: true, ..folder.sweep() };
    let store = Store::open(&folder.join("store")).expect("a folder can be made");
    let mut found = sweep.discover().expect("there is an archive");
    let how = Use { settings: SETTINGS, verify: false, keep_gone, run_from: &RunFrom::default(), max_window: 1 << 27 };
    let session = Session::begin(&store, &mut found, how, &heard);
    let answer = session.answer(ANSWER);
    let outcome = sweep.run_over(found, Some(&session), &heard).expect("there is an archive");
    session.end();
    let answered =
        Answer { archives: outcome.ledger.archives.clone(), steady: (i64::MIN, i64::MAX), reports: Vec::new() };
    session.keep_answer(ANSWER, &answered);
    (outcome, answer, heard.0.into_inner().expect("nobody panics"))
}

struct Genuine {
    ledger: relapse::archive::Ledger,
    said: String,
    /// Files of the entries.
    files: [Vec<u8>; 4],
}

/// What a sweep finds and what its store then holds. The index differs from store to store.
static GENUINE: LazyLock<Genuine> = LazyLock::new(|| {
    let folder = Folder::with(LOG);
    let (outcome, _, warnings) = used(&folder, false);
    assert_eq!(warnings, Vec::<String>::new());
    let files = entries().map(|(name, ..)| fs::read(folder.join("store").join(name)).expect("it was written"));
    Genuine { said: said_by_default(&outcome), ledger: outcome.ledger, files }
});

/// Each entry as its file and as its value. The index is one of nothing.
pub(crate) fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    for (which, name) in (0..).zip(["partial", "content", "answer"]) {
        let file = &GENUINE.files[usize::from(which)];
        let (values, _) = unseal(file);
        seeds.push((format!("{name}-file"), [&[which | AS_FILE], &file[..]].concat()));
        seeds.push((format!("{name}-value"), [&[which], &values[0][..]].concat()));
    }
    seeds.push(("index-value".into(), vec![3, 0]));
    seeds
}

pub(crate) fn holds(input: &[u8]) {
    let Some((&how, bytes)) = input.split_first() else { return };
    let which = usize::from(how & 3);
    let (name, kind, key) = entries()[which].clone();
    let is_file = how & AS_FILE != 0;
    let written = if is_file { bytes.to_vec() } else { seal(kind, key, SETTINGS * u128::from(which < 2), bytes) };
    let folder = Folder::with(LOG);
    drop(Store::open(&folder.join("store")).expect("a folder can be made"));
    let path = folder.join("store").join(name);
    fs::write(&path, &written).expect("files can be written");

    let verified = || Store::existing(&folder.join("store")).map(|store| store.verify().expect("it can be read"));
    let listing = verified().expect("it is there");
    let is_sound = listing.index_fault.is_none() && listing.entries.iter().all(|entry| entry.fault.is_none());
    let (outcome, answer, warnings) = used(&folder, how & KEEP_GONE != 0);
    reconciles(&outcome);
    let said = said_by_default(&outcome);
    let is_genuine = written == GENUINE.files[which];
    if is_file {
        // A checksum that holds was not found by chance.
        assert_eq!((is_sound, warnings.is_empty()), (is_genuine, is_genuine), "{warnings:?}");
    }
    assert_eq!(is_sound, warnings.is_empty(), "{warnings:?}");
    if is_genuine || !is_sound {
        assert_eq!((&outcome.ledger, &said), (&GENUINE.ledger, &GENUINE.said));
        assert!(answer.is_none() || which == 2 && is_genuine);
        // What was refused was made anew.
        let (again, _, warnings) = used(&folder, false);
        assert_eq!(warnings, Vec::<String>::new());
        assert_eq!((&again.ledger, said_by_default(&again)), (&GENUINE.ledger, said));
    }
}
