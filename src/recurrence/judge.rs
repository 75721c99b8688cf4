//! Judging a tally.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::association::{Dimension, count, table};
use super::attempts::{Attempts, collect};
use super::decide::Bench;
use super::draft::{Adjusted, Draft, Settled};
use super::families;
use super::groups;
use super::judgement::{
    Calendar, ChangepointRow, CleanRunsNeeded, FailRate, Group, Judged, PValue, Quarantine, Recurrence, RecurrenceRow,
    Reproduce, RunRow, ScenarioJudgement, SignatureJudgement, Summary, WitnessRow,
};
use super::mass::{MassFailures, RunLoad};
use super::options::Options;
use super::quarantine;
use super::series::{Series, SeriesRun};
use super::timeline::{Timeline, timelines};
use super::verdict::{Kind, Verdict};
use super::why::{self, FLAKY_RATE, Names};
use super::witness::Ground;
use crate::number::Rounded;
use crate::stats::interval::{jeffreys_95, wilson_95};
use crate::stats::metrics::{RunPoint, recurrence};
use crate::stats::planning::{plug_in_runs, replays_needed};
use crate::stats::{Interval, Segmenter};
use crate::tally::{Cell, Facet, First, RunOrder, Tally, What};

/// Judges every scenario and every signature. Runs on the rayon pool that it is called in; the result does not depend
/// on it.
#[must_use]
pub fn judge(tally: &Tally, order: &RunOrder, options: &Options) -> Recurrence {
    let scenarios = cells_by_scenario(tally);
    let firsts = newest_firsts(tally, order);
    let mut all =
        Recurrence { summary: Summary::default(), runs: Vec::new(), groups: Vec::new(), scenarios: Vec::new() };
    let timelines = timelines(tally, order, options);
    if timelines.len() > 1 {
        let names: Vec<String> = timelines.iter().filter_map(|timeline| timeline.branch.clone()).collect();
        all.summary.warnings.push(format!("runs are of several branches, judged apart: {}", names.join(", ")));
    }
    for timeline in &timelines {
        TimelineJudge { tally, timeline, options, firsts: &firsts }.judge(&scenarios, &mut all);
    }
    let disagreeing =
        |facet: fn(&crate::tally::Run) -> Facet| tally.runs().iter().filter(|run| facet(run) == Facet::Several).count();
    for (what, runs) in [("revisions", disagreeing(|run| run.revision)), ("branches", disagreeing(|run| run.branch))] {
        if runs > 0 {
            all.summary.warnings.push(format!("{runs} runs name several {what}, which are taken as unknown"));
        }
    }
    sort(&mut all.scenarios);
    all
}

/// The cells of each scenario.
fn cells_by_scenario(tally: &Tally) -> Vec<Vec<&Cell>> {
    let mut scenarios: Vec<Vec<&Cell>> = vec![Vec::new(); tally.scenarios().len()];
    for cell in tally.cells() {
        scenarios[cell.key.scenario as usize].push(cell);
    }
    scenarios
}

/// For each incident, its first records by run, newest run first.
fn newest_firsts<'t>(tally: &'t Tally, order: &RunOrder) -> Vec<Vec<&'t First>> {
    let mut firsts: Vec<Vec<&First>> = vec![Vec::new(); tally.incidents().len()];
    for first in tally.firsts() {
        firsts[first.incident as usize].push(first);
    }
    for of_incident in &mut firsts {
        of_incident.sort_by_key(|first| std::cmp::Reverse(order.position[first.run as usize]));
    }
    firsts
}

/// Kind, stale last, then Wilson lower bound descending, then key.
fn sort(scenarios: &mut [ScenarioJudgement]) {
    let low =
        |row: &ScenarioJudgement| crate::stats::interval::wilson_95(row.failed_runs, row.runs).map_or(0.0, |i| i.low);
    scenarios.sort_by(|a, b| {
        let key = |row: &'_ ScenarioJudgement| (row.stale, row.judged.kind);
        key(a)
            .cmp(&key(b))
            .then_with(|| low(b).total_cmp(&low(a)))
            .then_with(|| names(a).cmp(&names(b)))
            .then_with(|| a.branch.cmp(&b.branch))
    });
}

fn names(row: &ScenarioJudgement) -> [&str; 4] {
    [&row.packet_id, &row.suite_id, &row.scenario_id, &row.mode]
}

