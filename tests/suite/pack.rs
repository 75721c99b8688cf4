//! Packed archives: the same text, frames of whole lines, the same answer; and what is never packed or removed.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use relapse::pack::{Fate, Pack, SeekTable};
use relapse::sweep::Silent;
use serde_json::Value;
use zstd::zstd_safe::{find_frame_compressed_size, get_frame_content_size};

use crate::packing::{self, Packing};
use crate::program::{fixture, folder, number, program, record, relapse, relapse_fed, text};
use crate::records::{Config, run_name};

/// Texts of every frame, each decoded on its own, as any decoder finds them. Checks the seek table against them.
fn frames(packed: &[u8]) -> Vec<Vec<u8>> {
    let table = SeekTable::read(packed).expect("a seek table");
    let mut at = 0;
    let mut texts = Vec::new();
    for entry in &table.entries {
        let len = find_frame_compressed_size(&packed[at..]).expect("a frame");
        let frame = &packed[at..at + len];
        let decoded = zstd::decode_all(frame).expect("a sound frame");
        assert_eq!((entry.compressed as usize, entry.decoded as usize), (len, decoded.len()));
        assert!(matches!(get_frame_content_size(frame), Ok(Some(size)) if size == decoded.len() as u64));
        assert_eq!(frame[4] & 4, 4, "the frame has no checksum");
        assert_eq!(frame[len - 4..], entry.checksum.to_le_bytes());
        texts.push(decoded);
        at += len;
    }
    // Behind them nothing but the table, which is one skippable frame.
    assert_eq!(packed[at..at + 4], 0x184d_2a5e_u32.to_le_bytes());
    assert_eq!(find_frame_compressed_size(&packed[at..]), Ok(packed.len() - at));
    texts
}

#[track_caller]
fn check(packed: &[u8], text: &[u8], frame_size: usize) {
    assert!(zstd::decode_all(packed).unwrap() == text, "another text");
    let frames = frames(packed);
    assert!(!frames.is_empty());
    for (number, frame) in frames.iter().enumerate() {
        assert!(frame.ends_with(b"\n") || number + 1 == frames.len(), "a line crosses frames");
        assert!(frame.len() <= frame_size || memchr::memchr_iter(b'\n', frame).count() <= 1);
    }
}

fn pack_text(text_: &[u8], packing: Packing, frame_size: usize, threads: usize) -> Vec<u8> {
    let name = format!("r.jsonl{}", packing.ending());
    let folder = folder(&[(&name, &packing.pack(text_))]);
    let out = folder.path().join("out");
    let mut pack = Pack::new(vec![text(&folder.path().join(name)).to_owned()], out.clone());
    (pack.frame_size, pack.threads) = (frame_size, threads);
    let packed = pack.run(&Silent).unwrap();
    assert!(packed.failure.is_none() && matches!(packed.rows[0].fate, Fate::Packed), "{packed:?}");
    assert_eq!(packed.rows[0].bytes_decoded, text_.len() as u64);
    fs::read(out.join("r.jsonl.zst")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_text_stays_the_same_in_any_container(
        lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..60),
        size in 1usize..4000,
        frame_size in 1usize..3000,
        container in 0usize..9,
        threads in 1usize..3,
    ) {
        let text = lines.join(&b'\n');
        let packing = Packing::all(size)[container];
        // Text may begin like a compressed file, and then it is one.
        prop_assume!(packing != Packing::Plain || !text.starts_with(&[0x1f, 0x8b]));
        check(&pack_text(&text, packing, frame_size, threads), &text, frame_size);
    }
}

#[test]
fn edges() {
    let long = [&b"short\n"[..], &vec![b'x'; 3 << 20], b"\nshort\n", &[b'y'; 100], b"\n"].concat();
    for text in [&b""[..], b"\n", b"no newline", b"\n\n\n", b"a\r\n\r\nb", b"\xef\xbb\xbf{}\n", &long] {
        for packing in [Packing::Plain, Packing::ZstdUnsized, Packing::Gzip] {
            for frame_size in [1 << 10, 1 << 20] {
                check(&pack_text(text, packing, frame_size, 2), text, frame_size);
            }
        }
    }
    let lens: Vec<usize> = frames(&pack_text(&long, Packing::Plain, 1 << 20, 2)).iter().map(Vec::len).collect();
    assert_eq!(lens, [6, (3 << 20) + 1, 107]);
    assert_eq!(frames(&pack_text(b"", Packing::Plain, 9, 1)), [b""]);
}

