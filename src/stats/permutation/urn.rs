//! Drawing a stratum's fails from its runs without replacement.

use std::collections::BTreeMap;

use super::design::Stratum;
use crate::stats::special::ln_choose;
use crate::stats::stream::{Stream, below};

/// The runs of a stratum.
///
/// A run is a level and a number within the level. As the runs of a level are alike, those drawn may
/// be taken to be its last ones, so a count per level says which are gone: a number is free if it is
/// below the level's runs less that count.
pub(super) struct Urn<'a> {
    stratum: &'a Stratum,
    /// Runs of each slot, and how many of them are gone.
    runs: Vec<u32>,
    gone: Vec<u32>,
    layout: Layout,
    start: Option<Start>,
}

/// How a random number becomes a run.
enum Layout {
    /// Any level, and any number below this; beyond the level's runs it is drawn again.
    Padded(u32),
    /// Any run: its slot and number. For levels of very unequal size.
    Listed(Vec<(u32, u32)>),
}

impl<'a> Urn<'a> {
    pub(super) fn new(stratum: &'a Stratum) -> Self {
        let runs = || stratum.slots.iter().map(|slot| slot.runs);
        let most = runs().max().unwrap_or(0);
        let layout = if 2 * runs().sum::<usize>() >= most * stratum.slots.len() {
            Layout::Padded(narrow(most))
        } else {
            let list = (0_u32..)
                .zip(&stratum.slots)
                .flat_map(|(slot, runs)| (0..narrow(runs.runs)).map(move |run| (slot, run)));
            Layout::Listed(list.collect())
        };
        let start = (stratum.fails > stratum.slots.len()).then(|| Start::new(stratum));
        let runs: Vec<u32> = runs().map(narrow).collect();
        Self { stratum, gone: vec![0; runs.len()], runs, layout, start }
    }

    /// Draws the stratum's fails and tells how many fall on which level, perhaps in parts, of which some are 0.
    pub(super) fn draw(&mut self, stream: &mut Stream, mut hit: impl FnMut(usize, u32)) {
        // What chance decides is counted as 0 or 1 and never branched on: such branches are mispredicted.
        let slots = &self.stratum.slots;
        let Some(start) = &self.start else {
            self.gone.fill(0);
            let mut left = self.stratum.fails;
            while left > 0 {
                let (slot, run) = self.run(stream);
                let taken = u32::from(run < self.runs[slot] - self.gone[slot]);
                self.gone[slot] += taken;
                left -= taken as usize;
                hit(slots[slot].level, taken);
            }
            return;
        };
        let mut drawn = start.fill(stream, &mut self.gone);
        while drawn < self.stratum.fails {
            let (slot, run) = self.run(stream);
            let taken = u32::from(run < self.runs[slot] - self.gone[slot]);
            self.gone[slot] += taken;
            drawn += taken as usize;
        }
        while drawn > self.stratum.fails {
            let (slot, run) = self.run(stream);
            let runs = self.runs[slot];
            let returned = u32::from(run < runs && run >= runs - self.gone[slot]);
            self.gone[slot] -= returned;
            drawn -= returned as usize;
        }
        for (slot, gone) in slots.iter().zip(&self.gone) {
            hit(slot.level, *gone);
        }
    }

    /// Any run, as its slot and its number there, which may be beyond the slot's last.
    #[inline]
    fn run(&self, stream: &mut Stream) -> (usize, u32) {
        let (one, other) = stream.pair();
        match &self.layout {
            Layout::Padded(most) => (below(one, narrow(self.runs.len())) as usize, below(other, *most)),
            Layout::Listed(list) => {
                let (slot, run) = list[below(one, narrow(list.len())) as usize];
                (slot as usize, run)
            }
        }
    }
}

/// A quick start when fails outnumber levels: each run is drawn independently with one probability,
/// so each level gets a binomial count. Given its size such a set is uniform among the sets of that
/// size, and it stays so when runs picked at random are added or removed to reach the right size.
struct Start {
    tables: Vec<Alias>,
    /// Table of each slot.
    table_of: Vec<u32>,
}

impl Start {
    fn new(stratum: &Stratum) -> Self {
        let runs: f64 = stratum.slots.iter().map(|slot| slot.runs as f64).sum();
        let fails = stratum.fails as f64;
        // Adding is quicker than removing: two standard deviations short, removing is rare.
        let short = 2.0 * (fails * (1.0 - fails / runs)).sqrt();
        let rate = ((fails - short) / runs).max(0.0);
        let mut sizes = BTreeMap::new();
        for slot in &stratum.slots {
            sizes.entry(slot.runs).or_insert(0);
        }
        let mut tables = Vec::new();
        for (place, (runs, table)) in (0_u32..).zip(&mut sizes) {
            *table = place;
            tables.push(Alias::new(&binomial(*runs, rate)));
        }
        let table_of = stratum.slots.iter().map(|slot| sizes[&slot.runs]).collect();
        Self { tables, table_of }
    }

