//! The program from outside: one binary, a module for each promise.

#[path = "../../examples/corpus/layout/mod.rs"]
mod layout;
#[path = "../../examples/corpus/records/mod.rs"]
mod records;

mod conservation;
mod containers;
mod cuts;
mod damaged;
mod duplicates;
mod help;
mod malformed;
mod many;
mod outputs;
mod packing;
mod paths;
mod program;
mod reference;
mod statuses;
mod streams;
mod terminal;
mod triage;
mod window;
