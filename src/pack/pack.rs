//! Packing on one screen.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use super::again;
use super::crew::{Crew, Driver};
use super::intake::Intake;
use super::outcome::{Fate, PackError, PackRow, Packed, Refusal};
use super::plan::{Job, There, plan};
use super::reader::Reader;
use super::rewrite::{Stop, write};
use super::seek_table::LARGEST_FRAME;
use super::verify::verify;
use crate::archive::{Archive, RunFrom};
use crate::files::{Target, sync_folder};
use crate::lock::{lock, unlocked};
use crate::observer::Observer;
use crate::threads;

/// What to pack and how.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Files, folders, or `-` for standard input.
    pub inputs: Vec<String>,
    /// Folder that the packed archives are written to.
    pub out: PathBuf,
    /// How run ids are taken from paths; only that of standard input matters, which is its name.
    pub run_from: RunFrom,
    /// Compression level of zstd, 1 to 22.
    pub level: i32,
    /// Text of a frame in bytes at most, unless one line is longer.
    pub frame_size: usize,
    /// Longest line in bytes that makes a frame of its own; less than [`LARGEST_FRAME`].
    pub max_line: usize,
    /// Largest zstd window in bytes.
    pub max_window: u64,
    /// Threads that compress; 0 for one a core.
    pub threads: usize,
    /// Whether outputs that are there already are replaced.
    pub force: bool,
    /// Whether originals are removed once their packed archive is verified and on the disk.
    pub remove: bool,
    /// Whether what can be read of damaged archives is packed. Their originals stay.
    pub allow_loss: bool,
}

impl Pack {
    /// A packing with the defaults of the command.
    #[must_use]
    pub fn new(inputs: Vec<String>, out: PathBuf) -> Self {
        Self {
            inputs,
            out,
            run_from: RunFrom::default(),
            level: 3,
            frame_size: 1 << 20,
            max_line: 64 << 20,
            max_window: 128 << 20,
            threads: 0,
            force: false,
            remove: false,
            allow_loss: false,
        }
    }

    /// Packs everything. Archives that are damaged or cannot be read are rows of the result; so is a failure that ends
    /// it early, so that what was packed before is known.
    ///
    /// # Errors
    /// Before anything is written: when there is nothing to read, two outputs would be one, or one would replace an input.
    pub fn run(&self, observer: &dyn Observer) -> Result<Packed, PackError> {
        // To the disk and out of memory, so that what is verified is what the disk has.
        self.run_with(observer, &|target| {
            target.file().sync_all()?;
            target.forget_cached();
            Ok(())
        })
    }

