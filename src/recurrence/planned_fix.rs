//! A fix that is named before it is proven: what a project says of it.

use globset::GlobMatcher;

use crate::definition::{self, DefinitionError, Faults, Section, pattern};

/// A fix that is named before it is proven, so that the clean runs since are one planned look (recurrence.md, section 8).
///
/// # Format
/// The table `[[fix]]` of `relapse.toml` and of a policy, and the inline table of `--fix`:
/// ```toml
/// [[fix]]
/// scenario = "tensor_io/*"      # a pattern of `*` and `?`, as are those of a policy
/// ticket = "T-123"
/// since = "run-0042"            # the first run that has it, or its revision, of which seven characters are enough
/// ```
#[derive(Clone, Debug)]
pub struct PlannedFix {
    /// Its scenarios, as the table has them.
    pub scenarios: String,
    scenario: GlobMatcher,
    /// Where it is written.
    pub ticket: String,
    /// A run or a revision.
    pub since: String,
}

impl PlannedFix {
    /// Reads a table; what is wrong is noted.
    pub(crate) fn read(section: &Section<'_>, faults: &mut Faults<'_>) -> Option<Self> {
        section.refuse_unknown(&["scenario", "ticket", "since"], faults);
        let scenarios = section.required_text("scenario", faults);
        let scenario = pattern(section, "scenario", faults);
        let ticket = section.required_text("ticket", faults);
        let since = section.required_text("since", faults);
        Some(Self {
            scenarios: scenarios?.value.to_owned(),
            scenario: scenario?,
            ticket: ticket?.value.to_owned(),
            since: since?.value.to_owned(),
        })
    }

    /// Reads an inline table: `{ scenario = "a/b", ticket = "T-1", since = "run-07" }`.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn parse(text: &str) -> Result<Self, DefinitionError> {
        // Broken over lines it would be a document of its own.
        let document = format!("fix = {}", text.replace(['\n', '\r'], " "));
        definition::read("fix", &document, &[], |root, faults| {
            root.refuse_unknown(&["fix"], faults);
            Self::read(&root.required_section("fix", faults)?, faults)
        })
    }

    /// Whether it is of this scenario.
    pub(super) fn holds(&self, scenario: &str) -> bool {
        self.scenario.is_match(scenario)
    }

    /// By what a sentence calls it.
    pub(super) fn told(&self) -> String {
        format!("`{}` ({})", self.scenarios, self.ticket)
    }
}
