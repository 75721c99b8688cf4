//! The pipeline on one screen.

use super::account::{Account, Measured};
use super::behind::Newest;
use super::duplicates::Distinct;
use super::error::SweepError;
use super::gather::Gather;
use super::memory::{self, Beside, Budget};
use super::observer::{Observer, Silent};
use super::one_id;
use super::outcome::Outcome;
use super::passed_over;
use super::rules::Rules;
use super::several;
use super::sweep::Sweep;
use super::taxonomies::Classifiers;
use super::usual;
use super::window::Span;
use crate::archive::{Discovery, Entry};
use crate::tally::{self, Keeper, Tally, Whole};
use crate::taxonomy::Taxonomy;
use crate::threads;

impl Sweep {
    /// Reads everything.
    ///
    /// # Errors
    /// When there is nothing to read or no thread to read it with. Damage is no error: it stands in the ledger.
    pub fn run(&self, observer: &dyn Observer) -> Result<Outcome, SweepError> {
        self.run_over(self.discover()?, None, observer)
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
        let vacant = found.vacant(&self.inputs);
        let bytes = found.archives.iter().map(Entry::size).sum();
        let pool = threads::pool(self.threads, threads::work(found.archives.len(), bytes))?;
        let budget = self.budget(pool.current_num_threads(), found.archives.len())?;
        observer.found(found.archives.len(), bytes);

        let distinct = pool.install(|| Distinct::of(self, found.archives, keeper));
        let classifiers = Classifiers::new(&self.taxonomies, &self.profiles);
        let gather = Gather {
            entries: &distinct.entries,
            places: &distinct.places,
            rules: self.rules(&classifiers),
            max_window: self.max_window,
            keeper,
            keep_window: self.keep_window,
            room: self.max_memory.map(|_| budget.room.worker),
            pool: &pool,
        };
        let (span, steady) = self.span(&gather, &distinct, &budget)?;
        let partitions = budget.partitions()?;
        let (rows, mut entries) = gather.read(span, &partitions, observer);
        // What was before a window asks for what passes in it.
        let keep_clean = self.keep_clean || !entries.is_nothing_before();
        let Whole { mut tally, clean, spilled } =
            pool.install(|| partitions.finish(keep_clean)).map_err(|error| budget.exceeded(error))?;

        let mut account = Account::of(rows, &distinct, self.now_ms);
        let number = |log: &str, part, line| account.lines.get(log).map_or(line, |lines| lines.number(part, line));
        tally.place_lines(number);
        entries.place_lines(number);
        let mut order = tally.run_order_beside(&account.left_out, self.now_ms, self.branch.as_ref());
        let judged = self.branch.as_ref().and_then(|_| order.newest_asked_for(&tally, self.branch.as_ref()));
        let missing: Vec<String> = account.missing(self.packet.as_deref(), span, &order, judged).collect();
        order.warnings.extend(missing);
        let ledger = account.ledger(found.skipped);
        order.warnings.extend(passed_over::vacant(&vacant));
        order.warnings.extend(passed_over::unnamed(&found.unnamed, &tally));
        order.warnings.extend(passed_over::like_archives(&ledger));
        order.warnings.extend(passed_over::unjoined(&self.manifest, &tally));
        order.warnings.extend(several::reports_a_run(&ledger));
        let clocks = || starts(&tally).chain(account.left_out.values().filter_map(|outside| outside.clock.start()));
        let steady = both(steady, both(tally::steady(self.now_ms, clocks()), account.measured.steady));
        let newest = Newest::of(self.window, order.newest_asked_for(&tally, None), clocks());
        order.warnings.extend(newest.as_ref().and_then(|newest| newest.warning(self.now_ms)));
        let steady = newest.map_or(steady, |newest| both(steady, newest.steady(self.now_ms)));
        order.warnings.extend(usual::once(&tally, &clean));
        order.warnings.extend(usual::unmasked_reasons(&tally));
        order.warnings.extend(usual::fleeting_environments(&tally));
        order.warnings.extend(one_id::judged_as_one(&tally, &clean, account.times()));
        order.warnings.extend(account.measured.doubts);
        let past = entries.past(|run| account.left_out.get(run).and_then(|outside| outside.clock.start()));
        let (sweep, benchmarks) = (self.clone(), account.measured.points);
        Ok(Outcome { sweep, tally, clean, entries, past, spilled, benchmarks, ledger, span, order, steady })
    }

    fn budget(&self, threads: usize, archives: usize) -> Result<Budget, SweepError> {
        let expressions = self.taxonomies.list().iter().map(Taxonomy::expression_bytes).sum();
        Budget::new(self.max_memory, Beside { threads, archives, expressions })
    }

    fn rules<'r>(&'r self, classifiers: &'r Classifiers) -> Rules<'r> {
        Rules {
            profiles: &self.profiles,
            classifiers,
            packet: self.packet.as_deref(),
            span: Span::ALL,
            max_line: self.max_line,
            largest_whole: memory::largest_whole(self.max_memory),
            keep_entries: self.keep_entries,
            shapes: self.shapes(),
            largest_document: memory::largest_document(self.max_memory),
        }
    }

    /// Which times count, and between which moments the same do. Where they are counted back from the newest run, everything
    /// is read once to find that; without a dated run, from the newest measurement.
    fn span(
        &self,
        gather: &Gather<'_>,
        distinct: &Distinct,
        budget: &Budget,
    ) -> Result<(Span, (i64, i64)), SweepError> {
        if !self.window.is_relative() {
            return Ok((self.window.fixed(None), (i64::MIN, i64::MAX)));
        }
        let partitions = budget.partitions()?;
        let (rows, _) = gather.read(Span::ALL, &partitions, &Silent);
        let runs = partitions.into_runs().map_err(|error| budget.exceeded(error))?;
        let measured = Measured::of(rows, distinct).all(self.now_ms);
        let steady = both(tally::steady(self.now_ms, starts(&runs)), measured.steady);
        let latest_point = || measured.points.points().filter_map(|point| point.unix_ms).max();
        let newest = runs.run_order(self.now_ms).latest_ms().or_else(latest_point);
        Ok((self.window.fixed(newest), steady))
    }
}

/// The moments that two spans share.
fn both(one: (i64, i64), other: (i64, i64)) -> (i64, i64) {
    (one.0.max(other.0), one.1.min(other.1))
}

/// When runs began by their own clocks.
fn starts(tally: &Tally) -> impl Iterator<Item = i64> + '_ {
    tally.runs().iter().filter_map(|run| run.clock.start())
}
