//! The strata of a design as walks over its tables see them: like levels are one group.

use super::design::{Design, Stratum};
use crate::stats::special::{ln_choose, ln_factorial};

/// Levels of one stratum that the hypothesis cannot tell apart.
#[derive(Debug)]
pub(super) struct Group {
    /// The level; of several, any.
    pub(super) level: usize,
    /// Place of its terms.
    pub(super) place: usize,
    /// How many levels.
    pub(super) levels: usize,
    /// Runs of each in the stratum.
    pub(super) runs: usize,
    /// Fails that the later groups of the stratum can take.
    pub(super) room_after: usize,
    /// `ln C(runs, fails)` by fails.
    pub(super) ln_ways: Vec<f64>,
    /// `ln k!`, up to the number of levels.
    pub(super) ln_factorials: Vec<f64>,
}

impl Group {
    /// Most fails of one of the levels.
    pub(super) fn most(&self) -> usize {
        self.ln_ways.len() - 1
    }
}

/// A stratum as the walk sees it.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) fails: usize,
    pub(super) groups: Vec<Group>,
}

/// The strata of a design, ready to be walked.
pub(super) fn stages(design: &Design) -> Vec<Stage> {
    // Levels may be exchanged within a stratum only if they are alike in all the others as well;
    // that is plain when there are no others.
    let exchange = design.strata().len() == 1;
    let stage = |stratum: &Stratum| {
        let mut slots = stratum.slots.clone();
        slots.sort_by_key(|slot| (slot.runs, design.place(slot.level)));
        let mut groups: Vec<Group> = slots
            .chunk_by(|a, b| exchange && a.runs == b.runs && design.place(a.level) == design.place(b.level))
            .map(|alike| {
                let (level, runs) = (alike[0].level, alike[0].runs);
                let most = runs.min(stratum.fails);
                let ln_ways = (0..=most).map(|fails| ln_choose(runs as u64, fails as u64));
                Group {
                    level,
                    place: design.place(level),
                    levels: alike.len(),
                    runs,
                    room_after: 0,
                    ln_ways: ln_ways.collect(),
                    ln_factorials: (0..=alike.len()).map(|k| ln_factorial(k as u64)).collect(),
                }
            })
            .collect();
        let mut room = 0;
        for group in groups.iter_mut().rev() {
            group.room_after = room;
            room += group.levels * group.most();
        }
        Stage { fails: stratum.fails, groups }
    };
    design.strata().iter().map(stage).collect()
}
