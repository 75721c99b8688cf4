//! Text from logs, made harmless: for a terminal, for Markdown and for a page.

use std::borrow::Cow;

/// What nobody sees, or what turns the direction of the text around it, as ranges in ascending order: controls (Cc), line
/// and paragraph separators, marks of annotations, and Unicode's `Default_Ignorable_Code_Point` (soft hyphen, characters
/// of no width, fillers, marks of direction, tags) less the variation selectors, which change no more than the look of
/// what stands before them. Every output spells these out and no others.
pub const INVISIBLE: [(char, char); 19] = [
    ('\0', '\u{1f}'),
    ('\u{7f}', '\u{9f}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e00ff}'),
    ('\u{e01f0}', '\u{e0fff}'),
];

/// The text with all that is [`INVISIBLE`] written as escapes, so that a log cannot move the cursor, hide lines or words,
/// or recolour a report. Cut at `most` characters.
#[must_use]
pub fn inert(text: &str, most: usize) -> Cow<'_, str> {
    if !text.chars().any(is_invisible) && text.chars().count() <= most {
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
        if is_invisible(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    Cow::Owned(out)
}

fn is_invisible(c: char) -> bool {
    INVISIBLE.iter().take_while(|(from, _)| *from <= c).any(|(_, to)| c <= *to)
}

#[cfg(test)]
mod tests {
    use super::{INVISIBLE, inert, is_invisible};

    #[test]
    fn escapes_do_not_reach_the_terminal() {
        assert_eq!(inert("plain ünï", 20), "plain ünï");
        assert_eq!(inert("a\u{1b}[31mb\n", 20), "a\\u{1b}[31mb\\u{a}");
        assert_eq!(inert("\u{202e}x", 20), "\\u{202e}x");
        assert_eq!(inert("abcdef", 3), "abc…");
    }

    #[test]
    fn what_nobody_sees_is_spelled_out() {
        for c in "\u{ad}\u{61c}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{2028}\u{2060}\u{2066}\u{3164}\u{feff}\u{fff9}\u{e0041}\u{e007f}".chars() {
            assert_eq!(inert(&format!("a{c}b"), 20), format!("a{}b", c.escape_unicode()));
        }
        // Letters, marks upon them, pictures and their variants are seen.
        let seen = "é e\u{301} ß 名前 עברית عربي ✓ █▁ \u{2764}\u{fe0f} \u{1f600} \u{a0}";
        assert_eq!(inert(seen, 100), seen);
    }

    #[test]
    fn every_control_is_invisible_and_the_ranges_ascend() {
        assert!(('\0'..=char::MAX).filter(|c| c.is_control()).all(is_invisible));
        assert!(INVISIBLE.iter().all(|(from, to)| from <= to));
        assert!(INVISIBLE.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }
}
