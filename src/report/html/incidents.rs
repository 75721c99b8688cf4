//! The incidents of the data, in columns.

use super::columns::columns;
use super::names::Names;
use super::strings::{Strings, short_id, whole};
use crate::incident::IncidentRow;
use crate::recurrence::{Kind, Label, Standing, Verdict};
use crate::report::IncidentChange;
use crate::text::run_ranges::RunRanges;

/// Characters of a command that is offered for copying; a longer one is not, rather than a part of it.
const MOST_COPIED: usize = 4000;

columns! {
    /// Each incident's fields; texts by their places among the strings.
    Incidents<'r> {
        id: &'r str,
        name: u32,
        class: u32,
        effective: Option<u32>,
        severity: u8,
        owner: u32,
        reason: u32,
        message: Option<u32>,
        url: Option<u32>,
        now: bool,
        replay: Option<u32>,
        artifacts: Vec<u32>,
        seed: Option<String>,
        env: Option<u32>,
        occurrences: u64,
        first_ms: i64,
        last_ms: i64,
        first_run: u32,
        last_run: u32,
        failed: u64,
        failed_in: &'r RunRanges,
        seen: u64,
        seeds: u64,
        envs: u64,
        verdict: Option<Verdict>,
        kind: Option<Kind>,
        label: Option<Label>,
        standing: Standing,
        branch: Option<u32>,
        branches: Vec<u32>,
        finding: Option<usize>,
        change: Option<usize>,
        change_why: Option<u32>,
        log: u32,
        line: u64,
    }
}

/// What the judged runs show of an incident: of the branch of its verdict, where there are several.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    pub(super) label: Option<Label>,
    /// Runs in which it happened.
    pub(super) failed: u64,
    /// Of these: runs of the same branch in which its scenario ran.
    pub(super) seen: u64,
    /// Place of the finding of whole runs that it is of.
    pub(super) finding: Option<usize>,
    /// Whether it happened in the newest run that its scenario was in.
    pub(super) now: bool,
}

impl<'r> Incidents<'r> {
    pub(super) fn add(
        &mut self,
        row: &'r IncidentRow,
        change: Option<&'r IncidentChange>,
        counted: Counted,
        names: &mut Names<'r>,
        strings: &mut Strings<'r>,
    ) {
        let name = names.place([&row.packet_id, &row.suite_id, &row.scenario_id, &row.mode], strings);
        self.push(Row {
            id: short_id(&row.incident_id),
            name,
            class: strings.place(&row.class),
            effective: row.effective_class.as_deref().map(|class| strings.place(class)),
            severity: row.severity.rank(),
            owner: strings.place(&row.owner_hint),
            reason: strings.place(&row.reason_code),
            message: told(row, "message").map(|text| strings.exact(whole(text))),
            url: told(row, "url").filter(|url| is_link(url)).map(|url| strings.exact(url)),
            now: counted.now,
            replay: command(row.replay(), strings),
            artifacts: strings.places(&row.artifact_refs[..row.artifact_refs.len().min(10)]),
            seed: row.seed.map(|seed| seed.to_string()),
            env: row.env_fingerprint.as_deref().map(|env| strings.place(env)),
            occurrences: row.occurrences,
            first_ms: row.first_seen_unix_ms,
            last_ms: row.last_seen_unix_ms,
            first_run: strings.place(&row.first_run),
            last_run: strings.place(&row.last_run),
            failed: counted.failed,
            failed_in: &row.failed_in,
            seen: counted.seen,
            seeds: row.seeds_failed,
            envs: row.envs_failed,
            verdict: row.verdict,
            kind: row.kind,
            label: counted.label,
            standing: row.standing(),
            branch: row.branch.as_deref().map(|branch| strings.place(branch)),
            branches: strings.places(&row.branches),
            finding: counted.finding,
            change: change.map(|change| change.kind),
            change_why: change.map(|change| strings.place(&change.why)),
            log: strings.place(&row.sample.log),
            line: row.sample.line,
        });
    }
}

/// What the first record tells of a role.
fn told<'r>(row: &'r IncidentRow, role: &str) -> Option<&'r str> {
    row.told.as_ref()?.get(role)?.as_str().filter(|text| !text.trim().is_empty())
}

/// Whether a page may lead there: to a server, and nowhere that runs anything here.
fn is_link(url: &str) -> bool {
    url.len() <= MOST_COPIED && (url.starts_with("https://") || url.starts_with("http://"))
}

/// A command's place, where it is short enough to be offered whole.
pub(super) fn command<'r>(command: Option<&'r str>, strings: &mut Strings<'r>) -> Option<u32> {
    command.filter(|command| command.len() <= MOST_COPIED).map(|command| strings.exact(command))
}
