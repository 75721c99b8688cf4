//! What a text that holds no record looks like, and what would help: told by content alone, never by a name.

use super::glance::Glance;
use super::open::Archive;
use super::pieces::Pieces;

/// Bytes of a text that are looked at.
const LOOKED_AT: usize = 64 << 10;

/// Bytes of a text in which its format is told: documents may have long texts before the keys by which they are known.
const FORMAT_TOLD_IN: usize = 1 << 20;
/// Lines that may stand before the first event of a format, and objects that may stand among them.
const LINES_BEFORE: usize = 200;
const OBJECTS_BEFORE: usize = 8;

/// Keys of a JSON object that are named.
const NAMED_KEYS: usize = 12;

/// Something that a text may be, and what to do then; `{}` stands for the archive.
struct Kind {
    name: &'static str,
    is: fn(&Glance<'_>) -> bool,
    next: &'static str,
}

/// For results in a format that has no reader.
const CONVERT: &str = "relapse does not read it yet: write one JSON object a line for each result, and say in a profile \
    which field means what (`relapse profiles guess LOGS` makes one to start from)";
/// For results in a format that is read.
const READ: &str = "relapse reads this format where no --profile says otherwise, and found no test in it: look whether the job \
    that writes it ran its tests";
/// For JSON of an unknown shape.
const PROFILE: &str = "say in a profile which key means what, and name it with --profile FILE: `relapse profiles guess {} > FILE` \
    makes one to start from, `relapse profiles check FILE --on {}` tells what it makes of the lines";
/// For what is no log of results.
const OTHER: &str = "name the log of test results instead: JSON, one object a line";

const fn kind(name: &'static str, is: fn(&Glance<'_>) -> bool, next: &'static str) -> Kind {
    Kind { name, is, next }
}

