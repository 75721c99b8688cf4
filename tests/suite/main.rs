//! The program from outside: one binary, a module for each promise.

#[path = "../../examples/corpus/layout/mod.rs"]
mod layout;

#[path = "../properties/mod.rs"]
mod properties;

#[path = "../../examples/planted/archive.rs"]
mod archive;
#[path = "../../examples/planted/bounds.rs"]
mod bounds;
#[path = "../../examples/planted/confusion.rs"]
mod confusion;
#[path = "../../examples/planted/judged.rs"]
mod judged;
#[path = "../../examples/planted/profile.rs"]
mod profile;
#[path = "../../examples/planted/score.rs"]
mod score;
#[path = "../../examples/planted/world/mod.rs"]
mod world;
#[path = "../../examples/planted/worlds.rs"]
mod worlds;

mod backtest;
mod bank;
mod bench;
mod builds;
mod check;
mod clocks;
mod config;
mod conservation;
mod containers;
mod cuts;
mod damaged;
mod diff;
mod duplicates;
mod earlier;
mod folders;
mod formats;
mod fuzzed;
mod gate;
mod gone;
mod guessed;
mod held;
mod help;
mod inert;
mod integration;
mod killed;
mod lacking;
mod limits;
mod links;
mod malformed;
mod many;
mod memory;
mod merging;
mod metrics;
mod nothing;
mod orders;
mod outputs;
mod overruns;
mod pack;
mod packing;
mod parquet;
mod paths;
mod planted;
mod program;
mod reference;
mod repaired;
mod report;
mod schema;
mod screen;
mod snapshots;
mod standing;
mod statuses;
mod store;
mod streams;
mod terminal;
mod tickets;
mod together;
mod triage;
mod unsaid;
mod vouched;
mod window;
mod within;
mod words;
mod year;

use world::records;
