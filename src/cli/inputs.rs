//! What a command reads, so that nothing of it is written over.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::config;
use super::error::CliError;
use super::output::is_stream;
use relapse::files::in_the_way;
use relapse::report::{INCIDENTS, LEDGER, RECURRENCE};

/// The folders of a store that hold its files.
const OF_A_STORE: [&str; 4] = ["", "partials", "contents", "answers"];

/// The files of an output that other commands read.
const JUDGED: [&str; 3] = [INCIDENTS, RECURRENCE, LEDGER];

/// What a command reads.
#[derive(Debug, Default)]
pub(super) struct Inputs<'i> {
    files: Vec<&'i Path>,
    /// The files of an earlier sweep, which a new one may replace together.
    baseline: Vec<PathBuf>,
    /// A folder of which every file is read.
    folder: Option<&'i Path>,
    store: Option<&'i Path>,
}

impl<'i> Inputs<'i> {
    /// These files, and the one that options were taken from.
    pub(super) fn of(files: impl IntoIterator<Item = &'i Path>) -> Self {
        Self { files: files.into_iter().chain(config::taken_from()).collect(), ..Self::default() }
    }

    /// And what a sweep wrote into a folder.
    pub(super) fn and_output(self, folder: Option<&Path>) -> Self {
        Self { baseline: folder.into_iter().flat_map(|folder| JUDGED.map(|name| folder.join(name))).collect(), ..self }
    }

    /// And a store.
    pub(super) fn and_store(self, store: Option<&'i Path>) -> Self {
        Self { store, ..self }
    }

    /// And every file below a folder.
    pub(super) fn and_below(self, folder: &'i Path) -> Self {
        Self { folder: Some(folder), ..self }
    }

    /// Refuses a file that the command line names as an output where it is read, or where a link has its name.
    pub(super) fn spare(&self, output: Option<&Path>) -> Result<(), CliError> {
        let Some(output) = output else { return Ok(()) };
        self.spare_store(output.parent().unwrap_or(output))?;
        if is_stream(output) {
            return Ok(());
        }
        self.spare_file(output, self.baseline.iter().map(PathBuf::as_path))
    }

    /// Refuses a folder for outputs where a file of these names is read or is none that can be replaced, or that is a
    /// store's.
    pub(super) fn spare_folder<N: AsRef<Path>>(
        &self,
        folder: Option<&Path>,
        names: impl IntoIterator<Item = N>,
    ) -> Result<(), CliError> {
        let Some(folder) = folder else { return Ok(()) };
        self.spare_store(folder)?;
        names.into_iter().try_for_each(|name| self.spare_file(&folder.join(name), std::iter::empty()))
    }

    fn spare_file<'f>(&'f self, output: &Path, more: impl Iterator<Item = &'f Path>) -> Result<(), CliError> {
        // First: whoever links an output to an input is told which one.
        if let Ok(there) = output.metadata()
            && let Ok(place) = output.canonicalize()
        {
            let is_it =
                |input: &&Path| is_same(input, &there) && input.canonicalize().is_ok_and(|input| input == place);
            let read = self.files.iter().copied().chain(more).find(is_it);
            let below = self.folder.filter(|folder| {
                there.is_file() && folder.canonicalize().is_ok_and(|folder| place.starts_with(folder))
            });
            if let Some(read) = read.or(below.map(|_| output)) {
                let read = read.display();
                return Err(CliError::Usage(format!(
                    "refused to write over `{read}`, which is read: name another file"
                )));
            }
        }
        if output.is_dir() && !output.is_symlink() {
            return Ok(()); // Writing says so.
        }
        in_the_way(output).map_err(|why| CliError::Usage(format!("refused to write `{}`: {why}", output.display())))
    }

    fn spare_store(&self, folder: &Path) -> Result<(), CliError> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let (Some(store), Ok(folder)) = (self.store, folder.canonicalize()) else { return Ok(()) };
        let is_it = |own: &&str| store.join(own).canonicalize().is_ok_and(|own| own == folder);
        if OF_A_STORE.iter().any(is_it) {
            let store = store.display();
            return Err(CliError::Usage(format!("refused to write into the store `{store}`: name another folder")));
        }
        Ok(())
    }
}

/// Whether an input may be the file of an output: a look that costs less than asking for its whole path.
#[cfg(unix)]
fn is_same(input: &Path, output: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    input.metadata().is_ok_and(|input| (input.dev(), input.ino()) == (output.dev(), output.ino()))
}

#[cfg(not(unix))]
fn is_same(_: &Path, _: &Metadata) -> bool {
    true
}
