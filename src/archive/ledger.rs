//! The ledger: what was read, what was refused and why, and what was lost. It always reconciles:
//! lines = parsed + blank + rejected.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use schemars::JsonSchema;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::damage::DamageKind;
use super::discover::Skipped;
use super::format::Format;
use super::told::Told;
use super::unjudged::Unjudged;
use crate::reason::Reason;
use crate::repair::{Repair, Repairs};
use crate::written::written_as;

/// Rejected lines that are listed per archive; all are counted.
pub const LISTED_REJECTS: usize = 20;
/// Places of damage that are listed per archive; all are counted.
pub const LISTED_DAMAGE: usize = 1000;

/// Lines rejected, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByReason([u64; Reason::ALL.len()]);

impl ByReason {
    /// Counts one line.
    pub fn count(&mut self, reason: Reason) {
        self.0[reason as usize] += 1;
    }

    /// So many lines of each reason, in the order of [`Reason::ALL`].
    #[must_use]
    pub fn of_counts(counts: [u64; Reason::ALL.len()]) -> Self {
        Self(counts)
    }

    /// Lines with this reason.
    #[must_use]
    pub fn of(&self, reason: Reason) -> u64 {
        self.0[reason as usize]
    }

    /// Lines with any reason.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

written_as!(ByReason, BTreeMap<String, u64>);

impl Serialize for ByReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for reason in Reason::ALL.into_iter().filter(|&reason| self.of(reason) > 0) {
            map.serialize_entry(reason.name(), &self.of(reason))?;
        }
        map.end()
    }
}

/// Lines repaired, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByRepair {
    lines: u64,
    kinds: [u64; Repair::ALL.len()],
}

impl ByRepair {
    /// Counts one line, if anything was repaired in it.
    pub fn count(&mut self, repairs: Repairs) {
        // Of nearly all lines.
        if repairs.is_empty() {
            return;
        }
        self.lines += 1;
        for repair in repairs.iter() {
            self.kinds[repair as usize] += 1;
        }
    }

    /// So many lines, and so many of each kind in the order of [`Repair::ALL`].
    #[must_use]
    pub fn of_counts(lines: u64, kinds: [u64; Repair::ALL.len()]) -> Self {
        Self { lines, kinds }
    }

    /// Adds repairs of one kind in so many of at most `most` records.
    pub fn add(&mut self, repair: Repair, count: u64, most: u64) {
        self.lines = (self.lines + count).min(most);
        self.kinds[repair as usize] += count;
    }

    /// Lines in which anything was repaired.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Lines with this kind of repair; a line may have several.
    #[must_use]
    pub fn of(&self, repair: Repair) -> u64 {
        self.kinds[repair as usize]
    }
}

impl AddAssign for ByRepair {
    fn add_assign(&mut self, other: Self) {
        self.lines += other.lines;
        for (mine, theirs) in self.kinds.iter_mut().zip(other.kinds) {
            *mine += theirs;
        }
    }
}

written_as!(ByRepair, BTreeMap<String, u64>);

impl Serialize for ByRepair {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for repair in Repair::ALL.into_iter().filter(|&repair| self.of(repair) > 0) {
            map.serialize_entry(repair.name(), &self.of(repair))?;
        }
        map.end()
    }
}

/// What a stretch of text held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes of text that were decoded, lost ones included.
    pub bytes_decoded: u64,
    /// Bytes of text around damage that belong to no whole line.
    pub lost_bytes: u64,
    /// Frames or members begun.
    pub frames: u64,
    /// Whole lines.
    pub lines: u64,
    /// Lines that are records.
    pub parsed: u64,
    /// Those of them that are no record of their own: events of a test besides the one that it is counted by.
    pub beside: u64,
    /// Those of them that are benchmark lines.
    pub benchmark_lines: u64,
    /// Metrics of benchmark lines that are not finite or not above 0.
    pub rejected_metrics: u64,
    /// Lines of ASCII white space.
    pub blank: u64,
    /// Lines that are neither.
    pub rejected: ByReason,
    /// Mapped fields that stood more than once in a line; the last value counted.
    pub duplicate_fields: u64,
    /// Lines that are records once their cosmetic faults are repaired; they are among the parsed.
    pub repaired: ByRepair,
    /// Records that a filter (`--since`, `--until`, `--packet`) left out; they are among the parsed.
    pub filtered: u64,
}

impl Counts {
    /// Records: attempts of tests, and benchmark lines.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.parsed - self.beside
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.bytes_decoded += other.bytes_decoded;
        self.lost_bytes += other.lost_bytes;
        self.frames += other.frames;
        self.lines += other.lines;
        self.parsed += other.parsed;
        self.beside += other.beside;
        self.benchmark_lines += other.benchmark_lines;
        self.rejected_metrics += other.rejected_metrics;
        self.blank += other.blank;
        for (mine, theirs) in self.rejected.0.iter_mut().zip(other.rejected.0) {
            *mine += theirs;
        }
        self.duplicate_fields += other.duplicate_fields;
        self.repaired += other.repaired;
        self.filtered += other.filtered;
    }
}

