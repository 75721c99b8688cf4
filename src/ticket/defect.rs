//! A defect ticket.

use std::fmt::Write;

use super::case::{Case, Whole};
use super::retrieval;
use crate::role::Role;
use crate::taxonomy::Severity;
use crate::text::inert::inert;
use crate::text::markdown::{self, block, code};

/// Characters of the symptom in a title.
const SYMPTOM: usize = 60;
/// Artifact paths in a body: a tracker takes no body of any length.
const PATHS: usize = 50;
/// Characters of a name in a title.
const NAME: usize = 120;

/// A ticket for one incident, the same whenever it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Id of the incident.
    pub incident_id: String,
    /// Ids of all incidents that it is for.
    pub incidents: Vec<String>,
    /// One line: without control characters, and without `"`, which some shells lose on the way to a program.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// Lower-case words.
    pub labels: Vec<String>,
    /// 0 for critical to 4.
    pub priority: u8,
}

impl Ticket {
    /// The ticket of an incident.
    #[must_use]
    pub fn new(case: &Case<'_>) -> Self {
        Self {
            incident_id: case.row.incident_id.clone(),
            incidents: case.ids().map(str::to_owned).collect(),
            title: title(case),
            body: body(case),
            labels: labels(case),
            priority: match case.row.severity {
                Severity::Critical => 0,
                Severity::High => 1,
                Severity::Medium => 2,
                Severity::Low => 3,
                Severity::Other => 4,
            },
        }
    }

    /// What other programs know the incident by: `relapse:` and its id.
    #[must_use]
    pub fn external_ref(&self) -> String {
        format!("relapse:{}", self.incident_id)
    }

    /// An id for trackers that take one, from the incident's: with the tracker's prefix, `bd-` and 16 hexadecimal digits.
    #[must_use]
    pub fn id(&self, prefix: &str) -> String {
        let digits = self.incident_id.rsplit(':').next().unwrap_or_default();
        format!("{prefix}-{digits}")
    }
}

fn title(case: &Case<'_>) -> String {
    let word = |text: &str, most| inert(text.trim(), most).replace('"', "'");
    if let Some(whole) = case.finding.as_ref().filter(|whole| whole.stands) {
        let show = |text: &str| word(text, SYMPTOM);
        return format!("Run failure: {} ({})", whole.finding.title(show), whole.finding.shared(show));
    }
    let scenario = word(&case.name(), NAME);
    let what = if case.row.taxonomy == "integration" { "Integration failure" } else { "Test failure" };
    let invariant = match case.invariant_id() {
        Some(invariant) => word(invariant, NAME),
        None if case.row.taxonomy == "integration" => "no invariant id".to_owned(),
        None => word(&case.row.reason_code, NAME),
    };
    let symptom = match case.symptom() {
        symptom if symptom == case.row.reason_code && case.invariant_id().is_none() => case.row.class.as_str(),
        symptom => symptom,
    };
    format!("{what}: {scenario} / {invariant} ({})", word(symptom, SYMPTOM))
}

