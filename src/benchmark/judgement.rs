//! What judging gives: plain data, in the order and with the names of a report.

use schemars::JsonSchema;
use serde::Serialize;

use super::history::History;
use super::standing::Standing;
use super::verdict::{Finding, Method, Verdict};
use crate::tally::SeriesKey;
use crate::text::number::Rounded;

/// One series.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct SeriesRow {
    /// Its key.
    #[serde(flatten)]
    pub key: SeriesKey,
    /// Points, without the two below.
    pub points: usize,
    /// Lines that were there already.
    pub duplicates: u64,
    /// Points rejected: not finite or not above 0.
    pub rejected: u64,
    /// Least and greatest number of rounds of the points compared.
    pub rounds: Option<[u64; 2]>,
    /// Runs of benchmarks, of any series, that began after its last measurement.
    #[serde(skip)]
    pub newer_runs: usize,
    /// Whether these differ by more than 2x: the points are estimates of unlike precision.
    pub rounds_mixed: bool,
    /// The candidate's verdict.
    pub judgement: Judgement,
    /// Regimes and changes of the whole series.
    pub history: History,
    /// The values in order, for a drawing: at most the last thousand.
    pub values: Vec<Rounded>,
}

/// A candidate's verdict with all that led to it.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict in a sentence, with its numbers and what would settle it.
    pub why: String,
    /// Each condition of a change that does not hold; empty where a change is shown.
    pub reasons: Vec<String>,
    /// What a bimodal lane shows.
    pub findings: Vec<Finding>,
    /// How it was compared.
    pub method: Method,
    /// Run of the candidate, where its points name one.
    pub run: Option<String>,
    /// Candidate measurements (m).
    pub candidate: usize,
    /// Baseline measurements (n), or runs where these are compared; pairs count on both sides.
    pub baseline: usize,
    /// When the oldest of them was recorded.
    pub baseline_from_unix_ms: Option<i64>,
    /// U, W of pairs, or t of runs, in the bad direction.
    pub statistic: Option<Rounded>,
    /// A: share of pairs in which the candidate is worse, ties as halves.
    pub dominance: Option<Rounded>,
    /// Median ratio candidate / baseline (Hodges and Lehmann).
    pub ratio: Option<Rounded>,
    /// Its interval.
    pub interval: Option<[Rounded; 2]>,
    /// The interval's exact level, at least .95.
    pub level: Option<Rounded>,
    /// Least ratio less 1 that matters.
    pub delta: Option<Rounded>,
    /// One-sided p that the candidate is worse, as it enters the family: of a bimodal lane combined over its modes.
    pub p: Option<Rounded>,
    /// Adjusted in its family; null for a test that cannot reach alpha.
    pub q: Option<Rounded>,
    /// One-sided p that it is better.
    pub better_p: Option<Rounded>,
    /// Adjusted in its family.
    pub better_q: Option<Rounded>,
    /// Whether ps are exact; else normal, of samples beyond counting.
    pub exact: Option<bool>,
    /// Measurements of one run that would decide, by simulation on the lane's noise, where there are fewer.
    pub needs: Option<usize>,
    /// Further runs of one measurement, like the last, that would decide, by the same, or complete too short a baseline.
    pub more_runs: Option<usize>,
    /// That the current regime is worse than the best since the last that was accepted.
    pub standing: Option<Standing>,
    /// The two modes of a bimodal baseline.
    pub modes: Option<Modes>,
}

/// A bimodal lane.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Modes {
    /// Ashman's D; null when it is infinite.
    pub d: Option<Rounded>,
    /// p of all values together, which bimodality blunts.
    pub pooled_p: Rounded,
    /// Fisher's two-sided p that the modes are mixed alike.
    pub mix_p: Rounded,
    /// Adjusted in its family.
    pub mix_q: Option<Rounded>,
    /// By value, lower first.
    pub modes: Vec<ModeRow>,
}

/// One mode.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct ModeRow {
    /// The baseline's median there.
    pub median: Rounded,
    /// Candidate measurements in it.
    pub candidate: usize,
    /// Baseline measurements in it.
    pub baseline: usize,
    /// Median ratio there; this and what follows is null where the candidate does not visit it.
    pub ratio: Option<Rounded>,
    /// Its interval.
    pub interval: Option<[Rounded; 2]>,
    /// The interval's exact level.
    pub level: Option<Rounded>,
    /// Share of pairs in which the candidate is worse.
    pub dominance: Option<Rounded>,
    /// Least ratio less 1 that matters.
    pub delta: Option<Rounded>,
    /// One-sided p that the candidate is worse.
    pub p: Option<Rounded>,
}
