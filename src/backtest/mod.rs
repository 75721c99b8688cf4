//! How far verdicts could be trusted on a history of one's own: it is judged as of past dates, and each verdict is held
//! against the runs that came after.
//!
//! ```text
//! Outcome --> past dates --> judged as of each --> Said --+
//!        \--> judged whole --> Whole ---------------------+--> Held, a setting each
//! ```
//!
//! | file | |
//! |---|---|
//! | `past_date` | where the past ends |
//! | `whole` | what the whole history shows: how each run ended, and when a rate changed |
//! | `said` | what was said of a scenario on a date |
//! | `held` | what became of it, as plain data |
//! | `count` | counting that |
//! | `backtest` | the steps in order |
//! | `table` | the same for a person |

#[expect(clippy::module_inception, reason = "the room's one noun")]
mod backtest;
mod count;
mod held;
mod past_date;
mod said;
mod table;
mod whole;

pub use backtest::{Backtest, Backtested, TooShort};
pub use held::{Churn, Delay, Held, Share};
pub use past_date::Step;
