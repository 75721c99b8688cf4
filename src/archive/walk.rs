//! Where the arguments lead: to each file once, whatever their order and however often they reach it.
//!
//! Folders come before files and the outer of two folders before the inner one, by their paths without links. A folder that
//! was walked through already, and a file that was met already, add nothing: `a a/sub`, `a/sub a` and `a` are one.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::container::Member;
use super::context::{Context, SIDE_CAR};
use super::entry::{Entry, STDIN, file_name};
use super::name::text_of;
use super::run_id::{FOLDER_ENDINGS, MAYBE_ENDINGS, TEXT_ENDINGS, strip_container};
use super::selection::Selection;

/// Why a file is passed over that was met before.
pub const GIVEN_TWICE: &str = "given twice";
/// Why a file with a name that no log has is.
pub(super) const NO_LOG_BY_NAME: &str = "not a log by its name";
/// Why a link in a folder is.
pub const SYMBOLIC_LINK: &str = "symbolic link";

/// An argument that leads to files of its own.
#[derive(Debug)]
pub(super) struct Argument {
    /// Its number among those given.
    pub(super) number: usize,
    /// As given.
    pub(super) spelling: String,
    /// Without links; as given where it has no such path, as a pipe.
    pub(super) canonical: PathBuf,
    pub(super) is_folder: bool,
}

impl Argument {
    fn new(number: usize, spelling: &str) -> io::Result<Self> {
        let path = Path::new(spelling);
        let is_folder = std::fs::metadata(path)?.is_dir();
        let canonical = match path.canonicalize() {
            Err(error) if is_folder => return Err(error),
            found => found.unwrap_or_else(|_| path.to_owned()),
        };
        Ok(Self { number, spelling: spelling.to_owned(), canonical, is_folder })
    }

    /// Its own last component, where it has one: `.` and `..` have none.
    pub(super) fn name(&self) -> String {
        let path = Path::new(&self.spelling);
        file_name(if path.file_name().is_some() { path } else { &self.canonical })
    }

    /// The names on the way to it.
    fn parts(&self) -> impl Iterator<Item = &OsStr> {
        self.canonical.components().filter(|part| matches!(part, Component::Normal(_))).map(Component::as_os_str)
    }

    /// Which of several ways to write it counts, and that folders come first, the outer ones before the inner ones.
    fn rank(&self) -> impl Ord + '_ {
        let is_link = Path::new(&self.spelling).file_name() != self.canonical.file_name();
        (!self.is_folder, &self.canonical, is_link, self.spelling.len(), &self.spelling)
    }
}

/// A file that is taken.
#[derive(Debug)]
pub(super) struct File {
    /// Place of its argument in [`Walked::arguments`].
    pub(super) of: usize,
    pub(super) path: PathBuf,
    /// Below its argument, if that is a folder.
    pub(super) below: Option<String>,
    /// Whether its content decides if it is taken.
    pub(super) is_doubtful: bool,
    /// The file in the container at `path` that it is.
    pub(super) member: Option<Member>,
}

impl File {
    pub(super) fn entry(&self) -> Entry {
        Entry { member: self.member.clone(), ..Entry::of_path(self.path.clone()) }
    }

    /// Whether it may be a container, by its name.
    pub(super) fn may_hold_files(&self) -> bool {
        may_hold_files(self.below.as_deref().unwrap_or(&file_name(&self.path)))
    }
}

/// Says of a file with a name that much else has too why it is no log; `None` where it is one.
pub type Glancer<'g> = &'g (dyn Fn(&Entry) -> Option<String> + Sync);

/// Something that is not taken.
#[derive(Debug)]
pub(super) struct Passed {
    /// Place of its argument, if its path is one below it.
    pub(super) of: Option<usize>,
    pub(super) path: String,
    pub(super) why: String,
    pub(super) is_loss: bool,
    /// The file, where it was passed over for its name alone.
    pub(super) file: Option<PathBuf>,
}

