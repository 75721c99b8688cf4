//! Seeded records of the real line shape: the same arguments give the same bytes on any machine.
//!
//! Stands alone: a test or a bench includes it with
//! `#[path = "../examples/corpus/records/mod.rs"] mod records;` and writes small corpora in memory
//! with [`write_run`]; whole corpora go through [`pieces`] and [`write_piece`], which may run in
//! any order and on any number of threads.
#![allow(dead_code, unused_imports, reason = "each test or bench that includes this module uses a part of it")]

mod behaviour;
mod config;
mod counts;
mod draw;
mod family;
mod line;
mod number;
mod piece;
mod reason;
mod scenario;
mod world;

pub(crate) use behaviour::{Attempt, Behaviour};
pub(crate) use config::{Config, parse_size};
pub(crate) use counts::{Counts, Keys};
pub(crate) use draw::{Draw, mix};
pub(crate) use family::Family;
pub(crate) use line::{Head, Line};
pub(crate) use piece::{Piece, pieces, run_name, run_start_ms, write_piece, write_run};
pub(crate) use reason::{REASONS, Reason};
pub(crate) use scenario::Scenario;
pub(crate) use world::World;
