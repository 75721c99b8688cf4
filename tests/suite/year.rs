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

#[test]
fn what_sweeps_say_week_by_week_is_true() {
    let mut table = table::Table::default();
    for (year, revisions, shards) in [(1, false, 1), (2, true, 1), (3, false, 3)] {
        let size = Size { scale: 1, runs: 10, kept: 8, weeks: 10, revisions, shards };
        sweeps::year(size, year, &mut table).unwrap();
    }
    println!("{table}");
    // Six scenarios fail in bursts, of which eighty runs hold one or two: no share of them tells anything.
    let broken: Vec<&str> = table.broken().into_iter().filter(|what| !what.contains("bursts")).collect();
    assert!(broken.is_empty(), "{broken:?}\n{table}");
    // What broke and what was fixed is told at all.
    assert!(table.tells(false), "{table}");
}
