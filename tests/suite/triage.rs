//! `relapse triage` against the plain model, byte for byte, and its strictness.

use std::fs;

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;

use crate::program::{folder, program, record, relapse, relapse_fed, text};
use crate::{packing, reference};

const NOW: u128 = 1_700_000_000_000;
const TAXONOMIES: [&str; 2] = ["crash-triage-v1", "crash-triage-v2"];

const WORDS: [&str; 40] = [
    "oracle",
    "ORACLE",
    "unavailable",
    "timeout",
    "reentrant",
    "dependency",
    "unknown_node",
    "scheduler",
    "dispatch",
    "keyset",
    "fallback",
    "serialization",
    "decode",
    "checksum",
    "unknown_field",
    "invalid_json",
    "version_mismatch",
    "tensor_meta",
    "rank",
    "Index",
    "stride",
    "op_schema",
    "schema",
    "parse",
    "variant",
    "alias",
    "metadata",
    "scalar",
    "tensor_binary",
    "tensor_unary",
    "tensor_reduction",
    "tensor_join",
    "math",
    "nn_state",
    "optimizer",
    "pass",
    "\u{130}ndex",
    "stri\u{17f}de",
    "dis patch",
    "",
];

/// A JSON string with some of its characters written as escapes.
fn quoted(draw: &mut ChaCha8Rng, text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        let must = c < ' ' || c == '"' || c == '\\';
        if must || draw.random_ratio(1, 12) {
            let short = match c {
                '"' => Some("\\\""),
                '\\' => Some("\\\\"),
                '/' => Some("\\/"),
                '\n' => Some("\\n"),
                '\t' => Some("\\t"),
                '\u{8}' => Some("\\b"),
                _ => None,
            };
            if let Some(short) = short.filter(|_| draw.random()) {
                out.push_str(short);
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                let unit = if draw.random() { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
                out.push_str(&unit);
            }
        } else {
            out.push(c);
        }
    }
    out.push('"');
    out
}

fn words(draw: &mut ChaCha8Rng, most: usize) -> String {
    const STRANGE: [&str; 12] = [
        "\u{0}",
        "\u{1b}[31m",
        "\u{7f}",
        "\u{9b}",
        "\u{2028}",
        "\u{feff}",
        "😀",
        "日本",
        "\"",
        "\\",
        "\n\t\r\u{8}\u{c}",
        "/",
    ];
    let count = draw.random_range(0..=most);
    let mut text = Vec::new();
    for _ in 0..count {
        text.push(*if draw.random_ratio(1, 10) { STRANGE.choose(draw) } else { WORDS.choose(draw) }.unwrap());
    }
    text.join("_")
}

fn strings(draw: &mut ChaCha8Rng) -> String {
    let texts: Vec<String> = (0..draw.random_range(0..3))
        .map(|_| {
            let text = words(draw, 2);
            quoted(draw, &text)
        })
        .collect();
    format!("[{}]", texts.join(" , "))
}

