//! Container formats, told apart by their first bytes and never by a name.

use crate::words::words;

words! {
    /// How an archive's bytes are packed, in the order in which partials number them.
    Format {
        /// Text as it is.
        Plain => "plain",
        /// Zstandard frames (RFC 8878), skippable ones included.
        Zstd => "zstd",
        /// Gzip members (RFC 1952), BGZF included.
        Gzip => "gzip",
        /// xz streams.
        Xz => "xz",
        /// bzip2 streams.
        Bzip2 => "bzip2",
        /// lz4 frames.
        Lz4 => "lz4",
    }
}

/// First bytes of a zstd frame, little-endian `0xFD2FB528`.
pub(crate) const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// First bytes of a gzip member that is deflated.
pub(crate) const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];

impl Format {
    /// Reads the format off the first bytes of an archive.
    #[must_use]
    pub fn detect(bytes: &[u8]) -> Self {
        if bytes.starts_with(&ZSTD_MAGIC) || is_skippable(bytes) {
            Self::Zstd
        } else if bytes.starts_with(&GZIP_MAGIC) {
            Self::Gzip
        } else if bytes.starts_with(b"\xfd7zXZ\0") {
            Self::Xz
        } else if bytes.starts_with(b"BZh") && bytes.get(4..10) == Some(b"1AY&SY") {
            Self::Bzip2
        } else if bytes.starts_with(b"\x04\x22\x4d\x18") {
            Self::Lz4
        } else {
            Self::Plain
        }
    }
}

impl Format {
    /// Whether its text is decoded in one go, to be read as plain text.
    pub(super) fn is_spooled(self) -> bool {
        matches!(self, Self::Xz | Self::Bzip2 | Self::Lz4)
    }
}

/// Whether a skippable zstd frame starts here: `0x184D2A50` to `0x184D2A5F`, little-endian.
pub(crate) fn is_skippable(bytes: &[u8]) -> bool {
    matches!(bytes, [first, 0x2a, 0x4d, 0x18, ..] if first & 0xf0 == 0x50)
}

/// Little-endian integer of up to eight bytes at `at`; `None` when the input ends before it does.
pub(crate) fn little_endian(input: &[u8], at: usize, width: usize) -> Option<u64> {
    let bytes = input.get(at..at.checked_add(width)?)?;
    Some(bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_bytes_decide() {
        assert_eq!(Format::detect(b"\x28\xb5\x2f\xfd...."), Format::Zstd);
        assert_eq!(Format::detect(b"\x5e\x2a\x4d\x18\x00\x00\x00\x00"), Format::Zstd);
        assert_eq!(Format::detect(b"\x1f\x8b\x08\x00"), Format::Gzip);
        assert_eq!(Format::detect(b"{\"a\":1}"), Format::Plain);
        assert_eq!(Format::detect(b"\x1f\x8b"), Format::Plain);
        assert_eq!(Format::detect(b""), Format::Plain);
    }

    #[test]
    fn integers_end_where_the_input_does() {
        assert_eq!(little_endian(&[1, 2, 3], 0, 2), Some(0x0201));
        assert_eq!(little_endian(&[1, 2, 3], 1, 2), Some(0x0302));
        assert_eq!(little_endian(&[1, 2, 3], 2, 2), None);
        assert_eq!(little_endian(&[1], usize::MAX, 2), None);
    }
}
