//! The path of outages that a series is read as, by brute force (relapse.md, sections 2 and 3).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use relapse::stats::planning::unfixed_pass_chance;
use relapse::stats::runs_test::clustering_p_of;

use super::super::records::Draw;
use super::counted::Counted;
use super::likelihood::{Likelihood, Path, independent, ln_sum};

/// The odds at which each piece is proven.
const ODDS: f64 = 19.0;
/// Scores closer than this tie.
const TIE: f64 = 1e-9;
/// The share left out at each end of an interval of places.
const TAIL: f64 = 0.005;
/// Orders that are drawn where runs differ in what they ran.
const ORDERS: u64 = 2000;

/// What the failures look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    Independent,
    Unclear,
    Single,
    Outages,
    Bursts,
}

/// A pattern with its path.
#[derive(Clone, Debug)]
pub(super) struct Outages {
    pub(super) pattern: Pattern,
    /// Places among the runs.
    pub(super) path: Path,
    /// `ln P` of the series by the path.
    pub(super) ln_likelihood: f64,
}

impl Outages {
    /// Finds them, or says why there is doubt.
    pub(super) fn of(runs: &[Counted]) -> Result<Self, String> {
        let bits: Vec<bool> = runs.iter().map(Counted::failed).collect();
        let fails = bits.iter().filter(|bit| **bit).count();
        let score = |path: &[Range<usize>]| Likelihood::of(&bits, path).both();
        let steady = independent(fails, bits.len() - fails);
        let likeliest = if fails < 2 || fails == bits.len() { None } else { likeliest(&bits) };
        let Some(mut path) = likeliest.filter(|path| score(path) >= steady) else {
            return Ok(Self { pattern: Pattern::Independent, path: Path::new(), ln_likelihood: steady });
        };
        let is_proven = |path: &[Range<usize>]| score(path) - steady >= ODDS.ln();
        if is_proven(&path) {
            prune(&bits, &mut path);
        }
        let found = |pattern, path: Path| Ok(Self { pattern, ln_likelihood: score(&path), path });
        if !is_proven(&path) {
            return found(Pattern::Unclear, path);
        }
        let [.., before, last] = path.as_slice() else {
            return found(Pattern::Single, path);
        };
        let both = Likelihood::of(&bits, &path);
        if both.burst > both.outage || path.len() > 4 && pace_chance(&bits, &path) > 0.05 {
            let clumps = strata(runs).map_or(Ok(true), |strata| clumps_within(&bits, &strata, 0.05))?;
            return found(if clumps { Pattern::Bursts } else { Pattern::Unclear }, path);
        }
        let earlier = &path[..path.len() - 1];
        let mut joined = earlier.to_vec();
        joined[path.len() - 2] = before.start..last.end;
        let others = ln_sum(&[score(earlier), score(&joined), score(std::slice::from_ref(last)), steady]);
        if score(&path) - others < ODDS.ln() {
            return found(Pattern::Unclear, path);
        }
        let clumps = match strata(runs) {
            Some(strata) => clumps_within(&bits, &strata, 0.005)?,
            None => clustering_p_of(bits.iter().copied()).is_some_and(|p| p <= 0.005),
        };
        found(if clumps { Pattern::Outages } else { Pattern::Unclear }, path)
    }

    /// Where the outage of that number may have begun, and the first run behind it may be: 99 % intervals of places, both ends
    /// part of them.
    pub(super) fn boundaries(&self, runs: &[Counted], number: usize) -> [(usize, usize); 2] {
        let bits: Vec<bool> = runs.iter().map(Counted::failed).collect();
        let outage = &self.path[number];
        let interval = |places: Range<usize>, moved: &dyn Fn(usize) -> Range<usize>| {
            let weights: Vec<f64> = places
                .clone()
                .map(|place| {
                    let mut path = self.path.clone();
                    path[number] = moved(place);
                    (Likelihood::of(&bits, &path).both() - self.ln_likelihood).exp()
                })
                .collect();
            let total: f64 = weights.iter().sum();
            let reaches = |share: f64| {
                let up_to = |place: &usize| weights[..=place - places.start].iter().sum::<f64>();
                places.clone().find(|place| up_to(place) >= share * total).unwrap_or(places.end - 1)
            };
            (reaches(TAIL), reaches(1.0 - TAIL))
        };
        let first = if number == 0 { 0 } else { self.path[number - 1].end + 1 };
        let behind = self.path.get(number + 1).map_or(bits.len() + 1, |next| next.start);
        [
            interval(first..outage.end, &|start| start..outage.end),
            interval(outage.start + 1..behind, &|end| outage.start..end),
        ]
    }
}

