//! The ledger in a few lines.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use anstyle::AnsiColor;

use super::outcomes;
use crate::archive::{ArchiveLedger, ByRepair, Ledger, Told, Totals};
use crate::file_names::ALL_IN_LEDGER;
use crate::reason::Reason;
use crate::repair::Repair;
use crate::text::inert::inert;
use crate::text::terminal::{BOLD, bytes, colour, count, plural};

/// Warnings told.
const TOLD: usize = 3;
/// Archives with losses shown.
const SHOWN_LOSSES: usize = 8;

/// What was repaired, in words: `3 (raw control characters 2, bad UTF-8 1)`; `None` when nothing was.
pub(super) fn repaired(repaired: &ByRepair) -> Option<String> {
    let kinds = Repair::ALL.into_iter().filter(|&repair| repaired.of(repair) > 0);
    let kinds: Vec<String> = kinds.map(|repair| format!("{} {}", repair.words(), count(repaired.of(repair)))).collect();
    (repaired.lines() > 0).then(|| format!("{} ({})", count(repaired.lines()), kinds.join(", ")))
}

/// What was read, and what was not.
#[derive(Clone, Copy, Debug)]
pub struct Account<'l>(pub &'l Ledger);

impl fmt::Display for Account<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let totals = &self.0.totals();
        let counts = &totals.counts;
        writeln!(
            f,
            "\n{BOLD}ledger{BOLD:#}  {} lines = {} parsed + {} blank + {} rejected",
            count(counts.lines),
            count(counts.parsed),
            count(counts.blank),
            count(counts.rejected.total()),
        )?;
        if let Some(told) = &totals.told {
            writeln!(f, "  {}", read_by_formats(told, &self.0.archives))?;
        }
        if let Some(repaired) = repaired(&counts.repaired) {
            writeln!(f, "  repaired: {repaired}")?;
        }
        for (number, noun, what) in [
            (counts.benchmark_lines, "benchmark line", "among the parsed: relapse bench judges them"),
            (counts.rejected_metrics, "metric", "rejected: not finite or not above 0"),
            (counts.filtered, "record", "left out by a filter"),
            (totals.unjudged.excluded(), "record", "excluded by the outcome's word"),
            (counts.duplicate_fields, "repeated field", "read: the last value counts"),
            (totals.duplicate_archives, "archive", "left out: another holds the same text"),
            (totals.gone_archives, "archive", "gone, counted from the store"),
        ] {
            if number > 0 {
                writeln!(f, "  {} {what}", plural(number, noun))?;
            }
        }
        for (path, warning) in self.0.warnings().take(TOLD) {
            writeln!(f, "  warning: {}: {}", inert(path, 120), inert(warning, 200))?;
        }
        let more = self.0.warnings().skip(TOLD).count() as u64;
        if more > 0 {
            writeln!(f, "  and {}: {ALL_IN_LEDGER}", plural(more, "more warning"))?;
        }
        let unknown = outcomes::unknown_words(&totals.unjudged);
        if let Some(unknown) = &unknown {
            let red = colour(AnsiColor::Red);
            writeln!(f, "  {red}{unknown}{red:#}")?;
        }
        if !self.0.has_lost_text() && unknown.is_some() {
            return Ok(());
        }
        if counts.records() == 0 && !self.0.has_loss() {
            return writeln!(f, "  {}nothing was read{:#}", colour(AnsiColor::Red), colour(AnsiColor::Red));
        }
        if !self.0.has_lost_text() {
            return writeln!(f, "  {}nothing was lost{:#}", colour(AnsiColor::Green), colour(AnsiColor::Green));
        }
        self.losses(f, totals)
    }
}

/// What readers of formats made of archives, in a line.
fn read_by_formats(told: &Told, archives: &[ArchiveLedger]) -> String {
    let mut formats: BTreeMap<&str, u64> = BTreeMap::new();
    for archive in archives.iter().filter_map(|archive| archive.told.as_ref()) {
        *formats.entry(&archive.format).or_default() += 1;
    }
    let of = formats.iter().map(|(format, archives)| format!("{format} ({})", plural(*archives, "archive")));
    let mut line =
        format!("read as {}: {} of tests", of.collect::<Vec<_>>().join(", "), plural(told.records, "attempt"));
    // Writing to a text cannot fail.
    if told.unfinished > 0 {
        let _ = write!(line, ", {} of them without an end", count(told.unfinished));
    }
    let ignored: u64 = told.ignored.values().sum();
    if ignored > 0 {
        let kinds = told.ignored.iter().map(|(kind, number)| format!("{kind} {}", count(*number)));
        let _ = write!(line, "; beside them {} ({})", count(ignored), kinds.collect::<Vec<_>>().join(", "));
    }
    line
}

/// A size as the option takes it: the next whole MiB.
fn window(bytes: u64) -> String {
    format!("{}MiB", bytes.div_ceil(1 << 20))
}

impl Account<'_> {
    fn losses(self, f: &mut fmt::Formatter<'_>, totals: &Totals) -> fmt::Result {
        let red = colour(AnsiColor::Red);
        let unreadable = self.0.skipped.iter().filter(|skipped| skipped.is_loss).count() as u64;
        writeln!(
            f,
            "  {red}not whole:{red:#} {} damaged, {} unreadable, {} rejected, {} of text lost around damage",
            plural(totals.damaged_archives, "archive"),
            count(unreadable),
            plural(totals.counts.rejected.total(), "line"),
            bytes(totals.counts.lost_bytes as f64),
        )?;
        let mut shown = 0;
        for archive in &self.0.archives {
            let rejected = archive.counts.rejected;
            if archive.damage_count == 0 && rejected.total() == 0 {
                continue;
            }
            shown += 1;
            if shown > SHOWN_LOSSES {
                continue;
            }
            let mut line = format!("    {}:", inert(&archive.path, 120));
            for damage in archive.damage.iter().take(2) {
                let what = serde_json::to_string(&damage.what).unwrap_or_default();
                write!(line, " {} at byte {}", what.trim_matches('"'), damage.compressed_offset)?;
                write!(line, " ({} of its frame saved);", plural(damage.lines_saved, "line"))?;
                if let Some(needed) = damage.needed_window {
                    write!(line, " --max-window {} reads it;", window(needed))?;
                }
            }
            for reason in Reason::ALL.into_iter().filter(|&reason| rejected.of(reason) > 0) {
                write!(line, " {} {reason};", count(rejected.of(reason)))?;
            }
            if let Some(likeness) = &archive.looks_like {
                write!(line, " it looks like {};", inert(likeness, 200))?;
            }
            writeln!(f, "{}", line.trim_end_matches(';'))?;
        }
        for skipped in self.0.skipped.iter().filter(|skipped| skipped.is_loss).take(SHOWN_LOSSES) {
            writeln!(f, "    {}: {}", inert(&skipped.path, 120), inert(&skipped.why, 120))?;
        }
        if shown > SHOWN_LOSSES {
            writeln!(f, "    and {}: {ALL_IN_LEDGER}", plural((shown - SHOWN_LOSSES) as u64, "more archive"))?;
        }
        Ok(())
    }
}