/// One rejected line.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Reject {
    /// Number of the line in its archive, from 1.
    pub line: u64,
    /// Offset of its first byte in the decoded text.
    pub offset: u64,
    /// Why.
    pub reason: Reason,
    /// What the parser said.
    pub message: String,
}

/// One place of damage.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Damage {
    /// What is wrong.
    pub what: DamageKind,
    /// Where, in the archive's own bytes.
    pub compressed_offset: u64,
    /// Where, in the decoded text.
    pub decoded_offset: u64,
    /// Whole lines of the damaged frame or member that count, from its start to this place.
    pub lines_saved: u64,
    /// Number of the first of them; null when there is none.
    pub first_line: Option<u64>,
    /// Bytes of history that decoding needs, where that is more than `--max-window` allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_window: Option<u64>,
}

/// The account of one archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArchiveLedger {
    /// Relative path.
    pub path: String,
    /// Container format; `None` when it could not be opened.
    pub format: Option<Format>,
    /// Id of its run.
    pub run: String,
    /// Size of the file.
    pub bytes_on_disk: u64,
    /// What was in it.
    pub counts: Counts,
    /// Its records that neither passed nor failed; what a filter left out is not among them.
    pub unjudged: Unjudged,
    /// The archive that holds the same text, when this one was left out for that.
    pub duplicate_of: Option<String>,
    /// The first [`LISTED_DAMAGE`] places of damage.
    pub damage: Vec<Damage>,
    /// All places of damage.
    pub damage_count: u64,
    /// Whether it is there no more, and counts as a store held it.
    pub is_gone: bool,
    /// What a reader should know.
    pub warnings: Vec<String>,
    /// The first [`LISTED_REJECTS`] rejected lines.
    pub rejects: Vec<Reject>,
    /// What its text looks like, where not one record was read.
    pub looks_like: Option<String>,
    /// What the reader of its format made of it, or what the `only` of its profile left out; `None` for lines of one record each.
    pub told: Option<Told>,
}

impl ArchiveLedger {
    /// Whether anything of it was damaged or rejected, or has an outcome that nobody knows the meaning of.
    #[must_use]
    pub fn loses(&self) -> bool {
        self.damage_count + self.counts.rejected.total() + self.unjudged.unknown_outcomes() > 0
    }
}

/// The account of all archives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Archives found.
    pub archives: u64,
    /// Size of all files.
    pub bytes_on_disk: u64,
    /// What was in them.
    pub counts: Counts,
    /// Records that neither passed nor failed.
    pub unjudged: Unjudged,
    /// Archives left out because another holds the same text.
    pub duplicate_archives: u64,
    /// Archives with damage.
    pub damaged_archives: u64,
    /// Archives that are there no more, and count as a store held them.
    pub gone_archives: u64,
    /// What readers of formats made of archives; `None` where there is none of a format.
    pub told: Option<Told>,
}

/// The ledger of a sweep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Every archive, in byte order of the relative paths.
    pub archives: Vec<ArchiveLedger>,
    /// What was passed over in folders.
    pub skipped: Vec<Skipped>,
}

impl Ledger {
    /// Adds everything up.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals { archives: self.archives.len() as u64, ..Totals::default() };
        for archive in &self.archives {
            totals.bytes_on_disk += archive.bytes_on_disk;
            totals.counts += archive.counts;
            totals.unjudged.add(&archive.unjudged);
            totals.duplicate_archives += u64::from(archive.duplicate_of.is_some());
            totals.damaged_archives += u64::from(archive.damage_count > 0);
            totals.gone_archives += u64::from(archive.is_gone);
            if let Some(told) = &archive.told {
                totals.told.get_or_insert_default().add(told);
            }
        }
        totals
    }

    /// Every warning, with the path of its archive.
    pub fn warnings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.archives
            .iter()
            .flat_map(|archive| archive.warnings.iter().map(|warning| (archive.path.as_str(), warning.as_str())))
    }

    /// Whether anything was damaged, rejected or unreadable, or has an outcome that nobody knows the meaning of.
    #[must_use]
    pub fn has_loss(&self) -> bool {
        self.has_lost_text() || self.archives.iter().any(|archive| archive.unjudged.unknown_outcomes() > 0)
    }

    /// Whether anything was damaged, rejected or unreadable.
    #[must_use]
    pub fn has_lost_text(&self) -> bool {
        let totals = self.totals();
        totals.damaged_archives > 0
            || totals.counts.rejected.total() > 0
            || self.skipped.iter().any(|skipped| skipped.is_loss)
    }
}