/// The first that is so, counts.
#[expect(clippy::redundant_closure_for_method_calls, reason = "a method of one lifetime is no test of any glance")]
const KINDS: &[Kind] = &[
    kind("empty", |it| it.bytes.is_empty(), "look whether the job that writes it ran to its end"),
    kind("only blank lines", |it| it.text.is_empty(), "look whether the job that writes it ran to its end"),
    kind(
        "only zero bytes",
        |it| it.bytes.iter().all(|&byte| byte == 0),
        "fetch it again: room was kept, and nothing written",
    ),
    // Containers.
    kind("zip", |it| it.begins(b"PK\x03\x04") || it.begins(b"PK\x05\x06"), "unzip -d DIR {}, then name DIR"),
    kind("xz", |it| it.begins(b"\xfd7zXZ\0"), "xz -dc {} | relapse sweep -"),
    kind("bzip2", |it| it.begins(b"BZh") && it.bytes.get(4..10) == Some(b"1AY&SY"), "bzip2 -dc {} | relapse sweep -"),
    kind("lz4", |it| it.begins(b"\x04\x22\x4d\x18"), "lz4 -dc {} | relapse sweep -"),
    kind("lzip", |it| it.begins(b"LZIP"), "lzip -dc {} | relapse sweep -"),
    kind("snappy", |it| it.begins(b"\xff\x06\0\0sNaPpY"), "decompress it, then name what comes out"),
    kind("compress (.Z)", |it| it.begins(b"\x1f\x9d"), "gzip -dc {} | relapse sweep -"),
    kind("7z", |it| it.begins(b"7z\xbc\xaf\x27\x1c"), "7z x -oDIR {}, then name DIR"),
    kind("rar", |it| it.begins(b"Rar!\x1a\x07"), "unpack it into a folder, then name that"),
    kind("tar", |it| it.bytes.get(257..262) == Some(b"ustar"), "tar -xf {} -C DIR, then name DIR"),
    kind("zstd dictionary", |it| it.begins(b"\x37\xa4\x30\xec"), "zstd -dc -D {} ARCHIVE | relapse sweep -"),
    kind("zstd in another container", |it| it.begins(b"\x28\xb5\x2f\xfd"), "take off the outer container first"),
    kind("gzip in another container", |it| it.begins(b"\x1f\x8b\x08"), "take off the outer container first"),
    // Files that are no text.
    kind("Windows registry", |it| it.begins(b"regf"), OTHER),
    kind("Windows event log", |it| it.begins(b"ElfFile\0"), OTHER),
    kind("SQLite", |it| it.begins(b"SQLite format 3\0"), OTHER),
    kind("Parquet", |it| it.begins(b"PAR1"), OTHER),
    kind("Avro", |it| it.begins(b"Obj\x01"), OTHER),
    kind("PDF", |it| it.begins(b"%PDF"), OTHER),
    kind("image", |it| it.begins(b"\x89PNG") || it.begins(b"\xff\xd8\xff") || it.begins(b"GIF8"), OTHER),
    kind("program", |it| it.begins(b"\x7fELF") || it.begins(b"MZ\x90") || it.begins(b"\xcf\xfa\xed\xfe"), OTHER),
    kind("Git LFS pointer", |it| it.begins(b"version https://git-lfs"), "git lfs pull, then sweep it again"),
    kind("partial of relapse", |it| it.begins(b"relapse\x1a"), "relapse merge {}"),
    // Texts in other encodings.
    kind(
        "UTF-32 text",
        |it| it.begins(b"\xff\xfe\0\0") || it.begins(b"\0\0\xfe\xff"),
        "iconv -f UTF-32 -t UTF-8 {} | relapse sweep -",
    ),
    kind("UTF-32 text without its mark", |it| it.is_mostly_zero(), "iconv -f UTF-32LE -t UTF-8 {} | relapse sweep -"),
    kind(
        "UTF-16 text",
        |it| it.begins(b"\xff\xfe") || it.begins(b"\xfe\xff"),
        "iconv -f UTF-16 -t UTF-8 {} | relapse sweep -",
    ),
    kind(
        "UTF-16 text without its mark",
        |it| it.is_every_other_byte_zero(),
        "iconv -f UTF-16LE -t UTF-8 {} | relapse sweep -",
    ),
    // XML.
    kind("JUnit XML", |it| it.is_root(&["testsuites", "testsuite"]), READ),
    kind("TRX", |it| it.is_root(&["testrun"]), READ),
    kind("NUnit XML", |it| it.is_root(&["test-run", "test-results", "test-suite"]), READ),
    kind("xUnit.net XML", |it| it.is_root(&["assemblies", "assembly"]), READ),
    kind("coverage XML", |it| it.is_root(&["coverage", "report"]), OTHER),
    kind(
        "HTML",
        |it| it.is_root(&["html", "head", "body"]),
        "fetch it again: a page came instead of the file, perhaps one that asks to sign in",
    ),
    kind("XML", |it| it.root.is_some(), OTHER),
    // JSON of known tools.
    kind(
        "an output of relapse",
        |it| it.says("schema_version", |it| it.starts_with("relapse-")),
        "name the logs that were swept, not what came out",
    ),
    kind(
        "a triage report",
        |it| it.says("schema_version", |it| it.starts_with("ft-crash-triage")),
        "name the logs that were read, not what came out",
    ),
    kind("go test -json", |it| it.has(&["Action"]) && (it.has(&["Package"]) || it.has(&["ImportPath"])), READ),
    kind("pytest-reportlog", |it| it.has(&["$report_type"]), READ),
    kind(
        "Bazel build events",
        |it| it.has(&["id"]) && (it.has(&["children"]) || it.has(&["started"]) || it.has(&["testResult"])),
        READ,
    ),
    kind(
        "libtest JSON",
        |it| it.has(&["type", "event"]) && it.says("type", |it| matches!(it, "suite" | "test" | "bench")),
        READ,
    ),
    kind(
        "cargo's messages",
        |it| it.has(&["reason"]) && it.says("reason", |it| it.starts_with("compiler-") || it.starts_with("build-")),
        OTHER,
    ),
    kind("dart or flutter test JSON", |it| it.has(&["protocolVersion"]), READ),
    kind(
        "cucumber messages",
        |it| {
            let envelopes = ["meta", "source", "gherkinDocument", "pickle", "testRunStarted"];
            it.keys.len() == 1 && envelopes.iter().any(|key| it.has(&[key]))
        },
        READ,
    ),
    kind("Playwright JSON", |it| it.has(&["config", "suites"]), READ),
    kind("Jest or Vitest JSON", |it| it.has(&["numTotalTests"]) || it.has(&["testResults", "success"]), READ),
    kind("CTRF", |it| it.has(&["results"]) && (it.has(&["reportFormat"]) || it.holds("\"tool\"")), READ),
    kind("mocha JSON", |it| it.has(&["stats", "tests"]), READ),
    kind(
        "Allure result",
        |it| {
            let more = ["historyId", "testCaseId", "fullName", "stage", "labels", "steps"];
            it.has(&["uuid", "status"]) && more.iter().any(|key| it.has(&[key]))
        },
        READ,
    ),
    kind("Buildkite tests", |it| it.has(&["run_env", "data"]) || it.has(&["scope", "name", "result"]), READ),
    kind("SARIF", |it| it.has(&["runs", "version"]), OTHER),
    kind("docker's json-file log", |it| it.has(&["log", "stream", "time"]), "docker logs CONTAINER | relapse sweep -"),
    // Binary data is said before words are looked for in it.
    kind("binary data", |it| it.is_binary(), OTHER),
    kind("TAP", |it| is_tap(it.text), READ),
    kind("go test's text", |it| it.text.starts_with(b"=== RUN") || it.text.starts_with(b"--- FAIL"), CONVERT),
    kind("pytest's text", |it| it.text.starts_with(b"===") && it.holds("test session starts"), CONVERT),
    kind("cargo test's text", |it| it.holds("running ") && it.holds("test result: "), CONVERT),
    kind(
        "a log of GitHub Actions",
        |it| it.holds("Z ##["),
        "take the results out of it: cut off what stands before each `{`",
    ),
];

