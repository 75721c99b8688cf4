//! The pipeline on one screen.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::ThreadPool;
use rayon::prelude::*;
use thiserror::Error;

use super::assembly::Lines;
use super::doubts;
use super::duplicates::{self, Kinship};
use super::gather::Gather;
use super::memory::{self, Beside};
use super::observer::Observer;
use super::pipeline::{ReadRow, Row};
use super::sketch;
use super::taxonomies::{Classifiers, Taxonomies};
use super::usual;
use super::window::{Span, Window};
use super::worker::Rules;
use crate::archive::{
    ArchiveLedger, Content, Counts, Damage, DiscoverError, Discovery, Entry, LISTED_DAMAGE, Ledger, RunFrom, Skipped,
    Unjudged, discover, strip_container,
};
use crate::record::Profiles;
use crate::tally::{self, Clean, Collector, DAY_MS, Entries, Keeper, Partitions, RunOrder, SpillError, Tally, Whole};
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

/// Why there was no sweep.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The arguments lead to no list of archives.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// Threads could not be started.
    #[error("failed to start a thread: raise the limit of processes (ulimit -u), or end others")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// A window that is counted back needs the newest run, so the input is read twice.
    #[error("{} is a stream and read once only: give --since and --until as moments, such as 2026-01-31T00:00:00Z", if .0 == "stdin" { "standard input" } else { .0 })]
    RelativeWindowOfStream(String),
    /// Not even the buffers fit into the memory limit.
    #[error("failed to keep within {} of memory: {}", mib(*.limit), needed(*.least, *.threads, *.of_input))]
    LimitTooSmall {
        /// The limit in bytes.
        limit: u64,
        /// The least that works with these threads.
        least: u64,
        /// Threads.
        threads: usize,
        /// Bytes of it that the list of archives and the regular expressions of taxonomies take.
        of_input: u64,
    },
    /// What is judged together does not fit into the memory limit.
    #[error("failed to keep within the memory limit: all runs, and what failed in them (everything with --all or --parquet), are judged \
        together and take {} or more: raise the limit, or narrow what counts with --since, --until or --packet", mib(*.0))]
    TooMuchFailed(u64),
    /// The temporary file failed.
    #[error(transparent)]
    Spill(SpillError),
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
            let measured = rows.iter().filter_map(Row::measured).flat_map(Collector::points);
            let points: Vec<i64> = measured.filter_map(|point| point.unix_ms).collect();
            steady = tally::steady(self.now_ms, starts(&runs).chain(points.iter().copied()));
            let latest_point = points.into_iter().filter(|&time| time <= self.now_ms.saturating_add(DAY_MS)).max();
            self.window.fixed(runs.run_order(self.now_ms).latest_ms().or(latest_point).unwrap_or(0))
        } else {
            self.window.fixed(0)
        };
        let partitions = Partitions::new(room).map_err(failed)?;
        let (rows, mut rowwise) = gather.read(span, &partitions, observer);

        let Whole { mut tally, clean, spilled } =
            pool.install(|| partitions.finish(self.keep_clean)).map_err(failed)?;
        let mut account = account(rows, &places, &entries);
        let number =
            |log: &str, part, line| account.lines.get(log).map_or(line, |lines: &Lines| lines.number(part, line));
        tally.place_lines(number);
        rowwise.place_lines(number);
        account.relate(&kinship, &duplicates);
        account.skipped.extend(found.skipped);
        account.skipped.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
        let archives = account.archives.into_values().collect();
        let ledger = Ledger { archives, skipped: account.skipped };
        let mut order = tally.run_order(self.now_ms);
        let points = account.benchmarks.points().filter_map(|point| point.unix_ms);
        let (from, until) = tally::steady(self.now_ms, starts(&tally).chain(points));
        let steady = (from.max(steady.0), until.min(steady.1));
        order.warnings.extend(usual::once(&tally, &clean));
        let ahead = account.benchmarks.doubt_after(self.now_ms.saturating_add(DAY_MS));
        if ahead > 0 {
            order.warnings.push(format!(
                "measurements of benchmarks that are dated later than now, so that they count as the oldest: {ahead}"
            ));
        }
        Ok(Outcome { tally, clean, entries: rowwise, spilled, benchmarks: account.benchmarks, ledger, order, steady })
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

fn mib(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1 << 20))
}

fn needed(least: u64, threads: usize, of_input: u64) -> String {
    let plural = if threads == 1 { "" } else { "s" };
    let fewer = if threads == 1 { "" } else { ", fewer threads less" };
    let verb = if threads == 1 { "s" } else { "" };
    let of_input = match of_input >> 20 {
        0 => String::new(),
        _ => format!(", {} of it for the account of the archives and the expressions of taxonomies", mib(of_input)),
    };
    format!("{threads} thread{plural} need{verb} {}{fewer}{of_input}", mib(least))
}

