//! Worlds whose truth is known: scenarios planted with a history, the rules that say what the
//! history is to be called, and the log lines that tell it.
//!
//! Stands alone: a test includes it with
//! `#[path = "../examples/planted/world/mod.rs"] mod world;`, draws a [`Corpus`] in memory and takes
//! its lines from [`Corpus::write_run`]; the same arguments give the same bytes on any machine.
#![allow(dead_code, unused_imports, reason = "each test or example that includes this module uses a part of it")]

mod cases;
mod corpus;
mod mass;
mod null;
mod oracle;
mod plan;
#[path = "../../corpus/records/mod.rs"]
pub(crate) mod records;
mod series;
mod stage;
mod truth;

#[cfg(test)]
mod tests;

pub(crate) use cases::{CASES, Case, Drawn};
pub(crate) use corpus::{Corpus, Scenario};
pub(crate) use mass::MassFailures;
pub(crate) use null::{WORLDS, World};
pub(crate) use oracle::{Answer, judge};
pub(crate) use plan::{Plan, Size};
pub(crate) use records::Draw;
pub(crate) use series::{Attempt, Mark, Series};
pub(crate) use stage::Stage;
pub(crate) use truth::{Planted, truth_document};
