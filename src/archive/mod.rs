//! From arguments to decoded text: discovery, memory maps, containers, and the ledger of what was read and lost.

mod buffer;
mod content;
mod damage;
mod discover;
mod format;
mod frame_check;
mod gzip_member;
mod gzip_stream;
mod ledger;
mod map;
mod open;
mod run_id;
mod zstd_frame;
mod zstd_stream;

pub use buffer::{Buffer, PADDING};
pub use content::{Content, TextId};
pub(crate) use damage::Break;
pub use damage::DamageKind;
pub use discover::{DiscoverError, Discovery, Entry, Folder, STDIN, Skipped, discover, find};
pub use format::Format;
pub(crate) use format::little_endian;
pub use frame_check::FrameCheck;
pub use ledger::{ArchiveLedger, ByReason, Counts, Damage, LISTED_DAMAGE, LISTED_REJECTS, Ledger, Reject, Totals};
pub use map::FileMap;
pub use open::{Archive, Decoder, LARGEST_WHOLE, PIECE, PieceEnd, Plan, Unit, UnitReader};
pub use run_id::{RunFrom, RunFromError, strip_container};
