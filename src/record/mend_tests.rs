use proptest::prelude::*;

use super::{Mended, NotFinite, mend};
use crate::repair::{Repair, Repairs};

fn mended(line: &[u8]) -> Option<(String, Vec<Repair>)> {
    let Mended { line, repairs } = mend(line, NotFinite::Null)?;
    Some((String::from_utf8(line).expect("a mended line is text"), repairs.iter().collect()))
}

#[test]
fn each_fault_is_mended_as_a_hand_would() {
    use Repair::{BadUtf8, ControlCharacters, LeadingNuls, LeadingText, LoneSurrogates, NotFinite};
    let cases: &[(&[u8], &str, &[Repair])] = &[
        (b"{\"a\":\"caf\xe9\"}", "{\"a\":\"caf\u{fffd}\"}", &[BadUtf8]),
        (b"{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\u{fffd}\u{fffd}\u{fffd}\"}", &[BadUtf8]),
        (b"{\"a\":\"\x1b[31mred\x1b[0m\"}", r#"{"a":"\u001b[31mred\u001b[0m"}"#, &[ControlCharacters]),
        (b"{\"a\tb\":\"c\0d\"}", r#"{"a\u0009b":"c\u0000d"}"#, &[ControlCharacters]),
        (br#"{"a":"\ud83d"}"#, r#"{"a":"\ufffd"}"#, &[LoneSurrogates]),
        (br#"{"a":"\udc00\ud83d\ude00\uD83D\n"}"#, r#"{"a":"\ufffd\ud83d\ude00\ufffd\n"}"#, &[LoneSurrogates]),
        (br#"{"a":"\ud800\ud800"}"#, r#"{"a":"\ufffd\ufffd"}"#, &[LoneSurrogates]),
        (br#"{"a":"\\ud800\ud800"}"#, r#"{"a":"\\ud800\ufffd"}"#, &[LoneSurrogates]),
        (br#"{"a":NaN,"b":[Infinity, -Infinity]}"#, r#"{"a":null,"b":[null, null]}"#, &[NotFinite]),
        (b"\0\0\0 \0{\"a\":1}", "{\"a\":1}", &[LeadingNuls]),
        (b"2026-01-01 INFO: {\"a\":1} ", "{\"a\":1} ", &[LeadingText]),
        (b"\xef\xbb\xbf{\"a\":1}\r", "{\"a\":1}\r", &[LeadingText]),
        (b"\0caf\xe9{\"a\":NaN}", "{\"a\":null}", &[NotFinite, LeadingNuls, LeadingText]),
    ];
    for &(line, twin, repairs) in cases {
        assert_eq!(mended(line), Some((twin.to_owned(), repairs.to_vec())), "{}", String::from_utf8_lossy(line));
    }
    let named = mend(br#"{"a":-Infinity}"#, super::NotFinite::Named).unwrap();
    assert_eq!(named.line, br#"{"a":"-Infinity"}"#);
}

#[test]
fn what_may_be_damage_is_left_alone() {
    let long = [b"\x01{\"a\":\"".as_slice(), &vec![b'x'; super::LONGEST], b"\"}"].concat();
    let lines: [&[u8]; 9] = [
        b"{\"a\":\"cut \xe9",
        b"{\"a\":\"\xe9\"} and more",
        b"{\"a\":\"\0\0\"}",
        b"{\"a\":\xe9}",
        b"{\"a\"\x01:1}",
        b"no object \xff",
        b"\0\0\0",
        b"",
        &long,
    ];
    for line in lines {
        assert_eq!(mended(line), None, "{:?}", String::from_utf8_lossy(&line[..line.len().min(60)]));
    }
    // The judge refuses what is no value.
    for line in [r#"{"a":1NaN}"#, r#"{"a":-NaN}"#, r"{NaN:1}", r#"{"a":"NaN"}"#, r#"{"a":"-Infinity"}"#] {
        let line = mended(line.as_bytes()).map_or_else(|| line.to_owned(), |(line, _)| line);
        assert!(!line.contains("null"), "{line}");
    }
}

/// Texts of strings, with what is no text among them.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[a-z\"\\\\{}:,é😀]{0,9}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..6),
        Just(br"\ud83d".to_vec()),
        Just(br"\ude00".to_vec()),
        Just(br"\u00".to_vec()),
        Just(b"NaN".to_vec()),
        Just(b"-Infinity".to_vec()),
        Just(b"\x1b[1m".to_vec()),
        Just(b"\0".to_vec()),
        Just(b"\"a\":1,".to_vec()),
        Just(b"}".to_vec()),
        Just(b"{\"".to_vec()),
    ]
}

proptest! {
    #[test]
    fn a_line_of_the_grammar_is_never_touched_but_for_lone_surrogates(value in "\\PC{0,30}", number in any::<f64>()) {
        let line = serde_json::json!({ "note": value, "n": [number, { "\u{1b}": null }] }).to_string();
        prop_assert_eq!(mended(line.as_bytes()), None);
    }

    #[test]
    fn any_bytes_are_mended_into_text_once_and_for_all(pieces in proptest::collection::vec(piece(), 0..12)) {
        let line = [b"{\"".to_vec(), pieces.concat(), b"}".to_vec()].concat();
        if let Some(Mended { line, repairs }) = mend(&line, NotFinite::Null) {
            prop_assert!(std::str::from_utf8(&line).is_ok());
            prop_assert!(repairs != Repairs::NONE);
            prop_assert_eq!(line.first(), Some(&b'{'));
            prop_assert_eq!(mend(&line, NotFinite::Null), None);
        }
    }
}
