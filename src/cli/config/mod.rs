//! `relapse.toml`: options of a project, by the names that they have on the command line.
//!
//! A key above all tables sets the option of every command that has it, one in a table named like a command (`[sweep]`,
//! `[store.prune]`) that command's, and an argument without a name is called as `relapse config show` calls it. What the
//! command line gives wins. Options reach their command as words of its command line, so that one parser judges both.

mod file;
mod given;
mod show;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clap::{ArgMatches, Command};

use super::caret;
use super::error::CliError;
use given::Given;
use relapse::definition;
pub(super) use show::show;

const NAME: &str = "relapse.toml";

/// The file that options were taken from.
static TAKEN_FROM: OnceLock<PathBuf> = OnceLock::new();

/// The file that options were taken from, if there is one.
pub(super) fn taken_from() -> Option<&'static Path> {
    TAKEN_FROM.get().map(PathBuf::as_path)
}

/// The value that a file gives to one option of one command.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Setting {
    value: Value,
    /// Line of the file, counted from 1.
    line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    /// An option without a value, given or not.
    Flag(bool),
    /// One value, or those of an option that may be repeated.
    Texts(Vec<String>),
}

/// What a project has set.
#[derive(Debug, Default)]
struct Config {
    /// The file, as messages name it.
    shown: Option<String>,
    /// By command (`store prune`) and the id of its argument.
    settings: BTreeMap<(String, String), Setting>,
}

impl Config {
    /// The settings that a command line asks for: those of `--config`, else of the nearest file above the working folder.
    fn of(given: &ArgMatches, root: &Command) -> Result<Self, CliError> {
        if given.get_flag("no_config") {
            return Ok(Self::default());
        }
        if let Some(path) = given.get_one::<PathBuf>("config") {
            return Self::read(path, path.parent().unwrap_or(Path::new("")), root);
        }
        // A working folder that is gone has no file.
        let here = std::env::current_dir().unwrap_or_default();
        let Some(up) = here.ancestors().position(|folder| folder.join(NAME).is_file()) else {
            return Ok(Self::default());
        };
        let folder: PathBuf = std::iter::repeat_n("..", up).collect();
        let path = folder.join(NAME);
        if !is_ours(&path) {
            return Err(CliError::Usage(format!(
                "refused to read `{}`: it belongs to another user; --config reads it all the same, --no-config none",
                path.display()
            )));
        }
        Self::read(&path, &folder, root)
    }

    fn read(path: &Path, folder: &Path, root: &Command) -> Result<Self, CliError> {
        let shown = path.display().to_string();
        let _ = TAKEN_FROM.set(path.to_owned()); // A command line is completed once.
        let text =
            definition::read_file(path).map_err(|source| CliError::Unreadable { path: shown.clone(), source })?;
        let settings =
            definition::read(&shown, &text, &[], |section, faults| file::settings(section, folder, root, faults))
                .map_err(|error| CliError::Faulty(caret::shown(&error, &text)))?;
        Ok(Self { shown: Some(shown), settings })
    }
}

/// A command line with what a file adds to it.
pub(super) struct Completed {
    /// The words, the program's name first.
    pub(super) words: Vec<OsString>,
    /// What was added and where it stands, for one who does not find it on his command line; empty if nothing was.
    pub(super) note: String,
}

/// Adds what a file sets to a command line that does not say otherwise.
pub(super) fn complete(words: Vec<OsString>, mut root: Command) -> Result<Completed, CliError> {
    let unchanged = |words| Ok(Completed { words, note: String::new() });
    let Some(given) = Given::read(&root, &words) else { return unchanged(words) };
    root.build();
    let leaves = given::leaves(&root);
    // Whatever a file says: scripts of shells ask the others.
    let Some((_, command)) = leaves.iter().find(|(path, _)| *path == given.command) else { return unchanged(words) };
    let config = Config::of(&given.matches, &root)?;
    Ok(given.completed(words, &config, command))
}

/// Whether a file is this user's or the system's: what another one left in a folder above sets nothing.
fn is_ours(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let is_trusted =
            |metadata: std::fs::Metadata| metadata.uid() == 0 || metadata.uid() == rustix::process::geteuid().as_raw();
        // A link of another user's could choose among the files of this one.
        path.metadata().is_ok_and(is_trusted) && path.symlink_metadata().is_ok_and(is_trusted)
    }
    #[cfg(not(unix))]
    path.exists()
}
