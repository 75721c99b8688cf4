//! Partials of strangers: refused, or merged without harm, and no few bytes take much memory.
//!
//! The input's first byte says what the others are: the value of one archive, the head of a set, or a whole file, whose
//! checksums are put right or not.

use std::sync::{LazyLock, Mutex};

use allocation_counter::measure;
use relapse::benchmark::{Options, judge};
use relapse::store::{Gathered, Merging, PartSet};
use relapse::sweep::{Silent, Sweep};
use relapse::tally::{Configuration, Partial};

use super::sealed::{self, mended, seal, unseal};
use super::swept::{Folder, reconciles, said_by_default};
use super::taxonomy::LOG;

/// Bytes of memory that every value may take, that each of its bytes may, and how long a file's values may be.
const FREE: u64 = 1 << 20;
const EACH: u64 = 256;
const RATIO: usize = 64;

/// A file of partials, of one archive.
static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = Folder::with(&[LOG, br#"{"benchmark":"b","metric_ms":1.5,"host":"h"}"#, b"\n{\"half"].concat());
    let sweep = Sweep { keep_entries: true, keep_contents: true, ..folder.sweep() };
    let configuration = Configuration::new(vec![("--packet", "not set".into())]);
    let found = sweep.discover().expect("there is an archive");
    let names: Vec<_> = found.archives.iter().map(|entry| (entry.relative.clone(), entry.run.clone())).collect();
    let gathered = Gathered::new(names.len(), configuration.fingerprint(), None);
    let outcome = sweep.run_over(found, Some(&gathered), &Silent).expect("there is an archive");
    let set = PartSet::new(configuration, vec!["logs".into()], &names, &outcome.ledger, &gathered);
    let mut file = Vec::new();
    set.write(&gathered, &mut file).expect("memory can be written");
    file
});

/// What a head says of the development build that wrote it stands before its digest.
const BUILD: &[u8] = b"development ";
/// Digits of that digest.
const DIGEST: usize = 32;
/// Stands in seeds, which are the same for every build, where the digest does in what is read.
const ANY_BUILD: [u8; DIGEST] = [b'0'; DIGEST];

/// The digest of a head's build.
fn build_of(head: &mut [u8]) -> Option<&mut [u8]> {
    let at = head.windows(BUILD.len()).position(|window| window == BUILD)? + BUILD.len();
    head.get_mut(at..at + DIGEST)
}

/// An input of each form.
pub(crate) fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let (values, _) = unseal(&FILE);
    let [mut head, value] = values.try_into().expect("a head and one archive");
    if let Some(build) = build_of(&mut head) {
        build.copy_from_slice(&ANY_BUILD);
    }
    let file = [seal(sealed::SET, 1, 0, &head), seal(sealed::PARTIAL, 0, 0, &value)].concat();
    let input = |form: u8, bytes: &[u8]| [&[form], bytes].concat();
    vec![("value", input(0, &value)), ("head", input(1, &head)), ("file", input(2, &file)), ("mended", input(3, &file))]
}

pub(crate) fn holds(input: &[u8]) {
    let Some((form, bytes)) = input.split_first() else { return };
    let settings = u128::from_le_bytes(FILE[32..48].try_into().unwrap_or_default());
    let (values, _) = unseal(&FILE);
    let file = match form % 4 {
        0 => {
            within(bytes.len(), || drop(Partial::read(bytes)));
            [seal(sealed::SET, 1, settings, &values[0]), seal(sealed::PARTIAL, 0, settings, bytes)].concat()
        }
        1 => {
            let (mut head, mut own) = (bytes.to_vec(), values[0].clone());
            if let Some((build, own)) = build_of(&mut head).filter(|build| **build == ANY_BUILD).zip(build_of(&mut own))
            {
                build.copy_from_slice(own);
            }
            [seal(sealed::SET, 1, settings, &head), seal(sealed::PARTIAL, 0, settings, &values[1])].concat()
        }
        2 => bytes.to_vec(),
        _ => mended(bytes),
    };
    let merging = Mutex::new(None);
    within(RATIO * file.len(), || {
        let mut all = Merging::default();
        let added = all.add("fuzzed", &file);
        *merging.lock().expect("nobody else") = added.is_ok().then_some(all);
    });
    let Some(merging) = merging.into_inner().expect("nobody else") else { return };
    let sweep = Folder::new().sweep();
    if let Ok(outcome) = sweep.run_over(merging.found(), Some(&merging.keeper()), &Silent) {
        reconciles(&outcome);
        said_by_default(&outcome);
        drop(judge(&outcome.benchmarks.into_series(), &Options::default()));
    }
}

/// Does something with values of so many bytes, and not with much more memory.
fn within(len: usize, with: impl FnOnce()) {
    let took = measure(with).bytes_max;
    assert!(took <= FREE + EACH * len as u64, "{took} bytes of memory for {len} of values");
}
