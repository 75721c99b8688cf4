//! Where members of a gzip archive begin.

use flate2::{Decompress, FlushDecompress, Status};
use libdeflater::Crc;
use memchr::memmem;

use super::format::{GZIP_MAGIC, little_endian};
use super::gzip_stream::MemberHeader;

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
        let mut written = 0;
        let mut read = header.len;
        while written < text.len() {
            let before = inflate.total_in();
            let status = inflate.decompress(&input[read..], &mut text[written..], FlushDecompress::None);
            let total = usize::try_from(inflate.total_out()).unwrap_or(usize::MAX);
            read += usize::try_from(inflate.total_in() - before).unwrap_or(0);
            match status {
                Ok(Status::StreamEnd) => {
                    let mut crc = Crc::new();
                    crc.update(&text[..total]);
                    let is_whole = little_endian(input, read, 4) == Some(u64::from(crc.sum()));
                    // Its lines count where only its checksum is wrong, too; then what follows must vouch for its end.
                    let rest = input.get(read + 8..);
                    return is_whole || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(&GZIP_MAGIC));
                }
                Ok(_) if total > written || inflate.total_in() > before => written = total,
                // A cut archive: what is there decodes.
                Ok(_) => return total > 0,
                Err(_) => return false,
            }
        }
        true
    }
}
