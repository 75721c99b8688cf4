//! The value of a mapped field, read where it stands.

use super::record::Texts;
use super::slot::Slot;
use super::walk::{Walk, Written};

/// Reads the value that starts here into its slot, where that lies: a slot is large to hand around.
#[inline]
pub(super) fn read<'l>(walk: &mut Walk<'l>, slot: &mut Slot<'l>) -> Option<()> {
    let first = walk.token();
    let start = walk.at;
    match first {
        b'"' => *slot = Slot::Text(walk.plain_string()?),
        b'-' | b'0'..=b'9' => {
            let written = walk.number()?;
            *slot = number(walk.text(start..walk.at)?, written);
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
            *slot = Slot::Other("boolean");
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
    let inside = walk.text(start..walk.at)?;
    walk.at += 1;
    Some(Slot::Texts(Texts::Quoted(inside)))
}

/// The value of a number by its text, exactly.
#[inline]
fn number<'l>(text: &str, written: Written) -> Slot<'l> {
    match written {
        Written::Digits if text.len() <= 19 => {
            Slot::Integer(i128::from(text.bytes().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))))
        }
        Written::Negative if text == "-0" => Slot::Number(-0.0),
        // Seeds often have twenty digits.
        Written::Digits if let Ok(value) = text.parse::<u64>() => Slot::Integer(i128::from(value)),
        Written::Digits | Written::Negative => text.parse().map_or(Slot::HugeInteger, Slot::Integer),
        Written::Broken => Slot::Number(text.parse().unwrap_or(f64::NAN)),
    }
}
