//! Where a string may end: its stops, which are quotes, backslashes, control characters and all beyond ASCII.

use wide::{i8x16, u8x16};

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
        let stops = bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\'));
        // As a signed number, a byte beyond ASCII is below all others.
        let controls = i8x16::new(part.map(u8::cast_signed)).simd_lt(i8x16::splat(0x20));
        let stops = stops.to_bitmask() | controls.to_bitmask();
        if stops != 0 {
            return Some(at + stops.trailing_zeros() as usize);
        }
        at += part.len();
        rest = behind;
    }
    rest.iter().position(|&byte| is_stop(byte)).map(|behind| at + behind)
}

/// The text from a place to the first stop behind it, and where that is.
#[expect(unsafe_code, reason = "ASCII is UTF-8; to look again takes longer than all else")]
#[inline]
pub(super) fn text(line: &[u8], from: usize) -> Option<(&str, usize)> {
    let stop = next(line, from)?;
    // SAFETY: what is not ASCII is a stop, and none of these is.
    Some((unsafe { str::from_utf8_unchecked(line.get(from..stop)?) }, stop))
}

#[cfg(test)]
fn plain_next(line: &[u8], from: usize) -> Option<usize> {
    line.get(from..)?.iter().position(|&byte| is_stop(byte)).map(|behind| from + behind)
}

fn is_stop(byte: u8) -> bool {
    !matches!(byte, 0x20..0x80) || byte == b'"' || byte == b'\\'
}

#[cfg(test)]
mod tests {
    use super::{is_stop, next, plain_next, text};

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

    #[test]
    fn a_text_ends_before_whatever_is_not_ascii() {
        for len in 0..70 {
            for at in 0..=len {
                for byte in 0x80..=0xff {
                    let mut line = vec![0x7f; len];
                    line.insert(at, byte);
                    assert_eq!(text(&line, 0), str::from_utf8(&line[..at]).ok().map(|text| (text, at)));
                    assert_eq!(text(&line, at + 1), None);
                }
            }
        }
    }
}