/// A scenario with its drafts: everything that is needed once its attempts are forgotten.
struct Case {
    row: ScenarioJudgement,
    drafts: Vec<Draft>,
    failing: Vec<u32>,
    /// Incident, failed runs and censored runs of each signature.
    signatures: Vec<(u32, String)>,
    failing_environments: Vec<String>,
    failing_seeds: Vec<String>,
    witness_cell: String,
}

struct TimelineJudge<'j> {
    tally: &'j Tally,
    timeline: &'j Timeline,
    options: &'j Options,
    firsts: &'j [Vec<&'j First>],
}

impl TimelineJudge<'_> {
    fn judge(&self, scenarios: &[Vec<&Cell>], all: &mut Recurrence) {
        let mass = self.mass_failures(scenarios);
        let (cases, counts) = self.cases(scenarios, &mass.failures);
        let summary = &mut all.summary;
        summary.scenarios += mass.load.scenarios;
        summary.runs += self.timeline.runs.len() as u64;
        summary.mass_failure_runs.extend(mass.failures.runs.iter().map(|&run| self.run_name(run)));
        all.runs.extend(self.timeline.runs.iter().map(|run| self.run_row(run.number)));

        let drafts: Vec<&Draft> = cases.iter().flat_map(|case| &case.drafts).collect();
        let mut sizes = BTreeMap::new();
        let adjusted = families::adjust_all(&drafts, self.options.alpha, &mut sizes);
        let mut at = 0;
        let mut rows: Vec<ScenarioJudgement> = Vec::new();
        let failing: Vec<Vec<u32>> = cases.iter().map(|case| case.failing.clone()).collect();
        for case in cases {
            let of_case = &adjusted[at..at + case.drafts.len()];
            at += case.drafts.len();
            rows.push(self.settle(case, of_case));
        }
        let runs = self.timeline.runs.len() as u64;
        let (groups, size) = groups::find(&failing, runs, self.options.alpha, self.options.q);
        sizes.insert("co-failure/scenario", size);
        for (name, size) in sizes {
            let sum = summary.families.entry(name).or_default();
            sum.tested += size.tested;
            sum.kept += size.kept;
        }
        for group in groups {
            let id = format!("g{}", all.groups.len() + 1);
            let mut members = Vec::new();
            for &member in &group.members {
                rows[member].groups.push(id.clone());
                members.push(names(&rows[member]).map(str::to_owned));
            }
            members.sort();
            all.groups.push(Group {
                id,
                scenarios: members,
                failed_runs: group.failed_runs,
                jaccard: Rounded(group.jaccard),
                q: Rounded(group.q),
            });
        }
        for row in &rows {
            *summary.by_verdict.entry(row.judged.verdict.name()).or_default() += 1;
            *summary.by_kind.entry(row.judged.kind.name()).or_default() += 1;
        }
        if counts.unlisted > 0 {
            *summary.by_verdict.entry(Verdict::NoFailure.name()).or_default() += counts.unlisted;
            *summary.by_kind.entry(Kind::None.name()).or_default() += counts.unlisted;
        }
        all.scenarios.extend(rows);
    }

    fn run_name(&self, place: u32) -> String {
        self.tally.text(self.tally.runs()[self.timeline.runs[place as usize].number as usize].id).to_owned()
    }

    fn run_row(&self, number: u32) -> RunRow {
        let run = &self.tally.runs()[number as usize];
        let text = |facet| match facet {
            Facet::One(symbol) => Some(self.tally.text(symbol).to_owned()),
            Facet::Unknown | Facet::Several => None,
        };
        RunRow {
            id: self.tally.text(run.id).to_owned(),
            first_unix_ms: (run.first_ms != i64::MAX).then_some(run.first_ms),
            revision: text(run.revision),
            branch: text(run.branch),
        }
    }

    fn mass_failures(&self, scenarios: &[Vec<&Cell>]) -> Mass {
        let load = scenarios
            .par_iter()
            .fold(
                || RunLoad::new(self.timeline),
                |mut load, cells| {
                    load.count(&Series::new(&collect(self.tally, self.timeline, cells), None));
                    load
                },
            )
            .reduce(|| RunLoad::new(self.timeline), |a, b| a.merge(&b));
        let failures = if self.options.mass_failures { load.mass_failures() } else { MassFailures::default() };
        Mass { load, failures }
    }

    /// Every scenario that failed, or all if asked, judged alone.
    fn cases(&self, scenarios: &[Vec<&Cell>], mass: &MassFailures) -> (Vec<Case>, Counts) {
        let drawn: Vec<Drawn> = (0u32..)
            .zip(scenarios)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map_init(
                || Segmenter::new(self.options.kappa).or_else(|| Segmenter::new(1e-3)),
                |segmenter, (scenario, cells)| match segmenter {
                    Some(segmenter) => self.case(scenario, cells, mass, segmenter),
                    None => Drawn::Absent,
                },
            )
            .collect();
        let mut counts = Counts::default();
        let mut cases = Vec::new();
        for drawn in drawn {
            match drawn {
                Drawn::Absent => {}
                Drawn::Clean => counts.unlisted += 1,
                Drawn::Case(case) => cases.push(*case),
            }
        }
        // Numbers of scenarios follow the order of arrival; names do not.
        cases.sort_by(|a, b| names(&a.row).cmp(&names(&b.row)));
        (cases, counts)
    }

    fn case(&self, scenario: u32, cells: &[&Cell], mass: &MassFailures, segmenter: &mut Segmenter) -> Drawn {
        let may_have_failed =
            cells.iter().any(|cell| self.tally.outcomes(cell).any(|outcome| matches!(outcome.what, What::Failed(_))));
        if !may_have_failed && !self.options.all {
            let ran = |run: u32| self.timeline.place[run as usize].is_some();
            let counted = cells.iter().any(|cell| cell.passed.iter().any(|(run, _)| ran(run)));
            return if counted { Drawn::Clean } else { Drawn::Absent };
        }
        let attempts = collect(self.tally, self.timeline, cells);
        let raw = Series::new(&attempts, None);
        if raw.runs.is_empty() {
            return Drawn::Absent;
        }
        if raw.x() == 0 && !self.options.all {
            return Drawn::Clean;
        }
        let aside = mass.set_aside(&raw);
        let names = self.tally.scenario_names(scenario);
        let bench = Bench { attempts: &attempts, timeline: self.timeline, key: key(&names, "") };
        let had_failures = raw.x() > 0;
        let timeline = self.marks(&raw, &aside, &attempts.excluded_runs);
        let history = run_length(raw.runs.iter().map(|run| if run.failed { 'F' } else { 'P' }));
        let series = raw.without(&aside);
        let mut drafts = vec![bench.draft(&series, None, had_failures, segmenter)];
        for place in 0..u32::try_from(attempts.signatures.len()).unwrap_or(0) {
            if attempts.signatures.len() == 1 {
                // The only way to fail has the scenario's own series.
                drafts.push(Draft { signature: Some(0), ..drafts[0].clone() });
                drafts[1].environment.test = None;
                drafts[1].seed.test = None;
                drafts[1].calendar = [None; 2];
            } else {
                let key = key(&names, &attempts.signatures[place as usize].id);
                let bench = Bench { key, ..bench };
                let own = Series::new(&attempts, Some(place)).without(&aside);
                drafts.push(bench.draft(&own, Some(place), true, segmenter));
            }
        }
        Drawn::Case(Box::new(self.describe(&names, &attempts, &series, drafts, &aside, history, timeline)))
    }

    /// Marks of all runs of the timeline.
    fn marks(&self, raw: &Series, aside: &[u32], excluded: &[u32]) -> String {
        let mut marks = vec!['.'; self.timeline.runs.len()];
        for &run in excluded {
            marks[run as usize] = 'x';
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
    fn describe(
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
        let witness = draft.witness.map(|witness| {
            let levels = attempts.cells[witness.cell as usize];
            WitnessRow {
                failed_run: self.run_name(witness.failed),
                passed_run: self.run_name(witness.passed),
                env: levels.env.map(|env| env_name(env as usize)),
                seed: levels.seed.map(|seed| attempts.seeds[seed as usize]),
                ground: match witness.ground {
                    Ground::SameRun => "same_run",
                    Ground::SameRevision => "same_revision",
                    Ground::Interleaved => "interleaved",
                },
            }
        });
        let witness_cell = witness.as_ref().map_or_else(String::new, |witness| {
            let env = witness.env.as_ref().map(|env| format!("environment {env}"));
            let seed = witness.seed.map(|seed| format!("seed {seed}"));
            [env, seed].into_iter().flatten().collect::<Vec<_>>().join(" and ")
        });
        let row = ScenarioJudgement {
            packet_id: names[0].to_owned(),
            suite_id: names[1].to_owned(),
            scenario_id: names[2].to_owned(),
            mode: names[3].to_owned(),
            branch: self.timeline.branch.clone(),
            judged: Judged { kind: Kind::None, verdict: Verdict::NoFailure, label: None },
            why: String::new(),
            would_change: String::new(),
            runs: n,
            failed_runs: x,
            attempts: draft.attempts,
            failed_attempts: draft.failed_attempts,
            excluded_runs: attempts.excluded_runs.len() as u64,
            set_aside_runs: aside.iter().map(|&run| self.run_name(run)).collect(),
            fail_rate: fail_rate(x, n),
            history,
            timeline,
            seeds: levels(Dimension::Seed, attempts.seeds.len(), &seed_name),
            envs: levels(Dimension::Environment, attempts.envs.len(), &env_name),
            confined_to: Vec::new(),
            controlled_for: draft.controlled_for.clone(),
            uncontrolled: draft.uncontrolled.clone(),
            changepoints: draft.changes.iter().map(|change| self.change(change)).collect(),
            bursty_p: draft.bursty_p.map(Rounded),
            calendar: Calendar { weekday: PValue::default(), hour: PValue::default() },
            recurrence: self.recurrence(&points, &series.runs, draft),
            clean_runs: draft.clean,
            clean_runs_needed: CleanRunsNeeded {
                k95: draft.needed_95,
                k99: draft.needed_99,
                plug_in_95: plug_in_runs(draft.base.x as f64 / draft.base.n.max(1) as f64, 0.95),
            },
            replays_needed: replays_needed(FLAKY_RATE),
            more_runs_needed: None,
            quarantine: self.quarantine(series, attempts),
            stale: self.is_stale(series),
            groups: Vec::new(),
            signatures: Vec::new(),
            witness,
            reproduce: self.reproduce(attempts, &failing),
        };
        let failing_environments = draft.environment.failing.iter().map(|&level| env_name(level as usize)).collect();
        let failing_seeds = draft.seed.failing.iter().map(|&level| seed_name(level as usize)).collect();
        let signatures = attempts.signatures.iter().map(|s| (s.incident, s.id.clone())).collect();
        Case { row, drafts, failing, signatures, failing_environments, failing_seeds, witness_cell }
    }

    fn quarantine(&self, series: &Series, attempts: &Attempts) -> Quarantine {
        let name = |run| self.run_name(run);
        quarantine::replay(series, self.timeline, attempts.cells.len(), self.options.release, name)
    }

    /// Not in the last max(10, 20 %) runs.
    fn is_stale(&self, series: &Series) -> bool {
        let runs = self.timeline.runs.len();
        let latest = (runs.div_ceil(5)).max(10);
        series.runs.last().is_none_or(|last| (last.run as usize) + latest < runs)
    }

    fn change(&self, change: &super::draft::Change) -> ChangepointRow {
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
            cost: Rounded(draft.whole.x as f64),
        }
    }

    /// The first record of the newest failing run.
    fn reproduce(&self, attempts: &Attempts, failing: &[u32]) -> Option<Reproduce> {
        let newest = self.timeline.runs[*failing.last()? as usize].number;
        let of_run = |incident: u32| self.firsts[incident as usize].iter().find(|first| first.run == newest);
        let first = attempts.signatures.iter().find_map(|signature| of_run(signature.incident))?;
        Some(Reproduce {
            replay_command: first.replay.map(|replay| self.tally.text(replay).to_owned()),
            seed: first.seed,
            env_fingerprint: first.env.map(|env| self.tally.text(env).to_owned()),
            artifact_refs: first
                .artifacts
                .and_then(|artifacts| serde_json::from_str(self.tally.text(artifacts)).ok())
                .unwrap_or_default(),
            run: self.tally.text(self.tally.runs()[newest as usize].id).to_owned(),
        })
    }

    /// The verdicts of a case, its tests adjusted.
    fn settle(&self, case: Case, adjusted: &[Adjusted]) -> ScenarioJudgement {
        let Case { mut row, drafts, signatures, failing_environments, failing_seeds, witness_cell, .. } = case;
        let (draft, own) = (&drafts[0], &adjusted[0]);
        let settled = draft.settle(own, self.options.q);
        row.judged = judged(settled);
        for (levels, test, q) in
            [(&mut row.envs, draft.environment.test, own.environment), (&mut row.seeds, draft.seed.test, own.seed)]
        {
            // A test that its family dropped says nothing.
            (levels.p, levels.q) = (q.and(test).map(|test| Rounded(test.p)), q.map(Rounded));
        }
        let calendar = |at: usize| PValue {
            p: own.calendar[at].and(draft.calendar[at]).map(|test| Rounded(test.p)),
            q: own.calendar[at].map(Rounded),
        };
        row.calendar = Calendar { weekday: calendar(0), hour: calendar(1) };
        let significant = |q: Option<f64>| q.is_some_and(|q| q <= self.options.q);
        if settled.verdict != Verdict::NoFailure {
            if significant(own.environment) {
                row.confined_to.extend(failing_environments.iter().cloned());
            }
            if significant(own.seed) {
                row.confined_to.extend(failing_seeds.iter().map(|seed| format!("seed {seed}")));
            }
        }
        row.more_runs_needed = match settled.verdict {
            Verdict::NewFailure => draft.more_failures,
            Verdict::InsufficientEvidence => Some(5u64.saturating_sub(draft.whole.n)),
            _ => None,
        };
        let names = Names {
            run: &|run| self.run_name(run),
            environments: &failing_environments,
            seeds: &failing_seeds,
            witness_cell: &witness_cell,
            set_aside: &row.set_aside_runs,
        };
        let why = why::why(draft, settled, own, &names);
        row.would_change = why::would_change(draft, settled);
        row.why = why;
        row.signatures = self.signatures(&drafts, adjusted, &signatures, settled);
        row
    }

    fn signatures(
        &self,
        drafts: &[Draft],
        adjusted: &[Adjusted],
        signatures: &[(u32, String)],
        scenario: Settled,
    ) -> Vec<SignatureJudgement> {
        let whole = &drafts[0];
        let failed_now = |draft: &Draft| draft.current.x > 0;
        drafts[1..]
            .iter()
            .zip(&adjusted[1..])
            .zip(signatures)
            .map(|((draft, adjusted), (incident, id))| {
                let own = if drafts.len() == 2 { scenario } else { draft.settle(adjusted, self.options.q) };
                let others: BTreeSet<String> = drafts[1..]
                    .iter()
                    .zip(signatures)
                    .filter(|(other, (_, other_id))| failed_now(other) && other_id != id)
                    .map(|(_, (_, other_id))| other_id.clone())
                    .collect();
                // A way to fail is deterministic only if it is what happens, not one of the things that happen.
                let alone = draft.current.x * 5 >= whole.current.x * 4;
                let defers = judged(own).kind == Kind::Deterministic && !alone;
                let incident = &self.tally.incidents()[*incident as usize];
                SignatureJudgement {
                    incident_id: id.clone(),
                    class: self.tally.text(incident.class).to_owned(),
                    reason_code: self.tally.text(incident.reason).to_owned(),
                    failed_runs: draft.whole.x,
                    censored_runs: draft.censored,
                    judged: judged(if defers { scenario } else { own }),
                    alternates_with: if defers { others.into_iter().collect() } else { Vec::new() },
                }
            })
            .collect()
    }
}

