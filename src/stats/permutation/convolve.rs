//! Several strata, exactly: G depends on the sums of a level's fails over the strata alone, so the chances of those
//! sums are convolved, stratum by stratum, instead of walking every table of every stratum.

use super::TIE;
use super::design::{Design, Stratum};
use super::walk::Weighed;
use crate::stats::special::ln_choose;

/// Most sums that are held.
const MOST_SUMS: usize = 1 << 20;
/// Most additions that are worth it; beyond, sampling is cheaper.
const MOST_ADDITIONS: usize = 1 << 24;

/// The sums of all levels but one, which the total decides, as digits of one number.
struct Places {
    /// The weight of each level's digit; 0 for the level that is left out.
    weights: Vec<usize>,
    size: usize,
}

/// The chances, summed over all sums, and how many of those there are; `None` when they are too many.
pub(super) fn weigh(design: &Design) -> Option<(Weighed, u64)> {
    if design.strata().len() < 2 {
        return None;
    }
    let places = Places::new(design)?;
    let mut chances = vec![0.0; places.size];
    let mut live = vec![0usize];
    chances[0] = 1.0;
    let mut additions = 0usize;
    for stratum in design.strata() {
        let tables = tables(stratum, &places, MOST_ADDITIONS / live.len())?;
        additions += live.len() * tables.len();
        if additions > MOST_ADDITIONS {
            return None;
        }
        let mut next = vec![0.0; places.size];
        let mut next_live = Vec::new();
        for &at in &live {
            for &(step, chance) in &tables {
                let sum = &mut next[at + step];
                if *sum == 0.0 {
                    next_live.push(at + step);
                }
                // Never exactly 0, so that no sum is listed twice.
                *sum += (chances[at] * chance).max(f64::MIN_POSITIVE);
            }
        }
        (chances, live) = (next, next_live);
    }
    let total = usize::try_from(design.fails()).ok()?;
    let (mut all, mut reached, mut top, mut top_weight) = (0.0, 0.0, f64::MIN, 0.0);
    for &at in &live {
        let (g, chance) = (places.g(design, at, total), chances[at]);
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
    let share = |weight: f64| (weight / all).min(1.0);
    Some((Weighed { p: share(reached), least: share(top_weight) }, live.len() as u64))
}

impl Places {
    fn new(design: &Design) -> Option<Self> {
        let mut caps = vec![0usize; design.levels()];
        for stratum in design.strata() {
            for slot in &stratum.slots {
                caps[slot.level] += slot.runs.min(stratum.fails);
            }
        }
        let left_out = (0..caps.len()).max_by_key(|&level| caps[level])?;
        let mut size = 1usize;
        let mut weights = vec![0; caps.len()];
        for (level, cap) in caps.iter().enumerate().filter(|(level, _)| *level != left_out) {
            weights[level] = size;
            size = size.checked_mul(cap + 1).filter(|&size| size <= MOST_SUMS)?;
        }
        Some(Self { weights, size })
    }

    fn g(&self, design: &Design, at: usize, total: usize) -> f64 {
        let mut rest = at;
        let mut left = total;
        let mut g = 0.0;
        let mut left_out = 0;
        // Digits from the greatest weight down.
        for level in (0..self.weights.len()).rev() {
            match self.weights[level] {
                0 => left_out = level,
                weight => {
                    let fails = rest / weight;
                    rest %= weight;
                    left -= fails;
                    g += design.term(design.place(level), fails);
                }
            }
        }
        g + design.term(design.place(left_out), left)
    }
}

/// Every way in which a stratum's fails fall on its levels: the step in the sums, and the chance. `None` beyond `most`.
fn tables(stratum: &Stratum, places: &Places, most: usize) -> Option<Vec<(usize, f64)>> {
    let runs: usize = stratum.slots.iter().map(|slot| slot.runs).sum();
    let mut partial = vec![(0usize, stratum.fails, -ln_choose(runs as u64, stratum.fails as u64))];
    let mut room = runs;
    for slot in &stratum.slots {
        room -= slot.runs;
        let mut next = Vec::new();
        for &(step, left, ln_chance) in &partial {
            for fails in left.saturating_sub(room)..=left.min(slot.runs) {
                let chance = ln_chance + ln_choose(slot.runs as u64, fails as u64);
                next.push((step + fails * places.weights[slot.level], left - fails, chance));
            }
            if next.len() > most {
                return None;
            }
        }
        partial = next;
    }
    Some(partial.into_iter().map(|(step, _, ln_chance)| (step, ln_chance.exp())).collect())
}
