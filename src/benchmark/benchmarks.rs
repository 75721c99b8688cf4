//! What judging all series gives: plain data, in the order and with the names of a report.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::event::Event;
use super::families::FamilySize;
use super::judgement::SeriesRow;
use crate::text::number::Rounded;

/// Every series judged.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Benchmarks {
    /// The whole in numbers.
    pub summary: Summary,
    /// What moved many series at once: hosts first, then the least likely first.
    pub events: Vec<Event>,
    /// The series, in the order given.
    pub series: Vec<SeriesRow>,
}

/// The whole in numbers.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema, Serialize)]
pub struct Summary {
    /// Series.
    pub series: usize,
    /// Series by verdict.
    pub by_verdict: BTreeMap<&'static str, usize>,
    /// Points of all series, without the two below.
    pub points: usize,
    /// Lines that were there already.
    pub duplicates: u64,
    /// Points rejected: not finite or not above 0.
    pub rejected: u64,
    /// Tests made and kept: `worse`, `better` and `mode_mix`.
    pub families: BTreeMap<&'static str, FamilySize>,
    /// Geometric mean of the ratios candidate / baseline, those of rates inverted, so that more than 1 is worse; of a
    /// bimodal lane the ratio inside its modes. Null without a ratio.
    pub ratio: Option<Rounded>,
    /// The same by host class.
    pub hosts: BTreeMap<String, HostRow>,
}

/// The series of one host class.
#[derive(Clone, Copy, Debug, Default, PartialEq, JsonSchema, Serialize)]
pub struct HostRow {
    /// Series with a ratio.
    pub series: usize,
    /// Geometric mean of their ratios.
    pub ratio: Option<Rounded>,
}
