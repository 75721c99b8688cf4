//! How often a verdict may, or must, be given in a world.
//!
//! A bound is broken only when the counts exclude it at 99 %: the error rates are long-run shares,
//! and a corpus holds some dozens of series of each world.

use relapse::stats::interval::clopper_pearson;

/// Level of the interval that must reach the bound.
const LEVEL: f64 = 0.98;

/// Which side of the share is bounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Limit {
    /// At most this share.
    AtMost(f64),
    /// At least this share.
    AtLeast(f64),
}

/// A bound on how often any of some verdicts is given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    /// The world; a trailing `*` takes all that begin so.
    pub(crate) world: &'static str,
    /// Verdicts, any of which counts.
    pub(crate) verdicts: &'static [&'static str],
    /// The bound.
    pub(crate) limit: Limit,
    /// Where it comes from.
    pub(crate) because: &'static str,
}

const fn at_most(world: &'static str, verdicts: &'static [&'static str], share: f64, because: &'static str) -> Bound {
    Bound { world, verdicts, limit: Limit::AtMost(share), because }
}

const fn at_least(world: &'static str, verdicts: &'static [&'static str], share: f64, because: &'static str) -> Bound {
    Bound { world, verdicts, limit: Limit::AtLeast(share), because }
}

const LEVELS: &[&str] = &["env_dependent", "seed_dependent"];
const KAPPA: &str = "a changepoint must outweigh kappa = 1e-3";
const K95: &str = "an unfixed test passes K95 runs with a chance of 5 %";
const FIX: &str = "of the orders of x >= 2 failures, one in 20 (x + 1) ends with so many clean runs";
const CHANCE: &str = "so few streaks are of a steady rate with a chance of .5 %";
const BH: &str = "Benjamini-Hochberg at q = .05";
const RULES: &str = "follows from the decision list";

/// The stated bounds.
pub(crate) const BOUNDS: &[Bound] = &[
    at_most("steady_*", &["regressed"], 0.01, KAPPA),
    // That is .05 / 3 at one look; the changepoints, at which a base may begin, add a little.
    at_most("steady_*", &["fixed"], 0.02, FIX),
    // K95 averages over rates (Jeffreys' prior), and its counts end with a failing run, which makes low rates look higher:
    // simulated over 120 runs of one segment, a steady .01, .05, .2 and .5 pass K95 in 7.7 %, 6.8 %, 4.5 % and 3.5 % of the series.
    at_most("steady_01", &["fixed", "quiet", "not_rerun"], 0.1, K95),
    at_most("steady_05", &["fixed", "quiet", "not_rerun"], 0.08, K95),
    at_most("steady_20", &["fixed", "quiet", "not_rerun"], 0.05, K95),
    at_most("steady_50", &["fixed", "quiet", "not_rerun"], 0.05, K95),
    at_most("steady_cells", &["fixed", "quiet", "not_rerun"], 0.05, K95),
    at_most("steady_*", &["relapsed", "recovered"], 0.005, CHANCE),
    at_most("steady_*", LEVELS, 0.05, BH),
    at_most("steady_*", &["deterministic"], 0.0, RULES),
    at_least("steady_20", &["flaky"], 0.95, "a fail, a pass and a fail of one cell are sure to come"),
    at_least("steady_50", &["flaky"], 0.95, "a fail, a pass and a fail of one cell are sure to come"),
    at_most("fresh_seeds", &["seed_dependent", "flaky"], 0.0, "no seed and no cell recurs"),
    at_most("fresh_seeds", &["env_dependent"], 0.05, BH),
    at_most("fresh_seeds", &["regressed"], 0.01, KAPPA),
    at_most("bursty", &["deterministic", "env_dependent", "seed_dependent"], 0.0, RULES),
    at_least("seed_driven", &["seed_dependent"], 0.95, "every seed is clear-cut over dozens of runs"),
    at_most("seed_driven", &["flaky"], 0.0, "no cell is mixed"),
    at_least("environment_driven", &["env_dependent"], 0.95, "both environments are clear-cut over dozens of runs"),
    at_most("environment_driven", &["flaky"], 0.0, "no cell is mixed"),
    at_least("outage", &["fixed"], 1.0, "six failures of six in a row ask for four clean runs"),
    at_least(
        "outage_again",
        &["relapsed"],
        1.0,
        "the worked numbers: 20 clean runs between five failures and two suffice",
    ),
    at_least(
        "noisy_outage_again",
        &["relapsed"],
        0.8,
        "five runs that fail at .95 are found in 93 % (relapse.md, section 13)",
    ),
    at_least(
        "outage_again_over",
        &["recovered", "fixed"],
        1.0,
        "clean for 15 runs and more since five failures and more",
    ),
    at_least("outage_for_another_reason", &["regressed"], 1.0, RULES),
    at_most("outage_for_another_reason", &["relapsed"], 0.0, RULES),
    at_most("bursts_of_half", &["relapsed"], 0.01, "an outage fails nearly always, a burst half the time"),
    at_least(
        "fix",
        &["fixed"],
        0.9,
        "clean for far more runs than are asked for, but where a lone long spell came before",
    ),
    at_least("regression", &["regressed"], 0.95, "the worked numbers: 20 passes and 5 failures suffice"),
    at_least("young_regression", &["regressed"], 1.0, "the worked numbers: 20 passes and 5 failures suffice"),
    at_least("rate_rise", &["regressed"], 0.95, "a rise from .03 to .6 over 25 runs outweighs kappa"),
    at_most("small_n", &["env_dependent", "seed_dependent", "regressed", "flaky_suspected"], 0.0, RULES),
    at_least("always_failing", &["deterministic"], 1.0, RULES),
    at_most("always_failing", &["flaky", "flaky_suspected"], 0.0, RULES),
    at_least("healthy", &["no_failure"], 1.0, RULES),
];

impl Bound {
    /// Whether the bound is about the world.
    pub(crate) fn is_about(&self, world: &str) -> bool {
        self.world.strip_suffix('*').map_or(self.world == world, |beginning| world.starts_with(beginning))
    }

    /// Whether `count` of `all` leave the bound possible.
    pub(crate) fn holds(&self, count: usize, all: usize) -> bool {
        let Some(share) = clopper_pearson(count as u64, all as u64, LEVEL) else {
            return true;
        };
        match self.limit {
            Limit::AtMost(limit) => share.low <= limit,
            Limit::AtLeast(limit) => share.high >= limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BOUNDS, Bound, Limit, RULES};
    use crate::world::WORLDS;

    #[test]
    fn every_bound_has_its_world_and_every_world_a_bound() {
        for bound in BOUNDS {
            assert!(WORLDS.iter().any(|world| bound.is_about(world.name)), "{}", bound.world);
        }
        for world in WORLDS {
            assert!(BOUNDS.iter().any(|bound| bound.is_about(world.name)), "{}", world.name);
        }
    }

    #[test]
    fn a_bound_breaks_only_beyond_doubt() {
        let bound = |limit| Bound { world: "w", verdicts: &[], limit, because: RULES };
        assert!(bound(Limit::AtMost(0.01)).holds(3, 100));
        assert!(!bound(Limit::AtMost(0.01)).holds(8, 100));
        assert!(bound(Limit::AtMost(0.0)).holds(0, 100));
        assert!(!bound(Limit::AtMost(0.0)).holds(1, 100));
        assert!(bound(Limit::AtLeast(0.95)).holds(90, 100));
        assert!(!bound(Limit::AtLeast(0.95)).holds(85, 100));
        assert!(!bound(Limit::AtLeast(1.0)).holds(99, 100));
        assert!(bound(Limit::AtLeast(1.0)).holds(0, 0));
    }
}
