//! Running the program and reading what it wrote.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A run of the program that is over.
pub(crate) struct Ended {
    /// Exit status.
    pub(crate) status: i32,
    /// Standard output.
    pub(crate) stdout: Vec<u8>,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            status: output.status.code().expect("ended by a signal"),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).expect("stderr is text"),
        }
    }

    /// Asserts the exit status.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "stderr: {}\nstdout: {}", self.stderr, self.text());
        self
    }

    /// Asserts that standard error holds a text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "`{text}` is not in: {}", self.stderr);
        self
    }

    /// Standard output as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The last line of standard output: where a sweep says what it found.
    pub(crate) fn answer(&self) -> String {
        self.text().lines().last().unwrap_or_default().to_owned()
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).expect("stdout is JSON")
    }

    /// The ledger that `--json` printed.
    #[track_caller]
    pub(crate) fn ledger(&self) -> Value {
        self.json()["ledger"].clone()
    }
}

/// The program, with an environment of its own.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relapse"));
    command.env_clear().env("SOURCE_DATE_EPOCH", "1700000000").env("PATH", "/usr/bin:/bin");
    command
}

/// The program where no file may grow beyond so many blocks, as on a disk that is full.
pub(crate) fn program_on_a_full_disk(blocks: &str) -> Command {
    let script = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = Command::new("bash");
    command.env_clear().env("SOURCE_DATE_EPOCH", "1700000000");
    command.arg("-c").arg(script).arg(program().get_program());
    command
}

/// The greatest memory that a process was ever seen to hold, in KiB; `None` once it is gone.
pub(crate) fn high_water_kib(process: u32) -> Option<u64> {
    let said = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    said.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
}

/// Runs the program.
#[track_caller]
pub(crate) fn relapse<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Ended {
    let output = program().args(arguments).stdin(Stdio::null()).output().expect("the program starts");
    Ended::of(output)
}

/// Runs the program with bytes on its standard input.
#[track_caller]
pub(crate) fn relapse_fed(arguments: &[&str], input: &[u8]) -> Ended {
    let mut child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A program that ends early closes the pipe.
            let _ = stdin.write_all(input);
        });
        Ended::of(child.wait_with_output().expect("the program ends"))
    })
}

/// A folder of the fixtures.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// What a fixture's writer knows of it.
pub(crate) fn expected(folder: &str) -> Value {
    let text = std::fs::read(fixture(folder).join("EXPECTED.json")).expect("the fixture is there");
    serde_json::from_slice(&text).expect("the fixture is JSON")
}

/// A temporary folder with files.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        std::fs::write(path, bytes).expect("files can be written");
    }
    folder
}

/// A path as text.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

/// One record as a line without newline; `with` replaces or adds fields, given as JSON.
pub(crate) fn record(with: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("schema_version", r#""ft-conformance-log-v1""#),
        ("ts_unix_ms", "1767225600000"),
        ("suite_id", r#""backward""#),
        ("scenario_id", r#""backward/strict:chain""#),
        ("fixture_id", r#""chain.json""#),
        ("packet_id", r#""KX-001""#),
        ("mode", r#""strict""#),
        ("seed", "7"),
        ("env_fingerprint", r#""env:1""#),
        ("artifact_refs", r#"["artifacts/a.json"]"#),
        ("replay_command", r#""cargo test chain""#),
        ("outcome", r#""fail""#),
        ("reason_code", r#""reentrant_depth""#),
    ];
    for (key, value) in with {
        match fields.iter_mut().find(|(known, _)| known == key) {
            Some(field) => field.1 = value,
            None => fields.push((key, value)),
        }
    }
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

/// A counter of a ledger object.
#[track_caller]
pub(crate) fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("{key} is no number in {value}"))
}