    /// Fills the counts and returns their sum.
    fn fill(&self, stream: &mut Stream, counts: &mut [u32]) -> usize {
        let mut sum = 0;
        for (count, table) in counts.iter_mut().zip(&self.table_of) {
            *count = self.tables[*table as usize].draw(stream);
            sum += *count as usize;
        }
        sum
    }
}

/// Probabilities of 0 to `runs` fails.
fn binomial(runs: usize, rate: f64) -> Vec<f64> {
    if rate <= 0.0 {
        return vec![1.0];
    }
    let (ln_fail, ln_pass) = (rate.ln(), (-rate).ln_1p());
    (0..=runs)
        .map(|fails| {
            let ln_ways = ln_choose(runs as u64, fails as u64);
            (ln_ways + fails as f64 * ln_fail + (runs - fails) as f64 * ln_pass).exp()
        })
        .collect()
}

/// Walker's alias table: an outcome in constant time, exact up to 2^-32.
struct Alias {
    /// Below the bound (of 2^32) the column's own outcome, else the other.
    columns: Vec<(u32, u32)>,
}

impl Alias {
    fn new(weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let mut shares: Vec<f64> = weights.iter().map(|weight| weight / total * weights.len() as f64).collect();
        let mut columns: Vec<(u32, u32)> = (0..narrow(weights.len())).map(|own| (u32::MAX, own)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..weights.len()).partition(|place| shares[*place] < 1.0);
        while let (Some(poor), Some(rich)) = (small.pop(), large.last().copied()) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let bound = (shares[poor] * 2.0_f64.powi(32)) as u32;
            columns[poor] = (bound, narrow(rich));
            shares[rich] -= 1.0 - shares[poor];
            if shares[rich] < 1.0 {
                large.pop();
                small.push(rich);
            }
        }
        Self { columns }
    }

    #[inline]
    fn draw(&self, stream: &mut Stream) -> u32 {
        let (one, other) = stream.pair();
        let own = below(one, narrow(self.columns.len()));
        let (bound, alias) = self.columns[own as usize];
        if other < bound { own } else { alias }
    }
}

/// Counts of a design are below 2^32.
fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::design::Slot;
    use super::*;

    /// The first two moments of a level's fails, for every way of drawing.
    #[test]
    fn counts_are_hypergeometric() {
        for (sizes, fails) in
            [([30_usize, 30, 30], 2_usize), ([30, 30, 30], 40), ([30, 30, 30], 88), ([80, 2, 1], 3), ([80, 2, 1], 50)]
        {
            let slots = (0..3).zip(sizes).map(|(level, runs)| Slot { level, runs }).collect();
            let stratum = Stratum { fails, slots };
            let mut urn = Urn::new(&stratum);
            let (mut sum, mut squares) = (0.0, 0.0);
            let draws = 20_000;
            for number in 0..draws {
                let mut counts = [0_usize; 3];
                urn.draw(&mut Stream::new(1, number), |level, more| counts[level] += more as usize);
                assert_eq!(counts.iter().sum::<usize>(), fails);
                assert!(counts.iter().zip(sizes).all(|(count, runs)| *count <= runs));
                sum += counts[0] as f64;
                squares += (counts[0] * counts[0]) as f64;
            }
            let (draws, all) = (draws as f64, sizes.iter().sum::<usize>() as f64);
            let (x, share) = (fails as f64, sizes[0] as f64 / all);
            let variance = x * share * (1.0 - share) * (all - x) / (all - 1.0);
            let mean = sum / draws;
            assert!((mean - x * share).abs() < 5.0 * (variance / draws).sqrt(), "{sizes:?} {mean}");
            let found = squares / draws - mean * mean;
            assert!((found / variance - 1.0).abs() < 0.1, "{sizes:?} {found} {variance}");
        }
    }

    #[test]
    fn alias_tables_keep_their_weights() {
        let weights = [0.5, 0.0, 0.125, 0.375];
        let alias = Alias::new(&weights);
        let mut stream = Stream::new(3, 0);
        let mut counts = [0.0; 4];
        for _ in 0..100_000 {
            counts[alias.draw(&mut stream) as usize] += 1e-5;
        }
        for (count, weight) in counts.iter().zip(weights) {
            assert!((count - weight).abs() < 0.01, "{counts:?}");
        }
    }
}
