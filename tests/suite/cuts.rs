//! Archives cut at any byte: what was whole before the cut counts, and nothing else.
//!
//! An ordinary run takes a stride; `RELAPSE_FULL=1` takes every byte of the last 64 KiB.

use std::fs::{self, File};
use std::io::Write;

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;
use relapse::archive::ArchiveLedger;
use relapse::record::Profiles;
use relapse::sweep::{Outcome, Silent, Sweep};
use relapse::taxonomy::Taxonomy;

use crate::packing;
use crate::program::{number, record, relapse, text};

const LAST: usize = 64 << 10;

/// A packed text of which is known what must decode from how many of its bytes.
struct Flushed {
    text: Vec<u8>,
    packed: Vec<u8>,
    /// Packed and decoded bytes at the end of each block.
    ends: Vec<(usize, usize)>,
    /// Packed bytes behind which the archive may end without damage.
    whole: Vec<usize>,
}

/// Lines that hardly compress, blank ones and refused ones among them.
fn log(bytes: usize) -> Vec<u8> {
    let mut draw = ChaCha8Rng::seed_from_u64(9);
    let mut text = Vec::new();
    while text.len() < bytes {
        match draw.random_range(0..12) {
            0 => text.extend(b" \t"),
            1 => text.extend(b"{\"half\":"),
            _ => {
                let noise: Vec<String> = (0..12).map(|_| format!("{:016x}", draw.random::<u64>())).collect();
                let outcome = if draw.random() { "\"pass\"" } else { "\"fail\"" };
                let seed = draw.random_range(0..9).to_string();
                let noise = format!("\"{}\"", noise.concat());
                text.extend(record(&[("noise", &noise), ("outcome", outcome), ("seed", &seed)]).bytes());
            }
        }
        text.extend(if draw.random_ratio(1, 9) { &b"\r\n"[..] } else { b"\n" });
    }
    text.extend(b"{\"no\":\"newline\"}");
    text
}

fn one_frame(text: Vec<u8>, chunk: usize) -> Flushed {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    let mut ends = vec![(0, 0)];
    for part in text.chunks(chunk) {
        encoder.write_all(part).unwrap();
        encoder.flush().unwrap();
        ends.push((encoder.get_ref().len(), ends.last().unwrap().1 + part.len()));
    }
    let packed = encoder.finish().unwrap();
    Flushed { text, whole: vec![packed.len()], packed, ends }
}

fn one_member(text: Vec<u8>, chunk: usize) -> Flushed {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    let mut ends = vec![(0, 0)];
    for part in text.chunks(chunk) {
        encoder.write_all(part).unwrap();
        encoder.flush().unwrap();
        ends.push((encoder.get_ref().len(), ends.last().unwrap().1 + part.len()));
    }
    let packed = encoder.finish().unwrap();
    Flushed { text, whole: vec![packed.len()], packed, ends }
}

fn many(text: Vec<u8>, chunk: usize, pack: fn(&[u8]) -> Vec<u8>) -> Flushed {
    let mut packed = Vec::new();
    let mut ends = vec![(0, 0)];
    let mut whole = Vec::new();
    for part in text.chunks(chunk) {
        packed.extend(pack(part));
        ends.push((packed.len(), ends.last().unwrap().1 + part.len()));
        whole.push(packed.len());
    }
    Flushed { text, packed, ends, whole }
}

fn block(text: &[u8]) -> Vec<u8> {
    crate::layout::gzip::bgzf_block(text, 6).unwrap()
}

/// Lines, parsed, blank and rejected of every prefix of whole lines.
fn prefixes(text: &[u8]) -> Vec<[u64; 4]> {
    let mut counts = vec![[0; 4]];
    for line in text.split(|&byte| byte == b'\n') {
        let mut next = *counts.last().unwrap();
        next[0] += 1;
        if line.trim_ascii().is_empty() {
            next[2] += 1;
        } else if line.ends_with(b"}") || line.ends_with(b"}\r") {
            next[if line.starts_with(b"{\"no\"") { 3 } else { 1 }] += 1;
        } else {
            next[3] += 1;
        }
        counts.push(next);
    }
    counts
}

fn counts(archive: &ArchiveLedger) -> [u64; 4] {
    let counts = &archive.counts;
    [counts.lines, counts.parsed, counts.blank, counts.rejected.total()]
}

