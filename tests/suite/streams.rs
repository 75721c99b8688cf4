//! Standard input, pipes, and readers that leave.

use std::fmt::Write;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::packing::{self, Packing};
use crate::program::{folder, number, program, record, relapse, relapse_fed, text};

fn log(lines: u32) -> Vec<u8> {
    (0..lines).flat_map(|seed| format!("{}\n", record(&[("seed", &seed.to_string())])).into_bytes()).collect()
}

#[test]
fn standard_input_in_any_container() {
    let log = log(300);
    for packing in Packing::all(1000) {
        let ended = relapse_fed(&["sweep", "-", "--json"], &packing.pack(&log)).exits(0);
        assert_eq!(number(&ended.ledger()["totals"], "parsed"), 300, "{packing:?}");
        let incident = &ended.json()["incidents"]["incidents"][0];
        assert_eq!([&incident["first_run"], &incident["sample"]["log"]], ["stdin", "stdin"]);
    }
    let ended = relapse_fed(&["sweep", "-", "--run", "nightly", "--json"], &log).exits(0);
    assert_eq!(ended.json()["incidents"]["incidents"][0]["first_run"], "nightly");
    assert_eq!(number(&relapse_fed(&["sweep", "-", "--json"], b"").exits(2).ledger()["totals"], "lines"), 0);
}

#[test]
fn standard_input_beside_files() {
    let folder = folder(&[("a.jsonl", &log(5)), ("stdin.jsonl", b"")]);
    let file = folder.path().join("a.jsonl");
    let ended = relapse_fed(&["sweep", text(&file), "-", "--json"], &log(7)).exits(0);
    assert_eq!(number(&ended.ledger()["totals"], "lines"), 12);
    let file = folder.path().join("stdin.jsonl");
    relapse_fed(&["sweep", text(&file), "-"], b"").exits(2).says("--from-path");
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    // More than a pipe holds.
    let log = (0..4000).flat_map(|number: u32| {
        let reason = format!("\"reason {number}\"");
        format!("{}\n", record(&[("reason_code", &reason)])).into_bytes()
    });
    let folder = folder(&[("r.jsonl", &log.collect::<Vec<u8>>())]);
    for arguments in [
        vec!["sweep", text(folder.path()), "--json"],
        vec!["sweep", text(folder.path())],
        vec!["completions", "bash"],
        vec!["--help"],
        vec!["taxonomies", "show", "crash-triage-v1"],
    ] {
        let mut child = program().args(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut start = [0; 1];
        stdout.read_exact(&mut start).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty(), "{arguments:?}");
    }
    // One that was never there.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = program().args(["sweep", text(folder.path())]).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = folder(&[("r.jsonl", b"")]);
    for arguments in [&["sweep", text(folder.path()), "--json"][..], &["sweep", "--help"], &["--version"], &["man"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = program().args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("failed to write to standard output"), "{arguments:?}: {said}");
    }
}

/// Waits for a program that might hang.
fn ends(mut child: std::process::Child) -> std::process::Output {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_read_once() {
    let folder = folder(&[]);
    let pipe = folder.path().join("r.jsonl.zst");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let packed = packing::frame(&log(100));
    for (arguments, status) in [(&["--json"][..], 0), (&["--since", "7d"], 2)] {
        let mut command = program();
        command.args(["sweep", text(&pipe)]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        let output = std::thread::scope(|scope| {
            if status == 0 {
                scope.spawn(|| std::fs::write(&pipe, &packed).unwrap());
            }
            ends(child)
        });
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{stderr}");
        if status == 0 {
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(number(&report["ledger"]["totals"], "parsed"), 100);
        } else {
            assert!(stderr.contains("read once"), "{stderr}");
        }
    }
    // In a folder it is passed over.
    let ledger = relapse(["sweep", text(folder.path()), "--json"]);
    ledger.exits(2).says("found no archive");
}

#[cfg(target_os = "linux")]
#[test]
fn a_descriptor_path_is_read() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let log = log(50);
    let child = program()
        .args(["sweep", "/dev/fd/0", "--json"])
        .stdin(reader)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut writer, &log).unwrap();
    drop(writer);
    let output = ends(child);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(number(&report["ledger"]["totals"], "parsed"), 50);
}

/// One frame that is large enough to be decoded by a thread of its own, its checksum compared by another.
#[test]
fn the_checksum_of_a_large_frame_is_compared() {
    let mut state = 7_u64;
    let mut lines = Vec::new();
    for seed in 0..40_000 {
        let mut noise = String::new();
        for _ in 0..16 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            write!(noise, "{:016x}", state ^ state >> 31).unwrap();
        }
        lines.extend(record(&[("seed", &seed.to_string()), ("noise", &format!("\"{noise}\""))]).into_bytes());
        lines.push(b'\n');
    }
    let frame = |checksum| {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.include_checksum(checksum).unwrap();
        std::io::Write::write_all(&mut encoder, &lines).unwrap();
        encoder.finish().unwrap()
    };
    let behind = zstd::encode_all(&log(10)[..], 1).unwrap();
    let sound = frame(true);
    assert!(sound.len() > 4 << 20, "it would not be handed to a decoder");
    let mut wrong = sound.clone();
    *wrong.last_mut().unwrap() ^= 1;
    let totals = |archive: &[u8], status| {
        let folder = folder(&[("r.jsonl.zst", archive)]);
        let ledger = relapse(["sweep", text(folder.path()), "--json", "--threads", "2"]).exits(status).ledger();
        (number(&ledger["totals"], "parsed"), ledger["archives"][0]["damage"].clone())
    };
    for archive in [&sound, &frame(false)] {
        assert_eq!(totals(&[archive, &sound[..], &behind].concat(), 0), (80_010, serde_json::json!([])));
    }
    let (parsed, damage) = totals(&[&wrong[..], &sound, &behind].concat(), 3);
    let expected = serde_json::json!([{
        "what": "checksum_mismatch", "compressed_offset": wrong.len() - 4, "decoded_offset": lines.len(),
        "lines_saved": 40_000, "first_line": 1,
    }]);
    assert_eq!((parsed, damage), (80_010, expected));
    let (parsed, damage) = totals(&[&sound[..], &wrong].concat(), 3);
    assert_eq!((parsed, &damage[0]["first_line"]), (80_000, &serde_json::json!(40_001)));
    // A changed byte far inside: what decodes is kept, and the frame behind is checked by itself.
    let mut broken = sound.clone();
    broken[3 << 20] ^= 0x55;
    let (parsed, damage) = totals(&[&broken[..], &sound].concat(), 3);
    assert!((40_000..=80_000).contains(&parsed), "{parsed}");
    assert!(!damage.as_array().unwrap().is_empty());
}