    /// `settle` stands between writing a file and reading it back.
    fn run_with(&self, observer: &dyn Observer, settle: &Settle<'_>) -> Result<Packed, PackError> {
        let (jobs, skipped) = plan(&self.inputs, &self.run_from, &self.out, self.force)?;
        let crew = Crew::new(self.threads, threads::work(jobs.len(), jobs.iter().filter_map(size).sum()), self.level)
            .map_err(PackError::Threads)?;
        observer.found(jobs.len(), jobs.iter().filter_map(size).sum());
        make_folder(&self.out).map_err(|source| PackError::Write { path: self.out.clone(), source })?;

        let next = AtomicUsize::new(0);
        let failure = Mutex::new(None);
        let rows: Vec<OnceLock<PackRow>> = jobs.iter().map(|_| OnceLock::new()).collect();
        std::thread::scope(|drivers| {
            let drive = || {
                while lock(&failure).is_none() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(index) else { break };
                    let mut row = PackRow::of(job);
                    if let Err(error) = self.one(job, &mut row, &crew.join(), observer, settle) {
                        lock(&failure).get_or_insert(error);
                    }
                    let _ = rows[index].set(row);
                }
            };
            for _ in 1..crew.threads().min(jobs.len()) {
                if std::thread::Builder::new().spawn_scoped(drivers, drive).is_err() {
                    // The others drive what this one would have.
                    break;
                }
            }
            drive();
        });
        let rows = rows.into_iter().filter_map(OnceLock::into_inner).collect();
        let failure = unlocked(failure);
        Ok(Packed { rows, skipped, failure })
    }

    /// Packs one archive and says in `row` what became of it.
    fn one(
        &self,
        job: &Job,
        row: &mut PackRow,
        driver: &Driver<'_>,
        observer: &dyn Observer,
        settle: &Settle<'_>,
    ) -> Result<(), PackError> {
        let original = job.entry.path.as_ref().and_then(|path| path.metadata().ok()).filter(Metadata::is_file);
        let archive = match Archive::open(&job.entry, self.max_window) {
            Ok(archive) => archive,
            Err(error) => {
                row.fate = Fate::Unreadable(error);
                return Ok(());
            }
        };
        row.format = Some(archive.format);
        row.bytes_on_disk = archive.len() as u64;
        let done = match job.there {
            There::Nothing => {
                let rewritten = self.rewrite(job, row, &archive, original.as_ref(), driver, observer, settle);
                rewritten.map(|()| Fate::Packed)
            }
            There::Output => {
                let mut reader = self.reader(job, &archive, observer);
                let same = again::is_packed(&job.path, row, &mut reader, driver, self.frame_size);
                same.map(|()| Fate::Kept)
            }
            There::Itself => again::is_packed_itself(&job.path, row).map(|()| Fate::Kept),
        };
        match done {
            Ok(fate) => row.fate = fate,
            Err(Stop::Refused(refusal)) => {
                row.fate = Fate::Refused(refusal);
                return Ok(());
            }
            Err(Stop::Failed(source)) => return Err(PackError::Write { path: job.path.clone(), source }),
            Err(Stop::Differs(what)) => return Err(PackError::Mismatch { path: job.path.clone(), what }),
        }
        if let (true, Some(path)) = (self.remove && job.there != There::Itself, &job.entry.path) {
            match may_be_removed(path, original.as_ref(), row, &archive) {
                Ok(()) => {
                    let removed = fs::remove_file(path).and_then(|()| sync_folder(path.parent().unwrap_or(path)));
                    removed.map_err(|source| PackError::Remove { path: path.clone(), source })?;
                    row.removed = true;
                }
                Err(why) => row.warnings.push(format!("not removed: {why}")),
            }
        }
        Ok(())
    }

    fn reader<'a>(&self, job: &Job, archive: &'a Archive, observer: &'a dyn Observer) -> Reader<'a> {
        let intake = Intake::new(self.frame_size, self.max_line.min(LARGEST_FRAME - 1));
        let named_compressed = job.entry.log() != job.entry.relative;
        Reader::new(archive, intake, named_compressed, self.allow_loss, observer)
    }

    /// Writes the packed archive, reads it back and gives it its name.
    #[expect(clippy::too_many_arguments, reason = "what one archive is packed from, with and into")]
    fn rewrite(
        &self,
        job: &Job,
        row: &mut PackRow,
        archive: &Archive,
        original: Option<&Metadata>,
        driver: &Driver<'_>,
        observer: &dyn Observer,
        settle: &Settle<'_>,
    ) -> Result<(), Stop> {
        let mut target = Target::create(&self.out, if original.is_some() { 0o600 } else { 0o666 })?;
        let mut reader = self.reader(job, archive, observer);
        let written = write(&mut reader, driver, self.frame_size, target.file());
        row.damage = std::mem::take(&mut reader.damage);
        row.damage_count = reader.damage_count;
        let written = written?;
        if archive.changed() {
            if !self.allow_loss {
                return Err(Refusal::Changed.into());
            }
            row.warnings.push("changed while it was read: what came later may be missing".into());
        }
        settle(&mut target)?;
        verify(&target.path(), &written, driver, self.frame_size)?;
        if let Some(original) = original {
            target.resemble(original)?;
        }
        target.appear(&job.path, &self.out, self.force)?;
        row.bytes_decoded = written.digest.len;
        row.bytes_packed = written.bytes;
        row.frames = written.table.entries.len() as u64;
        Ok(())
    }
}

/// Something to do between writing a file and reading it back.
type Settle<'s> = dyn Fn(&mut Target) -> io::Result<()> + Sync + 's;

/// Makes a folder, and those above it, so that they are on the disk.
fn make_folder(folder: &Path) -> io::Result<()> {
    let made: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(folder)?;
    made.into_iter().filter_map(Path::parent).try_for_each(sync_folder)
}

/// Whether nothing would be lost with an original that was packed.
fn may_be_removed(
    path: &Path,
    opened: Option<&Metadata>,
    row: &PackRow,
    archive: &Archive,
) -> Result<(), &'static str> {
    let Ok(now) = path.symlink_metadata() else { return Err("it is gone") };
    if row.damage_count > 0 {
        Err("it is damaged")
    } else if !now.is_file() {
        Err("it is no regular file")
    } else if archive.changed() || opened.is_none_or(|opened| !is_same(opened, &now)) {
        Err("it changed")
    } else {
        Ok(())
    }
}

/// Whether two looks at a path saw one file, unchanged.
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if (one.dev(), one.ino()) != (other.dev(), other.ino()) {
            return false;
        }
    }
    one.len() == other.len() && one.modified().ok() == other.modified().ok()
}

fn size(job: &Job) -> Option<u64> {
    Some(job.entry.path.as_ref()?.metadata().ok()?.len())
}

impl PackRow {
    fn of(job: &Job) -> Self {
        Self {
            path: job.entry.relative.clone(),
            output: job.output.clone(),
            format: None,
            fate: Fate::Failed,
            bytes_on_disk: 0,
            bytes_decoded: 0,
            bytes_packed: 0,
            frames: 0,
            damage: Vec::new(),
            damage_count: 0,
            removed: false,
            warnings: Vec::new(),
        }
    }
}

#[cfg(test)]
#[path = "pack_tests.rs"]
mod tests;
