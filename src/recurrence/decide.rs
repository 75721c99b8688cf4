//! The decision list, as far as one series alone decides it.

use super::association::{Dimension, Setting, count};
use super::attempts::Attempts;
use super::draft::{Change, Draft, Stretch};
use super::series::{Series, SeriesRun};
use super::timeline::Timeline;
use super::verdict::{Label, Verdict};
use super::witness;
use crate::stats::planning::clean_runs_needed;
use crate::stats::runs_test::clustering_p_of;
use crate::stats::{Segment, Segmenter};

/// Runs below which nothing but "always failed" is concluded.
const LEAST_RUNS: u64 = 5;
/// Runs that a regression, and a deterministic failure, need.
const LEAST_FAILING: u64 = 3;
/// Further failures that are tried to say how many decide a new failure.
const MOST_TRIED: u64 = 60;

/// One series and where it stands.
pub(super) struct Bench<'b> {
    pub(super) attempts: &'b Attempts,
    pub(super) timeline: &'b Timeline,
    /// From the scenario's names.
    pub(super) key: u64,
}

impl Bench<'_> {
    /// Judges a series as far as it can be alone. `if_clean`: what it is without a failure, as runs may have been left out.
    pub(super) fn draft(
        &self,
        series: &Series,
        signature: Option<u32>,
        if_clean: Verdict,
        segmenter: &mut Segmenter,
    ) -> Draft {
        let (attempts, failed_attempts) = series.attempts(&series.runs);
        let mut draft = Draft {
            signature,
            whole: stretch(&series.runs),
            attempts,
            failed_attempts,
            censored: series.censored(),
            clean: series.clean_at_end() as u64,
            failing: series.failing_at_end() as u64,
            ..Draft::default()
        };
        self.name_controls(&mut draft, series);
        if draft.whole.x == 0 {
            draft.current = draft.whole;
            draft.decided = Some((if_clean, None));
            return draft;
        }
        let segmentation = segmenter.segment(series.runs.iter().map(|run| run.failed));
        let segments = &segmentation.segments;
        draft.changes = changes(series, &segmentation.changepoints, segments);
        draft.bursty_p = clustering_p_of(series.runs.iter().map(|run| run.failed));
        let (current, before) = match segments[..] {
            [.., before, current] => (current, Some(before)),
            [current] => (current, None),
            [] => return draft,
        };
        let runs = &series.runs[current.start..current.end];
        draft.current = stretch(runs);
        draft.before = before.map(|before| stretch(&series.runs[before.start..before.end]));

        let base = base_of_fix(series, current, before);
        draft.base = stretch(base);
        draft.needed_95 = clean_runs_needed(draft.base.x, draft.base.n, 0.95);
        draft.needed_99 = clean_runs_needed(draft.base.x, draft.base.n, 0.99);
        draft.witness = witness::find(series, runs, self.timeline);

        let setting = Setting { series, runs, cells: &self.attempts.cells, timeline: self.timeline, key: self.key };
        draft.environment = setting.associate(Dimension::Environment, self.attempts.envs.len());
        draft.seed = setting.associate(Dimension::Seed, self.attempts.seeds.len());
        draft.calendar = setting.calendar();
        draft.seeds_ran_once = self.every_seed_ran_once(series);

        draft.decided = self.decide(&mut draft, series, runs, base, segmenter);
        // A fix is of the failures before the clean runs; all else is about the runs since the last change.
        let about = if matches!(draft.decided, Some((Verdict::Fixed | Verdict::NotRerun, _))) { base } else { runs };
        draft.about = about.first().zip(about.last()).map(|(first, last)| (first.run, last.run));
        draft
    }

    /// The list from `fixed` to `deterministic`.
    fn decide(
        &self,
        draft: &mut Draft,
        series: &Series,
        runs: &[SeriesRun],
        base: &[SeriesRun],
        segmenter: &mut Segmenter,
    ) -> Option<(Verdict, Option<Label>)> {
        let whole = draft.whole;
        if draft.needed_95.is_some_and(|needed| draft.clean >= needed) {
            draft.unsure = self.unsure(series, draft.needed_95);
            if draft.unsure.is_some() {
                return Some((Verdict::InsufficientEvidence, None));
            }
            draft.not_rerun = self.not_rerun(series, base);
            let verdict = if draft.not_rerun.is_empty() { Verdict::Fixed } else { Verdict::NotRerun };
            return Some((verdict, None));
        }
        if let Some(before) = draft.before
            && is_more(draft.current, before)
            && draft.current.n >= LEAST_FAILING
        {
            let (label, levels) = self.label(series, runs);
            draft.regressed_in = levels;
            return Some((Verdict::Regressed, Some(label)));
        }
        if draft.witness.is_some() {
            return Some((Verdict::Flaky, None));
        }
        let only_at_end = draft.failing > 0 && whole.x == draft.failing;
        if only_at_end && (whole.n > whole.x || whole.n < LEAST_FAILING) {
            draft.more_failures =
                if whole.n == whole.x { Some(LEAST_FAILING - whole.n) } else { more_failures(series, segmenter) };
            return Some((Verdict::NewFailure, None));
        }
        let always = draft.failed_attempts == draft.attempts && whole.n >= LEAST_FAILING;
        if whole.n < LEAST_RUNS && !always {
            return Some((Verdict::InsufficientEvidence, None));
        }
        always.then_some((Verdict::Deterministic, None))
    }

    /// Why it is not known that the clean runs at the end were the last, where it is not.
    fn unsure(&self, series: &Series, needed: Option<u64>) -> Option<&'static str> {
        let told = |run: &SeriesRun| self.timeline.runs[run.run as usize];
        if series.runs.iter().any(|run| told(run).is_torn) {
            return Some("their names tell another order");
        }
        let end = series.runs.iter().filter(|run| run.failed).filter_map(|run| told(run).end_of_several).max()?;
        let clean = series.runs[series.runs.len() - series.clean_at_end()..].iter();
        let behind = clean.filter(|run| told(run).unix_ms > Some(end)).count() as u64;
        needed
            .is_some_and(|needed| behind < needed)
            .then_some("a run that failed may be several of one id, and ended later")
    }

    /// How a regression fails, and in which levels where not in all.
    fn label(&self, series: &Series, runs: &[SeriesRun]) -> (Label, Vec<usize>) {
        let (attempts, failed) = series.attempts(runs);
        if attempts == failed {
            return (Label::Deterministic, Vec::new());
        }
        let splits = |dimension, levels| {
            let tallies = count(series, runs, &self.attempts.cells, dimension, levels);
            let seen = || tallies.iter().filter(|tally| tally.attempts > 0);
            // A level that ran once is always pure: only levels that recur can be told apart.
            let recurs = seen().filter(|tally| tally.runs >= 2).count() >= 2;
            let pure = seen().all(|tally| [0, tally.attempts].contains(&tally.failed_attempts));
            let failing: Vec<usize> = (0..tallies.len()).filter(|&level| tallies[level].failed_attempts > 0).collect();
            (recurs && pure && !failing.is_empty() && seen().any(|tally| tally.failed_attempts == 0)).then_some(failing)
        };
        if let Some(failing) = splits(Dimension::Environment, self.attempts.envs.len()) {
            (Label::SomeEnvironments, failing)
        } else if let Some(failing) = splits(Dimension::Seed, self.attempts.seeds.len()) {
            (Label::SomeSeeds, failing)
        } else {
            (Label::RateRise, Vec::new())
        }
    }

    /// The dimensions of which no clean run at the end ran a level that had failed.
    fn not_rerun(&self, series: &Series, base: &[SeriesRun]) -> Vec<&'static str> {
        let clean = &series.runs[series.runs.len() - series.clean_at_end()..];
        let misses = |dimension, levels| {
            let failed = count(series, base, &self.attempts.cells, dimension, levels);
            let rerun = count(series, clean, &self.attempts.cells, dimension, levels);
            let has_failed = failed.iter().any(|tally| tally.failed_runs > 0);
            has_failed && !failed.iter().zip(&rerun).any(|(failed, rerun)| failed.failed_runs > 0 && rerun.runs > 0)
        };
        let seeds = self.attempts.seeds.len();
        let recur = count(series, &series.runs, &self.attempts.cells, Dimension::Seed, seeds)
            .iter()
            .any(|tally| tally.runs >= 2);
        let mut missed = Vec::new();
        if misses(Dimension::Environment, self.attempts.envs.len()) {
            missed.push("environment");
        }
        if recur && misses(Dimension::Seed, seeds) {
            missed.push("seed");
        }
        missed
    }

    fn every_seed_ran_once(&self, series: &Series) -> bool {
        let tallies = count(series, &series.runs, &self.attempts.cells, Dimension::Seed, self.attempts.seeds.len());
        let seen = || tallies.iter().filter(|tally| tally.runs > 0);
        seen().count() >= 2 && seen().all(|tally| tally.runs == 1)
    }

    fn name_controls(&self, draft: &mut Draft, series: &Series) {
        let known = series.runs.iter().all(|run| self.timeline.runs[run.run as usize].revision.is_some());
        let dimensions = [
            ("revision", known && !series.runs.is_empty()),
            ("environment", !self.attempts.envs.is_empty()),
            ("seed", !self.attempts.seeds.is_empty()),
        ];
        for (name, carried) in dimensions {
            if carried { &mut draft.controlled_for } else { &mut draft.uncontrolled }.push(name);
        }
    }
}

