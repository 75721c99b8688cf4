//! When a series of measured values changed: ranks scanned over stretches of every length, accepted apart.
//!
//! **Propose.** Intervals of lengths `n, n / sqrt 2, n / 2, ..` lie over the series (seeded intervals, Kovács et al. 2023,
//! here each a quarter of its length behind the last), so that some hold one change alone, however many there are, and a
//! level that came back hides nothing. In each the best split is scored by the ranks of its sides; windows of every length are
//! scored against what lies around them, which is what a short episode stands out from. A score counts when it reaches a
//! bar that one series in a hundred reaches anywhere when its values stand in random order ([`bar`]): by ranks that is the
//! same for every distribution. The narrowest stretch that counts is taken first, then those that do not hold its change,
//! then what is left between the changes as a whole; at last each change moves to the best place between its neighbours.
//!
//! **Correlation.** Neighbours that are alike make ranks wander: scores are divided by the factor by which correlation widens
//! the mean of the shorter side. It is first taken from differences, which few steps do not reach, and then from the residuals
//! inside the regimes that were found.
//!
//! **Accept.** Judged between the neighbouring changes alone: a change must move the median by the least effect, the two
//! regimes must differ by ranks at 1 %, and no straight line through both may come nearer to the values than the step does: a
//! trend is no staircase. What fails is merged, the weakest first, and the rest is judged anew.

mod correlation;
mod place;
mod score;

use super::mann_whitney::median_difference;
use super::monotone;
use super::ranks::doubled_midranks;
use super::special::normal_upper_tail;
use correlation::{of_differences, of_residuals, widening};
use place::{deviations, nearest};
use score::score;

/// Values on each side of a split, at least.
pub const LEAST_SIDE: usize = 5;
/// Values of a series that are searched: the last.
pub const MOST_VALUES: usize = 1_000;
/// Values on each side of a window that it is compared with, in its lengths.
const AROUND: usize = 3;
/// Share of a step's deviations below which a line's have to be: at evens noise would decide.
const TREND: f64 = 0.97;
/// Greatest two-sided p of two neighbouring regimes.
const MOST_P: f64 = 0.01;
/// Lengths of series and the score that 1 % of them reach when their values stand in random order: of 10,000 series each (2,500
/// from 400 on), uniform.
const BARS: [(f64, f64); 10] = [
    (10.0, 2.41),
    (14.0, 3.36),
    (20.0, 3.61),
    (30.0, 3.83),
    (40.0, 3.90),
    (70.0, 4.16),
    (100.0, 4.28),
    (200.0, 4.53),
    (400.0, 4.74),
    (1000.0, 4.90),
];

/// A change of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Index of the first value after it.
    pub at: usize,
    /// Two-sided p that the regimes beside it are alike, by ranks, as far as correlation leaves them apart.
    pub p: f64,
    /// Median difference of these regimes (Hodges and Lehmann 1963).
    pub shift: f64,
    /// Correlation of neighbours that was reckoned with.
    pub correlation: f64,
}

/// The changes of a series of finite logarithms by `least_effect` or more, a ratio less 1; ascending, with indices that count
/// from its first value.
///
/// Only the last [`MOST_VALUES`] are searched. Empty when a value is not finite.
#[must_use]
pub fn changes(values: &[f64], least_effect: f64) -> Vec<Change> {
    let skipped = values.len().saturating_sub(MOST_VALUES);
    let searched = &values[skipped..];
    if searched.len() < 2 * LEAST_SIDE || !searched.iter().all(|value| value.is_finite()) {
        return Vec::new();
    }
    let first = proposed(searched, of_differences(searched));
    let correlation = of_residuals(searched, &first);
    let mut found = accepted(searched, proposed(searched, correlation), correlation, least_effect);
    for change in &mut found {
        change.at += skipped;
    }
    found
}

/// The score that 1 % of series of so many values reach when these stand in random order.
#[must_use]
pub fn bar(values: usize) -> f64 {
    let n = (values as f64).max(BARS[0].0);
    let after = BARS.partition_point(|(length, _)| *length < n).clamp(1, BARS.len() - 1);
    let ((from, low), (to, high)) = (BARS[after - 1], BARS[after]);
    low + (high - low) * (n.ln() - from.ln()) / (to.ln() - from.ln())
}

/// A stretch that shows a change, or two, and how clearly.
struct Proposal {
    from: usize,
    to: usize,
    /// Twice the same where there is one.
    cuts: [usize; 2],
    score: f64,
}

fn proposals(values: &[f64], correlation: f64) -> impl Iterator<Item = Proposal> {
    let splits = intervals(values.len()).into_iter().filter_map(move |(from, to)| {
        let (at, score) = split(&values[from..to], correlation)?;
        Some(Proposal { from, to, cuts: [from + at; 2], score })
    });
    splits.chain(windows(values.len()).into_iter().filter_map(move |[from, start, end, to]| {
        let ranks = doubled_midranks(&values[from..to]);
        let inside = ranks[start - from..end - from].iter().map(|rank| u64::from(*rank)).sum();
        let score = score(inside, end - start, to - from) / widening(correlation, end - start);
        (to - from >= end - start + LEAST_SIDE).then_some(Proposal { from, to, cuts: [start, end], score })
    }))
}

/// Intervals over so many values.
fn intervals(n: usize) -> Vec<(usize, usize)> {
    let shorter = |length: &f64| Some(length / std::f64::consts::SQRT_2);
    std::iter::successors(Some(n as f64), shorter)
        .map(whole)
        .take_while(|length| *length >= 2 * LEAST_SIDE)
        .flat_map(|len| {
            let steps = (n - len).div_ceil((len / 4).max(1));
            // Evenly, the last one at the end.
            (0..=steps).map(move |step| (n - len) * step / steps.max(1)).map(move |from| (from, from + len))
        })
        .collect()
}

