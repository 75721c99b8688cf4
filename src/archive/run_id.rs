//! The id of the run that an archive holds.

use regex::Regex;
use thiserror::Error;

const CONTAINER_ENDINGS: [&str; 5] = [".zst", ".gz", ".xz", ".bz2", ".lz4"];
/// Endings of files that hold files.
pub(super) const FOLDER_ENDINGS: [&str; 7] = [".zip", ".tar", ".tgz", ".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2"];
/// Endings of logs of one record a line.
pub(super) const TEXT_ENDINGS: [&str; 2] = [".jsonl", ".ndjson"];
/// Endings of what may be results of tests, and much else: its content decides.
pub(super) const MAYBE_ENDINGS: [&str; 7] = [".json", ".xml", ".trx", ".tap", ".log", ".out", ".txt"];
/// Those of them that say what a file is, and are no part of its run's id.
const FORMAT_ENDINGS: [&str; 6] = [".jsonl", ".ndjson", ".json", ".xml", ".trx", ".tap"];

/// How run ids are taken from paths.
#[derive(Clone, Debug, Default)]
pub struct RunFrom {
    pattern: Option<Regex>,
    stdin: Option<String>,
}

/// Why a `--run-from` pattern cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunFromError {
    /// It is no regular expression.
    #[error("failed to read the pattern of --run-from")]
    Invalid(#[from] regex::Error),
    /// It does not say which part is the id.
    #[error("the pattern of --run-from has no group named `run`: write (?<run>...)")]
    NoGroup,
    /// It names a group that means nothing.
    #[error("the pattern of --run-from names the group `{0}`, known: run; write (?:...) for a group without a meaning")]
    UnknownGroup(String),
}

impl RunFrom {
    /// `pattern`: a regular expression with a group `run`, searched in relative paths. `stdin`: the id of standard
    /// input.
    ///
    /// # Errors
    /// When the pattern is invalid, has no such group, or names another one.
    pub fn new(pattern: Option<&str>, stdin: Option<String>) -> Result<Self, RunFromError> {
        let pattern = pattern.map(Regex::new).transpose()?;
        if pattern.as_ref().is_some_and(|p| !p.capture_names().any(|name| name == Some("run"))) {
            return Err(RunFromError::NoGroup);
        }
        let other = pattern.as_ref().and_then(|p| p.capture_names().flatten().find(|name| *name != "run"));
        if let Some(other) = other {
            return Err(RunFromError::UnknownGroup(other.to_owned()));
        }
        Ok(Self { pattern, stdin })
    }

    /// The run of an archive with this relative path: what the pattern finds, else the path less one container
    /// ending and one text ending.
    #[must_use]
    pub fn of(&self, relative: &str) -> String {
        let named = self.find(relative);
        named.unwrap_or_else(|| strip_one(strip_container(relative), &FORMAT_ENDINGS)).to_owned()
    }

    /// What the pattern, if there is one, finds in a path.
    #[must_use]
    pub fn find<'p>(&self, path: &'p str) -> Option<&'p str> {
        let named = self.pattern.as_ref()?.captures(path)?.name("run")?;
        (!named.is_empty()).then(|| named.as_str())
    }

    /// The pattern, if there is one.
    #[must_use]
    pub fn pattern(&self) -> Option<&str> {
        self.pattern.as_ref().map(Regex::as_str)
    }

    /// The run of standard input.
    #[must_use]
    pub fn stdin(&self) -> &str {
        self.stdin.as_deref().unwrap_or("stdin")
    }
}

/// A name less one `.zst`, `.gz`, `.xz`, `.bz2` or `.lz4`.
#[must_use]
pub fn strip_container(name: &str) -> &str {
    strip_one(name, &CONTAINER_ENDINGS)
}

fn strip_one<'a>(name: &'a str, endings: &[&str]) -> &'a str {
    endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ending_of_each_kind_is_taken_off() {
        let runs = RunFrom::default();
        for (path, run) in [
            ("a/run-1.jsonl.zst", "a/run-1"),
            ("a.ndjson", "a"),
            ("a.jsonl.jsonl.gz", "a.jsonl"),
            ("a.gz.zst", "a.gz"),
            ("a.log", "a.log"),
            ("a/junit.xml.gz", "a/junit"),
        ] {
            assert_eq!(runs.of(path), run);
        }
    }

    #[test]
    fn a_pattern_names_the_run() {
        let runs = RunFrom::new(Some(r"(?<run>run-\d+)"), None).unwrap();
        assert_eq!(runs.of("week/run-07/shard-1.jsonl.zst"), "run-07");
        assert_eq!(runs.of("week/other.jsonl"), "week/other");
        assert!(matches!(RunFrom::new(Some("run-(.*)"), None), Err(RunFromError::NoGroup)));
        assert!(matches!(RunFrom::new(Some("("), None), Err(RunFromError::Invalid(_))));
        let error = RunFrom::new(Some("(?<branch>.*)/(?<run>.*)"), None).unwrap_err().to_string();
        assert!(error.contains("`branch`, known: run"), "{error}");
    }
}
