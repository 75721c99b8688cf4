//! What a packing came to, for people and as JSON.

use std::fmt::{self, Write};
use std::time::Duration;

use anstyle::AnsiColor;
use schemars::JsonSchema;
use serde::Serialize;

use crate::archive::{DamageKind, Format, Skipped};
use crate::pack::{Fate, PackRow, Packed};
use crate::text::inert::inert;
use crate::text::terminal::{BOLD, DIM, bytes, colour, count, plural};

/// `relapse-pack-v1`.
#[derive(Debug, JsonSchema, Serialize)]
pub struct PackReport<'p> {
    schema_version: &'static str,
    totals: PackTotals,
    archives: Vec<ArchiveRow<'p>>,
    skipped: &'p [Skipped],
    /// Whether anything was left or lost.
    #[serde(skip)]
    has_loss: bool,
}

/// Sums over the archives that were packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct PackTotals {
    /// Archives that were packed.
    pub packed: u64,
    /// Archives that an earlier call packed, and that are as they were.
    pub unchanged: u64,
    /// Archives that were left as they are.
    pub left: u64,
    /// Originals that were removed.
    pub removed: u64,
    /// Bytes of the originals on disk.
    pub bytes_before: u64,
    /// Bytes of text.
    pub bytes_decoded: u64,
    /// Bytes of the packed archives.
    pub bytes_after: u64,
    /// Frames of the packed archives.
    pub frames: u64,
}

#[derive(Debug, JsonSchema, Serialize)]
struct ArchiveRow<'p> {
    path: &'p str,
    format: Option<Format>,
    status: &'static str,
    /// Relative path of the packed archive; null when there is none.
    output: Option<&'p str>,
    /// Why there is none.
    why: Option<String>,
    bytes_on_disk: u64,
    bytes_decoded: u64,
    bytes_packed: u64,
    frames: u64,
    damage: Vec<FaultRow>,
    damage_count: u64,
    removed: bool,
    warnings: &'p [String],
}

#[derive(Debug, JsonSchema, Serialize)]
struct FaultRow {
    what: DamageKind,
    compressed_offset: u64,
}

impl<'p> PackReport<'p> {
    /// The report of a packing.
    #[must_use]
    pub fn new(packed: &'p Packed) -> Self {
        let mut totals = PackTotals::default();
        for row in &packed.rows {
            match row.fate {
                Fate::Packed => {
                    totals.packed += 1;
                    totals.removed += u64::from(row.removed);
                    totals.bytes_before += row.bytes_on_disk;
                    totals.bytes_decoded += row.bytes_decoded;
                    totals.bytes_after += row.bytes_packed;
                    totals.frames += row.frames;
                }
                Fate::Kept => {
                    totals.unchanged += 1;
                    totals.removed += u64::from(row.removed);
                }
                Fate::Refused(_) | Fate::Unreadable(_) | Fate::Failed => totals.left += 1,
            }
        }
        Self {
            schema_version: "relapse-pack-v1",
            totals,
            archives: packed.rows.iter().map(ArchiveRow::of).collect(),
            skipped: &packed.skipped,
            has_loss: packed.has_loss(),
        }
    }
}

impl<'p> ArchiveRow<'p> {
    fn of(row: &'p PackRow) -> Self {
        let (status, why) = match &row.fate {
            Fate::Packed => ("packed", None),
            Fate::Kept => ("unchanged", None),
            Fate::Refused(refusal) => ("refused", Some(refusal.to_string())),
            Fate::Unreadable(error) => ("unreadable", Some(error.to_string())),
            Fate::Failed => ("failed", None),
        };
        let damage =
            |fault: &crate::pack::Fault| FaultRow { what: fault.what, compressed_offset: fault.compressed_offset };
        Self {
            path: &row.path,
            format: row.format,
            status,
            output: matches!(row.fate, Fate::Packed | Fate::Kept).then_some(&row.output),
            why,
            bytes_on_disk: row.bytes_on_disk,
            bytes_decoded: row.bytes_decoded,
            bytes_packed: row.bytes_packed,
            frames: row.frames,
            damage: row.damage.iter().map(damage).collect(),
            damage_count: row.damage_count,
            removed: row.removed,
            warnings: &row.warnings,
        }
    }