#[test]
fn frames_do_not_depend_on_the_container_or_the_threads() {
    let text: Vec<u8> = (0..60_000).flat_map(|number| format!("{{\"line\":{number}}}\n").into_bytes()).collect();
    let first = pack_text(&text, Packing::Plain, 50_000, 1);
    for packing in Packing::all(70_000) {
        for threads in [1, 4] {
            assert!(pack_text(&text, packing, 50_000, threads) == first, "{packing:?}, {threads} threads");
        }
    }
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    packing::corpus(Config {
        bytes: 600_000,
        runs: 6,
        scenarios: 40,
        seeds: 2,
        envs: 2,
        fail_rate: 0.08,
        seed: 5,
        ..Config::default()
    })
}

/// incidents.json and recurrence.json of a sweep, and what its ledger counts.
fn swept(arguments: &[&str], status: i32) -> (Vec<u8>, Vec<u8>, Vec<u64>) {
    let out = tempfile::tempdir().unwrap();
    let ended = relapse(["sweep", "--json", "--out", text(out.path())].iter().chain(arguments)).exits(status);
    let totals = ended.ledger()["totals"].clone();
    let read = |name: &str| fs::read(out.path().join(name)).unwrap();
    let counts = ["archives", "bytes_decoded", "lines", "parsed", "blank", "rejected"];
    (read("incidents.json"), read("recurrence.json"), counts.map(|key| number(&totals, key)).to_vec())
}

#[test]
fn a_sweep_of_packed_archives_gives_the_same_answer() {
    let folder = tempfile::tempdir().unwrap();
    let packings = [Packing::Plain, Packing::Gzip, Packing::ZstdUnsized, Packing::ZstdFrames(9000)];
    for (number, (name, bytes)) in corpus().iter().enumerate() {
        let packing = packings[number % packings.len()];
        let path = folder.path().join(["one", "two/deep", "two"][number % 3]);
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join(format!("{name}.jsonl{}", packing.ending())), packing.pack(bytes)).unwrap();
    }
    let path = |name: &str| text(&folder.path().join(name)).to_owned();
    let (one, two, packed) = (path("one"), path("two"), path("packed"));
    let ended = relapse(["pack", &one, &two, "--out", &packed, "--frame-size", "10kB"]).exits(0);
    assert!(ended.text().contains("6 archives packed"), "{}", ended.text());
    assert_eq!(swept(&[&one, &two], 3), swept(&[&packed], 3));
    assert!(Path::new(&packed).join("two/deep").is_dir());
    // Packed again, they stay as they are.
    relapse(["pack", &packed, "--out", &path("again"), "--frame-size", "10kB"]).exits(0);
    let same = |below: &str| fs::read(folder.path().join(below)).unwrap();
    let name = format!("{}.jsonl.zst", run_name(0));
    assert!(same(&format!("packed/one/{name}")) == same(&format!("again/one/{name}")));
}

/// Everything below a folder, as relative paths, hidden files too.
fn below(folder: &Path) -> Vec<String> {
    let mut found: Vec<_> = walkdir::WalkDir::new(folder)
        .min_depth(1)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| text(entry.path().strip_prefix(folder).unwrap()).to_owned())
        .collect();
    found.sort();
    found
}

