//! All attempts of one scenario on a timeline.

use std::collections::BTreeMap;

use super::timeline::Timeline;
use crate::tally::{Cell, Symbol, Tally, What, incident_id};

/// The attempts of one cell in one run that ended in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tick {
    /// Place of the run on the timeline.
    pub(super) run: u32,
    /// Place of the cell among the scenario's.
    pub(super) cell: u32,
    /// Place of the signature among the scenario's; `None` for passes.
    pub(super) signature: Option<u32>,
    /// How many.
    pub(super) count: u32,
}

/// A cell's levels, as places among the scenario's environments and seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CellLevels {
    pub(super) env: Option<u32>,
    pub(super) seed: Option<u32>,
}

/// A way to fail.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    /// Number of the incident in the tally.
    pub(super) incident: u32,
    pub(super) id: String,
}

/// One scenario's attempts; every list is in an order that does not depend on the order of arrival.
#[derive(Clone, Debug)]
pub(super) struct Attempts {
    pub(super) cells: Vec<CellLevels>,
    /// Environments by name.
    pub(super) envs: Vec<Symbol>,
    /// Seeds by value.
    pub(super) seeds: Vec<u64>,
    /// Counted signatures by incident id.
    pub(super) signatures: Vec<Signature>,
    /// Counted attempts, by run, cell and way.
    pub(super) ticks: Vec<Tick>,
    /// Runs, in order, that hold excluded attempts only.
    pub(super) excluded_runs: Vec<u32>,
    /// Records that count as neither: skipped, of infrastructure, or of unknown outcome; those of runs without a known
    /// place among them.
    pub(super) uncounted: u64,
    /// Runs whose place is not known, in order, each with whether a counted attempt failed.
    pub(super) unplaced: BTreeMap<u32, bool>,
}

/// Runs from which on as many failures and passes in each are no chance.
const LEAST_OF_SEVERAL: usize = 5;

impl Attempts {
    /// Whether nearly every cell of each run, or of those since its rate changed, holds as many failures and as many passes, as
    /// several tests of one name do. Retries of a flake also pass at once, or fail again.
    pub(super) fn are_of_several(&self, changed: Option<u32>) -> bool {
        let since = |run: u32| &self.ticks[self.ticks.partition_point(|tick| tick.run < run)..];
        are_of_several(&self.ticks) || changed.is_some_and(|run| are_of_several(since(run)))
    }

    /// Whether half of its ways to fail, or more, failed in several runs: else none of them tells one cause from another.
    pub(super) fn ways_recur(&self) -> bool {
        // The last run of each, and in how many it failed.
        let mut failed_in = vec![(u32::MAX, 0_usize); self.signatures.len()];
        for tick in &self.ticks {
            let Some((last, number)) = tick.signature.and_then(|way| failed_in.get_mut(way as usize)) else { continue };
            if *last != tick.run {
                (*last, *number) = (tick.run, *number + 1);
            }
        }
        let (once, all) = failed_in
            .iter()
            .fold((0, 0), |(once, all), &(_, runs)| (once + usize::from(runs == 1), all + usize::from(runs > 0)));
        once * 2 <= all
    }
}

fn are_of_several(ticks: &[Tick]) -> bool {
    let mut splits: BTreeMap<[u32; 2], usize> = BTreeMap::new();
    for cell in ticks.chunk_by(|a, b| (a.run, a.cell) == (b.run, b.cell)) {
        let split = splits.entry(cell.iter().fold([0, 0], |[passes, fails], tick| match tick.signature {
            None => [passes + tick.count, fails],
            Some(_) => [passes, fails + tick.count],
        }));
        *split.or_default() += 1;
    }
    let (runs, cells) = (ticks.chunk_by(|a, b| a.run == b.run).count(), splits.values().sum::<usize>());
    let is_usual =
        |(split, number): (&[u32; 2], &usize)| split.iter().all(|&count| count > 0) && number * 10 >= cells * 9;
    runs >= LEAST_OF_SEVERAL && splits.iter().any(is_usual)
}

