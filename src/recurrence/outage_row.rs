//! The outages of a scenario, as `recurrence.json` has them.

use schemars::JsonSchema;
use serde::Serialize;

use super::draft::Draft;
use super::known_outage::KnownOutage;
use super::past::{Level, Past, Place, Reason, Shape, Span};
use super::timeline_judge::TimelineJudge;
use super::verdict::{Label, Verdict};
use crate::text::number::Rounded;

/// Outages that are listed: the newest.
const LISTED: usize = 50;

/// The outages of a scenario, or of a way to fail.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct PastRow {
    /// What its failures look like; null without a path of outages.
    pub pattern: Option<PatternRow>,
    /// Its outages, the newest 50, in order.
    pub outages: Vec<OutageRow>,
    /// Of what came back, is gone again or fails again, the outages before these that an earlier sweep's output alone knows. Only where
    /// there are some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier_outages: Vec<KnownOutage>,
    /// Of what came back, is gone again or fails again, how.
    pub relapse: Option<RelapseRow>,
}

/// What the failures of a scenario look like.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct PatternRow {
    /// Independent, or outages of some kind.
    pub name: Shape,
    /// `ln` of the odds of the outages over a steady rate.
    pub ln_odds: Rounded,
    /// Failing runs of all inside the outages.
    pub in_rate: Option<Rounded>,
    /// And outside.
    pub out_rate: Option<Rounded>,
    /// Failing runs outside.
    pub strays: u64,
}

/// A run at which an outage began, or was over.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct BoundaryRow {
    /// Its id.
    pub run: String,
    /// 99 % interval of its place; null unless outages are proven.
    pub from_run: Option<String>,
    /// Its other end.
    pub to_run: Option<String>,
}

/// A stretch of runs in which a scenario was broken.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct OutageRow {
    /// Its first run.
    pub start: BoundaryRow,
    /// The first run behind it; null where it is not over.
    pub end: Option<BoundaryRow>,
    /// Its last failing run.
    pub last_failed_run: String,
    /// Its runs.
    pub runs: u64,
    /// Those that failed.
    pub failed_runs: u64,
    /// Runs since the outage before, or since the first run.
    pub clean_before: u64,
    /// Milliseconds since the last failing run before it.
    pub clean_before_ms: Option<i64>,
    /// The chance that it had been broken since the outage before.
    pub gone_risk: Option<Rounded>,
    /// The incidents that failed in four of five of its failing runs.
    pub reasons: Vec<String>,
    /// The environments (or seeds, as `seed 7`) that always failed inside, where the others never did.
    pub confined_to: Vec<String>,
    /// Whether most of its runs were mass failures.
    pub mass: bool,
}

/// How it came back.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct RelapseRow {
    /// First run of the last outage.
    pub since_run: String,
    /// Outages before it, those of [`PastRow::earlier_outages`] among them.
    pub times_before: u64,
    /// Runs that it stayed away before it.
    pub away_runs: u64,
    /// And milliseconds.
    pub away_ms: Option<i64>,
    /// The chance that it is no relapse.
    pub risk: Option<Rounded>,
    /// The chance that a steady flake makes so few streaks.
    pub p: Option<Rounded>,
    /// The same among all series of its family; it decides nothing.
    pub q: Option<Rounded>,
    /// Its reasons beside those of the earlier outages.
    pub reason: Reason,
    /// The last run that failed for the same reason before.
    pub reason_last_failed_run: Option<String>,
    /// What passed and failed of one revision, where that is so.
    pub by_revision: Option<ByRevisionRow>,
    /// The chance of so long an absence at the pace of the outages before.
    pub pace_chance: Option<Rounded>,
}

/// A pass and a failure of one cell and one revision on two sides of a boundary.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct ByRevisionRow {
    /// The revision.
    pub revision: Option<String>,
    /// The run that passed.
    pub passed_run: String,
    /// The run that failed.
    pub failed_run: String,
}

/// Scenarios whose last outages may have begun at one run, and the ones before these too: one cause, most likely.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct RelapseEvent {
    /// The first run of the earliest.
    pub since: String,
    /// The common interval of their starts.
    pub from_run: String,
    /// Its other end.
    pub to_run: String,
    /// Packet, suite, scenario and mode of each.
    pub scenarios: Vec<[String; 4]>,
    /// The groups that any of them belongs to.
    pub groups: Vec<String>,
}

