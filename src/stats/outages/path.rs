//! The likeliest path of outages, and the pieces of it that are proven.

use super::Outage;
use super::score::{Score, Scores, Shape, ln_sum};

/// Scores closer than this tie.
const TIE: f64 = 1e-9;
/// Failing runs that an outage must have, as two readings: with two, and with three, fewer are strays.
const LEAST_FAILING: [usize; 2] = [2, 3];

/// One series, and what its paths are scored with.
pub(super) struct Field<'f> {
    pub(super) scores: &'f Scores,
    /// Failing runs before each place, and all of them.
    pub(super) before: &'f [u32],
    /// The stretches of failing runs.
    pub(super) blocks: &'f [Outage],
}

impl Field<'_> {
    pub(super) fn n(&self) -> usize {
        self.before.len() - 1
    }

    pub(super) fn x(&self) -> usize {
        self.fails(0, self.n())
    }

    /// Failing runs from a place on, up to another.
    pub(super) fn fails(&self, from: usize, to: usize) -> usize {
        (self.before[to] - self.before[from]) as usize
    }

    /// From one place to the last run before another.
    pub(super) fn outage(&self, start: usize, end: usize) -> Outage {
        Outage { start, end, fails: self.fails(start, end) }
    }

    pub(super) fn shape(&self, path: &[Outage]) -> Shape {
        Shape {
            outages: path.len(),
            runs: path.iter().map(Outage::runs).sum(),
            fails: path.iter().map(|outage| outage.fails).sum(),
            at_start: path.first().is_some_and(|first| first.start == 0),
            at_end: path.last().is_some_and(|last| last.end == self.n()),
        }
    }

    pub(super) fn score(&self, shape: Shape) -> Score {
        self.scores.of(shape, self.n(), self.x())
    }

    /// `ln P` of independent failures.
    pub(super) fn independent(&self) -> f64 {
        let (n, x) = (self.n(), self.x());
        self.scores.independent(x, n - x)
    }

    /// The likeliest path among those that join failing runs over gaps up to some length; `None` without two failing runs of
    /// one outage.
    pub(super) fn search(&self) -> Option<Vec<Outage>> {
        let mut gaps: Vec<usize> = self.blocks.windows(2).map(|pair| pair[1].start - pair[0].end).collect();
        gaps.push(0);
        gaps.sort_unstable();
        gaps.dedup();
        let mut joined = self.blocks.to_vec();
        // By outage and by burst, each with its gap and its failing runs.
        let mut best: [Option<(f64, usize, usize)>; 2] = [None; 2];
        for gap in gaps {
            self.join(&mut joined, gap);
            for least in LEAST_FAILING {
                let Some(shape) = self.shape_of(&joined, least) else { continue };
                let Score { outage, burst } = self.score(shape);
                for (best, score) in best.iter_mut().zip([outage, burst]) {
                    if best.is_none_or(|(most, ..)| score > most + TIE) {
                        *best = Some((score, gap, least));
                    }
                }
            }
        }
        let [outage, burst] = best;
        let (outage, burst) = (outage?, burst?);
        let (_, gap, least) = if burst.0 > outage.0 + TIE { burst } else { outage };
        let mut path = self.blocks.to_vec();
        self.join(&mut path, gap);
        path.retain(|outage| outage.fails >= least);
        Some(path)
    }

    /// How often runs of one kind follow another, the first stretch counted.
    pub(super) fn streaks(&self) -> usize {
        let is_clean = |run: usize| self.fails(run, run + 1) == 0;
        // Each stretch of failing runs has clean runs before it, but for the first run of the series.
        2 * self.blocks.len() - usize::from(!is_clean(0)) + usize::from(is_clean(self.n() - 1))
    }

    /// Joins what is no further apart than so many runs, in place.
    fn join(&self, outages: &mut Vec<Outage>, gap: usize) {
        outages.dedup_by(|next, last| {
            let is_near = next.start - last.end <= gap;
            if is_near {
                *last = self.outage(last.start, next.end);
            }
            is_near
        });
    }

    /// Of those with at least so many failing runs.
    fn shape_of(&self, outages: &[Outage], least: usize) -> Option<Shape> {
        let kept = || outages.iter().filter(|outage| outage.fails >= least);
        let (first, last) = (kept().next()?, kept().next_back()?);
        Some(kept().fold(
            Shape { at_start: first.start == 0, at_end: last.end == self.n(), ..Shape::default() },
            |shape, outage| Shape {
                outages: shape.outages + 1,
                runs: shape.runs + outage.runs(),
                fails: shape.fails + outage.fails,
                ..shape
            },
        ))
    }

    /// Takes out of a path what is not proven at the odds: outages that may be strays, and stretches between two that may be
    /// part of one.
    pub(super) fn prune(&self, path: &mut Vec<Outage>, ln_odds: f64) {
        while path.len() > 1 {
            let whole = self.shape(path);
            let score = self.score(whole).both();
            let drop = self.likeliest((0..path.len()).map(|at| without(whole, path, at)));
            let join = self.likeliest(path.windows(2).map(|pair| self.joined(whole, pair)));
            let (Some(drop), Some(join)) = (drop, join) else { return };
            if score - drop.0.max(join.0) >= ln_odds {
                return;
            }
            if join.0 > drop.0 + TIE {
                path[join.1] = self.outage(path[join.1].start, path[join.1 + 1].end);
                path.remove(join.1 + 1);
            } else {
                path.remove(drop.1);
            }
        }
    }

    /// The earliest of the likeliest of some paths: `ln P` and its place among them.
    fn likeliest(&self, shapes: impl Iterator<Item = Shape>) -> Option<(f64, usize)> {
        let (mut best, mut last) = (None, None);
        for (at, shape) in shapes.enumerate() {
            // What is as its neighbour is no likelier, and most are so much less likely that one look tells.
            if last.replace(shape) == Some(shape) {
                continue;
            }
            let score = self.score(shape);
            let may_win = |&(most, _): &(f64, usize)| score.outage.max(score.burst) + std::f64::consts::LN_2 > most;
            if best.as_ref().is_none_or(may_win) {
                let both = score.both();
                if best.is_none_or(|(most, _)| both > most + TIE) {
                    best = Some((both, at));
                }
            }
        }
        best
    }

    /// For each stretch between two outages, `ln` of the odds that it is one.
    pub(super) fn joins(&self, path: &[Outage]) -> Vec<f64> {
        let whole = self.shape(path);
        let score = self.score(whole).both();
        path.windows(2).map(|pair| score - self.score(self.joined(whole, pair)).both()).collect()
    }

    /// A path with two neighbours, and all between, as one.
    fn joined(&self, whole: Shape, pair: &[Outage]) -> Shape {
        Shape {
            outages: whole.outages - 1,
            runs: whole.runs + pair[1].start - pair[0].end,
            fails: whole.fails + self.fails(pair[0].end, pair[1].start),
            ..whole
        }
    }

    /// `ln` of the odds that the last outage of several is a relapse: not strays, not the same one still, not the first after
    /// strays, not chance.
    pub(super) fn relapse(&self, path: &[Outage]) -> Option<f64> {
        let [.., before, last] = path else { return None };
        let mut joined = path[..path.len() - 1].to_vec();
        joined[path.len() - 2] = self.outage(before.start, last.end);
        let score = |path: &[Outage]| self.score(self.shape(path)).both();
        let others =
            [score(&path[..path.len() - 1]), score(&joined), score(&path[path.len() - 1..]), self.independent()];
        Some(score(path) - ln_sum(others))
    }
}

/// A path without one of its outages.
fn without(whole: Shape, path: &[Outage], at: usize) -> Shape {
    Shape {
        outages: whole.outages - 1,
        runs: whole.runs - path[at].runs(),
        fails: whole.fails - path[at].fails,
        at_start: whole.at_start && at > 0,
        at_end: whole.at_end && at + 1 < path.len(),
    }
}
