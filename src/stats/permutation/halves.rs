//! One stratum, exactly: G is a sum over levels, so the levels are cut into two halves, the tables of either half are
//! listed with their share of G, and each table of one half meets, in one pass over both lists in order of G, all
//! tables of the other that lift G to the bound. So many tables are weighed at the cost of about the square root of
//! their number (Horowitz and Sahni 1974).

use super::TIE;
use super::design::{Design, Stratum};
use super::urn::binomial;
use super::walk::Weighed;
use crate::stats::special::ln_choose;

/// What some levels of a table come to.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// Their share of G.
    g: f64,
    /// Their chance if each run failed independently of all others at the stratum's rate: given the number of fails,
    /// the hypothesis.
    chance: f64,
}

/// The parts of some levels, by number of fails.
type Half = Vec<Vec<Part>>;

/// The chances, summed over all tables, and the number of tables; `None` unless there is one stratum, and when a half
/// has more than `most` tables that can be completed, as it then has too.
pub(super) fn weigh(design: &Design, most: u64) -> Option<(Weighed, u64)> {
    let [stratum] = design.strata() else { return None };
    let fails = stratum.fails;
    if fails as u64 > most {
        return None;
    }
    let levels = Levels::new(design, stratum);
    let (first, second) = levels.alike.split_at(levels.cut());
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut lower = levels.half(first, second, design.origin(), most)?;
    let mut upper = levels.half(second, first, 0.0, most)?;
    for parts in &mut lower {
        parts.sort_unstable_by(|a, b| a.g.total_cmp(&b.g));
    }
    for parts in &mut upper {
        parts.sort_unstable_by(|a, b| b.g.total_cmp(&a.g));
    }
    let pairs = || lower.iter().zip(upper.iter().rev()).filter(|(low, high)| !low.is_empty() && !high.is_empty());
    let sum = |parts: &[Part]| parts.iter().map(|part| part.chance).sum::<f64>();
    let all: f64 = pairs().map(|(low, high)| sum(low) * sum(high)).sum();
    let top = pairs().map(|(low, high)| low[low.len() - 1].g + high[0].g).fold(f64::MIN, f64::max);
    let share = |bound: f64| (pairs().map(|(low, high)| reaching(low, high, bound)).sum::<f64>() / all).min(1.0);
    let found = Weighed { p: share(design.observed() - TIE), least: share(top - TIE) };
    let tables = pairs().map(|(low, high)| low.len() as u64 * high.len() as u64).fold(0, u64::saturating_add);
    Some((found, tables))
}

/// The chance of pairs whose G adds up to the bound: `low` in rising order of G, `high` in falling order.
fn reaching(low: &[Part], high: &[Part], bound: f64) -> f64 {
    let (mut chance, mut of_high) = (0.0, 0.0);
    let mut rest = high.iter().peekable();
    for part in low {
        while let Some(other) = rest.next_if(|other| part.g + other.g >= bound) {
            of_high += other.chance;
        }
        chance += part.chance * of_high;
    }
    chance
}

/// The levels of a stratum, those alike side by side.
struct Levels<'d> {
    design: &'d Design,
    fails: usize,
    /// Failing runs of all.
    rate: f64,
    /// Place of the terms and runs of each.
    alike: Vec<(usize, usize)>,
}

impl<'d> Levels<'d> {
    fn new(design: &'d Design, stratum: &Stratum) -> Self {
        let mut alike: Vec<(usize, usize)> =
            stratum.slots.iter().map(|slot| (design.place(slot.level), slot.runs)).collect();
        alike.sort_unstable();
        let runs: usize = alike.iter().map(|(_, runs)| runs).sum();
        Self { design, fails: stratum.fails, rate: stratum.fails as f64 / runs as f64, alike }
    }

    /// Where to cut, so that the halves have the fewest tables.
    fn cut(&self) -> usize {
        let ln_tables = |levels: &[(usize, usize)]| -> f64 {
            let of_like = |like: &[(usize, usize)]| {
                let most = like[0].1.min(self.fails);
                ln_choose((like.len() + most) as u64, most as u64)
            };
            levels.chunk_by(|a, b| a == b).map(of_like).sum()
        };
        let cost = |cut: &usize| {
            let (first, second) = self.alike.split_at(*cut);
            ln_tables(first).max(ln_tables(second))
        };
        (0..=self.alike.len()).min_by(|a, b| cost(a).total_cmp(&cost(b))).unwrap_or(0)
    }