#[test]
fn damaged_archives_are_left_as_they_are() {
    let folder = folder(&[("in/sound.jsonl", format!("{}\n", record(&[])).as_bytes())]);
    let (input, out) = (folder.path().join("in"), folder.path().join("out"));
    fs::create_dir(input.join("gzip")).unwrap();
    for entry in fs::read_dir(fixture("damaged")).unwrap().map(Result::unwrap) {
        // Two of them differ by their container only, and would get one name.
        let is_gzip = entry.path().extension().is_some_and(|ending| ending == "gz");
        let place = if is_gzip { input.join("gzip") } else { input.clone() };
        fs::copy(entry.path(), place.join(entry.file_name())).unwrap();
    }
    let before = below(&input);
    let ended = relapse(["pack", text(&input), "--out", text(&out), "--remove", "--json"]).exits(3);
    let report = ended.json();
    assert_eq!(below(&out), ["sound.jsonl.zst"]);
    assert_eq!(below(&input).len(), before.len() - 1, "only what was packed is removed");
    assert!(!input.join("sound.jsonl").exists());
    let rows = report["archives"].as_array().unwrap();
    let refused: Vec<&Value> = rows.iter().filter(|row| row["status"] == "refused").collect();
    assert!(refused.len() >= 5 && refused.len() + 1 == rows.len(), "{report}");
    for row in refused {
        assert_eq!((&row["why"], &row["output"], &row["removed"]), (&"damaged".into(), &Value::Null, &false.into()));
        assert_eq!(number(row, "damage_count"), 1, "{row}");
    }
    let truncated = rows.iter().find(|row| row["path"] == "truncated.jsonl.zst").unwrap();
    assert_eq!(truncated["damage"][0]["what"], "truncated");
    assert_eq!((number(&report["totals"], "packed"), number(&report["totals"], "removed")), (1, 1));

    let ended = relapse(["pack", text(&input), "--out", text(&folder.path().join("people"))]).exits(3);
    assert!(ended.text().contains("truncated.jsonl.gz: damaged; truncated at byte"), "{}", ended.text());
}

#[test]
fn allowed_loss_packs_whole_lines_and_removes_nothing() {
    for entry in fs::read_dir(fixture("damaged")).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if !name.contains(".jsonl") {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let (input, out) = (folder.path().join(&name), folder.path().join("out"));
        fs::copy(entry.path(), &input).unwrap();
        relapse(["pack", text(&input), "--out", text(&out), "--remove", "--allow-loss"]).exits(0);
        assert!(input.exists(), "{name} was removed");
        // No line is lost that a sweep reads, and none is made up of the halves around the damage.
        let (incidents, recurrence, counts) = swept(&[text(&input)], 3);
        let (packed_incidents, packed_recurrence, packed) = swept(&[text(&out)], 0);
        assert_eq!(counts[2..], packed[2..], "{name}");
        assert!(incidents == packed_incidents && recurrence == packed_recurrence, "{name}");
    }
}

#[test]
fn damage_inside_frames_that_are_read_on_their_own() {
    let log: String = (0..400).map(|seed| record(&[("seed", &seed.to_string())]) + "\n").collect();
    for packing in [Packing::ZstdFrames(7000), Packing::Bgzf(7000)] {
        let mut bytes = packing.pack(log.as_bytes());
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x55;
        let folder = folder(&[("r.jsonl", &bytes)]);
        let (input, out) = (folder.path().join("r.jsonl"), folder.path().join("out"));
        relapse(["pack", text(&input), "--out", text(&out), "--remove"]).exits(3);
        assert_eq!((below(&out), input.exists()), (vec![], true));
        relapse(["pack", text(&input), "--out", text(&out), "--remove", "--allow-loss"]).exits(0);
        assert!(input.exists());
        let (incidents, recurrence, counts) = swept(&[text(&input)], 3);
        // Lines of a frame that only fails its checksum count, and may be refused on their own.
        let status = if counts[5] > 0 { 3 } else { 0 };
        let (packed_incidents, packed_recurrence, packed) = swept(&[text(&out)], status);
        assert_eq!(counts[2..], packed[2..], "{packing:?}");
        assert!(incidents == packed_incidents && recurrence == packed_recurrence, "{packing:?}");
    }
}

#[test]
fn compressed_bytes_without_their_magic_are_not_taken_for_text() {
    let mut bytes = packing::member(&b"{\"a\":1}\n".repeat(400));
    bytes[0] = b'!';
    let folder = folder(&[("in/r.jsonl.gz", &bytes), ("in/misnamed.jsonl.gz", b"{}\n")]);
    let (input, out) = (folder.path().join("in"), folder.path().join("out"));
    let ended = relapse(["pack", text(&input), "--out", text(&out), "--remove"]).exits(3);
    assert!(ended.text().contains("neither zstd nor gzip nor text"), "{}", ended.text());
    assert_eq!((below(&out), below(&input)), (vec!["misnamed.jsonl.zst".to_owned()], vec!["r.jsonl.gz".to_owned()]));
}

