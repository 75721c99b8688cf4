//! Archives to text: units of every container, read by one thread into one buffer.

#![allow(missing_docs, reason = "the macros of criterion document nothing")]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use relapse::archive::{Archive, Buffer, Decoder, RunFrom, discover};

mod shared;

use shared::{Layout, OnDisk, config, group, text};

const LAYOUTS: [Layout; 7] = [
    Layout::Plain,
    Layout::ZstdFiles,
    Layout::ZstdFrames,
    Layout::ZstdSingle,
    Layout::GzipSingle,
    Layout::GzipMembers,
    Layout::BgzfSingle,
];
const MAX_WINDOW: u64 = 128 << 20;

/// Decodes every archive of a folder and hands on its pieces.
fn decode(folder: &Path, buffer: &mut Buffer, decoder: &mut Decoder, mut piece: impl FnMut(&[u8])) {
    let found = discover(&[text(folder)], &RunFrom::default(), None).expect("the corpus");
    for entry in &found.archives {
        let archive = Archive::open(entry, MAX_WINDOW).expect("an archive of the corpus");
        for unit in 0..archive.units() {
            let mut reader = archive.read_unit(unit);
            loop {
                let end = reader.next_piece(buffer, decoder);
                piece(buffer.text());
                if end.last {
                    break;
                }
            }
        }
    }
}

fn decoding(criterion: &mut Criterion) {
    let corpus = OnDisk::new(config(), &LAYOUTS);
    let (mut buffer, mut decoder) = (Buffer::default(), Decoder::default());
    let mut group = group(criterion, "decode");
    group.throughput(Throughput::Bytes(corpus.counts.bytes));
    for layout in LAYOUTS {
        let folder = corpus.of(layout);
        let (mut bytes, mut lines) = (0, 0);
        decode(&folder, &mut buffer, &mut decoder, |text| {
            bytes += text.len() as u64;
            lines += memchr::memchr_iter(b'\n', text).count() as u64;
        });
        assert_eq!((bytes, lines), (corpus.counts.bytes, corpus.counts.lines), "{}", layout.name());
        group.bench_function(layout.name(), |bench| {
            bench.iter(|| decode(&folder, &mut buffer, &mut decoder, |text| _ = black_box(text.len())));
        });
    }
    group.finish();
}

criterion_group!(benches, decoding);
criterion_main!(benches);
