//! Monte Carlo: tables drawn with the given margins.

use super::design::Design;
use super::stream::Stream;
use super::urn::Urn;
use super::{Effort, TIE};

/// Draws made, and those that reached the observed G.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn {
    pub(super) draws: u64,
    pub(super) reached: u64,
}

/// Draws tables until the number asked for, or until p is certain to exceed `stop_above`.
pub(super) fn draw(design: &Design, key: u64, effort: Effort) -> Drawn {
    // (1 + reached) / (1 + draws) > stop_above, whatever the draws still to come bring.
    let certain = effort.stop_above * (effort.draws as f64 + 1.0) - 1.0;
    let mut table = Table::new(design);
    let mut drawn = Drawn { draws: 0, reached: 0 };
    while drawn.draws < effort.draws {
        let mut stream = Stream::new(key, drawn.draws);
        drawn.draws += 1;
        drawn.reached += u64::from(table.draw(&mut stream) >= design.observed() - TIE);
        if drawn.reached as f64 > certain {
            break;
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
