//! The verdicts of a scenario and its signatures, once the tests of all are adjusted.

use std::collections::BTreeSet;

use super::bench::STRONG_RUNS;
use super::case::Case;
use super::draft::{Adjusted, Draft, Settled};
use super::judgement::{Calendar, Judged, PValue, ScenarioJudgement, SignatureJudgement};
use super::names::Names;
use super::outage_row::PastRow;
use super::timeline_judge::TimelineJudge;
use super::together::Together;
use super::verdict::{Kind, Standing, Verdict};
use super::why;
use crate::stats::Test;
use crate::stats::planning::deterministic_rate_floor;
use crate::text::number::Rounded;

/// Other ways to fail that are named beside one: a log whose reasons never repeat would list each beside all.
const MOST_ALTERNATIVES: usize = 20;

impl TimelineJudge<'_> {
    /// The verdicts of a case, its tests adjusted.
    pub(super) fn settle(
        &self,
        case: Case,
        adjusted: &[Adjusted],
        together: Option<&Together<'_>>,
    ) -> ScenarioJudgement {
        let Case { mut row, mut drafts, signatures, names: levels, .. } = case;
        for draft in &mut drafts {
            draft.fix.hold_to(together.map(|together| self.clean_together(&draft.fix, together)));
        }
        let (draft, own) = (&drafts[0], &adjusted[0]);
        let settled = draft.settle(own, self.options.q);
        row.judged = judged(settled);
        row.standing = Standing::of(row.judged.kind, row.stale);
        for (levels, test, q) in
            [(&mut row.envs, draft.environment.test, own.environment), (&mut row.seeds, draft.seed.test, own.seed)]
        {
            // A test that its family dropped says nothing.
            (levels.p, levels.q) = (q.and(test).map(|test| Rounded(test.p)), q.map(Rounded));
        }
        let p_value = |test: Option<Test>, q: Option<f64>| PValue {
            p: q.and(test).map(|test| Rounded(test.p)),
            q: q.map(Rounded),
        };
        let calendar = |at: usize| p_value(draft.calendar[at], own.calendar[at]);
        row.calendar = Calendar { weekday: calendar(0), hour: calendar(1) };
        row.trend = p_value(draft.trend, own.trend);
        row.rising = own.is_rising(settled, self.options.q);
        row.revisions = p_value(draft.revision.test, own.revision);
        let significant = |q: Option<f64>| q.is_some_and(|q| q <= self.options.q);
        if settled.verdict != Verdict::NoFailure {
            if significant(own.environment) {
                row.confined_to.extend(levels.environments.iter().cloned());
            }
            if significant(own.seed) {
                row.confined_to.extend(levels.seeds.iter().map(|seed| format!("seed {seed}")));
            }
            if significant(own.revision) {
                row.confined_to.extend(levels.revisions.iter().map(|revision| format!("revision {revision}")));
            }
        }
        let n = draft.whole.n;
        row.env_odds_ratio = own.environment.and(draft.environment.odds_ratio).map(Rounded);
        match settled.verdict {
            Verdict::Fixed => row.fix_level = Some(draft.fix.level()),
            Verdict::Deterministic => {
                (row.rate_floor, row.strong) = (deterministic_rate_floor(n).map(Rounded), Some(n >= STRONG_RUNS));
            }
            Verdict::SeedUnidentifiable => {
                let failed = row.seeds.table.iter().filter(|seed| seed.failed_runs > 0);
                row.replay_seeds = failed.filter_map(|seed| seed.level.parse().ok()).collect();
            }
            _ => {}
        }
        row.more_runs_needed = match settled.verdict {
            Verdict::NewFailure => draft.more_failures,
            Verdict::InsufficientEvidence if draft.unsure.is_none() => Some(5u64.saturating_sub(draft.whole.n)),
            _ => None,
        };
        if draft.is_unstratified(settled.verdict) {
            row.controlled_for.retain(|name| *name != "revision");
            row.uncontrolled.insert(0, "revision");
        }
        row.past = self.past_row(draft, &signatures, own.clumping);
        row.planned_fix = draft.fix.planned.as_ref().map(|look| self.planned_fix_row(look, settled.verdict));
        let names = Names {
            run: &|run| self.run_name(run),
            levels: &levels,
            reason: &|way| {
                let incident = signatures.get(way as usize).map(|(incident, _)| *incident as usize);
                incident.map_or_else(String::new, |at| self.tally.text(self.tally.incidents()[at].reason).to_owned())
            },
            set_aside: &row.set_aside_runs,
            unplaced: &row.unplaced_runs,
            uncontrolled: &row.uncontrolled,
            fixes: &self.options.fixes,
            together: together.map(|together| (together.group.as_str(), together.last_failed)),
        };
        let mut why = why::why(draft, settled, own, &names, self.options.q);
        // Who reads that it fails always must know that something of it was not counted.
        if row.judged.kind == Kind::Deterministic && row.uncounted > 0 {
            why.push_str(&why::uncounted(row.uncounted));
        }
        row.would_change = why::would_change(draft, settled);
        row.why = why;
        row.envs.left_out = levels.left_out;
        row.signatures = self.signatures(&drafts, adjusted, &signatures, settled, row.stale);
        row
    }

    fn signatures(
        &self,
        drafts: &[Draft],
        adjusted: &[Adjusted],
        signatures: &[(u32, String)],
        scenario: Settled,
        stale: bool,
    ) -> Vec<SignatureJudgement> {
        let whole = &drafts[0];
        // The only way to fail has the test of its scenario.
        let only = adjusted[0].clumping.filter(|_| drafts.len() == 2);
        // Those that fail most, and one more, since none alternates with itself.
        let mut others: Vec<(std::cmp::Reverse<u64>, &String)> = drafts[1..]
            .iter()
            .zip(signatures)
            .filter(|(other, _)| other.current.x > 0)
            .map(|(other, (_, id))| (std::cmp::Reverse(other.current.x), id))
            .collect();
        others.sort_unstable();
        others.truncate(MOST_ALTERNATIVES + 1);
        drafts[1..]
            .iter()
            .zip(&adjusted[1..])
            .zip(signatures)
            .map(|((draft, adjusted), (incident, id))| {
                let own = if drafts.len() == 2 { scenario } else { draft.settle(adjusted, self.options.q) };
                // A way to fail is deterministic only if it is what happens, not one of the things that happen.
                let alone = draft.current.x * 5 >= whole.current.x * 4;
                let defers = draft.is_deferred || judged(own).kind == Kind::Deterministic && !alone;
                let incident = &self.tally.incidents()[*incident as usize];
                let past = self.past_row(draft, signatures, adjusted.clumping.or(only));
                // What it would say itself is no verdict.
                let past = if defers { PastRow { relapse: None, ..past } } else { past };
                let judged = judged(if defers { scenario } else { own });
                SignatureJudgement {
                    incident_id: id.clone(),
                    class: self.tally.text(incident.class).to_owned(),
                    reason_code: self.tally.text(incident.reason).to_owned(),
                    failed_runs: draft.whole.x,
                    censored_runs: draft.censored,
                    standing: Standing::of(judged.kind, stale),
                    judged,
                    past,
                    mixed_outcomes: draft.mixed.map(|witness| why::told(witness, &|run| self.run_name(run))),
                    alternates_with: if defers || own.verdict == Verdict::Masked {
                        alternatives(&others, id)
                    } else {
                        Vec::new()
                    },
                }
            })
            .collect()
    }
}

/// The others, by id.
fn alternatives(others: &[(std::cmp::Reverse<u64>, &String)], id: &String) -> Vec<String> {
    let others = others.iter().map(|(_, other)| *other).filter(|other| *other != id).take(MOST_ALTERNATIVES);
    others.cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

fn judged(settled: Settled) -> Judged {
    Judged { kind: settled.verdict.kind(settled.label, settled.always), verdict: settled.verdict, label: settled.label }
}
