//! Passing records, counted many at a time.
//!
//! Nearly all records pass, and each of them touches two or three places of a table that is larger than any cache.
//! Looked up one by one, a core waits for memory most of its time; side by side, their waits overlap.

use super::cell::CellKey;
use super::tally::Tally;

/// Passes that are looked up together.
const TOGETHER: usize = 64;

/// Passes that a tally does not count yet.
#[derive(Debug, Default)]
pub struct Batch {
    passes: Vec<Pass>,
    cells: Vec<Option<u32>>,
}

/// One pass of a cell.
#[derive(Clone, Copy, Debug)]
struct Pass {
    key: CellKey,
    hash: u64,
    run: u32,
}

impl Batch {
    /// Puts a pass off; counts all that were put off when there are enough.
    #[inline]
    pub(super) fn put(&mut self, tally: &mut Tally, key: CellKey, run: u32) {
        self.passes.push(Pass { key, hash: tally.hash(key), run });
        if self.passes.len() >= TOGETHER {
            self.count(tally);
        }
    }

    /// Counts what was put off. Must be called before the tally is read, merged or dropped.
    pub fn count(&mut self, tally: &mut Tally) {
        // No look-up waits for another one in these loops, so that the processor has many of them under way.
        self.cells.clear();
        self.cells.extend(self.passes.iter().map(|pass| tally.known_cell(pass.key, pass.hash)));
        for (pass, cell) in self.passes.drain(..).zip(&self.cells) {
            let cell = cell.map_or_else(|| tally.cell(pass.key), |cell| cell as usize);
            tally.cells[cell].passed.add(pass.run, 1);
        }
    }
}
