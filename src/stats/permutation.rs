//! Whether failures depend on the level of a dimension (seeds, many environments, weekdays): the
//! stratified permutation test of G.
//!
//! The unit is the (run, level) bit. With `n_sv` runs of level `s` in stratum `v`, of which `x_v`
//! over all levels failed, level `s` is expected to fail `E_s = sum over v of n_sv x_v / n_v` times,
//! and `G = 2 sum O ln(O / E)` over levels x {fail, pass}. Under the hypothesis the failures of a
//! stratum fall on its runs at random, so p is the chance of a table with `G >= G_obs - 1e-9`:
//!
//! - one stratum and no mixed level: by counting sets of levels (`subsets`);
//! - several strata: by convolving the sums that G depends on, where those are few enough
//!   (`convolve`);
//! - beyond a million tables, where p is below 1e-12 for sure: by an upper bound of it, which costs nothing and keeps
//!   stronger evidence stronger, where no number of draws would reach G (`bound`);
//! - one stratum of whose levels each half has up to a million tables: by enumerating the halves
//!   (`halves`);
//! - up to a million tables, levels that the hypothesis cannot tell apart exchanged freely: by
//!   enumeration (`walk`);
//! - else by Monte Carlo with a generator keyed by the caller and by the number of the draw, so that
//!   the result depends on neither threads nor batches (`draws`).
//!
//! Most tests are of series in which nothing depends on anything, and a p far from significant needs
//! few digits. Where the tables are many, a few draws come first: when p is above .2 by five standard
//! errors, it is given as they estimate it. Where more than a fiftieth of them reached G, only what is
//! counted quickly is counted; else drawing goes on, until 200 draws reached G (Besag and Clifford,
//! Sequential Monte Carlo p-values, 1991), which tells p to 7 % of itself and costs 200 / p draws. Only
//! a p below all that is worth a long count, and all draws.

mod bound;
mod convolve;
mod design;
mod draws;
mod halves;
mod outlook;
mod stage;
mod subsets;
#[cfg(test)]
mod tests;
mod urn;
mod walk;

use super::level::Level;
use design::Design;
use draws::Until;

/// G this much below the observed still counts as reaching it: rounding must not split ties.
const TIE: f64 = 1e-9;

/// Tables that are walked without drawing first.
const AT_ONCE: u64 = 2_000;

/// Draws before more tables are walked.
const SCREEN: u64 = 2_000;

/// Share of these draws that reach G beyond which only so many tables are walked: `ENOUGH / RARE` draws are cheaper.
const RARE: f64 = 0.02;
const QUICK: u64 = 50_000;

/// Draws that reach G before drawing stops.
const ENOUGH: u64 = 200;

/// The logarithm of a bound on p that is taken for p: 1e-12.
const OUT_OF_REACH: f64 = -27.631_021_115_928_547;

/// The runs of one level in one stratum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Number of the stratum, any.
    pub stratum: u32,
    /// Number of the level, any; the same number is the same level in every stratum.
    pub level: u32,
    /// Runs of the level in the stratum in which it failed.
    pub fails: u64,
    /// Runs of the level in the stratum.
    pub runs: u64,
}

/// Effort of the test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Most tables to enumerate, of all levels or of half of them.
    pub tables: u64,
    /// Draws when there are more.
    pub draws: u64,
    /// Drawing stops once p exceeds this by five standard errors.
    pub stop_above: f64,
    /// Drawing stops once so many draws reached the observed G.
    pub enough: u64,
}

impl Default for Effort {
    /// A million tables, 99,999 draws, p above .2, 200 draws that reached G.
    fn default() -> Self {
        Self { tables: 1_000_000, draws: 99_999, stop_above: 0.2, enough: ENOUGH }
    }
}

/// How p was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Exactly, by counting sets of levels.
    Subsets,
    /// Exactly, over this many tables that differ by more than an exchange of like levels, or over
    /// this many sums of strata.
    Tables(u64),
    /// An upper bound below 1e-12: neither counted nor drawn.
    Bound,
    /// By Monte Carlo with this many draws; fewer than asked when it stopped early.
    Draws(u64),
}

/// Outcome of the permutation test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Permutation {
    /// The observed statistic.
    pub g: f64,
    /// Its p, in [0, 1]; 0 stands for less than 1e-308. By Monte Carlo `(1 + b) / (1 + B)`, `b` of
    /// `B` draws reaching `g`; `b / B` when the last of them was the one that was enough.
    pub p: f64,
    /// The least p that the margins allow (Tarone 1990); by Monte Carlo the least that the draws
    /// allow, `1 / (1 + B)` of the full number of draws.
    pub least_attainable: f64,
    /// How p was found.
    pub method: Method,
}

/// Tests whether failures depend on the level, within strata.
///
/// Cells may come in any order; those of the same stratum and level are added up. The result
/// depends on `key` by Monte Carlo only. `None` without a run, when a cell has more fails than runs,
/// or beyond 2^32 runs.
#[must_use]
pub fn permutation(cells: &[Cell], key: u64, effort: Effort) -> Option<Permutation> {
    let design = Design::new(cells)?;
    let (g, sure) =
        (design.observed(), |p: f64, method| Permutation { g: design.observed(), p, least_attainable: p, method });
    if let Some(sizes) = design.unmixed() {
        return Some(sure(subsets::chance(sizes, design.fails()), Method::Subsets));
    }
    let exact = |found: walk::Weighed, tables| Permutation {
        least_attainable: found.least,
        ..sure(found.p, Method::Tables(tables))
    };
    if let Some(tables) = walk::count(&design, effort.tables.min(AT_ONCE)) {
        return Some(exact(walk::weigh(&design), tables));
    }
    let estimated = |drawn: draws::Drawn| Permutation {
        g,
        p: drawn.p(),
        least_attainable: 1.0 / (1.0 + effort.draws as f64),
        method: Method::Draws(drawn.draws),
    };
    let screened = draws::draw(&design, key, Effort { draws: SCREEN.min(effort.draws), ..effort }, Until::EitherSide);
    if screened.settled {
        return Some(estimated(screened));
    }
    if screened.reached as f64 > RARE * screened.draws as f64 {
        return Some(match walk::count(&design, effort.tables.min(QUICK)) {
            Some(tables) => exact(walk::weigh(&design), tables),
            None => estimated(draws::draw(&design, key, effort, Until::Enough)),
        });
    }
    if effort.tables > 0
        && let Some((found, sums)) = convolve::weigh(&design)
    {
        return Some(exact(found, sums));
    }
    let ln_bound = bound::ln_p(&design);
    if ln_bound < OUT_OF_REACH && walk::count(&design, effort.tables).is_none() {
        return Some(sure(ln_bound.exp(), Method::Bound));
    }
    if let Some((found, tables)) = halves::weigh(&design, effort.tables) {
        return Some(exact(found, tables));
    }
    if let Some(tables) = walk::count(&design, effort.tables) {
        return Some(exact(walk::weigh(&design), tables));
    }
    Some(estimated(draws::draw(&design, key, effort, Until::Enough)))
}

/// [`permutation`] of one stratum with the default effort.
#[must_use]
pub fn permutation_of_levels(levels: &[Level], key: u64) -> Option<Permutation> {
    let cells: Option<Vec<Cell>> = (0_u32..)
        .zip(levels)
        .map(|(level, counts)| {
            counts.is_valid().then_some(Cell { stratum: 0, level, fails: counts.fails, runs: counts.runs })
        })
        .collect();
    permutation(&cells?, key, Effort::default())
}
