//! Which files are archives, in which order, and what was passed over.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use thiserror::Error;
use walkdir::WalkDir;

use super::name::text_of;
use super::run_id::{RunFrom, strip_container};

/// The argument that stands for standard input.
pub const STDIN: &str = "-";

const TEXT_ENDINGS: [&str; 2] = [".jsonl", ".ndjson"];

/// One archive to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The file; `None` for standard input.
    pub path: Option<PathBuf>,
    /// Path relative to its argument, under the argument's last component where several folders were given.
    /// Bytes of names that are no UTF-8 stand as `\xff`.
    pub relative: String,
    /// Id of the run that its records belong to, unless they name one themselves.
    pub run: String,
    argument: usize,
    is_gone: bool,
}

impl Entry {
    /// The entry of one file, or of standard input, that no discovery led to.
    #[must_use]
    pub fn of_file(path: &str) -> Self {
        let file = (path != STDIN).then(|| PathBuf::from(path));
        let relative = file.as_deref().map_or_else(|| "stdin".into(), file_name);
        Self { run: RunFrom::default().of(&relative), path: file, relative, argument: 0, is_gone: false }
    }

    /// The entry of an archive that was at `path` once; `argument` is the number of the argument that it stood below.
    #[must_use]
    pub fn of_gone(path: PathBuf, relative: String, run: String, argument: usize) -> Self {
        Self { path: Some(path), relative, run, argument, is_gone: true }
    }

    /// Whether it is no more where it stood.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.is_gone
    }

    /// The number of the argument that led to it.
    #[must_use]
    pub fn argument(&self) -> usize {
        self.argument
    }

    /// Whether it is a file, and no stream whose bytes are gone once they were read.
    #[must_use]
    pub fn can_be_read_again(&self) -> bool {
        self.path.as_ref().is_some_and(|path| std::fs::metadata(path).map_or(true, |metadata| metadata.is_file()))
    }

    /// The relative path without `.zst` or `.gz`.
    #[must_use]
    pub fn log(&self) -> &str {
        strip_container(&self.relative)
    }
}

/// Something in a folder that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Path relative to its argument.
    pub path: String,
    /// Why, in a few words.
    pub why: String,
    /// Whether it may have held log lines, so that the sweep is not complete. Only said where it is so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_loss: bool,
}

/// What the arguments lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Archives in byte order of their relative paths.
    pub archives: Vec<Entry>,
    /// What was passed over, in the same order.
    pub skipped: Vec<Skipped>,
    /// The arguments that are folders, by their numbers.
    pub folders: BTreeMap<usize, Folder>,
}

/// An argument that is a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Where it is, without links.
    pub root: PathBuf,
    /// What stands before the paths below it, to make them relative paths.
    pub prefix: String,
}

/// Why no list of archives could be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DiscoverError {
    /// An argument does not exist or cannot be looked at.
    #[error("failed to read `{path}`")]
    Unreadable {
        /// The argument as given.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// Different files of different arguments would be one run.
    #[error(
        "files of different arguments have one run id `{run}`: `{first}` and `{second}`; name the runs with --run-from"
    )]
    SameRun {
        /// The id.
        run: String,
        /// A file of one argument.
        first: String,
        /// A file of another.
        second: String,
    },
    /// Standard input was named more than once.
    #[error("standard input can be read once only")]
    StdinTwice,
    /// There is no archive anywhere in the arguments.
    #[error("found no archive in {inputs} (taken from folders: .jsonl and .ndjson, plain or with .zst or .gz)")]
    Nothing {
        /// The arguments as given.
        inputs: String,
    },
}

impl Discovery {
    /// The archives that are files.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.archives.iter().filter_map(|entry| entry.path.as_deref())
    }

    /// What is found, if anything is: an archive, or a place that could not be looked into.
    ///
    /// # Errors
    /// When the arguments, which are named, lead to nothing.
    pub fn something(self, inputs: &[String]) -> Result<Self, DiscoverError> {
        if self.archives.is_empty() && !self.skipped.iter().any(|skipped| skipped.is_loss) {
            return Err(DiscoverError::Nothing { inputs: inputs.join(", ") });
        }
        Ok(self)
    }
}

