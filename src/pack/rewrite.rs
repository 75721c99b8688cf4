//! The frames of one archive, written one behind the other.

use std::fs::File;
use std::io::{self, Write};

use super::crew::{Driver, Frame};
use super::intake::Digest;
use super::outcome::Refusal;
use super::reader::{Batch, Reader};
use super::seek_table::{MOST_FRAMES, SeekEntry, SeekTable};

/// What was written, to be compared with what can be read.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) digest: Digest,
    pub(super) table: SeekTable,
    /// Size of the file in bytes.
    pub(super) bytes: u64,
}

/// Why there is no such file.
#[derive(Debug)]
pub(super) enum Stop {
    Refused(Refusal),
    Failed(io::Error),
    /// What can be read is not what was written.
    Differs(&'static str),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Compresses all that `reader` gives and writes it with its seek table. The next batch is read while the crew
/// compresses this one.
pub(super) fn write(
    reader: &mut Reader<'_>,
    driver: &Driver<'_>,
    frame_size: usize,
    file: &mut File,
) -> Result<Written, Stop> {
    let mut table = SeekTable::default();
    let mut bytes = 0;
    let (mut batch, mut next) = (Batch::default(), Batch::default());
    reader.fill(&mut batch, driver.share(), frame_size)?;
    if batch.is_empty() {
        batch.push_text(b""); // a decoder should find a frame, if only an empty one
    }
    while !batch.is_empty() {
        let filled = driver.compress(batch.frames(), || reader.fill(&mut next, driver.share(), frame_size));
        for frame in batch.frames() {
            table.entries.push(entry(frame)?);
            file.write_all(&frame.packed)?;
            bytes += frame.packed.len() as u64;
        }
        if table.entries.len() > MOST_FRAMES {
            break;
        }
        filled?;
        std::mem::swap(&mut batch, &mut next);
    }
    let encoded = table.encode().ok_or(Refusal::TooManyFrames(MOST_FRAMES))?;
    file.write_all(&encoded)?;
    bytes += encoded.len() as u64;
    Ok(Written { digest: reader.digest(), table, bytes })
}

fn entry(frame: &mut Frame) -> io::Result<SeekEntry> {
    if let Some(fault) = frame.fault.take() {
        return Err(fault);
    }
    let len = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(io::Error::other);
    // A frame ends with the low half of its text's XXH64 (RFC 8878, section 3.1.1), which is what a table lists.
    let checksum = frame.packed.last_chunk().copied().map_or(0, u32::from_le_bytes);
    Ok(SeekEntry { compressed: len(&frame.packed)?, decoded: len(&frame.text)?, checksum })
}
