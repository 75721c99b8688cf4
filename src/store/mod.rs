//! What sweeps came to, kept: next week costs only what is new, and what is elsewhere is merged.
//!
//! ```text
//!   DIR/lock                          held while a sweep runs (shared) and while entries are removed (alone)
//!      /index, index.lock             which file holds which bytes, since when
//!      /partials/BYTES-SETTINGS       what an archive with these bytes comes to under these settings
//!      /contents/BYTES-SETTINGS       length and hash of its text, where that was asked for
//!      /answers/ALL                   the reports of a set of archives under the options of judging
//! ```
//!
//! Every file is sealed, appears whole, and depends on nothing but what its name says: whatever is lost,
//! broken or older is made anew. docs/partials.md describes the format.

mod answer;
mod clock;
mod contents;
mod index;
mod known;
mod seal;
mod session;
mod set;
#[expect(clippy::module_inception, reason = "the room's one noun")]
mod store;
mod upkeep;

pub use answer::Answer;
pub use seal::{Kind, Seal, Unsealed, VERSION};
pub use session::{Session, Use};
pub use set::{Gathered, MergeError, Merging, PartSet};
pub use store::{Store, StoreError};
pub use upkeep::{Entry, Listing, Prune, Pruned};
