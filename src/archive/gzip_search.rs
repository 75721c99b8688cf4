//! Where members of a gzip archive begin.

use flate2::{Decompress, DecompressError, FlushDecompress, Status};
use libdeflater::Crc;
use memchr::memmem;

use super::format::{GZIP_MAGIC, little_endian};
use super::gzip_header::MemberHeader;

/// Bytes ahead in which the next member is looked for at a time, so that only these stay in memory.
pub(super) const AHEAD: usize = 1 << 20;

/// The next place at or behind `from` where a member may begin, or one so far ahead that no member begins before it.
pub(super) fn clear(input: &[u8], from: usize) -> usize {
    let end = input.len().min(from + AHEAD);
    // One that begins before the end of the stretch may reach beyond it.
    let stretch = &input[from..input.len().min(end + GZIP_MAGIC.len() - 1)];
    memmem::find(stretch, &GZIP_MAGIC).map_or(end, |offset| from + offset)
}

/// The first member at or behind `from` that decodes for 32 KiB or to its end; else the end of the input.
pub(super) fn scan(input: &[u8], from: usize) -> usize {
    let Some(rest) = input.get(from..) else { return input.len() };
    let mut trial = Trial::default();
    memmem::find_iter(rest, &GZIP_MAGIC)
        .map(|offset| from + offset)
        .find(|&at| trial.decodes(&input[at..]))
        .unwrap_or(input.len())
}

/// One step of decoding: its status, the bytes that it read and those that it wrote.
pub(super) fn step(
    inflate: &mut Decompress,
    input: &[u8],
    text: &mut [u8],
) -> (Result<Status, DecompressError>, usize, usize) {
    let (read, written) = (inflate.total_in(), inflate.total_out());
    let status = inflate.decompress(input, text, FlushDecompress::None);
    // The differences fit: they are lengths inside the two slices.
    let length = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(0);
    (status, length(inflate.total_in(), read), length(inflate.total_out(), written))
}

/// Decodes beginnings of members, to tell true ones from false.
pub(super) struct Trial {
    inflate: Decompress,
    text: Vec<u8>,
}

impl Default for Trial {
    fn default() -> Self {
        Self { inflate: Decompress::new(false), text: vec![0; 32 << 10] }
    }
}

impl Trial {
    /// Whether a member stands at the start of the input.
    pub(super) fn decodes(&mut self, input: &[u8]) -> bool {
        let Ok(header) = MemberHeader::read(input) else { return false };
        let Self { inflate, text } = self;
        inflate.reset(false);
        let (mut at, mut total) = (header.len, 0);
        while total < text.len() {
            let (status, read, written) = step(inflate, &input[at..], &mut text[total..]);
            at += read;
            total += written;
            match status {
                Ok(Status::StreamEnd) => {
                    let mut crc = Crc::new();
                    crc.update(&text[..total]);
                    let is_whole = little_endian(input, at, 4) == Some(u64::from(crc.sum()));
                    // Its lines count where only its checksum is wrong, too; then what follows must vouch for its end.
                    let rest = input.get(at + 8..);
                    return is_whole || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(&GZIP_MAGIC));
                }
                Ok(_) if read > 0 || written > 0 => {}
                // A cut archive: what is there decodes.
                Ok(_) => return total > 0,
                Err(_) => return false,
            }
        }
        true
    }
}
