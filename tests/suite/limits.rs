//! Archives that were made to exhaust whoever reads them.
//!
//! `RELAPSE_FULL=1` makes them larger.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::packing;
use crate::program::{folder, high_water_kib, number, program, program_on_a_full_disk, record, relapse, text};

/// Longest time that anything here may take: it takes a small part of that on an idle machine.
const PATIENCE: Duration = Duration::from_mins(2);

fn full() -> bool {
    std::env::var_os("RELAPSE_FULL").is_some()
}

/// A zstd frame of blocks that each repeat one byte 131,072 times, which takes four bytes a block.
fn repeating(byte: u8, blocks: u32) -> Vec<u8> {
    // No checksum, no content size, a window of 128 KiB.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3];
    for block in 0..blocks {
        let header = u32::from(block + 1 == blocks) | 1 << 1 | 131_072 << 3;
        frame.extend(&header.to_le_bytes()[..3]);
        frame.push(byte);
    }
    frame
}

/// A zstd frame that says how large its text is.
fn claiming(text: &[u8], size: u64, is_single_segment: bool) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0b1100_0000 | u8::from(is_single_segment) << 5];
    if !is_single_segment {
        frame.push(7 << 3);
    }
    frame.extend(size.to_le_bytes());
    let header = 1 | u32::try_from(text.len()).unwrap() << 3;
    frame.extend(&header.to_le_bytes()[..3]);
    frame.extend(text);
    frame
}

fn line() -> Vec<u8> {
    format!("{}\n", record(&[])).into_bytes()
}

