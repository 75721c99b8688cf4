//! Records to a tally, and two tallies to one.
//!
//! `new` gives every record a cell of its own as far as the corpus goes, `known` meets each cell again and again.

#![allow(missing_docs, reason = "the macros of criterion document nothing")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

mod shared;

use shared::{Config, check, config, group};

fn shapes() -> [(&'static str, Config); 2] {
    let few = Config { scenarios: 40, seeds: 2, ..config() };
    let many = Config { scenarios: 4_000, seeds: 50, ..config() };
    [("known", few), ("new", many)]
}

fn tallying(criterion: &mut Criterion) {
    let mut group = group(criterion, "tally");
    for (name, shape) in shapes() {
        let (runs, counts) = shared::runs(shape);
        let runs = shared::parse(runs);
        check(&shared::tally(&runs), &counts);
        group.throughput(Throughput::Elements(counts.lines));
        group.bench_function(name, |bench| bench.iter_with_large_drop(|| shared::tally(&runs)));
    }
    group.finish();
}

/// Each thread of a sweep has a tally; here two of them, which took turns with the runs.
fn merging(criterion: &mut Criterion) {
    let mut group = group(criterion, "merge");
    for (name, shape) in shapes() {
        let (runs, counts) = shared::runs(shape);
        let (mut even, mut odd) = (Vec::new(), Vec::new());
        for (number, run) in shared::parse(runs).into_iter().enumerate() {
            if number % 2 == 0 { even.push(run) } else { odd.push(run) }
        }
        let halves = (shared::tally(&even), shared::tally(&odd));
        let merge = |(mut one, other): (relapse::tally::Tally, _)| {
            one.merge(other);
            one
        };
        check(&merge(halves.clone()), &counts);
        let smaller = halves.0.cells().len().min(halves.1.cells().len());
        group.throughput(Throughput::Elements(smaller as u64));
        group.bench_function(name, |bench| bench.iter_batched(|| halves.clone(), merge, BatchSize::LargeInput));
    }
    group.finish();
}

criterion_group!(benches, tallying, merging);
criterion_main!(benches);
