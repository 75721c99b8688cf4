//! `bd create`, of beads.

use super::{Setting, heredoc};
use crate::text::shell::posix;
use crate::ticket::Ticket;

pub(super) fn write(ticket: &Ticket, _: &Setting<'_>) -> String {
    let command = format!(
        "bd create --type bug --priority {} --labels {} --external-ref {} --title {} --body-file -",
        ticket.priority,
        posix(&ticket.labels.join(",")),
        posix(&ticket.external_ref()),
        posix(&ticket.title),
    );
    heredoc(&command, &ticket.body)
}
