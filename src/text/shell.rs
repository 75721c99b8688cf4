//! Words for shells: text from logs becomes one argument and nothing else.

/// A word of a POSIX shell: as it is where that is plain, else in single quotes, in which only a quote means anything.
///
/// Source: POSIX.1-2024, Shell Command Language, 2.2.2.
#[must_use]
pub fn posix(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=@%+,".contains(&byte);
    // `=` in a first word would be an assignment, `-` an option: neither is for quotes to mend.
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A word of PowerShell: in single quotes, in which only a quote means anything; it is doubled.
///
/// `PowerShell` takes the typographic quotes U+2018 to U+201B for single quotes too, so that they are doubled as well.
/// Source: `about_Quoting_Rules`, and the language specification, 2.3.5.2 (verbatim string literals).
#[must_use]
pub fn powershell(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for character in text.chars() {
        out.push(character);
        if matches!(character, '\'' | '\u{2018}'..='\u{201b}') {
            out.push(character);
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::{posix, powershell};

    #[test]
    fn plain_words_stay_and_all_else_is_quoted() {
        for (text, word) in [
            ("SCH-001", "SCH-001"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$(rm -rf /)", "'$(rm -rf /)'"),
            ("it's `x`", r"'it'\''s `x`'"),
            ("~", "'~'"),
            ("ü", "'ü'"),
        ] {
            assert_eq!(posix(text), word);
        }
    }

    #[test]
    fn powershell_doubles_every_quote_that_it_knows() {
        assert_eq!(powershell("it's ‘x’ \"y\" $(z) `"), "'it''s ‘‘x’’ \"y\" $(z) `'");
        assert_eq!(powershell("‚‛"), "'‚‚‛‛'");
    }
}
