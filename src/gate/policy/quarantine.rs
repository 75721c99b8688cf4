//! Failures that are known, and until when they may go on.

use globset::GlobMatcher;
use jiff::civil::Date;

use crate::definition::{Faults, Section, pattern};

/// Failures that are known.
#[derive(Clone, Debug)]
pub struct Quarantined {
    /// Its scenarios, as the file has them.
    pub scenarios: String,
    scenario: GlobMatcher,
    reason: Option<GlobMatcher>,
    /// Who sees to it.
    pub owner: String,
    /// Where that is written.
    pub ticket: String,
    /// The last day on which it holds.
    pub expires: Date,
}

impl Quarantined {
    /// Whether it says why what it holds back fails.
    #[must_use]
    pub fn names_reason(&self) -> bool {
        self.reason.is_some()
    }

    /// Whether it is for this scenario alone, by its name.
    #[must_use]
    pub fn names_scenario(&self, scenario: &str) -> bool {
        self.scenarios == scenario
    }

    /// Whether a failure of this scenario, for this reason, is meant.
    #[must_use]
    pub fn holds(&self, scenario: &str, reason: &str) -> bool {
        self.scenario.is_match(scenario) && self.reason.as_ref().is_none_or(|pattern| pattern.is_match(reason))
    }
}

pub(super) fn read(sections: &[Section<'_>], faults: &mut Faults<'_>) -> Vec<Quarantined> {
    let one = |section: &Section<'_>| {
        section.refuse_unknown(&["scenario", "reason", "owner", "ticket", "expires"], faults);
        let scenarios = section.required_text("scenario", faults);
        let scenario = pattern(section, "scenario", faults);
        let reason = pattern(section, "reason", faults);
        let owner = section.required_text("owner", faults);
        let ticket = section.required_text("ticket", faults);
        let expires = section.required_date("expires", faults);
        Some(Quarantined {
            scenarios: scenarios?.value.to_owned(),
            scenario: scenario?,
            reason,
            owner: owner?.value.to_owned(),
            ticket: ticket?.value.to_owned(),
            expires: expires?.value,
        })
    };
    sections.iter().filter_map(one).collect()
}
