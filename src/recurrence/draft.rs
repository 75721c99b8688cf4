//! What one series shows before its tests are seen among all others.

use super::association::{Association, Dimension};
use super::fix_base::FixBase;
use super::past::Past;
use super::regression::How;
use super::stretch::Stretch;
use super::verdict::{Kind, Label, Verdict};
use super::witness::Witness;
use crate::stats::Test;

/// A change of the failure rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Change {
    /// Place on the timeline of the first run after it.
    pub(super) run: u32,
    /// Its 99 % interval, as places on the timeline.
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) rate_before: f64,
    pub(super) rate_after: f64,
    /// Log Bayes factor, the prior odds included.
    pub(super) gain: f64,
}

/// Why clean runs at the end show no fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unsure {
    /// Their names tell another order than their clocks.
    Torn,
    /// They are of revisions that passed before the failures, and in none failed.
    OldRevisions,
    /// A run that failed may be several of one id.
    Several,
    /// A run that failed is left out, since nobody knows its place.
    Unplaced,
}

impl Unsure {
    /// In words, behind "but".
    pub(super) const fn told(self) -> &'static str {
        match self {
            Self::Torn => "their names tell another order",
            Self::OldRevisions => "their revisions passed before it failed, and were run again or gone back to",
            Self::Several => "a run that failed may be several of one id, and ended later",
            Self::Unplaced => "it failed in a run whose place is not known",
        }
    }

    /// What would tell.
    pub(super) const fn would_tell(self) -> &'static str {
        match self {
            Self::Torn | Self::Several | Self::Unplaced => "the true times of its runs",
            Self::OldRevisions => "clean runs of later revisions",
        }
    }
}

/// One series, judged as far as it can be alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// Place of the signature among the scenario's; `None` for the scenario itself.
    pub(super) signature: Option<u32>,
    /// Whether it has no verdict of its own but the scenario's: one of very many signatures.
    pub(super) is_deferred: bool,
    pub(super) whole: Stretch,
    pub(super) attempts: u64,
    pub(super) failed_attempts: u64,
    pub(super) censored: u64,
    /// The segment behind the last changepoint, and the one before it.
    pub(super) current: Stretch,
    pub(super) before: Option<Stretch>,
    pub(super) changes: Vec<Change>,
    /// Whether the segment is the runs since which each attempt fails, in all or in the levels of `how`, of failing runs of which some
    /// passed before; the one before counts, as failing, runs of which each attempt failed.
    pub(super) is_complete: bool,
    /// Clean and failing runs at the end.
    pub(super) clean: u64,
    pub(super) failing: u64,
    /// What a fix is measured by.
    pub(super) fix: FixBase,
    pub(super) witness: Option<Witness>,
    /// Of a signature, a pass beside its failure in one run or under one known revision; of all runs.
    pub(super) mixed: Option<Witness>,
    pub(super) environment: Association,
    pub(super) seed: Association,
    /// The levels are numbers of revisions on the timeline.
    pub(super) revision: Association,
    /// By weekday and by hour.
    pub(super) calendar: [Option<Test>; 2],
    /// That it fails more and more often, of a scenario.
    pub(super) trend: Option<Test>,
    /// Of both, whether other environments ran at other times, which explains the failures as well.
    pub(super) runs_elsewhere: [bool; 2],
    pub(super) bursty_p: Option<f64>,
    /// That its failures cluster: with a p below 1 where that decides whether it came back.
    pub(super) clumping: Option<Test>,
    /// Its outages, where it had any.
    pub(super) past: Option<Box<Past>>,
    /// The first run of the failing ones at the end.
    pub(super) since_failing: Option<u32>,
    /// Of a verdict on its last outage, the place of that among the runs of the series.
    pub(super) since: Option<usize>,
    /// The verdict, where it does not wait for the tests.
    pub(super) decided: Option<(Verdict, Option<Label>)>,
    /// Of a regression or a relapse, how it fails since.
    pub(super) how: Option<How>,
    /// First and last run that the verdict is about, as places on the timeline; `None` where it is about none that counts.
    pub(super) about: Option<(u32, u32)>,
    /// Whether every seed ran in one run only.
    pub(super) seeds_ran_once: bool,
    /// What failed and was not run again.
    pub(super) not_rerun: Vec<&'static str>,
    /// Why the order of its runs is not known, where it would be fixed if it were.
    pub(super) unsure: Option<Unsure>,
    /// Further failing runs that would decide a new failure.
    pub(super) more_failures: Option<u64>,
    /// Of a new failure in one level alone, which did not run since, that level, its runs, and those at their end that failed.
    pub(super) new_in: Option<(Dimension, usize, Stretch)>,
    pub(super) controlled_for: Vec<&'static str>,
    pub(super) uncontrolled: Vec<&'static str>,
}