/// Where the arguments lead.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) arguments: Vec<Argument>,
    pub(super) files: Vec<File>,
    pub(super) passed: Vec<Passed>,
    /// What stands outside of the records below a folder: the place of its argument, the folder's path below that, and what it
    /// is.
    pub(super) side_cars: BTreeMap<(usize, String), Context>,
    /// Numbers of the arguments that are standard input.
    pub(super) stdin: Vec<usize>,
    /// Which of the files are looked at.
    pub(super) selection: Selection,
    /// Files and folders that were reached, without links; only where more than one argument could.
    seen: BTreeSet<PathBuf>,
    /// The arguments, without links.
    given: Vec<PathBuf>,
}

impl Walked {
    /// Walks the arguments; the one that cannot be looked at, where there is one.
    pub(super) fn new(
        inputs: &[String],
        glancer: Option<Glancer<'_>>,
        selection: &Selection,
    ) -> Result<Self, (String, io::Error)> {
        let mut given = Vec::new();
        let mut walked = Self { selection: selection.anew(), ..Self::default() };
        for (number, input) in inputs.iter().enumerate() {
            if input == STDIN {
                walked.stdin.push(number);
            } else {
                given.push(Argument::new(number, input).map_err(|source| (input.clone(), source))?);
            }
        }
        given.sort_by(|a, b| a.rank().cmp(&b.rank()));
        walked.given = given.iter().map(|argument| argument.canonical.clone()).collect();
        let are_several = given.len() > 1;
        for argument in given {
            if are_several && !walked.seen.insert(argument.canonical.clone()) {
                walked.pass(None, argument.name(), GIVEN_TWICE, false);
                continue;
            }
            let of = walked.arguments.len();
            if argument.is_folder {
                walked.folder(of, &argument, are_several, glancer.is_some());
            } else {
                let path = PathBuf::from(&argument.spelling);
                walked.files.push(File { of, path, below: None, is_doubtful: false, member: None });
            }
            walked.arguments.push(argument);
        }
        if glancer.is_some() {
            walked.open_containers();
        }
        walked.leave_out_given();
        walked.look_into(glancer);
        Ok(walked)
    }

    fn folder(&mut self, of: usize, argument: &Argument, are_several: bool, opens_containers: bool) {
        let root = Path::new(&argument.spelling);
        let mut entries = WalkDir::new(root).min_depth(1).into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let below = error.path().map(|path| relative_to(path, root)).filter(|below| !below.is_empty());
                    let cause = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    let whose = below.as_ref().map(|_| of);
                    let path = below.unwrap_or_else(|| text_of(argument.spelling.as_ref()));
                    self.pass(whose, path, &format!("unreadable: {cause}"), true);
                    continue;
                }
            };
            let below = relative_to(entry.path(), root);
            let kind = entry.file_type();
            let mut is_new = || {
                let place = entry.path().strip_prefix(root).map(|below| argument.canonical.join(below));
                !are_several || place.is_ok_and(|place| self.seen.insert(place))
            };
            if is_hidden(entry.file_name()) {
                self.pass(Some(of), below, "hidden", false);
                if kind.is_dir() {
                    entries.skip_current_dir();
                    self.hidden(of, entry.path(), argument);
                }
            } else if kind.is_symlink() {
                self.pass(Some(of), below, SYMBOLIC_LINK, false);
            } else if kind.is_dir() {
                // Its entries follow.
                is_new();
            } else if !kind.is_file() {
                self.pass(Some(of), below, "special file", false);
            } else if entry.file_name() == SIDE_CAR {
                self.side_car(of, &below, std::fs::read(entry.path()).map_err(|error| error.to_string()));
            } else if opens_containers && may_hold_files(&below) && !self.selection.leaves_out_container(&below) {
                // What it holds is chosen by its own paths.
                if is_new() {
                    let path = entry.path().to_owned();
                    self.files.push(File { of, path, below: Some(below), is_doubtful: true, member: None });
                } else {
                    self.pass(Some(of), below, GIVEN_TWICE, false);
                }
            } else if let Some(option) = self.selection.leaves_out(&below) {
                self.pass(Some(of), below, &left_out(option), false);
            } else if !(is_log_name(&below) || may_be_log(&below) || self.selection.asks_for(&below)) {
                self.pass(Some(of), below, NO_LOG_BY_NAME, false);
                if let Some(passed) = self.passed.last_mut() {
                    passed.file = Some(entry.path().to_owned());
                }
            } else if is_new() {
                let is_doubtful = !is_log_name(&below);
                let path = entry.path().to_owned();
                self.files.push(File { of, path, below: Some(below), is_doubtful, member: None });
            } else {
                self.pass(Some(of), below, GIVEN_TWICE, false);
            }
        }
    }

    /// Lists the logs right below a hidden folder, which may be meant to be read, unless an argument leads there.
    fn hidden(&mut self, of: usize, folder: &Path, argument: &Argument) {
        let root = Path::new(&argument.spelling);
        let is_given = |place: PathBuf| self.given.iter().any(|given| given.starts_with(&place));
        if folder.strip_prefix(root).is_ok_and(|below| is_given(argument.canonical.join(below))) {
            return;
        }
        let logs = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        for below in logs.map(|path| relative_to(&path, root)).filter(|below| is_log_name(below)) {
            self.pass(Some(of), below, "hidden", false);
        }
    }

    /// Passes over something.
    pub(super) fn pass(&mut self, of: Option<usize>, path: String, why: &str, is_loss: bool) {
        self.passed.push(Passed { of, path, why: why.to_owned(), is_loss, file: None });
    }
}

