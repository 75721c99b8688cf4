//! Whoever keeps what archives came to, so that nobody reads them again.

use super::partial::Partial;
use crate::archive::Content;

/// Keeps what archives came to. Archives are named by their place among those that discovery found; everything may be
/// asked from any thread.
pub trait Keeper: Sync {
    /// What an archive came to, every record counted, if it is known. `with_entries`: also row by row.
    fn recall(&self, archive: usize, with_entries: bool) -> Option<Partial>;

    /// Takes what an archive came to, every record counted. Its run has no id yet. The archive may have changed while it
    /// was read.
    fn keep(&self, archive: usize, partial: &Partial);

    /// An archive's content, if it is known.
    fn recall_content(&self, archive: usize) -> Option<Content>;

    /// Takes an archive's content.
    fn keep_content(&self, archive: usize, content: &Content);
}