#[test]
fn a_line_that_no_frame_should_hold_is_named() {
    let folder = folder(&[("r.jsonl", &vec![b'x'; 3 << 20]), ("s.jsonl", b"{}\n")]);
    let (input, out) = (text(folder.path()), folder.path().join("out"));
    let ended = relapse(["pack", input, "--out", text(&out), "--max-line", "2MiB"]).exits(3);
    assert!(ended.text().contains("--max-line"), "{}", ended.text());
    assert_eq!(below(&out), ["s.jsonl.zst"]);
    relapse(["pack", input, "--out", text(&out), "--force"]).exits(0);
    assert_eq!(below(&out), ["r.jsonl.zst", "s.jsonl.zst"]);
}

#[test]
fn names_that_meet_are_refused_before_anything_is_written() {
    let folder = folder(&[("in/a.jsonl", b"1\n"), ("in/a.jsonl.gz", b"2\n"), ("b/a.jsonl", b""), ("c/a.jsonl", b"")]);
    let path = |below: &str| text(&folder.path().join(below)).to_owned();
    let out = path("out");
    relapse(["pack", &path("in"), "--out", &out]).exits(2).says("a.jsonl.gz").says("both become `a.jsonl.zst`");
    relapse(["pack", &path("b/a.jsonl"), &path("c/a.jsonl"), "--out", &out]).exits(2).says("both become");
    assert!(!Path::new(&out).exists());
    relapse(["pack", &path("b"), &path("c"), "--out", &out]).exits(0);
    assert_eq!(below(Path::new(&out)), ["b/a.jsonl.zst", "c/a.jsonl.zst"]);
}

#[test]
fn what_is_there_is_replaced_only_when_asked() {
    let folder = folder(&[("a.jsonl", b"one\n"), ("out/a.jsonl.zst", b"precious"), ("b.jsonl", b"two\n")]);
    let (input, out) = (text(folder.path()).to_owned(), folder.path().join("out"));
    let ended = relapse(["pack", &input, "--out", text(&out)]).exits(3);
    assert!(ended.text().contains("is no packed archive that can be read: --force replaces it"), "{}", ended.text());
    assert_eq!(below(&out), ["a.jsonl.zst", "b.jsonl.zst"], "what is new is packed");
    assert_eq!(fs::read(out.join("a.jsonl.zst")).unwrap(), b"precious");
    relapse(["pack", &input, "--out", text(&out), "--force"]).exits(0);
    assert_eq!(zstd::decode_all(&fs::read(out.join("a.jsonl.zst")).unwrap()[..]).unwrap(), b"one\n");
    assert_eq!(below(&out), ["a.jsonl.zst", "b.jsonl.zst"], "the output folder inside the input is not packed again");
    // Never itself.
    relapse(["pack", text(&out), "--out", text(&out), "--force"]).exits(2).says("replace itself");
}

/// Fates of a packing, by path.
fn fates(arguments: &[&str], status: i32) -> Vec<(String, String, bool)> {
    let report = relapse(["pack"].iter().chain(arguments).chain(&["--json"])).exits(status).json();
    let row = |row: &serde_json::Value| {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        (text("path"), text("status"), row["removed"] == true)
    };
    report["archives"].as_array().unwrap().iter().map(row).collect()
}

fn fate(path: &str, status: &str, removed: bool) -> (String, String, bool) {
    (path.to_owned(), status.to_owned(), removed)
}

