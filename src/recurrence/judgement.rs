//! What judging gives: plain data, in the order and with the names of `recurrence.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use schemars::JsonSchema;
use serde::Serialize;

use super::association::Levels;
use super::families::FamilySize;
use super::group_row::Group;
use super::outage_row::{PastRow, RelapseEvent};
use super::planned_look::PlannedFixRow;
use super::regression_range::RegressionRange;
use super::reproduce::Reproduce;
use super::verdict::{Kind, Label, Standing, Verdict};
use crate::fingerprints::Fingerprints;
use crate::text::number::Rounded;
use crate::text::run_ranges::RunRanges;

/// Every judgement of a sweep.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Recurrence {
    /// The whole in numbers.
    pub summary: Summary,
    /// The runs, in order; those of one branch stand together, and of these first the runs whose place is not known.
    pub runs: Vec<RunRow>,
    /// Scenarios that fail in the same runs, or that broke at one.
    pub groups: Vec<Group>,
    /// Scenarios that failed, or all if asked.
    pub scenarios: Vec<ScenarioJudgement>,
    /// Those that never failed, listed or not: a fresh failure of one of them is new, and not of an unknown test.
    #[serde(skip_serializing_if = "Fingerprints::is_empty")]
    pub never_failed: Fingerprints,
}

/// The whole in numbers.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct Summary {
    /// Scenarios with a record; one on several branches counts on each.
    pub scenarios: u64,
    /// Runs with a record.
    pub runs: u64,
    /// Scenarios by verdict.
    pub by_verdict: BTreeMap<&'static str, u64>,
    /// Scenarios by kind.
    pub by_kind: BTreeMap<&'static str, u64>,
    /// Ids of the runs in which a large part of all scenarios failed.
    pub mass_failure_runs: Vec<String>,
    /// Scenarios that came back, by when.
    pub relapses: Vec<RelapseEvent>,
    /// The odds at which outages were proven; only where other than usual (19) were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relapse_odds: Option<f64>,
    /// Tests made and kept, by family.
    pub families: BTreeMap<&'static str, FamilySize>,
    /// Warnings about runs and branches.
    pub warnings: Vec<String>,
    /// Those of them that say that the newest runs hold nothing: what a gate must not pass without a word.
    #[serde(skip)]
    pub empty_newest: Vec<String>,
    /// Those that tell of fixes which were named: that they did not hold, or are of nothing.
    #[serde(skip)]
    pub of_fixes: Vec<String>,
    /// The one of them that tells of nothing doubtful: that several branches are judged apart.
    #[serde(skip)]
    pub judged_apart: Option<String>,
}

/// One run.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// When it began; null when no record had a set clock, or where its clock is not believed.
    pub first_unix_ms: Option<i64>,
    /// What it tested.
    pub revision: Option<String>,
    /// On which branch.
    pub branch: Option<String>,
}

/// A verdict and why.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Judged {
    /// The headline.
    pub kind: Kind,
    /// The verdict.
    pub verdict: Verdict,
    /// The sub-label of a regression.
    pub label: Option<Label>,
}

