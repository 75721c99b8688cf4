//! Archives rewritten into zstd frames of whole lines with a seek table, which any number of threads can decode at
//! once and every zstd tool reads. The text stays as it is, byte for byte.

mod again;
mod crew;
mod intake;
mod outcome;
#[expect(clippy::module_inception, reason = "the room's one noun")]
mod pack;
mod plan;
mod reader;
mod rewrite;
mod seek_table;
mod verify;

pub use outcome::{Fate, Fault, PackError, PackRow, Packed, Refusal};
pub use pack::Pack;
pub use seek_table::{LARGEST_FRAME, SeekEntry, SeekTable};