struct Mass {
    load: RunLoad,
    failures: MassFailures,
}

#[derive(Default)]
struct Counts {
    /// Scenarios that never failed and are not listed.
    unlisted: u64,
}

enum Drawn {
    /// Not on this timeline.
    Absent,
    /// Never failed, and not asked for.
    Clean,
    Case(Box<Case>),
}

fn judged(settled: Settled) -> Judged {
    Judged { kind: settled.verdict.kind(settled.label, settled.always), verdict: settled.verdict, label: settled.label }
}

/// A number that is always the same for the same names, to draw from.
fn key(names: &[&str; 4], signature: &str) -> u64 {
    let mut text = String::new();
    for part in names.iter().chain([&signature]) {
        text.push_str(part);
        text.push('\u{1f}');
    }
    xxh3_64(text.as_bytes())
}

fn fail_rate(x: u64, n: u64) -> FailRate {
    let pair = |interval: Option<Interval>| interval.map(|i| [Rounded(i.low), Rounded(i.high)]);
    FailRate {
        estimate: (n > 0).then(|| Rounded(x as f64 / n as f64)),
        jeffreys_95: pair(jeffreys_95(x, n)),
        wilson_95: pair(wilson_95(x, n)),
    }
}

/// `PPPFF` as `P3F2`.
fn run_length(marks: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    let mut last: Option<(char, u64)> = None;
    let flush = |out: &mut String, run: Option<(char, u64)>| {
        if let Some((mark, count)) = run {
            out.push(mark);
            out.push_str(&count.to_string());
        }
    };
    for mark in marks {
        match &mut last {
            Some((same, count)) if *same == mark => *count += 1,
            _ => {
                flush(&mut out, last);
                last = Some((mark, 1));
            }
        }
    }
    flush(&mut out, last);
    out
}
