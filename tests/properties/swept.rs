//! Sweeps of a few bytes.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use relapse::analysis::IncidentReport;
use relapse::archive::Entry;
use relapse::record::Profiles;
use relapse::recurrence::{Options, judge};
use relapse::report::RecurrenceReport;
use relapse::sweep::{Outcome, Silent, Sweep, Taxonomies};

/// The name of the one archive.
const NAME: &str = "fuzzed.jsonl";

static SWEEP: LazyLock<Sweep> = LazyLock::new(|| {
    let profiles = Profiles::builtin();
    let taxonomies = Taxonomies::of(&profiles).expect("they are built in");
    Sweep { threads: 1, ..Sweep::new(Vec::new(), profiles, taxonomies) }
});

/// A folder that lives as long as one input, in memory where the system has such a place.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        Self(folder.expect("a temporary folder"))
    }

    /// With one archive of these bytes.
    pub(crate) fn with(bytes: &[u8]) -> Self {
        let folder = Self::new();
        std::fs::write(folder.archive(), bytes).expect("files can be written");
        folder
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn archive(&self) -> PathBuf {
        self.join(NAME)
    }

    pub(crate) fn entry(&self) -> Entry {
        Entry::of_file(&self.archive().to_string_lossy())
    }

    /// The sweep of the archive with the built-in definitions, by one thread.
    pub(crate) fn sweep(&self) -> Sweep {
        Sweep { inputs: vec![self.archive().to_string_lossy().into_owned()], ..SWEEP.clone() }
    }
}

/// Whether an input is swept by several threads, too. Starting them takes longer than all else, so that one of four is.
pub(crate) fn is_for_several(input: &[u8]) -> bool {
    xxhash_rust::xxh3::xxh3_64(input).is_multiple_of(4)
}

/// What a sweep finds in an archive of these bytes.
pub(crate) fn swept(bytes: &[u8], threads: usize) -> Outcome {
    let folder = Folder::with(bytes);
    run(&Sweep { threads, ..folder.sweep() })
}

/// What a sweep with other definitions finds there.
pub(crate) fn swept_with(bytes: &[u8], profiles: Profiles, taxonomies: Taxonomies) -> Outcome {
    let folder = Folder::with(bytes);
    run(&Sweep { profiles, taxonomies, ..folder.sweep() })
}

fn run(sweep: &Sweep) -> Outcome {
    sweep.run(&Silent).expect("there is an archive")
}

/// Everything that reports are made of, but for the ledger.
pub(crate) fn said(outcome: &Outcome, taxonomies: &Taxonomies) -> String {
    let order = outcome.tally.run_order(i64::MAX);
    let recurrence = judge(&outcome.tally, &outcome.clean, &order, &Options::default());
    let incidents = IncidentReport::new(&outcome.tally, &outcome.clean, &order, &recurrence, taxonomies, None);
    let text = serde_json::to_string(&(incidents, RecurrenceReport::new(&recurrence, ""))).expect("reports are JSON");
    format!("{text} {:?}", outcome.benchmarks)
}

/// As [`said`], with the built-in taxonomies.
pub(crate) fn said_by_default(outcome: &Outcome) -> String {
    said(outcome, &SWEEP.taxonomies)
}

/// Holds the ledger to what it promises of any input.
pub(crate) fn reconciles(outcome: &Outcome) {
    for archive in &outcome.ledger.archives {
        let counts = &archive.counts;
        assert_eq!(counts.lines, counts.parsed + counts.blank + counts.rejected.total(), "{archive:?}");
        assert!(counts.lost_bytes <= counts.bytes_decoded, "{archive:?}");
        assert_eq!(archive.damage_count > 0, !archive.damage.is_empty(), "{archive:?}");
    }
}
