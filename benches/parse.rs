//! Lines to records: the fast path, the tape and the judge, on the same lines of the real shape.

#![allow(missing_docs, reason = "the macros of criterion document nothing")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use relapse::archive::PADDING;
use relapse::record::{Parsed, Parser, Profiles, Rejection};

mod shared;

use shared::{Config, each_line, group};

fn is_record(parsed: Result<Parsed<'_>, Rejection>) -> bool {
    black_box(parsed).is_ok()
}

fn parse(criterion: &mut Criterion) {
    let (runs, counts) = shared::runs(Config { bytes: 4_000_000, runs: 1, ..Config::default() });
    let mut bytes = runs.concat();
    bytes.resize(bytes.len() + PADDING, b'"');
    let profiles = Profiles::builtin();
    let mut parser = Parser::new(&profiles);
    let mut group = group(criterion, "parse");
    group.throughput(Throughput::Bytes(counts.bytes));
    let mut bench = |name: &str, parse: &mut dyn FnMut(&mut [u8], usize) -> bool| {
        assert_eq!(each_line(&mut bytes, &mut *parse), counts.lines, "{name}");
        group.bench_function(name, |bench| bench.iter(|| each_line(&mut bytes, &mut *parse)));
    };
    bench("lines", &mut |_, _| true);
    bench("fast", &mut |line, len| parser.parse(line, len, 0, is_record));
    bench("tape", &mut |line, len| parser.parse_by_tape(line, len, 0, is_record));
    bench("judge", &mut |line, len| parser.judge(&line[..len], 0, is_record));
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
