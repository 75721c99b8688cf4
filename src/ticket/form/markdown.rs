//! A page of Markdown.

use super::Setting;
use crate::text::markdown::code;
use crate::ticket::Ticket;

pub(super) fn write(ticket: &Ticket, _: &Setting<'_>) -> String {
    let labels: Vec<String> = ticket.labels.iter().map(|label| code(label)).collect();
    format!(
        "# {}\n\nLabels: {}; priority {}\n\n{}",
        code(&ticket.title),
        labels.join(", "),
        ticket.priority,
        ticket.body
    )
}
