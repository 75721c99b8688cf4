//! Text from logs, made harmless for a terminal.

use std::borrow::Cow;

/// The text with every control character and every character that changes the direction of text written as an
/// escape, so that a log cannot move the cursor, hide lines or recolour a report. Cut at `most` characters.
#[must_use]
pub fn inert(text: &str, most: usize) -> Cow<'_, str> {
    let is_plain = |c: char| !c.is_control() && !is_directional(c);
    if text.chars().all(is_plain) && text.chars().count() <= most {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut left = most;
    for c in text.chars() {
        if left == 0 {
            out.push('…');
            break;
        }
        left -= 1;
        if is_plain(c) { out.push(c) } else { out.extend(c.escape_unicode()) }
    }
    Cow::Owned(out)
}

fn is_directional(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn escapes_do_not_reach_the_terminal() {
        assert_eq!(inert("plain ünï", 20), "plain ünï");
        assert_eq!(inert("a\u{1b}[31mb\n", 20), "a\\u{1b}[31mb\\u{a}");
        assert_eq!(inert("\u{202e}x", 20), "\\u{202e}x");
        assert_eq!(inert("abcdef", 3), "abc…");
    }
}
