//! The failing scenarios of the data, in columns.

use std::borrow::Cow;

use serde::Serialize;

use super::brief::{Brief, brief};
use super::columns::columns;
use super::incidents::command;
use super::names::Names;
use super::strings::{Strings, cut, short_id};
use crate::recurrence::{Kind, Label, LevelRow, Levels, OutageRow, Reproduce, ScenarioJudgement, Verdict};
use crate::report::runs::RunPlaces;

/// Changepoints of a scenario.
const MOST_CHANGES: usize = 40;
/// Outages of a scenario.
const MOST_OUTAGES: usize = 20;

columns! {
    /// Each scenario's fields; texts by their places among the strings, runs by theirs among the runs.
    Scenarios<'r> {
        name: u32,
        branch: Option<u32>,
        incident: Option<u32>,
        kind: Kind,
        verdict: Verdict,
        label: Option<Label>,
        why: Cow<'r, str>,
        would_change: u32,
        runs: u64,
        failed: u64,
        attempts: u64,
        failed_attempts: u64,
        excluded: u64,
        rate: Option<[Brief; 2]>,
        timeline: &'r str,
        begins: u32,
        changes: Vec<Change>,
        outages: Vec<Outage>,
        witness: Option<Witness>,
        range: Option<Range>,
        seeds: Table,
        envs: Table,
        confined: Vec<u32>,
        controlled: &'r [&'static str],
        uncontrolled: &'r [&'static str],
        clean: u64,
        clean_needed: [Option<u64>; 2],
        longest_away: Option<u64>,
        replays: Option<u64>,
        replay_seeds: Vec<String>,
        more_runs: Option<u64>,
        quarantine: Option<Quarantine>,
        stale: bool,
        groups: &'r [String],
        replay: Option<u32>,
        replay_seed: Option<String>,
        replay_env: Option<u32>,
        replay_run: Option<u32>,
        first_failure: Option<u32>,
        last_failure: Option<u32>,
        streak: u64,
        flips: u64,
        burstiness: Option<Brief>,
        bursty_p: Option<Brief>,
        calendar: [Option<Brief>; 2],
        cost: Brief,
    }
}

/// Run, interval from and to, rate before and after.
#[derive(Debug, Serialize)]
struct Change(u32, u32, u32, Brief, Brief);

/// First run, last failing run, the first run behind it, runs, failed runs, runs since the outage before, incidents.
#[derive(Debug, Serialize)]
struct Outage(u32, u32, Option<u32>, u64, u64, u64, Vec<u32>);

/// Between which revisions, and what lists the changes of the code.
#[derive(Debug, Serialize)]
struct Range(u32, Option<u32>);