/// Fields that nobody asks for.
const EXTRA: [(&str, &str); 8] = [
    ("extra", "1e999"),
    ("deep", r#"{"outcome":"pass","a":[[[{}]]]}"#),
    ("lone", r#""\ud800""#),
    ("big", "123456789012345678901234567890123456789012345678901234567890"),
    ("Seed", "-1"),
    ("", "null"),
    ("a\\u0062", "true"),
    ("duration_ms", "-0.0E-0"),
];

/// One line that the reference accepts.
fn line(draw: &mut ChaCha8Rng) -> String {
    let time = match draw.random_range(0..8) {
        0 => u128::MAX.to_string(),
        1 => draw.random::<u128>().to_string(),
        2 => "0".into(),
        _ => (1_767_225_600_000 + draw.random_range(0..5u64)).to_string(),
    };
    let seed = if draw.random() { draw.random::<u64>() } else { draw.random_range(0..3) };
    let outcome = *["pass", "fail", "Pass", "pass ", "", "skip", "timeout"].choose(draw).unwrap();
    let small = |draw: &mut ChaCha8Rng, name: &str| {
        let text = format!("{name}{}", draw.random_range(0..3));
        quoted(draw, &text)
    };
    let reason = words(draw, 3);
    let odd = words(draw, 4);
    let mut fields = vec![
        ("schema_version", quoted(draw, &odd)),
        ("ts_unix_ms", time),
        ("suite_id", small(draw, "suite")),
        ("scenario_id", small(draw, "prüfung/")),
        ("fixture_id", quoted(draw, &odd)),
        ("packet_id", small(draw, "KX-")),
        ("mode", small(draw, "mode")),
        ("seed", seed.to_string()),
        ("env_fingerprint", quoted(draw, &odd)),
        ("artifact_refs", strings(draw)),
        ("replay_command", quoted(draw, &odd)),
        ("outcome", quoted(draw, outcome)),
        ("reason_code", quoted(draw, &reason)),
    ];
    for _ in 0..draw.random_range(0..3) {
        let (key, value) = *EXTRA.choose(draw).unwrap();
        fields.push((key, value.to_owned()));
    }
    if draw.random() {
        fields.shuffle(draw);
    }
    let space = if draw.random_ratio(1, 8) { " \t" } else { "" };
    let fields: Vec<String> = fields
        .iter()
        .map(|(key, value)| {
            let key =
                if draw.random_ratio(1, 20) && !key.contains('\\') { quoted(draw, key) } else { format!("\"{key}\"") };
            format!("{space}{key}{space}:{space}{value}{space}")
        })
        .collect();
    format!("{space}{{{}}}{space}", fields.join(","))
}

#[test]
fn ten_thousand_records_come_out_byte_for_byte() {
    let mut draw = ChaCha8Rng::seed_from_u64(4);
    let mut log = String::new();
    for _ in 0..12_000 {
        log.push_str(&line(&mut draw));
        log.push_str(
            ["\n", "\r\n", "\n\n", "\n \u{2003}\u{a0}\n", "\n\u{3000}\t\u{85}\r\n"].choose(&mut draw).unwrap(),
        );
    }
    let folder = folder(&[("log.jsonl", log.as_bytes())]);
    let (input, output) = (folder.path().join("log.jsonl"), folder.path().join("deep/er/report.json"));
    for taxonomy in TAXONOMIES {
        for packet in [None, Some("KX-1"), Some("none")] {
            let mut arguments =
                vec!["triage", "--input", text(&input), "--output", text(&output), "--taxonomy", taxonomy];
            arguments.extend(packet.iter().flat_map(|packet| ["--packet", packet]));
            let ended = relapse(arguments).exits(0);
            let model = reference::report(&log, taxonomy, text(&input), packet, NOW).unwrap();
            assert!(packet.is_some() || model.len() > 1 << 20);
            assert!(fs::read(&output).unwrap() == model.as_bytes(), "{taxonomy} {packet:?}: the file differs");
            assert!(ended.stdout == format!("{model}\n").as_bytes(), "{taxonomy} {packet:?}: stdout differs");
        }
    }
}

#[test]
fn every_short_reason_gets_the_class_of_the_tables() {
    let mut log = String::new();
    for first in WORDS {
        for second in WORDS {
            let reason = serde_json::to_string(&format!("{first}-{second}")).unwrap();
            log.push_str(&record(&[("reason_code", &reason)]));
            log.push('\n');
        }
    }
    let folder = folder(&[("log.jsonl", log.as_bytes())]);
    let (input, output) = (folder.path().join("log.jsonl"), folder.path().join("report.json"));
    for taxonomy in TAXONOMIES {
        relapse(["triage", "--input", text(&input), "--output", text(&output), "--taxonomy", taxonomy]).exits(0);
        let model = reference::report(&log, taxonomy, text(&input), None, NOW).unwrap();
        assert!(fs::read_to_string(&output).unwrap() == model, "{taxonomy}");
    }
}

/// Triage of a log; what the output file holds afterwards, which held "before".
fn triage(log: &[u8]) -> (crate::program::Ended, String, String) {
    let folder = folder(&[("log.jsonl", log), ("report.json", b"before")]);
    let (input, output) = (folder.path().join("log.jsonl"), folder.path().join("report.json"));
    let ended = relapse(["triage", "--input", text(&input), "--output", text(&output)]);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "nothing else is left behind");
    (ended, fs::read_to_string(output).unwrap(), text(&input).to_owned())
}

#[track_caller]
fn refused(log: &[u8], line: usize) {
    let (ended, output, _) = triage(log);
    let ended = ended.exits(2).says(&format!("line {line} "));
    assert!(ended.stdout.is_empty());
    assert_eq!(output, "before");
    if let Ok(log) = std::str::from_utf8(log) {
        assert_eq!(reference::report(log, "crash-triage-v1", "", None, NOW), Err(line));
    }
}

#[track_caller]
fn accepted(log: &str) -> String {
    let (ended, output, input) = triage(log.as_bytes());
    ended.exits(0);
    assert_eq!(reference::report(log, "crash-triage-v1", &input, None, NOW).as_ref(), Ok(&output));
    output
}

#[test]
fn the_first_bad_line_ends_it_and_nothing_is_written() {
    let good = record(&[]);
    for bad in [
        "{",
        "null",
        "[]",
        "1",
        "\"x\"",
        "{}",
        "\u{feff}",
        "\u{200b}",
        "x",
        &record(&[("seed", "-1")]),
        &record(&[("seed", "-0")]),
        &record(&[("seed", "1.0")]),
        &record(&[("seed", "1e0")]),
        &record(&[("seed", "01")]),
        &record(&[("seed", "+1")]),
        &record(&[("seed", "\"1\"")]),
        &record(&[("seed", "null")]),
        &record(&[("seed", "18446744073709551616")]),
        &record(&[("ts_unix_ms", "-1")]),
        &record(&[("ts_unix_ms", "-0")]),
        &record(&[("ts_unix_ms", "1.5")]),
        &record(&[("ts_unix_ms", "1E3")]),
        &record(&[("ts_unix_ms", "340282366920938463463374607431768211456")]),
        &record(&[("artifact_refs", "[1]")]),
        &record(&[("artifact_refs", "[null]")]),
        &record(&[("artifact_refs", "[\"\",]")]),
        &record(&[("mode", "\"\\ud800\"")]),
        &record(&[("mode", "\"\\x\"")]),
        &record(&[("mode", "\"\u{1}\"")]),
        &record(&[("extra", "01")]),
        &record(&[("extra", "nul")]),
        &record(&[("extra", "\"\\ud80\"")]),
        &record(&[("ke\\ud800y", "1")]),
        &format!("{good}{good}"),
        &format!("{good},"),
        &good.replace("\"mode\"", "\"Mode\""),
        &good.replace("\"fixture_id\":\"chain.json\",", ""),
    ] {
        refused(format!("{good}\n\n{bad}\n{{\n").as_bytes(), 3);
    }
    refused(format!("\u{feff}{good}\n").as_bytes(), 1);
    refused(
        format!("{good}\n{good}\n").as_bytes().iter().copied().chain([b'{', 0xff]).collect::<Vec<u8>>().as_slice(),
        3,
    );
}

#[test]
fn what_the_reference_accepts_is_accepted() {
    let good = record(&[]);
    accepted("");
    accepted("\n\n");
    accepted(" \u{a0}\u{3000}\u{2028}\n\u{b}\u{c}\u{85}\n");
    accepted(&good);
    accepted(&format!("{good}\r\n\r\n {good}\t\n"));
    accepted(&record(&[("seed", "18446744073709551615"), ("ts_unix_ms", "340282366920938463463374607431768211455")]));
    accepted(&record(&[("artifact_refs", "[]"), ("mode", "\"\\u0000\\u001F\\u007f\\/\"")]));
    accepted(&record(&[("extra", &format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)))]));
    accepted(&format!("{good}\u{2028}").replace('\u{2028}', " "));
    // A carriage return alone ends no line, and inside of one it is white space.
    accepted(&format!("\r{good}\r\r\n"));
}