/// One scenario.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ScenarioJudgement {
    /// Group of the scenario.
    pub packet_id: String,
    /// Suite.
    pub suite_id: String,
    /// Scenario.
    pub scenario_id: String,
    /// Variant.
    pub mode: String,
    /// Branch, where runs name several.
    pub branch: Option<String>,
    /// Kind, verdict and label.
    #[serde(flatten)]
    pub judged: Judged,
    /// Whether it is still of concern.
    pub standing: Standing,
    /// The incident that the verdict is about: of the failures that it was judged by, most are of this one.
    pub incident_id: Option<String>,
    /// The verdict in a sentence, with its numbers.
    pub why: String,
    /// What would change it.
    pub would_change: String,
    /// Counted runs.
    pub runs: u64,
    /// Those in which a counted attempt failed.
    pub failed_runs: u64,
    /// Counted attempts.
    pub attempts: u64,
    /// Those that failed.
    pub failed_attempts: u64,
    /// Runs with excluded attempts only.
    pub excluded_runs: u64,
    /// Records that count as neither a pass nor a failure; `why` tells them where that matters.
    #[serde(skip)]
    pub uncounted: u64,
    /// Ids of the mass-failure runs that were set aside.
    pub set_aside_runs: Vec<String>,
    /// Ids of the runs that are in no figure here, since their clocks are not believed and their names tell no place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unplaced_runs: Vec<String>,
    /// Failing runs of all counted ones.
    pub fail_rate: FailRate,
    /// Counted runs in order: P passed, F failed, each with how many in a row.
    pub history: String,
    /// The runs of the history, by their places in the list of runs: with the history, every run's bit.
    pub ran_in: RunRanges,
    /// All runs of the branch in order, likewise; also M set aside, x excluded, ? of unknown place, . not in the run.
    pub timeline: String,
    /// By seed.
    pub seeds: Levels,
    /// By environment.
    pub envs: Levels,
    /// By revision, of those that ran twice or more.
    pub revisions: PValue,
    /// Levels that the failures are confined to, where a test says so.
    pub confined_to: Vec<String>,
    /// Dimensions that are held equal.
    pub controlled_for: Vec<&'static str>,
    /// Dimensions that the log does not carry.
    pub uncontrolled: Vec<&'static str>,
    /// Changes of the failure rate.
    pub changepoints: Vec<ChangepointRow>,
    /// Chance of so few streaks if failures came at random.
    pub bursty_p: Option<Rounded>,
    /// By weekday and hour.
    pub calendar: Calendar,
    /// Of the runs since its rate last changed, that later ones fail more: by Cochran and Armitage, one-sided.
    pub trend: PValue,
    /// Whether what fails now and then does so more and more often, beside whatever its verdict is.
    pub rising: bool,
    /// How failures recur.
    pub recurrence: RecurrenceRow,
    /// Clean runs at the end.
    pub clean_runs: u64,
    /// Clean runs that would show a fix.
    pub clean_runs_needed: CleanRunsNeeded,
    /// Failing replays in a row that reject a flaky failure of at most one in two.
    pub replays_needed: Option<u64>,
    /// Failing seeds to replay, where every seed ran once.
    pub replay_seeds: Vec<u64>,
    /// Level in per cent at which a fix is shown: 95 or 99.
    pub fix_level: Option<u8>,
    /// Of a deterministic failure, the failure rate below which is excluded at 95 %.
    pub rate_floor: Option<Rounded>,
    /// Whether that is from 29 runs.
    pub strong: Option<bool>,
    /// Of two environments, Haldane's odds ratio.
    pub env_odds_ratio: Option<Rounded>,
    /// Further runs that would decide, where that is known.
    pub more_runs_needed: Option<u64>,
    /// The fix of it that was named; null where none was.
    pub planned_fix: Option<PlannedFixRow>,
    /// The quarantine overlay.
    pub quarantine: Quarantine,
    /// Whether it was not in the latest runs.
    pub stale: bool,
    /// Groups that it belongs to.
    pub groups: Vec<String>,
    /// Its outages.
    #[serde(flatten)]
    pub past: PastRow,
    /// Of a regression or a relapse, the revisions between which it came; null where these are not known.
    pub regression_range: Option<RegressionRange>,
    /// Its ways to fail.
    pub signatures: Vec<SignatureJudgement>,
    /// A pass and a failure of one cell.
    pub witness: Option<WitnessRow>,
    /// How to run its newest failure again.
    pub reproduce: Option<Reproduce>,
}

/// A failure rate and its intervals.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
pub struct FailRate {
    /// Failed runs of all.
    pub estimate: Option<Rounded>,
    /// Jeffreys interval, 95 %.
    pub jeffreys_95: Option<[Rounded; 2]>,
    /// Wilson interval, 95 %.
    pub wilson_95: Option<[Rounded; 2]>,
}

/// A change of the failure rate.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ChangepointRow {
    /// First run after it.
    pub run: String,
    /// 99 % interval of its place.
    pub from_run: String,
    /// Its other end.
    pub to_run: String,
    /// Failure rate before.
    pub rate_before: Rounded,
    /// Failure rate after.
    pub rate_after: Rounded,
    /// Log Bayes factor with the prior odds.
    pub gain: Rounded,
}

/// Tests of the calendar.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
pub struct Calendar {
    /// By weekday, UTC.
    pub weekday: PValue,
    /// By hour, UTC.
    pub hour: PValue,
}

/// A p value and its adjusted one.
#[derive(Clone, Copy, Debug, Default, JsonSchema, Serialize)]
pub struct PValue {
    /// Alone.
    pub p: Option<Rounded>,
    /// In its family.
    pub q: Option<Rounded>,
}

