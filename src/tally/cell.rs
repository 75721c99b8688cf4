//! Cells: one scenario in one environment with one seed, and the runs in which it passed and failed.

use super::run_set::RunSet;
use super::symbols::Symbol;

const SEEDED: u32 = 1 << 31;

/// What tells cells apart, in 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellKey {
    /// Number of the scenario.
    pub scenario: u32,
    /// Symbol of the environment plus one, 0 for none; the top bit says whether there is a seed.
    env: u32,
    seed: u64,
}

impl CellKey {
    /// A key.
    #[must_use]
    pub fn new(scenario: u32, env: Option<Symbol>, seed: Option<u64>) -> Self {
        let env = env.map_or(0, |symbol| symbol.0 + 1);
        Self { scenario, env: env | if seed.is_some() { SEEDED } else { 0 }, seed: seed.unwrap_or(0) }
    }

    /// The environment, where the log carries one.
    #[must_use]
    pub fn env(&self) -> Option<Symbol> {
        (self.env & !SEEDED).checked_sub(1).map(Symbol)
    }

    /// The seed, where the log carries one.
    #[must_use]
    pub fn seed(&self) -> Option<u64> {
        (self.env & SEEDED != 0).then_some(self.seed)
    }
}

/// One cell: 56 bytes, and 5 to 9 in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What tells it apart.
    pub key: CellKey,
    /// Runs in which it passed.
    pub passed: RunSet,
    /// First of its [`Outcome`]s plus one; 0 for none, as in most cells.
    pub(super) outcomes: u32,
}

/// One pass of a cell that does not count it yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pass {
    pub(super) key: CellKey,
    pub(super) run: u32,
}

/// Runs in which a cell did anything but pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What happened.
    pub what: What,
    /// In which runs.
    pub runs: RunSet,
    /// Number of the cell.
    pub(super) cell: u32,
    /// The cell's next outcome plus one; 0 for none.
    pub(super) next: u32,
}

/// What happened when a cell did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum What {
    /// It failed, with this incident.
    Failed(u32),
    /// It says nothing: skipped, cached, not the scenario's doing, or a word that the profile does not name.
    Excluded,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_small() {
        assert_eq!(size_of::<CellKey>(), 16);
        assert_eq!(size_of::<Cell>(), 56);
        assert_eq!(size_of::<Outcome>(), 48);
        assert_eq!(size_of::<Pass>(), 24);
    }

    #[test]
    fn keys_keep_absence_apart_from_zero() {
        for env in [None, Some(Symbol(0)), Some(Symbol(7))] {
            for seed in [None, Some(0), Some(u64::MAX)] {
                let key = CellKey::new(3, env, seed);
                assert_eq!((key.env(), key.seed()), (env, seed));
            }
        }
    }
}
