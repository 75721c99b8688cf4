//! Monte Carlo: tables drawn with the given margins.

use super::design::Design;
use super::urn::Urn;
use super::{Effort, TIE};
use crate::stats::stream::Stream;

/// Draws made, and those that reached the observed G.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn {
    pub(super) draws: u64,
    pub(super) reached: u64,
    /// Whether drawing stopped at a draw that reached G, since there were enough of these.
    pub(super) enough: bool,
}

impl Drawn {
    /// The estimate of p that is valid for how drawing stopped (Besag and Clifford 1991).
    pub(super) fn p(&self) -> f64 {
        let more = u64::from(!self.enough);
        (more + self.reached) as f64 / (more + self.draws) as f64
    }
}

/// Draws between two looks at whether p is settled.
const BATCH: u64 = 100;
/// Standard errors by which p must be off the bound: a chance of 3e-7 a look, of a p that is far from significant.
const STANDARD_ERRORS: f64 = 5.0;

/// Draws tables.
pub(super) fn draw(design: &Design, key: u64, effort: Effort) -> Drawn {
    let bound = effort.stop_above;
    let mut table = Table::new(design);
    let mut drawn = Drawn { draws: 0, reached: 0, enough: false };
    while drawn.draws < effort.draws {
        let mut stream = Stream::new(key, drawn.draws);
        drawn.draws += 1;
        let reached = table.draw(&mut stream) >= design.observed() - TIE;
        drawn.reached += u64::from(reached);
        if reached && drawn.reached >= effort.enough {
            drawn.enough = true;
            break;
        }
        if drawn.draws.is_multiple_of(BATCH) {
            let draws = drawn.draws as f64;
            let error = (bound * (1.0 - bound) / draws).sqrt();
            if drawn.reached as f64 / draws > bound + STANDARD_ERRORS * error {
                break;
            }
        }
    }
    drawn
}

/// A table under construction.
struct Table<'a> {
    design: &'a Design,
    urns: Vec<Urn<'a>>,
    origin: f64,
    /// Fails of each level so far.
    fails: Vec<u32>,
    places: Vec<usize>,
    /// Whether few enough fails are drawn that following G is cheaper than summing it at the end.
    follow: bool,
}

impl<'a> Table<'a> {
    fn new(design: &'a Design) -> Self {
        Self {
            design,
            urns: design.strata().iter().map(Urn::new).collect(),
            origin: design.origin(),
            fails: vec![0; design.levels()],
            places: (0..design.levels()).map(|level| design.place(level)).collect(),
            follow: design.fails() <= design.levels() as u64,
        }
    }

    /// Draws a table and returns its G.
    fn draw(&mut self, stream: &mut Stream) -> f64 {
        self.fails.fill(0);
        let (fails, places, terms) = (&mut self.fails, &self.places, self.design.terms());
        let mut g = self.origin;
        for urn in &mut self.urns {
            if self.follow {
                urn.draw(stream, |level, more| {
                    let before = places[level] + fails[level] as usize;
                    g += terms[before + more as usize] - terms[before];
                    fails[level] += more;
                });
            } else {
                urn.draw(stream, |level, more| fails[level] += more);
            }
        }
        if self.follow {
            return g;
        }
        places.iter().zip(fails).map(|(place, fails)| terms[place + *fails as usize]).sum()
    }
}
