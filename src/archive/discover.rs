//! Which files are archives, in which order, and what was passed over.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;
use thiserror::Error;

use super::context::Context;
use super::entry::{Entry, STDIN};
use super::likeness::{looks_like, next_step};
use super::name::text_of;
use super::open::Archive;
use super::run_id::RunFrom;
use super::selection::Selection;
use super::walk::{Glancer, Prefixes, Walked};
use crate::text::shell::posix;

/// Paths that a message names.
const NAMED: usize = 5;
/// Largest zstd window of a file that is only glanced at.
const GLANCE_WINDOW: u64 = 8 << 20;

/// Something in a folder that was not read.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Skipped {
    /// Path relative to its argument.
    pub path: String,
    /// Why, in a few words.
    pub why: String,
    /// Whether it may have held log lines, so that the sweep is not complete. Only said where it is so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_loss: bool,
    /// The file, where it was passed over for its name alone.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

impl Skipped {
    /// Something that may have held log lines.
    #[must_use]
    pub fn loss(path: String, why: String) -> Self {
        Self { path, why, is_loss: true, file: None }
    }
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
    /// Which files were looked at.
    pub selection: Selection,
    /// What runs of files are called by default in whose paths the pattern of `--from-path` finds none, though it does in others.
    pub unnamed: Vec<String>,
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
        "files of different arguments have one run id `{run}`: `{first}` and `{second}`; name the runs with --from-path, \
        as --from-path '(?<run>.+)', which takes the whole path"
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
    /// The pattern of `--from-path` finds nothing.
    #[error(
        "the pattern of --from-path finds a run in no path: `{pattern}`, held against {paths}; it is searched in paths \
        relative to their folder, and in files' paths as given"
    )]
    NoRun {
        /// The pattern.
        pattern: String,
        /// The first paths.
        paths: String,
    },
    /// A pattern of `--include` or `--exclude` matches nothing.
    #[error(
        "the pattern `{pattern}` of {option} matches no file: it was held against the paths below each argument, as {paths}; \
        without a slash it matches a name on the way, as `*.xml`, with one the path from its start, as `**/junit/*.xml`"
    )]
    NoMatch {
        /// The option.
        option: &'static str,
        /// The pattern.
        pattern: String,
        /// The first paths.
        paths: String,
    },
    /// There is no archive anywhere in the arguments.
    #[error(
        "found no archive in {inputs} (taken from folders: .jsonl and .ndjson, and what holds \
        test results of .json, .xml, .trx, .tap, .log, .out and .txt, plain or packed, in folders, zip and tar files){passed}"
    )]
    Nothing {
        /// The arguments as given.
        inputs: String,
        /// What was passed over there for its name, what that looks like, and what would help.
        passed: String,
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
            return Err(DiscoverError::Nothing { inputs: inputs.join(", "), passed: self.passed_over() });
        }
        Ok(self)
    }

    /// The first files that were passed over for their names, what they look like, and what would help.
    fn passed_over(&self) -> String {
        let mut files = self.skipped.iter().filter_map(|skipped| Some((&skipped.path, skipped.file.as_ref()?)));
        let mut text = String::new();
        for (path, file) in files.by_ref().take(NAMED) {
            let archive = Archive::open(&Entry::of_path(file.clone()), GLANCE_WINDOW);
            let likeness = archive.ok().and_then(|archive| looks_like(&archive));
            let likeness = likeness.unwrap_or_else(|| "something that cannot be read".to_owned());
            let next = next_step(&likeness, &posix(&file.display().to_string()));
            // Writing to a string cannot fail.
            let _ = write!(text, "\n  passed over: {path} looks like {likeness}; next: {next}");
        }
        match files.count() {
            0 => text,
            more => format!("{text}\n  and {more} more that were passed over for their names"),
        }
    }
}

