//! Some weeks of whole sweeps over a suite whose truth is known; `cargo run --example year` is the whole year.

#[path = "../../examples/year/random.rs"]
mod random;
#[path = "../../examples/year/suite.rs"]
mod suite;
#[path = "../../examples/year/sweeps.rs"]
mod sweeps;
#[path = "../../examples/year/table.rs"]
mod table;
#[path = "../../examples/year/truth.rs"]
mod truth;
#[path = "../../examples/year/world.rs"]
mod world;

use crate::profile;
use sweeps::Size;

/// Eighty runs kept.
const SOME_WEEKS: Size = Size { scale: 1, runs: 10, kept: 8, weeks: 10, revisions: false, shards: 1 };

#[test]
fn what_sweeps_say_week_by_week_is_true() {
    let mut table = table::Table::default();
    for (year, revisions) in [(1, false), (2, true)] {
        let size = Size { revisions, ..SOME_WEEKS };
        sweeps::year(size, year, &mut table).unwrap();
    }
    println!("{table}");
    // Six scenarios fail in bursts, of which eighty runs hold one or two: no share of them tells anything.
    let broken: Vec<&str> = table.broken().into_iter().filter(|what| !what.contains("bursts")).collect();
    assert!(broken.is_empty(), "{broken:?}\n{table}");
    // What broke and what was fixed is told at all.
    assert!(table.tells(false), "{table}");
}

#[test]
fn what_they_say_of_runs_in_shards_is_true() {
    let mut table = table::Table::default();
    sweeps::year(Size { shards: 3, ..SOME_WEEKS }, 3, &mut table).unwrap();
    println!("{table}");
    // One year of so few runs is too short for shares of scenario-weeks: one scenario is a third of its world.
    let broken: Vec<&str> = table.broken().into_iter().filter(|what| !what.contains("scenario-week")).collect();
    assert!(broken.is_empty() && table.tells(false), "{broken:?}\n{table}");
}
