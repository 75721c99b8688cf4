//! Names of files as texts, and back.

use std::ffi::OsStr;
use std::path::PathBuf;

/// A name, or a path, as text: bytes that are no UTF-8 as `\xff`, a backslash doubled, so that other files keep other names.
pub(crate) fn text_of(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', r"\\"));
        text.extend(chunk.invalid().iter().flat_map(|byte| byte.escape_ascii().map(char::from)));
    }
    text
}

/// The path that such a text stands for.
pub(crate) fn path_of(text: &str) -> PathBuf {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let named = match after {
            [b'\\', after @ ..] if byte == b'\\' => Some((byte, after)),
            &[b'x', high, low, ref after @ ..] if byte == b'\\' => {
                digit(high).zip(digit(low)).map(|(high, low)| (high << 4 | low, after))
            }
            _ => None,
        };
        let (byte, after) = named.unwrap_or((byte, after));
        bytes.push(byte);
        rest = after;
    }
    of_bytes(bytes)
}

#[cfg(unix)]
fn of_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn of_bytes(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use proptest::prelude::*;

    use super::{path_of, text_of};

    proptest! {
        #[test]
        fn every_name_comes_back(name in prop::collection::vec(
            prop_oneof![Just(b'\\'), Just(b'x'), Just(b'f'), Just(b'8'), Just(0xff), Just(0xc3), Just(0xa9), any::<u8>()],
            0..12,
        )) {
            let name = OsStr::from_bytes(&name);
            let path = path_of(&text_of(name));
            prop_assert_eq!(path.as_os_str(), name);
        }
    }

    #[test]
    fn bytes_that_are_no_utf_8_are_told_from_their_text() {
        assert_eq!(text_of(OsStr::from_bytes(b"r\xff.jsonl")), r"r\xff.jsonl");
        assert_eq!(text_of(OsStr::from_bytes(br"r\xff.jsonl")), r"r\\xff.jsonl");
        assert_eq!(text_of(OsStr::new("é")), "é");
        // What it never writes is read as it stands.
        assert_eq!(path_of(r"\q\").as_os_str(), OsStr::new(r"\q\"));
    }
}
