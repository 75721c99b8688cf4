//! What a sweep remembers of the records it read: a state that merges.

mod add;
mod batch;
mod blocks;
mod build;
mod cell;
mod clean;
mod clock;
mod codec;
mod configuration;
mod day;
mod doubt;
mod entries;
mod groups;
mod incident;
mod keeper;
mod measurements;
mod merge;
mod order;
mod outside;
mod partial;
mod partitions;
mod passes;
mod read;
mod run;
mod run_name;
mod run_set;
mod scenarios;
mod sequence;
mod series;
mod size;
mod spill;
mod summary;
mod symbols;
#[expect(clippy::module_inception, reason = "the room's one noun")]
mod tally;
mod torn;
mod turn;
mod wire;

pub use add::Failure;
pub use batch::Batch;
pub use cell::{Cell, CellKey, Outcome, What};
pub use clean::Clean;
pub use clock::{Clock, DAY_MS, FIRST_SET_CLOCK_MS};
pub use configuration::{Configuration, MEANING};
pub use day::day_of;
pub use entries::{Entries, PacketEntries, Rule};
pub use incident::{At, First, Incident, Place, incident_id};
pub use keeper::Keeper;
pub use measurements::Measurements;
pub use order::{ONE_OR_SEVERAL, RunOrder, steady};
pub use outside::Outside;
pub use partial::{Partial, read_format, read_ledger, write_format, write_ledger};
pub use partitions::{Judging, Limit, Partitions, Room, SpillError, Whole};
pub use read::CellsByScenario;
pub use run::{Facet, Run, is_asked_for};
pub use run_name::{by_number, shape as name_shape};
pub use run_set::RunSet;
pub use scenarios::ScenarioKey;
pub use series::{Collector, Point, Series, SeriesKey};
pub use summary::IncidentSummary;
pub use symbols::{Symbol, Symbols};
pub use tally::Tally;
pub use wire::{Broken, In, Out, one_of};

#[cfg(test)]
mod tests;
