//! The forms of a ticket: a command to be pasted, a line to be imported, or a page.

mod bd;
mod beads_jsonl;
mod gh;
mod markdown;
mod powershell;

use super::defect::Ticket;

/// A form of a ticket: one row of a table, one file.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Its name.
    pub name: &'static str,
    /// What stands once before all tickets.
    head: &'static str,
    /// What stands between two tickets.
    between: &'static str,
    write: fn(&Ticket, &Setting<'_>) -> String,
}

/// What a tracker is told besides the ticket.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'s> {
    /// Prefix of the ids of the tracker.
    pub prefix: &'s str,
    /// RFC 3339 time at which the tickets are made.
    pub created_at: &'s str,
}

/// One row each.
const TABLE: [Form; 5] = [
    Form { name: "bd", head: "", between: "\n", write: bd::write },
    Form { name: "bd-powershell", head: powershell::HEAD, between: "\n", write: powershell::write },
    Form { name: "gh", head: "", between: "\n", write: gh::write },
    Form { name: "beads-jsonl", head: "", between: "", write: beads_jsonl::write },
    Form { name: "markdown", head: "", between: "\n---\n\n", write: markdown::write },
];

impl Form {
    /// The names of the forms; the first is the default.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|form| form.name)
    }

    /// The form of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TABLE.into_iter().find(|form| form.name == name)
    }

    /// Some tickets in this form, one by one with what stands before each; nothing for none.
    pub fn write<'w>(
        &'w self,
        tickets: impl Iterator<Item = Ticket> + 'w,
        setting: &'w Setting<'_>,
    ) -> impl Iterator<Item = String> + 'w {
        tickets.enumerate().map(|(at, ticket)| {
            let before = if at == 0 { self.head } else { self.between };
            format!("{before}{}", (self.write)(&ticket, setting))
        })
    }
}

/// A body as the heredoc of a POSIX shell: nothing in it is expanded, and no line of it is its end, since text from logs
/// never starts at the margin. Tried all the same.
fn heredoc(command: &str, body: &str) -> String {
    let mut end = "RELAPSE_TICKET".to_owned();
    while body.lines().any(|line| line == end) {
        end.push('_');
    }
    let newline = if body.ends_with('\n') { "" } else { "\n" };
    format!("{command} <<'{end}'\n{body}{newline}{end}\n")
}
