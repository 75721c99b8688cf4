//! When a series of measured values changed: E-divisive, its best split tested by permuting the whole scan.
//!
//! A split of a series into `x` (m values) and `y` (n values) scores
//! `Q = 2/(m+n) S|x-y| - 2m/((m+n)(n-1)) S|y_i-y_j| - 2n/((m+n)(m-1)) S|x_i-x_j|`, the energy distance between its
//! sides (Matteson and James 2014). The best split of a stretch is significant when few permutations of the stretch
//! have a *best* split that scores as much: choosing the place is paid for. A significant split that also moves the
//! values enough is a change, and each side is searched in turn.
//!
//! With the sums of distances inside each prefix and from each value to all, every split costs constant time. A
//! permutation only needs the prefix sums anew: `n^2 / 2` distances, and none of the rest. Drawing ends as soon as so
//! many permutations reached the score that p cannot be small any more, so a steady series costs a few dozen.
//!
//! Permutations move single values, or blocks of [`BLOCK`] neighbours where the residuals around the best split, and
//! those of its sides, are correlated: single values would then make every slow wave a change. They come from a generator keyed by the caller,
//! the stretch and the number of the permutation, so nothing depends on threads or on what was drawn before.

use super::autocorrelation::{is_correlated, residuals};
use super::mann_whitney::{dominance, median_difference};
use super::stream::{Stream, below};

/// Values on each side of a split, at least.
pub const LEAST_SIDE: usize = 5;
/// Values permuted together when neighbours are alike.
pub const BLOCK: usize = 8;
/// Values of a series that are searched: the last.
pub const MOST_VALUES: usize = 1_000;
/// Scores this much lower, relatively, still reach another: rounding must not split ties.
const TIE: f64 = 1e-9;

/// What a change must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Divisive {
    /// Greatest p of a change.
    pub alpha: f64,
    /// Permutations, e.g. 999 or 4,999.
    pub permutations: u64,
    /// Least share of pairs across the change that differ the same way, ties as halves.
    pub least_dominance: f64,
    /// Least `|e^shift - 1|`, when values are logarithms.
    pub least_effect: f64,
}

/// A change of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Index of the first value after it.
    pub at: usize,
    /// Score of the split.
    pub q: f64,
    /// `(1 + b) / (1 + B)`, `b` of `B` permutations reaching the score.
    pub p: f64,
    /// Median difference across it in the stretch that it splits (Hodges and Lehmann 1963).
    pub shift: f64,
    /// Values permuted together: 1 or [`BLOCK`].
    pub block: usize,
}

/// The changes of a series of finite values, ascending; indices count from its first value.
///
/// Only the last [`MOST_VALUES`] are searched. Empty when a value is not finite.
#[must_use]
pub fn changes(values: &[f64], key: u64, rules: &Divisive) -> Vec<Change> {
    let skipped = values.len().saturating_sub(MOST_VALUES);
    let searched = &values[skipped..];
    let mut found = Vec::new();
    if searched.iter().all(|value| value.is_finite()) {
        let mut search = Search { values: searched, key, rules, scan: Scan::default(), found: &mut found };
        search.split(0, searched.len());
    }
    found.sort_unstable_by_key(|change| change.at);
    for change in &mut found {
        change.at += skipped;
    }
    found
}

/// The split of the greatest score, the earliest of equal ones; `None` when no split leaves [`LEAST_SIDE`] values on
/// each side.
#[must_use]
pub fn best_split(values: &[f64]) -> Option<(usize, f64)> {
    let mut scan = Scan::default();
    scan.hold(values);
    scan.best()
}

struct Search<'s> {
    values: &'s [f64],
    key: u64,
    rules: &'s Divisive,
    scan: Scan,
    found: &'s mut Vec<Change>,
}

