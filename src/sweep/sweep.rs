//! The pipeline on one screen.

use rayon::ThreadPool;
use rayon::prelude::*;

use super::account::{Account, Measured};
use super::duplicates;
use super::error::SweepError;
use super::gather::Gather;
use super::memory::{self, Beside};
use super::observer::Observer;
use super::row::Row;
use super::rules::Rules;
use super::taxonomies::{Classifiers, Taxonomies};
use super::usual;
use super::window::{Span, Window};
use crate::archive::{Content, Discovery, Entry, Ledger, RunFrom, discover};
use crate::record::Profiles;
use crate::tally::{self, Clean, Clock, Collector, Entries, Keeper, Partitions, RunOrder, SpillError, Tally, Whole};
use crate::threads;

/// What to read and how.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Sweep {
    /// Files, folders, or `-` for standard input.
    pub inputs: Vec<String>,
    /// How run ids are taken from paths.
    pub run_from: RunFrom,
    /// Log shapes.
    pub profiles: Profiles,
    /// Failure classes, by profile.
    pub taxonomies: Taxonomies,
    /// Only this packet's records count.
    pub packet: Option<String>,
    /// Only records of these times count.
    pub window: Window,
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
}

/// What a sweep found.
#[derive(Debug)]
pub struct Outcome {
    /// All runs; incidents and cells of the scenarios that ever failed, and of the others if they were to be kept.
    pub tally: Tally,
    /// The scenarios that are not in the tally, in sum.
    pub clean: Clean,
    /// The records row by row, where they were asked for.
    pub entries: Entries,
    /// Bytes written to a temporary file for want of memory.
    pub spilled: u64,
    /// What benchmark lines measured, in the order of the archives' paths and of their lines: the series of
    /// [`Collector::into_series`] are what [`crate::benchmark::judge`] judges. They are held in memory whatever
    /// `max_memory` is.
    pub benchmarks: Collector,
    /// What was read, refused and lost.
    pub ledger: Ledger,
    /// The order of the runs.
    pub order: RunOrder,
    /// Between which moments the same records tell the same, least and first beyond: later on, clocks that are ahead now
    /// are no more.
    pub steady: (i64, i64),
}

impl Sweep {
    /// A sweep with the defaults of the command.
    #[must_use]
    pub fn new(inputs: Vec<String>, profiles: Profiles, taxonomies: impl Into<Taxonomies>) -> Self {
        Self {
            inputs,
            run_from: RunFrom::default(),
            profiles,
            taxonomies: taxonomies.into(),
            packet: None,
            window: Window::default(),
            now_ms: i64::MAX,
            threads: 0,
            max_line: 64 << 20,
            max_window: 128 << 20,
            max_memory: None,
            keep_clean: false,
            keep_entries: false,
            keep_contents: false,
            keep_window: false,
        }
    }

    /// Reads everything.
    ///
    /// # Errors
    /// When there is nothing to read or no thread to read it with. Damage is no error: it stands in the ledger.
    pub fn run(&self, observer: &dyn Observer) -> Result<Outcome, SweepError> {
        self.run_over(self.discover()?, None, observer)
    }

    /// What there is to read, which may be nothing.
    ///
    /// # Errors
    /// When an argument cannot be read, or does not fit to another one or to the window.
    pub fn discover(&self) -> Result<Discovery, SweepError> {
        let found = discover(&self.inputs, &self.run_from)?;
        if self.window.is_relative()
            && let Some(entry) = found.archives.iter().find(|entry| !entry.can_be_read_again())
        {
            return Err(SweepError::RelativeWindowOfStream(entry.relative.clone()));
        }
        Ok(found)
    }

