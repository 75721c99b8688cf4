//! A sweep put together from names.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use thiserror::Error;

use super::sweep::Sweep;
use super::taxonomies::Taxonomies;
use super::window::Bound;
use crate::archive::{BadPattern, Manifest, RunFrom, RunFromError, Selection};
use crate::definition::CatalogError;
use crate::format::{Format, PROFILE, UnknownFormat};
use crate::record::{Profiles, Shape};
use crate::taxonomy::{Codeowners, Taxonomy};

/// Puts a [`Sweep`] together; what is set once more replaces what was set before, but for inputs and profiles, which add up.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    inputs: Vec<String>,
    profiles: Vec<String>,
    format: Option<String>,
    strict: bool,
    taxonomy: Option<String>,
    fallback_owner: Option<String>,
    run_from: Option<String>,
    include: Vec<String>,
    exclude: Vec<String>,
    stdin_run: Option<String>,
    runs: Option<PathBuf>,
    codeowners: Option<PathBuf>,
    packet: Option<String>,
    since: Option<Bound>,
    until: Option<Bound>,
    threads: usize,
    max_memory: Option<u64>,
    keep_clean: bool,
}

/// Why a sweep could not be put together.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A profile or the taxonomy is not known, or has faults.
    #[error(transparent)]
    Definition(#[from] CatalogError),
    /// The format is not known.
    #[error(transparent)]
    Format(#[from] UnknownFormat),
    /// The owners of files cannot be read.
    #[error("failed to read the owners of files `{path}`")]
    Codeowners {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A pattern of files is none.
    #[error(transparent)]
    Pattern(#[from] BadPattern),
    /// The list of runs cannot be used.
    #[error("failed to read the list of runs `{path}`: {why}")]
    Runs {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// The pattern of run ids cannot be used.
    #[error(transparent)]
    RunFrom(#[from] RunFromError),
}

impl Sweep {
    /// Puts a sweep together from names.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// A file, a folder, or `-` for standard input.
    #[must_use]
    pub fn input(self, path: impl Into<String>) -> Self {
        self.inputs([path.into()])
    }

    /// Several of them.
    #[must_use]
    pub fn inputs(mut self, paths: impl IntoIterator<Item = String>) -> Self {
        self.inputs.extend(paths);
        self
    }

    /// Log shapes by name or file; without any, the shape is told from each log's first records.
    #[must_use]
    pub fn profiles(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.profiles.extend(names);
        self
    }

    /// The format of every archive, as `junit`; without one, told from each log's content.
    #[must_use]
    pub fn format(self, id: Option<String>) -> Self {
        Self { format: id, ..self }
    }

    /// Whether a line that is not exactly JSON is rejected, also where its fault is cosmetic.
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        Self { strict, ..self }
    }

    /// The taxonomy of every log, by name or file; without one, that of each log's profile.
    #[must_use]
    pub fn taxonomy(self, name: Option<String>) -> Self {
        Self { taxonomy: name, ..self }
    }

    /// Who owns the failures that no rule takes; without one, whom the taxonomy names.
    #[must_use]
    pub fn fallback_owner(self, owner: Option<String>) -> Self {
        Self { fallback_owner: owner, ..self }
    }

    /// A list of runs with their branches, revisions and times: JSON, an object a line, or CSV.
    #[must_use]
    pub fn runs(self, file: Option<PathBuf>) -> Self {
        Self { runs: file, ..self }
    }

    /// A CODEOWNERS file: who owns the failures that no rule of a taxonomy has an owner for, by their files.
    #[must_use]
    pub fn codeowners(self, file: Option<PathBuf>) -> Self {
        Self { codeowners: file, ..self }
    }

    /// A regular expression with groups `run`, `branch`, `revision`, `env`, `attempt`, `job` or `time`, which takes these from
    /// paths; without a run, the path is the run.
    #[must_use]
    pub fn from_path(self, pattern: Option<String>) -> Self {
        Self { run_from: pattern, ..self }
    }

    /// Reads, of what the inputs lead to, only files whose paths match one of these patterns.
    #[must_use]
    pub fn include(self, patterns: Vec<String>) -> Self {
        Self { include: patterns, ..self }
    }

    /// Leaves out files whose paths match one of these patterns.
    #[must_use]
    pub fn exclude(self, patterns: Vec<String>) -> Self {
        Self { exclude: patterns, ..self }
    }

    /// The run id of standard input.
    #[must_use]
    pub fn stdin_run(self, run: impl Into<String>) -> Self {
        Self { stdin_run: Some(run.into()), ..self }
    }

    /// Only this packet's records count.
    #[must_use]
    pub fn packet(self, packet: Option<String>) -> Self {
        Self { packet, ..self }
    }

    /// The first moment that counts, as in `"7d".parse()?`; `None`: all do.
    #[must_use]
    pub fn since(self, since: Option<Bound>) -> Self {
        Self { since, ..self }
    }

    /// The first moment that counts no more.
    #[must_use]
    pub fn until(self, until: Option<Bound>) -> Self {
        Self { until, ..self }
    }

    /// Threads; 0 for one a core.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// Bytes of memory to keep within; `None`: unlimited.
    #[must_use]
    pub fn max_memory(self, bytes: Option<u64>) -> Self {
        Self { max_memory: bytes, ..self }
    }

    /// Whether scenarios that never failed can be judged, too.
    #[must_use]
    pub fn keep_clean(self, keep: bool) -> Self {
        Self { keep_clean: keep, ..self }
    }

    /// The sweep, all names looked up, as of now: nothing that it reads can have been later.
    ///
    /// # Errors
    /// When a name is not known, or what it means has faults.
    pub fn build(self) -> Result<Sweep, BuildError> {
        let format = self.format.as_deref().map(Format::asked_for).transpose()?;
        let profiles = if self.profiles.is_empty() {
            Profiles::builtin()
        } else {
            let named: Result<Vec<Shape>, _> = self.profiles.iter().map(|name| Shape::CATALOG.resolve(name)).collect();
            let mut named = named?;
            // Its reader writes lines of this one.
            let is_missing = named.iter().all(|profile| profile.name() != PROFILE);
            named.extend(format.filter(|_| is_missing).and_then(|_| Shape::CATALOG.builtin(PROFILE)));
            Profiles::of(named)
        };
        let profiles = profiles.strictly(self.strict);
        let mut taxonomies = match &self.taxonomy {
            Some(name) => Taxonomies::from(Taxonomy::CATALOG.resolve(name)?),
            None => Taxonomies::of(&profiles)?,
        };
        if let Some(owner) = &self.fallback_owner {
            taxonomies = taxonomies.with_fallback_owner(owner);
        }
        if let Some(file) = &self.codeowners {
            let text = std::fs::read_to_string(file);
            let text = text.map_err(|source| BuildError::Codeowners { path: file.display().to_string(), source })?;
            taxonomies = taxonomies.with_codeowners(Some(Codeowners::parse(&text)));
        }
        let mut sweep = Sweep::new(self.inputs, profiles, taxonomies);
        sweep.format = format;
        sweep.run_from = RunFrom::new(self.run_from.as_deref(), self.stdin_run)?;
        sweep.selection = Selection::new(&self.include, &self.exclude)?;
        if let Some(file) = &self.runs {
            let text = std::fs::read_to_string(file).map_err(|error| error.to_string());
            let manifest = text.and_then(|text| Manifest::read(&text));
            sweep.manifest = manifest.map_err(|why| BuildError::Runs { path: file.display().to_string(), why })?;
        }
        sweep.packet = self.packet;
        (sweep.window.since, sweep.window.until) = (self.since, self.until);
        sweep.threads = self.threads;
        sweep.max_memory = self.max_memory;
        sweep.keep_clean = self.keep_clean;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        sweep.now_ms = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
        Ok(sweep)
    }
}