#[test]
fn a_second_time_what_is_new_is_packed() {
    let folder =
        folder(&[("in/a.jsonl", b"one\n"), ("in/b.jsonl.gz", &packing::member(b"two\n")), ("in/e.jsonl", b"")]);
    let (input, out) = (text(&folder.path().join("in")).to_owned(), text(&folder.path().join("out")).to_owned());
    let to = [&*input, "--out", &out];
    assert!(fates(&to, 0).iter().all(|(_, status, _)| status == "packed"));
    let packed =
        || below(Path::new(&out)).into_iter().map(|name| fs::read(Path::new(&out).join(name)).unwrap()).collect();
    let before: Vec<Vec<u8>> = packed();
    fs::write(Path::new(&input).join("c.jsonl"), "three\n").unwrap();
    let unchanged = |path: &str| fate(path, "unchanged", false);
    assert_eq!(
        fates(&to, 0),
        [unchanged("a.jsonl"), unchanged("b.jsonl.gz"), fate("c.jsonl", "packed", false), unchanged("e.jsonl")]
    );
    let ended = relapse(["pack", &input, "--out", &out]).exits(0);
    assert!(ended.text().contains("4 archives packed before, with the same text"), "{}", ended.text());
    fs::remove_file(Path::new(&out).join("c.jsonl.zst")).unwrap();
    assert_eq!(packed(), before);
    // What grew since is not replaced, and neither is what somebody else put there; the others are packed.
    fs::write(Path::new(&input).join("a.jsonl"), "one\nmore\n").unwrap();
    fs::write(Path::new(&out).join("c.jsonl.zst"), packing::frame(b"three\n")).unwrap();
    let (refused, gone) = (|path: &str| fate(path, "refused", false), fate("b.jsonl.gz", "unchanged", true));
    assert_eq!(
        fates(&[&to[..], &["--remove"]].concat(), 3),
        [refused("a.jsonl"), gone, refused("c.jsonl"), fate("e.jsonl", "unchanged", true)]
    );
    assert_eq!(below(Path::new(&input)), ["a.jsonl", "c.jsonl"], "only what is safe elsewhere is removed");
    // A packed archive that was damaged since is none to leave the text to.
    fs::write(Path::new(&input).join("b.jsonl"), "two\n").unwrap();
    let at = Path::new(&out).join("b.jsonl.zst");
    let mut bytes = fs::read(&at).unwrap();
    bytes[9] ^= 1;
    fs::write(&at, bytes).unwrap();
    assert_eq!(fates(&[&format!("{input}/b.jsonl"), "--out", &out, "--remove"], 3), [refused("b.jsonl")]);
    assert!(Path::new(&input).join("b.jsonl").exists());
    relapse(["pack", &input, "--out", &out, "--force"]).exits(0);
}

#[test]
fn packing_in_place_goes_on_where_it_was_killed() {
    let files: Vec<(String, Vec<u8>)> = (0..40)
        .map(|n| (format!("run-{n:02}.jsonl"), format!("{{\"n\":{n}}}\n").repeat(20_000).into_bytes()))
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    let folder = folder(&files);
    let place = text(folder.path());
    let in_place = [place, "--out", place, "--remove"];
    let texts = || -> Vec<Vec<u8>> {
        let read = |name: String| {
            let bytes = fs::read(folder.path().join(&name)).unwrap();
            if name.strip_suffix(".zst").is_some() { zstd::decode_all(&bytes[..]).unwrap() } else { bytes }
        };
        below(folder.path()).into_iter().map(read).collect()
    };
    // Both names at once, as a kill between them leaves it.
    let before = texts();
    let other = tempfile::tempdir().unwrap();
    relapse(["pack", place, "--out", text(other.path())]).exits(0);
    fs::copy(other.path().join("run-07.jsonl.zst"), folder.path().join("run-07.jsonl.zst")).unwrap();
    for wait in [0, 20, 60, 120] {
        let mut child = program().args(["pack", "--threads", "1"]).args(in_place).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let _ = child.kill();
        child.wait().unwrap();
    }
    let ended = relapse(["pack"].iter().chain(&in_place)).exits(0);
    assert!(!ended.text().contains("refused"), "{}", ended.text());
    let names: Vec<String> = (0..40).map(|n| format!("run-{n:02}.jsonl.zst")).collect();
    assert_eq!((below(folder.path()), texts()), (names, before));
    // And once more, when everything is packed.
    let fates = fates(&in_place, 0);
    assert!(fates.iter().all(|(_, status, removed)| status == "unchanged" && !removed), "{fates:?}");
    // One that is not packed cannot be packed onto itself.
    fs::write(folder.path().join("plain.jsonl.zst"), packing::frame(b"{}\n")).unwrap();
    let ended = relapse(["pack"].iter().chain(&in_place)).exits(3);
    assert!(ended.text().contains("plain.jsonl.zst: it would replace itself"), "{}", ended.text());
    assert!(folder.path().join("plain.jsonl.zst").exists());
}

#[test]
fn a_folder_is_packed_in_place() {
    let folder = folder(&[("x/a.jsonl.gz", &packing::member(b"one\n")), ("b.ndjson", b"two"), ("notes.txt", b"")]);
    let place = text(folder.path());
    let before = swept(&[place], 2);
    let ended = relapse(["pack", place, "--out", place, "--remove"]).exits(0);
    assert!(ended.text().contains("2 originals removed"), "{}", ended.text());
    assert_eq!(below(folder.path()), ["b.ndjson.zst", "notes.txt", "x/a.jsonl.zst"]);
    assert_eq!(swept(&[place], 2), before);
}

