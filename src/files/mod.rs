//! Files that appear whole or not at all, alone or several together, and files that are opened without waiting for anybody.

mod lock;
mod regular;
mod set;
mod target;
mod turn;

pub(crate) use lock::lock;
pub(crate) use regular::{in_the_way, open, open_own};
pub(crate) use set::{FileSet, open_of_set};
pub(crate) use target::{Target, settle_again, sync_folder, write_whole};
