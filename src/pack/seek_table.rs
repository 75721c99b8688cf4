//! The seek table behind the frames of a packed archive.
//!
//! The zstd seekable format, version 0.1.0 (`contrib/seekable_format/zstd_seekable_compression_format.md` of the zstd
//! sources), little-endian throughout:
//!
//! ```text
//! 184D2A5E  size of the rest            a skippable frame, which every zstd decoder passes over
//! compressed size, decoded size, XXH64  twelve bytes for each frame, in order; the low half of the digest
//! frames, 80, 8F92EAB1                  four bytes, the flags (bit 7: digests are there), the magic that ends the file
//! ```

use crate::archive::little_endian;

const SKIPPABLE: u32 = 0x184d_2a5e;
const FOOTER: u32 = 0x8f92_eab1;
const WITH_CHECKSUMS: u8 = 0x80;
const FOOTER_LEN: usize = 9;
const ENTRY_LEN: usize = 12;

/// Frames that a table may list (`ZSTD_SEEKABLE_MAXFRAMES`).
pub(super) const MOST_FRAMES: usize = 0x800_0000;

/// Decoded bytes of a frame that a table may list (`ZSTD_SEEKABLE_MAX_FRAME_DECOMPRESSED_SIZE`).
pub const LARGEST_FRAME: usize = 0x4000_0000;

/// One frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeekEntry {
    /// Bytes of the frame.
    pub compressed: u32,
    /// Bytes of its text.
    pub decoded: u32,
    /// The lower 32 bits of the XXH64 of its text, as the frame itself ends with.
    pub checksum: u32,
}

/// The frames of an archive, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeekTable {
    /// One for each frame but the table's own.
    pub entries: Vec<SeekEntry>,
}

impl SeekTable {
    /// The table as a skippable frame; `None` when there are more frames than it may list.
    #[must_use]
    pub fn encode(&self) -> Option<Vec<u8>> {
        let frames = u32::try_from(self.entries.len()).ok().filter(|_| self.entries.len() <= MOST_FRAMES)?;
        let size = u32::try_from(self.entries.len() * ENTRY_LEN + FOOTER_LEN).ok()?;
        let mut frame = Vec::with_capacity(self.encoded_len());
        frame.extend(SKIPPABLE.to_le_bytes());
        frame.extend(size.to_le_bytes());
        for entry in &self.entries {
            for field in [entry.compressed, entry.decoded, entry.checksum] {
                frame.extend(field.to_le_bytes());
            }
        }
        frame.extend(frames.to_le_bytes());
        frame.push(WITH_CHECKSUMS);
        frame.extend(FOOTER.to_le_bytes());
        Some(frame)
    }

    /// Bytes of the skippable frame.
    fn encoded_len(&self) -> usize {
        8 + self.entries.len() * ENTRY_LEN + FOOTER_LEN
    }

    /// Reads the table at the end of an archive. `None` when there is none with checksums, or when its frames are not
    /// what precedes it.
    #[must_use]
    pub fn read(archive: &[u8]) -> Option<Self> {
        let footer = archive.len().checked_sub(FOOTER_LEN)?;
        let number = |at, width| little_endian(archive, at, width);
        if number(footer + 5, 4)? != u64::from(FOOTER) || number(footer + 4, 1)? != u64::from(WITH_CHECKSUMS) {
            return None;
        }
        let frames = usize::try_from(number(footer, 4)?).ok()?;
        let first = footer.checked_sub(frames.checked_mul(ENTRY_LEN)?)?;
        let start = first.checked_sub(8)?;
        let size = (archive.len() - first) as u64;
        if number(start, 4)? != u64::from(SKIPPABLE) || number(start + 4, 4)? != size {
            return None;
        }
        let field = |at| Some(u32::from_le_bytes(archive.get(at..at + 4)?.try_into().ok()?));
        let entry = |at| Some(SeekEntry { compressed: field(at)?, decoded: field(at + 4)?, checksum: field(at + 8)? });
        let entries: Vec<_> = (first..footer).step_by(ENTRY_LEN).map(entry).collect::<Option<_>>()?;
        let covered: u64 = entries.iter().map(|entry| u64::from(entry.compressed)).sum();
        (covered == start as u64).then_some(Self { entries })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(frames: u32) -> SeekTable {
        let entry = |number: u32| SeekEntry { compressed: number + 1, decoded: number * 7, checksum: !number };
        SeekTable { entries: (0..frames).map(entry).collect() }
    }

    #[test]
    fn the_bytes_are_those_of_the_format() {
        let entries = vec![SeekEntry { compressed: 0x0102, decoded: 0x03, checksum: 0x0405_0607 }];
        let frame = SeekTable { entries }.encode().unwrap();
        let expected = [
            0x5e, 0x2a, 0x4d, 0x18, 21, 0, 0, 0, // a skippable frame of 21 bytes
            2, 1, 0, 0, 3, 0, 0, 0, 7, 6, 5, 4, // the entry
            1, 0, 0, 0, 0x80, 0xb1, 0xea, 0x92, 0x8f, // the footer
        ];
        assert_eq!(frame, expected);
    }

    #[test]
    fn what_is_written_is_read() {
        for frames in [0, 1, 2, 300] {
            let table = table(frames);
            let covered: u32 = table.entries.iter().map(|entry| entry.compressed).sum();
            let mut archive = vec![0; covered as usize];
            archive.extend(table.encode().unwrap());
            assert_eq!(SeekTable::read(&archive), Some(table.clone()));
            assert_eq!(SeekTable::read(&archive[..archive.len() - 1]), None);
            // A table of other frames than those that precede it.
            archive.insert(0, 0);
            assert_eq!(SeekTable::read(&archive), None);
        }
    }

    #[test]
    fn a_footer_alone_leads_nowhere() {
        let mut archive = u32::MAX.to_le_bytes().to_vec();
        archive.push(WITH_CHECKSUMS);
        archive.extend(FOOTER.to_le_bytes());
        assert_eq!(SeekTable::read(&archive), None);
        assert_eq!(SeekTable::read(b""), None);
    }
}
