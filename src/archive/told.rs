//! What a reader of a format made of an archive, beside its records.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// What a reader of a format made of an archive, beside its records; or, of several archives, what their readers did.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Told {
    /// The format's name; empty for several archives.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// Documents that hold records.
    pub documents: u64,
    /// Lines that are events.
    pub events: u64,
    /// Events, or parts of documents, that are no part of a record, by kind.
    pub ignored: BTreeMap<String, u64>,
    /// Records: attempts of tests.
    pub records: u64,
    /// Tests that began and of which no end is told.
    pub unfinished: u64,
}

impl Told {
    /// Adds what another archive's reader did.
    pub fn add(&mut self, other: &Self) {
        self.documents += other.documents;
        self.events += other.events;
        self.records += other.records;
        self.unfinished += other.unfinished;
        for (kind, count) in &other.ignored {
            *self.ignored.entry(kind.clone()).or_default() += count;
        }
    }
}
