//! Looking for the outages of a series: what its runs, its ways to fail and its revisions say of them.

use std::collections::{BTreeMap, BTreeSet};

use super::association::{Dimension, count};
use super::attempts::Attempts;
use super::bench::{Bench, split};
use super::carried::Carried;
use super::past::{Level, Past, Reason, Shape, Span};
use super::series::{Series, SeriesRun};
use super::witness::Witness;
use crate::stats::outages::{Strata, chance_against};
use crate::stats::planning::clean_runs_needed;
use crate::stats::{Boundary, Course, Outage, Outages, Pattern};

/// A way to fail is a reason of an outage if it failed in four of five of its failing runs.
const SHARE: (usize, usize) = (4, 5);

/// Environments and seeds of the cells that a run ran, in order.
type Set = Vec<(Option<u32>, Option<u32>)>;

impl Bench<'_> {
    /// The outages of a series up to its last failure, so that no clean run behind it makes them others; `None` without a path
    /// of one.
    pub(super) fn past(&self, series: &Series, signature: Option<u32>, finder: &mut Outages) -> Option<Box<Past>> {
        let runs = &series.runs;
        let known = &runs[..runs.len() - series.clean_at_end()];
        let bits: Vec<bool> = known.iter().map(|run| run.failed).collect();
        let course = finder.find(&bits, || self.strata(series, known));
        let last = *course.outages.last()?;
        let calendar = matches!(course.pattern, Pattern::Outages | Pattern::Bursts)
            .then(|| self.explained(runs, known, course.ln_likelihood, finder))
            .flatten();
        let spans = self.spans(series, signature, &course);
        let shape = match course.pattern {
            _ if calendar.is_some() => Shape::Calendar,
            Pattern::Independent => Shape::Independent,
            Pattern::Unclear => Shape::Unclear,
            Pattern::Single => Shape::Single,
            Pattern::Outages => Shape::Outages,
            Pattern::Bursts => Shape::Bursts,
        };
        let (own, earlier) = spans.split_last()?;
        let times_before = earlier.iter().filter(|span| span.is_mass == own.is_mass).count();
        // One that everything had is no earlier outage of one that it had alone, nor the reverse.
        let shape = if shape == Shape::Outages && times_before == 0 { Shape::Unclear } else { shape };
        let needed_95 = clean_runs_needed(last.fails as u64, last.runs() as u64, 0.95);
        let clean = (runs.len() - last.end) as u64;
        let is_clean_since = runs[last.end..].iter().all(|run| !run.failed);
        let (reason, reason_last) = if signature.is_some() {
            (Reason::Same, earlier.last().map(|span| span.last_failed))
        } else {
            self.reason(runs, &course, own, earlier)
        };
        let between = course.outages.windows(2).map(|pair| (pair[1].start - pair[0].end) as u64);
        let (inside, failed) = spans.iter().fold((0, 0), |(n, x), span| (n + span.runs, x + span.failed));
        Some(Box::new(Past {
            shape,
            calendar,
            is_over: needed_95.is_some_and(|needed| clean >= needed),
            needed_95,
            is_clean_since,
            longest_away: between.max().unwrap_or(0),
            times_before,
            reason,
            reason_last,
            by_revision: if shape == Shape::Outages { self.by_revision(series, &course) } else { None },
            strays: series.x() - failed,
            outside: runs.len() as u64 - inside,
            spans,
            course,
        }))
    }

    /// The sets of environments and recurring seeds that the runs ran, where these differ.
    pub(super) fn strata(&self, series: &Series, runs: &[SeriesRun]) -> Option<Strata> {
        if self.attempts.cells.len() < 2 {
            return None;
        }
        let levels = |run: &SeriesRun| series.trials(run).iter().map(|trial| self.attempts.cells[trial.cell as usize]);
        // In how many runs each seed ran, and the last of them.
        let mut seeds = vec![0_u32; self.attempts.seeds.len()];
        let mut last = vec![None; seeds.len()];
        for run in runs {
            for seed in levels(run).filter_map(|levels| levels.seed.map(|seed| seed as usize)) {
                seeds[seed] += u32::from(last[seed].replace(run.run) != Some(run.run));
            }
        }
        let mut sets: BTreeMap<Set, u32> = BTreeMap::new();
        let mut own = Set::new();
        // Most runs ran one cell.
        let mut of_cell = vec![None; self.attempts.cells.len()];
        let number = |run: &SeriesRun| {
            let only = if let [only] = series.trials(run) { Some(only.cell as usize) } else { None };
            if let Some(known) = only.and_then(|cell| of_cell[cell]) {
                return known;
            }
            own.clear();
            let recurring = |seed: &u32| seeds.get(*seed as usize).is_some_and(|&runs| runs > 1);
            own.extend(levels(run).map(|levels| (levels.env, levels.seed.filter(recurring))));
            own.sort_unstable();
            own.dedup();
            let known = sets.get(&own).copied();
            let number = known.unwrap_or_else(|| {
                let next = u32::try_from(sets.len()).unwrap_or(u32::MAX);
                sets.insert(own.clone(), next);
                next
            });
            if let Some(cell) = only {
                of_cell[cell] = Some(number);
            }
            number
        };
        let of: Vec<u32> = runs.iter().map(number).collect();
        of.iter().any(|&set| set > 0).then_some(Strata { of, key: self.key })
    }

    fn spans(&self, series: &Series, signature: Option<u32>, course: &Course) -> Vec<Span> {
        let (runs, outages) = (&series.runs, &course.outages);
        // Runs in which it did not run stay suspect: from the one behind the scenario's run before the interval.
        let interval = |boundary: &Boundary| {
            let from = boundary.low.checked_sub(1).map_or(runs[0].run, |before| runs[before].run + 1);
            (from, runs[boundary.high.min(runs.len() - 1)].run)
        };
        let time = |place: usize| self.timeline.runs[runs[place].run as usize].unix_ms;
        let span = |(at, outage): (usize, &Outage)| {
            let own = &runs[outage.start..outage.end];
            let before = at.checked_sub(1).map(|at| outages[at].end);
            let of_interval = |end: usize| course.boundaries.get(at).map(|both| interval(&both[end]));
            let mass = own.iter().filter(|run| self.timeline.runs[run.run as usize].is_mass).count();
            Span {
                start: (own[0].run, of_interval(0)),
                end: runs.get(outage.end).map(|run| (run.run, of_interval(1))),
                last_failed: own[own.len() - 1].run,
                runs: own.len() as u64,
                failed: outage.fails as u64,
                clean_before: (outage.start - before.unwrap_or(0)) as u64,
                clean_before_ms: before.and_then(|end| Some(time(outage.start)?.saturating_sub(time(end - 1)?))),
                gone_risk: at
                    .checked_sub(1)
                    .and_then(|at| course.gone_ln_odds.get(at))
                    .map(|&odds| chance_against(odds)),
                reasons: match signature {
                    Some(own) => vec![own],
                    None => reasons(self.attempts, own, outage.fails),
                },
                confined_to: self.confined_to(series, own),
                is_mass: mass * 2 > own.len(),
            }
        };
        outages.iter().enumerate().map(span).collect()
    }

    /// The levels that an outage was of.
    fn confined_to(&self, series: &Series, runs: &[SeriesRun]) -> Vec<Level> {
        let Attempts { envs, seeds, .. } = self.attempts;
        let of = |dimension, levels| split(&count(series, runs, &self.attempts.cells, dimension, levels));
        if let Some(levels) = of(Dimension::Environment, envs.len()) {
            return levels.into_iter().map(|level| Level::Environment(envs[level])).collect();
        }
        let of_seeds = of(Dimension::Seed, seeds.len()).unwrap_or_default();
        of_seeds.into_iter().map(|level| Level::Seed(seeds[level])).collect()
    }

    /// How the ways to fail of the last outage compare with those of the earlier ones, and the last failing run of the latest
    /// earlier one for the same reason.
    fn reason(&self, runs: &[SeriesRun], course: &Course, own: &Span, earlier: &[Span]) -> (Reason, Option<u32>) {
        if !self.attempts.ways_recur() {
            return (Reason::Unknown, None);
        }
        let shares = |span: &&Span| span.reasons.iter().any(|reason| own.reasons.contains(reason));
        if let Some(same) = earlier.iter().rev().find(shares) {
            return (Reason::Same, Some(same.last_failed));
        }
        let known: BTreeSet<u32> = course.outages[..course.outages.len() - 1]
            .iter()
            .flat_map(|outage| ways(self.attempts, &runs[outage.start..outage.end]).into_keys())
            .collect();
        let is_another = !own.reasons.is_empty() && own.reasons.iter().all(|reason| !known.contains(reason));
        (if is_another { Reason::Another } else { Reason::Mixed }, None)
    }

    /// A cell of one known revision that passed before an outage may have begun and failed inside, or failed before it may have
    /// ended and passed behind: the newest.
    fn by_revision(&self, series: &Series, course: &Course) -> Option<Witness> {
        let carried = Carried::new(series, self.timeline);
        let across = course.outages.iter().zip(&course.boundaries).flat_map(|(outage, [start, end])| {
            let mended = carried.across(&(end.high..series.runs.len()), &(outage.start..end.low), |_| true);
            [mended, carried.across(&(0..start.low), &(start.high..outage.end), |_| true)]
        });
        across.flatten().max_by_key(|witness| witness.failed)
    }
}

