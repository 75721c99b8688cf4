//! The decision list, as far as one series alone decides it.

use std::collections::BTreeSet;

use super::association::{Dimension, Setting, count};
use super::bench::{Bench, Finders, LEAST_FAILING, MOST_TRIED, STRONG_RUNS, change, stretch};
use super::carried::Carried;
use super::complete::{Changes, Complete, NewInLevel};
use super::draft::{Change, Draft, Unsure};
use super::masked::is_masked;
use super::regression::{How, Regression};
use super::relapse::{is_again, is_bursty};
use super::series::{Series, SeriesRun};
use super::stretch::Stretch;
use super::verdict::{Label, Verdict};
use super::witness::{self, Witness};
use crate::stats::runs_test::{clustering_p_of, least_clustering_p};
use crate::stats::trend::rising;
use crate::stats::{Changepoint, Segment, Segmenter, Test};

/// Runs below which nothing but "always failed" is concluded.
const LEAST_RUNS: u64 = 5;

impl Bench<'_> {
    /// Judges a series as far as it can be alone. `if_clean`: what it is without a failure, as runs may have been left out.
    pub(super) fn draft(
        &self,
        series: &Series,
        signature: Option<u32>,
        if_clean: Verdict,
        finders: &mut Finders,
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
            since_failing: series.runs.get(series.runs.len() - series.failing_at_end()).map(|run| run.run),
            ..Draft::default()
        };
        self.name_controls(&mut draft, series);
        if draft.whole.x == 0 {
            draft.current = draft.whole;
            draft.decided = Some((if_clean, None));
            return draft;
        }
        let bits: Vec<bool> = series.runs.iter().map(|run| run.failed).collect();
        let (segmentation, base_start) = finders.segmenter.segment_and_base(&bits);
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

        draft.past = self.past(series, signature, &mut finders.outages);
        draft.clumping = clumping(&draft);
        draft.fix = self.fix_base(series, base_start, draft.past.as_deref(), &mut finders.segmenter);
        let base = &series.runs[draft.fix.start..draft.fix.end];
        draft.witness = witness::find(series, runs, self.timeline, &draft.bounds());

        let setting = Setting { series, runs, cells: &self.attempts.cells, timeline: self.timeline, key: self.key };
        draft.environment = setting.associate(Dimension::Environment, self.attempts.envs.len());
        draft.seed = setting.associate(Dimension::Seed, self.attempts.seeds.len());
        draft.revision = setting.by_revision();
        // What comes at a time of its own, or ever more often, is the scenario's, whichever way it fails.
        if signature.is_none() {
            draft.calendar = setting.calendar();
            draft.trend = rising(&runs.iter().map(|run| run.failed).collect::<Vec<_>>());
            draft.runs_elsewhere = setting.runs_elsewhere(&draft.calendar);
        }
        draft.seeds_ran_once = self.every_seed_ran_once(series);

        let regression = self.regression(&draft, series, current, segmentation.changepoints.last());
        let complete = self.complete(regression.as_ref(), series, current.start, &mut finders.segmenter);
        let regression = complete.as_ref().map(Regression::of_complete).or(regression);
        draft.decided = self.decide(&mut draft, regression, series, base, finders);
        let regressed = matches!(draft.decided, Some((Verdict::Regressed, _))) && draft.since.is_none();
        let complete = complete.filter(|_| regressed);
        // A fix is of the failures before the clean runs; all else is about the runs since the last change.
        let about = match (&draft.decided, &complete) {
            (Some((Verdict::Fixed | Verdict::Quiet | Verdict::NotRerun | Verdict::Recovered, _)), _) => base,
            _ if let Some(since) = draft.since => &series.runs[since..],
            (_, Some(complete)) => &series.runs[complete.start..],
            _ => runs,
        };
        draft.about = about.first().zip(about.last()).map(|(first, last)| (first.run, last.run));
        if let Some(complete) = complete {
            let found = change(&series.runs, &complete.change);
            draft.changes.retain(|change| change.run < found.run);
            draft.changes.push(Change {
                rate_before: complete.before.x as f64 / complete.before.n as f64,
                rate_after: 1.0,
                ..found
            });
            (draft.current, draft.before, draft.is_complete) = (complete.current, Some(complete.before), true);
        }
        if is_masked(&draft, series) {
            draft.decided = Some((Verdict::Masked, None));
        }
        draft
    }

    /// The list from `fixed` to `deterministic`.
    fn decide(
        &self,
        draft: &mut Draft,
        regression: Option<Regression>,
        series: &Series,
        base: &[SeriesRun],
        finders: &mut Finders,
    ) -> Option<(Verdict, Option<Label>)> {
        let Finders { segmenter, outages } = finders;
        let whole = draft.whole;
        // Of units, at most as many as there are runs.
        let is_long = |clean: u64| draft.fix.quiet_at.is_some_and(|needed| clean >= needed);
        if is_long(draft.clean) {
            draft.unsure = self.unsure(series, draft.fix.quiet_at);
            if draft.unsure.is_some() {
                return Some((Verdict::InsufficientEvidence, None));
            }
        }
        // Where revisions are counted, an outage that is over by its runs is.
        let is_over = draft.past.as_ref().is_some_and(|past| past.is_gone() && past.is_over);
        if is_long(draft.fix.clean) || is_over || draft.clean > 0 && draft.fix.shown_as_planned().is_some() {
            // What one planned look shows was run again since then.
            let planned = draft.fix.shown_as_planned().map(|look| look.start);
            let clean = &series.runs[planned.unwrap_or(series.runs.len() - series.clean_at_end())..];
            draft.not_rerun = self.not_rerun(series, base, clean);
            let past = draft.past.as_ref();
            let calendar = past.and_then(|past| past.calendar.as_ref()).map(|calendar| calendar.name);
            draft.not_rerun.extend(calendar.filter(|name| self.misses_calendar(base, clean, name)));
            let is_fixed = draft.fix.is_shown() || planned.is_some();
            let verdict = match past {
                _ if !draft.not_rerun.is_empty() => Verdict::NotRerun,
                Some(past) if past.may_return(draft.clean, planned.is_some()) => Verdict::Recovered,
                _ if is_fixed => Verdict::Fixed,
                _ => Verdict::Quiet,
            };
            return Some((verdict, None));
        }
        let relapse = self.relapse(draft, series, regression.as_ref());
        if relapse.is_some() {
            return relapse;
        }
        if let Some(regression) = regression {
            if let Some(witness) = self.of_same_code(series, &regression) {
                draft.witness = Some(witness);
                return Some((Verdict::Regressed, Some(Label::SameCode)));
            }
            let label = regression.how.label;
            draft.how = Some(regression.how);
            return Some((Verdict::Regressed, Some(label)));
        }
        if is_bursty(draft) {
            return Some((Verdict::Flaky, Some(Label::Bursty)));
        }
        if is_again(draft, series) {
            draft.more_failures = self.more_of_relapse(draft, series, outages);
            return Some((Verdict::NewFailure, Some(Label::Again)));
        }
        if draft.witness.is_some() {
            return Some((Verdict::Flaky, draft.by_calendar()));
        }
        let only_at_end = draft.failing > 0 && whole.x == draft.failing;
        let last = &series.runs[series.runs.len() - series.failing_at_end()..];
        let (attempts, failed) = series.attempts(last);
        let always = attempts == failed;
        // The model of changes wants passes before one; so many failures in a row need none to be told from a flake.
        if only_at_end && always && whole.n > whole.x && draft.failing >= STRONG_RUNS {
            let passed = whole.n - whole.x;
            (draft.current, draft.before) = (stretch(last), Some(Stretch { n: passed, x: 0 }));
            return Some((Verdict::Regressed, Some(Label::Deterministic)));
        }
        if only_at_end && draft.failing < STRONG_RUNS && (whole.n > whole.x || whole.n < LEAST_FAILING) {
            let bits: Vec<bool> = series.runs.iter().map(|run| run.failed).collect();
            draft.more_failures = if whole.n == whole.x {
                Some(LEAST_FAILING - whole.n)
            } else {
                more_failures(&bits, draft.failing, always, segmenter)
            };
            return Some((Verdict::NewFailure, None));
        }
        let changes = Changes { series, attempts: self.attempts, least: LEAST_FAILING };
        if let Some(NewInLevel { dimension, level, failing, bits }) = changes.new_in_level() {
            draft.more_failures = more_failures(&bits, failing as u64, false, segmenter);
            draft.new_in = Some((dimension, level, Stretch { n: bits.len() as u64, x: failing as u64 }));
            return Some((Verdict::NewFailure, None));
        }
        let always = draft.failed_attempts == draft.attempts && whole.n >= LEAST_FAILING;
        if whole.n < LEAST_RUNS && !always {
            return Some((Verdict::InsufficientEvidence, None));
        }
        always.then_some((Verdict::Deterministic, None))
    }

    /// That the last segment fails more than the one before it, behind this change.
    fn regression(
        &self,
        draft: &Draft,
        series: &Series,
        current: Segment,
        change: Option<&Changepoint>,
    ) -> Option<Regression> {
        let is_worse = draft.before.is_some_and(|before| is_more(draft.current, before));
        let change = *change.filter(|_| is_worse && draft.current.n >= LEAST_FAILING)?;
        Some(Regression { how: self.how(series, current.start..current.end), change, is_complete: false })
    }

    /// That each attempt fails since some run, in all or some levels, where the runs alone do not say so. `since`: where the last
    /// segment begins.
    fn complete(
        &self,
        regression: Option<&Regression>,
        series: &Series,
        since: usize,
        segmenter: &mut Segmenter,
    ) -> Option<Complete> {
        let changes = Changes { series, attempts: self.attempts, least: LEAST_FAILING };
        // Where the rate of all rose later, that is what is new.
        let is_newer = |complete: &Complete| regression.is_none() || complete.change.interval_high >= since;
        match regression.map(|regression| &regression.how) {
            Some(How { label: Label::Deterministic, .. }) => None,
            Some(How { label: Label::SomeEnvironments | Label::SomeSeeds, others_fail: false, .. }) => {
                changes.in_all(segmenter)
            }
            // Others fail more often, or not more.
            _ => changes.in_all(segmenter).or_else(|| changes.in_levels(segmenter).filter(is_newer)),
        }
    }

    /// A cell of one revision that passed before a change and failed behind it.
    fn of_same_code(&self, series: &Series, regression: &Regression) -> Option<Witness> {
        let Regression { how: How { label, levels, .. }, change, .. } = regression;
        // What always fails since broke behind its last pass; of what fails more often, the run is not known.
        let (before, behind) = match label {
            Label::RateRise => (change.interval_low, change.interval_high),
            _ => (change.position, change.position),
        };
        let is_meant = |cell: u32| {
            let cell = self.attempts.cells[cell as usize];
            let level = match label {
                Label::SomeEnvironments => Dimension::Environment.of(cell),
                Label::SomeSeeds => Dimension::Seed.of(cell),
                _ => return true,
            };
            level.is_some_and(|level| levels.contains(&(level as usize)))
        };
        Carried::new(series, self.timeline).across(&(0..before), &(behind..series.runs.len()), is_meant)
    }

    /// Why it is not known that the clean runs at the end were the last, where it is not.
    fn unsure(&self, series: &Series, needed: Option<u64>) -> Option<Unsure> {
        let told = |run: &SeriesRun| self.timeline.runs[run.run as usize];
        if series.runs.iter().any(|run| told(run).is_torn) {
            return Some(Unsure::Torn);
        }
        if self.attempts.unplaced.values().any(|&failed| failed) {
            return Some(Unsure::Unplaced);
        }
        let (before, clean) = series.runs.split_at(series.runs.len() - series.clean_at_end());
        let too_few = |number: usize| needed.is_some_and(|needed| (number as u64) < needed);
        // A revision that failed too says nothing: it may be one name of all.
        let revisions = |failed: bool| -> BTreeSet<_> {
            before.iter().filter(|run| run.failed == failed).filter_map(|run| told(run).revision).collect()
        };
        let (passed, failed) = (revisions(false), revisions(true));
        let is_old = |run: &&SeriesRun| {
            told(run).revision.is_some_and(|revision| passed.contains(&revision) && !failed.contains(&revision))
        };
        if too_few(clean.len() - clean.iter().filter(is_old).count()) {
            return Some(Unsure::OldRevisions);
        }
        let end = before.iter().filter(|run| run.failed).filter_map(|run| told(run).end_of_several).max()?;
        too_few(clean.iter().filter(|run| told(run).unix_ms > Some(end)).count()).then_some(Unsure::Several)
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

/// The test that its failures cluster, of the runs up to the last. Where the odds are against a relapse nobody asks for its p, and
/// the family has it as 1: the others are not made rarer by what was not looked at.
fn clumping(draft: &Draft) -> Option<Test> {
    let (x, n) = (draft.whole.x, draft.whole.n - draft.clean);
    let p = draft.past.as_ref().and_then(|past| past.course.p).unwrap_or(1.0);
    let least_attainable = least_clustering_p(x, n)?;
    (x >= 2 && x < n).then_some(Test { p, least_attainable })
}

/// Changepoints, which count in runs of the series, as places on the timeline.
fn changes(series: &Series, found: &[Changepoint], segments: &[Segment]) -> Vec<Change> {
    let between = |(found, pair): (&Changepoint, &[Segment])| Change {
        rate_before: pair[0].rate(),
        rate_after: pair[1].rate(),
        ..change(&series.runs, found)
    };
    found.iter().zip(segments.windows(2)).map(between).collect()
}

/// Whether a stretch fails more than another.
fn is_more(stretch: Stretch, other: Stretch) -> bool {
    u128::from(stretch.x) * u128::from(other.n) > u128::from(other.x) * u128::from(stretch.n)
}

/// How many more failing runs in a row, behind these, would make a new failure a regression. `always`: each attempt of those that
/// failed at the end, so many, did.
fn more_failures(bits: &[bool], failing: u64, always: bool, segmenter: &mut Segmenter) -> Option<u64> {
    (1..=MOST_TRIED).find(|&more| {
        if always && failing + more >= STRONG_RUNS {
            return true;
        }
        let failures = std::iter::repeat_n(true, usize::try_from(more).unwrap_or(usize::MAX));
        let segmentation = segmenter.segment(bits.iter().copied().chain(failures));
        match segmentation.segments[..] {
            [.., before, current] => current.rate() > before.rate() && current.runs() as u64 >= LEAST_FAILING,
            _ => false,
        }
    })
}
