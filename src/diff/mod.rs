//! How one sweep differs from an earlier one: outputs read back, compared, and told.
//!
//! ```text
//! incidents.json + recurrence.json --> Output (old) --+
//!                                                     +--> compare --> Comparison --> Page (people), JSON
//!         the same, or a sweep just made --> Output (new) --+
//! ```
//! Incident ids are fixed, so that comparing is a join.
//!
//! | file | |
//! |---|---|
//! | `answer`, `lacking` | the files of a sweep's output, and what they say that they lack |
//! | `baseline`, `row`, `branches` | what is read of them |
//! | `compare`, `case`, `history`, `change`, `why` | what became of each incident, on each branch |
//! | `standing` | what an earlier comparison says while there are no new runs |
//! | `swept`, `earlier` | a sweep in memory as such an output, and what it is told by an earlier one |
//! | `page` | a comparison for people |

mod answer;
mod baseline;
mod branches;
mod case;
mod change;
mod compare;
mod earlier;
mod history;
mod lacking;
mod merged;
mod page;
mod row;
mod standing;
mod swept;
mod why;

pub use answer::{AnswerError, AnswerFiles};
pub use baseline::{BaselineError, Output};
pub use change::{Change, ChangeKind, Comparison, Counts, Proof, Summary};
pub use compare::compare;
pub(crate) use lacking::LedgerFile;
pub use lacking::lacking;
pub use page::Page;
pub use row::{
    Changepoint, CleanRunsNeeded, LevelTable, ListedOutage, Pattern, Remembered, Run, Scenario, Signature, Start,
};

#[cfg(test)]
mod tests;
