//! Lines of several shapes, and the values and pieces that spoil them.

pub(super) const CONFORMANCE: [(&str, &str); 13] = [
    ("schema_version", r#""ft-conformance-log-v1""#),
    ("ts_unix_ms", "1767225600123"),
    ("suite_id", r#""kernel_route""#),
    ("scenario_id", r#""kernel_route/strict:rows""#),
    ("fixture_id", r#""rows.json""#),
    ("packet_id", r#""KX-P1-003""#),
    ("mode", r#""strict""#),
    ("seed", "11400714819323198485"),
    ("env_fingerprint", r#""det64:01""#),
    ("artifact_refs", r#"["a.md","b.json"]"#),
    ("replay_command", r#""cargo test -p rows -- --exact 'kernel_route'""#),
    ("outcome", r#""pass""#),
    ("reason_code", r#""parity_ok""#),
];

pub(super) const NESTED: [(&str, &str); 9] = [
    ("time", "1767225600.123"),
    ("run", r#"{"id":41,"branch":"main"}"#),
    ("test", r#"{"name":"a::b","result":{"word":"ok","more":[1]}}"#),
    ("files", r#"["x","y"]"#),
    ("value", "0.1"),
    ("took", "-12"),
    ("seed", "7"),
    ("any", r#"[{"a":1},null]"#),
    ("schema", "3"),
];

pub(super) const ZONED: [(&str, &str); 4] =
    [("at", r#""2026-01-01T01:02:03.5+02:00""#), ("id", r#""t1""#), ("status", r#""passed""#), ("extra", "1e2")];

pub(super) const INTEGRATION: [(&str, &str); 16] = [
    ("schema", r#""itest-log-v1""#),
    ("ts", r#""2026-01-01T01:02:03.5Z""#),
    ("suite", r#""core-smoke""#),
    ("file", r#""a.test.ts""#),
    ("testName", r#""bids > API-003: it holds""#),
    ("scenarioId", "null"),
    ("invariantId", "null"),
    ("organizationUnderTest", r#""org 1""#),
    ("keyEntityIds", r#"{"b":[1,"x"],"a":null}"#),
    ("outcome", r#""fail""#),
    ("durationMs", "12.5"),
    ("error", r#"{"name":"E","message":"IDEMP-001: got 3 of {\"a\":1}","stack":"at\nx"}"#),
    ("evidence", r#"["a.log","b\u0063"]"#),
    ("run", r#"{"id":"r","attempt":2,"url":"u","job":"j","sha":"s"}"#),
    ("seed", "18446744073709551615"),
    ("replay", r#""again""#),
];

/// Values that belong to many fields, to none, or are no JSON at all.
#[rustfmt::skip]
pub(super) const VALUES: &[&str] = &[
    "0", "-0", "1", "-1", "9007199254740993", "18446744073709551615", "18446744073709551616", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "123456789012345678",
    "170141183460469231731687303715884105727", "170141183460469231731687303715884105728", "1e3", "1.5", "-0.0", "1E+2",
    "1e999", "-1e999", "1e-999", "0e99999999999", "5e-324", "2.2250738585072011e-308", "1.7976931348623159e308",
    "9223372036854775.807", "9223372036854775.808", "0.1234567890123456789012345678901234567890",
    "123456789012345678901234567890.5e-20", "9007199254740993.0", "00", "01", "-01", "-", "1.", ".5", "+1", "1e", "1e+",
    "0x1", "1_0", "--1", "null", "true", "false", "nul", "nulll", "True", "NaN", "Infinity", "[]", "{}", r#"["a"]"#,
    r#"["a","b\u0063"]"#, r#"["a",1]"#, r#"[["a"]]"#, r#"["\ud800"]"#, r#"["a",]"#, r#"[,"a"]"#, r#"["a":"b"]"#,
    r#"{"a":1,}"#, r#"{"a"}"#, "{1:2}", r#"{"a":1 "b":2}"#, "[1}", r#""""#, r#""a b""#, r#""\u0061b""#,
    r#""\ud83d\ude00""#, r#""\uD83D\uDE00x""#, r#""\ud800""#, r#""\udc00""#, r#""\ud800\u0041""#, r#""\ud800\ud800""#,
    r#""\udc00\ud800""#, r#""\ud83d\u""#, r#""\ud83d\ude0""#, r#""\u12g4""#, r#""\u""#, r#""\u0000""#, r#""\x""#,
    r#""\U0041""#, r#""\/\b\f\n\r\t\"\\""#, r#""\\""#, r#""\""#, r#""\\\""#, "\"\u{7f}\u{2028}\u{feff}\"",
    "\"ünï 日本語 😀\"", "\"a\tb\"", "\"a\0b\"", "\"a\rb\"", "\"a\u{1f}b\"", r#""{[,:]}""#, "'a'", "//", "/**/1",
    r#""0123456789012345678901234567890123456789012345678901234567890123456789\n0123456789012345678901234567890123\"""#,
    r#"{"id":1}"#, r#"{"id":"r"}"#, r#"{"id":1,"id":2}"#, r#"{"id":1,"branch":null}"#, r#"{"i\u0064":9}"#,
    r#"{"id":{"id":1}}"#, r#"[{"id":1}]"#, r#"{"branch":"b"}"#, r#"{"\ud800":1}"#, r#"{"id":-1,"x":1e999}"#,
    r#"{"name":"a","result":{"word":"bad"},"result":{}}"#, r#"{"name":"a","result":{"word":"ok"},"name":"b"}"#,
    r#"{"result":{"word":"ok"},"result":5,"name":"c"}"#, r#"{"name":"\u0061","result":{"w\u006frd":"skip"}}"#,
    r#""2026-01-01T00:00:00Z""#, r#""2026-01-01""#, r#""2026-01-01t00:00:00z""#, r#""1969-12-31T23:59:59.9999Z""#,
    r#""2026-01-01T00:00:00""#, r#""2026-13-01T00:00:00Z""#,
];

/// Pieces that mutations insert.
#[rustfmt::skip]
pub(super) const PIECES: &[&[u8]] = &[
    b"{", b"}", b"[", b"]", b",", b":", b"\"", b"\\", b"\\\\", b"\\\"", b" ", b"\t", b"\r", b"\n", b"\0", b"\x0b",
    b"\x0c", b"\x1f", b"\x7f", b"\x80", b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82",
    b"\xef\xbb\xbf", b"\xc2\xa0", b"\xe2\x80\xa8", b"\xf0\x9f\x98\x80", b"-", b"0", b"e", b".", b"null", b"1e999",
    b"-0", b"\\ud800", b"\\udc00", b"\\u0000", b"\\u", b"\"mode\":\"again\",", b"\"seed\":1,", b"\"run\":{\"id\":2},",
    b",\"x\":", b"{}", b"[]", b"\"\":", b"true", b"//", b"/",
];