impl TimelineJudge<'_> {
    /// The outages of a series. `signatures`: incident and id of each way to fail; `q`: its adjusted p.
    pub(super) fn past_row(&self, draft: &Draft, signatures: &[(u32, String)], q: Option<f64>) -> PastRow {
        let past = draft.past.as_deref();
        PastRow {
            pattern: past.map(pattern_row),
            outages: past.map_or_else(Vec::new, |past| self.outage_rows(past, signatures)),
            earlier_outages: Vec::new(),
            relapse: self.relapse_row(draft, q),
        }
    }
    fn outage_rows(&self, past: &Past, signatures: &[(u32, String)]) -> Vec<OutageRow> {
        let boundary = |(run, interval): Place| BoundaryRow {
            run: self.run_name(run),
            from_run: interval.map(|(from, _)| self.run_name(from)),
            to_run: interval.map(|(_, to)| self.run_name(to)),
        };
        let row = |span: &Span| OutageRow {
            start: boundary(span.start),
            end: span.end.map(boundary),
            last_failed_run: self.run_name(span.last_failed),
            runs: span.runs,
            failed_runs: span.failed,
            clean_before: span.clean_before,
            clean_before_ms: span.clean_before_ms,
            gone_risk: span.gone_risk.map(Rounded),
            reasons: span.reasons.iter().map(|&way| signatures[way as usize].1.clone()).collect(),
            confined_to: span.confined_to.iter().take(LISTED).map(|level| self.level_name(*level)).collect(),
            mass: span.is_mass,
        };
        past.spans.iter().skip(past.spans.len().saturating_sub(LISTED)).map(row).collect()
    }

    fn level_name(&self, level: Level) -> String {
        match level {
            Level::Environment(name) => self.tally.text(name).to_owned(),
            Level::Seed(seed) => format!("seed {seed}"),
        }
    }

    /// Of a verdict that is about it.
    fn relapse_row(&self, draft: &Draft, q: Option<f64>) -> Option<RelapseRow> {
        let is_about = matches!(
            draft.decided,
            Some((Verdict::Relapsed | Verdict::Recovered, _) | (Verdict::NewFailure, Some(Label::Again)))
        );
        let past = draft.past.as_ref().filter(|_| is_about)?;
        let last = past.spans.last()?;
        // Behind an outage that was over, what fails again is no part of one.
        let behind = draft.whole.n - past.course.outages.last().map_or(0, |last| last.end as u64);
        let tail = draft.since_failing.filter(|_| behind > 0 && draft.failing > 0);
        if let Some(since) = tail {
            return Some(RelapseRow {
                since_run: self.run_name(since),
                times_before: past.spans.len() as u64,
                away_runs: behind.saturating_sub(draft.failing),
                away_ms: None,
                risk: None,
                p: None,
                q: None,
                reason: Reason::Unknown,
                reason_last_failed_run: None,
                by_revision: None,
                pace_chance: None,
            });
        }
        let revision = |run: u32| self.run_row(self.timeline.runs[run as usize].number).revision;
        Some(RelapseRow {
            since_run: self.run_name(last.start.0),
            times_before: past.times_before as u64,
            away_runs: last.clean_before,
            away_ms: last.clean_before_ms,
            risk: past.course.risk().map(Rounded),
            p: past.course.p.map(Rounded),
            q: past.course.p.and(q).map(Rounded),
            reason: past.reason,
            reason_last_failed_run: past.reason_last.map(|run| self.run_name(run)),
            by_revision: past.by_revision.map(|witness| ByRevisionRow {
                revision: revision(witness.passed),
                passed_run: self.run_name(witness.passed),
                failed_run: self.run_name(witness.failed),
            }),
            pace_chance: past.course.pace_chance.map(Rounded),
        })
    }
}

fn pattern_row(past: &Past) -> PatternRow {
    let (inside, failed) = past.inside();
    let rate = |x: u64, n: u64| (n > 0).then(|| Rounded(x as f64 / n as f64));
    PatternRow {
        name: past.shape,
        ln_odds: Rounded(past.course.ln_odds),
        in_rate: rate(failed, inside),
        out_rate: rate(past.strays, past.outside),
        strays: past.strays,
    }
}
