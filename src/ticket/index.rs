//! The list of all pages.

use std::fmt;

use super::case::Case;
use crate::markdown::cell;
use crate::terminal::plural;

/// An index of first-response pages in Markdown: what must be escalated at once first, then as the report orders them.
#[derive(Clone, Debug)]
pub struct Index<'c> {
    /// The incidents.
    pub cases: Vec<Case<'c>>,
    /// Whether each has a page beside the index to be linked to.
    pub has_pages: bool,
}

/// The file of an incident's page: the id, with a sign that every file system takes for its colon.
#[must_use]
pub fn file_name(incident_id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    format!("{}.md", incident_id.chars().map(plain).collect::<String>())
}

impl fmt::Display for Index<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = self.cases.iter().filter(|case| case.escalation.word() == "at once").count();
        writeln!(f, "# {}, {now} to be escalated at once\n", plural(self.cases.len() as u64, "incident"))?;
        writeln!(f, "| escalate | severity | class | scenario | reason | verdict | owner | incident |")?;
        writeln!(f, "|---|---|---|---|---|---|---|---|")?;
        let mut cases: Vec<&Case<'_>> = self.cases.iter().collect();
        let urgency = |case: &Case<'_>| case.escalation.when().map_or(u8::MAX, |when| when as u8);
        cases.sort_by_key(|case| urgency(case));
        for case in cases {
            let row = case.row;
            let id = &row.incident_id;
            let link = if self.has_pages { format!("[`{id}`]({})", file_name(id)) } else { format!("`{id}`") };
            writeln!(
                f,
                "| {} | {} | {} | {} | {} | {} | {} | {link} |",
                case.escalation.word(),
                row.severity,
                cell(&row.class),
                cell(&row.scenario_id),
                cell(&row.reason_code),
                row.verdict.map_or("none", |verdict| verdict.name()),
                cell(&row.owner_hint),
            )?;
        }
        Ok(())
    }
}
