//! A bound on p that costs nothing: where it is tiny, it says more than draws, of which none would reach G.
//!
//! In a stratum of `n` runs, `x` of them failed, a table's chance is `prod C(n_s, x_s) / C(n, x)`. With entropy H in nats,
//! `C(n_s, x_s) <= exp(n_s H(x_s / n_s))` and `C(n, x) >= exp(n H(x / n)) / (n + 1)` (Cover and Thomas, Elements of
//! Information Theory, 11.1), and the exponents differ by half of the stratum's G: the chance is at most
//! `(n + 1) exp(-G / 2)`. G over all strata is at most the sum of theirs (the log sum inequality), so that p is at most the
//! number of tables, times `n + 1` of every stratum, times `exp(-G / 2)`.

use super::design::Design;

/// An upper bound of the logarithm of p.
pub(super) fn ln_p(design: &Design) -> f64 {
    let ln_ways = |many: usize| (many as f64).ln_1p();
    let of_stratum = |stratum: &super::design::Stratum| {
        let runs = stratum.slots.iter().map(|slot| slot.runs).sum();
        ln_ways(runs) + stratum.slots.iter().map(|slot| ln_ways(slot.runs.min(stratum.fails))).sum::<f64>()
    };
    (design.strata().iter().map(of_stratum).sum::<f64>() - design.observed() / 2.0).min(0.0)
}
