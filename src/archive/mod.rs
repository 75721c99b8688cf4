//! From arguments to decoded text: discovery, memory maps, containers, and the ledger of what was read and lost.

#[forbid(unsafe_code)]
mod buffer;
#[forbid(unsafe_code)]
mod content;
#[forbid(unsafe_code)]
mod damage;
#[forbid(unsafe_code)]
mod discover;
#[forbid(unsafe_code)]
mod entry;
#[forbid(unsafe_code)]
mod format;
#[forbid(unsafe_code)]
mod frame_check;
#[forbid(unsafe_code)]
mod glance;
#[forbid(unsafe_code)]
mod gzip_header;
#[forbid(unsafe_code)]
mod gzip_member;
#[forbid(unsafe_code)]
mod gzip_search;
#[forbid(unsafe_code)]
mod gzip_stream;
#[forbid(unsafe_code)]
mod ledger;
#[forbid(unsafe_code)]
mod likeness;
mod map;
#[forbid(unsafe_code)]
mod name;
#[forbid(unsafe_code)]
mod open;
#[forbid(unsafe_code)]
mod piece;
#[forbid(unsafe_code)]
mod pieces;
#[forbid(unsafe_code)]
mod run_id;
#[forbid(unsafe_code)]
mod unjudged;
#[forbid(unsafe_code)]
mod utf16;
#[forbid(unsafe_code)]
mod vacant;
mod walk;
#[forbid(unsafe_code)]
mod zstd_frame;
#[forbid(unsafe_code)]
mod zstd_search;
#[forbid(unsafe_code)]
mod zstd_stream;

pub use buffer::{Buffer, PADDING};
pub use content::{Content, TextId};
pub(crate) use damage::Break;
pub use damage::DamageKind;
pub use discover::{DiscoverError, Discovery, Folder, Skipped, discover, find};
pub use entry::{Entry, STDIN};
pub use format::Format;
pub(crate) use format::little_endian;
pub use frame_check::FrameCheck;
pub use ledger::{
    ArchiveLedger, ByReason, ByRepair, Counts, Damage, LISTED_DAMAGE, LISTED_REJECTS, Ledger, Reject, Totals,
};
pub(crate) use likeness::looks_like;
pub use likeness::next_step;
pub use map::FileMap;
pub(crate) use name::{path_of, text_of};
pub use open::{Archive, LARGEST_WHOLE, Plan, Unit, UnitReader};
pub use piece::{Decoder, PIECE, PieceEnd};
pub(crate) use pieces::{Piece, Pieces};
pub use run_id::{RunFrom, RunFromError, strip_container};
pub use unjudged::Unjudged;
pub use utf16::Utf16;
pub use walk::{GIVEN_TWICE, SYMBOLIC_LINK};
