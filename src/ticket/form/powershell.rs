//! `bd.exe create`, of beads, from PowerShell.
//!
//! The body is a single-quoted here-string, in which nothing has a meaning but a line that begins with `'@`; text from
//! logs never starts at the margin. Arguments hold no `"`, which Windows PowerShell 5.1 loses.

use super::Setting;
use crate::text::shell::powershell;
use crate::ticket::Ticket;

/// What is piped to a program is UTF-8 only when asked for, before PowerShell 6.
pub(super) const HEAD: &str = "$OutputEncoding = [System.Text.UTF8Encoding]::new($false)\n";

pub(super) fn write(ticket: &Ticket, _: &Setting<'_>) -> String {
    let is_end = |line: &str| {
        let mut characters = line.chars();
        matches!(characters.next(), Some('\'' | '\u{2018}'..='\u{201b}')) && characters.next() == Some('@')
    };
    // No text from a log begins a line; should anything else, it is moved from the margin.
    let line = |line: &str| if is_end(line) { format!(" {line}") } else { line.to_owned() };
    let body: Vec<String> = ticket.body.trim_end_matches('\n').lines().map(line).collect();
    format!(
        "@'\n{}\n'@ | bd.exe create --type bug --priority {} --labels {} --external-ref {} --title {} --body-file -\n",
        body.join("\n"),
        ticket.priority,
        powershell(&ticket.labels.join(",")),
        powershell(&ticket.external_ref()),
        powershell(&ticket.title),
    )
}
