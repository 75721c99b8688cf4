//! A line that `bd import` takes.

use serde::Serialize;

use super::Setting;
use crate::ticket::Ticket;

/// An issue of beads.
#[expect(clippy::struct_field_names, reason = "beads' names")]
#[derive(Serialize)]
struct Issue<'t> {
    id: String,
    title: &'t str,
    description: &'t str,
    status: &'static str,
    priority: u8,
    issue_type: &'static str,
    created_at: &'t str,
    created_by: &'static str,
    updated_at: &'t str,
    labels: &'t [String],
    external_ref: String,
}

pub(super) fn write(ticket: &Ticket, setting: &Setting<'_>) -> String {
    let issue = Issue {
        id: ticket.id(setting.prefix),
        title: &ticket.title,
        description: &ticket.body,
        status: "open",
        priority: ticket.priority,
        issue_type: "bug",
        created_at: setting.created_at,
        created_by: "relapse",
        updated_at: setting.created_at,
        labels: &ticket.labels,
        external_ref: ticket.external_ref(),
    };
    // Texts and numbers alone always serialize.
    serde_json::to_string(&issue).unwrap_or_default() + "\n"
}