/// What stands before the paths of each argument, so that no two files have one name: as many of its last components as that
/// takes. Nothing before those below a folder that is the only one; of a file, its own name is all.
pub(super) struct Prefixes(BTreeMap<usize, String>);

impl Prefixes {
    /// Those by which runs are called, and the same made longer where names would be shared.
    pub(super) fn new(walked: &Walked, are_apart: bool) -> (Self, Self) {
        let folders = walked.arguments.iter().filter(|argument| argument.is_folder).count();
        let mut depths: Vec<usize> =
            walked.arguments.iter().map(|one| usize::from(!one.is_folder || folders > 1)).collect();
        let least = Self::of(walked, &depths);
        let mut apart = Self::of(walked, &depths);
        let mut is_clear = !are_apart || walked.arguments.len() < 2;
        while !is_clear {
            let mut by_name: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
            if !walked.stdin.is_empty() {
                by_name.entry("stdin".to_owned()).or_default().insert(usize::MAX);
            }
            for file in &walked.files {
                by_name.entry(apart.name(file)).or_default().insert(file.of);
            }
            is_clear = true;
            let shared: BTreeSet<usize> = by_name.into_values().filter(|of| of.len() > 1).flatten().collect();
            for of in shared.into_iter().filter(|&of| of != usize::MAX) {
                if depths[of] < walked.arguments[of].parts().count() {
                    depths[of] += 1;
                    is_clear = false;
                }
            }
            apart = Self::of(walked, &depths);
        }
        (least, apart)
    }

    fn of(walked: &Walked, depths: &[usize]) -> Self {
        let prefix = |(argument, &depth): (&Argument, &usize)| {
            let name = match depth {
                0 => return String::new(),
                1 => argument.name(),
                _ => {
                    let all: Vec<String> = argument.parts().map(text_of).collect();
                    all[all.len().saturating_sub(depth)..].join("/")
                }
            };
            if argument.is_folder { format!("{name}/") } else { name }
        };
        Self(walked.arguments.iter().zip(depths).map(prefix).enumerate().collect())
    }

    /// What stands before the paths of an argument.
    pub(super) fn of_argument(&self, of: usize) -> &str {
        self.0.get(&of).map_or("", String::as_str)
    }

    /// The name of a file.
    pub(super) fn name(&self, file: &File) -> String {
        format!("{}{}", self.of_argument(file.of), file.below.as_deref().unwrap_or_default())
    }
}

/// Why a file is passed over that a pattern leaves out.
pub(super) fn left_out(option: &str) -> String {
    format!("left out by {option}")
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

pub(super) fn is_log_name(name: &str) -> bool {
    TEXT_ENDINGS.iter().any(|ending| strip_container(name).ends_with(ending))
}

pub(super) fn may_hold_files(name: &str) -> bool {
    FOLDER_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

pub(super) fn may_be_log(name: &str) -> bool {
    MAYBE_ENDINGS.iter().any(|ending| strip_container(name).ends_with(ending))
}

fn relative_to(path: &Path, root: &Path) -> String {
    text_of(path.strip_prefix(root).unwrap_or(path).as_os_str())
}