/// Collects a scenario's attempts from its cells.
pub(super) fn collect(tally: &Tally, timeline: &Timeline, cells: &[&Cell]) -> Attempts {
    let mut envs: Vec<Symbol> = cells.iter().filter_map(|cell| cell.key.env()).collect();
    envs.sort_by(|&a, &b| tally.text(a).as_bytes().cmp(tally.text(b).as_bytes()));
    envs.dedup();
    let mut seeds: Vec<u64> = cells.iter().filter_map(|cell| cell.key.seed()).collect();
    seeds.sort_unstable();
    seeds.dedup();

    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let mut numbered: Vec<(CellLevels, &Cell)> = cells
        .iter()
        .map(|cell| {
            let env = cell.key.env().and_then(|env| {
                envs.binary_search_by(|&e| tally.text(e).as_bytes().cmp(tally.text(env).as_bytes())).ok().map(place)
            });
            let seed = cell.key.seed().and_then(|seed| seeds.binary_search(&seed).ok().map(place));
            (CellLevels { env, seed }, *cell)
        })
        .collect();
    numbered.sort_by_key(|(levels, _)| (levels.env, levels.seed));

    let mut signatures: Vec<Signature> = Vec::new();
    let mut places = BTreeMap::new();
    let mut ticks = Vec::new();
    let mut excluded_runs = Vec::new();
    let mut uncounted = 0;
    let mut unplaced: BTreeMap<u32, bool> = BTreeMap::new();
    for (cell, (_, source)) in (0u32..).zip(&numbered) {
        let at = |run: u32| timeline.place[run as usize];
        let passes = source.passed.iter().filter_map(|(run, count)| Some((at(run)?, count)));
        ticks.extend(passes.map(|(run, count)| Tick { run, cell, signature: None, count }));
        for outcome in tally.outcomes(source) {
            let runs: Vec<(u32, u32)> =
                outcome.runs.iter().filter_map(|(run, count)| Some((at(run)?, count))).collect();
            if runs.is_empty() {
                continue;
            }
            match outcome.what {
                What::Failed(incident) if !tally.incidents()[incident as usize].incident_only => {
                    let signature = *places.entry(incident).or_insert_with(|| {
                        signatures.push(Signature { incident, id: signature_id(tally, incident) });
                        place(signatures.len() - 1)
                    });
                    ticks.extend(runs.iter().map(|&(run, count)| Tick {
                        run,
                        cell,
                        signature: Some(signature),
                        count,
                    }));
                }
                What::Failed(_) | What::Excluded => {
                    excluded_runs.extend(runs.iter().map(|(run, _)| *run));
                    uncounted += runs.iter().map(|&(_, count)| u64::from(count)).sum::<u64>();
                }
            }
        }
    }
    let mut by_id: Vec<usize> = (0..signatures.len()).collect();
    by_id.sort_by(|&a, &b| signatures[a].id.cmp(&signatures[b].id));
    let mut new_place = vec![0; signatures.len()];
    for (new, &old) in by_id.iter().enumerate() {
        new_place[old] = place(new);
    }
    for tick in &mut ticks {
        tick.signature = tick.signature.map(|old| new_place[old as usize]);
    }
    signatures.sort_by(|a, b| a.id.cmp(&b.id));
    ticks.retain(|tick| {
        let is_placed = tick.run >= timeline.unplaced;
        if !is_placed {
            *unplaced.entry(tick.run).or_default() |= tick.signature.is_some();
        }
        is_placed
    });
    ticks.sort_unstable();
    excluded_runs.sort_unstable();
    excluded_runs.dedup();
    excluded_runs.retain(|&run| run >= timeline.unplaced);
    excluded_runs.retain(|run| ticks.binary_search_by_key(run, |tick| tick.run).is_err());
    Attempts {
        cells: numbered.iter().map(|(levels, _)| *levels).collect(),
        envs,
        seeds,
        signatures,
        ticks,
        excluded_runs,
        uncounted,
        unplaced,
    }
}

/// The fixed id of an incident of a tally.
pub(super) fn signature_id(tally: &Tally, incident: u32) -> String {
    let incident = &tally.incidents()[incident as usize];
    let [packet, suite, scenario, mode] = tally.scenario_names(incident.scenario);
    incident_id([packet, suite, scenario, mode, tally.text(incident.reason), tally.text(incident.class)])
}
