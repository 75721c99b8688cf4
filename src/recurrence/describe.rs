//! What a scenario's row says before its verdict.

use super::association::{Dimension, LISTED, count, table};
use super::attempts::Attempts;
use super::case::Case;
use super::draft::{Change, Draft};
use super::groups::History;
use super::judgement::{
    Calendar, ChangepointRow, CleanRunsNeeded, FailRate, Judged, PValue, Quarantine, RecurrenceRow, ScenarioJudgement,
    WitnessRow,
};
use super::leading;
use super::names::LevelNames;
use super::outage_row::PastRow;
use super::quarantine;
use super::reproduce::Reproduce;
use super::series::{Series, SeriesRun};
use super::timeline_judge::TimelineJudge;
use super::verdict::{Kind, Label, Standing, Verdict, is_recent};
use super::why::FLAKY_RATE;
use super::witness::{Ground, Witness};
use crate::stats::Interval;
use crate::stats::interval::{jeffreys_95, wilson_95};
use crate::stats::metrics::{RunPoint, recurrence};
use crate::stats::planning::{plug_in_runs, replays_needed};
use crate::text::number::Rounded;
use crate::text::run_length::run_length;

/// The names of the levels in which a regression or a new failure is, where not in all.
fn levels_of_verdict(draft: &Draft, env: &dyn Fn(u32) -> String, seed: &dyn Fn(u32) -> String) -> Vec<String> {
    let number = |level: usize| u32::try_from(level).unwrap_or(u32::MAX);
    let levels = || draft.how.iter().flat_map(|how| &how.levels).map(|&level| number(level));
    match (draft.decided, draft.new_in) {
        (_, Some((Dimension::Environment, level, _))) => vec![env(number(level))],
        (_, Some((Dimension::Seed, level, _))) => vec![format!("seed {}", seed(number(level)))],
        (Some((_, Some(Label::SomeEnvironments))), _) => levels().map(env).collect(),
        (Some((_, Some(Label::SomeSeeds))), _) => levels().map(seed).collect(),
        _ => Vec::new(),
    }
}

