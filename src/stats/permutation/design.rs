//! What the permutation test keeps fixed: strata, margins, and G as a sum over levels.

use std::collections::BTreeMap;

use super::Cell;

/// The fixed side of the test. Passes and fails are exchanged if that makes fails the rarer, which
/// leaves G as it is.
#[derive(Debug)]
pub(super) struct Design {
    /// Strata with both outcomes; all others are the same in every table.
    strata: Vec<Stratum>,
    /// Each level's place in `terms`.
    places: Vec<usize>,
    /// `2 [o ln(o/E) + (n-o) ln((n-o)/(n-E))]` of a level by the fails it has in `strata`; levels
    /// with equal margins share a stretch.
    terms: Vec<f64>,
    margins: Vec<Margin>,
    /// Fails of each level in `strata`.
    fails: Vec<usize>,
    /// Runs of each level if there is one stratum only and no level is mixed.
    unmixed: Option<Vec<u64>>,
    observed: f64,
}

/// A stratum whose fails may fall otherwise.
#[derive(Debug)]
pub(super) struct Stratum {
    /// Its fails, at least 1.
    pub(super) fails: usize,
    /// Its levels.
    pub(super) slots: Vec<Slot>,
}

/// A level within a stratum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// Index of the level.
    pub(super) level: usize,
    /// Runs of the level in the stratum, at least 1.
    pub(super) runs: usize,
}

/// What is known of a level before its own fails.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Margin {
    pub(super) runs: u64,
    expected: f64,
    /// Fails in strata that cannot vary.
    settled: u64,
    /// Most fails in strata that can.
    pub(super) most: u64,
}

impl Margin {
    /// The term of G by all fails of the level.
    pub(super) fn term(&self, fails: u64) -> f64 {
        let (runs, fails) = (self.runs as f64, fails as f64);
        2.0 * (deviance(fails, self.expected) + deviance(runs - fails, runs - self.expected))
    }
}

impl Design {
    pub(super) fn new(cells: &[Cell]) -> Option<Self> {
        let mut cells = merged(cells)?;
        if cells.is_empty() {
            return None;
        }
        flip_if_mostly_fails(&mut cells);
        let mut levels: Vec<u32> = cells.iter().map(|cell| cell.level).collect();
        levels.sort_unstable();
        levels.dedup();

        let mut margins = vec![Margin::default(); levels.len()];
        let mut fails = vec![0; levels.len()];
        let mut strata = Vec::new();
        let mut seen = 0;
        for stratum in cells.chunk_by(|a, b| a.stratum == b.stratum) {
            seen += 1;
            let total_runs: u64 = stratum.iter().map(|cell| cell.runs).sum();
            let total_fails: u64 = stratum.iter().map(|cell| cell.fails).sum();
            let varies = total_fails > 0 && total_fails < total_runs;
            let mut slots = Vec::new();
            for cell in stratum {
                let level = levels.binary_search(&cell.level).ok()?;
                let margin = &mut margins[level];
                margin.runs += cell.runs;
                margin.expected += cell.runs as f64 * total_fails as f64 / total_runs as f64;
                if varies {
                    margin.most += cell.runs.min(total_fails);
                    fails[level] += usize::try_from(cell.fails).ok()?;
                    slots.push(Slot { level, runs: usize::try_from(cell.runs).ok()? });
                } else {
                    margin.settled += cell.fails;
                }
            }
            if varies {
                strata.push(Stratum { fails: usize::try_from(total_fails).ok()?, slots });
            }
        }
        let whole = cells.iter().all(|cell| cell.fails == 0 || cell.fails == cell.runs);
        let unmixed = (seen == 1 && whole).then(|| cells.iter().map(|cell| cell.runs).collect());
        let (places, terms) = tabulate(&margins);
        let observed = places.iter().zip(&fails).map(|(place, fails)| terms[place + fails]).sum();
        Some(Self { strata, places, terms, margins, fails, unmixed, observed })
    }

