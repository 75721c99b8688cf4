//! Changepoints of one series: the lengths and shapes that the project sets itself limits for.

#![allow(missing_docs, reason = "the macros of criterion document nothing")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use relapse::recurrence::Options;
use relapse::stats::Segmenter;

mod shared;

/// Name, runs, whether a run fails, and how many segments that is.
type Series = (&'static str, usize, fn(usize) -> bool);

const SERIES: [Series; 3] = [
    ("passing-2000", 2_000, |_| false),
    ("alternating-2000", 2_000, |run| run % 2 == 1),
    ("alternating-10000", 10_000, |run| run % 2 == 1),
];

fn changepoints(criterion: &mut Criterion) {
    let mut segmenter = Segmenter::new(Options::default().kappa).expect("the default is a probability");
    let step = segmenter.segment((0..2_000).map(|run| run >= 700));
    assert_eq!(step.changepoints.iter().map(|change| change.position).collect::<Vec<_>>(), [700]);

    let mut group = shared::group(criterion, "changepoints");
    for (name, runs, fails) in SERIES {
        let found = segmenter.segment((0..runs).map(fails));
        assert_eq!((found.segments.len(), found.segments[0].runs()), (1, runs), "{name}");
        group.throughput(Throughput::Elements(runs as u64));
        group.bench_function(name, |bench| {
            bench.iter(|| segmenter.segment((0..runs).map(fails)));
        });
    }
    group.finish();
}

criterion_group!(benches, changepoints);
criterion_main!(benches);