impl Search<'_> {
    fn split(&mut self, start: usize, end: usize) {
        let values = &self.values[start..end];
        let Some(change) = self.test(values, start) else { return };
        self.found.push(change);
        self.split(start, change.at);
        self.split(change.at, end);
    }

    fn test(&mut self, values: &[f64], start: usize) -> Option<Change> {
        self.scan.hold(values);
        let (at, q) = self.scan.best().filter(|(_, q)| *q > 0.0)?;
        let (before, after) = values.split_at(at);
        // The cheap conditions first: only a change worth telling is worth permuting.
        let (shift, a) = (median_difference(after, before)?, dominance(after, before)?);
        if a.max(1.0 - a) < self.rules.least_dominance || shift.exp_m1().abs() < self.rules.least_effect {
            return None;
        }
        // Around the best splits of both sides too: a step that is still to be split off is no correlation either.
        let inside = [best_split(before).map(|(cut, _)| cut), Some(at), best_split(after).map(|(cut, _)| at + cut)];
        let cuts: Vec<usize> = inside.into_iter().flatten().collect();
        let block = if is_correlated(&residuals(values, &cuts)) { BLOCK } else { 1 };
        let key = self.key ^ ((start as u64) << 32 | values.len() as u64);
        let all = self.rules.permutations;
        // As many permutations as may reach the score while p can still be at most alpha.
        let most = (self.rules.alpha * (all as f64 + 1.0) + 1e-9).floor() - 1.0;
        let mut reached = 0.0;
        for draw in 0..all {
            self.scan.shuffle(&mut Stream::new(key, draw), block);
            reached += f64::from(u8::from(self.scan.best().is_some_and(|(_, drawn)| drawn >= q * (1.0 - TIE))));
            if reached > most {
                return None;
            }
        }
        let p = (1.0 + reached) / (1.0 + all as f64);
        (p <= self.rules.alpha).then_some(Change { at: start + at, q, p, shift, block })
    }
}

/// A stretch, its permutation at hand, and the sums that score its splits.
#[derive(Default)]
struct Scan {
    /// Values and, of each, the sum of its distances to all: as given.
    held: Vec<(f64, f64)>,
    /// The permutation at hand.
    values: Vec<f64>,
    distances: Vec<f64>,
    /// Start and end of each block, shuffled.
    order: Vec<(usize, usize)>,
    /// Sum of all distances, each pair once.
    total: f64,
}

impl Scan {
    fn hold(&mut self, values: &[f64]) {
        self.held.clear();
        self.held.extend(values.iter().map(|value| (*value, sum_of_distances(values, *value))));
        self.total = self.held.iter().map(|(_, distance)| distance).sum::<f64>() / 2.0;
        self.values.clear();
        self.values.extend_from_slice(values);
        self.distances.clear();
        self.distances.extend(self.held.iter().map(|(_, distance)| distance));
    }

    /// Puts blocks of the held stretch in random order; where they are cut is random too, so that the first and the
    /// last may be short: cut where a change is, they would often keep its side together.
    fn shuffle(&mut self, stream: &mut Stream, block: usize) {
        self.order.clear();
        let all = self.held.len();
        // At most BLOCK.
        #[expect(clippy::cast_possible_truncation)]
        let first = 1 + below(stream.pair().0, block as u32) as usize;
        self.order.push((0, first.min(all)));
        self.order.extend((first..all).step_by(block).map(|start| (start, (start + block).min(all))));
        for place in (1..self.order.len()).rev() {
            // At most MOST_VALUES places.
            #[expect(clippy::cast_possible_truncation)]
            let other = below(stream.pair().0, place as u32 + 1) as usize;
            self.order.swap(place, other);
        }
        self.values.clear();
        self.distances.clear();
        for (start, end) in &self.order {
            for (value, distance) in &self.held[*start..*end] {
                self.values.push(*value);
                self.distances.push(*distance);
            }
        }
    }

    fn best(&self) -> Option<(usize, f64)> {
        let all = self.values.len();
        let mut best: Option<(usize, f64)> = None;
        // Sums of distances inside the left side, and from its values to all.
        let (mut within, mut from_left) = (0.0, 0.0);
        for left in 1..(all + 1).saturating_sub(LEAST_SIDE) {
            let (value, earlier) = (self.values[left - 1], &self.values[..left - 1]);
            within += sum_of_distances(earlier, value);
            from_left += self.distances[left - 1];
            if left >= LEAST_SIDE {
                let across = from_left - 2.0 * within;
                let score = score(left, all - left, across, within, self.total - within - across);
                if best.is_none_or(|(_, best)| score > best) {
                    best = Some((left, score));
                }
            }
        }
        best
    }
}

/// Q from the sums of distances across the split and inside its left and right side.
fn score(left: usize, right: usize, across: f64, within_left: f64, within_right: f64) -> f64 {
    let (m, n) = (left as f64, right as f64);
    2.0 / (m + n) * (across - m / (n - 1.0) * within_right - n / (m - 1.0) * within_left)
}

/// The sum of the distances of values to one; eight sums side by side, which the processor adds at once.
fn sum_of_distances(values: &[f64], to: f64) -> f64 {
    let chunks = values.chunks_exact(8);
    let rest: f64 = chunks.remainder().iter().map(|value| (value - to).abs()).sum();
    let mut sums = [0.0; 8];
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += (value - to).abs();
        }
    }
    rest + sums.iter().sum::<f64>()
}

#[cfg(test)]
mod tests;