/// When runs began by their own clocks.
fn starts(tally: &Tally) -> impl Iterator<Item = i64> + '_ {
    tally.runs().iter().filter_map(|run| run.clock.start())
}

/// Why an archive was not read.
fn why(entry: &Entry, error: &std::io::Error) -> String {
    if entry.is_gone() && entry.path.as_ref().is_some_and(|path| path.as_os_str().is_empty()) {
        return "its part of the file makes no sense".into();
    }
    if entry.is_gone() {
        return "gone, and the store does not hold of it what is asked for: under other settings, or, for a gate, without \
            records row by row, which only gates keep"
            .into();
    }
    format!("unreadable: {error}")
}

/// The archives' accounts, by their place in the byte order of the paths.
#[derive(Default)]
struct Account {
    archives: BTreeMap<usize, ArchiveLedger>,
    lines: BTreeMap<String, Lines>,
    benchmarks: Collector,
    skipped: Vec<Skipped>,
}

fn account(rows: Vec<Row>, places: &[usize], entries: &[Entry]) -> Account {
    let mut account = Account::default();
    let mut sketches = Vec::new();
    let mut times = Vec::new();
    let mut read = Vec::new();
    // By the names without their containers, so that packing an archive changes no answer.
    let mut measured = BTreeMap::new();
    for ((row, &place), entry) in rows.into_iter().zip(places).zip(entries) {
        match row {
            Row::Unreadable(error) => {
                account.skipped.push(Skipped::loss(entry.relative.clone(), why(entry, &error)));
            }
            // Archives that were cut are read again.
            Row::Cut => {}
            Row::Read(row) => {
                let ReadRow { ledger, lines, marks, times: of_records, measured: points } = *row;
                times.push(of_records);
                measured.insert((strip_container(&entry.relative), place), (Arc::from(entry.run.as_str()), points));
                account.lines.insert(entry.relative.clone(), lines);
                account.archives.insert(place, ledger);
                sketches.push(marks);
                read.push(place);
            }
        }
    }
    account.benchmarks = Collector::of_archives(measured.into_values().collect());
    let records = |place| -> &Counts { &account.archives[place].counts };
    let records: Vec<u64> = read.iter().map(records).map(|counts| counts.parsed - counts.benchmark_lines).collect();
    doubts::warn(&mut account.archives);
    for (archive, others) in sketch::overlaps(&sketches, &records, &times) {
        let names: Vec<&str> =
            others.iter().take(3).map(|&other| account.archives[&read[other]].path.as_str()).collect();
        let more = others.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let warning = format!("overlaps: its records also stand in {}{more}", names.join(", "));
        if let Some(ledger) = account.archives.get_mut(&read[archive]) {
            ledger.warnings.push(warning);
        }
    }
    for (archive, warning) in usual::short(&account.archives) {
        if let Some(ledger) = account.archives.get_mut(&archive) {
            ledger.warnings.push(warning);
        }
    }
    account
}

impl Account {
    fn relate(&mut self, kinship: &Kinship, duplicates: &[(usize, Entry)]) {
        for (index, entry) in duplicates {
            let Some(duplicate) = kinship.duplicates.get(index) else { continue };
            let content = &duplicate.content;
            let listed =
                content.damage.iter().take(LISTED_DAMAGE).map(|&(what, compressed_offset, decoded_offset)| Damage {
                    what,
                    compressed_offset,
                    decoded_offset,
                    lines_saved: 0,
                    first_line: None,
                    needed_window: None,
                });
            let row = ArchiveLedger {
                path: entry.relative.clone(),
                format: Some(content.format),
                run: entry.run.clone(),
                bytes_on_disk: content.bytes_on_disk,
                counts: Counts::default(),
                unjudged: Unjudged::default(),
                duplicate_of: self.archives.get(&duplicate.of).map(|ledger| ledger.path.clone()),
                damage: listed.collect(),
                damage_count: content.damage.len() as u64,
                is_gone: false,
                warnings: Vec::new(),
                rejects: Vec::new(),
                looks_like: None,
            };
            self.archives.insert(*index, row);
        }
        for (index, other) in &kinship.shares_run_with {
            let other = self.archives.get(other).map(|ledger| ledger.path.clone());
            if let (Some(ledger), Some(other)) = (self.archives.get_mut(index), other) {
                ledger.warnings.push(format!("run {} has another archive with other text: {other}", ledger.run));
            }
        }
    }
}