#[test]
fn of_a_repeated_key_the_last_value_counts() {
    let twice = record(&[]).replace("{\"schema_version\"", "{\"mode\":5,\"seed\":\"x\",\"schema_version\"");
    let (ended, output, input) = triage(twice.as_bytes());
    ended.exits(0);
    assert_eq!(output, reference::report(&record(&[]), "crash-triage-v1", &input, None, NOW).unwrap());
    let (ended, ..) = triage(record(&[("more", "1")]).replace("\"more\":1", "\"seed\":null").as_bytes());
    ended.exits(2);
}

#[test]
fn packed_logs_and_standard_input_are_read_too() {
    let log = format!("{}\n", record(&[]));
    let folder = folder(&[
        ("log", log.as_bytes()),
        ("zst", &packing::frame(log.as_bytes())),
        ("gz", &packing::member(log.as_bytes())),
        ("cut", &packing::frame(log.as_bytes())[..60]),
    ]);
    let output = folder.path().join("report.json");
    let model = |path: &str| reference::report(&log, "crash-triage-v1", path, None, NOW).unwrap();
    for name in ["log", "zst", "gz"] {
        let input = folder.path().join(name);
        relapse(["triage", "--input", text(&input), "--output", text(&output)]).exits(0);
        assert_eq!(fs::read_to_string(&output).unwrap(), model(text(&input)));
    }
    relapse_fed(&["triage", "--input", "-", "--output", text(&output)], log.as_bytes()).exits(0);
    assert_eq!(fs::read_to_string(&output).unwrap(), model("-"));
    fs::write(&output, "before").unwrap();
    relapse(["triage", "--input", text(&folder.path().join("cut")), "--output", text(&output)]).exits(2);
    relapse(["triage", "--input", text(&folder.path().join("gone")), "--output", text(&output)]).exits(2);
    relapse(["triage", "--input", text(folder.path()), "--output", text(&output)]).exits(2);
    assert_eq!(fs::read_to_string(&output).unwrap(), "before");
}

