//! What a person does about an incident: the page to respond by, and the ticket to file.
//!
//! ```text
//! incidents.json + recurrence.json --> Output --> Cases --> Case --+--> Runbook (a page), Index
//!                                                                  +--> Ticket --> bd, PowerShell, gh, JSONL, Markdown
//! ```
//! Text from logs reaches a page or a ticket only through [`mod@crate::text::markdown`], and a shell only through
//! [`mod@crate::text::shell`].

mod case;
mod defect;
mod escalation;
mod existing;
mod form;
mod index;
mod retrieval;
mod runbook;
mod runbook_row;

pub use case::{Case, Cases, LeftOut, Outdated, UnknownId};
pub use defect::Ticket;
pub use escalation::{Escalation, Trigger, When};
pub use existing::references;
pub use form::{Form, Setting};
pub use index::{Index, file_name};
pub use runbook::Runbook;
pub use runbook_row::RunbookReport;
