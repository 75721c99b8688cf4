//! The page by which a person responds to an incident.

use std::fmt::{self, Write};

use super::case::Case;
use super::defect::{members, steps};
use super::escalation::{Escalation, Trigger, When};
use super::retrieval;
use crate::recurrence::Standing;
use crate::role::Role;
use crate::run_finding::state;
use crate::text::markdown::{self, block, cell, code};
use crate::text::shell::posix;

/// A first-response page in Markdown.
#[derive(Clone, Copy, Debug)]
pub struct Runbook<'c> {
    /// The incident.
    pub case: &'c Case<'c>,
    /// The folder that the sweep wrote, as commands on the page name it.
    pub from: &'c str,
    /// What the sweep could not read, or does not know the meaning of, where that is something.
    pub lacking: Option<&'c str>,
}

impl fmt::Display for Runbook<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}\n", code(&format!("{}: {}", self.case.name(), self.case.symptom())))?;
        if let Some(lacking) = self.lacking {
            writeln!(f, "**Not the whole of it**: {}.\n", code(lacking))?;
        }
        self.facts(f)?;
        self.members(f)?;
        self.escalation(f)?;
        self.checklist(f)?;
        self.evidence(f)?;
        self.artifacts(f)?;
        self.reproduce(f)?;
        self.seen(f)?;
        self.closure(f)
    }
}

