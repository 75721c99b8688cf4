//! Where an outage may have begun and ended.

use std::ops::Range;

use super::Outage;
use super::path::Field;
use super::score::{Score, Shape};

/// Probability left out at each end of an interval (99 % in all).
const TAIL: f64 = 0.005;
/// `ln` of the odds against a place beyond which it weighs nothing: below half of the last digit of what the likeliest place weighs.
const FAR: f64 = 37.0;
/// How much further off a place is if it surely is: far above the rounding of scores.
const SURE: f64 = 1e-6;

/// A 99 % interval of places, both ends part of it, and the chance of the place itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Boundary {
    /// The lowest place.
    pub low: usize,
    /// The highest.
    pub high: usize,
    /// Of the place that the path has.
    pub probability: f64,
}

/// What a place weighs.
struct Weight {
    place: usize,
    share: f64,
    /// Whether it is far off, by both readings.
    is_far: bool,
}

impl Field<'_> {
    /// Of the first run of an outage, the other boundaries held.
    pub(super) fn start(&self, path: &[Outage], at: usize) -> Boundary {
        let first = at.checked_sub(1).map_or(0, |before| path[before].end + 1);
        let Outage { start, end, .. } = path[at];
        self.boundary(path, at, first..end, start, |place| self.outage(place, end))
    }

    /// Of the first run behind it, likewise; the number of all runs where it is not over.
    pub(super) fn end(&self, path: &[Outage], at: usize) -> Boundary {
        let behind = path.get(at + 1).map_or(self.n() + 1, |next| next.start);
        let Outage { start, end, .. } = path[at];
        self.boundary(path, at, start + 1..behind, end, |place| self.outage(start, place))
    }

    /// Of an outage of a path that may be another, by a place.
    fn boundary(
        &self,
        path: &[Outage],
        at: usize,
        places: Range<usize>,
        place: usize,
        moved: impl Fn(usize) -> Outage,
    ) -> Boundary {
        let (whole, own) = (self.shape(path), path[at]);
        let score = |place: usize| -> Score {
            let moved = moved(place);
            self.score(Shape {
                runs: whole.runs - own.runs() + moved.runs(),
                fails: whole.fails - own.fails + moved.fails,
                at_start: if at == 0 { moved.start == 0 } else { whole.at_start },
                at_end: if at + 1 == path.len() { moved.end == self.n() } else { whole.at_end },
                ..whole
            })
        };
        let scale = score(place).both();
        // Nearly all places are so far off that no digit of the sum knows them.
        let weight = |ln: f64| if ln < scale - FAR { 0.0 } else { (ln - scale).exp() };
        let weigh = |place: usize| {
            let Score { outage, burst } = score(place);
            Weight { place, share: weight(outage) + weight(burst), is_far: outage.max(burst) < scale - FAR - SURE }
        };
        let weights = self.near(places, weigh);
        let total: f64 = weights.iter().map(|of| of.share).sum();
        let reaches = |share: f64| {
            let mut sum = 0.0;
            let found = weights.iter().find(|of| {
                sum += of.share;
                sum >= share * total
            });
            found.map_or(place, |of| of.place)
        };
        Boundary { low: reaches(TAIL), high: reaches(1.0 - TAIL), probability: 1.0 / total }
    }

    /// The places that weigh something, and some that do not, in order.
    ///
    /// Over runs that all failed, or all passed, each count that a score is made of goes up or down by one a place, so that it is a
    /// sum of terms `ln(B(x+a, y+b))` of one changing count, each convex. So where it falls below a bound from one end and from the
    /// other, it is below between. The first and the last run of the series are scored by another rule, and stand alone.
    fn near(&self, places: Range<usize>, weigh: impl Fn(usize) -> Weight) -> Vec<Weight> {
        let mut weights = Vec::new();
        let mut from = places.start;
        while from < places.end {
            let to = self.last_alike(from, places.end - 1);
            let mut at = from;
            while at <= to {
                let own = weigh(at);
                if own.is_far {
                    break;
                }
                weights.push(own);
                at += 1;
            }
            let (known, behind) = (at, weights.len());
            at = to;
            while at > known {
                let own = weigh(at);
                if own.is_far {
                    break;
                }
                weights.push(own);
                at -= 1;
            }
            weights[behind..].reverse();
            from = to + 1;
        }
        weights
    }

    /// The last place up to some other that only equal runs part from a place.
    fn last_alike(&self, from: usize, most: usize) -> usize {
        if from == 0 || from == self.n() {
            return from;
        }
        let most = most.min(self.n() - 1);
        let is_alike = |to: usize| [0, to - from].contains(&self.fails(from, to));
        let (mut low, mut step) = (from, 1);
        while low + step <= most && is_alike(low + step) {
            low += step;
            step *= 2;
        }
        while step > 0 {
            if low + step <= most && is_alike(low + step) {
                low += step;
            }
            step /= 2;
        }
        low.max(from)
    }
}