/// Waits for a program; what it said, and the greatest memory that it was seen to hold, in MiB.
fn watched(mut child: Child) -> (Output, u64) {
    let begun = Instant::now();
    let mut peak = 0;
    // It must not wait for somebody to read what it says.
    let (mut stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let output = std::thread::scope(|scope| {
        let read = |from: &mut dyn std::io::Read| {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes).map(|_| bytes).unwrap()
        };
        let stdout = scope.spawn(move || read(&mut stdout));
        let stderr = scope.spawn(move || read(&mut stderr));
        while child.try_wait().unwrap().is_none() {
            if begun.elapsed() > PATIENCE {
                child.kill().unwrap();
                panic!("it takes more than {PATIENCE:?}");
            }
            peak = high_water_kib(child.id()).unwrap_or(peak);
            std::thread::sleep(Duration::from_millis(2));
        }
        let status = child.wait().unwrap();
        Output { status, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
    });
    (output, peak >> 10)
}

fn spawned(arguments: &[&str]) -> Child {
    program().args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Sweeps one archive on two threads, within so many MiB; its row of the ledger.
#[track_caller]
fn swept(path: &Path, status: i32, most: u64) -> Value {
    let (output, peak) = watched(spawned(&["sweep", text(path), "--threads", "2", "--json"]));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{stderr}");
    assert!(peak <= most, "{peak} MiB of memory for {}", path.display());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let row = report["ledger"]["archives"][0].clone();
    let sum = number(&row, "parsed") + number(&row, "blank") + number(&row, "rejected");
    assert_eq!(number(&row, "lines"), sum, "{row}");
    row
}

/// Writes an archive, sweeps it, and gives its row.
#[track_caller]
fn swept_as(name: &str, bytes: &[u8], status: i32, most: u64) -> Value {
    let folder = folder(&[(name, bytes)]);
    swept(&folder.path().join(name), status, most)
}

fn of_reason(row: &Value, reason: &str) -> u64 {
    row["rejected_by_reason"][reason].as_u64().unwrap_or_default()
}

#[test]
fn a_bomb_takes_time_and_no_memory() {
    // 32,768 bytes of text for each byte of the archive: 2 GiB, or 64 GiB, in one line, then a record.
    let blocks = if full() { 1 << 19 } else { 1 << 14 };
    let bomb = [repeating(b' ', blocks), packing::frame(&[b"\n", &line()[..]].concat())].concat();
    let row = swept_as("r.jsonl.zst", &bomb, 3, 300);
    assert_eq!((number(&row, "lines"), number(&row, "parsed")), (2, 1), "{row}");
    assert_eq!(of_reason(&row, "line_too_long"), 1, "{row}");
    assert_eq!(number(&row, "bytes_decoded"), u64::from(blocks) * 131_072 + 1 + line().len() as u64);

    // Lines of nothing.
    let blocks = if full() { 1 << 13 } else { 1 << 9 };
    let bomb = [repeating(b'\n', blocks), packing::frame(&line())].concat();
    let row = swept_as("r.jsonl.zst", &bomb, 0, 300);
    assert_eq!((number(&row, "blank"), number(&row, "parsed")), (u64::from(blocks) * 131_072, 1), "{row}");

    // The same of gzip, as far as gzip goes.
    let member = packing::member(&vec![b'x'; 16 << 20]);
    let members = if full() { 1024 } else { 32 };
    let bomb = [member.repeat(members), packing::member(&[b"\n", &line()[..]].concat())].concat();
    let row = swept_as("r.jsonl.gz", &bomb, 3, 300);
    assert_eq!((number(&row, "lines"), number(&row, "parsed"), of_reason(&row, "line_too_long")), (2, 1, 1), "{row}");
}

#[test]
fn a_size_that_is_only_claimed_allocates_nothing() {
    for size in [1 << 20, 1 << 31, 1 << 40, 1 << 60, 1 << 63] {
        for is_single_segment in [false, true] {
            let bytes = [claiming(&line(), size, is_single_segment), packing::frame(&line().repeat(2))].concat();
            let row = swept_as("r.jsonl.zst", &bytes, 3, 300);
            // It is all that is wrong.
            assert_eq!(number(&row, "parsed"), 3, "{size} {is_single_segment}: {row}");
            assert_eq!(row["damage"][0]["what"], "length_mismatch");
        }
    }
    // Windows up to what the format can say, and as large as is asked for.
    for exponent in 18..32_u8 {
        let mut frame = claiming(&line(), 1, false);
        frame[5] = exponent << 3;
        let row = swept_as("r.jsonl.zst", &[frame, packing::frame(&line().repeat(2))].concat(), 3, 300);
        assert_eq!(row["damage"][0]["what"], "window_too_large", "2^{}", exponent + 10);
        assert_eq!(number(&row, "parsed"), 1);
    }
    // The length that ends a gzip member.
    let mut member = packing::member(&line());
    let end = member.len();
    member[end - 4..].copy_from_slice(&u32::MAX.to_le_bytes());
    let row = swept_as("r.jsonl.gz", &[member, packing::member(&line())].concat(), 3, 300);
    assert_eq!(number(&row, "parsed"), 2, "{row}");
}

#[test]
fn a_gigabyte_without_a_newline_is_one_rejected_line() {
    let size = if full() { 8 << 30 } else { 1 << 30 };
    let folder = folder(&[]);
    let path = folder.path().join("r.jsonl");
    // Holes take no room on the disk.
    let mut file = File::create(&path).unwrap();
    file.write_all(b"{\"x\":\"").unwrap();
    file.seek(SeekFrom::Start(size)).unwrap();
    file.write_all(&[b"\n", &line()[..]].concat()).unwrap();
    drop(file);
    let row = swept(&path, 3, 300);
    assert_eq!((number(&row, "lines"), number(&row, "parsed"), of_reason(&row, "line_too_long")), (2, 1, 1), "{row}");
}

#[test]
fn a_million_frames_of_nothing_are_counted() {
    let empty_frame = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0];
    let skippable = [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0];
    for (name, part, last, frames) in [
        ("r.jsonl.zst", &empty_frame[..], packing::frame(&line()), 1_000_001),
        ("r.jsonl.zst", &skippable[..], packing::frame(&line()), 1),
        ("r.jsonl.gz", &packing::member(b"")[..], packing::member(&line()), 1_000_001),
    ] {
        let row = swept_as(name, &[part.repeat(1_000_000), last].concat(), 0, 400);
        assert_eq!((number(&row, "lines"), number(&row, "parsed")), (1, 1), "{name}: {row}");
        assert!(number(&row, "frames") >= frames, "{name}: {row}");
    }
}

#[test]
fn nesting_is_no_recursion() {
    let deep = |depth: usize, open: &str, close: &str| {
        let value = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        format!("{}\n", record(&[("more", &value)]))
    };
    let log = [
        deep(100_000, "[", "]"),
        deep(3_000_000, "[", "]"),
        deep(100_000, "{\"a\":", "}"),
        // Where a text is asked for, and where they do not close.
        format!("{}\n", record(&[("reason_code", &format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)))])),
        deep(100_000, "[", ""),
        deep(1_000_000, "[", "}"),
        format!("{}\n", "[".repeat(5_000_000)),
    ]
    .concat();
    for (name, bytes) in [("r.jsonl", log.clone().into_bytes()), ("r.jsonl.zst", packing::frame(log.as_bytes()))] {
        let row = swept_as(name, &bytes, 3, 500);
        assert_eq!((number(&row, "parsed"), number(&row, "rejected")), (3, 4), "{row}");
        assert_eq!((of_reason(&row, "invalid_json"), of_reason(&row, "wrong_type")), (3, 1), "{row}");
    }
}

