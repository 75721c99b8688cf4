//! What the whole history shows.

use std::collections::HashMap;

use crate::recurrence::{Recurrence, ScenarioJudgement, Verdict};
use crate::text::run_length::marks;

/// A stretch of places on a timeline, both ends in it: between which something happened.
pub(super) type Between = [u32; 2];

/// Whether two stretches meet.
pub(super) fn meet(a: Between, b: Between) -> bool {
    a[0] <= b[1] && b[0] <= a[1]
}

/// The whole history of all scenarios, to which what was said is held.
pub(super) struct Whole {
    pub(super) scenarios: Vec<History>,
    /// Of each timeline and date, how many of its runs had been.
    cuts: Vec<Vec<u32>>,
    places: HashMap<String, (usize, u32)>,
    numbers: HashMap<(usize, [String; 4]), usize>,
}

/// The whole history of a scenario.
pub(super) struct History {
    pub(super) timeline: usize,
    /// How each run of the timeline ended, as in `recurrence.json`.
    marks: Vec<u8>,
    /// Where it came to fail more, and the run from which on that is so.
    pub(super) rises: Vec<(u32, Between)>,
    /// Where its rate changed, either way.
    changes: Vec<Between>,
    pub(super) verdict: Verdict,
}

impl Whole {
    /// Of judgements; `had_been`: for each date, whether a run had been.
    pub(super) fn new(judged: &Recurrence, dates: usize, had_been: impl Fn(usize, &str) -> bool) -> Self {
        let timelines = judged.timelines();
        let places = timelines.iter().enumerate().flat_map(|(timeline, runs)| {
            let ids = (0..).zip(&judged.runs[runs.clone()]);
            ids.map(move |(place, run)| (run.id.clone(), (timeline, place)))
        });
        let cut = |runs: &std::ops::Range<usize>, date: usize| {
            let been = judged.runs[runs.clone()].iter().filter(|run| had_been(date, &run.id)).count();
            u32::try_from(been).unwrap_or(u32::MAX)
        };
        let cuts = timelines.iter().map(|runs| (0..dates).map(|date| cut(runs, date)).collect()).collect();
        let mut whole = Self { scenarios: Vec::new(), cuts, places: places.collect(), numbers: HashMap::new() };
        for row in &judged.scenarios {
            let Some(timeline) = whole.timeline(judged, row) else { continue };
            let history = History {
                timeline,
                marks: marks(&row.timeline),
                rises: whole.rises(row).collect(),
                changes: whole.changes(row),
                verdict: row.judged.verdict,
            };
            whole.numbers.insert((timeline, row.names().map(str::to_owned)), whole.scenarios.len());
            whole.scenarios.push(history);
        }
        whole
    }

    /// The number of a scenario that was judged, then or now.
    pub(super) fn number(&self, judged: &Recurrence, row: &ScenarioJudgement) -> Option<usize> {
        let names = row.names().map(str::to_owned);
        self.numbers.get(&(self.timeline(judged, row)?, names)).copied()
    }

    /// The timeline that the newest run of a scenario is on.
    fn timeline(&self, judged: &Recurrence, row: &ScenarioJudgement) -> Option<usize> {
        let newest = row.ran_in.last().and_then(|run| judged.runs.get(run as usize)).map(|run| run.id.as_str());
        let newest = newest.or_else(|| row.set_aside_runs.last().map(String::as_str))?;
        self.places.get(newest).map(|&(timeline, _)| timeline)
    }

    fn place(&self, run: &str) -> Option<u32> {
        self.places.get(run).map(|&(_, place)| place)
    }

    fn between(&self, run: &str, ends: Option<(&str, &str)>) -> Option<(u32, Between)> {
        let at = self.place(run)?;
        let (from, to) = ends.unwrap_or((run, run));
        Some((at, [self.place(from)?, self.place(to)?]))
    }

    /// Where a scenario came to fail more: the changes of its rate, and the starts of its outages where these are what it is
    /// judged by.
    pub(super) fn rises<'s>(&'s self, row: &'s ScenarioJudgement) -> impl Iterator<Item = (u32, Between)> + 's {
        let is_by_outages = matches!(row.judged.verdict, Verdict::Relapsed | Verdict::Recovered);
        let outages = row.past.outages.iter().filter(move |_| is_by_outages);
        let starts = outages
            .map(|outage| &outage.start)
            .filter_map(|start| self.between(&start.run, start.from_run.as_deref().zip(start.to_run.as_deref())));
        let changed = row.changepoints.iter().filter(move |it| !is_by_outages && it.rate_after.0 > it.rate_before.0);
        starts.chain(changed.filter_map(|it| self.between(&it.run, Some((&it.from_run, &it.to_run)))))
    }

    fn changes(&self, row: &ScenarioJudgement) -> Vec<Between> {
        let changed = row.changepoints.iter().filter_map(|it| self.between(&it.run, Some((&it.from_run, &it.to_run))));
        let bounds = row.past.outages.iter().flat_map(|outage| std::iter::once(&outage.start).chain(&outage.end));
        let bounds =
            bounds.filter_map(|bound| self.between(&bound.run, bound.from_run.as_deref().zip(bound.to_run.as_deref())));
        changed.chain(bounds).map(|(_, between)| between).collect()
    }

    /// How many runs of a scenario's timeline had been on a date.
    pub(super) fn cut(&self, scenario: usize, date: usize) -> u32 {
        self.cuts[self.scenarios[scenario].timeline][date]
    }

    /// Whether it failed in the runs from one date to another; `None` where it was not run.
    pub(super) fn failed(&self, scenario: usize, from: usize, to: usize) -> Option<bool> {
        let marks = self.scenarios[scenario].marks(self.cut(scenario, from), self.cut(scenario, to));
        let is_run = marks.iter().any(|mark| matches!(mark, b'P' | b'F'));
        is_run.then(|| marks.contains(&b'F'))
    }

    /// Whether its rate changed between two dates, at most.
    pub(super) fn changed(&self, scenario: usize, from: usize, to: usize) -> bool {
        let since = [self.cut(scenario, from), self.cut(scenario, to).saturating_sub(1)];
        self.scenarios[scenario].changes.iter().any(|&change| meet(change, since))
    }
}

impl History {
    /// How the runs of some places ended.
    fn marks(&self, from: u32, to: u32) -> &[u8] {
        let end = (to as usize).min(self.marks.len());
        &self.marks[(from as usize).min(end)..end]
    }

    /// Counted runs from one place to another.
    pub(super) fn counted(&self, from: u32, to: u32) -> u64 {
        self.marks(from, to).iter().filter(|mark| matches!(mark, b'P' | b'F')).count() as u64
    }

    /// The place behind its last failure.
    pub(super) fn last_failed(&self) -> Option<u32> {
        let last = self.marks.iter().rposition(|&mark| mark == b'F')?;
        u32::try_from(last + 1).ok()
    }
}
