//! Units that never failed: nothing asks of them, and no person would count them.

use super::tally::Tally;
use crate::unit::is_unit;

/// Which scenarios of a tally are units that never failed.
pub(super) fn fine_units(tally: &Tally, have_failed: &[bool]) -> Vec<bool> {
    let is_fine = |(scenario, has_failed): (u32, &bool)| {
        !has_failed && is_unit(tally.text(tally.scenarios()[scenario as usize][2]))
    };
    (0..).zip(have_failed).map(is_fine).collect()
}

/// How often those passed in which run.
pub(super) fn passes<'t>(tally: &'t Tally, fine: &'t [bool]) -> impl Iterator<Item = (u32, u64)> + 't {
    let cells = tally.cells.iter().filter(|cell| fine[cell.key.scenario as usize]);
    let counted = cells.flat_map(|cell| cell.passed.iter().map(|(run, count)| (run, u64::from(count))));
    let listed = tally.passes.iter().filter(|pass| fine[pass.key.scenario as usize]);
    counted.chain(listed.map(|pass| (pass.run, 1)))
}