    /// The parts of some levels that the others can complete; `None` beyond `most`.
    fn half(&self, levels: &[(usize, usize)], others: &[(usize, usize)], origin: f64, most: usize) -> Option<Half> {
        let room = |levels: &[(usize, usize)]| levels.iter().map(|(_, runs)| runs).sum::<usize>();
        let (mut ahead, behind) = (room(levels), room(others));
        let mut half = vec![Vec::new(); self.fails + 1];
        half[0].push(Part { g: origin, chance: 1.0 });
        for like in levels.chunk_by(|a, b| a == b) {
            ahead -= room(like);
            let fits = &(self.fails.saturating_sub(ahead + behind)..=self.fails);
            let tables = self.tables(like, most)?;
            let pairs = || {
                let some = half.iter().enumerate().filter(|(_, parts)| !parts.is_empty());
                some.flat_map(|(before, parts)| {
                    let fitting = tables.iter().filter(move |(more, _)| fits.contains(&(before + more)));
                    fitting.map(move |(more, step)| (before + more, parts, step))
                })
            };
            // Counted before they are listed: most are too many.
            let mut size = 0;
            if !pairs().all(|(_, parts, _)| {
                size += parts.len();
                size <= most
            }) {
                return None;
            }
            let mut next: Half = vec![Vec::new(); self.fails + 1];
            for (fails, parts, step) in pairs() {
                let joined = |part: &Part| Part { g: part.g + step.g, chance: part.chance * step.chance };
                next[fails].extend(parts.iter().map(joined));
            }
            half = next;
        }
        Some(half)
    }

    /// The tables of levels that are alike, exchanged freely: fails, and what they come to.
    fn tables(&self, like: &[(usize, usize)], most: usize) -> Option<Vec<(usize, Part)>> {
        if self.are_more(like, most) {
            return None;
        }
        let (place, runs) = like[0];
        let ln_chances: Vec<f64> = binomial(runs, self.rate).into_iter().map(f64::ln).collect();
        // Fails, levels that are left, share of G, logarithm of the chance.
        let mut partial = vec![(0, like.len(), 0.0, 0.0)];
        for (each, ln_once) in ln_chances.iter().enumerate().take(self.fails + 1).skip(1) {
            let gain = self.design.term(place, each) - self.design.term(place, 0);
            for at in 0..partial.len() {
                let (fails, left, g, ln_chance) = partial[at];
                for taken in 1..=left.min((self.fails - fails) / each) {
                    let times = taken as f64;
                    let chance = ln_chance + ln_choose(left as u64, taken as u64) + times * ln_once;
                    partial.push((fails + taken * each, left - taken, g + times * gain, chance));
                }
                if partial.len() > most {
                    return None;
                }
            }
        }
        let whole = |(fails, left, g, ln_chance): (usize, usize, f64, f64)| {
            let chance = (ln_chance + left as f64 * ln_chances[0]).exp();
            (fails, Part { g, chance })
        };
        Some(partial.into_iter().map(whole).collect())
    }

    /// Whether levels that are alike have more than `most` tables, where that is told sooner than they are listed: tables
    /// are partitions of a number of fails.
    fn are_more(&self, like: &[(usize, usize)], most: usize) -> bool {
        let (width, largest) = (self.fails + 1, like[0].1.min(self.fails));
        let steps = like.len().saturating_mul(width).saturating_mul(largest);
        if steps > most {
            return false;
        }
        // By levels that failed at all, and by fails.
        let mut ways = vec![0_usize; (like.len() + 1) * width];
        ways[0] = 1;
        for each in 1..=largest {
            for level in 1..=like.len() {
                for fails in each..width {
                    let before = ways[(level - 1) * width + fails - each];
                    let here = &mut ways[level * width + fails];
                    *here = here.saturating_add(before);
                }
            }
        }
        ways.into_iter().fold(0, usize::saturating_add) > most
    }
}
