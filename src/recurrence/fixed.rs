//! Looking for what a fix is measured by (recurrence.md, section 8).

use std::collections::BTreeSet;

use super::bench::Bench;
use super::fix_base::FixBase;
use super::past::Past;
use super::planned_look::PlannedLook;
use super::series::{Series, SeriesRun};
use super::stretch::Stretch;
use crate::stats::Segmenter;
use crate::stats::fix::{clean_runs_to_fix, clean_runs_to_hold, clean_runs_to_outlast, longest_spells};
use crate::stats::planning::clean_runs_needed;

/// One run, or the runs of one revision.
struct Unit {
    /// Place of its first run.
    first: usize,
    failed: bool,
}

impl Bench<'_> {
    /// The last outage of several; else the runs since the last change of rate before the last failure. It does not depend on
    /// the clean runs behind it, so that no further clean run takes a fix back. `start`: where the last segment of the runs up to the
    /// last failure begins.
    pub(super) fn fix_base(
        &self,
        series: &Series,
        start: Option<usize>,
        past: Option<&Past>,
        segmenter: &mut Segmenter,
    ) -> FixBase {
        let revisions = self.pure_revisions(series);
        let by_revision = revisions.is_some();
        let units = revisions.unwrap_or_else(|| {
            series.runs.iter().enumerate().map(|(first, run)| Unit { first, failed: run.failed }).collect()
        });
        let Some(end) = units.iter().rposition(|unit| unit.failed).map(|last| last + 1) else {
            return FixBase::default();
        };
        let several = past.filter(|past| past.is_gone());
        let start = if let Some(last) = several.and_then(Past::last) {
            units.partition_point(|unit| unit.first < last.start).min(end - 1)
        } else if let Some(start) = start.filter(|_| !by_revision) {
            start
        } else {
            segmenter.last_start(units[..end].iter().map(|unit| unit.failed))
        };
        let failed = |units: &[Unit]| units.iter().filter(|unit| unit.failed).count() as u64;
        let counts = Stretch { n: (end - start) as u64, x: failed(&units[start..end]) };
        // What lies between two outages is asked for by itself.
        let within = if several.is_some() { &units[start..end] } else { &units[..end] };
        let (longest_spell, alike) = longest_spells(&spells(within));
        let outlasting = clean_runs_to_outlast(longest_spell, alike);
        // In runs, which `recovered` asks for by itself.
        let away = several.filter(|_| !by_revision).map_or(0, |past| past.away_needed(false));
        let needed =
            |level| clean_runs_to_fix(counts.x, counts.n, level).map(|needed| needed.max(outlasting).max(away));
        // What is clean before a fix was named is no sign of it.
        let landed = self.landed.map(|landed| series.runs.partition_point(|run| run.run < landed.since));
        let landed = landed.map(|at| units.partition_point(|unit| unit.first < at).max(start));
        let before = landed.map(|landed| Stretch { n: (landed - start) as u64, x: failed(&units[start..landed]) });
        let since = landed.map_or(0, |landed| units.len() - landed.max(end));
        FixBase {
            start: units[start].first,
            end: series.runs.iter().rposition(|run| run.failed).map_or(0, |last| last + 1),
            counts,
            clean: (units.len() - end) as u64,
            by_revision,
            longest_spell,
            alike,
            outlasting,
            quiet_at: clean_runs_needed(counts.x, counts.n, 0.95),
            needed_95: needed(0.95),
            needed_99: needed(0.99),
            together: None,
            planned: before.and_then(|before| self.planned_look(series, before, since as u64)),
        }
    }

    /// The look at a series since a fix of its scenario. `before`: the units before it, from where those of a fix begin; `clean`: those
    /// since it, and since the last failure.
    fn planned_look(&self, series: &Series, before: Stretch, clean: u64) -> Option<PlannedLook> {
        let landed = self.landed?;
        let start = series.runs.partition_point(|run| run.run < landed.since);
        let failed = series.runs[start..].iter().find(|run| run.failed).map(|run| run.run);
        let needed = |level| clean_runs_to_hold(before.x, before.n, level);
        Some(PlannedLook {
            landed,
            start,
            failed,
            is_another: false,
            counts: before,
            clean,
            needed_95: needed(0.95),
            needed_99: needed(0.99),
        })
    }

    /// The revisions in order, where all are known, the runs of each agree and lie together, and one ran twice: running one again
    /// says nothing new. An old one that was run again has no place among them.
    fn pure_revisions(&self, series: &Series) -> Option<Vec<Unit>> {
        let revision = |run: &SeriesRun| self.timeline.runs[run.run as usize].revision;
        if series.runs.iter().any(|run| revision(run).is_none()) {
            return None;
        }
        let (mut seen, mut units, mut first) = (BTreeSet::new(), Vec::new(), 0);
        for of_revision in series.runs.chunk_by(|a, b| revision(a) == revision(b)) {
            let failed = of_revision[0].failed;
            if !seen.insert(revision(&of_revision[0])) || of_revision.iter().any(|run| run.failed != failed) {
                return None;
            }
            units.push(Unit { first, failed });
            first += of_revision.len();
        }
        (units.len() < series.runs.len()).then_some(units)
    }
}

/// The clean units between each two failures, of which the last is the last unit.
fn spells(units: &[Unit]) -> Vec<u64> {
    let spells = units[..units.len() - 1].split(|unit| unit.failed);
    // The one before the first failure is between none.
    spells.skip(1).map(|spell| spell.len() as u64).collect()
}