/// Failing runs joined over each gap, short clusters left out as strays: the likeliest such path.
fn likeliest(bits: &[bool]) -> Option<Path> {
    let failing: Vec<usize> = (0..bits.len()).filter(|place| bits[*place]).collect();
    let mut gaps: Vec<usize> = failing.windows(2).map(|pair| pair[1] - pair[0] - 1).chain([0]).collect();
    gaps.sort_unstable();
    gaps.dedup();
    let paths = gaps.into_iter().flat_map(|gap| [2, 3].map(|least| clusters(&failing, gap, least)));
    let mut best: [Option<(f64, Path)>; 2] = [None, None];
    for path in paths.filter(|path| !path.is_empty()) {
        let Likelihood { outage, burst } = Likelihood::of(bits, &path);
        for (best, score) in best.iter_mut().zip([outage, burst]) {
            if best.as_ref().is_none_or(|(most, _)| score > most + TIE) {
                *best = Some((score, path.clone()));
            }
        }
    }
    let [outage, burst] = best;
    let (outage, burst) = (outage?, burst?);
    Some(if burst.0 > outage.0 + TIE { burst.1 } else { outage.1 })
}

/// Clusters of failing runs that no longer gap parts, of at least so many.
fn clusters(failing: &[usize], gap: usize, least: usize) -> Path {
    let clusters = failing.chunk_by(|one, next| next - one - 1 <= gap);
    clusters.filter(|runs| runs.len() >= least).map(|runs| runs[0]..runs[runs.len() - 1] + 1).collect()
}

/// Drops outages that may be strays, and joins those that may be one, while any piece is not proven.
fn prune(bits: &[bool], path: &mut Path) {
    while path.len() > 1 {
        let dropped = (0..path.len()).map(|number| {
            let mut shorter = path.clone();
            shorter.remove(number);
            shorter
        });
        let joined = (1..path.len()).map(|number| {
            let mut shorter = path.clone();
            shorter[number - 1].end = shorter.remove(number).end;
            shorter
        });
        // The likeliest of the shorter ones; drops stand before joins, earlier ones before later ones.
        let best = dropped.chain(joined).map(|path| (Likelihood::of(bits, &path).both(), path));
        let best = best.reduce(|best, next| if next.0 > best.0 + TIE { next } else { best });
        let Some((score, shorter)) = best else { return };
        if Likelihood::of(bits, path).both() - score >= ODDS.ln() {
            return;
        }
        *path = shorter;
    }
}

/// The chance of so long a stretch before the last outage at the pace of the earlier ones.
fn pace_chance(bits: &[bool], path: &[Range<usize>]) -> f64 {
    let [first, .., before, last] = path else { return 0.0 };
    let away = last.start - before.end;
    let inside: usize = path.iter().map(Range::len).sum();
    let entries = path.len() - 1 - usize::from(first.start == 0);
    let healthy = (bits.len() - inside - away - (bits.len() - last.end)).max(entries).max(1);
    unfixed_pass_chance(entries as u64, healthy as u64, away as u64).unwrap_or(0.0)
}

/// For each run the number of what it ran, environments and recurring seeds; none where all ran the same.
fn strata(runs: &[Counted]) -> Option<Vec<usize>> {
    let mut seeds: BTreeMap<u32, usize> = BTreeMap::new();
    for run in runs {
        let of_run: BTreeSet<u32> = run.attempts.iter().map(|attempt| attempt.1).collect();
        for seed in of_run {
            *seeds.entry(seed).or_default() += 1;
        }
    }
    let mut sets: Vec<BTreeSet<(u8, Option<u32>)>> = Vec::new();
    let number = |run: &Counted| {
        let recurring = |attempt: &(u8, u32, bool)| (attempt.0, Some(attempt.1).filter(|seed| seeds[seed] > 1));
        let set = run.attempts.iter().map(recurring).collect();
        sets.iter().position(|seen| *seen == set).unwrap_or_else(|| {
            sets.push(set);
            sets.len() - 1
        })
    };
    let numbers: Vec<usize> = runs.iter().map(number).collect();
    (sets.len() > 1).then_some(numbers)
}

/// Whether bits permuted within strata make so few streaks with a chance of at most the bound. Another stream of draws may say
/// otherwise near the bound: there is doubt.
fn clumps_within(bits: &[bool], strata: &[usize], bound: f64) -> Result<bool, String> {
    let streaks = |bits: &[bool]| bits.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let mut drawn = bits.to_vec();
    let mut draw = Draw::new(19, bits.len() as u64);
    let mut few = 0;
    for _ in 0..ORDERS {
        for stratum in 0..=strata.iter().copied().max().unwrap_or(0) {
            let places: Vec<usize> = (0..bits.len()).filter(|place| strata[*place] == stratum).collect();
            for at in (1..places.len()).rev() {
                drawn.swap(places[at], places[usize::try_from(draw.below(at as u64 + 1)).unwrap_or(0)]);
            }
        }
        few += u32::from(streaks(&drawn) <= streaks(bits));
        if f64::from(few) > 3.0 * bound * ORDERS as f64 {
            return Ok(false);
        }
    }
    if f64::from(few) < 0.3 * bound * ORDERS as f64 {
        return Ok(true);
    }
    Err(format!("{few} of {ORDERS} orders have as few streaks, near {bound}"))
}
