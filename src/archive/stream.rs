//! Streams of one file that are decoded in one go, from their start to their end: xz, bzip2, lz4, and what tar files are packed
//! with.

use std::io::{self, BufReader, Read};

use super::damage::{Break, DamageKind};
use super::format::Format;
use super::map::FileMap;

/// Bytes of text that one stream may give: what gives more is no log.
pub(super) const MOST_TEXT: u64 = 64 << 30;

/// A reader of the text of `bytes`, packed so.
pub(super) fn decoder(bytes: &[u8], format: Format) -> io::Result<Box<dyn Read + '_>> {
    Ok(match format {
        Format::Plain => Box::new(bytes),
        Format::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(bytes)),
        Format::Zstd => Box::new(zstd::Decoder::with_buffer(bytes)?),
        Format::Xz => Box::new(lzma_rust2::XzReader::new(bytes, true)),
        Format::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(bytes)),
        Format::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(BufReader::new(bytes))),
    })
}

/// Decodes a stream into a file without a name. What came before damage is kept, and the damage told.
///
/// # Errors
/// When the temporary folder has no room.
pub(super) fn spool(text: impl Read, packed: usize) -> io::Result<(FileMap, Option<Break>)> {
    let mut told = Told { text, failed: None, left: MOST_TEXT };
    let map = FileMap::spool(&mut told)?;
    let damage = told.failed.map(|kind| Break::lossy(kind, packed));
    Ok((map, damage))
}

/// Ends where its stream is damaged, and remembers that.
struct Told<R> {
    text: R,
    failed: Option<DamageKind>,
    left: u64,
}

impl<R: Read> Read for Told<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.failed.is_some() {
            return Ok(0);
        }
        if self.left == 0 {
            self.failed = Some(DamageKind::CorruptData);
            return Ok(0);
        }
        match self.text.read(into) {
            Ok(read) => {
                self.left = self.left.saturating_sub(read as u64);
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let is_cut = error.kind() == io::ErrorKind::UnexpectedEof;
                self.failed = Some(if is_cut { DamageKind::Truncated } else { DamageKind::CorruptData });
                Ok(0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// `xz -9` of `one\ntwo\n`, `bzip2` of the same; lz4 is made here.
    const TEXT: &[u8] = b"one\ntwo\n";

    fn lz4() -> Vec<u8> {
        let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
        encoder.write_all(&TEXT.repeat(10_000)).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_comes_before_damage_is_kept_and_the_damage_told() {
        let packed = lz4();
        let (map, damage) = spool(decoder(&packed, Format::Lz4).unwrap(), packed.len()).unwrap();
        assert_eq!((map.len(), damage), (80_000, None));
        let cut = &packed[..packed.len() - 9];
        let (_, damage) = spool(decoder(cut, Format::Lz4).unwrap(), cut.len()).unwrap();
        assert!(damage.is_some_and(|damage| damage.loses_text));
        for format in [Format::Xz, Format::Bzip2, Format::Lz4] {
            let (map, damage) = spool(decoder(b"no such stream", format).unwrap(), 14).unwrap();
            assert!(map.is_empty() && damage.is_some(), "{format}");
        }
    }
}