/// Walks the arguments, which may lead to nothing.
///
/// # Errors
/// When an argument cannot be read, or two arguments give one run id to different files.
pub fn discover(inputs: &[String], runs: &RunFrom) -> Result<Discovery, DiscoverError> {
    let found = walk(inputs, runs)?;
    check_runs(&found.archives)?;
    Ok(found)
}

/// Walks the arguments, for a reader to whom runs are nothing.
///
/// # Errors
/// When an argument cannot be read or nothing is found.
pub fn find(inputs: &[String], runs: &RunFrom) -> Result<Discovery, DiscoverError> {
    walk(inputs, runs)?.something(inputs)
}

fn walk(inputs: &[String], runs: &RunFrom) -> Result<Discovery, DiscoverError> {
    let mut walk = Walk { found: Discovery::default(), seen: BTreeMap::new(), runs };
    let folders = inputs.iter().filter(|input| Path::new(input).is_dir()).count();
    for (argument, input) in inputs.iter().enumerate() {
        walk.argument(argument, input, folders > 1)?;
    }
    let mut found = walk.found;
    found.archives.sort_by(|a, b| a.relative.as_bytes().cmp(b.relative.as_bytes()).then(a.path.cmp(&b.path)));
    found.skipped.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()).then(a.why.cmp(&b.why)));
    Ok(found)
}

fn check_runs(archives: &[Entry]) -> Result<(), DiscoverError> {
    let mut first_of: BTreeMap<&str, &Entry> = BTreeMap::new();
    for entry in archives {
        let first = first_of.entry(&entry.run).or_insert(entry);
        if first.argument != entry.argument {
            let name = |entry: &Entry| entry.path.as_deref().map_or(STDIN.into(), |p| p.display().to_string());
            return Err(DiscoverError::SameRun { run: entry.run.clone(), first: name(first), second: name(entry) });
        }
    }
    Ok(())
}

struct Walk<'a> {
    found: Discovery,
    /// Canonical paths already taken, so that a file reached twice is read once.
    seen: BTreeMap<PathBuf, usize>,
    runs: &'a RunFrom,
}

impl Walk<'_> {
    fn argument(&mut self, argument: usize, input: &str, prefixed: bool) -> Result<(), DiscoverError> {
        let unreadable = |source| DiscoverError::Unreadable { path: input.to_owned(), source };
        if input == STDIN {
            if self.found.archives.iter().any(|entry| entry.path.is_none()) {
                return Err(DiscoverError::StdinTwice);
            }
            let run = self.runs.stdin().to_owned();
            self.found.archives.push(Entry { path: None, relative: "stdin".into(), run, argument, is_gone: false });
            return Ok(());
        }
        let path = Path::new(input);
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_dir() {
            let relative = file_name(path);
            self.take(argument, path, relative);
            return Ok(());
        }
        let root = path.canonicalize().map_err(unreadable)?;
        // Its own last component, where it has one: `.` and `..` have none.
        let named = if path.file_name().is_some() { path } else { &root };
        let prefix = if prefixed { format!("{}/", file_name(named)) } else { String::new() };
        self.found.folders.insert(argument, Folder { root: root.clone(), prefix: prefix.clone() });
        let mut entries = WalkDir::new(path).min_depth(1).into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let place = error.path().map_or_else(|| input.into(), |p| relative_to(p, path));
                    let cause = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    self.skip(format!("{prefix}{place}"), format!("unreadable: {cause}"), true);
                    continue;
                }
            };
            let relative = format!("{prefix}{}", relative_to(entry.path(), path));
            let kind = entry.file_type();
            if is_hidden(entry.file_name()) {
                self.skip(relative, "hidden".into(), false);
                if kind.is_dir() {
                    entries.skip_current_dir();
                }
            } else if kind.is_symlink() {
                self.skip(relative, "symbolic link".into(), false);
            } else if kind.is_dir() {
                // Its entries follow.
            } else if !kind.is_file() {
                self.skip(relative, "special file".into(), false);
            } else if !is_log_name(&relative) {
                self.skip(relative, "not a log by its name".into(), false);
            } else {
                self.take(argument, entry.path(), relative);
            }
        }
        Ok(())
    }

    fn take(&mut self, argument: usize, path: &Path, relative: String) {
        let canonical = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if self.seen.insert(canonical, argument).is_some() {
            self.skip(relative, "given twice".into(), false);
            return;
        }
        let run = self.runs.of(&relative);
        self.found.archives.push(Entry { path: Some(path.to_owned()), relative, run, argument, is_gone: false });
    }

    fn skip(&mut self, path: String, why: String, is_loss: bool) {
        self.found.skipped.push(Skipped { path, why, is_loss });
    }
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

