//! End to end: folders to reports, verdicts and all, with as many threads as there are cores.

#![allow(missing_docs, reason = "the macros of criterion document nothing")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use relapse::analysis::IncidentReport;
use relapse::record::Profiles;
use relapse::recurrence::{Options, judge};
use relapse::report::{LedgerReport, RecurrenceReport};
use relapse::sweep::{Outcome, Silent, Sweep};
use relapse::taxonomy::Taxonomy;

mod shared;

use shared::{Counts, Layout, OnDisk, check, config, group, text};

const LAYOUTS: [Layout; 6] =
    [Layout::Plain, Layout::ZstdFiles, Layout::ZstdFrames, Layout::ZstdSingle, Layout::GzipFiles, Layout::GzipSingle];

/// Everything that `relapse sweep --out` does, but for writing the files.
fn report(sweep: &Sweep) -> (Outcome, usize) {
    let outcome = sweep.run(&Silent).expect("the corpus");
    let order = outcome.tally.run_order(i64::MAX);
    let pool = sweep.pool().expect("threads");
    let recurrence = pool.install(|| judge(&outcome.tally, &outcome.clean, &order, &Options::default()));
    let incidents = pool
        .install(|| IncidentReport::new(&outcome.tally, &outcome.clean, &order, &recurrence, &sweep.taxonomies, None));
    let texts = [
        serde_json::to_vec_pretty(&incidents),
        serde_json::to_vec_pretty(&RecurrenceReport::new(&recurrence, "")),
        serde_json::to_vec_pretty(&LedgerReport::new(&outcome.ledger, sweep, 0, outcome.spilled, "")),
    ];
    let length = texts.into_iter().map(|text| text.expect("a report").len()).sum();
    (outcome, length)
}

fn check_outcome(outcome: &Outcome, counts: &Counts) {
    let found = outcome.ledger.totals().counts;
    assert_eq!((found.lines, found.parsed, found.bytes_decoded), (counts.lines, counts.lines, counts.bytes));
    check(&outcome.tally, counts);
}

fn sweep(criterion: &mut Criterion) {
    let corpus = OnDisk::new(config(), &LAYOUTS);
    let taxonomy = Taxonomy::CATALOG.resolve("crash-triage-v1").expect("a built-in taxonomy");
    let mut group = group(criterion, "sweep");
    group.throughput(Throughput::Bytes(corpus.counts.bytes));
    for layout in LAYOUTS {
        let sweep = Sweep::new(vec![text(&corpus.of(layout))], Profiles::builtin(), taxonomy.clone());
        let every = Sweep { keep_clean: true, ..sweep.clone() };
        check_outcome(&report(&every).0, &corpus.counts);
        group.bench_function(layout.name(), |bench| bench.iter_with_large_drop(|| report(&sweep)));
    }
    group.finish();
}

criterion_group!(benches, sweep);
criterion_main!(benches);