/// Failed run, passed run, environment, seed, ground.
#[derive(Debug, Serialize)]
struct Witness(u32, u32, Option<u32>, Option<String>, &'static str);

/// State, since, released, whether it failed soon after, chance that an unfixed one is let out.
#[derive(Debug, Serialize)]
struct Quarantine(&'static str, Option<u32>, Option<u32>, bool, Option<Brief>);

/// Levels seen, failed and mixed, p and q, rows, the rest together.
#[derive(Debug, Default, Serialize)]
struct Table(u64, u64, u64, Option<Brief>, Option<Brief>, Vec<Level>, Option<Level>);

/// Level, failed runs, runs, failed attempts, attempts.
#[derive(Debug, Default, Serialize)]
struct Level(u32, u64, u64, u64, u64);

impl<'r> Scenarios<'r> {
    pub(super) fn add(
        &mut self,
        (row, why): (&'r ScenarioJudgement, Cow<'r, str>),
        levels: usize,
        names: &mut Names<'r>,
        runs: &RunPlaces<'r>,
        strings: &mut Strings<'r>,
    ) {
        let name = names.place([&row.packet_id, &row.suite_id, &row.scenario_id, &row.mode], strings);
        let reproduce = row.reproduce.as_ref();
        let seed = |seed: u64| seed.to_string();
        self.push(Row {
            name,
            branch: row.branch.as_deref().map(|branch| strings.place(branch)),
            incident: row.incident_id.as_deref().map(|id| strings.place(short_id(id))),
            kind: row.judged.kind,
            verdict: row.judged.verdict,
            label: row.judged.label,
            why: match why {
                Cow::Borrowed(why) => Cow::Borrowed(cut(why)),
                Cow::Owned(why) => Cow::Owned(cut(&why).to_owned()),
            },
            would_change: strings.place(&row.would_change),
            runs: row.runs,
            failed: row.failed_runs,
            attempts: row.attempts,
            failed_attempts: row.failed_attempts,
            excluded: row.excluded_runs,
            rate: row.fail_rate.jeffreys_95.map(|ends| ends.map(Brief::from)),
            timeline: &row.timeline,
            begins: runs.begin_of(row.branch.as_deref()),
            changes: row
                .changepoints
                .iter()
                .rev()
                .take(MOST_CHANGES)
                .rev()
                .map(|change| {
                    let [at, from, to] = [&change.run, &change.from_run, &change.to_run].map(|run| runs.of(run));
                    Change(at, from, to, change.rate_before.into(), change.rate_after.into())
                })
                .collect(),
            outages: outages(row, runs, strings),
            witness: row.witness.as_ref().map(|witness| {
                let env = witness.env.as_deref().map(|env| strings.place(env));
                let [failed, passed] = [&witness.failed_run, &witness.passed_run].map(|run| runs.of(run));
                Witness(failed, passed, env, witness.seed.map(seed), witness.ground)
            }),
            range: row.regression_range.as_ref().map(|range| {
                Range(strings.place(&range.told), range.log_command.as_deref().map(|command| strings.place(command)))
            }),
            seeds: table(&row.seeds, levels, strings),
            envs: table(&row.envs, levels, strings),
            confined: strings.places(&row.confined_to[..row.confined_to.len().min(levels)]),
            controlled: &row.controlled_for,
            uncontrolled: &row.uncontrolled,
            clean: row.clean_runs,
            clean_needed: [row.clean_runs_needed.k95, row.clean_runs_needed.k99],
            longest_away: row.clean_runs_needed.longest_away,
            replays: row.replays_needed,
            replay_seeds: row.replay_seeds.iter().take(levels).copied().map(seed).collect(),
            more_runs: row.more_runs_needed,
            quarantine: (row.quarantine.state != "none").then(|| {
                let run = |run: &Option<String>| run.as_deref().map(|run| runs.of(run));
                let quarantine = &row.quarantine;
                Quarantine(
                    quarantine.state,
                    run(&quarantine.since_run),
                    run(&quarantine.released_run),
                    quarantine.false_release,
                    brief(quarantine.unfixed_chance),
                )
            }),
            stale: row.stale,
            groups: &row.groups,
            replay: command(reproduce.and_then(Reproduce::command), strings),
            replay_seed: reproduce.and_then(|reproduce| reproduce.seed).map(seed),
            replay_env: reproduce
                .and_then(|reproduce| reproduce.env_fingerprint.as_deref())
                .map(|env| strings.place(env)),
            replay_run: reproduce.map(|reproduce| runs.of(&reproduce.run)),
            first_failure: row.recurrence.first_failure.as_deref().map(|run| runs.of(run)),
            last_failure: row.recurrence.last_failure.as_deref().map(|run| runs.of(run)),
            streak: row.recurrence.streak,
            flips: row.recurrence.flips,
            burstiness: brief(row.recurrence.burstiness),
            bursty_p: brief(row.bursty_p),
            calendar: [brief(row.calendar.weekday.q), brief(row.calendar.hour.q)],
            cost: row.recurrence.cost.into(),
        });
    }
}

/// The newest outages of what has several, oldest first.
fn outages<'r>(row: &'r ScenarioJudgement, runs: &RunPlaces<'r>, strings: &mut Strings<'r>) -> Vec<Outage> {
    let listed = if row.past.outages.len() > 1 { &row.past.outages[..] } else { &[] };
    let shown = &listed[listed.len().saturating_sub(MOST_OUTAGES)..];
    let outage = |outage: &'r OutageRow| {
        let reasons = outage.reasons.iter().map(|id| strings.place(short_id(id)));
        Outage(
            runs.of(&outage.start.run),
            runs.of(&outage.last_failed_run),
            outage.end.as_ref().map(|end| runs.of(&end.run)),
            outage.runs,
            outage.failed_runs,
            outage.clean_before,
            reasons.collect(),
        )
    };
    shown.iter().map(outage).collect()
}

/// A table of levels cut to so many rows, the rest added to the rest.
fn table<'r>(levels: &'r Levels, most: usize, strings: &mut Strings<'r>) -> Table {
    let mut of = |row: &'r LevelRow| {
        Level(strings.place(&row.level), row.failed_runs, row.runs, row.failed_attempts, row.attempts)
    };
    let (shown, cut) = levels.table.split_at(levels.table.len().min(most));
    let rows = shown.iter().map(&mut of).collect();
    let mut rest: Option<Level> = None;
    for row in cut.iter().chain(&levels.rest) {
        let sum = rest.get_or_insert_with(Level::default);
        sum.1 += row.failed_runs;
        sum.2 += row.runs;
        sum.3 += row.failed_attempts;
        sum.4 += row.attempts;
    }
    Table(levels.seen, levels.failed, levels.mixed, brief(levels.p), brief(levels.q), rows, rest)
}
