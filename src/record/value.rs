//! The value of a mapped field, read where it stands.

use super::slot::Slot;
use super::texts::Texts;
use super::walk::{Walk, Written};

/// Reads the value that starts here into its slot, where that lies: a slot is large to hand around.
#[inline(never)]
pub(super) fn read<'l>(walk: &mut Walk<'l>, slot: &mut Slot<'l>) -> Option<()> {
    let first = walk.token();
    let start = walk.at;
    match first {
        b'"' => *slot = Slot::Text(walk.plain_string()?),
        b'-' | b'0'..=b'9' => {
            let written = walk.number()?;
            *slot = number(walk.bytes(start..walk.at)?, written);
        }
        b'[' => *slot = texts(walk)?,
        b'{' => {
            walk.value()?;
            *slot = Slot::Other("object");
        }
        b'n' => {
            walk.value()?;
            *slot = Slot::Null;
        }
        _ => {
            walk.value()?;
            *slot = Slot::Bool(first == b't');
        }
    }
    Some(())
}

/// An array, which starts here.
fn texts<'l>(walk: &mut Walk<'l>) -> Option<Slot<'l>> {
    let whole = *walk;
    walk.at += 1;
    let start = walk.at;
    if walk.token() != b']' {
        loop {
            match walk.token() {
                b'"' => {
                    walk.plain_string()?;
                }
                b'{' | b'[' | b't' | b'f' | b'n' => {
                    *walk = whole;
                    walk.value()?;
                    return Some(Slot::Other("array with other values than strings"));
                }
                _ => return None,
            }
            match walk.token() {
                b',' => walk.at += 1,
                b']' => break,
                _ => return None,
            }
        }
    }
    let inside = str::from_utf8(walk.bytes(start..walk.at)?).ok()?;
    walk.at += 1;
    Some(Slot::Texts(Texts::Quoted(inside)))
}

/// The value of a number by its text, exactly.
#[inline]
fn number<'l>(text: &[u8], written: Written) -> Slot<'l> {
    match written {
        Written::Digits if text.len() <= 19 => Slot::Integer(i128::from(digits(text))),
        // Seeds often have twenty digits.
        Written::Digits if let Some((head, [last])) = text.split_last_chunk().filter(|(head, _)| head.len() == 19) => {
            Slot::Integer(i128::from(digits(head)) * 10 + i128::from(last - b'0'))
        }
        Written::Digits | Written::Negative | Written::Broken => rare_number(text, written),
    }
}

#[inline(never)]
fn rare_number<'l>(text: &[u8], written: Written) -> Slot<'l> {
    // It is ASCII.
    let text = str::from_utf8(text).unwrap_or_default();
    match written {
        Written::Negative if text == "-0" => Slot::Number(-0.0),
        Written::Digits | Written::Negative => text.parse().map_or(Slot::HugeInteger, Slot::Integer),
        Written::Broken => Slot::Number(text.parse().unwrap_or(f64::NAN)),
    }
}

/// Of ten.
const POWERS: [u64; 8] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

/// The value of at most 19 digits.
#[inline]
fn digits(text: &[u8]) -> u64 {
    let (eights, rest) = text.as_chunks::<8>();
    let value = eights.iter().fold(0, |value, eight| value * 100_000_000 + eight_digits(*eight));
    match text.last_chunk::<8>() {
        _ if rest.is_empty() => value,
        // The last eight, with zeros for those that were read already.
        Some(last) => {
            let rest_only = u64::MAX << (64 - 8 * rest.len());
            value * POWERS[rest.len()] + eight_digits((u64::from_le_bytes(*last) & rest_only).to_le_bytes())
        }
        None => rest.iter().fold(value, |value, digit| value * 10 + u64::from(digit - b'0')),
    }
}

/// The value of eight digits: of pairs, then of pairs of pairs, then of all, side by side in one register (after
/// Lemire, "Quickly parsing eight digits", 2022).
#[inline]
fn eight_digits(text: [u8; 8]) -> u64 {
    let ones = u64::from_le_bytes(text) & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = (ones * 10 + (ones >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (fours * 10_000 + (fours >> 32)) & 0xffff_ffff
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn digits_are_what_they_are_one_by_one() {
        for len in 1..=19 {
            for text in ["1234567890123456789", "9999999999999999999", "0000000000000000000", "1000000010000000100"] {
                assert_eq!(digits(&text.as_bytes()[..len]), text[..len].parse::<u64>().unwrap(), "{text} {len}");
            }
        }
    }
}
