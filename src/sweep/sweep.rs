//! What to read and how.

use globset::GlobMatcher;
use rayon::ThreadPool;

use super::detect::{Shapes, no_log};
use super::error::SweepError;
use super::taxonomies::Taxonomies;
use super::window::Window;
use super::words::{Words, words_of};
use crate::archive::{Discovery, Entry, Manifest, RunFrom, Selection, select};
use crate::format::{Format, PROFILE};
use crate::record::Profiles;
use crate::threads;

/// What to read and how.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Sweep {
    /// Files, folders, or `-` for standard input.
    pub inputs: Vec<String>,
    /// How run ids are taken from paths.
    pub run_from: RunFrom,
    /// Which of the files are read.
    pub selection: Selection,
    /// What is known of runs, beside archives and their paths.
    pub manifest: Manifest,
    /// Log shapes.
    pub profiles: Profiles,
    /// The format of every archive; `None`: told by content.
    pub format: Option<&'static Format>,
    /// Failure classes, by profile.
    pub taxonomies: Taxonomies,
    /// Only this packet's records count.
    pub packet: Option<String>,
    /// Only records of these times count.
    pub window: Window,
    /// Runs of these branches alone are to be judged, as by [`crate::recurrence::Options::branch`]: others are read, and no
    /// matter to warnings.
    pub branch: Option<GlobMatcher>,
    /// The moment, in milliseconds since 1970, after which nothing can have been.
    pub now_ms: i64,
    /// Threads that parse; 0 for one a core.
    pub threads: usize,
    /// Longest line in bytes.
    pub max_line: usize,
    /// Largest zstd window in bytes.
    pub max_window: u64,
    /// Bytes of memory to keep within, by writing what does not fit to a temporary file; `None` for as many as it takes.
    pub max_memory: Option<u64>,
    /// Whether scenarios that never failed are kept in full, to be judged too.
    pub keep_clean: bool,
    /// Whether records are also counted row by row, as a gate asks for.
    pub keep_entries: bool,
    /// Whether the content of every archive is asked for, not only where a run has several.
    pub keep_contents: bool,
    /// Whether a keeper is given only the records within the window, as a part of another sweep needs them.
    pub keep_window: bool,
    /// Whether the inputs stand elsewhere, and only what they came to is here.
    pub is_elsewhere: bool,
    /// The window that partials of another sweep were read with.
    pub window_elsewhere: Window,
    /// What the words of outcomes meant to it.
    pub words_elsewhere: Words,
}

impl Sweep {
    /// A sweep with the defaults of the command.
    #[must_use]
    pub fn new(inputs: Vec<String>, profiles: Profiles, taxonomies: impl Into<Taxonomies>) -> Self {
        Self {
            inputs,
            run_from: RunFrom::default(),
            selection: Selection::default(),
            manifest: Manifest::default(),
            profiles,
            format: None,
            taxonomies: taxonomies.into(),
            packet: None,
            window: Window::default(),
            branch: None,
            now_ms: i64::MAX,
            threads: 0,
            max_line: 64 << 20,
            max_window: 128 << 20,
            max_memory: None,
            keep_clean: false,
            keep_entries: false,
            keep_contents: false,
            keep_window: false,
            is_elsewhere: false,
            window_elsewhere: Window::default(),
            words_elsewhere: Words::new(),
        }
    }

    /// What there is to read, which may be nothing.
    ///
    /// # Errors
    /// When an argument cannot be read, or does not fit to another one or to the window.
    pub fn discover(&self) -> Result<Discovery, SweepError> {
        let rules = self.shapes();
        let glancer = |entry: &Entry| no_log(entry, &rules, self.max_window);
        let mut found = select(&self.inputs, &self.run_from, Some(&glancer), &self.selection)?;
        for entry in &mut found.archives {
            if let Some(context) = self.manifest.of(&entry.run) {
                entry.learn(context);
            }
        }
        if self.window.is_relative()
            && let Some(entry) = found.archives.iter().find(|entry| !entry.can_be_read_again())
        {
            return Err(SweepError::RelativeWindowOfStream(entry.relative.clone()));
        }
        Ok(found)
    }

    /// The shapes that a text may have.
    pub(super) fn shapes(&self) -> Shapes<'_> {
        Shapes { profiles: &self.profiles, format: self.format, of_formats: self.profiles.number_of(PROFILE) }
    }

    /// What the words of outcomes mean to it, or to those who read.
    #[must_use]
    pub fn words(&self) -> Words {
        if self.is_elsewhere { self.words_elsewhere.clone() } else { words_of(&self.profiles) }
    }

    /// Threads for judging what was read.
    ///
    /// # Errors
    /// When they cannot be started.
    pub fn pool(&self) -> Result<ThreadPool, rayon::ThreadPoolBuildError> {
        // It shares out much finer than reading does, and never more than the cores can do.
        threads::pool(self.threads, 0)
    }
}