#[test]
fn standard_input_is_named_after_its_run() {
    let folder = tempfile::tempdir().unwrap();
    let out = text(folder.path());
    let log = format!("{}\n", record(&[]));
    relapse_fed(&["pack", "-", "--out", out], &packing::member(log.as_bytes())).exits(0);
    relapse_fed(&["pack", "-", "--out", out, "--run", "night/7"], log.as_bytes()).exits(0);
    relapse_fed(&["pack", "-", "--out", out, "--run", "../7"], log.as_bytes()).exits(2).says("`../7.jsonl.zst`");
    assert_eq!(below(folder.path()), ["night/7.jsonl.zst", "stdin.jsonl.zst"]);
    let ledger = relapse(["sweep", out, "--json"]).exits(0).ledger();
    let runs: Vec<_> = ledger["archives"].as_array().unwrap().iter().map(|row| row["run"].clone()).collect();
    assert_eq!(runs, ["night/7", "stdin"]);
}

#[test]
fn wrong_usage_is_2() {
    let folder = folder(&[("r.jsonl", b""), ("file", b"")]);
    let (input, out) = (text(folder.path()).to_owned(), text(&folder.path().join("out")).to_owned());
    for (arguments, says) in [
        (vec!["--level", "0"], "1..=22"),
        (vec!["--level", "23"], "1..=22"),
        (vec!["--frame-size", "1000"], "1KiB to 16MiB"),
        (vec!["--frame-size", "17MiB"], "1KiB to 16MiB"),
        (vec!["--frame-size", "1 parsec"], "parsec"),
        (vec!["--max-line", "2GiB"], "1GiB"),
        (vec!["--threads", "5000"], "1024"),
        (vec!["/no/such/path"], "/no/such/path"),
    ] {
        let ended = relapse(["pack", &input, "--out", &out].into_iter().chain(arguments)).exits(2).says(says);
        assert!(ended.stdout.is_empty());
    }
    relapse(["pack", &input]).exits(2).says("--out");
    relapse(["pack", &input, "--out", text(&folder.path().join("file/out"))]).exits(2).says("failed to write");
    assert!(!Path::new(&out).exists());
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_stays() {
    let folder = folder(&[("real.jsonl", b"{}\n")]);
    let (link, out) = (folder.path().join("link.jsonl"), folder.path().join("out"));
    std::os::unix::fs::symlink("real.jsonl", &link).unwrap();
    let ended = relapse(["pack", text(&link), "--out", text(&out), "--remove"]).exits(0);
    assert!(ended.text().contains("not removed: it is no regular file"), "{}", ended.text());
    assert_eq!(below(folder.path()), ["link.jsonl", "out/link.jsonl.zst", "real.jsonl"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_killed_leaves_nothing() {
    use rand::prelude::*;
    let mut draw = rand_chacha::ChaCha8Rng::seed_from_u64(3);
    let mut log = String::new();
    for _ in 0..300_000 {
        writeln!(log, "{{\"noise\":\"{:016x}\"}}", draw.random::<u64>()).unwrap();
    }
    let folder = folder(&[("r.jsonl", log.as_bytes())]);
    let (input, out) = (folder.path().join("r.jsonl"), folder.path().join("out"));
    let mut child = program()
        .args(["pack", text(&input), "--out", text(&out), "--level", "22", "--threads", "1", "--remove"])
        .spawn()
        .unwrap();
    let begun = std::time::Instant::now();
    while !out.is_dir() {
        assert!(begun.elapsed().as_secs() < 20, "it does not begin");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(child.try_wait().unwrap().is_none(), "it was done too soon");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(input.exists());
    // A file system without nameless files leaves a hidden one.
    let left = below(&out);
    assert!(left.iter().all(|name| name.starts_with(".relapse-")), "{left:?}");
    relapse(["pack", text(&input), "--out", text(&out), "--remove"]).exits(0);
    assert_eq!(
        (input.exists(), zstd::decode_all(&fs::read(out.join("r.jsonl.zst")).unwrap()[..]).unwrap()),
        (false, log.into_bytes())
    );
}