#[test]
fn a_gzip_of_a_gzip_is_no_log() {
    let inner = packing::member(&line().repeat(2000));
    let row = swept_as("r.jsonl.gz", &packing::member(&inner), 2, 300);
    assert_eq!((number(&row, "parsed"), number(&row, "bytes_decoded")), (0, inner.len() as u64), "{row}");
    assert!(number(&row, "rejected") > 0, "{row}");
}

/// Keys that are alike to their last byte, or that differ only where they are shifted: what a weak hash would throw
/// together. (A hash with a seed for each process cannot be prepared for.)
#[test]
fn keys_that_are_nearly_the_same_cost_what_others_cost() {
    let count = if full() { 2_000_000 } else { 60_000 };
    let log_of = |name: &dyn Fn(u64) -> String| -> Vec<u8> {
        (0..count)
            .flat_map(|at| format!("{}\n", record(&[("scenario_id", &format!("\"{}\"", name(at)))])).into_bytes())
            .collect()
    };
    let timed = |log: Vec<u8>| {
        let folder = folder(&[("r.jsonl.zst", &packing::frame(&log))]);
        let begun = Instant::now();
        let row = swept(&folder.path().join("r.jsonl.zst"), 0, 4000);
        assert_eq!(number(&row, "parsed"), count);
        begun.elapsed()
    };
    let spread = timed(log_of(&|at| format!("{:016x}", at.wrapping_mul(0x9e37_79b9_7f4a_7c15))));
    for alike in [
        timed(log_of(&|at| format!("{}{at:07}", "a".repeat(9)))),
        timed(log_of(&|at| format!("{at:07}{}", "a".repeat(9)))),
        timed(log_of(&|at| format!("{}{}", "\\u0000".repeat(usize::try_from(at % 8).unwrap()), at / 8))),
        timed(log_of(&|at| format!("{at:0>32b}"))),
    ] {
        assert!(alike < spread * 4 + Duration::from_secs(2), "{alike:?}, where others take {spread:?}");
    }
}