impl TimelineJudge<'_> {
    /// Marks of all runs of the timeline.
    pub(super) fn marks(&self, raw: &Series, aside: &[u32], attempts: &Attempts) -> String {
        let mut marks = vec!['.'; self.timeline.runs.len()];
        for &run in &attempts.excluded_runs {
            marks[run as usize] = 'x';
        }
        for &run in attempts.unplaced.keys() {
            marks[run as usize] = '?';
        }
        for run in &raw.runs {
            marks[run.run as usize] = if run.failed { 'F' } else { 'P' };
        }
        for &run in aside {
            marks[run as usize] = 'M';
        }
        run_length(marks.into_iter())
    }

    #[expect(clippy::too_many_arguments, reason = "one call, and each is a different thing")]
    pub(super) fn describe(
        &self,
        names: &[&str; 4],
        attempts: &Attempts,
        series: &Series,
        drafts: Vec<Draft>,
        aside: &[u32],
        history: String,
        timeline: String,
    ) -> Case {
        let draft = &drafts[0];
        let (n, x) = (draft.whole.n, draft.whole.x);
        let env_name = |level: usize| self.tally.text(attempts.envs[level]).to_owned();
        let seed_name = |level: usize| attempts.seeds[level].to_string();
        let levels = |dimension, levels: usize, name: &dyn Fn(usize) -> String| {
            table(&count(series, &series.runs, &attempts.cells, dimension, levels), name)
        };
        let points: Vec<RunPoint> = series
            .runs
            .iter()
            .map(|run| RunPoint { failed: run.failed, unix_ms: self.timeline.runs[run.run as usize].unix_ms })
            .collect();
        let failing: Vec<u32> = series.runs.iter().filter(|run| run.failed).map(|run| run.run).collect();
        let witness = draft.witness.map(|witness| self.witness_row(witness, attempts));
        let witness_cell = witness.as_ref().map_or_else(String::new, cell_in_words);
        let leading = leading::signature(attempts, draft.about, aside, |incident| {
            self.tally.incidents()[incident as usize].severity
        });
        let row = ScenarioJudgement {
            packet_id: names[0].to_owned(),
            suite_id: names[1].to_owned(),
            scenario_id: names[2].to_owned(),
            mode: names[3].to_owned(),
            branch: self.timeline.branch.clone(),
            judged: Judged { kind: Kind::None, verdict: Verdict::NoFailure, label: None },
            standing: Standing::Over,
            incident_id: leading.map(|signature| attempts.signatures[signature].id.clone()),
            why: String::new(),
            would_change: String::new(),
            runs: n,
            failed_runs: x,
            attempts: draft.attempts,
            failed_attempts: draft.failed_attempts,
            excluded_runs: attempts.excluded_runs.len() as u64,
            uncounted: attempts.uncounted,
            set_aside_runs: aside.iter().map(|&run| self.run_name(run)).collect(),
            unplaced_runs: attempts.unplaced.keys().map(|&run| self.run_name(run)).collect(),
            fail_rate: fail_rate(x, n),
            history,
            ran_in: series.runs.iter().map(|run| self.first_run + run.run).collect(),
            timeline,
            seeds: levels(Dimension::Seed, attempts.seeds.len(), &seed_name),
            envs: levels(Dimension::Environment, attempts.envs.len(), &env_name),
            revisions: PValue::default(),
            confined_to: Vec::new(),
            controlled_for: draft.controlled_for.clone(),
            uncontrolled: draft.uncontrolled.clone(),
            changepoints: draft.changes.iter().map(|change| self.change(change)).collect(),
            bursty_p: draft.bursty_p.map(Rounded),
            calendar: Calendar { weekday: PValue::default(), hour: PValue::default() },
            trend: PValue::default(),
            rising: false,
            recurrence: RecurrenceRow {
                cost: Rounded(self.cost(attempts, series)),
                ..self.recurrence(&points, &series.runs, draft)
            },
            clean_runs: draft.clean,
            clean_runs_needed: CleanRunsNeeded {
                k95: draft.fix.needed_95,
                k99: draft.fix.needed_99,
                plug_in_95: plug_in_runs(draft.fix.counts.x as f64 / draft.fix.counts.n.max(1) as f64, 0.95),
                over_95: draft.past.as_ref().filter(|past| past.came_back()).and_then(|past| past.needed_95),
                longest_away: draft.past.as_ref().filter(|past| past.came_back()).map(|past| past.longest_away),
            },
            replays_needed: replays_needed(FLAKY_RATE),
            replay_seeds: Vec::new(),
            fix_level: None,
            rate_floor: None,
            strong: None,
            env_odds_ratio: None,
            more_runs_needed: None,
            planned_fix: None,
            quarantine: self.quarantine(series, attempts, &draft.bounds()),
            stale: self.is_stale(series) && !attempts.unplaced.values().any(|&failed| failed),
            groups: Vec::new(),
            signatures: Vec::new(),
            past: PastRow::default(),
            regression_range: self.regression_range(draft, series),
            witness,
            reproduce: self.reproduce(attempts, &failing, leading),
        };
        let names = self.level_names(draft, attempts, witness_cell);
        let signatures = attempts.signatures.iter().map(|s| (s.incident, s.id.clone())).collect();
        let counted = series.runs.iter().map(|run| run.run).collect();
        let changes = drafts[0].changes.iter().map(|change| change.run).collect();
        let runs = History { failing, counted, changes };
        let several = attempts.are_of_several(drafts[0].changes.last().map(|change| change.run));
        Case { row, drafts, runs, signatures, names, several }
    }

    fn level_names(&self, draft: &Draft, attempts: &Attempts, witness_cell: String) -> LevelNames {
        let environment = |level: u32| self.tally.text(attempts.envs[level as usize]).to_owned();
        let seed = |level: u32| attempts.seeds[level as usize].to_string();
        let Draft { environment: by_environment, seed: by_seed, revision: by_revision, .. } = draft;
        let left_out = by_environment.left_out.iter().filter(|_| by_environment.test.is_some());
        LevelNames {
            environments: by_environment.failing.iter().copied().map(environment).collect(),
            seeds: by_seed.failing.iter().copied().map(seed).collect(),
            revisions: by_revision.failing.iter().filter_map(|&revision| self.revision_name(revision)).collect(),
            left_out: left_out.take(LISTED).copied().map(environment).collect(),
            regressed_in: levels_of_verdict(draft, &environment, &seed),
            witness_cell,
        }
    }

    fn witness_row(&self, witness: Witness, attempts: &Attempts) -> WitnessRow {
        let levels = attempts.cells[witness.cell as usize];
        WitnessRow {
            failed_run: self.run_name(witness.failed),
            passed_run: self.run_name(witness.passed),
            env: levels.env.map(|env| self.tally.text(attempts.envs[env as usize]).to_owned()),
            seed: levels.seed.map(|seed| attempts.seeds[seed as usize]),
            ground: match witness.ground {
                Ground::SameRun => "same_run",
                Ground::SameRevision => "same_revision",
                Ground::Interleaved => "interleaved",
            },
        }
    }

    fn quarantine(&self, series: &Series, attempts: &Attempts, bounds: &[u32]) -> Quarantine {
        let name = |run| self.run_name(run);
        quarantine::replay(series, self.timeline, attempts.cells.len(), bounds, self.options.release, name)
    }

    /// Not in the last max(10, 20 %) runs.
    fn is_stale(&self, series: &Series) -> bool {
        let runs = self.timeline.runs.len();
        series.runs.last().is_none_or(|last| !is_recent(last.run as usize, runs))
    }

    fn change(&self, change: &Change) -> ChangepointRow {
        ChangepointRow {
            run: self.run_name(change.run),
            from_run: self.run_name(change.from),
            to_run: self.run_name(change.to),
            rate_before: Rounded(change.rate_before),
            rate_after: Rounded(change.rate_after),
            gain: Rounded(change.gain),
        }
    }

    fn recurrence(&self, points: &[RunPoint], runs: &[SeriesRun], draft: &Draft) -> RecurrenceRow {
        let Some(metrics) = recurrence(points) else {
            return RecurrenceRow { cost: Rounded(0.0), ..Default::default() };
        };
        let name = |at: Option<usize>| at.and_then(|at| runs.get(at)).map(|run| self.run_name(run.run));
        let share = |part: u64, whole: u64| (whole > 0).then(|| Rounded(part as f64 / whole as f64));
        RecurrenceRow {
            fail_rate_runs: share(draft.whole.x, draft.whole.n),
            fail_rate_attempts: share(draft.failed_attempts, draft.attempts),
            gap_runs_median: metrics.gaps_runs.map(|gaps| Rounded(gaps.median)),
            gap_runs_max: metrics.gaps_runs.map(|gaps| Rounded(gaps.max)),
            gap_ms_median: metrics.gaps_ms.map(|gaps| Rounded(gaps.median)),
            gap_ms_max: metrics.gaps_ms.map(|gaps| Rounded(gaps.max)),
            burstiness: metrics.burstiness.map(Rounded),
            flips: metrics.flips as u64,
            flip_rate: metrics.flip_rate.map(Rounded),
            flip_ratio: metrics.flip_ratio.map(Rounded),
            entropy: Some(Rounded(metrics.entropy)),
            first_failure: name(metrics.first_failure),
            last_failure: name(metrics.last_failure),
            streak: metrics.streak.runs as u64,
            cost: Rounded(0.0),
        }
    }

    /// The first record of the newest failing run: of the way to fail that the verdict is about, where that run has it.
    fn reproduce(&self, attempts: &Attempts, failing: &[u32], leading: Option<usize>) -> Option<Reproduce> {
        let newest = self.timeline.runs[*failing.last()? as usize].number;
        let of_run = |incident: u32| self.firsts[incident as usize].iter().find(|first| first.run == newest);
        let ways = leading.and_then(|place| attempts.signatures.get(place)).into_iter().chain(&attempts.signatures);
        let first = ways.into_iter().find_map(|signature| of_run(signature.incident))?;
        Some(Reproduce {
            replay_command: first.replay.map(|replay| self.tally.text(replay).to_owned()),
            seed: first.seed,
            env_fingerprint: first.env.map(|env| self.tally.text(env).to_owned()),
            artifact_refs: self.tally.artifacts(first),
            run: self.tally.text(self.tally.runs()[newest as usize].id).to_owned(),
            commands: Vec::new(),
        })
    }
}

fn fail_rate(x: u64, n: u64) -> FailRate {
    let pair = |interval: Option<Interval>| interval.map(|i| [Rounded(i.low), Rounded(i.high)]);
    FailRate {
        estimate: (n > 0).then(|| Rounded(x as f64 / n as f64)),
        jeffreys_95: pair(jeffreys_95(x, n)),
        wilson_95: pair(wilson_95(x, n)),
    }
}

/// The cell of a witness, as a sentence names it.
fn cell_in_words(witness: &WitnessRow) -> String {
    let env = witness.env.as_ref().map(|env| format!("environment {env}"));
    let seed = witness.seed.map(|seed| format!("seed {seed}"));
    [env, seed].into_iter().flatten().collect::<Vec<_>>().join(" and ")
}