fn newlines(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

fn check(archive: &Flushed, cut: usize, outcome: &Outcome, prefixes: &[[u64; 4]]) {
    let ledger = &outcome.ledger.archives[0];
    let found = counts(ledger);
    assert_eq!(found[0], found[1] + found[2] + found[3], "cut at {cut} reconciles");
    let sure = archive.ends.iter().rev().find(|(packed, _)| *packed <= cut).unwrap().1;
    if archive.whole.contains(&cut) || cut == 0 {
        assert!(!cut_is_loss(ledger), "cut at {cut}, behind whole frames: {:?}", ledger.damage);
        assert_eq!(found[0], newlines(&archive.text[..sure]) + u64::from(sure > 0), "cut at {cut}");
        return;
    }
    if cut < 4 {
        // Too short to be told from text.
        return;
    }
    assert!(cut_is_loss(ledger) && outcome.ledger.has_loss(), "cut at {cut} is loss");
    let most = archive.ends.iter().find(|(packed, _)| *packed > cut).map_or(archive.text.len(), |end| end.1);
    let (least, most) = (newlines(&archive.text[..sure]), newlines(&archive.text[..most]) + 1);
    assert!((least..=most).contains(&found[0]), "cut at {cut}: {} lines, sure are {least} to {most}", found[0]);
    assert_eq!(
        found,
        prefixes[usize::try_from(found[0]).unwrap()],
        "cut at {cut} of {} gives a prefix: {ledger:?}",
        archive.packed.len()
    );
    let records: u64 = outcome.tally.runs().iter().map(|run| run.records).sum();
    assert_eq!(records, found[1]);
}

fn cut_is_loss(ledger: &ArchiveLedger) -> bool {
    ledger.damage_count > 0
}

fn cuts(name: &str, archive: &Flushed, stride: usize) {
    let full = std::env::var_os("RELAPSE_FULL").is_some();
    let begun = std::time::Instant::now();
    let prefixes = prefixes(&archive.text);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.jsonl");
    fs::write(&path, &archive.packed).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    let mut sweep = Sweep::new(
        vec![text(&path).to_owned()],
        Profiles::builtin(),
        Taxonomy::CATALOG.resolve("crash-triage-v1").unwrap(),
    );
    sweep.threads = 1;
    let whole = archive.packed.len();
    assert!(!full || whole > LAST, "{whole} bytes are too few");
    let first = if full { whole - LAST } else { 0 };
    let mut swept = 0;
    // From the end, so that the file is only ever shortened; near borders every byte.
    for cut in (first..=whole).rev() {
        let near = archive.whole.iter().any(|end| cut.abs_diff(*end) < 3) && archive.whole.len() < 30;
        if full || cut % stride == 0 || near || whole - cut < 12 {
            file.set_len(cut as u64).unwrap();
            check(archive, cut, &sweep.run(&Silent).unwrap(), &prefixes);
            swept += 1;
        }
    }
    if full {
        eprintln!("{name}: {swept} cuts in {:.1?}", begun.elapsed());
    }
}

#[test]
fn one_zstd_frame() {
    cuts("one zstd frame", &one_frame(log(340_000), 5000), 1499);
}

#[test]
fn many_zstd_frames() {
    cuts("many zstd frames", &many(log(340_000), 20_000, packing::frame), 1499);
}

#[test]
fn one_gzip_member() {
    cuts("one gzip member", &one_member(log(340_000), 5000), 1499);
}

#[test]
fn many_gzip_members() {
    cuts("many gzip members", &many(log(340_000), 20_000, packing::member), 1499);
}

#[test]
fn bgzf_blocks() {
    cuts("bgzf", &many(log(340_000), 20_000, block), 1499);
}

#[test]
fn a_cut_ends_with_3_and_with_0_where_loss_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.jsonl.zst");
    let archive = one_frame(log(20_000), 3000);
    fs::write(&path, &archive.packed[..archive.packed.len() - 1]).unwrap();
    let ended = relapse(["sweep", text(&path), "--json"]).exits(3);
    assert_eq!(number(&ended.ledger()["totals"], "damaged_archives"), 1);
    relapse(["sweep", text(&path), "--allow-loss"]).exits(0);
}
