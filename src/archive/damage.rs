//! Damage in a container: data for the ledger, never an error.

use crate::words::words;

words! {
    /// What is wrong at one place of an archive.
    DamageKind {
        /// The archive ends inside a frame or member.
        Truncated => "truncated",
        /// A frame's or member's header makes no sense.
        BadHeader => "bad_header",
        /// Compressed data that does not decode.
        CorruptData => "corrupt_data",
        /// The text decoded, but its checksum differs; its lines count.
        ChecksumMismatch => "checksum_mismatch",
        /// The text decoded, but its stated length differs; its lines count.
        LengthMismatch => "length_mismatch",
        /// Bytes between or behind frames that belong to none.
        Garbage => "garbage",
        /// A frame that needs a dictionary.
        DictionaryRequired => "dictionary_required",
        /// A frame whose window is larger than `--max-window`.
        WindowTooLarge => "window_too_large",
        /// The file became shorter while it was read.
        Shrank => "shrank",
    }
}

/// A place where decoding met damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Break {
    pub(crate) kind: DamageKind,
    /// Offset in the archive's own bytes.
    pub(crate) at: u64,
    /// Whether text is missing here, so that the lines around it are incomplete.
    pub(crate) loses_text: bool,
    /// The window that decoding needs, where it is that which is refused.
    pub(crate) needed_window: Option<u64>,
}

impl Break {
    pub(crate) fn lossy(kind: DamageKind, at: usize) -> Self {
        Self { kind, at: at as u64, loses_text: true, needed_window: None }
    }

    pub(crate) fn lossless(kind: DamageKind, at: usize) -> Self {
        Self { kind, at: at as u64, loses_text: false, needed_window: None }
    }
}

/// What one call of a decoder brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// The buffer is full; there may be more.
    Full,
    /// Damage right behind the text in the buffer; decoding can go on.
    Broken(Break),
    /// The end of a frame whose checksum, at this offset, is left to others.
    Frame { at: usize, stored: u32 },
    /// The end of the range.
    End,
}
