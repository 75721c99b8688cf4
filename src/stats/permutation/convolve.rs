//! Several strata, exactly: G depends on the sums of a level's fails over the strata alone, so the chances of those
//! sums are convolved, stratum by stratum, instead of walking every table of every stratum.
//!
//! The sums of two levels that share what the others leave stand side by side in a row, so that most of the work is
//! adding multiples of short dense rows.

use super::TIE;
use super::design::{Design, Stratum};
use super::walk::Weighed;
use crate::stats::special::ln_choose;

/// Most sums that are held.
const MOST_SUMS: usize = 1 << 20;
/// Most additions that are worth it; beyond, sampling is cheaper.
const MOST_ADDITIONS: usize = 1 << 24;

/// How the sums of the levels are laid out: a row for the sums of all but two levels, as digits of its number, and in
/// it a column for the sum of one of the two. The total decides the other's.
struct Layout {
    /// The weight of each level's digit in the row's number; 0 for the two others.
    weights: Vec<usize>,
    /// `None` of a single level.
    column: Option<usize>,
    left_out: usize,
    columns: usize,
    rows: usize,
}

/// Some of a stratum's tables, alike but for the two levels that share the rest.
struct Tables {
    /// How far the row's number goes up.
    step: usize,
    /// Least fails of the column's level.
    low: usize,
    /// The chances of these and more fails.
    chances: Vec<f64>,
}

/// The chances, summed over all sums, and how many of those there are; `None` when they are too many.
pub(super) fn weigh(design: &Design) -> Option<(Weighed, u64)> {
    if design.strata().len() < 2 {
        return None;
    }
    let layout = Layout::new(design)?;
    let mut strata: Vec<(Vec<Tables>, usize)> =
        design.strata().iter().map(|stratum| (layout.tables(stratum), layout.most(stratum))).collect();
    // What is convolved last meets the most sums.
    strata.sort_by_key(|(tables, _)| std::cmp::Reverse(tables.len()));
    let columns = layout.columns;
    let mut chances = vec![0.0; layout.rows * columns];
    chances[0] = 1.0;
    let (mut live, mut width, mut additions) = (vec![0], 1, 0);
    for (tables, most) in &strata {
        let of_row: usize = tables.iter().map(|tables| tables.chances.len() * width).sum();
        additions += live.len() * of_row + chances.len();
        if additions > MOST_ADDITIONS {
            return None;
        }
        let mut next = vec![0.0; chances.len()];
        let mut next_live = Vec::new();
        let mut is_live = vec![false; layout.rows];
        for &row in &live {
            // What is left for the column lies between bounds that the row sets.
            let from = &chances[row * columns..][..width];
            let first = from.iter().position(|chance| *chance > 0.0).unwrap_or(0);
            let last = from.iter().rposition(|chance| *chance > 0.0).unwrap_or(0);
            let from = &from[first..=last];
            for Tables { step, low, chances } in tables {
                if !std::mem::replace(&mut is_live[row + step], true) {
                    next_live.push(row + step);
                }
                let to = &mut next[(row + step) * columns + low + first..];
                for (more, chance) in chances.iter().enumerate() {
                    for (to, from) in to[more..].iter_mut().zip(from) {
                        *to += chance * from;
                    }
                }
            }
        }
        (chances, live, width) = (next, next_live, width + most);
    }
    Some(layout.weighed(design, &chances, &live))
}

impl Layout {
    fn new(design: &Design) -> Option<Self> {
        let mut caps = vec![0usize; design.levels()];
        for stratum in design.strata() {
            for slot in &stratum.slots {
                caps[slot.level] += slot.runs.min(stratum.fails);
            }
        }
        let mut by_cap: Vec<usize> = (0..caps.len()).collect();
        by_cap.sort_by_key(|&level| std::cmp::Reverse(caps[level]));
        let left_out = *by_cap.first()?;
        let column = by_cap.get(1).copied();
        let columns = column.map_or(0, |level| caps[level]) + 1;
        let mut rows = 1usize;
        let mut weights = vec![0; caps.len()];
        for &level in by_cap.iter().skip(2) {
            weights[level] = rows;
            rows = rows.checked_mul(caps[level] + 1).filter(|&rows| rows <= MOST_SUMS)?;
        }
        rows.checked_mul(columns).filter(|&sums| sums <= MOST_SUMS)?;
        Some(Self { weights, column, left_out, columns, rows })
    }

