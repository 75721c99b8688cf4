//! `scenarios.parquet`.

use super::column;
use crate::recurrence::{Label, ScenarioJudgement};

type Column<'r> = column::Column<'r, ScenarioJudgement>;

pub(super) fn columns<'r>() -> Vec<Column<'r>> {
    [verdict(), counts(), dimensions(), changes(), recurrence(), next()].into_iter().flatten().collect()
}

fn verdict<'r>() -> Vec<Column<'r>> {
    vec![
        Column::text("packet_id", |row| &row.packet_id),
        Column::text("suite_id", |row| &row.suite_id),
        Column::text("scenario_id", |row| &row.scenario_id),
        Column::text("mode", |row| &row.mode),
        Column::text_or_null("branch", |row| row.branch.as_deref()),
        Column::text("kind", |row| row.judged.kind.name()),
        Column::text("verdict", |row| row.judged.verdict.name()),
        Column::text_or_null("label", |row| row.judged.label.map(Label::name)),
        Column::text("why", |row| &row.why),
        Column::text("would_change", |row| &row.would_change),
        Column::new("stale", |row| row.stale),
    ]
}

fn counts<'r>() -> Vec<Column<'r>> {
    vec![
        Column::new("runs", |row| row.runs),
        Column::new("failed_runs", |row| row.failed_runs),
        Column::new("attempts", |row| row.attempts),
        Column::new("failed_attempts", |row| row.failed_attempts),
        Column::new("excluded_runs", |row| row.excluded_runs),
        Column::new("set_aside_runs", |row| row.set_aside_runs.len() as u64),
        Column::new("signatures", |row| row.signatures.len() as u64),
        Column::new("groups", |row| row.groups.len() as u64),
        Column::new("fail_rate", |row| row.fail_rate.estimate),
        Column::new("jeffreys_95_low", |row| row.fail_rate.jeffreys_95.map(|[low, _]| low)),
        Column::new("jeffreys_95_high", |row| row.fail_rate.jeffreys_95.map(|[_, high]| high)),
        Column::new("wilson_95_low", |row| row.fail_rate.wilson_95.map(|[low, _]| low)),
        Column::new("wilson_95_high", |row| row.fail_rate.wilson_95.map(|[_, high]| high)),
        Column::text("history", |row| &row.history),
        Column::text("timeline", |row| &row.timeline),
    ]
}

fn dimensions<'r>() -> Vec<Column<'r>> {
    vec![
        Column::new("seeds_seen", |row| row.seeds.seen),
        Column::new("seeds_failed", |row| row.seeds.failed),
        Column::new("seeds_mixed", |row| row.seeds.mixed),
        Column::new("seeds_p", |row| row.seeds.p),
        Column::new("seeds_q", |row| row.seeds.q),
        Column::new("envs_seen", |row| row.envs.seen),
        Column::new("envs_failed", |row| row.envs.failed),
        Column::new("envs_mixed", |row| row.envs.mixed),
        Column::new("envs_p", |row| row.envs.p),
        Column::new("envs_q", |row| row.envs.q),
        Column::new("env_odds_ratio", |row| row.env_odds_ratio),
        Column::new("revisions_p", |row| row.revisions.p),
        Column::new("revisions_q", |row| row.revisions.q),
        Column::new("weekday_p", |row| row.calendar.weekday.p),
        Column::new("weekday_q", |row| row.calendar.weekday.q),
        Column::new("hour_p", |row| row.calendar.hour.p),
        Column::new("hour_q", |row| row.calendar.hour.q),
    ]
}

fn changes<'r>() -> Vec<Column<'r>> {
    vec![
        Column::new("changepoints", |row| row.changepoints.len() as u64),
        Column::text_or_null("changed_run", |row| row.changepoints.last().map(|change| change.run.as_str())),
        Column::text_or_null("changed_from_run", |row| row.changepoints.last().map(|change| change.from_run.as_str())),
        Column::text_or_null("changed_to_run", |row| row.changepoints.last().map(|change| change.to_run.as_str())),
        Column::new("rate_before", |row| row.changepoints.last().map(|change| change.rate_before)),
        Column::new("rate_after", |row| row.changepoints.last().map(|change| change.rate_after)),
    ]
}

fn recurrence<'r>() -> Vec<Column<'r>> {
    vec![
        Column::new("bursty_p", |row| row.bursty_p),
        Column::new("burstiness", |row| row.recurrence.burstiness),
        Column::new("gap_runs_median", |row| row.recurrence.gap_runs_median),
        Column::new("gap_runs_max", |row| row.recurrence.gap_runs_max),
        Column::new("gap_ms_median", |row| row.recurrence.gap_ms_median),
        Column::new("gap_ms_max", |row| row.recurrence.gap_ms_max),
        Column::new("flips", |row| row.recurrence.flips),
        Column::new("flip_rate", |row| row.recurrence.flip_rate),
        Column::new("flip_ratio", |row| row.recurrence.flip_ratio),
        Column::new("entropy", |row| row.recurrence.entropy),
        Column::text_or_null("first_failure", |row| row.recurrence.first_failure.as_deref()),
        Column::text_or_null("last_failure", |row| row.recurrence.last_failure.as_deref()),
        Column::new("streak", |row| row.recurrence.streak),
        Column::new("cost", |row| row.recurrence.cost),
    ]
}

fn next<'r>() -> Vec<Column<'r>> {
    vec![
        Column::new("clean_runs", |row| row.clean_runs),
        Column::new("clean_runs_needed_95", |row| row.clean_runs_needed.k95),
        Column::new("clean_runs_needed_99", |row| row.clean_runs_needed.k99),
        Column::new("more_runs_needed", |row| row.more_runs_needed),
        Column::new("replays_needed", |row| row.replays_needed),
        Column::new("fix_level", |row| row.fix_level.map(u64::from)),
        Column::new("rate_floor", |row| row.rate_floor),
        Column::text("quarantine", |row| row.quarantine.state),
        Column::text_or_null("quarantined_since_run", |row| row.quarantine.since_run.as_deref()),
        Column::text_or_null("released_run", |row| row.quarantine.released_run.as_deref()),
        Column::new("false_release", |row| row.quarantine.false_release),
        Column::text_or_null("replay_command", |row| row.reproduce.as_ref()?.replay_command.as_deref()),
        Column::new("replay_seed", |row| row.reproduce.as_ref()?.seed),
        Column::text_or_null("replay_env", |row| row.reproduce.as_ref()?.env_fingerprint.as_deref()),
        Column::text_or_null("replay_run", |row| row.reproduce.as_ref().map(|reproduce| reproduce.run.as_str())),
    ]
}
