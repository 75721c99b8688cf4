//! `recurrence.json`: `relapse-recurrence-v1`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::Nothing;
use crate::recurrence::Recurrence;

/// The judgements of a sweep. Like the incidents, they carry no clock and no path of the input.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct RecurrenceReport<'r> {
    schema_version: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    answer: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nothing: Option<&'r Nothing>,
    #[serde(flatten)]
    recurrence: &'r Recurrence,
}

impl<'r> RecurrenceReport<'r> {
    /// The report of some judgements, of the answer of this digest ([`crate::analysis::answer_digest`]).
    #[must_use]
    pub fn new(recurrence: &'r Recurrence, answer: &'r str) -> Self {
        Self { schema_version: "relapse-recurrence-v1", answer, nothing: None, recurrence }
    }

    /// Says why there is nothing that could have failed, where that is so.
    #[must_use]
    pub fn with_nothing(self, nothing: Option<&'r Nothing>) -> Self {
        Self { nothing, ..self }
    }
}
