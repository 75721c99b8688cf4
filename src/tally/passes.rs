//! Passes that wait to be counted in their cells.
//!
//! Nearly all records pass, in scenarios that never fail, of whose cells nobody asks anything. A list takes them at a tenth
//! of what it costs to find a cell in a table that no cache holds; sorted, those of a cell are counted at once.

use super::cell::Pass;
use super::run_set::RunSet;
use super::tally::Tally;

impl Tally {
    /// Counts all passes in their cells. Must be called before cells are read, where records were added by
    /// [`Tally::add_to`].
    pub fn fold(&mut self) {
        let passes = std::mem::take(&mut self.passes);
        self.count_in_cells(passes);
    }

    /// Counts the passes of some scenarios, by their numbers, in their cells.
    pub(super) fn fold_those(&mut self, is_asked: impl Fn(u32) -> bool) {
        let asked = self.passes.extract_if(.., |pass| is_asked(pass.key.scenario)).collect();
        self.count_in_cells(asked);
    }

    fn count_in_cells(&mut self, mut passes: Vec<Pass>) {
        passes.sort_unstable();
        for of_cell in passes.chunk_by(|a, b| a.key == b.key) {
            let cell = self.cell(of_cell[0].key);
            let passed = &mut self.cells[cell].passed;
            self.heap += match of_cell {
                [only] => passed.add(only.run, 1),
                _ => passed.merge(&of_cell.iter().map(|pass| (pass.run, 1)).collect::<RunSet>(), |run| run),
            };
        }
    }
}
