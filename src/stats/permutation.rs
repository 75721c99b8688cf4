//! Whether failures depend on the level of a dimension (seeds, many environments, weekdays): the
//! stratified permutation test of G.
//!
//! The unit is the (run, level) bit. With `n_sv` runs of level `s` in stratum `v`, of which `x_v`
//! over all levels failed, level `s` is expected to fail `E_s = sum over v of n_sv x_v / n_v` times,
//! and `G = 2 sum O ln(O / E)` over levels x {fail, pass}. Under the hypothesis the failures of a
//! stratum fall on its runs at random, so p is the chance of a table with `G >= G_obs - 1e-9`:
//!
//! - one stratum and no mixed level: by counting sets of levels (`subsets`);
//! - up to 50,000 tables, levels that the hypothesis cannot tell apart exchanged freely: by
//!   enumeration (`walk`);
//! - where an upper bound of p lies below the least p that draws can show: by that bound, which keeps
//!   stronger evidence stronger (`bound`). Margins and G decide that, before any draw;
//! - of many levels in one stratum, where draws would cost more, by a saddlepoint approximation (`saddlepoint`);
//! - else by Monte Carlo with a generator keyed by the caller and by the number of the draw, so that
//!   the result depends on neither threads nor batches (`draws`).
//!
//! Most tests are of series in which nothing depends on anything, and a p far from significant needs
//! few digits: drawing stops when p is above .2 by five standard errors, and when 200 draws reached G
//! (Besag and Clifford, Sequential Monte Carlo p-values, 1991), which tells p to 7 % of itself.

mod bound;
mod design;
mod draws;
mod outlook;
mod saddlepoint;
mod stage;
mod subsets;
#[cfg(test)]
mod tests;
mod urn;
mod walk;

use super::level::Level;
use design::Design;
use saddlepoint::Saddlepoint;
use stage::stages;

/// G this much below the observed still counts as reaching it: rounding must not split ties.
const TIE: f64 = 1e-9;

/// Tables that cost no more than an approximation.
const FEW_TABLES: u64 = 1_000;

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
    /// Most tables to enumerate.
    pub tables: u64,
    /// Draws when there are more.
    pub draws: u64,
    /// Drawing stops once p exceeds this by five standard errors.
    pub stop_above: f64,
    /// Drawing stops once so many draws reached the observed G.
    pub enough: u64,
    /// Whether p may be approximated where draws would cost more.
    pub approximate: bool,
}

impl Default for Effort {
    /// 50,000 tables, 99,999 draws, p above .2, 200 draws that reached G.
    fn default() -> Self {
        Self { tables: 50_000, draws: 99_999, stop_above: 0.2, enough: 200, approximate: true }
    }
}

/// How p was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Exactly, by counting sets of levels.
    Subsets,
    /// Exactly, over this many tables that differ by more than an exchange of like levels.
    Tables(u64),
    /// An upper bound below the least p that the draws allow: neither counted nor drawn.
    Bound,
    /// By a saddlepoint approximation, within a few per cent of p, and rather above it than below.
    Saddlepoint,
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
    /// allow, `1 / (1 + B)` of the full number of draws; the bound itself.
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
    let found = |p, least_attainable, method| Some(Permutation { g: design.observed(), p, least_attainable, method });
    if let Some(sizes) = design.unmixed() {
        let p = subsets::chance(sizes, design.fails());
        return found(p, p, Method::Subsets);
    }
    let stages = stages(&design);
    let exact = |tables: u64| walk::weigh(&design, &stages, tables);
    let least_drawn = 1.0 / (1.0 + effort.draws as f64);
    let price = saddlepoint::price(&stages).filter(|_| effort.approximate);
    if let Some(all) = exact(if price.is_some() { effort.tables.min(FEW_TABLES) } else { effort.tables }) {
        return found(all.p, all.least, Method::Tables(all.tables));
    }
    if let Some(bound) = bound::ln_p(&design, least_drawn.ln()).map(f64::exp) {
        return found(bound, bound, Method::Bound);
    }
    if let Some(price) = price {
        // Draws as long as these cost less: most tests are of series in which nothing depends on anything.
        let drawn = draws::draw(&design, key, Effort { draws: effort.draws.min(price), ..effort });
        if drawn.draws < price || drawn.enough {
            return found(drawn.p(), least_drawn, Method::Draws(drawn.draws));
        }
        if let Some(p) = Saddlepoint::new(&design, &stages).and_then(|of| of.p(design.observed())) {
            return found(p.max(least_drawn), least_drawn, Method::Saddlepoint);
        }
        if let Some(all) = exact(effort.tables) {
            return found(all.p, all.least, Method::Tables(all.tables));
        }
    }
    let drawn = draws::draw(&design, key, effort);
    found(drawn.p(), least_drawn, Method::Draws(drawn.draws))
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