/// Walks the arguments, which may lead to nothing. `glancer` looks into the files of folders whose names may be those of
/// logs; without one they are passed over.
///
/// # Errors
/// When an argument cannot be read, or two arguments give one run id to different files.
pub fn discover(inputs: &[String], runs: &RunFrom, glancer: Option<Glancer<'_>>) -> Result<Discovery, DiscoverError> {
    select(inputs, runs, glancer, &Selection::default())
}

/// As [`discover`], of the files that a selection takes.
///
/// # Errors
/// When an argument cannot be read, two arguments give one run id to different files, or a pattern matches no file.
pub fn select(
    inputs: &[String],
    runs: &RunFrom,
    glancer: Option<Glancer<'_>>,
    selection: &Selection,
) -> Result<Discovery, DiscoverError> {
    let found = walk(inputs, runs, glancer, selection, true)?;
    check_runs(&found.archives)?;
    Ok(found)
}

/// Walks the arguments, for a reader to whom runs are nothing.
///
/// # Errors
/// When an argument cannot be read or nothing is found.
pub fn find(inputs: &[String], runs: &RunFrom) -> Result<Discovery, DiscoverError> {
    walk(inputs, runs, None, &Selection::default(), false)?.something(inputs)
}

/// Walks the arguments, for a reader who looks into what a file holds and to whom runs are nothing.
///
/// # Errors
/// When an argument cannot be read or nothing is found.
pub fn look(inputs: &[String], glancer: Glancer<'_>) -> Result<Discovery, DiscoverError> {
    walk(inputs, &RunFrom::default(), Some(glancer), &Selection::default(), false)?.something(inputs)
}

/// `are_apart`: whether files of one name are given longer ones.
fn walk(
    inputs: &[String],
    runs: &RunFrom,
    glancer: Option<Glancer<'_>>,
    selection: &Selection,
    are_apart: bool,
) -> Result<Discovery, DiscoverError> {
    let walked =
        Walked::new(inputs, glancer, selection).map_err(|(path, source)| DiscoverError::Unreadable { path, source })?;
    if walked.stdin.len() > 1 {
        return Err(DiscoverError::StdinTwice);
    }
    if let Some((option, pattern)) = walked.selection.idle() {
        let files = walked.files.iter().filter_map(|file| file.below.as_deref());
        let paths: Vec<&str> = files.chain(walked.passed.iter().map(|passed| passed.path.as_str())).collect();
        return Err(DiscoverError::NoMatch { option, pattern: pattern.to_owned(), paths: quoted(paths) });
    }
    let (least, apart) = Prefixes::new(&walked, are_apart);
    let mut found = Discovery::default();
    for &argument in &walked.stdin {
        let (relative, run) = ("stdin".to_owned(), runs.stdin().to_owned());
        found.archives.push(Entry {
            path: None,
            relative,
            run,
            below: None,
            argument,
            is_gone: false,
            member: None,
            context: None,
        });
    }
    for (of, argument) in walked.arguments.iter().enumerate().filter(|(_, argument)| argument.is_folder) {
        let folder = Folder { root: argument.canonical.clone(), prefix: apart.of_argument(of).to_owned() };
        found.folders.insert(argument.number, folder);
    }
    let mut searched = Vec::new();
    let mut is_named = false;
    for file in &walked.files {
        let relative = apart.name(file);
        let given = &walked.arguments[file.of];
        let whole = match (&file.below, given.is_folder) {
            (Some(_), true) => relative.clone(),
            (below, _) => text_of(given.spelling.as_ref()) + below.as_deref().unwrap_or_default(),
        };
        let matched = runs.context(&whole);
        let context = walked.context(file).cloned().unwrap_or_default().or(&matched.clone().unwrap_or_default());
        is_named |= matched.is_some_and(|matched| !runs.names_runs() || matched.run.is_some());
        // Names that had to be told apart are not those that runs have by default.
        let run = context.run.clone().unwrap_or_else(|| RunFrom::default().of(&least.name(file)));
        if runs.names_runs() && context.run.is_none() {
            found.unnamed.push(run.clone());
            searched.push(whole);
        }
        let (path, below, member) = (Some(file.path.clone()), file.below.clone(), file.member.clone());
        let (argument, is_gone) = (given.number, false);
        let mut entry = Entry { path, relative, run, below, argument, is_gone, member, context: None };
        entry.learn(&Context { run: None, ..context });
        found.archives.push(entry);
    }
    if let Some(pattern) = runs.pattern().filter(|_| !is_named && !searched.is_empty()) {
        return Err(DiscoverError::NoRun { pattern: pattern.to_owned(), paths: quoted(searched) });
    }
    found.selection = walked.selection;
    let skipped = walked.passed.into_iter().map(|passed| Skipped {
        path: format!("{}{}", passed.of.map_or("", |of| apart.of_argument(of)), passed.path),
        why: passed.why,
        is_loss: passed.is_loss,
        file: passed.file,
    });
    found.skipped.extend(skipped);
    found.archives.sort_by(|a, b| a.relative.as_bytes().cmp(b.relative.as_bytes()).then_with(|| a.path.cmp(&b.path)));
    found.skipped.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()).then(a.why.cmp(&b.why)));
    Ok(found)
}