#[test]
fn the_moment_is_now_or_as_the_environment_says() {
    let folder = folder(&[("log", b"")]);
    let (input, output) = (folder.path().join("log"), folder.path().join("report.json"));
    let run = |epoch: Option<&str>| {
        let mut command = program();
        command.env_remove("SOURCE_DATE_EPOCH");
        command.envs(epoch.map(|epoch| ("SOURCE_DATE_EPOCH", epoch)));
        command.args(["triage", "--input", text(&input), "--output", text(&output)]).output().unwrap()
    };
    let before = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    assert!(run(None).status.success());
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&output).unwrap()).unwrap();
    let generated = u128::from(report["generated_unix_ms"].as_u64().unwrap());
    assert!((before..before + 60_000).contains(&generated));
    assert!(run(Some("0")).status.success());
    assert!(fs::read_to_string(&output).unwrap().contains("\"generated_unix_ms\": 0,"));
    assert_eq!(run(Some("yesterday")).status.code(), Some(2));
}

#[test]
fn a_bad_line_comes_before_bytes_that_are_no_text_behind_it() {
    let mut log = format!("{}\n{{bad\n{}\n", record(&[]), record(&[])).into_bytes();
    log.extend(b"\xff\xfe\n");
    let folder = folder(&[("log.jsonl", &log)]);
    let (input, output) = (folder.path().join("log.jsonl"), folder.path().join("out.json"));
    relapse(["triage", "--input", text(&input), "--output", text(&output)]).exits(2).says("line 2");
    std::fs::write(&input, [record(&[]).as_bytes(), b"\n\xff\n"].concat()).unwrap();
    relapse(["triage", "--input", text(&input), "--output", text(&output)]).exits(2).says("line 2");
    assert!(!output.exists());
}
