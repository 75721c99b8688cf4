//! An archive that is being read: its bytes, its format and how its work is cut.

use std::io;
use std::ops::Range;

use super::buffer::Buffer;
use super::damage::{Break, DamageKind, Decoded};
use super::entry::Entry;
use super::format::Format;
use super::gzip_header::group_blocks;
use super::gzip_stream::GzipStream;
use super::map::FileMap;
use super::piece::{Decoder, PIECE, PieceEnd};
use super::stream;
use super::utf16::{Converter, Utf16};
use super::zstd_frame::group_frames;
use super::zstd_stream::ZstdStream;

/// A frame or member is decoded in one go up to this size where memory is not short; larger ones are streamed.
pub const LARGEST_WHOLE: usize = 16 << 20;

/// How an archive's work is cut.
#[derive(Debug)]
pub enum Plan {
    /// Independent units, in order.
    Units(Vec<Unit>),
    /// One unit over everything, which must be decoded in order.
    Stream,
}

/// One independent part of an archive.
#[derive(Clone, Debug)]
pub struct Unit {
    range: Range<usize>,
    /// Decoded size, where it is known and worth decoding in one go.
    whole: Option<usize>,
    frames: u32,
}

impl Unit {
    fn nothing() -> Self {
        Self { range: 0..0, whole: None, frames: 0 }
    }
}

/// An open archive.
#[derive(Debug)]
pub struct Archive {
    map: FileMap,
    /// How it is packed.
    pub format: Format,
    /// How the bytes of `map` are: where they are spooled text, plain.
    packing: Format,
    /// Bytes of it on disk, or in its container.
    bytes: usize,
    /// What is damaged behind the text that was spooled.
    cut: Option<Break>,
    /// How the work is cut.
    pub plan: Plan,
    max_window: u64,
    largest_whole: usize,
    /// Set where the text is UTF-16 and is handed out as UTF-8.
    utf16: Option<Utf16>,
}

impl Archive {
    /// Maps the archive and reads its layout; standard input is spooled first.
    ///
    /// # Errors
    /// When it cannot be opened or read.
    pub fn open(entry: &Entry, max_window: u64) -> io::Result<Self> {
        Self::open_within(entry, max_window, LARGEST_WHOLE)
    }

    /// As [`Archive::open`], for reading with buffers of no more than `largest_whole` bytes (but at least [`PIECE`]).
    ///
    /// # Errors
    /// When it cannot be opened or read.
    pub fn open_within(entry: &Entry, max_window: u64, largest_whole: usize) -> io::Result<Self> {
        let (map, cut) = match (&entry.member, &entry.path) {
            (Some(member), _) => member.spool()?,
            (None, Some(path)) => (FileMap::open(path)?, None),
            (None, None) => (FileMap::spool(io::stdin().lock())?, None),
        };
        let (format, bytes) = (Format::detect(&map), map.len());
        let (map, cut, packing) = if format.is_spooled() {
            let (text, damage) = stream::spool(stream::decoder(&map, format)?, bytes)?;
            (text, damage.or(cut), Format::Plain)
        } else {
            (map, cut, format)
        };
        let plan = match packing {
            Format::Plain | Format::Xz | Format::Bzip2 | Format::Lz4 => Plan::Units(cut_plain(map.len())),
            Format::Zstd => {
                let walked = |range| map.release(range);
                let unit = |group: super::zstd_frame::FrameGroup| Unit {
                    range: group.compressed,
                    whole: Some(group.decoded),
                    frames: group.frames,
                };
                group_frames(&map, PIECE, largest_whole, max_window, walked)
                    .map_or(Plan::Stream, |groups| Plan::Units(groups.into_iter().map(unit).collect()))
            }
            Format::Gzip => group_blocks(&map, PIECE, |range| map.release(range)).map_or(Plan::Stream, |ranges| {
                Plan::Units(ranges.into_iter().map(|range| Unit { range, whole: None, frames: 0 }).collect())
            }),
        };
        let plan = match plan {
            // What is damaged from its first byte on is told, too.
            Plan::Units(units) if units.is_empty() && cut.is_some() => Plan::Units(vec![Unit::nothing()]),
            plan => plan,
        };
        Ok(Self { map, format, packing, bytes, cut, plan, max_window, largest_whole, utf16: None })
    }