impl Runbook<'_> {
    fn facts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let case = self.case;
        let row = case.row;
        let given = |text: Option<&str>| text.map_or_else(|| "**missing**".to_owned(), cell);
        writeln!(f, "| | |\n|---|---|")?;
        writeln!(f, "| incident | `{}` |", row.incident_id)?;
        writeln!(f, "| scenario id | {} |", given(case.scenario_id()))?;
        if case.scenario_id().is_none() {
            writeln!(f, "| test | {} |", cell(&row.scenario_id))?;
        }
        if case.wants_invariant() {
            writeln!(f, "| invariant id | {} |", given(case.invariant_id()))?;
        }
        writeln!(f, "| class | {}, by {} |", cell(&row.class), cell(&case.decided_by()))?;
        if let Some(second) = &row.secondary_class {
            writeln!(f, "| second class | {} |", cell(second))?;
        }
        if let Some(class) = &row.effective_class {
            writeln!(f, "| history speaks for | {}: {} |", cell(class), cell(case.mixed_outcomes.unwrap_or_default()))?;
        }
        let raised = row.severity_raised_by.as_deref();
        let raised = raised.map_or_else(String::new, |pattern| format!(", raised by the override {}", cell(pattern)));
        writeln!(f, "| severity | {}{raised} |", row.severity)?;
        let why = if case.why.is_empty() { String::new() } else { format!(": {}", cell(&case.why)) };
        writeln!(f, "| verdict | {}{why} |", case.verdict())?;
        if let Some(range) = case.range {
            let log = range.log_command.as_ref().map_or_else(String::new, |command| format!(": {}", cell(command)));
            writeln!(f, "| broke between | {}{log} |", cell(&range.told))?;
        }
        writeln!(f, "| seen | {} |", case.seen(cell))?;
        writeln!(f, "| owner | {}, by {} |", cell(&row.owner_hint), cell(&case.decided_by()))?;
        writeln!(f, "| first record | line {} of {} |", row.sample.line, cell(&row.sample.log))
    }

    /// The incidents of a finding of whole runs.
    fn members(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.case.finding {
            Some(whole) => write!(f, "\n{}", members(whole)),
            None => Ok(()),
        }
    }

    fn escalation(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escalation = &self.case.escalation;
        writeln!(f, "\n## Escalate: {}\n", escalation.word())?;
        let owner = code(&self.case.row.owner_hint);
        if let Some(whole) = self.case.whole(code) {
            writeln!(f, "Once for all of it: {whole}.\n")?;
        }
        if escalation.standing == Standing::Over {
            let on = if self.case.is_last_elsewhere {
                " in the runs that are judged; it failed in others since"
            } else {
                ""
            };
            writeln!(f, "{}{on}.", state(escalation.standing))?;
        } else if escalation.triggers.is_empty() {
            writeln!(f, "No trigger holds. If the twenty minutes end without an answer, hand it to {owner}.")?;
        }
        for trigger in &escalation.triggers {
            let when = match trigger.when() {
                When::AtOnce => "Now",
                When::WithItsRun => "Now, once for the run",
                When::AfterFirstResponse => "When the twenty minutes are over",
            };
            let whom = match trigger {
                Trigger::Families(..) => {
                    format!("whoever owns triage (the fallback of {})", code(&self.case.row.taxonomy))
                }
                _ => owner.clone(),
            };
            writeln!(f, "- {when}, to {whom}: {}.", reason(trigger))?;
        }
        Ok(())
    }

    fn checklist(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let case = self.case;
        let id = posix(&case.row.incident_id);
        let from = posix(self.from);
        writeln!(f, "\n## First response: 10 minutes, hard stop and escalation at 20\n")?;
        let missing: Vec<&str> = [("scenario", case.scenario_id()), ("invariant", case.invariant_id())]
            .into_iter()
            .filter_map(|(what, id)| id.is_none().then_some(what))
            .filter(|what| *what != "invariant" || case.wants_invariant())
            .collect();
        if missing.is_empty() {
            writeln!(f, "- [x] Identify the ids: both are there.")?;
        } else {
            writeln!(f, "- [ ] Identify the ids: missing the {}. Look in the artifacts.", missing.join(" and the "))?;
        }
        writeln!(f, "- [ ] Fetch the artifacts.")?;
        writeln!(f, "- [ ] Classify: is it {}? The evidence below says what to look at.", code(&case.row.class))?;
        if case.row.replay().is_some() {
            writeln!(
                f,
                "- [ ] Reproduce: `relapse replay {id} --from {from} --times 5` shows the command; `--yes` runs it."
            )?;
        } else {
            writeln!(f, "- [ ] Reproduce: neither its log nor its taxonomy has a command for it.")?;
        }
        writeln!(f, "- [ ] Fix it, or file it: `relapse ticket {id} --from {from}`.")
    }

    fn evidence(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.case.row;
        writeln!(f, "\n## Evidence required for {}\n", code(&row.class))?;
        if row.evidence.is_empty() {
            return writeln!(f, "The taxonomy {} asks for none.", code(&row.taxonomy));
        }
        for evidence in &row.evidence {
            match &evidence.found {
                Some(found) => writeln!(f, "- [x] {}: {}", evidence.name, code(found))?,
                None => writeln!(f, "- [ ] {}: **missing**", evidence.name)?,
            }
        }
        Ok(())
    }

    fn artifacts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.case.row;
        writeln!(f, "\n## Fetch the artifacts\n")?;
        let commands = retrieval::commands(row);
        for command in &commands {
            write!(f, "{}", markdown::command(command))?;
        }
        match row.told(Role::Url) {
            None => writeln!(f, "The log does not say where it ran: ask whoever keeps run {}.", code(&row.first_run))?,
            Some(url) if commands.is_empty() => writeln!(f, "By hand, from {}.", code(url))?,
            Some(url) => writeln!(f, "\nOr by hand, from {}.", code(url))?,
        }
        if row.artifact_refs.is_empty() {
            return writeln!(f, "\nThe first record names no artifact.");
        }
        writeln!(f, "\nThe first record names:\n")?;
        row.artifact_refs.iter().take(200).try_for_each(|path| writeln!(f, "- {}", code(path)))?;
        match row.artifact_refs.len().saturating_sub(200) {
            0 => Ok(()),
            more => writeln!(f, "- and {more} more, in incidents.json"),
        }
    }

    fn reproduce(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n## Reproduce\n")?;
        let mut text = String::new();
        steps(&mut text, self.case)?;
        f.write_str(&text)
    }

    fn seen(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.case.row;
        writeln!(f, "\n## What was seen\n")?;
        write!(f, "{}", block(row.told(Role::Message).unwrap_or(&row.reason_code)))?;
        if let Some(entities) = row.told(Role::Entities) {
            writeln!(f, "\nKey entities: {}", code(entities))?;
        }
        match row.told(Role::Stack) {
            Some(stack) => write!(f, "\nStack:\n\n{}", block(stack)),
            None => Ok(()),
        }
    }

    fn closure(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.case.row;
        if row.closure.is_empty() {
            return Ok(());
        }
        writeln!(f, "\n## Before it is closed\n")?;
        row.closure.iter().try_for_each(|condition| writeln!(f, "- [ ] {condition}"))?;
        if row.replay().is_none() {
            return Ok(());
        }
        let (id, from) = (posix(&row.incident_id), posix(self.from));
        writeln!(f, "\nThe transcript:\n")?;
        write!(f, "{}", block(&format!("relapse replay {id} --from {from} --times 5 --yes --transcript replay.md")))
    }
}

/// Why somebody must hear of it.
fn reason(trigger: &Trigger) -> String {
    match trigger {
        Trigger::Critical(None) => "it is critical".to_owned(),
        Trigger::Critical(Some(pattern)) => format!("it is critical, by the override {}", code(pattern)),
        Trigger::Unclassified => "no rule took it, so that its owner is the fallback".to_owned(),
        Trigger::Families(run, families) => {
            let named: Vec<String> = families.iter().take(8).map(|family| code(family)).collect();
            let more = if families.len() > 8 { " and more" } else { "" };
            format!("{} scenario families failed in {}: {}{more}", families.len(), code(run), named.join(", "))
        }
    }
}

impl Escalation {
    /// Why, in one line; empty when nobody must hear of it.
    #[must_use]
    pub fn reasons(&self) -> String {
        let mut out = String::new();
        for trigger in &self.triggers {
            let between = if out.is_empty() { "" } else { "; " };
            // Writing to a string cannot fail.
            let _ = write!(out, "{between}{}", reason(trigger));
        }
        out
    }
}
