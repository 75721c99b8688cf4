//! Failures to classes: each failing record of a corpus by each taxonomy, without the memory of texts seen before.

#![allow(missing_docs, reason = "the macros of criterion document nothing")]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use relapse::record::{OutcomeKind, Record};
use relapse::taxonomy::{Classifier, Scratch, Taxonomy};

mod shared;

use shared::records::{REASONS, Reason};
use shared::{Config, config, group};

type ClassOf = fn(&Reason) -> &'static str;

const TAXONOMIES: [(&str, ClassOf); 2] =
    [("crash-triage-v1", |reason| reason.v1), ("crash-triage-v2", |reason| reason.v2)];

fn classify(criterion: &mut Criterion) {
    let (runs, counts) = shared::runs(Config { fail_rate: 0.2, ..config() });
    let parsed = shared::parse(runs);
    let is_failure = |record: &&Record<'_>| record.outcome == OutcomeKind::Fail;
    let failures: Vec<&Record<'_>> = parsed.iter().flat_map(|run| &run.records).filter(is_failure).collect();
    assert_eq!(failures.len() as u64, counts.failing);

    let mut group = group(criterion, "classify");
    group.throughput(Throughput::Elements(counts.failing));
    for (name, class_of) in TAXONOMIES {
        let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
        for (reason, lines) in REASONS.iter().zip(counts.by_reason).filter(|(_, lines)| *lines > 0) {
            *expected.entry(class_of(reason)).or_default() += lines;
        }
        let classifier = Classifier::new(&Taxonomy::CATALOG.resolve(name).expect("a built-in taxonomy"));
        let mut scratch = Scratch::default();
        let mut class = |record: &Record<'_>| classifier.classify(|role| record.text(role), &mut scratch).class;
        let mut found: BTreeMap<&str, u64> = BTreeMap::new();
        for failure in &failures {
            *found.entry(&classifier.class(class(failure)).name).or_default() += 1;
        }
        assert_eq!(found, expected, "{name}");
        group.bench_function(name, |bench| {
            bench.iter(|| failures.iter().for_each(|failure| _ = black_box(class(failure))));
        });
    }
    group.finish();
}

criterion_group!(benches, classify);
criterion_main!(benches);
