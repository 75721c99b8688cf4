//! What is asked of every line of a sweep.

use super::detect::Shapes;
use super::taxonomies::Classifiers;
use super::window::Span;
use crate::record::Profiles;

/// What is asked of every line of a sweep.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'r> {
    pub(super) profiles: &'r Profiles,
    pub(super) classifiers: &'r Classifiers,
    pub(super) packet: Option<&'r str>,
    pub(super) span: Span,
    pub(super) max_line: usize,
    /// Bytes of the largest frame or member that is decoded in one go.
    pub(super) largest_whole: usize,
    /// Whether records are also counted row by row, as a gate asks for.
    pub(super) keep_entries: bool,
    pub(super) shapes: Shapes<'r>,
    /// Bytes of the largest document that is read.
    pub(super) largest_document: usize,
}