    /// Why it was left, or what was lost, in a few words.
    fn note(&self) -> Option<String> {
        let mut note = self.why.clone().unwrap_or_else(|| self.status.to_owned());
        for fault in self.damage.iter().take(2) {
            let what = serde_json::to_string(&fault.what).unwrap_or_default();
            // Writing to a string cannot fail.
            let _ = write!(note, "; {} at byte {}", what.trim_matches('"'), fault.compressed_offset);
        }
        if self.damage_count > 2 && self.status == "packed" {
            let _ = write!(note, "; and {}", plural(self.damage_count - 2, "more place"));
        }
        for warning in self.warnings {
            let _ = write!(note, "; {warning}");
        }
        (!matches!(self.status, "packed" | "unchanged") || self.damage_count > 0 || !self.warnings.is_empty())
            .then_some(note)
    }
}

/// A packing in a few lines. Styled with ANSI escapes, which the caller strips where they are not wanted.
#[derive(Clone, Copy, Debug)]
pub struct PackSummary<'p> {
    /// What was packed.
    pub report: &'p PackReport<'p>,
    /// How long it took.
    pub took: Duration,
    /// Folder that the packed archives were written to.
    pub out: &'p str,
}

impl fmt::Display for PackSummary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let totals = &self.report.totals;
        let seconds = self.took.as_secs_f64().max(1e-9);
        writeln!(
            f,
            "{BOLD}{} packed{BOLD:#} into {}  {DIM}{} of text in {}, {seconds:.2} s ({}/s){DIM:#}",
            plural(totals.packed, "archive"),
            inert(self.out, 200),
            bytes(totals.bytes_decoded as f64),
            plural(totals.frames, "frame"),
            bytes(totals.bytes_decoded as f64 / seconds),
        )?;
        let removed = match totals.removed {
            0 => "the originals are where they were".to_owned(),
            removed => format!("{} removed", plural(removed, "original")),
        };
        if totals.packed > 0 {
            writeln!(
                f,
                "{} before, {} after: {}; text to packed {:.1} : 1",
                bytes(totals.bytes_before as f64),
                bytes(totals.bytes_after as f64),
                change(totals.bytes_before, totals.bytes_after),
                totals.bytes_decoded as f64 / totals.bytes_after.max(1) as f64,
            )?;
            let is_damaged = |row: &ArchiveRow<'_>| row.status == "packed" && row.damage_count > 0;
            let text = if self.report.archives.iter().any(is_damaged) {
                "all text that could be read"
            } else {
                "the same text"
            };
            writeln!(f, "every packed archive was read back from the disk and holds {text}; {removed}")?;
        }
        if totals.unchanged > 0 {
            let packed = if totals.packed > 0 { String::new() } else { format!("; {removed}") };
            writeln!(f, "{} packed before, with the same text{packed}", plural(totals.unchanged, "archive"))?;
        }
        let noted: Vec<_> = self.report.archives.iter().filter_map(|row| Some((row, row.note()?))).collect();
        let unread: Vec<_> = self.report.skipped.iter().filter(|skipped| skipped.is_loss).collect();
        let passed = self.report.skipped.len() - unread.len();
        if passed > 0 {
            writeln!(f, "{DIM}passed over in folders: {}{DIM:#}", count(passed as u64))?;
        }
        if self.report.has_loss {
            let red = colour(AnsiColor::Red);
            writeln!(f, "{red}not whole:{red:#} {} left as they are", count(totals.left + unread.len() as u64))?;
        }
        for (row, note) in noted {
            writeln!(f, "  {}: {}", inert(row.path, 120), inert(&note, 300))?;
        }
        for skipped in unread {
            writeln!(f, "  {}: {}", inert(&skipped.path, 120), inert(&skipped.why, 120))?;
        }
        Ok(())
    }
}

/// How much smaller or larger.
fn change(before: u64, after: u64) -> String {
    let ratio = after as f64 / before.max(1) as f64;
    match before {
        0 => "they were empty".to_owned(),
        _ if ratio <= 1.0 => format!("{:.1} % less", (1.0 - ratio) * 100.0),
        _ => format!("{:.1} % more", (ratio - 1.0) * 100.0),
    }
}

#[cfg(test)]
mod tests {
    use super::change;

    #[test]
    fn changes_read_well() {
        assert_eq!(change(1000, 250), "75.0 % less");
        assert_eq!(change(1000, 1001), "0.1 % more");
        assert_eq!(change(0, 50), "they were empty");
    }
}
