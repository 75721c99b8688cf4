//! The list of all pages.

use std::collections::BTreeMap;
use std::fmt;

use super::case::{Case, LeftOut};
use super::escalation::Trigger;
use crate::text::markdown::{cell, code};
use crate::text::terminal::plural;

/// An index of first-response pages in Markdown: what is not over first, of that what must be escalated at once, then as the
/// report orders them.
#[derive(Clone, Debug)]
pub struct Index<'c> {
    /// The incidents.
    pub cases: Vec<Case<'c>>,
    /// Whether each has a page beside the index to be linked to.
    pub has_pages: bool,
    /// The incidents that are not listed.
    pub left_out: LeftOut,
    /// What the sweep could not read, or does not know the meaning of, where that is something.
    pub lacking: Option<&'c str>,
}

/// The file of an incident's page: the id, with a sign that every file system takes for its colon.
#[must_use]
pub fn file_name(incident_id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    format!("{}.md", incident_id.chars().map(plain).collect::<String>())
}

fn families<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (&'c String, &'c Vec<String>)> {
    case.escalation.triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Families(run, families) => Some((run, families)),
        _ => None,
    })
}

impl fmt::Display for Index<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = self.cases.iter().filter(|case| case.escalation.word() == "at once").count();
        let incidents: usize = self.cases.iter().map(|case| case.ids().count()).sum();
        let rows = match self.cases.len() {
            rows if rows == incidents => String::new(),
            rows => format!(" in {}", plural(rows as u64, "row")),
        };
        match self.lacking {
            // None at all is no good news of what was not read.
            Some(_) if incidents == 0 => writeln!(f, "# No incident is known\n")?,
            _ => writeln!(f, "# {}{rows}, {now} to be escalated at once\n", plural(incidents as u64, "incident"))?,
        }
        if let Some(lacking) = self.lacking {
            writeln!(f, "**Not the whole of it**: {}.\n", code(lacking))?;
        }
        if let Some(left_out) = self.left_out.told() {
            writeln!(f, "Not listed: {left_out}.\n")?;
        }
        let runs: BTreeMap<&String, &Vec<String>> = self.cases.iter().flat_map(|case| families(case)).collect();
        for (run, families) in &runs {
            let families: Vec<String> = families.iter().map(|family| code(family)).collect();
            writeln!(
                f,
                "- escalate run {} once: {} scenario families failed in it, {}",
                code(run),
                families.len(),
                families.join(", ")
            )?;
        }
        if !runs.is_empty() {
            writeln!(f)?;
        }
        writeln!(f, "| escalate | severity | class | scenario | reason | verdict | owner | incident |")?;
        writeln!(f, "|---|---|---|---|---|---|---|---|")?;
        let mut cases: Vec<&Case<'_>> = self.cases.iter().collect();
        let urgency = |case: &Case<'_>| case.escalation.when().map_or(u8::MAX, |when| when as u8);
        cases.sort_by_key(|case| (case.row.standing(), urgency(case)));
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
                case.whole(cell).unwrap_or_else(|| cell(&case.name())),
                cell(&row.reason_code),
                row.verdict.map_or("none", |verdict| verdict.name()),
                cell(&row.owner_hint),
            )?;
        }
        Ok(())
    }
}