/// Breaks, each with a few bytes of text behind it, and files that only look like partials.
#[test]
fn other_commands_and_many_breaks() {
    let unit = [&packing::frame(b"\n")[..], b"xx"].concat();
    let row = swept_as("r.jsonl.zst", &unit.repeat(if full() { 1_000_000 } else { 50_000 }), 2, 300);
    assert!(number(&row, "damage_count") > 10_000, "{row}");
    let bomb = folder(&[("r.jsonl.zst", &repeating(b' ', 1 << 14))]);
    let (path, out) = (bomb.path().join("r.jsonl.zst"), bomb.path().join("out.json"));
    let (output, peak) = watched(spawned(&["triage", "--input", text(&path), "--output", text(&out)]));
    assert!(output.status.code() == Some(2) && peak < 2500, "{peak} MiB, {}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("longer than 1 GiB"));
    if cfg!(unix) {
        let (output, peak) = watched(spawned(&["merge", "/dev/zero"]));
        assert!(output.status.code() == Some(2) && peak < 100, "{peak} MiB");
    }
}

/// While it is read, a file is cut, overwritten, appended to, and replaced.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_changes_under_the_reader_kills_nobody() {
    let text_of = line().repeat(if full() { 300_000 } else { 60_000 });
    let folder = folder(&[]);
    for round in 0..if full() { 60 } else { 12 } {
        let path = folder.path().join(format!("{round}.jsonl"));
        fs::write(&path, &text_of).unwrap();
        let arguments = ["sweep", text(&path), "--json", "--allow-loss", "--threads", ["1", "3"][round % 2]];
        let child = spawned(&arguments);
        std::thread::sleep(Duration::from_millis(3 * round as u64));
        let file = File::options().write(true).open(&path).unwrap();
        match round % 4 {
            0 => file.set_len(100_000).unwrap(),
            1 => file.set_len(0).unwrap(),
            2 => File::options().append(true).open(&path).unwrap().write_all(&line().repeat(10)).unwrap(),
            _ => {
                let other = folder.path().join("other");
                fs::write(&other, line()).unwrap();
                fs::rename(other, &path).unwrap();
            }
        }
        let (output, _) = watched(child);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let code = output.status.code().unwrap_or_else(|| panic!("round {round}: {}", output.status));
        assert!(matches!(code, 0 | 2) && !stderr.contains("panicked"), "round {round}: {code} {stderr}");
        if code == 0 {
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            let row = &report["ledger"]["archives"][0];
            let parsed = number(row, "parsed");
            assert_eq!(number(row, "lines"), parsed + number(row, "blank") + number(row, "rejected"), "{row}");
            // Not a line was made up, and the other file's one line is all or nothing of it.
            assert!(parsed <= 60_010.max(text_of.len() as u64 / line().len() as u64 + 10), "{row}");
            let is_whole = parsed * line().len() as u64 >= text_of.len() as u64;
            let was_told = number(row, "damage_count") > 0 || !row["warnings"].as_array().unwrap().is_empty();
            assert!(
                is_whole || was_told || number(row, "bytes_on_disk") < text_of.len() as u64,
                "round {round}: {row}"
            );
        }
    }
}

/// No file may grow beyond so many blocks of 512 or 1,024 bytes, as on a disk that is full.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_leaves_nothing_half_written() {
    let weekly = crate::program::fixture("weekly");
    let (weekly, policy) = (text(&weekly), crate::program::fixture("policies").join("weekly-pass.toml"));
    let log = line().repeat(3000);
    let logs = folder(&[("r.jsonl", &log)]);
    let whole = tempfile::tempdir().unwrap();
    let from = whole.path().join("from");
    relapse(["sweep", weekly, "--out", text(&from)]).exits(0);
    let commands: [&[&str]; 8] = [
        &["sweep", weekly, "--out", "out"],
        &["sweep", weekly, "--parquet", "out"],
        &["sweep", weekly, "--partial", "out/p"],
        &["pack", text(logs.path()), "--out", "out", "--level", "1"],
        &["gate", weekly, "--policy", text(&policy), "--output", "out/gate.json"],
        &["triage", "--input", text(logs.path()), "--output", "out/t.json"],
        &["runbook", "--all", "--from", text(&from), "--out", "out"],
        &["man", "--out", "out"],
    ];
    for arguments in commands {
        let run = |place: &Path, limit: &str| {
            let input = logs.path().join("r.jsonl");
            let arguments = arguments.iter().map(|&word| if word == text(logs.path()) { text(&input) } else { word });
            program_on_a_full_disk(limit).current_dir(place).args(arguments).output().unwrap()
        };
        let free = tempfile::tempdir().unwrap();
        let output = run(free.path(), "unlimited");
        assert!(output.status.code().is_some_and(|code| code < 2), "{arguments:?}");
        let mut has_failed = false;
        for limit in ["0", "1", "4", "16"] {
            let place = tempfile::tempdir().unwrap();
            let output = run(place.path(), limit);
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            let code = output.status.code();
            assert!(matches!(code, Some(0..=2)) && !stderr.contains("panicked"), "{arguments:?} {limit}: {stderr}");
            if code == Some(2) {
                has_failed = true;
                assert!(stderr.contains("failed to write"), "{arguments:?} {limit}: {stderr}");
            }
            for entry in fs::read_dir(place.path().join("out")).into_iter().flatten() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap();
                let expected = fs::read(free.path().join("out").join(name));
                let expected = expected.unwrap_or_else(|_| panic!("{arguments:?} {limit}: {} is left", path.display()));
                assert!(fs::read(&path).unwrap() == expected, "{arguments:?} {limit}: half of {}", path.display());
            }
        }
        assert!(has_failed, "{arguments:?}");
    }
}