    /// Has the text handed out as UTF-8 if it begins with a byte order mark of UTF-16.
    pub fn convert_utf16(&mut self) {
        let Some(order) = Utf16::of_archive(&self.map, self.packing, self.max_window) else { return };
        self.utf16 = Some(order);
        self.plan = match self.packing {
            Format::Plain | Format::Xz | Format::Bzip2 | Format::Lz4 => {
                let mut units = cut_plain(self.map.len());
                for unit in &mut units {
                    unit.range = order.cut(&self.map, unit.range.start)..order.cut(&self.map, unit.range.end);
                }
                Plan::Units(units)
            }
            // A frame may end within a character.
            Format::Zstd | Format::Gzip => Plan::Stream,
        };
    }

    /// The order of the bytes of a text that is handed out as UTF-8; `None` for one that is handed out as it is.
    #[must_use]
    pub fn utf16(&self) -> Option<Utf16> {
        self.utf16
    }

    /// Bytes on disk.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// Whether the archive has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// How many units the plan has.
    #[must_use]
    pub fn units(&self) -> usize {
        match &self.plan {
            Plan::Units(units) => units.len(),
            Plan::Stream => 1,
        }
    }

    /// Whether the file was overwritten, or grew, since it was opened.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.map.changed()
    }

    /// Starts reading the one unit of a [`Plan::Stream`], and leaves the checksums of large frames to a
    /// [`FrameCheck`](super::FrameCheck).
    #[must_use]
    pub fn read_unchecked(&self) -> UnitReader<'_> {
        let mut reader = self.read_unit(0);
        // They are those of the text as it is.
        if let (Source::Zstd(stream), None) = (&mut reader.source, self.utf16) {
            stream.leave_checks();
        }
        reader
    }

    /// Starts reading a unit.
    #[must_use]
    pub fn read_unit(&self, index: usize) -> UnitReader<'_> {
        let unit = match &self.plan {
            Plan::Units(units) => units[index].clone(),
            Plan::Stream => Unit { range: 0..self.map.len(), whole: None, frames: 0 },
        };
        let source = match (self.packing, unit.whole) {
            (Format::Plain | Format::Xz | Format::Bzip2 | Format::Lz4, _) => Source::Plain,
            (Format::Zstd, Some(size)) => Source::Whole { size },
            (Format::Zstd, _) => Source::Zstd(Box::new(ZstdStream::new(unit.range.clone(), self.max_window))),
            (Format::Gzip, _) => Source::Gzip(Box::new(GzipStream::new(unit.range.clone(), self.largest_whole))),
        };
        let converter = self.utf16.map(Converter::new).map(Box::new);
        UnitReader { archive: self, source, at: unit.range.start, unit, ended: false, converter }
    }
}

fn cut_plain(len: usize) -> Vec<Unit> {
    (0..len).step_by(PIECE).map(|start| Unit { range: start..len.min(start + PIECE), whole: None, frames: 0 }).collect()
}

/// Hands out a unit's text piece by piece.
pub struct UnitReader<'a> {
    archive: &'a Archive,
    source: Source,
    unit: Unit,
    at: usize,
    ended: bool,
    converter: Option<Box<Converter>>,
}

enum Source {
    Plain,
    Whole { size: usize },
    Zstd(Box<ZstdStream>),
    Gzip(Box<GzipStream>),
}