/// The tests of one series, adjusted over their families.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Adjusted {
    pub(super) environment: Option<f64>,
    pub(super) seed: Option<f64>,
    pub(super) revision: Option<f64>,
    pub(super) calendar: [Option<f64>; 2],
    pub(super) clumping: Option<f64>,
    pub(super) trend: Option<f64>,
}

/// The smallest difference of failure rates that is called dependence.
const LEAST_DIFFERENCE: f64 = 0.2;

/// The end of the decision list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) verdict: Verdict,
    pub(super) label: Option<Label>,
    /// Whether the failing levels of a dependence always fail.
    pub(super) always: bool,
}

impl Adjusted {
    /// Whether what fails now and then does so more and more often, since its rate last changed. Bursts lie where they lie.
    pub(super) fn is_rising(&self, settled: Settled, q: f64) -> bool {
        let kind = settled.verdict.kind(settled.label, settled.always);
        kind == Kind::Flaky && settled.label != Some(Label::Bursty) && self.trend.is_some_and(|trend| trend <= q)
    }
}

impl Draft {
    /// Whether a verdict rests on a test that was made without the revisions that are known.
    pub(super) fn is_unstratified(&self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::EnvDependent => self.environment.is_unstratified,
            Verdict::SeedDependent => self.seed.is_unstratified,
            _ => false,
        }
    }

    /// The runs at which a stretch of its path begins.
    pub(super) fn bounds(&self) -> Vec<u32> {
        self.past.as_ref().map_or_else(Vec::new, |past| past.bounds())
    }

    /// The label of a flake that the weekday or the hour explains.
    pub(super) fn by_calendar(&self) -> Option<Label> {
        self.past.as_ref().and_then(|past| past.calendar.as_ref()).map(|_| Label::Calendar)
    }

    /// The verdict, now that the false discovery rate of the tests is known.
    pub(super) fn settle(&self, adjusted: &Adjusted, q: f64) -> Settled {
        if let Some((verdict, label)) = self.decided {
            // The cause of all is not gone while others fail of it.
            let is_shown = self.fix.is_shown() || self.fix.shown_as_planned().is_some();
            let verdict = if verdict == Verdict::Fixed && !is_shown { Verdict::Quiet } else { verdict };
            return Settled { verdict, label, always: false };
        }
        let significant = |adjusted: Option<f64>| adjusted.is_some_and(|adjusted| adjusted <= q);
        let (verdict, always) =
            if significant(adjusted.environment) && self.environment.risk_difference >= LEAST_DIFFERENCE {
                (Verdict::EnvDependent, !self.environment.always.is_empty())
            } else if significant(adjusted.seed) && self.seed.recurring >= 2 {
                (Verdict::SeedDependent, !self.seed.always.is_empty())
            } else if significant(adjusted.revision) {
                (Verdict::RevisionDependent, self.revision.always.len() == self.revision.failing.len())
            } else if self.seeds_ran_once {
                (Verdict::SeedUnidentifiable, false)
            } else {
                (Verdict::FlakySuspected, false)
            };
        let label = if verdict == Verdict::FlakySuspected { self.by_calendar() } else { None };
        Settled { verdict, label, always }
    }
}
