//! Files that appear whole or not at all, alone or several together, and files that are opened without waiting for anybody.

mod lock;
mod regular;
mod set;
mod target;
mod turn;

pub(crate) use lock::lock;
pub use regular::in_the_way;
pub(crate) use regular::{open, open_own};
pub use set::{FileSet, WriteError, open_of_set};
pub use target::write_whole;
pub(crate) use target::{Target, settle_again, sync_folder};
