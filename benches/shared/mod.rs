//! What every bench reads: the generator's corpus, in memory or in a folder, with the counts that it must give.
#![allow(dead_code, reason = "each bench uses a part of it")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};
use relapse::archive::PADDING;
use relapse::record::{OutcomeKind, Parser, Profiles, Record};
use relapse::tally::{At, Failure, Tally};
use tempfile::TempDir;

#[path = "../../examples/corpus/layout/mod.rs"]
pub(crate) mod layout;
#[path = "../../examples/corpus/records/mod.rs"]
pub(crate) mod records;

pub(crate) use layout::Layout;
pub(crate) use records::{Config, Counts, World};
use records::{pieces, run_name, write_piece, write_run};

/// A group whose benches take seconds, not minutes.
pub(crate) fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group
}

/// The corpus in little: twelve runs of about a million bytes each.
pub(crate) fn config() -> Config {
    Config { bytes: 12_000_000, runs: 12, scenarios: 400, seeds: 3, ..Config::default() }
}

/// The lines of every run, and what was written.
pub(crate) fn runs(config: Config) -> (Vec<Vec<u8>>, Counts) {
    let world = World::new(config);
    let mut counts = Counts::default();
    let run = |run| {
        let mut bytes = Vec::new();
        counts.add(&write_run(&world, run, &mut bytes).expect("written to memory"));
        bytes
    };
    ((0..world.config.runs).map(run).collect(), counts)
}

/// The corpus in folders, one a layout, that vanish with it.
pub(crate) struct OnDisk {
    folder: TempDir,
    /// What was written.
    pub(crate) counts: Counts,
}

impl OnDisk {
    /// Writes it.
    pub(crate) fn new(config: Config, layouts: &[Layout]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut counts = Counts::default();
        let open = |layout: &Layout| {
            layout.open(&folder.path().join(layout.name()), layout::Options::default()).expect("the layout's folder")
        };
        let mut sinks: Vec<_> = layouts.iter().map(open).collect();
        let world = World::new(config);
        for piece in pieces(&world.config) {
            let mut bytes = Vec::new();
            counts.add(&write_piece(&world, piece, &mut bytes));
            for sink in &mut sinks {
                sink.write(&run_name(piece.run), &bytes).expect("written to disk");
            }
        }
        for sink in &mut sinks {
            sink.finish().expect("written to disk");
        }
        Self { folder, counts }
    }

    /// The folder of a layout.
    pub(crate) fn of(&self, layout: Layout) -> PathBuf {
        self.folder.path().join(layout.name())
    }
}

/// A path as the library takes it.
pub(crate) fn text(path: &Path) -> String {
    path.to_str().expect("a temporary folder's path is UTF-8").to_owned()
}

/// Calls `parse` with every line of a text with [`PADDING`] bytes behind it: the line with all that follows, and its
/// length. How many of them were records.
pub(crate) fn each_line(padded: &mut [u8], mut parse: impl FnMut(&mut [u8], usize) -> bool) -> u64 {
    let (mut start, mut records) = (0, 0);
    let end = padded.len() - PADDING;
    while let Some(len) = memchr::memchr(b'\n', &padded[start..end]) {
        records += u64::from(parse(&mut padded[start..], len));
        start += len + 1;
    }
    records
}

/// The records of one run, taken from its lines, so that a stage behind the parser can be timed alone.
pub(crate) struct Parsed {
    /// The run's id.
    pub(crate) run: String,
    /// Its records.
    pub(crate) records: Vec<Record<'static>>,
}

/// Parses runs. Their texts are kept for as long as the process lives.
pub(crate) fn parse(runs: Vec<Vec<u8>>) -> Vec<Parsed> {
    let profiles = Profiles::builtin();
    let mut parser = Parser::new(&profiles);
    let parse = |(number, mut bytes): (usize, Vec<u8>)| {
        bytes.resize(bytes.len() + PADDING, b'"');
        let mut records = Vec::new();
        each_line(&mut bytes, |line, len| {
            parser.parse(line, len, 0, |parsed| {
                parsed.is_ok_and(|parsed| {
                    records.push(keep(&parsed.record));
                    true
                })
            })
        });
        Parsed { run: format!("run-{number:04}"), records }
    };
    runs.into_iter().enumerate().map(parse).collect()
}

/// Each text on its own on the heap, as a record of another line would be.
fn keep(record: &Record<'_>) -> Record<'static> {
    fn text(text: &str) -> &'static str {
        Box::leak(text.into())
    }
    let artifacts: Vec<String> = record.artifacts.iter().map(str::to_owned).collect();
    Record {
        time: record.time,
        outcome: record.outcome,
        packet: text(record.packet),
        suite: text(record.suite),
        scenario: text(record.scenario),
        mode: text(record.mode),
        env: record.env.map(text),
        seed: record.seed,
        reason: text(record.reason),
        message: record.message.map(text),
        invariant: record.invariant.map(text),
        run: record.run.map(text),
        branch: record.branch.map(text),
        revision: record.revision.map(text),
        replay: record.replay.map(text),
        artifacts: relapse::record::Texts::Owned(artifacts.leak()),
        outcome_word: text(record.outcome_word),
        schema: record.schema.map(text),
        ..Record::EMPTY
    }
}

/// A tally of these runs; every failure is of one class.
pub(crate) fn tally(runs: &[Parsed]) -> Tally {
    let class = Failure { class: "unclassified", ruling: "nobody", severity: 3, incident_only: false };
    let mut tally = Tally::default();
    for Parsed { run, records } in runs {
        for (line, record) in (1..).zip(records) {
            let failure = (record.outcome == OutcomeKind::Fail).then_some(class);
            tally.add(record, run, At { log: run, part: 0, line }, failure);
        }
    }
    tally
}

/// Checks that a tally holds what was written.
pub(crate) fn check(tally: &Tally, counts: &Counts) {
    assert_eq!(tally.runs().iter().map(|run| run.records).sum::<u64>(), counts.lines);
    assert_eq!(tally.incidents().iter().map(|incident| incident.occurrences).sum::<u64>(), counts.failing);
    assert_eq!(tally.cells().len() as u64, counts.keys.count());
}