/// The ways in which some runs failed, each with how many of them.
fn ways(attempts: &Attempts, runs: &[SeriesRun]) -> BTreeMap<u32, usize> {
    // Each with the last run that it was counted in.
    let mut ways: BTreeMap<u32, (usize, u32)> = BTreeMap::new();
    let first = runs.first().map_or(0, |first| attempts.ticks.partition_point(|tick| tick.run < first.run));
    let mut ticks = &attempts.ticks[first..];
    for run in runs.iter().filter(|run| run.failed) {
        let before = ticks.iter().take_while(|tick| tick.run < run.run).count();
        let own = ticks[before..].iter().take_while(|tick| tick.run == run.run).count();
        for way in ticks[before..before + own].iter().filter_map(|tick| tick.signature) {
            let (number, last) = ways.entry(way).or_insert((0, u32::MAX));
            *number += usize::from(*last != run.run);
            *last = run.run;
        }
        ticks = &ticks[before + own..];
    }
    ways.into_iter().map(|(way, (number, _))| (way, number)).collect()
}

/// The ways to fail that are reasons of an outage.
fn reasons(attempts: &Attempts, runs: &[SeriesRun], fails: usize) -> Vec<u32> {
    let (some, of) = SHARE;
    let is_reason = |runs: usize| runs * of >= fails * some;
    ways(attempts, runs).into_iter().filter(|&(_, runs)| is_reason(runs)).map(|(way, _)| way).collect()
}
