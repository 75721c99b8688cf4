//! A decision for a person, for another program, and for what shows annotations and test results.

mod details;
mod github;
mod human;
mod junit;
mod sarif;

pub use github::github;
pub use human::human;
pub use junit::junit;
pub use sarif::sarif;

#[cfg(test)]
mod tests;