/// How failures recur.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct RecurrenceRow {
    /// Failed runs of all.
    pub fail_rate_runs: Option<Rounded>,
    /// Failed attempts of all.
    pub fail_rate_attempts: Option<Rounded>,
    /// Median of the gaps between failing runs, in runs.
    pub gap_runs_median: Option<Rounded>,
    /// Greatest of them.
    pub gap_runs_max: Option<Rounded>,
    /// Median of the gaps, in milliseconds.
    pub gap_ms_median: Option<Rounded>,
    /// Greatest of them.
    pub gap_ms_max: Option<Rounded>,
    /// (sd - mean) / (sd + mean) of the gaps.
    pub burstiness: Option<Rounded>,
    /// Changes between pass and failure.
    pub flips: u64,
    /// Of all that could be.
    pub flip_rate: Option<Rounded>,
    /// Of those that chance would make.
    pub flip_ratio: Option<Rounded>,
    /// Entropy of the failure rate in bits.
    pub entropy: Option<Rounded>,
    /// First failing run.
    pub first_failure: Option<String>,
    /// Last failing run.
    pub last_failure: Option<String>,
    /// Runs at the end that ended alike.
    pub streak: u64,
    /// Failed runs times the median duration in milliseconds of their first failing records, one for each incident and
    /// run; failed runs where none of these tells its duration.
    pub cost: Rounded,
}

/// Clean runs that would show a fix.
#[derive(Clone, Copy, Debug, Default, JsonSchema, Serialize)]
pub struct CleanRunsNeeded {
    /// At 95 %.
    pub k95: Option<u64>,
    /// At 99 %.
    pub k99: Option<u64>,
    /// By the plain rate at 95 %, for comparison.
    pub plug_in_95: Option<u64>,
    /// Of what came back, those behind its last outage that would show that this is over.
    pub over_95: Option<u64>,
    /// Of what came back, the most runs that it stayed away: more are asked for, too.
    pub longest_away: Option<u64>,
}

/// The quarantine overlay.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Quarantine {
    /// none, quarantined or released.
    pub state: &'static str,
    /// Run that put it in.
    pub since_run: Option<String>,
    /// Run after which it was let out.
    pub released_run: Option<String>,
    /// Whether it failed again within five days of a release.
    pub false_release: bool,
    /// Chance that an unfixed scenario passes the clean runs that are asked for.
    pub unfixed_chance: Option<Rounded>,
}

/// One way to fail.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct SignatureJudgement {
    /// Id of the incident.
    pub incident_id: String,
    /// Class.
    pub class: String,
    /// Reason.
    pub reason_code: String,
    /// Runs that failed with it.
    pub failed_runs: u64,
    /// Runs that failed with others only.
    pub censored_runs: u64,
    /// Kind, verdict and label.
    #[serde(flatten)]
    pub judged: Judged,
    /// Whether it is still of concern.
    pub standing: Standing,
    /// A pass and a failure with this incident in one run, or in two runs of one known revision, with one seed and
    /// environment, in words: the newest such failure. Null where there is none.
    pub mixed_outcomes: Option<String>,
    /// Its own outages: runs that failed in other ways alone are in none. `relapse` is null where the verdict is the scenario's.
    #[serde(flatten)]
    pub past: PastRow,
    /// Other ways that failed in the same segment, when this one alone does not decide: the 20 that failed most, by id.
    pub alternates_with: Vec<String>,
}

/// A pass and a failure of one cell.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct WitnessRow {
    /// The newest failing run of the cell.
    pub failed_run: String,
    /// Its nearest pass.
    pub passed_run: String,
    /// The cell's environment.
    pub env: Option<String>,
    /// The cell's seed.
    pub seed: Option<u64>,
    /// What makes the two comparable: `same_run`, `same_revision` or interleaved.
    pub ground: &'static str,
}

impl ScenarioJudgement {
    /// Packet, suite, scenario and mode.
    #[must_use]
    pub fn names(&self) -> [&str; 4] {
        [&self.packet_id, &self.suite_id, &self.scenario_id, &self.mode]
    }
}

impl Recurrence {
    /// The runs of each timeline, as places in the list: of each branch where runs name several, else of all.
    #[must_use]
    pub fn timelines(&self) -> Vec<Range<usize>> {
        if self.branches().len() < 2 {
            return std::iter::once(0..self.runs.len()).collect();
        }
        let mut at = 0;
        let range = |runs: &[RunRow]| {
            at += runs.len();
            at - runs.len()..at
        };
        self.runs.chunk_by(|a, b| a.branch == b.branch).map(range).collect()
    }

    /// The ids of the judged runs.
    #[must_use]
    pub fn run_ids(&self) -> BTreeSet<&str> {
        self.runs.iter().map(|run| run.id.as_str()).collect()
    }

    /// The branches that the judged runs name.
    #[must_use]
    pub fn branches(&self) -> BTreeSet<&str> {
        self.runs.iter().filter_map(|run| run.branch.as_deref()).collect()
    }
}