    /// The observed G.
    pub(super) fn observed(&self) -> f64 {
        self.observed
    }

    pub(super) fn strata(&self) -> &[Stratum] {
        &self.strata
    }

    /// What is known of each level.
    pub(super) fn margins(&self) -> &[Margin] {
        &self.margins
    }

    /// Number of levels.
    pub(super) fn levels(&self) -> usize {
        self.places.len()
    }

    /// Where the terms of a level begin; levels with the same place have the same margins.
    pub(super) fn place(&self, level: usize) -> usize {
        self.places[level]
    }

    /// The term of G of a level by place and fails in varying strata.
    #[inline]
    pub(super) fn term(&self, place: usize, fails: usize) -> f64 {
        self.terms[place + fails]
    }

    /// All terms, indexed by place plus fails.
    pub(super) fn terms(&self) -> &[f64] {
        &self.terms
    }

    /// Runs of each level if there is one stratum and no level is mixed.
    pub(super) fn unmixed(&self) -> Option<&[u64]> {
        self.unmixed.as_deref()
    }

    /// Fails in varying strata.
    pub(super) fn fails(&self) -> u64 {
        self.fails.iter().map(|fails| *fails as u64).sum()
    }

    /// G when no level has a fail in any varying stratum: where sums over fails begin.
    pub(super) fn origin(&self) -> f64 {
        self.places.iter().map(|place| self.terms[*place]).sum()
    }
}

/// Cells with runs, by stratum and level, each once.
fn merged(cells: &[Cell]) -> Option<Vec<Cell>> {
    let mut sorted: Vec<Cell> = cells.iter().filter(|cell| cell.runs > 0).copied().collect();
    sorted.sort_unstable_by_key(|cell| (cell.stratum, cell.level));
    let mut runs = 0_u64;
    let mut merged: Vec<Cell> = Vec::with_capacity(sorted.len());
    if cells.iter().any(|cell| cell.fails > cell.runs) {
        return None;
    }
    for cell in sorted {
        runs = runs.checked_add(cell.runs).filter(|runs| *runs < 1 << 32)?;
        match merged.last_mut() {
            Some(last) if (last.stratum, last.level) == (cell.stratum, cell.level) => {
                last.fails += cell.fails;
                last.runs += cell.runs;
            }
            _ => merged.push(cell),
        }
    }
    Some(merged)
}

fn flip_if_mostly_fails(cells: &mut [Cell]) {
    let (mut fails, mut runs) = (0, 0);
    for stratum in cells.chunk_by(|a, b| a.stratum == b.stratum) {
        let total_fails: u64 = stratum.iter().map(|cell| cell.fails).sum();
        let total_runs: u64 = stratum.iter().map(|cell| cell.runs).sum();
        if total_fails < total_runs {
            fails += total_fails;
            runs += total_runs;
        }
    }
    if 2 * fails > runs {
        for cell in cells {
            cell.fails = cell.runs - cell.fails;
        }
    }
}

/// The terms of G for each distinct margin, and where each level's begin.
fn tabulate(margins: &[Margin]) -> (Vec<usize>, Vec<f64>) {
    let mut terms = Vec::new();
    let mut known = BTreeMap::new();
    let mut places = Vec::with_capacity(margins.len());
    for margin in margins {
        let key = (margin.runs, margin.expected.to_bits(), margin.settled, margin.most);
        let place = *known.entry(key).or_insert_with(|| {
            let place = terms.len();
            let fails = margin.settled..=margin.settled + margin.most;
            terms.extend(fails.map(|fails| margin.term(fails)));
            place
        });
        places.push(place);
    }
    (places, terms)
}

/// `o ln(o / e)`, 0 at 0. Where `e` is 0 no table has another `o`.
fn deviance(observed: f64, expected: f64) -> f64 {
    if observed > 0.0 && expected > 0.0 { observed * (observed / expected).ln() } else { 0.0 }
}
