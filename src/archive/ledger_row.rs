//! The ledger as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::format::Format;
use super::ledger::{ArchiveLedger, ByReason, ByRepair, Counts, Damage, Reject, Totals};
use super::told::Told;
use super::unjudged::Unjudged;
use crate::written::written_as;

/// What was in one archive, or in all.
#[derive(JsonSchema, Serialize)]
struct CountsRow<'l> {
    /// Bytes of text that were decoded, lost ones included.
    bytes_decoded: u64,
    /// Bytes of text around damage that belong to no whole line.
    lost_bytes: u64,
    /// Frames or members begun.
    frames: u64,
    /// Whole lines: those that are records, those of white space, and those that are rejected.
    lines: u64,
    /// Lines that are records.
    parsed: u64,
    /// Those of them that are benchmark lines.
    benchmark_lines: u64,
    /// Metrics of benchmark lines that are not finite or not above 0.
    rejected_metrics: u64,
    /// Lines of ASCII white space.
    blank: u64,
    /// Lines that are neither.
    rejected: u64,
    /// The same by reason.
    rejected_by_reason: &'l ByReason,
    /// Mapped fields that stood more than once in a line; the last value counted.
    duplicate_fields: u64,
    /// Lines that are records once their cosmetic faults are repaired.
    repaired_lines: u64,
    /// The same by kind; a line may have several.
    repaired: &'l ByRepair,
    /// Records that a filter left out.
    filtered: u64,
    /// Records that count as neither a pass nor a failure.
    excluded: u64,
    /// Records with a word of outcome that nobody knows the meaning of.
    unknown_outcomes: u64,
    /// The same by word.
    unknown_outcomes_by_word: &'l BTreeMap<String, u64>,
}

/// The account of one archive.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Archive")]
struct ArchiveRow<'l> {
    /// Relative path.
    path: &'l str,
    /// Container format; null when it could not be opened.
    format: Option<Format>,
    /// Id of its run.
    run: &'l str,
    /// Size of the file.
    bytes_on_disk: u64,
    #[serde(flatten)]
    counts: CountsRow<'l>,
    /// The archive that holds the same text, when this one was left out for that.
    duplicate_of: Option<&'l str>,
    /// All places of damage.
    damage_count: u64,
    /// The first thousand of them.
    damage: &'l [Damage],
    /// True where it is there no more, and counts as a store held it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    gone: bool,
    /// What a reader should know.
    warnings: &'l [String],
    /// The first twenty rejected lines.
    rejects: &'l [Reject],
    /// What its text looks like, where not one record was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    looks_like: Option<&'l str>,
    /// What the reader of its format made of it, or what the `only` of its profile left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    reader: Option<&'l Told>,
}

/// The account of all archives.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Totals")]
struct TotalsRow<'l> {
    /// Archives found.
    archives: u64,
    /// Size of all files.
    bytes_on_disk: u64,
    #[serde(flatten)]
    counts: CountsRow<'l>,
    /// Archives left out because another holds the same text.
    duplicate_archives: u64,
    /// Archives with damage.
    damaged_archives: u64,
    /// Archives that are there no more, and count as a store held them.
    #[serde(skip_serializing_if = "is_zero")]
    gone_archives: u64,
    /// What readers of formats made of archives.
    #[serde(skip_serializing_if = "Option::is_none")]
    readers: Option<&'l Told>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl<'l> CountsRow<'l> {
    fn new(counts: &'l Counts, unjudged: &'l Unjudged) -> Self {
        Self {
            bytes_decoded: counts.bytes_decoded,
            lost_bytes: counts.lost_bytes,
            frames: counts.frames,
            lines: counts.lines,
            parsed: counts.parsed,
            benchmark_lines: counts.benchmark_lines,
            rejected_metrics: counts.rejected_metrics,
            blank: counts.blank,
            rejected: counts.rejected.total(),
            rejected_by_reason: &counts.rejected,
            duplicate_fields: counts.duplicate_fields,
            repaired_lines: counts.repaired.lines(),
            repaired: &counts.repaired,
            filtered: counts.filtered,
            excluded: unjudged.excluded(),
            unknown_outcomes: unjudged.unknown_outcomes(),
            unknown_outcomes_by_word: unjudged.words(),
        }
    }
}

impl Serialize for ArchiveLedger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = ArchiveRow {
            path: &self.path,
            format: self.format,
            run: &self.run,
            bytes_on_disk: self.bytes_on_disk,
            counts: CountsRow::new(&self.counts, &self.unjudged),
            duplicate_of: self.duplicate_of.as_deref(),
            damage_count: self.damage_count,
            damage: &self.damage,
            gone: self.is_gone,
            warnings: &self.warnings,
            rejects: &self.rejects,
            looks_like: self.looks_like.as_deref(),
            reader: self.told.as_ref(),
        };
        row.serialize(serializer)
    }
}

impl Serialize for Totals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = TotalsRow {
            archives: self.archives,
            bytes_on_disk: self.bytes_on_disk,
            counts: CountsRow::new(&self.counts, &self.unjudged),
            duplicate_archives: self.duplicate_archives,
            damaged_archives: self.damaged_archives,
            gone_archives: self.gone_archives,
            readers: self.told.as_ref(),
        };
        row.serialize(serializer)
    }
}

written_as!(ArchiveLedger, ArchiveRow<'static>);
written_as!(Totals, TotalsRow<'static>);
