//! Every table with the given margins, like levels exchanged freely.

use super::design::Design;
use super::stage::{Group, Stage};
use super::{TIE, outlook};
use crate::stats::special::ln_choose;

/// All tables together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighed {
    /// Chance of a G that reaches the observed one.
    pub(super) p: f64,
    /// Chance of the greatest G.
    pub(super) least: f64,
    pub(super) tables: u64,
}

/// Weighs every table; `None` beyond `limit` of them.
pub(super) fn weigh(design: &Design, stages: &[Stage], limit: u64) -> Option<Weighed> {
    if outlook::exceeds(stages, limit) {
        return None;
    }
    let fails = vec![0; design.levels()];
    let mut walk =
        Walk { design, stages, limit, tables: 0, fails, top: f64::MIN, top_weight: 0.0, reached: 0.0, all: 0.0 };
    walk.enter(0, -ln_all(design), design.origin());
    // Sums over the same tables: rounding of the common scale cancels.
    let share = |weight: f64| (weight / walk.all).min(1.0);
    let found = Weighed { p: share(walk.reached), least: share(walk.top_weight), tables: walk.tables };
    (walk.tables <= limit).then_some(found)
}

fn ln_all(design: &Design) -> f64 {
    let stratum = |stratum: &super::design::Stratum| {
        let runs: usize = stratum.slots.iter().map(|slot| slot.runs).sum();
        ln_choose(runs as u64, stratum.fails as u64)
    };
    design.strata().iter().map(stratum).sum()
}

/// A depth-first walk.
struct Walk<'a> {
    design: &'a Design,
    stages: &'a [Stage],
    limit: u64,
    tables: u64,
    /// Fails of each level in the stages already filled.
    fails: Vec<usize>,
    /// Greatest G so far, and its weight.
    top: f64,
    top_weight: f64,
    reached: f64,
    all: f64,
}

/// Where a walk stands: what is still to be placed, and from which group, number of levels in it,
/// and number of fails of each on.
#[derive(Clone, Copy)]
struct Point {
    stage: usize,
    group: usize,
    levels: usize,
    most: usize,
    left: usize,
}

impl Walk<'_> {
    /// Fills the stages from this one on.
    fn enter(&mut self, stage: usize, ln_weight: f64, g: f64) {
        match self.stages.get(stage) {
            None => self.arrive(ln_weight, g),
            Some(Stage { fails, groups }) => {
                let (levels, most) = (groups[0].levels, groups[0].most());
                let point = Point { stage, group: 0, levels, most, left: *fails };
                self.place(point, ln_weight, g);
            }
        }
    }

    fn arrive(&mut self, ln_weight: f64, g: f64) {
        self.tables += 1;
        let weight = ln_weight.exp();
        self.all += weight;
        if g >= self.design.observed() - TIE {
            self.reached += weight;
        }
        if g > self.top + TIE {
            self.top = g;
            self.top_weight = weight;
        } else if g >= self.top - TIE {
            self.top_weight += weight;
        }
    }

    /// Places the fails that are left: chooses how many levels of which group get how many each,
    /// the most first, and goes on from there. Depth is at most the number of fails.
    fn place(&mut self, from: Point, ln_weight: f64, g: f64) {
        if from.left == 0 {
            self.enter(from.stage + 1, ln_weight, g);
            return;
        }
        let stages = self.stages;
        let groups = &stages[from.stage].groups;
        let Point { mut levels, mut most, left, .. } = from;
        for (place, group) in groups.iter().enumerate().skip(from.group) {
            for each in (1..=most.min(left)).rev() {
                if left > levels * each + group.room_after {
                    break;
                }
                for taken in (1..=levels.min(left / each)).rev() {
                    let rest = Point {
                        group: place,
                        levels: levels - taken,
                        most: each - 1,
                        left: left - taken * each,
                        ..from
                    };
                    if rest.left > rest.levels * rest.most + group.room_after {
                        break;
                    }
                    self.take(group, (levels, taken, each), rest, ln_weight, g);
                    if self.tables > self.limit {
                        return;
                    }
                }
            }
            if left > group.room_after {
                return;
            }
            if let Some(next) = groups.get(place + 1) {
                (levels, most) = (next.levels, next.most());
            }
        }
    }

    /// Gives `each` fails to `taken` of the `levels` of a group and goes on.
    fn take(
        &mut self,
        group: &Group,
        (levels, taken, each): (usize, usize, usize),
        rest: Point,
        ln_weight: f64,
        g: f64,
    ) {
        let before = self.fails[group.level];
        let gain = self.design.term(group.place, before + each) - self.design.term(group.place, before);
        let times = taken as f64;
        let mut ln_weight = ln_weight + times * group.ln_ways[each];
        let orders = &group.ln_factorials;
        ln_weight += orders[levels] - orders[taken] - orders[levels - taken];
        if group.levels == 1 {
            // Later strata meet this level again.
            self.fails[group.level] = before + each;
            self.place(rest, ln_weight, g + times * gain);
            self.fails[group.level] = before;
        } else {
            self.place(rest, ln_weight, g + times * gain);
        }
    }
}