    /// Reads everything that was found, but for the archives of which `keeper` knows what they came to.
    ///
    /// # Errors
    /// As [`Sweep::run`].
    pub fn run_over(
        &self,
        found: Discovery,
        keeper: Option<&dyn Keeper>,
        observer: &dyn Observer,
    ) -> Result<Outcome, SweepError> {
        let found = found.something(&self.inputs)?;
        let bytes = found.archives.iter().map(size).sum();
        let pool = threads::pool(self.threads, threads::work(found.archives.len(), bytes))?;
        let threads = pool.current_num_threads();
        let expressions = self.taxonomies.list().iter().map(crate::taxonomy::Taxonomy::expression_bytes).sum();
        let beside = Beside { threads, archives: found.archives.len(), expressions };
        let room = memory::room(self.max_memory, beside)?;
        let failed = |error| match error {
            SpillError::TooLittle { needed } => SweepError::TooMuchFailed(memory::needed(beside, needed)),
            error => SweepError::Spill(error),
        };
        observer.found(found.archives.len(), bytes);

        let content = |index: usize| {
            let known = keeper.and_then(|keeper| keeper.recall_content(index));
            known.or_else(|| {
                let content = Content::read(&found.archives[index], self.max_window)?;
                if let Some(keeper) = keeper {
                    keeper.keep_content(index, &content);
                }
                Some(content)
            })
        };
        let kinship = pool.install(|| {
            if self.keep_contents {
                (0..found.archives.len()).into_par_iter().for_each(|index| drop(content(index)));
            }
            duplicates::find(&found.archives, content)
        });
        let (duplicates, archives): (Vec<_>, Vec<_>) =
            found.archives.into_iter().enumerate().partition(|(index, _)| kinship.duplicates.contains_key(index));
        let (places, entries): (Vec<usize>, Vec<Entry>) = archives.into_iter().unzip();

        let classifiers = Classifiers::new(&self.taxonomies, &self.profiles);
        let rules = Rules {
            profiles: &self.profiles,
            classifiers: &classifiers,
            packet: self.packet.as_deref(),
            span: Span::ALL,
            max_line: self.max_line,
            largest_whole: memory::largest_whole(self.max_memory),
            keep_entries: self.keep_entries,
        };
        let gather = Gather {
            entries: &entries,
            places: &places,
            rules,
            max_window: self.max_window,
            keeper,
            keep_window: self.keep_window,
            room: self.max_memory.map(|_| room.worker),
            pool: &pool,
        };
        let mut steady = (i64::MIN, i64::MAX);
        let span = if self.window.is_relative() {
            let partitions = Partitions::new(room).map_err(failed)?;
            let (rows, _) = gather.read(Span::ALL, &partitions, &super::observer::Silent);
            let runs = partitions.into_runs().map_err(failed)?;
            let mut measured = Measured::default();
            for ((row, &place), entry) in rows.into_iter().zip(&places).zip(&entries) {
                if let Row::Read(row) = row {
                    measured.add(entry, place, row.measured);
                }
            }
            let measured = measured.all(self.now_ms);
            steady = both(tally::steady(self.now_ms, starts(&runs)), measured.steady);
            let latest_point = || measured.points.points().filter_map(|point| point.unix_ms).max();
            self.window.fixed(runs.run_order(self.now_ms).latest_ms().or_else(latest_point).unwrap_or(0))
        } else {
            self.window.fixed(0)
        };
        let partitions = Partitions::new(room).map_err(failed)?;
        let (rows, mut rowwise) = gather.read(span, &partitions, observer);

        let Whole { mut tally, clean, spilled } =
            pool.install(|| partitions.finish(self.keep_clean)).map_err(failed)?;
        let mut account = Account::of(rows, &places, &entries, self.now_ms);
        let number = |log: &str, part, line| account.lines.get(log).map_or(line, |lines| lines.number(part, line));
        tally.place_lines(number);
        rowwise.place_lines(number);
        account.relate(&kinship, &duplicates);
        account.skipped.extend(found.skipped);
        account.skipped.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
        let archives = account.archives.into_values().collect();
        let ledger = Ledger { archives, skipped: account.skipped };
        let mut order = tally.run_order_beside(&account.left_out, self.now_ms);
        let clocks = starts(&tally).chain(account.left_out.values().filter_map(Clock::start));
        steady = both(steady, both(tally::steady(self.now_ms, clocks), account.measured.steady));
        order.warnings.extend(usual::once(&tally, &clean));
        order.warnings.extend(account.measured.doubts);
        Ok(Outcome {
            tally,
            clean,
            entries: rowwise,
            spilled,
            benchmarks: account.measured.points,
            ledger,
            order,
            steady,
        })
    }
}

impl Sweep {
    /// Threads for judging what was read.
    ///
    /// # Errors
    /// When they cannot be started.
    pub fn pool(&self) -> Result<ThreadPool, rayon::ThreadPoolBuildError> {
        // It shares out much finer than reading does, and never more than the cores can do.
        threads::pool(self.threads, 0)
    }
}

fn size(entry: &Entry) -> u64 {
    entry.path.as_ref().and_then(|path| std::fs::metadata(path).ok()).map_or(0, |metadata| metadata.len())
}

/// The moments that two spans share.
fn both(one: (i64, i64), other: (i64, i64)) -> (i64, i64) {
    (one.0.max(other.0), one.1.min(other.1))
}

/// When runs began by their own clocks.
fn starts(tally: &Tally) -> impl Iterator<Item = i64> + '_ {
    tally.runs().iter().filter_map(|run| run.clock.start())
}
