//! Escape codes of terminals, and what else of a text nobody sees.

use std::fmt::Write;

use anstream::adapter::strip_str;

use crate::text::inert::is_invisible;

/// What begins a code in eight bits (C1), as `ESC [` does in seven.
const CSI: char = '\u{9b}';

/// Bytes of the whole code that a text begins with; `None` where none does, or where it is cut.
pub(super) fn len(text: &[u8]) -> Option<usize> {
    match text {
        [0x1b, b'[', rest @ ..] | [0xc2, 0x9b, rest @ ..] => Some(2 + control(rest)?),
        // Titles and links.
        [0x1b, b']', rest @ ..] => {
            let end = rest.iter().position(|&byte| byte < b' ')?;
            match rest[end..] {
                [0x07, ..] => Some(2 + end + 1),
                [0x1b, b'\\', ..] => Some(2 + end + 2),
                _ => None,
            }
        }
        [0x1b, rest @ ..] => {
            let end = rest.iter().position(|byte| !(b' '..=b'/').contains(byte))?;
            (rest[end].is_ascii_alphanumeric() || b"<=>\\".contains(&rest[end])).then_some(1 + end + 1)
        }
        _ => None,
    }
}

/// Bytes of the parameters of a code and of the letter that ends it. Brackets could end one too, but where a code is cut, they
/// are what stands behind it.
fn control(rest: &[u8]) -> Option<usize> {
    let end = rest.iter().position(|byte| !(b' '..=b'?').contains(byte))?;
    (rest[end].is_ascii_alphabetic() || b"@`~".contains(&rest[end])).then_some(end + 1)
}

/// Bytes at the start of a text that nobody sees: white space, controls and whole codes.
pub(super) fn unseen(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(len) = len(&text[at..]).or_else(|| unseen_character(&text[at..])) {
        at += len;
    }
    at
}

fn unseen_character(text: &[u8]) -> Option<usize> {
    let start = &text[..text.len().min(4)];
    let valid = std::str::from_utf8(start).map_or_else(|error| &start[..error.valid_up_to()], str::as_bytes);
    let first = std::str::from_utf8(valid).ok()?.chars().next()?;
    (first.is_whitespace() || is_invisible(first)).then(|| first.len_utf8())
}

/// Whether a line holds a code whose first character is written as an escape of JSON.
pub(super) fn is_escaped_in(line: &[u8]) -> bool {
    let mut escapes = memchr::memmem::find_iter(line, b"\\u00");
    escapes.any(|at| matches!(line.get(at + 4..at + 6), Some([b'1' | b'9', b'b' | b'B'])))
}

/// Whether a text that was read from a line may hold codes of eight bits that were written as escapes. Where they stand in
/// sound JSON as they are, the line is read by ways that look at no character of an id, so that they are no codes in any line.
pub(super) fn may_be_c1(line: &[u8]) -> bool {
    !line.is_empty() && memchr::memmem::find(line, "\u{9b}".as_bytes()).is_none()
}

/// Puts a text without its codes into `room`; `false` where it has none.
pub(super) fn strip(text: &str, with_c1: bool, room: &mut String) -> bool {
    let has_c1 = with_c1 && text.contains(CSI);
    if !has_c1 && !text.contains('\x1b') {
        return false;
    }
    room.clear();
    // Writing to a string cannot fail.
    let _ = if has_c1 {
        write!(room, "{}", strip_str(&text.replace(CSI, "\x1b[")))
    } else {
        write!(room, "{}", strip_str(text))
    };
    true
}

#[cfg(test)]
mod tests {
    use super::{is_escaped_in, len, strip, unseen};

    #[test]
    fn a_code_ends_where_a_terminal_ends_it() {
        for (text, code) in [
            ("\x1b[0m}", Some(4)),
            ("\x1b[38;5;1mx", Some(9)),
            ("\x1b[K", Some(3)),
            ("\x1b[?25lx", Some(6)),
            ("\u{9b}0mx", Some(4)),
            ("\x1b(Bx", Some(3)),
            ("\x1b7", Some(2)),
            ("\x1b]8;;http://x\x1b\\x", Some(15)),
            ("\x1b]0;title\x07x", Some(10)),
            ("\x1b]0;title", None),
            ("\x1b[31", None),
            ("\x1b[31{", None),
            ("\x1b{", None),
            ("\x1b[31\x01", None),
            ("\x1b", None),
            ("x\x1b[0m", None),
            ("", None),
        ] {
            assert_eq!(len(text.as_bytes()), code, "{text:?}");
        }
    }

    #[test]
    fn what_is_seen_is_never_passed_over() {
        for (text, bytes) in [
            ("\x1b[0m\x1b[K\r\0\0 ", 11),
            ("\u{feff}\u{a0}\u{200b}\u{2028}", 3 + 2 + 3 + 3),
            ("\0x", 1),
            ("\x1b[31", 1),
            ("x", 0),
            ("é", 0),
            ("", 0),
        ] {
            assert_eq!(unseen(text.as_bytes()), bytes, "{text:?}");
        }
        assert_eq!((unseen(b" \xe9"), unseen(b" \xe2\x80"), unseen(b"\0\xe2\x80\x8b")), (1, 1, 4));
    }

    #[test]
    fn texts_lose_codes_and_nothing_else() {
        let plain = |text, with_c1| {
            let mut room = "before".to_owned();
            strip(text, with_c1, &mut room).then_some(room)
        };
        assert_eq!(plain("\x1b[31mé\u{9b}0m b", true).as_deref(), Some("é b"));
        assert_eq!(plain("\u{9b}31mred\u{9b}0m", true).as_deref(), Some("red"));
        assert_eq!((plain("\u{9b}31mred", false), plain("plain", true)), (None, None));
        for (line, is) in
            [(r"\u001b", true), (r"\u009B", true), (r"\u00", false), (r"\u001", false), (r"\u002b", false)]
        {
            assert_eq!(is_escaped_in(line.as_bytes()), is, "{line}");
        }
    }
}