fn labels(case: &Case<'_>) -> Vec<String> {
    let mut labels = vec!["relapse".to_owned()];
    let kind = case.row.kind.map_or("", |kind| kind.name());
    let second = case.row.secondary_class.as_deref().unwrap_or_default();
    for text in [&case.row.taxonomy, &case.row.class, case.row.severity.name(), kind, second] {
        let plain =
            |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '.' { c.to_ascii_lowercase() } else { '-' };
        let label: String = text.chars().map(plain).take(50).collect();
        if !label.is_empty() && !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

fn body(case: &Case<'_>) -> String {
    let row = case.row;
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_body(&mut out, case);
    let _ = writeln!(out, "\nExternal ref: `relapse:{}`", row.incident_id);
    out
}

fn write_body(out: &mut String, case: &Case<'_>) -> std::fmt::Result {
    let row = case.row;
    let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map_or_else(|| "missing".to_owned(), code);
    let told = |role| given(row.told(role));
    writeln!(out, "- scenarioId: {}", given(case.scenario_id()))?;
    if case.scenario_id().is_none() {
        writeln!(out, "- test: {}", code(&row.scenario_id))?;
    }
    if case.wants_invariant() {
        writeln!(out, "- invariantId: {}", given(case.invariant_id()))?;
    }
    writeln!(out, "- class: {} ({})", code(&row.class), case.decided_by().replace('`', "'"))?;
    if let Some(second) = &row.secondary_class {
        writeln!(out, "- second class: {}", code(second))?;
    }
    if let (Some(class), Some(mixed)) = (&row.effective_class, case.mixed_outcomes) {
        writeln!(out, "- history speaks for: {}: {}", code(class), code(mixed))?;
    }
    writeln!(out, "- severity: {}", row.severity)?;
    writeln!(out, "- verdict: {}", case.verdict())?;
    if !row.branches.is_empty() {
        let branches: Vec<String> = row.branches.iter().take(8).map(|branch| code(branch)).collect();
        writeln!(out, "- branch: {}", branches.join(", "))?;
    }
    writeln!(out, "- owner guess: {}", code(&row.owner_hint))?;
    writeln!(out, "- escalate: {}", case.escalation.word())?;
    writeln!(out, "- CI run URL: {}", told(Role::Url))?;
    writeln!(out, "- job: {}", told(Role::Job))?;
    writeln!(out, "- revision: {}", told(Role::Revision))?;
    writeln!(out, "- key entity ids: {}", told(Role::Entities))?;
    writeln!(out, "- first record: line {} of {}", row.sample.line, code(&row.sample.log))?;
    writeln!(out, "- incident: `{}`", row.incident_id)?;
    if let Some(whole) = &case.finding {
        write!(out, "\n{}", members(whole))?;
    }
    writeln!(out, "\n## Artifact paths\n")?;
    for path in row.artifact_refs.iter().take(PATHS) {
        writeln!(out, "- {}", code(path))?;
    }
    if row.artifact_refs.len() > PATHS {
        writeln!(out, "- and {} more, in incidents.json", row.artifact_refs.len() - PATHS)?;
    }
    if row.artifact_refs.is_empty() {
        writeln!(out, "missing")?;
    }
    for command in retrieval::commands(row) {
        write!(out, "\n{}", markdown::command(&command))?;
    }
    writeln!(out, "\n## Expected\n")?;
    match case.invariant_id() {
        Some(invariant) => writeln!(out, "{} holds and the test passes.", code(invariant))?,
        None => writeln!(out, "The test passes.")?,
    }
    writeln!(out, "\n## Observed\n")?;
    writeln!(out, "{}.\n", case.seen(code))?;
    write!(out, "{}", block(row.told(Role::Message).unwrap_or(&row.reason_code)))?;
    if !case.why.is_empty() {
        writeln!(out, "\nHistory: {}", code(&case.why))?;
    }
    if let Some(range) = case.range {
        writeln!(out, "\nBroke between: {}", code(&range.told))?;
        if let Some(log) = &range.log_command {
            write!(out, "\n{}", markdown::command(log))?;
        }
    }
    writeln!(out, "\n## Repro steps\n")?;
    steps(out, case)?;
    if !row.closure.is_empty() {
        writeln!(out, "\n## Before this is closed\n")?;
        for condition in &row.closure {
            writeln!(out, "- [ ] {condition}")?;
        }
    }
    Ok(())
}

/// What a finding of whole runs is of.
pub(super) fn members(whole: &Whole<'_>) -> String {
    let finding = &whole.finding;
    let (head, lead) = if whole.stands {
        ("Failed at once", "One cause, most likely")
    } else {
        ("Part of a failure of whole runs", "It is one of these")
    };
    let mut out =
        format!("## {head}\n\n{lead}: {}: {}; {}.\n\n", finding.title(code), finding.shared(code), finding.state());
    let listed: &[_] = if whole.stands { &whole.rows } else { &[] };
    for row in listed.iter().take(PATHS) {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "- {} {} `{}`", code(&row.scenario_id), code(&row.reason_code), row.incident_id);
    }
    if listed.len() > PATHS {
        let _ = writeln!(out, "- and {} more, in incidents.json", listed.len() - PATHS);
    }
    out
}

/// How it is seen again: the log's own command first.
pub(super) fn steps(out: &mut String, case: &Case<'_>) -> std::fmt::Result {
    let row = case.row;
    let seed = row.seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
    let env = row.env_fingerprint.as_deref().map_or_else(String::new, |env| format!(", environment {}", code(env)));
    match &row.replay_command {
        Some(command) => write!(out, "Replay of the first record{seed}{env}:\n\n{}", markdown::command(command))?,
        None => writeln!(out, "The log carries no replay command{seed}{env}.")?,
    }
    for way in &row.reproduce {
        write!(out, "\n{}:\n\n{}", inert(&way.name, 40), markdown::command(&way.command))?;
    }
    Ok(())
}
