//! A check for a person, for annotations of pull requests, and for what shows test results.

mod github;
mod human;
mod junit;

pub use github::github;
pub use human::Human;
pub use junit::junit;
