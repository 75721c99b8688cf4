//! Where a string may end: the places of a line that matter inside strings, one bit a byte.

use wide::u8x16;

/// Bytes that one word of bits stands for.
const BLOCK: usize = 64;

/// The quotes, backslashes and control characters of one line.
#[derive(Clone, Debug, Default)]
pub(super) struct Stops(Vec<u64>);

impl Stops {
    /// Finds the stops of a line; those of the line before are forgotten, their room is kept.
    pub(super) fn scan(&mut self, line: &[u8]) -> &[u64] {
        let (blocks, rest) = line.as_chunks::<BLOCK>();
        let mut last = [b' '; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        self.0.clear();
        self.0.reserve(blocks.len() + 1);
        self.0.extend(blocks.iter().map(word));
        self.0.push(word(&last));
        &self.0
    }
}

/// The first stop at or behind `from`; past the line's end there is none.
#[inline]
pub(super) fn next(words: &[u64], from: usize) -> Option<usize> {
    let mut at = from / BLOCK;
    let mut word = words.get(at)? & (u64::MAX << (from % BLOCK));
    while word == 0 {
        at += 1;
        word = *words.get(at)?;
    }
    Some(at * BLOCK + word.trailing_zeros() as usize)
}

#[inline]
fn word(block: &[u8; BLOCK]) -> u64 {
    let (parts, _) = block.as_chunks::<16>();
    parts.iter().rev().fold(0, |word, part| {
        let bytes = u8x16::new(*part);
        let control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
        let stops = bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\')) | control;
        word << 16 | u64::from(stops.to_bitmask())
    })
}

#[cfg(test)]
mod tests {
    use super::{Stops, next};

    #[test]
    fn every_byte_at_every_place() {
        let mut stops = Stops::default();
        for len in [1, 15, 16, 63, 64, 65, 127, 128, 200] {
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    let mut line = vec![b'x'; len];
                    line[at] = byte;
                    let stop = byte < 0x20 || byte == b'"' || byte == b'\\';
                    let words = stops.scan(&line);
                    assert_eq!(next(words, 0), stop.then_some(at), "{byte:#x} at {at} of {len}");
                    assert_eq!(next(words, at), stop.then_some(at));
                    assert_eq!(next(words, at + 1), None);
                }
            }
        }
        assert_eq!(next(stops.scan(b""), 0), None);
    }
}
