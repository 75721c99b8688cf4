//! Passing records, counted many at a time.
//!
//! Nearly all records pass, and each of them touches tables that are larger than any cache, in places that depend on
//! each other. Looked up one by one, a core waits for memory most of its time. Here every step is taken for many
//! records before the next one, so that their waits overlap: no look-up of a loop waits for another.

use std::hash::BuildHasher as _;

use super::cell::CellKey;
use super::scenarios::{self, Candidate};
use super::symbols::Symbol;
use super::tally::Tally;

/// Passes that are looked up together.
const TOGETHER: usize = 64;

/// Passes that a tally does not count yet.
#[derive(Debug, Default)]
pub struct Batch {
    passes: Vec<Pass>,
    /// What names their scenarios, one behind the other.
    texts: String,
    candidates: Vec<Candidate>,
    keys: Vec<(CellKey, u64)>,
    cells: Vec<Option<u32>>,
}

/// One pass of a cell.
#[derive(Clone, Copy, Debug)]
struct Pass {
    /// Of the texts that name the scenario.
    hash: u64,
    /// Where each of these texts ends in [`Batch::texts`].
    ends: [usize; 4],
    env: Option<Symbol>,
    seed: Option<u64>,
    run: u32,
}

impl Batch {
    /// Puts a pass off; counts all that were put off when there are enough. `texts` name its scenario.
    #[inline]
    pub(super) fn put(
        &mut self,
        tally: &mut Tally,
        texts: [&str; 4],
        env: Option<Symbol>,
        seed: Option<u64>,
        run: u32,
    ) {
        let hash = tally.scenarios.hash(texts);
        let ends = texts.map(|text| {
            self.texts.push_str(text);
            self.texts.len()
        });
        self.passes.push(Pass { hash, ends, env, seed, run });
        if self.passes.len() >= TOGETHER {
            self.count(tally);
        }
    }

    /// Counts what was put off. Must be called before the tally is read, merged or dropped.
    pub fn count(&mut self, tally: &mut Tally) {
        let Tally { scenarios, symbols, .. } = tally;
        self.candidates.clear();
        self.candidates.extend(self.passes.iter().map(|pass| scenarios.candidate(pass.hash)));
        for candidate in &mut self.candidates {
            scenarios.locate(symbols, candidate);
        }
        self.keys.clear();
        let mut start = 0;
        for (pass, candidate) in self.passes.iter().zip(&self.candidates) {
            let texts = pass.ends.map(|end| &self.texts[std::mem::replace(&mut start, end)..end]);
            let scenario = if scenarios::is(symbols, candidate, texts) {
                candidate.number
            } else {
                scenarios.number_hashed(symbols, texts, pass.hash)
            };
            let key = CellKey::new(scenario, pass.env, pass.seed);
            self.keys.push((key, tally.hasher.hash_one(key)));
        }
        self.cells.clear();
        self.cells.extend(self.keys.iter().map(|&(key, hash)| tally.known_cell(key, hash)));
        for ((pass, &(key, _)), cell) in self.passes.drain(..).zip(&self.keys).zip(&self.cells) {
            let cell = cell.map_or_else(|| tally.cell(key), |cell| cell as usize);
            tally.heap += tally.cells[cell].passed.add(pass.run, 1);
        }
        self.texts.clear();
    }
}
