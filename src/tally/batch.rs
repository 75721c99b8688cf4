//! Passing records, whose scenarios are looked up many at a time.
//!
//! Nearly all records pass, and the scenario of each stands in tables that are larger than any cache, in places that depend
//! on each other. Looked up one by one, a core waits for memory most of its time. Here every step is taken for many
//! records before the next one, so that their waits overlap: no look-up of a loop waits for another.

use super::cell::{CellKey, Pass};
use super::scenarios::{self, Candidate, Shared};
use super::symbols::Symbol;
use super::tally::Tally;

/// Passes that are looked up together.
const TOGETHER: usize = 64;

/// Passes that a tally does not hold yet.
#[derive(Debug, Default)]
pub struct Batch {
    passes: Vec<Unnumbered>,
    /// The own names of their scenarios, one behind the other.
    names: String,
    candidates: Vec<Candidate>,
}

/// One pass, of a scenario whose number is not known.
#[derive(Clone, Copy, Debug)]
struct Unnumbered {
    /// Of the texts that name the scenario.
    hash: u64,
    shared: Shared,
    /// Where the scenario's own name ends in [`Batch::names`].
    end: usize,
    env: Option<Symbol>,
    seed: Option<u64>,
    run: u32,
}

impl Batch {
    /// Puts a pass off; hands over all that were put off when there are enough. `texts` name its scenario.
    #[inline]
    pub(super) fn put(
        &mut self,
        tally: &mut Tally,
        texts: [&str; 4],
        env: Option<Symbol>,
        seed: Option<u64>,
        run: u32,
    ) {
        let hash = scenarios::hash(texts);
        let ([packet, suite, name, mode], Tally { symbols, recent, .. }) = (texts, &mut *tally);
        let shared = [
            symbols.intern_near(packet, &mut recent.packet),
            symbols.intern_near(suite, &mut recent.suite),
            symbols.intern_near(mode, &mut recent.mode),
        ];
        self.names.push_str(name);
        self.passes.push(Unnumbered { hash, shared, end: self.names.len(), env, seed, run });
        if self.passes.len() >= TOGETHER {
            self.flush(tally);
        }
    }

    /// Hands over what was put off. Must be called before the tally is folded, merged or dropped.
    pub fn flush(&mut self, tally: &mut Tally) {
        let Tally { scenarios, symbols, passes, .. } = tally;
        self.candidates.clear();
        self.candidates.extend(self.passes.iter().map(|pass| scenarios.candidate(pass.hash)));
        for candidate in &mut self.candidates {
            scenarios.locate(symbols, candidate);
        }
        let mut start = 0;
        for (pass, candidate) in self.passes.drain(..).zip(&self.candidates) {
            let name = &self.names[std::mem::replace(&mut start, pass.end)..pass.end];
            let scenario = if candidate.is(symbols, pass.shared, name) {
                candidate.number
            } else {
                scenarios.number_hashed(symbols, pass.shared, name, pass.hash)
            };
            passes.push(Pass { key: CellKey::new(scenario, pass.env, pass.seed), run: pass.run });
        }
        self.names.clear();
    }
}