impl UnitReader<'_> {
    /// Replaces the text in `out` by the unit's next piece. After the piece that is `last`, every call gives an
    /// empty last piece.
    pub fn next_piece(&mut self, out: &mut Buffer, decoder: &mut Decoder) -> PieceEnd {
        out.clear(PIECE);
        if self.ended {
            return PieceEnd::new(None, true);
        }
        let decoded = self.decode(out, decoder);
        let mut end = self.check_shrunk(decoded, out);
        if let Some(converter) = &mut self.converter {
            converter.convert(out, &mut end);
        }
        self.ended = end.last;
        end
    }

    /// Frames or members begun so far.
    #[must_use]
    pub fn frames(&self) -> u64 {
        match &self.source {
            Source::Plain => 0,
            Source::Whole { .. } if self.at < self.unit.range.end => 0,
            Source::Whole { .. } => u64::from(self.unit.frames),
            Source::Zstd(stream) => stream.frames(),
            Source::Gzip(stream) => stream.members(),
        }
    }

    /// Bytes of the archive that were read since the unit's start.
    #[must_use]
    pub fn consumed(&self) -> usize {
        self.at - self.unit.range.start
    }

    fn decode(&mut self, out: &mut Buffer, decoder: &mut Decoder) -> Decoded {
        let input: &[u8] = &self.archive.map;
        let decoded = match &mut self.source {
            Source::Plain => {
                out.extend(&input[self.unit.range.clone()]);
                self.at = self.unit.range.end;
                return Decoded::End;
            }
            Source::Whole { size } => {
                out.clear(*size);
                let result = decoder.zstd().decompress(out.space(), &input[self.unit.range.clone()]);
                if result == Ok(*size) {
                    out.advance(*size);
                    self.at = self.unit.range.end;
                    return Decoded::End;
                }
                // Something is wrong with it: decode it again block by block and keep what is sound.
                out.clear(PIECE);
                self.source = Source::Zstd(Box::new(ZstdStream::new(self.unit.range.clone(), self.archive.max_window)));
                return self.decode(out, decoder);
            }
            Source::Zstd(stream) => stream.read(input, out),
            Source::Gzip(stream) => stream.read(input, out, decoder),
        };
        let at = match &self.source {
            Source::Zstd(stream) => stream.position(),
            Source::Gzip(stream) => stream.position(),
            Source::Plain | Source::Whole { .. } => self.at,
        };
        self.archive.map.release(self.at..at);
        self.at = at.max(self.at);
        decoded
    }

    /// Text that was decoded from bytes behind the file's present end is not text.
    fn check_shrunk(&mut self, decoded: Decoded, out: &mut Buffer) -> PieceEnd {
        let read_to = self.at;
        let intact = self.archive.map.intact();
        if matches!(self.source, Source::Plain | Source::Whole { .. }) {
            self.archive.map.release(self.unit.range.clone());
        }
        if intact < read_to {
            let keep = match self.source {
                Source::Plain => intact.saturating_sub(self.unit.range.start),
                _ => 0, // which part of the piece came from the lost bytes is unknown
            };
            out.truncate(keep);
            // Units that were read before it shrank count, whatever the file holds now.
            let at = intact.max(self.unit.range.start);
            return PieceEnd::new(Some(Break::lossy(DamageKind::Shrank, at)), true);
        }
        let frame_text = match &self.source {
            // A plain file is one frame.
            Source::Plain => read_to as u64,
            Source::Whole { .. } => out.len() as u64,
            Source::Zstd(stream) => stream.frame_text(),
            Source::Gzip(stream) => stream.member_text(),
        };
        let frame_at = usize::try_from(frame_text).ok().and_then(|text| out.len().checked_sub(text));
        let unchecked = match &self.source {
            Source::Zstd(stream) => stream.unchecked(decoded, frame_at.unwrap_or(0)),
            _ => None,
        };
        let (damage, last) = match decoded {
            Decoded::Full | Decoded::Frame { .. } => (None, false),
            Decoded::Broken(damage) => (Some(damage), false),
            Decoded::End if self.unit.range.end == self.archive.map.len() => (self.archive.cut, true),
            Decoded::End => (None, true),
        };
        PieceEnd { damage, last, frame_at, unchecked }
    }
}
