//! Texts of a log as TOML.

use std::fmt::Write;

use crate::text::inert::is_invisible;

/// A text as a string of TOML: whatever stands in it, the string has one line, nothing that nobody sees, and no command of a
/// build's runner.
pub(super) fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut last = '"';
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if is_invisible(c) || c == '#' && last == '#' => {
                let code = u32::from(c);
                // Writing to a string cannot fail.
                let _ = if code > 0xffff { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
            }
            _ => out.push(c),
        }
        last = c;
    }
    out.push('"');
    out
}

/// Texts as an array of TOML.
pub(super) fn strings<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(string).collect();
    format!("[{}]", texts.join(", "))
}

/// A path as a profile has it: dotted where that is plain, else the list of its keys.
pub(super) fn path(keys: &[String]) -> String {
    let is_plain = |key: &String| {
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'@'))
    };
    if keys.iter().all(is_plain) { string(&keys.join(".")) } else { strings(keys.iter().map(String::as_str)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{path, string};

    #[test]
    fn plain_paths_are_dotted() {
        let keys = |keys: &[&str]| path(&keys.iter().map(|&key| key.to_owned()).collect::<Vec<_>>());
        assert_eq!(keys(&["error", "message"]), r#""error.message""#);
        assert_eq!(keys(&["@timestamp"]), r#""@timestamp""#);
        assert_eq!(keys(&["a.b", ""]), r#"["a.b", ""]"#);
        assert_eq!(string("##[error]\u{202e}\n"), r##""#\u0023[error]\u202e\n""##);
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "\\PC*|[\\x00-\\x7f#]*|.*") {
            let document = format!("key = {}\n", string(&text));
            prop_assert_eq!(document.lines().count(), 1);
            let read: toml::Table = toml::from_str(&document).unwrap();
            prop_assert_eq!(read["key"].as_str().unwrap(), text);
        }
    }
}
