//! Text in UTF-16, handed out as UTF-8.
//!
//! Behind this layer nobody knows: lines, their numbers and their offsets are those of the UTF-8. What is between two
//! pieces, one byte of a unit or one unit of a pair, is kept for the next one; where text is missing, the next piece is
//! aligned anew.

use std::io::Read;

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE};

use super::buffer::Buffer;
use super::format::Format;
use super::piece::PieceEnd;

/// Which byte of a unit comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Utf16 {
    /// The least.
    LittleEndian,
    /// The greatest.
    BigEndian,
}

impl Utf16 {
    /// By the mark that a text begins with.
    fn of_mark(text: &[u8]) -> Option<Self> {
        match text {
            // UTF-32: a text begins with no zero.
            [0xff, 0xfe, 0, 0, ..] => None,
            [0xff, 0xfe, ..] => Some(Self::LittleEndian),
            [0xfe, 0xff, ..] => Some(Self::BigEndian),
            _ => None,
        }
    }

    /// By the mark that the text of an archive begins with; of a packed one no more than that is decoded.
    pub(super) fn of_archive(bytes: &[u8], format: Format, max_window: u64) -> Option<Self> {
        match format {
            Format::Plain | Format::Xz | Format::Bzip2 | Format::Lz4 => Self::of_mark(bytes),
            Format::Gzip => Self::of_start(flate2::bufread::MultiGzDecoder::new(bytes)),
            Format::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(bytes).ok()?;
                decoder.window_log_max(max_window.max(1 << 10).ilog2().min(31)).ok()?;
                Self::of_start(decoder)
            }
        }
    }

    fn of_start(text: impl Read) -> Option<Self> {
        let mut start = Vec::new();
        text.take(4).read_to_end(&mut start).ok()?;
        Self::of_mark(&start)
    }

    /// Where a text can be cut: there, or one unit before, where the cut would divide a pair.
    pub(super) fn cut(self, text: &[u8], at: usize) -> usize {
        let Some(&[first, second]) = text.get(at.saturating_sub(2)..at) else { return at };
        let high = if self == Self::BigEndian { first } else { second };
        if (0xd8..0xdc).contains(&high) { at - 2 } else { at }
    }

    fn decoder(self) -> Decoder {
        let encoding = match self {
            Self::LittleEndian => UTF_16LE,
            Self::BigEndian => UTF_16BE,
        };
        // The mark is taken as one of UTF-8 is.
        encoding.new_decoder_without_bom_handling()
    }

    /// Where the first whole unit starts, in a text of which it is not known whether it begins within one: most texts are
    /// mostly ASCII, whose units have a zero for their greater byte.
    fn alignment(self, text: &[u8]) -> usize {
        let mut zeros = [0_usize; 2];
        for (at, _) in text.iter().enumerate().take(4096).filter(|&(_, &byte)| byte == 0) {
            zeros[at % 2] += 1;
        }
        let greater = usize::from(zeros[1] > zeros[0]);
        match self {
            Self::LittleEndian => 1 - greater,
            Self::BigEndian => greater,
        }
    }
}

/// Converts the pieces of a unit, in order.
pub(super) struct Converter {
    order: Utf16,
    decoder: Decoder,
    /// The piece at hand as it was.
    raw: Vec<u8>,
    /// Whether text is missing before the next piece.
    is_cut: bool,
}

impl Converter {
    pub(super) fn new(order: Utf16) -> Self {
        Self { order, decoder: order.decoder(), raw: Vec::new(), is_cut: false }
    }

    /// Puts UTF-8 in the place of a piece's text.
    pub(super) fn convert(&mut self, text: &mut Buffer, end: &mut PieceEnd) {
        let mut raw = std::mem::take(&mut self.raw);
        raw.clear();
        raw.extend_from_slice(text.text());
        text.clear(0);
        let start = if std::mem::take(&mut self.is_cut) { self.order.alignment(&raw).min(raw.len()) } else { 0 };
        let ends = end.last || end.damage.is_some_and(|damage| damage.loses_text);
        let frame_at = end.frame_at.map_or(start, |at| at.clamp(start, raw.len()));
        self.append(&raw[start..frame_at], text, false);
        end.frame_at = end.frame_at.map(|_| text.len());
        self.append(&raw[frame_at..], text, ends);
        if ends {
            self.decoder = self.order.decoder();
            self.is_cut = !end.last;
        }
        self.raw = raw;
    }

    fn append(&mut self, mut raw: &[u8], text: &mut Buffer, last: bool) {
        let mut room = [0; 4096];
        loop {
            let (result, read, written, _) = self.decoder.decode_to_utf8(raw, &mut room, last);
            text.extend(&room[..written]);
            raw = &raw[read..];
            if result == encoding_rs::CoderResult::InputEmpty {
                return;
            }
        }
    }
}

#[cfg(test)]
#[path = "utf16_tests.rs"]
mod tests;
