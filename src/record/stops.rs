//! Where a string may end: its stops, which are quotes, backslashes and control characters.

use wide::u8x16;

/// The first stop at or behind `from`; past the line's end there is none.
#[inline]
pub(super) fn next(line: &[u8], from: usize) -> Option<usize> {
    #[cfg(test)]
    if super::plain::is_asked_for() {
        return plain_next(line, from);
    }
    let mut at = from;
    let mut rest = line.get(from..)?;
    // Strings are short: looked through where they stand, and the text between them not at all.
    while let Some((part, behind)) = rest.split_first_chunk::<16>() {
        let bytes = u8x16::new(*part);
        let control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
        let stops = bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\')) | control;
        let stops = stops.to_bitmask();
        if stops != 0 {
            return Some(at + stops.trailing_zeros() as usize);
        }
        at += part.len();
        rest = behind;
    }
    rest.iter().position(|&byte| is_stop(byte)).map(|behind| at + behind)
}

#[cfg(test)]
fn plain_next(line: &[u8], from: usize) -> Option<usize> {
    line.get(from..)?.iter().position(|&byte| is_stop(byte)).map(|behind| from + behind)
}

fn is_stop(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

#[cfg(test)]
mod tests {
    use super::{is_stop, next, plain_next};

    #[test]
    fn every_byte_at_every_place_as_byte_by_byte() {
        for len in [1, 15, 16, 17, 63, 64, 65] {
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    let mut line = vec![b'x'; len];
                    line[at] = byte;
                    assert_eq!(next(&line, 0), is_stop(byte).then_some(at), "{byte:#x} at {at} of {len}");
                    assert_eq!(next(&line, at), is_stop(byte).then_some(at));
                    assert_eq!(next(&line, at + 1), None);
                    assert_eq!(next(&line, 0), plain_next(&line, 0));
                }
            }
        }
        assert_eq!((next(b"", 0), next(b"\"", 2)), (None, None));
    }
}
