//! From arguments to decoded text: discovery, memory maps, containers, and the ledger of what was read and lost.

mod buffer;
mod container;
mod content;
mod damage;
mod discover;
mod entry;
mod format;
mod frame_check;
mod glance;
mod gzip_header;
mod gzip_member;
mod gzip_search;
mod gzip_stream;
mod ledger;
mod likeness;
mod map;
mod name;
mod open;
mod piece;
mod pieces;
mod run_id;
mod stream;
mod told;
mod unjudged;
mod utf16;
mod vacant;
mod walk;
mod zstd_frame;
mod zstd_search;
mod zstd_stream;

pub use buffer::{Buffer, PADDING};
pub use container::{Container, Member, WITHIN};
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
pub use likeness::next_step;
pub(crate) use likeness::{format_of, looks_like};
pub use map::FileMap;
pub(crate) use name::{path_of, text_of};
pub use open::{Archive, LARGEST_WHOLE, Plan, Unit, UnitReader};
pub use piece::{Decoder, PIECE, PieceEnd};
pub(crate) use pieces::{Piece, Pieces};
pub use run_id::{RunFrom, RunFromError, strip_container};
pub use told::Told;
pub use unjudged::Unjudged;
pub use utf16::Utf16;
pub use walk::{GIVEN_TWICE, Glancer, SYMBOLIC_LINK};
