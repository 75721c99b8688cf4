//! Masks: a message without what differs from one failure to the next, so that one defect is one reason.

use serde::de::IgnoredAny;

/// Bytes of a line that are looked at.
const FARTHEST: usize = 16 << 10;

/// Writes the first line of a text that is not blank into `out`, with JSON values as `<json>`, quoted text as
/// `<text>`, UUIDs as `<uuid>`, hexadecimal words as `<hex>` and other digits as `<n>`; at most `at_most` bytes.
///
/// - JSON is an object or array that parses as such.
/// - Quotes are `"`, `'` and `` ` ``; `'` opens only where no word ends, so that it may be an apostrophe.
/// - A hexadecimal word has `0x` before it, or at least eight digits, of which one is a decimal one and one a letter.
/// - Digits are a run of them with the sign, point and exponent of a number.
///
/// This is version 1; another one would make other incidents of the same log.
pub fn mask(text: &str, at_most: usize, out: &mut String) {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    // What is masked may reach far behind what is kept, but a hostile line must not be searched again and again.
    let mut rest = &line[..line.floor_char_boundary(FARTHEST)];
    let mut in_word = false;
    while let Some(first) = rest.chars().next() {
        if out.len() >= at_most {
            break;
        }
        let (written, width) = match masked(rest, first, in_word) {
            Some((mask, width)) => (mask, width),
            None => (&rest[..first.len_utf8()], first.len_utf8()),
        };
        out.push_str(written);
        let taken = &rest[..width];
        in_word = taken.chars().next_back().is_some_and(char::is_alphanumeric);
        rest = &rest[width..];
    }
    while out.len() > at_most {
        out.pop();
    }
}

/// What stands for the start of a text, and how many bytes of it are masked.
fn masked(rest: &str, first: char, in_word: bool) -> Option<(&'static str, usize)> {
    match first {
        '{' | '[' => json(rest).map(|width| ("<json>", width)),
        '"' | '`' => quoted(rest, first).map(|width| ("<text>", width)),
        '\'' if !in_word => quoted(rest, first).map(|width| ("<text>", width)),
        '0'..='9' | 'a'..='f' | 'A'..='F' if !in_word => hexadecimal(rest).or_else(|| number(rest)),
        '0'..='9' => number(rest),
        _ => None,
    }
}

/// Bytes of the JSON object or array that starts here.
fn json(rest: &str) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}

/// Bytes of the quoted text that starts here.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Lengths of the groups of a UUID.
const UUID: [usize; 5] = [8, 4, 4, 4, 12];

/// A UUID or a hexadecimal word that starts here.
fn hexadecimal(rest: &str) -> Option<(&'static str, usize)> {
    let word = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').unwrap_or(rest.len());
    let groups: Vec<&str> = rest[..end].split('-').collect();
    if groups.len() == UUID.len() && groups.iter().zip(UUID).all(|(group, len)| group.len() == len && is_hex(group)) {
        return Some(("<uuid>", end));
    }
    let width = word(rest);
    let text = &rest[..width];
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let is_long = || {
        let has = |wanted: fn(&u8) -> bool| text.as_bytes().iter().any(wanted);
        text.len() >= 8 && is_hex(text) && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
    };
    (digits.is_some_and(|digits| !digits.is_empty() && is_hex(digits)) || is_long()).then_some(("<hex>", width))
}

/// The number that starts here.
fn number(rest: &str) -> Option<(&'static str, usize)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut width = digits(rest);
    if width == 0 {
        return None;
    }
    let fraction = rest[width..].strip_prefix('.').map_or(0, digits);
    if fraction > 0 {
        width += 1 + fraction;
    }
    if let Some(exponent) = rest[width..].strip_prefix(['e', 'E']) {
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let count = digits(unsigned);
        let ends = !unsigned[count..].starts_with(|c: char| c.is_alphanumeric());
        if count > 0 && ends {
            width += 1 + (exponent.len() - unsigned.len()) + count;
        }
    }
    Some(("<n>", width))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::mask;

    fn masked(text: &str) -> String {
        let mut out = String::new();
        mask(text, 200, &mut out);
        out
    }

    #[test]
    fn what_differs_between_failures_is_masked() {
        for (text, expected) in [
            ("expected 3 bids, got 4", "expected <n> bids, got <n>"),
            ("took 12.5ms, 1e-9 off, at 1.2.3", "took <n>ms, <n> off, at <n>.<n>"),
            (r#"body was {"id": 7, "a": [1]} here"#, "body was <json> here"),
            ("list [1, 2] and [not json 3]", "list <json> and [not json <n>]"),
            (r#"user "O\"Neil 4" can't 'see this' `x`"#, "user <text> can't <text> <text>"),
            ("an open \"quote 5", "an open \"quote <n>"),
            ("org 123e4567-e89b-12d3-a456-426614174000 gone", "org <uuid> gone"),
            ("at 0xDEADBEEF and deadbee5 and deadbeef and 0x", "at <hex> and <hex> and deadbeef and <n>x"),
            ("user42 of org_8f3a2b91c", "user<n> of org_<hex>"),
            ("\n\n  second line 2  \nthird", "second line <n>"),
            ("42P01 of 2026-01-02T03:04:05Z", "<n>P<n> of <n>-<n>-<n>T<n>:<n>:<n>Z"),
            ("", ""),
            ("\n \n", ""),
            ("ünï 1é", "ünï <n>é"),
        ] {
            assert_eq!(masked(text), expected, "{text}");
        }
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let mut out = String::new();
        mask(&"é".repeat(200), 201, &mut out);
        assert_eq!(out, "é".repeat(100));
    }

    proptest! {
        #[test]
        fn masking_is_total_bounded_and_has_no_digit_left(text in any::<String>(), most in 1_usize..300) {
            let mut out = String::new();
            mask(&text, most, &mut out);
            prop_assert!(out.len() <= most);
            prop_assert!(!out.bytes().any(|byte| byte.is_ascii_digit()), "{out}");
            prop_assert!(!out.contains('\n'));
        }

        #[test]
        fn other_numbers_and_names_make_no_other_reason(n in any::<u64>(), id in any::<u128>(), name in "[a-z ]{0,9}") {
            let other = masked(&format!("failed {n} of \"{name}\" in {}", format_args!("{id:032x}")));
            let word = other.rsplit(' ').next().unwrap();
            prop_assert!(other.starts_with("failed <n> of <text> in ") && ["<hex>", "<n>"].contains(&word), "{other}");
        }
    }
}
