use proptest::prelude::*;

use super::{Mended, NotFinite, mend};
use crate::repair::{Repair, Repairs};

fn mended(line: &[u8]) -> Option<(String, Vec<Repair>)> {
    let Mended { line, repairs, .. } = mend(line, NotFinite::Null)?;
    Some((String::from_utf8(line).expect("a mended line is text"), repairs.iter().collect()))
}

#[test]
fn each_fault_is_mended_as_a_hand_would() {
    use Repair::{
        BadUtf8, ControlCharacters, EscapedIds, ForeignEscapes, LeadingNuls, LeadingText, LoneSurrogates, NotFinite,
        Unseen,
    };
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
        // Behind the object, and between values.
        (b"{\"a\":1}\x1b[0m\x1b[K\r", r#"{"a":1}"#, &[Unseen]),
        (b"{\"a\":1}\0\0\0", r#"{"a":1}"#, &[Unseen]),
        ("{\"a\":1}\u{feff} \u{a0}".as_bytes(), r#"{"a":1}"#, &[Unseen]),
        (b"\x1b[31m{\"a\":1}\x1b[0m", r#"{"a":1}"#, &[LeadingText, Unseen]),
        ("\u{9b}31m{\"a\":1}\u{9b}0m".as_bytes(), r#"{"a":1}"#, &[LeadingText, Unseen]),
        (b"{\x1b[34m\"a\"\x1b(B\x1b[m:\x1b[1m1\x1b[m}", r#"{ "a"  : 1 }"#, &[Unseen]),
        // Text before it that holds brackets.
        (br#"stderr {job=7} {"a":1}"#, r#"{"a":1}"#, &[LeadingText]),
        (br#"{} x {"a":1}"#.split_at(1).1, r#"{"a":1}"#, &[LeadingText]),
        (br#"x {} [{"job":7}] {"a":{"b":1}}"#, r#"{"a":{"b":1}}"#, &[LeadingText]),
        (br#"x {"a": {"b":1}}"#, r#"{"a": {"b":1}}"#, &[LeadingText]),
        // Other spellings.
        (br#"{"a":-NaN,"b":[nan,-nan,inf]}"#, r#"{"a":null,"b":[null,null,null]}"#, &[NotFinite]),
        (br#"[-inf, {"a":+Infinity,"b":Inf ,"c":NAN}"#, r#"{"a":null,"b":null ,"c":null}"#, &[NotFinite, LeadingText]),
        (br#"{"a":-nan(ind),"b":nan(snan)}"#, r#"{"a":null,"b":null}"#, &[NotFinite]),
        // Escapes of others.
        (br#"{"a":"\x1b[31m\xe9\x4A"}"#, r#"{"a":"\u001b[31m\u00e9\u004a"}"#, &[ForeignEscapes]),
        (br#"{"a":"\e[1mit\'s\0\033[m\0"}"#, r#"{"a":"\u001b[1mit's\u0000\u001b[m\u0000"}"#, &[ForeignEscapes]),
        (br#"{"a":"\a\v\U0001F600\U000000e9"}"#, r#"{"a":"\u0007\u000b\ud83d\ude00\u00e9"}"#, &[ForeignEscapes]),
        (br#"{"a":"\x22,\x5c"}"#, r#"{"a":"\u0022,\u005c"}"#, &[ForeignEscapes]),
        ("{\"a\":NaN\u{9b}1m,\"b\":-inf\x1b[m}".as_bytes(), r#"{"a":null ,"b":null }"#, &[NotFinite, Unseen]),
        // Codes in keys, and nowhere else.
        (b"{\"\x1b[1ma\x1b[0m\" : \"\x1b[1mb\"}", r#"{"a" : "\u001b[1mb"}"#, &[ControlCharacters, EscapedIds]),
        (br#"{"\u001b[1ma\"\u009b0m":["\u001b[m"]}"#, r#"{"a\"":["\u001b[m"]}"#, &[EscapedIds]),
        (br#"{"\x1b[1ma":1}"#, r#"{"a":1}"#, &[EscapedIds, ForeignEscapes]),
    ];
    for &(line, twin, repairs) in cases {
        assert_eq!(mended(line), Some((twin.to_owned(), repairs.to_vec())), "{}", String::from_utf8_lossy(line));
    }
    let named = mend(br#"{"a":-Infinity,"b":[-nan,+inf,-INF]}"#, super::NotFinite::Named).unwrap();
    assert_eq!(named.line, br#"{"a":"-Infinity","b":["NaN","Infinity","-Infinity"]}"#);
}

#[test]
fn what_may_be_damage_is_left_alone() {
    let long = [b"\x01{\"a\":\"".as_slice(), &vec![b'x'; super::LONGEST], b"\"}"].concat();
    let lines: [&[u8]; 19] = [
        b"{\"a\":\"cut \xe9",
        b"{\"a\":\"\xe9\"} and more",
        b"{\"a\":NaN}\x1b[0mand more",
        b"{\"a\":NaN}\x1b[31",
        b"{\"a\":NaN}\0\xff",
        b"{\"a\":NaN}\0\0{\"b\":1",
        b"x {\"a\":1,\"b\":{\"c\":1}",
        b"x {\"a\":\"one, \"b\":{\"c\":1}}",
        b"x {\"a\":1 \"b\":2} {\"c\":1}",
        b"{\"a\":\"\\",
        b"{\"a\"\x1b[31:1}",
        b"{\"a\":\"\\x1\"",
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
    for line in [
        r#"{"a":1NaN}"#,
        r#"{"a":--NaN}"#,
        r#"{"a":- NaN}"#,
        r#"{"a":nano}"#,
        r#"{"a":NaN2}"#,
        r#"{"a":inf.0}"#,
        r#"{"a":infinite}"#,
        r#"{"a":nan(x)}"#,
        r#"{"a":"NaN"}"#,
        r#"{"a":"-Infinity"}"#,
        r#"{"a":"\q\x4"}"#,
        r#"{"a":"\x4g\08\1\U0001f60\U00110000\U0000d800"}"#,
        r#"{"a":"C:\dir"}"#,
        r#"{job=7} {"a":1}"#,
        r#"{"a":1}{"b":1}"#,
    ] {
        assert_eq!(mended(line.as_bytes()), None, "{line}");
    }
    let (line, _) = mended(br"{NaN:1}").unwrap_or_else(|| ("{NaN:1}".to_owned(), Vec::new()));
    assert!(!line.contains("null"), "{line}");
    // Two values that a code divides do not become one.
    for line in ["{\"a\":1\x1b[0m2}", "{\"a\":nu\x1b[0mll}", "{\"a\":Na\x1b[0mN}"] {
        let (line, _) = mended(line.as_bytes()).unwrap();
        assert!(serde_json::from_str::<serde::de::IgnoredAny>(&line).is_err(), "{line}");
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
        Just("\u{9b}1m".into()),
        Just(br"\x1b[0m".to_vec()),
        Just(br"\'\e\0\033".to_vec()),
        Just(b"-nan".to_vec()),
        Just(b"\":".to_vec()),
        Just(b"} \0{\"".to_vec()),
        Just(b"\0".to_vec()),
        Just(b"\"a\":1,".to_vec()),
        Just(b"}".to_vec()),
        Just(b"{\"".to_vec()),
    ]
}

proptest! {
    #[test]
    fn a_line_of_the_grammar_is_never_touched_but_for_lone_surrogates(
        value in "(\\PC|[{}\"'\\\\\u{1b}\u{9b}\0\n]|nan|-inf|\\{\"){0,30}",
        key in "[^\u{1b}\u{9b}]{0,9}",
        number in any::<f64>(),
        space in "[ \t\r\n]{0,3}",
    ) {
        let line = serde_json::json!({ "note": value, key: [number, null, true, { "n": value }], "nil": null });
        for line in [line.to_string(), serde_json::to_string_pretty(&line).unwrap()] {
            prop_assert_eq!(mended(format!("{space}{line}{space}").as_bytes()), None);
        }
    }

    #[test]
    fn what_stands_around_a_line_leaves_what_it_says(value in "\\PC{0,30}", before in "[a-z:]{1,9}( \\{[a-z=]{0,5}\\})?") {
        let line = serde_json::json!({ "note": value, "n": { "note": [value, {}] } }).to_string();
        for around in [format!("{before} {line}"), format!("\x1b[31m{line}\x1b[0m"), format!("{line}\0\0 \0")] {
            prop_assert_eq!(mended(around.as_bytes()).map(|(line, _)| line), Some(line.clone()), "{}", around);
        }
        // Cut anywhere, no object within it is taken for it.
        for cut in (0..line.len()).filter(|&cut| line.is_char_boundary(cut)) {
            let cut = format!("{before} {}", &line[..cut]);
            let read = mended(cut.as_bytes()).filter(|(line, _)| line.trim() != "{}");
            prop_assert_eq!(read, None, "{}", cut);
        }
    }

    #[test]
    fn any_bytes_are_mended_into_text_once_and_for_all(pieces in proptest::collection::vec(piece(), 0..12)) {
        let line = [b"{\"".to_vec(), pieces.concat(), b"}".to_vec()].concat();
        if let Some(Mended { line, repairs, .. }) = mend(&line, NotFinite::Null) {
            prop_assert!(std::str::from_utf8(&line).is_ok());
            prop_assert!(repairs != Repairs::NONE);
            prop_assert_eq!(line.first(), Some(&b'{'));
            prop_assert_eq!(mend(&line, NotFinite::Null), None);
        }
    }
}
