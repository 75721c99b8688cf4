//! The layout of zstd frames, read without decoding them (RFC 8878, sections 3.1.1 and 3.1.2).

use std::ops::Range;

use super::format::{ZSTD_MAGIC, is_skippable, little_endian};

/// What a frame's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    /// Bytes of magic and header, before the first block.
    pub(crate) len: usize,
    /// Decoded size in bytes, where the writer knew it.
    pub(crate) content: Option<u64>,
    /// Bytes of history that decoding needs.
    pub(crate) window: u64,
    /// Whether a dictionary is named.
    pub(crate) dictionary: bool,
    /// Whether four bytes of checksum follow the last block.
    pub(crate) checksum: bool,
}

impl FrameHeader {
    /// Reads the header at the start of `input`; `None` when it is no valid header or does not end in `input`.
    pub(crate) fn read(input: &[u8]) -> Option<Self> {
        if !input.starts_with(&ZSTD_MAGIC) {
            return None;
        }
        let descriptor = *input.get(4)?;
        if descriptor & 0x08 != 0 {
            return None; // a reserved bit that a decoder must refuse
        }
        let single_segment = descriptor & 0x20 != 0;
        let mut at = 5;
        let mut window = 0;
        if !single_segment {
            let byte = *input.get(at)?;
            let base = 1u64 << (10 + (byte >> 3));
            window = base + (base >> 3) * u64::from(byte & 7);
            at += 1;
        }
        let dictionary_width = [0, 1, 2, 4][usize::from(descriptor & 3)];
        let dictionary = little_endian(input, at, dictionary_width)? != 0;
        at += dictionary_width;
        let content_width = match descriptor >> 6 {
            0 => usize::from(single_segment),
            1 => 2,
            2 => 4,
            _ => 8,
        };
        let mut content = None;
        if content_width > 0 {
            let stored = little_endian(input, at, content_width)?;
            content = Some(if content_width == 2 { stored + 256 } else { stored });
            at += content_width;
        }
        if single_segment {
            window = content.unwrap_or_default();
        }
        Some(Self { len: at, content, window, dictionary, checksum: descriptor & 0x04 != 0 })
    }
}

/// The start of a frame, up to its first block, as if the frame stated no length: with its own window, or where the stated
/// length was that, one for `most` bytes of text; `None` when that is larger than `max_window`.
pub(crate) fn without_length(start: &[u8], most: u64, max_window: u64) -> Option<[u8; 6]> {
    let descriptor = *start.get(4)?;
    let window = if descriptor & 0x20 == 0 {
        *start.get(5)?
    } else {
        let exponent = most.max(LARGEST_BLOCK as u64).checked_next_power_of_two()?.ilog2();
        if 1 << exponent > max_window {
            return None;
        }
        u8::try_from((exponent - 10) << 3).ok()?
    };
    let [a, b, c, d] = ZSTD_MAGIC;
    Some([a, b, c, d, descriptor & 0x04, window])
}

/// One block's place: header and content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) end: usize,
    pub(crate) last: bool,
}

/// Largest block, stored or decoded (RFC 8878, section 3.1.1.2.4).
pub(crate) const LARGEST_BLOCK: usize = 128 << 10;

/// Type of a block whose text stands in it as it is.
pub(crate) const STORED: u8 = 0;
/// Type of a block of one byte again and again.
const REPEATED: u8 = 1;
/// Type of a block that has to be decoded.
pub(crate) const COMPRESSED: u8 = 2;
/// Type of no block.
pub(crate) const RESERVED: u8 = 3;

/// The type of a block, by the first byte of its header.
pub(crate) fn block_type(byte: u8) -> u8 {
    byte >> 1 & 3
}

/// Where the block at `at` ends by its header, in `input` or behind its end; `None` when the header is invalid.
pub(crate) fn stated_end(input: &[u8], at: usize) -> Option<usize> {
    let header = little_endian(input, at, 3)?;
    let size = usize::try_from(header >> 3).ok()?;
    let content = match block_type(input[at]) {
        STORED | COMPRESSED => size,
        REPEATED => 1,
        _ => return None,
    };
    (size <= LARGEST_BLOCK).then_some(at + 3 + content)
}

/// Reads the block header at `at`; `None` when it is invalid or the block does not end in `input`.
pub(crate) fn block(input: &[u8], at: usize) -> Option<Block> {
    let end = stated_end(input, at).filter(|&end| end <= input.len())?;
    Some(Block { end, last: input[at] & 1 != 0 })
}

/// Where the frame ends whose blocks go on at `at`; `None` when the walk leaves the input, or takes more steps than
/// `budget` holds, from which they are taken.
pub(crate) fn end_of_blocks(input: &[u8], mut at: usize, checksum: bool, budget: &mut usize) -> Option<usize> {
    loop {
        *budget = budget.checked_sub(1)?;
        let block = block(input, at)?;
        at = block.end;
        if block.last {
            let end = at + if checksum { 4 } else { 0 };
            return (end <= input.len()).then_some(end);
        }
    }
}