    /// Runs of the two levels that share what the others leave, the column's first.
    fn runs(&self, stratum: &Stratum) -> (usize, usize) {
        let of = |level| stratum.slots.iter().find(|slot| slot.level == level).map_or(0, |slot| slot.runs);
        (self.column.map_or(0, of), of(self.left_out))
    }

    /// Most fails of the column's level in a stratum.
    fn most(&self, stratum: &Stratum) -> usize {
        self.runs(stratum).0.min(stratum.fails)
    }

    /// Every way in which a stratum's fails fall on its levels.
    fn tables(&self, stratum: &Stratum) -> Vec<Tables> {
        let all: usize = stratum.slots.iter().map(|slot| slot.runs).sum();
        let (column, rest) = self.runs(stratum);
        let mut room = all;
        // Step, fails left, logarithm of the chance.
        let mut partial = vec![(0, stratum.fails, -ln_choose(all as u64, stratum.fails as u64))];
        for slot in stratum.slots.iter().filter(|slot| ![self.column, Some(self.left_out)].contains(&Some(slot.level)))
        {
            room -= slot.runs;
            let ways: Vec<f64> = (0..=slot.runs as u64).map(|fails| ln_choose(slot.runs as u64, fails)).collect();
            let mut next = Vec::new();
            for &(step, left, ln_chance) in &partial {
                let fits = left.saturating_sub(room)..=left.min(slot.runs);
                next.extend(
                    fits.map(|fails| (step + fails * self.weights[slot.level], left - fails, ln_chance + ways[fails])),
                );
            }
            partial = next;
        }
        let whole = |(step, left, ln_chance): (usize, usize, f64)| {
            let low = left.saturating_sub(rest);
            let chance = |fails: usize| {
                let ways = ln_choose(column as u64, fails as u64) + ln_choose(rest as u64, (left - fails) as u64);
                (ln_chance + ways).exp()
            };
            Tables { step, low, chances: (low..=left.min(column)).map(chance).collect() }
        };
        partial.into_iter().map(whole).collect()
    }

    /// Sums up the chances by G.
    fn weighed(&self, design: &Design, chances: &[f64], live: &[usize]) -> (Weighed, u64) {
        let mut others: Vec<usize> = (0..self.weights.len()).filter(|&level| self.weights[level] > 0).collect();
        others.sort_by_key(|&level| std::cmp::Reverse(self.weights[level]));
        let term = |level: usize, fails: usize| design.term(design.place(level), fails);
        let (mut sums, mut all, mut reached, mut top, mut top_weight) = (0, 0.0, 0.0, f64::MIN, 0.0);
        for &row in live {
            let (mut number, mut left, mut g_of_row) = (row, design.fails(), 0.0);
            for &level in &others {
                let fails = number / self.weights[level];
                number %= self.weights[level];
                left -= fails as u64;
                g_of_row += term(level, fails);
            }
            let columns = &chances[row * self.columns..][..self.columns];
            for (fails, &chance) in columns.iter().enumerate().filter(|(_, chance)| **chance > 0.0) {
                let rest = usize::try_from(left).unwrap_or(usize::MAX) - fails;
                let g = g_of_row + self.column.map_or(0.0, |level| term(level, fails)) + term(self.left_out, rest);
                sums += 1;
                all += chance;
                if g >= design.observed() - TIE {
                    reached += chance;
                }
                if g > top + TIE {
                    (top, top_weight) = (g, chance);
                } else if g >= top - TIE {
                    top_weight += chance;
                }
            }
        }
        let share = |weight: f64| (weight / all).min(1.0);
        (Weighed { p: share(reached), least: share(top_weight) }, sums)
    }
}
