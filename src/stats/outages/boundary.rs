//! Where an outage may have begun and ended.

use std::ops::Range;

use super::Outage;
use super::path::Field;
use super::score::{Score, Shape};

/// Probability left out at each end of an interval (99 % in all).
const TAIL: f64 = 0.005;
/// `ln` of the odds against a place beyond which it weighs nothing.
const FAR: f64 = 50.0;

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
        let weight = |Score { outage, burst }: Score| weight(outage) + weight(burst);
        let weights: Vec<f64> = places.clone().map(|place| weight(score(place))).collect();
        let total: f64 = weights.iter().sum();
        let reaches = |share: f64| {
            let mut sum = 0.0;
            let found = places.clone().zip(&weights).find(|(_, weight)| {
                sum += *weight;
                sum >= share * total
            });
            found.map_or(place, |(place, _)| place)
        };
        Boundary { low: reaches(TAIL), high: reaches(1.0 - TAIL), probability: 1.0 / total }
    }
}