/// The first of some paths.
fn quoted<P: AsRef<str> + Ord>(mut paths: Vec<P>) -> String {
    paths.sort();
    let paths: Vec<String> = paths.iter().take(NAMED).map(|path| format!("`{}`", path.as_ref())).collect();
    if paths.is_empty() { "no file".to_owned() } else { paths.join(", ") }
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
        let found = discover(&[path(&folder, "")], &RunFrom::default(), None).unwrap();
        assert_eq!(names(&found), ["B.jsonl", "a.b/x.jsonl.zst", "a/x.jsonl", "b.ndjson.gz"]);
        let runs: Vec<_> = found.archives.iter().map(|entry| entry.run.as_str()).collect();
        assert_eq!(runs, ["B", "a.b/x", "a/x", "b"]);
        let skipped: Vec<_> = found.skipped.iter().map(|s| (s.path.as_str(), s.why.as_str())).collect();
        let hidden = [(".h", "hidden"), (".h/x.jsonl", "hidden")];
        assert_eq!(skipped[..2], hidden);
        assert_eq!(skipped[2..], [("c.json", "not a log by its name"), ("link.jsonl", "symbolic link")]);
    }

    #[test]
    fn several_folders_prefix_their_names() {
        let folder = tree(&["one/r.jsonl", "two/r.jsonl"]);
        let found = discover(&[path(&folder, "two"), path(&folder, "one/")], &RunFrom::default(), None).unwrap();
        assert_eq!(names(&found), ["one/r.jsonl", "two/r.jsonl"]);
        assert_eq!(found.archives[0].run, "one/r");
    }

    #[test]
    fn one_run_id_from_two_arguments_is_refused() {
        let folder = tree(&["one/r.jsonl", "two/r.jsonl"]);
        let files = [path(&folder, "one/r.jsonl"), path(&folder, "two/r.jsonl")];
        let error = discover(&files, &RunFrom::default(), None).unwrap_err().to_string();
        assert!(error.contains("one/r.jsonl") && error.contains("two/r.jsonl") && error.contains("--from-path"));
    }

    #[test]
    fn a_file_reached_twice_is_read_once() {
        let folder = tree(&["r.jsonl"]);
        let found = discover(&[path(&folder, ""), path(&folder, "r.jsonl")], &RunFrom::default(), None).unwrap();
        assert_eq!(names(&found), ["r.jsonl"]);
        assert_eq!(found.skipped[0].why, "given twice");
    }

    #[test]
    fn the_order_and_the_spelling_of_arguments_change_nothing() {
        let folder = tree(&["a/r.jsonl", "a/sub/s.jsonl", "a/.cache/h.jsonl", "b/r.jsonl"]);
        std::os::unix::fs::symlink("a", folder.path().join("link")).unwrap();
        let ids = |arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(|below| path(&folder, below)).collect();
            let found = discover(&arguments, &RunFrom::default(), None).unwrap();
            found.archives.into_iter().map(|entry| (entry.relative, entry.run)).collect::<Vec<_>>()
        };
        let alone = ids(&["a"]);
        assert_eq!(alone, [("r.jsonl", "r"), ("sub/s.jsonl", "sub/s")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        for arguments in [
            &["a", "a/sub"][..],
            &["a/sub", "a"],
            &["a/sub/s.jsonl", "a", "a/r.jsonl"],
            &["link", "a"],
            &["a", "link", "link/sub", "a/../a"],
        ] {
            assert_eq!(ids(arguments), alone, "{arguments:?}");
        }
        // What a walk passes over is read where it is given itself.
        let runs = |found: Vec<(String, String)>| found.into_iter().map(|(_, run)| run).collect::<Vec<_>>();
        assert_eq!(runs(ids(&["a/.cache", "a"])), [".cache/h", "a/r", "a/sub/s"]);
        assert_eq!(ids(&["a/.cache", "a"]), ids(&["a", "a/.cache"]));
        assert_eq!(ids(&["link", "b", "a"]), ids(&["a", "b", "a/sub", "link"]));
        assert_eq!(runs(ids(&["b", "a"])), ["a/r", "a/sub/s", "b/r"]);
    }

    #[test]
    fn run_from_is_held_against_whole_paths_and_must_find_something() {
        let folder = tree(&["a/report.jsonl", "b/report.jsonl", "c/x/r.jsonl", "d/x/r.jsonl", "d/x/s.jsonl"]);
        let given = |below: &[&str]| below.iter().map(|below| path(&folder, below)).collect::<Vec<_>>();
        let runs = |arguments: &[String], pattern: &str| {
            let found = discover(arguments, &RunFrom::new(Some(pattern), None).unwrap(), None)?;
            let names = found.archives.into_iter().map(|entry| (entry.relative, entry.run));
            Ok(names.collect::<Vec<_>>())
        };
        let files = given(&["b/report.jsonl", "a/report.jsonl"]);
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            runs(&files, "(?<run>[^/]+)/report").unwrap(),
            [pair("a/report.jsonl", "a"), pair("b/report.jsonl", "b")]
        );
        // What the message advises.
        let advised = runs(&files, "(?<run>.+)").unwrap();
        assert_eq!(advised[0], pair("a/report.jsonl", &path(&folder, "a/report.jsonl")));
        let folders = given(&["c/x", "d/x"]);
        assert!(matches!(discover(&folders, &RunFrom::default(), None), Err(DiscoverError::SameRun { .. })));
        let advised = runs(&folders, "(?<run>.+)").unwrap();
        assert_eq!(advised.len(), 3);
        assert_eq!(advised[2], pair("d/x/s.jsonl", "d/x/s.jsonl"));
        // Paths that it does not match keep their own ids, but one must match.
        assert_eq!(runs(&given(&["d/x"]), "^(?<run>s)").unwrap()[0], pair("r.jsonl", "r"));
        let error: DiscoverError = runs(&given(&["d/x"]), "(?<run>nightly-[0-9]+)").unwrap_err();
        let said = error.to_string();
        assert!(said.contains("nightly-[0-9]+") && said.contains("`r.jsonl`, `s.jsonl`"), "{said}");
    }

    #[test]
    fn a_file_given_itself_needs_no_ending() {
        let folder = tree(&["app.log"]);
        let found = discover(&[path(&folder, "app.log")], &RunFrom::default(), None).unwrap();
        assert_eq!(found.archives[0].run, "app.log");
    }

    #[test]
    fn nothing_found_is_an_error() {
        let folder = tree(&["x.txt"]);
        assert!(matches!(find(&[path(&folder, "")], &RunFrom::default()), Err(DiscoverError::Nothing { .. })));
        assert_eq!(names(&discover(&[path(&folder, "")], &RunFrom::default(), None).unwrap()), [""; 0]);
        assert!(matches!(
            discover(&[path(&folder, "gone")], &RunFrom::default(), None),
            Err(DiscoverError::Unreadable { .. })
        ));
    }
}
