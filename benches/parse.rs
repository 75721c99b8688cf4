//! Lines to records: the fast path, the tape and the judge, on the same lines of the real shape.

#![allow(missing_docs, reason = "the macros of criterion document nothing")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use relapse::archive::PADDING;
use relapse::record::{Parsed, Parser, Profiles, Rejection};

#[path = "../examples/corpus/records/mod.rs"]
mod records;

use records::{Config, World, write_run};

/// Some megabytes of lines and the padding behind them.
fn corpus() -> (Vec<u8>, u64) {
    let world = World::new(Config { bytes: 4_000_000, runs: 1, ..Config::default() });
    let mut bytes = Vec::new();
    let counts = write_run(&world, 0, &mut bytes).expect("written to memory");
    bytes.resize(bytes.len() + PADDING, b'"');
    (bytes, counts.lines)
}

/// Calls `parse` with each line, then checks that all of them were records.
fn each_line(bytes: &mut [u8], lines: u64, mut parse: impl FnMut(&mut [u8], usize) -> bool) {
    let (mut start, mut records) = (0, 0);
    let end = bytes.len() - PADDING;
    while let Some(len) = memchr::memchr(b'\n', &bytes[start..end]) {
        records += u64::from(parse(&mut bytes[start..], len));
        start += len + 1;
    }
    assert_eq!(records, lines);
}

fn is_record(parsed: Result<Parsed<'_>, Rejection>) -> bool {
    black_box(parsed).is_ok()
}

fn parse(criterion: &mut Criterion) {
    let (mut bytes, lines) = corpus();
    let profiles = Profiles::builtin();
    let mut parser = Parser::new(&profiles);
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes((bytes.len() - PADDING) as u64));
    group.bench_function("lines", |bench| bench.iter(|| each_line(&mut bytes, lines, |_, _| true)));
    group.bench_function("fast", |bench| {
        bench.iter(|| each_line(&mut bytes, lines, |line, len| parser.parse(line, len, 0, is_record)));
    });
    group.bench_function("tape", |bench| {
        bench.iter(|| each_line(&mut bytes, lines, |line, len| parser.parse_by_tape(line, len, 0, is_record)));
    });
    group.bench_function("judge", |bench| {
        bench.iter(|| each_line(&mut bytes, lines, |line, len| parser.judge(&line[..len], 0, is_record)));
    });
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
