//! `incidents.parquet`.

use super::column::{self, Moment};
use crate::incident::IncidentRow;
use crate::recurrence::{Kind, Verdict};

type Column<'r> = column::Column<'r, IncidentRow>;

pub(super) fn columns<'r>() -> Vec<Column<'r>> {
    vec![
        Column::text("incident_id", |row| &row.incident_id),
        Column::text("class", |row| &row.class),
        Column::text("severity", |row| row.severity.name()),
        Column::text("owner_hint", |row| &row.owner_hint),
        Column::text("packet_id", |row| &row.packet_id),
        Column::text("suite_id", |row| &row.suite_id),
        Column::text("scenario_id", |row| &row.scenario_id),
        Column::text("mode", |row| &row.mode),
        Column::text("reason_code", |row| &row.reason_code),
        Column::text_or_null("verdict", |row| row.verdict.map(Verdict::name)),
        Column::text_or_null("kind", |row| row.kind.map(Kind::name)),
        Column::text_or_null("effective_class", |row| row.effective_class.as_deref()),
        Column::text_or_null("secondary_class", |row| row.secondary_class.as_deref()),
        Column::text_or_null("severity_raised_by", |row| row.severity_raised_by.as_deref()),
        Column::text("taxonomy", |row| &row.taxonomy),
        Column::text_or_null("rule", |row| row.rule.as_deref()),
        Column::new("occurrences", |row| row.occurrences),
        Column::new("runs_failed", |row| row.runs_failed),
        Column::new("runs_seen", |row| row.runs_seen),
        Column::new("seeds_failed", |row| row.seeds_failed),
        Column::new("envs_failed", |row| row.envs_failed),
        Column::new("first_seen", |row| Moment(row.first_seen_unix_ms)),
        Column::new("last_seen", |row| Moment(row.last_seen_unix_ms)),
        Column::text("first_run", |row| &row.first_run),
        Column::text("last_run", |row| &row.last_run),
        Column::text_or_null("replay_command", |row| row.replay_command.as_deref()),
        Column::new("seed", |row| row.seed),
        Column::text_or_null("env_fingerprint", |row| row.env_fingerprint.as_deref()),
        Column::text("sample_log", |row| &row.sample.log),
        Column::new("sample_line", |row| row.sample.line),
    ]
}