/// Whether a text is TAP: its first line that is no comment is a version, a plan or a result; `prove -v` has the name of a file
/// before it.
fn is_tap(text: &[u8]) -> bool {
    let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#")).take(2);
    let is_result = |line: &[u8]| {
        let result = line.strip_prefix(b"not ").unwrap_or(line).strip_prefix(b"ok ");
        result.is_some_and(|rest| rest.first().is_some_and(|&byte| byte.is_ascii_digit() || byte == b'-'))
    };
    let is_plan =
        |line: &[u8]| line.strip_prefix(b"1..").is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_digit));
    let is_first = |line: &[u8]| line.starts_with(b"TAP version ") || is_plan(line) || is_result(line);
    match lines.next() {
        Some(line) if line.ends_with(b" ..") => lines.next().is_some_and(is_first),
        line => line.is_some_and(is_first),
    }
}

/// What an archive's text looks like, by its beginning; `None` when damage leaves nothing of that.
pub(crate) fn looks_like(archive: &Archive) -> Option<String> {
    let mut text = Vec::new();
    let mut pieces = Pieces::of(archive);
    while text.len() < LOOKED_AT
        && let Some(piece) = pieces.next_piece()
    {
        text.extend_from_slice(piece.text);
        if piece.damage.is_some() && text.is_empty() {
            return None;
        }
    }
    Some(likeness(&text))
}

/// What a text looks like, by its beginning.
fn likeness(bytes: &[u8]) -> String {
    let glance = Glance::at(&bytes[..bytes.len().min(LOOKED_AT)]);
    if let Some(kind) = KINDS.iter().find(|kind| (kind.is)(&glance)) {
        return match &glance.root {
            Some(root) if kind.name == "XML" => format!("XML of <{root}>"),
            _ => kind.name.to_owned(),
        };
    }
    if glance.keys.is_empty() {
        let is_json = matches!(glance.text.first(), Some(b'{' | b'['));
        return if is_json { "JSON" } else { "plain text" }.to_owned();
    }
    let names: Vec<&str> = glance.keys.iter().take(NAMED_KEYS).map(|(key, _)| key.as_str()).collect();
    let more = if glance.keys.len() > NAMED_KEYS { ", ..." } else { "" };
    format!("JSON with the keys {}{more}", names.join(", "))
}

/// The format of test results that a text is in, by its beginning: of the whole, or of the first line that is an object,
/// since what a build prints may stand before the events of its tests.
pub(crate) fn format_of(text: &[u8]) -> Option<&'static str> {
    let start = &text[..text.len().min(FORMAT_TOLD_IN)];
    let read = |glance: &Glance<'_>| {
        let kind = KINDS.iter().find(|kind| (kind.is)(glance))?;
        (kind.next == READ).then_some(kind.name)
    };
    // Of events the first line tells, and it is looked at alone: an object that ends there has no other keys in the whole.
    let line = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let is_object = line.first() == Some(&b'{') && line.trim_ascii_end().ends_with(b"}");
    let first = if is_object { read(&Glance::at(line)) } else { None };
    first.or_else(|| read(&Glance::at(start))).or_else(|| {
        let lines = start.split(|&byte| byte == b'\n').take(LINES_BEFORE);
        let objects = lines.filter(|line| line.trim_ascii_start().starts_with(b"{"));
        objects.take(OBJECTS_BEFORE).find_map(|line| read(&Glance::at(line)))
    })
}

