//! The files that a sweep wrote into a folder, open to be read and known to belong together.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

use crate::file_names::SCHEMAS;
use crate::files::open_of_set;

/// Bytes in which a file tells its answer: it is the second key.
const HEAD: u64 = 512;
/// Hexadecimal digits of an answer's digest.
const DIGITS: usize = 32;
/// How often a folder is looked at again that somebody was writing into.
const LOOKS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(20);

/// The files of one answer. They are open: whatever is written into the folder from now on, they stay what they are.
#[derive(Debug)]
pub struct AnswerFiles {
    folder: PathBuf,
    files: Vec<(&'static str, File)>,
}

/// Why a sweep's output cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// A file that cannot be opened or read.
    #[error("failed to read `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Files of several sweeps.
    #[error("failed to read the sweep in `{}`: its files are of different sweeps ({what}): sweep again into it", folder.display())]
    Mixed {
        /// The folder.
        folder: PathBuf,
        /// Which file is of which answer.
        what: String,
    },
}

impl AnswerFiles {
    /// Opens what a sweep wrote into a folder with `--out`, as far as it is there. No more than the first bytes of each
    /// file are read.
    ///
    /// # Errors
    /// When a file cannot be read, or they carry the digests of different answers. What an earlier version wrote carries
    /// none.
    pub fn open(folder: &Path) -> Result<Self, AnswerError> {
        for _ in 1..LOOKS {
            match Self::look(folder) {
                Err(AnswerError::Mixed { .. }) => std::thread::sleep(PAUSE),
                looked => return looked,
            }
        }
        Self::look(folder)
    }

    fn look(folder: &Path) -> Result<Self, AnswerError> {
        let mut files = Vec::new();
        let mut answers = Vec::new();
        for (name, schema) in SCHEMAS {
            let unreadable = |source| AnswerError::Unreadable { path: folder.join(name), source };
            match open_of_set(folder, name) {
                Ok(mut file) => {
                    let head = head(&mut file).map_err(unreadable)?;
                    let answer = answer(&head);
                    // What is nothing of ours is for its parser to refuse, which says why.
                    if answer.is_some() || head.contains(schema) {
                        answers.push((name, answer));
                    }
                    files.push((name, file));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(unreadable(error)),
            }
        }
        if answers.windows(2).all(|pair| pair[0].1 == pair[1].1) {
            return Ok(Self { folder: folder.to_owned(), files });
        }
        let said = |(name, answer): &(&str, Option<String>)| match answer {
            Some(answer) => format!("{name} of answer {}", &answer[..8]),
            None => format!("{name} of one without a name"),
        };
        let what = answers.iter().map(said).collect::<Vec<_>>().join(", ");
        Err(AnswerError::Mixed { folder: folder.to_owned(), what })
    }

    /// One of them, from its start.
    ///
    /// # Errors
    /// When it is not there.
    pub fn file(&self, name: &str) -> Result<&File, AnswerError> {
        let found = self.files.iter().find(|(known, _)| *known == name);
        let missing =
            || AnswerError::Unreadable { path: self.folder.join(name), source: io::ErrorKind::NotFound.into() };
        let (_, file) = found.ok_or_else(missing)?;
        let mut start = file;
        start.rewind().map_err(|source| AnswerError::Unreadable { path: self.folder.join(name), source })?;
        Ok(file)
    }
}

/// The first bytes of a file.
fn head(file: &mut File) -> io::Result<String> {
    let mut head = Vec::new();
    Read::by_ref(file).take(HEAD).read_to_end(&mut head)?;
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// The digest that a file carries.
fn answer(head: &str) -> Option<String> {
    // No text from a log stands so early, and none of it can hold a quote that is not escaped.
    let (_, behind) = head.split_once("\"answer\"")?;
    let value = behind.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let (value, _) = value.split_once('"')?;
    let is_digest = value.len() == DIGITS && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn text(files: &AnswerFiles, name: &str) -> String {
        let mut text = String::new();
        files.file(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    const ONE: &str = "{\n  \"schema_version\": \"x\",\n  \"answer\": \"0123456789abcdef0123456789abcdef\"\n}\n";
    const SAME: &str = "{\"answer\":\"0123456789abcdef0123456789abcdef\"}";
    const OTHER: &str = "{\"answer\" : \"ffffffffffffffff0123456789abcdef\"}";
    const NONE: &str =
        "{\"schema_version\": \"relapse-incidents-v1 relapse-recurrence-v1 relapse-ledger-v1\", \"answer\": 3}";

    #[test]
    fn files_of_one_answer_are_read_however_they_are_laid_out() {
        let there = folder(&[("incidents.json", ONE), ("recurrence.json", SAME)]);
        let files = AnswerFiles::open(there.path()).unwrap();
        assert_eq!((text(&files, "incidents.json"), text(&files, "recurrence.json")), (ONE.into(), SAME.into()));
        assert_eq!(text(&files, "incidents.json"), ONE, "again from the start");
        let missing = files.file("ledger.json").unwrap_err().to_string();
        assert!(missing.ends_with("ledger.json`"), "{missing}");
    }

    #[test]
    fn files_of_different_answers_are_refused_by_name() {
        for (incidents, recurrence, ledger) in
            [(ONE, OTHER, OTHER), (ONE, ONE, OTHER), (ONE, ONE, NONE), (NONE, ONE, ONE), (NONE, OTHER, NONE)]
        {
            let there =
                folder(&[("incidents.json", incidents), ("recurrence.json", recurrence), ("ledger.json", ledger)]);
            let said = AnswerFiles::open(there.path()).unwrap_err().to_string();
            assert!(said.contains("different sweeps (incidents.json of") && said.contains("ledger.json of"), "{said}");
        }
    }

    #[test]
    fn what_is_no_output_is_left_to_its_parser() {
        for other in ["", "{}", "[[[[", "{\"schema_version\": \"relapse-incidents-v9\"}"] {
            let there = folder(&[("incidents.json", other), ("recurrence.json", ONE)]);
            AnswerFiles::open(there.path()).unwrap();
        }
    }

    #[test]
    fn what_earlier_versions_wrote_is_read() {
        let there = folder(&[("incidents.json", NONE), ("recurrence.json", NONE), ("ledger.json", "")]);
        AnswerFiles::open(there.path()).unwrap();
    }

    #[test]
    fn what_a_kill_left_half_moved_is_read_whole() {
        let there = folder(&[("incidents.json", ONE), ("recurrence.json", OTHER), ("ledger.json", OTHER)]);
        let ready = there.path().join(".relapse-ready");
        fs::create_dir(&ready).unwrap();
        for name in ["recurrence.json", "ledger.json"] {
            fs::write(ready.join(name), SAME).unwrap();
        }
        let files = AnswerFiles::open(there.path()).unwrap();
        assert_eq!(text(&files, "recurrence.json"), SAME);
    }
}
