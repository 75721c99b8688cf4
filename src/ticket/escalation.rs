//! Who must hear of an incident, and when.

use std::collections::BTreeSet;

use crate::incident::IncidentRow;
use crate::recurrence::Standing;
use crate::taxonomy::Severity;

/// Families that fail in one run, from which on it is more than one team's defect.
const SEVERAL: usize = 3;

/// The families of scenarios, by the prefix of their ids; `S` is that of the journeys S1 to S11.
const FAMILIES: [&str; 9] = ["SCH", "BID", "NOS", "HLT", "API", "UI", "ADV", "CRON", "S"];

/// Whether a failure speaks for its family: broken infrastructure does not, and a group of another log is none.
pub(super) fn counts_as_family(row: &IncidentRow) -> bool {
    row.taxonomy == "integration" && row.verdict.is_some() && FAMILIES.contains(&row.packet_id.as_str())
}

/// When somebody must hear of an incident, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// At once, before looking any further.
    AtOnce,
    /// At once, and once for all incidents of the run.
    WithItsRun,
    /// When the twenty minutes of the first response are over without an answer.
    AfterFirstResponse,
}

/// Why somebody must hear of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// It is critical; with the override that made it so.
    Critical(Option<String>),
    /// No rule took it.
    Unclassified,
    /// Several scenario families failed in its last run.
    Families(String, Vec<String>),
}

/// Who must hear of an incident, when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// Whether it is still of concern.
    pub standing: Standing,
    /// Why; empty when nobody must hear of it beyond its owner.
    pub triggers: Vec<Trigger>,
}

impl Trigger {
    /// When.
    #[must_use]
    pub const fn when(&self) -> When {
        match self {
            Self::Critical(_) => When::AtOnce,
            Self::Families(..) => When::WithItsRun,
            Self::Unclassified => When::AfterFirstResponse,
        }
    }
}

impl Escalation {
    /// `families`: the packets that failed in the incident's last run.
    pub(super) fn of(row: &IncidentRow, families: &BTreeSet<&str>) -> Self {
        let mut triggers = Vec::new();
        // Nobody is called for what is over.
        if matches!(row.standing(), Standing::Over | Standing::Elsewhere) {
            return Self { triggers, standing: row.standing() };
        }
        if row.severity == Severity::Critical {
            triggers.push(Trigger::Critical(row.severity_raised_by.clone()));
        }
        if families.len() >= SEVERAL {
            let families = families.iter().map(|&family| family.to_owned()).collect();
            triggers.push(Trigger::Families(row.last_run.clone(), families));
        }
        if row.rule.is_none() {
            triggers.push(Trigger::Unclassified);
        }
        Self { triggers, standing: row.standing() }
    }

    /// When at the earliest; `None` when nobody must.
    #[must_use]
    pub fn when(&self) -> Option<When> {
        self.triggers.iter().map(Trigger::when).min()
    }

    /// `at once`, `with its run`, `after 20 minutes`, `no` or `no: it is over`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.when() {
            Some(When::AtOnce) => "at once",
            Some(When::WithItsRun) => "with its run",
            Some(When::AfterFirstResponse) => "after 20 minutes",
            None if self.standing == Standing::Over => "no: it is over",
            None => "no",
        }
    }
}