/// Windows over so many values, each with what lies around it: `[from, start, end, to]`.
fn windows(n: usize) -> Vec<[usize; 4]> {
    let longer = |length: &f64| Some(length * std::f64::consts::SQRT_2);
    std::iter::successors(Some(LEAST_SIDE as f64), longer)
        .map(whole)
        .take_while(|length| 2 * length < n)
        .flat_map(|len| {
            let starts = (1..n - len).step_by((len / 4).max(1));
            starts.map(move |at| [at.saturating_sub(AROUND * len), at, at + len, (at + (AROUND + 1) * len).min(n)])
        })
        .collect()
}

/// Of at most [`MOST_VALUES`].
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(length: f64) -> usize {
    length.round() as usize
}

/// The best split of a stretch and its score; `None` when it is too short.
fn split(values: &[f64], correlation: f64) -> Option<(usize, f64)> {
    let n = values.len();
    let ranks = doubled_midranks(values);
    let mut left: u64 = ranks.iter().take(LEAST_SIDE - 1).map(|rank| u64::from(*rank)).sum();
    let mut best: Option<(usize, f64)> = None;
    for at in LEAST_SIDE..(n + 1).saturating_sub(LEAST_SIDE) {
        left += u64::from(ranks[at - 1]);
        let scored = score(left, at, n) / widening(correlation, at.min(n - at));
        if best.is_none_or(|(_, most)| scored > most) {
            best = Some((at, scored));
        }
    }
    best
}

fn proposed(values: &[f64], correlation: f64) -> Vec<usize> {
    let bar = bar(values.len());
    let mut counting: Vec<Proposal> = proposals(values, correlation).filter(|one| one.score >= bar).collect();
    // Of equally narrow ones the clearest.
    counting.sort_by(|a, b| (a.to - a.from).cmp(&(b.to - b.from)).then(b.score.total_cmp(&a.score)));
    let mut cuts: Vec<usize> = Vec::new();
    for one in counting {
        if cuts.iter().all(|cut| *cut <= one.from || *cut >= one.to) {
            cuts.extend(one.cuts);
        }
    }
    cuts.sort_unstable();
    cuts.dedup();
    let mut place = 0;
    while place <= cuts.len() {
        let (from, to) = around(&cuts, place, values.len());
        match split(&values[from..to], correlation) {
            Some((at, score)) if score >= bar => cuts.insert(place, from + at),
            _ => place += 1,
        }
    }
    refined(values, cuts)
}

/// Start and end of the stretch before a cut, or behind the last.
fn around(cuts: &[usize], place: usize, n: usize) -> (usize, usize) {
    (if place == 0 { 0 } else { cuts[place - 1] }, cuts.get(place).copied().unwrap_or(n))
}

/// Start and end of the two regimes beside a cut.
fn beside(cuts: &[usize], place: usize, n: usize) -> (usize, usize) {
    (around(cuts, place, n).0, around(cuts, place + 1, n).1)
}

/// Each change moved to its best place between its neighbours, until none moves.
fn refined(values: &[f64], mut cuts: Vec<usize>) -> Vec<usize> {
    for _ in 0..10 {
        let before = cuts.clone();
        for place in 0..cuts.len() {
            let (from, to) = beside(&cuts, place, values.len());
            cuts[place] = nearest(&values[from..to]).map_or(cuts[place], |at| from + at);
        }
        if cuts == before {
            break;
        }
    }
    cuts
}

fn accepted(values: &[f64], mut cuts: Vec<usize>, correlation: f64, least_effect: f64) -> Vec<Change> {
    loop {
        let judge = |place: usize| {
            let (from, to) = beside(&cuts, place, values.len());
            let stretch = &values[from..to];
            let at = cuts[place] - from;
            let is_step = at >= LEAST_SIDE && at + LEAST_SIDE <= stretch.len() && !is_a_trend(stretch, at);
            let change = judged(stretch, at, correlation)?;
            let holds = is_step && change.p <= MOST_P && change.shift.exp_m1().abs() >= least_effect;
            Some((Change { at: cuts[place], ..change }, holds))
        };
        let all: Vec<(Change, bool)> = (0..cuts.len()).filter_map(judge).collect();
        let failing = all.iter().filter(|(_, holds)| !holds);
        let Some((weakest, _)) = failing.max_by(|(a, _), (b, _)| a.p.total_cmp(&b.p)) else {
            return all.into_iter().map(|(change, _)| change).collect();
        };
        cuts.retain(|cut| *cut != weakest.at);
        cuts = refined(values, cuts);
    }
}

fn judged(stretch: &[f64], at: usize, correlation: f64) -> Option<Change> {
    let n = stretch.len();
    let left = doubled_midranks(stretch)[..at].iter().map(|rank| u64::from(*rank)).sum();
    let scored = score(left, at, n) / widening(correlation, at.min(n - at));
    let shift = median_difference(&stretch[at..], &stretch[..at])?;
    Some(Change { at, p: (2.0 * normal_upper_tail(scored)).min(1.0), shift, correlation })
}

/// Whether a straight line through both sides of a split comes clearly nearer to the values than their two medians do.
fn is_a_trend(stretch: &[f64], at: usize) -> bool {
    let (before, after) = stretch.split_at(at);
    let cost = |values: &[f64]| deviations(values.iter().copied()).last().copied().unwrap_or(0.0);
    cost(&monotone::detrended(stretch, monotone::slope(stretch))) < TREND * (cost(before) + cost(after))
}

#[cfg(test)]
mod tests;
