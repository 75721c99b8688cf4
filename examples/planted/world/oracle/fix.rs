//! Whether the clean runs at the end show a fix (recurrence.md, section 8).

use std::ops::Range;

use relapse::stats::fix::{clean_runs_to_outlast, longest_spells};
use relapse::stats::planning::clean_runs_needed;

use super::super::stage::Stage;
use super::counted::Counted;
use super::levels::{Dimension, Effect};
use super::past::{Past, spells};
use super::reading::Reading;
use super::segments::Segments;

/// What a fix is measured by.
pub(super) struct Fix {
    /// The failing runs and those around them, up to the last failing one.
    pub(super) base: Vec<Counted>,
    /// Whether an unfixed failure would seldom be clean for so long, at one look.
    pub(super) is_long: bool,
    /// Whether a fix is shown to who looks after every run.
    pub(super) holds: bool,
}

impl Fix {
    /// Of a series that failed at least once. No clean run at the end has a say in the base: else another one would take a fix
    /// back.
    pub(super) fn of(runs: &[Counted], past: &Past, stage: &Stage, reading: Reading) -> Result<Self, String> {
        let last =
            past.last().filter(|last| reading.outage_despite_strays || !runs[last.end..].iter().any(Counted::failed));
        let units = by_revision(runs, stage).unwrap_or_else(|| runs.to_vec());
        let fix = Self::of_units(&units, runs, past, last, reading);
        if !reading.fix_of_levels || !fix.is_long {
            return Ok(fix);
        }
        // What is long is long for all; what shows a fix may be the runs of the levels that fail.
        for dimension in [Dimension::Env, Dimension::Seed] {
            if dimension.effect(&units, stage)? != Effect::None {
                let of_levels = Self::of_units(&dimension.failing_levels(&units), runs, past, last, reading);
                return Ok(Self { holds: of_levels.holds, ..fix });
            }
        }
        Ok(fix)
    }

    fn of_units(
        units: &[Counted],
        runs: &[Counted],
        past: &Past,
        last: Option<&Range<usize>>,
        reading: Reading,
    ) -> Self {
        let end = units.iter().rposition(Counted::failed).map_or(0, |place| place + 1);
        let start = match last {
            Some(last) => units[..end].iter().rposition(|unit| unit.run <= runs[last.start].run).unwrap_or(0),
            None => Segments::of(&units[..end]).last_start(),
        };
        let base = units[start..end].to_vec();
        let spells = match last {
            Some(_) if units.len() < runs.len() => spells(&base),
            Some(_) => past.spells_inside(runs, reading.spell_of_last),
            None => spells(&units[..end]),
        };
        let (longest, alike) = longest_spells(&spells);
        let (x, n) = (base.iter().filter(|unit| unit.failed()).count(), base.len());
        let clean = units.len() - end;
        // Of all orders of the runs, those in which the clean ones stand last: C(n, x) / C(n + m, x).
        let chance: f64 = (0..x).map(|failure| (n - failure) as f64 / (n + clean - failure) as f64).product();
        Self {
            is_long: clean_runs_needed(x as u64, n as u64, 0.95).is_some_and(|needed| clean as u64 >= needed),
            holds: x >= 2
                && (x as f64 + 1.0) * chance <= 0.05 + 1e-12
                && clean as u64 >= clean_runs_to_outlast(longest, alike)
                && last.is_none_or(|_| clean >= 2 * past.longest_away()),
            base,
        }
    }
}

/// The runs of each revision as one, where all are known and agree; none where each ran once.
fn by_revision(runs: &[Counted], stage: &Stage) -> Option<Vec<Counted>> {
    stage.revisions.as_ref()?;
    let mut units: Vec<Counted> = Vec::new();
    for run in runs {
        match units.iter_mut().find(|unit| stage.revision(unit.run) == stage.revision(run.run)) {
            Some(unit) if unit.failed() != run.failed() => return None,
            Some(unit) => unit.attempts.extend(&run.attempts),
            None => units.push(run.clone()),
        }
    }
    (units.len() < runs.len()).then_some(units)
}
