//! A bound on p that costs little: beyond the reach of draws it keeps stronger evidence stronger.
//!
//! Let each run fail on its own, at the rate of its stratum. Given every stratum's number of fails, `x` of `n` runs, this
//! is the hypothesis; so for any `t`, by Markov's inequality and since levels are independent,
//!
//! `p <= exp(-t G / 2) prod_levels E exp(t D) / prod_strata P(x of n)`,
//!
//! `D` being a level's half of its term of G. `exp(t D)` is convex in the level's fails, and of all sums of independent
//! trials with one mean the binomial has the greatest mean of a convex function (Hoeffding 1956, theorem 3). In that of
//! mean `E` of `n`, the chance of `o` fails is `b(n, o) exp(-D)`, with `b(n, o)` the chance of `o` of `n` at rate `o / n`.
//! `t = 1 - levels / G` is the best where terms are near chi-squared.

use super::TIE;
use super::design::{Design, Margin};
use crate::stats::special::ln_choose;

/// The logarithm of an upper bound of p, if it is below `wanted`.
pub(super) fn ln_p(design: &Design, wanted: f64) -> Option<f64> {
    let varying = || design.margins().iter().filter(|margin| margin.most > 0);
    let (levels, g) = (varying().count() as f64, design.observed() - TIE);
    // Every other factor is at least 1.
    let ln_tail = (levels - g) / 2.0;
    if ln_tail >= wanted {
        return None;
    }
    let mean = |margin: &Margin| -> f64 {
        let chance = |fails| (ln_chance(margin.runs, fails) - levels / g * margin.term(fails) / 2.0).exp();
        (0..=margin.runs).map(chance).sum()
    };
    let of_stratum = |stratum: &super::design::Stratum| {
        let runs: usize = stratum.slots.iter().map(|slot| slot.runs).sum();
        ln_chance(runs as u64, stratum.fails as u64)
    };
    // Levels of one place are alike.
    let mut known = vec![None; design.terms().len()];
    let levels_of = design.margins().iter().enumerate().filter(|(_, margin)| margin.most > 0);
    let ln_means: f64 =
        levels_of.map(|(level, margin)| *known[design.place(level)].get_or_insert_with(|| mean(margin).ln())).sum();
    let ln_margins: f64 = design.strata().iter().map(of_stratum).sum();
    Some(ln_tail + ln_means - ln_margins).filter(|ln_p| *ln_p < wanted)
}

/// The logarithm of the chance of so many fails at the rate that they are.
fn ln_chance(runs: u64, fails: u64) -> f64 {
    let share = |some: u64| if some == 0 { 0.0 } else { some as f64 * (some as f64 / runs as f64).ln() };
    ln_choose(runs, fails) + share(fails) + share(runs - fails)
}