/// Changepoints, which count in runs of the series, as places on the timeline.
fn changes(series: &Series, found: &[crate::stats::Changepoint], segments: &[Segment]) -> Vec<Change> {
    let run = |at: usize| series.runs[at.min(series.runs.len() - 1)].run;
    let change = |(change, pair): (&crate::stats::Changepoint, &[Segment])| Change {
        run: run(change.position),
        from: run(change.interval_low),
        to: run(change.interval_high),
        rate_before: pair[0].rate(),
        rate_after: pair[1].rate(),
        gain: change.gain,
    };
    found.iter().zip(segments.windows(2)).map(change).collect()
}

fn stretch(runs: &[SeriesRun]) -> Stretch {
    Stretch { n: runs.len() as u64, x: runs.iter().filter(|run| run.failed).count() as u64 }
}

/// Whether a stretch fails more than another.
fn is_more(stretch: Stretch, other: Stretch) -> bool {
    u128::from(stretch.x) * u128::from(other.n) > u128::from(other.x) * u128::from(stretch.n)
}

/// The last segment with a failure, up to and including its last failing run.
fn base_of_fix(series: &Series, current: Segment, before: Option<Segment>) -> &[SeriesRun] {
    let segment = if current.fails > 0 { current } else { before.unwrap_or(current) };
    let runs = &series.runs[segment.start..segment.end];
    let end = runs.iter().rposition(|run| run.failed).map_or(0, |last| last + 1);
    &runs[..end]
}

/// How many more failing runs in a row would make a new failure a regression.
fn more_failures(series: &Series, segmenter: &mut Segmenter) -> Option<u64> {
    (1..=MOST_TRIED).find(|&more| {
        let failures = std::iter::repeat_n(true, usize::try_from(more).unwrap_or(usize::MAX));
        let segmentation = segmenter.segment(series.runs.iter().map(|run| run.failed).chain(failures));
        match segmentation.segments[..] {
            [.., before, current] => current.rate() > before.rate() && current.runs() as u64 >= LEAST_FAILING,
            _ => false,
        }
    })
}
