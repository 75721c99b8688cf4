//! The id of the run that an archive holds.

use regex::Regex;
use thiserror::Error;

use super::context::Context;

const CONTAINER_ENDINGS: [&str; 5] = [".zst", ".gz", ".xz", ".bz2", ".lz4"];
/// Endings of files that hold files.
pub(super) const FOLDER_ENDINGS: [&str; 7] = [".zip", ".tar", ".tgz", ".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2"];
/// Endings of logs of one record a line.
pub(super) const TEXT_ENDINGS: [&str; 2] = [".jsonl", ".ndjson"];
/// Endings of what may be results of tests, and much else: its content decides.
pub(super) const MAYBE_ENDINGS: [&str; 7] = [".json", ".xml", ".trx", ".tap", ".log", ".out", ".txt"];
/// Those of them that say what a file is, and are no part of its run's id.
const FORMAT_ENDINGS: [&str; 6] = [".jsonl", ".ndjson", ".json", ".xml", ".trx", ".tap"];

/// The groups that a pattern may name.
const GROUPS: [&str; 7] = ["run", "branch", "revision", "env", "attempt", "job", "time"];

/// How run ids, and what else is known of runs, are taken from paths.
#[derive(Clone, Debug, Default)]
pub struct RunFrom {
    pattern: Option<Regex>,
    stdin: Option<String>,
}

/// Why a `--from-path` pattern cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunFromError {
    /// It is no regular expression.
    #[error("failed to read the pattern of --from-path")]
    Invalid(#[from] regex::Error),
    /// It does not say what its parts are.
    #[error("the pattern of --from-path has no group with a name: write (?<run>...), for one; known: {known}", known = GROUPS.join(", "))]
    NoGroup,
    /// It names a group that means nothing.
    #[error(
        "the pattern of --from-path names the group `{0}`, known: {known}; write (?:...) for a group without a meaning",
        known = GROUPS.join(", ")
    )]
    UnknownGroup(String),
}

impl RunFrom {
    /// `pattern`: a regular expression with groups named run, branch, revision, env, attempt, job or time, searched in
    /// relative paths. `stdin`: the id of standard input.
    ///
    /// # Errors
    /// When the pattern is invalid, has no such group, or names another one.
    pub fn new(pattern: Option<&str>, stdin: Option<String>) -> Result<Self, RunFromError> {
        let pattern = pattern.map(Regex::new).transpose()?;
        if pattern.as_ref().is_some_and(|p| p.capture_names().flatten().next().is_none()) {
            return Err(RunFromError::NoGroup);
        }
        let other = pattern.as_ref().and_then(|p| p.capture_names().flatten().find(|name| !GROUPS.contains(name)));
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

    /// The run that the pattern, if there is one, finds in a path.
    #[must_use]
    pub fn find<'p>(&self, path: &'p str) -> Option<&'p str> {
        let named = self.pattern.as_ref()?.captures(path)?.name("run")?;
        (!named.is_empty()).then(|| named.as_str())
    }

    /// Whether the pattern has a group for runs.
    #[must_use]
    pub fn names_runs(&self) -> bool {
        self.pattern.as_ref().is_some_and(|pattern| pattern.capture_names().flatten().any(|name| name == "run"))
    }

    /// What the pattern, if there is one, finds in a path; `None` where it matches nothing there.
    #[must_use]
    pub fn context(&self, path: &str) -> Option<Context> {
        let found = self.pattern.as_ref()?.captures(path)?;
        let [run, branch, revision, env, attempt, job, time] =
            GROUPS.map(|name| found.name(name).filter(|part| !part.is_empty()).map(|part| part.as_str().to_owned()));
        let attempt = attempt.and_then(|attempt| attempt.parse().ok());
        // A part of a path that is no time says none.
        let time = time.map(|time| moment(&time));
        let context = Context { run, branch, revision, env, attempt, job, url: None, time };
        Some(if context.time_ms().is_ok() { context } else { Context { time: None, ..context } })
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

/// A moment as paths write it, as RFC 3339 does: `2026-01-02`, `20260102T030405Z`, `2026-01-02_03-04-05`.
fn moment(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_other = text.parse::<jiff::Timestamp>().is_err();
    match (is_other, digits.len()) {
        (true, 8) => format!("{}-{}-{}T00:00:00Z", &digits[..4], &digits[4..6], &digits[6..]),
        (true, 12 | 14) => {
            let seconds = digits.get(12..14).unwrap_or("00");
            let (date, hour, minute) = (&digits[..8], &digits[8..10], &digits[10..12]);
            format!("{}-{}-{}T{hour}:{minute}:{seconds}Z", &date[..4], &date[4..6], &date[6..])
        }
        _ => text.to_owned(),
    }
}

/// A name less one `.zst`, `.gz`, `.xz`, `.bz2` or `.lz4`.
#[must_use]
pub fn strip_container(name: &str) -> &str {
    strip_one(name, &CONTAINER_ENDINGS)
}

/// A path without the endings of its name.
pub(super) fn stem_of(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    let first_dot = path[name..].char_indices().skip(1).find(|(_, character)| *character == '.');
    first_dot.map_or(path, |(at, _)| &path[..name + at])
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
        let error = RunFrom::new(Some("(?<brunch>.*)/(?<run>.*)"), None).unwrap_err().to_string();
        assert!(error.contains("`brunch`, known: run, branch"), "{error}");
    }

    #[test]
    fn a_pattern_says_what_else_is_known() {
        let runs =
            RunFrom::new(Some(r"(?<branch>[^/]+)/(?<time>[^/]+)/(?<env>\w+)-(?<attempt>\d+)\.xml"), None).unwrap();
        let context = runs.context("release-2/2026-01-02_03-04-05/linux-2.xml").unwrap();
        assert_eq!((context.branch.as_deref(), context.env.as_deref()), (Some("release-2"), Some("linux")));
        assert_eq!((context.attempt, context.run.as_deref()), (Some(2), None));
        assert_eq!(context.time.as_deref(), Some("2026-01-02T03:04:05Z"));
        assert_eq!(runs.context("main/20260102/a-1.xml").unwrap().time.as_deref(), Some("2026-01-02T00:00:00Z"));
        assert_eq!(runs.context("main/latest/a-1.xml").unwrap().time, None);
        assert_eq!(runs.context("other"), None);
    }
}