/// Where the skippable frame at `at` ends; `None` when none starts there or the input ends first.
pub(crate) fn end_of_skippable(input: &[u8], at: usize) -> Option<usize> {
    if !is_skippable(input.get(at..)?) {
        return None;
    }
    let size = usize::try_from(little_endian(input, at + 4, 4)?).ok()?;
    let end = at + 8 + size;
    (end <= input.len()).then_some(end)
}

/// Whether something that a decoder knows starts at `at`.
pub(crate) fn starts_frame(input: &[u8], at: usize) -> bool {
    input.get(at..).is_some_and(|rest| rest.starts_with(&ZSTD_MAGIC) || is_skippable(rest))
}

/// A stretch of whole frames whose decoded size is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FrameGroup {
    pub(crate) compressed: Range<usize>,
    pub(crate) decoded: usize,
    pub(crate) frames: u32,
}

/// Bytes that are walked over at a time.
pub(crate) const WALK: usize = 4 << 20;

/// Groups the frames of an archive into independent pieces of work of about `target` decoded bytes.
///
/// `None` when that is not possible: a frame without its content size, larger than `largest`, with a dictionary or
/// a window above `max_window`, or any break in the chain of frames. Such an archive is decoded in order.
/// `walked` is told which parts of the input have been walked over, so that they need not stay in memory.
pub(crate) fn group_frames(
    input: &[u8],
    target: usize,
    largest: usize,
    max_window: u64,
    walked: impl Fn(Range<usize>),
) -> Option<Vec<FrameGroup>> {
    let mut groups: Vec<FrameGroup> = Vec::new();
    let (mut at, mut told) = (0, 0);
    while at < input.len() {
        if at - told >= WALK {
            walked(told..at);
            told = at;
        }
        let (end, decoded) = if let Some(end) = end_of_skippable(input, at) {
            (end, 0)
        } else {
            let header = FrameHeader::read(&input[at..])?;
            let decoded = usize::try_from(header.content?).ok().filter(|&size| size <= largest)?;
            if header.dictionary || header.window > max_window {
                return None;
            }
            (end_of_blocks(input, at + header.len, header.checksum, &mut { usize::MAX })?, decoded)
        };
        match groups.last_mut() {
            Some(group) if group.decoded + decoded <= target && end - group.compressed.start <= target => {
                group.compressed.end = end;
                group.decoded += decoded;
                group.frames += 1;
            }
            _ => groups.push(FrameGroup { compressed: at..end, decoded, frames: 1 }),
        }
        at = end;
    }
    walked(told..at);
    Some(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &[u8], level: i32) -> Vec<u8> {
        zstd::bulk::compress(text, level).unwrap()
    }

    #[test]
    fn headers_agree_with_the_library() {
        for size in [0usize, 1, 255, 256, 257, 65_791, 65_792, 300_000] {
            let bytes = frame(&vec![b'x'; size], 3);
            let header = FrameHeader::read(&bytes).unwrap();
            assert_eq!(header.content, Some(size as u64));
            assert_eq!(end_of_blocks(&bytes, header.len, header.checksum, &mut { usize::MAX }), Some(bytes.len()));
        }
    }

    #[test]
    fn a_cut_header_or_block_is_none() {
        let bytes = frame(&vec![b'x'; 300_000], 3);
        let header = FrameHeader::read(&bytes).unwrap();
        for cut in 0..header.len {
            assert_eq!(FrameHeader::read(&bytes[..cut]), None, "cut {cut}");
        }
        for cut in header.len..bytes.len() {
            assert_eq!(
                end_of_blocks(&bytes[..cut], header.len, header.checksum, &mut { usize::MAX }),
                None,
                "cut {cut}"
            );
        }
    }

    #[test]
    fn small_frames_share_a_group() {
        let mut bytes = Vec::new();
        for _ in 0..10 {
            bytes.extend(frame(&[b'y'; 100], 1));
        }
        bytes.extend([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
        let groups = group_frames(&bytes, 450, 1 << 20, 1 << 27, |_| ()).unwrap();
        assert_eq!(groups.iter().map(|g| g.decoded).collect::<Vec<_>>(), [400, 400, 200]);
        assert_eq!(groups.iter().map(|g| g.frames).sum::<u32>(), 11);
        assert_eq!(groups.last().unwrap().compressed.end, bytes.len());
        assert_eq!(group_frames(&bytes[..bytes.len() - 1], 450, 1 << 20, 1 << 27, |_| ()), None);
        assert_eq!(group_frames(&bytes, 450, 99, 1 << 27, |_| ()), None);
    }
}