fn is_log_name(name: &str) -> bool {
    TEXT_ENDINGS.iter().any(|ending| strip_container(name).ends_with(ending))
}

fn file_name(path: &Path) -> String {
    text_of(path.file_name().unwrap_or(path.as_os_str()))
}

fn relative_to(path: &Path, root: &Path) -> String {
    text_of(path.strip_prefix(root).unwrap_or(path).as_os_str())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    fn names(found: &Discovery) -> Vec<&str> {
        found.archives.iter().map(|entry| entry.relative.as_str()).collect()
    }

    fn path(folder: &tempfile::TempDir, below: &str) -> String {
        folder.path().join(below).to_str().unwrap().to_owned()
    }

    #[test]
    fn byte_order_of_the_whole_relative_path() {
        let folder = tree(&["a/x.jsonl", "a.b/x.jsonl.zst", "b.ndjson.gz", "B.jsonl", "c.json", ".h/x.jsonl"]);
        std::os::unix::fs::symlink("B.jsonl", folder.path().join("link.jsonl")).unwrap();
        let found = discover(&[path(&folder, "")], &RunFrom::default()).unwrap();
        assert_eq!(names(&found), ["B.jsonl", "a.b/x.jsonl.zst", "a/x.jsonl", "b.ndjson.gz"]);
        let runs: Vec<_> = found.archives.iter().map(|entry| entry.run.as_str()).collect();
        assert_eq!(runs, ["B", "a.b/x", "a/x", "b"]);
        let skipped: Vec<_> = found.skipped.iter().map(|s| (s.path.as_str(), s.why.as_str())).collect();
        assert_eq!(skipped, [(".h", "hidden"), ("c.json", "not a log by its name"), ("link.jsonl", "symbolic link")]);
    }

    #[test]
    fn several_folders_prefix_their_names() {
        let folder = tree(&["one/r.jsonl", "two/r.jsonl"]);
        let found = discover(&[path(&folder, "two"), path(&folder, "one/")], &RunFrom::default()).unwrap();
        assert_eq!(names(&found), ["one/r.jsonl", "two/r.jsonl"]);
        assert_eq!(found.archives[0].run, "one/r");
    }

    #[test]
    fn one_run_id_from_two_arguments_is_refused() {
        let folder = tree(&["one/r.jsonl", "two/r.jsonl"]);
        let files = [path(&folder, "one/r.jsonl"), path(&folder, "two/r.jsonl")];
        let error = discover(&files, &RunFrom::default()).unwrap_err().to_string();
        assert!(error.contains("one/r.jsonl") && error.contains("two/r.jsonl") && error.contains("--run-from"));
    }

    #[test]
    fn a_file_reached_twice_is_read_once() {
        let folder = tree(&["r.jsonl"]);
        let found = discover(&[path(&folder, ""), path(&folder, "r.jsonl")], &RunFrom::default()).unwrap();
        assert_eq!(names(&found), ["r.jsonl"]);
        assert_eq!(found.skipped[0].why, "given twice");
    }

    #[test]
    fn a_file_given_itself_needs_no_ending() {
        let folder = tree(&["app.log"]);
        let found = discover(&[path(&folder, "app.log")], &RunFrom::default()).unwrap();
        assert_eq!(found.archives[0].run, "app.log");
    }

    #[test]
    fn nothing_found_is_an_error() {
        let folder = tree(&["x.txt"]);
        assert!(matches!(find(&[path(&folder, "")], &RunFrom::default()), Err(DiscoverError::Nothing { .. })));
        assert_eq!(names(&discover(&[path(&folder, "")], &RunFrom::default()).unwrap()), [""; 0]);
        assert!(matches!(
            discover(&[path(&folder, "gone")], &RunFrom::default()),
            Err(DiscoverError::Unreadable { .. })
        ));
    }
}