/// What helps with an archive that looks like this.
#[must_use]
pub fn next_step(likeness: &str, archive: &str) -> String {
    let next = match KINDS.iter().find(|kind| kind.name == likeness) {
        Some(kind) => kind.next,
        None if likeness.starts_with("JSON") => PROFILE,
        None => OTHER,
    };
    next.replace("{}", archive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_by_its_first_bytes() {
        let utf_16: Vec<u8> = "root:x:0:0\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xff\xfe".to_vec(), utf_16.clone()].concat();
        let utf_32: Vec<u8> = "root:x:0:0\n".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        let greater_first: Vec<u8> = "root:x:0:0\n".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        let mut tar = b"results/a.json".to_vec();
        tar.resize(257, 0);
        tar.extend(b"ustar\0");
        let cases: &[(&[u8], &str)] = &[
            (b"", "empty"),
            (b"\n \r\n", "only blank lines"),
            (&[0; 4096], "only zero bytes"),
            (b"PK\x03\x04\x14\0", "zip"),
            (b"\xfd7zXZ\0\0\x04", "xz"),
            (b"BZh91AY&SY", "bzip2"),
            (&tar, "tar"),
            (b"\x37\xa4\x30\xec\x01\x02", "zstd dictionary"),
            (b"regf\x01\0\0\0", "Windows registry"),
            (&marked, "UTF-16 text"),
            (&utf_16, "UTF-16 text without its mark"),
            (&[b"\xff\xfe\0\0", utf_32.as_slice()].concat(), "UTF-32 text"),
            (&[b"\0\0\xfe\xff", greater_first.as_slice()].concat(), "UTF-32 text"),
            (&utf_32, "UTF-32 text without its mark"),
            (&greater_first, "UTF-32 text without its mark"),
            (b"<?xml version=\"1.0\"?>\n<!-- x --><testsuites name=\"a\">", "JUnit XML"),
            (b"<testsuite tests='1'/>", "JUnit XML"),
            (b"<!DOCTYPE html>\n<html lang=\"en\">", "HTML"),
            (b"<plist version='1'/>", "XML of <plist>"),
            (b"{\"Time\":\"2026\",\"Action\":\"run\",\"Package\":\"p\"}\n", "go test -json"),
            (b"{\"pytest_version\": \"8\", \"$report_type\": \"SessionStart\"}\n", "pytest-reportlog"),
            (b"{\"type\":\"suite\",\"event\":\"started\",\"test_count\":1}\n", "libtest JSON"),
            (b"{\n  \"config\": {\"a\": 1},\n  \"suites\": [", "Playwright JSON"),
            (b"{\"schema_version\":\"relapse-incidents-v1\",\"incidents\":[", "an output of relapse"),
            (b"\xef\xbb\xbf{\"when\":1,\"what\":{\"deep\":[1]},\"cut\":\"of", "JSON with the keys when, what, cut"),
            (b"[{\"a\":1},{\"b\":2}]", "JSON with the keys a"),
            (b"{oops", "JSON"),
            (b"root:x:0:0:root:/root:/bin/bash\n", "plain text"),
            (b"caf\xe9 \xff\x01", "binary data"),
            (b"=== RUN   TestA\n", "go test's text"),
            (b"# made by x\nnot ok 1 - a\n", "TAP"),
            (b"t/a.t ..\nok 1 - a\n", "TAP"),
            (b"ok, let us see\n", "plain text"),
            (b"{\"uuid\":\"u\",\"status\":\"passed\",\"labels\":[]}", "Allure result"),
            (b"[{\"id\":\"1\",\"scope\":\"s\",\"name\":\"n\",\"result\":\"passed\"}]", "Buildkite tests"),
            (b"{\"pickle\":{\"id\":\"1\"}}\n", "cucumber messages"),
        ];
        for (bytes, name) in cases {
            assert_eq!(likeness(bytes), *name, "{:?}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(next_step("xz", "a.xz"), "xz -dc a.xz | relapse sweep -");
        assert_eq!(format_of(b"building\n{\"Action\":\"run\",\"Package\":\"p\"}\n"), Some("go test -json"));
        assert_eq!(format_of(b"{\"when\":1}\nplain\n"), None);
        assert!(next_step("JSON with the keys a", "a").contains("--profile"));
        assert_eq!(next_step("plain text", "a"), OTHER);
    }
}
