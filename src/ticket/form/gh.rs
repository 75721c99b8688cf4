//! `gh issue create`, of GitHub. Its only label is one that every repository has: `gh` refuses one that is not there.

use super::{Setting, heredoc};
use crate::text::shell::posix;
use crate::ticket::Ticket;

pub(super) fn write(ticket: &Ticket, _: &Setting<'_>) -> String {
    heredoc(&format!("gh issue create --label bug --title {} --body-file -", posix(&ticket.title)), &ticket.body)
}
