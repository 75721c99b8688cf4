//! What a taxonomy said of a failure, so that a report can say who decided.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Assignment, Classifier};

/// What a taxonomy said of a failure besides its class and severity.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct Ruling {
    /// Name of the taxonomy.
    pub taxonomy: String,
    /// The rule that took it: its code, else `rule 3`, counted from 1; `None` for the fallback.
    pub rule: Option<String>,
    /// Whom to ask.
    pub owner: String,
    /// A second class.
    pub secondary_class: Option<String>,
    /// The override that raised the severity, as the taxonomy writes its invariant.
    pub severity_raised_by: Option<String>,
    /// The class that mixed outcomes under one revision speak for.
    pub mixed_class: Option<String>,
}

impl Classifier {
    /// What was said of a failure.
    #[must_use]
    pub fn ruling(&self, assignment: Assignment) -> Ruling {
        let taxonomy = self.taxonomy();
        let name = |place: usize| self.code(assignment).map_or_else(|| format!("rule {}", place + 1), str::to_owned);
        let raised_by = assignment.raised_by.and_then(|place| taxonomy.overrides().get(place));
        Ruling {
            taxonomy: taxonomy.name().to_owned(),
            rule: assignment.rule.map(name),
            owner: self.owner(assignment).to_owned(),
            secondary_class: self.secondary(assignment).map(|class| class.name.clone()),
            severity_raised_by: raised_by.map(|entry| entry.invariant.to_string()),
            mixed_class: taxonomy.mixed_outcomes().map(|class| class.name.clone()),
        }
    }
}
