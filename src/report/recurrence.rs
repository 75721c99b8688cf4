//! `recurrence.json`: `relapse-recurrence-v1`.

use serde::Serialize;

use crate::recurrence::Recurrence;

/// The judgements of a sweep. Like the incidents, they carry no clock and no path of the input.
#[derive(Clone, Debug, Serialize)]
pub struct RecurrenceReport<'r> {
    schema_version: &'static str,
    #[serde(flatten)]
    recurrence: &'r Recurrence,
}

impl<'r> RecurrenceReport<'r> {
    /// The report of some judgements.
    #[must_use]
    pub fn new(recurrence: &'r Recurrence) -> Self {
        Self { schema_version: "relapse-recurrence-v1", recurrence }
    }
}
