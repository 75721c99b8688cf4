//! Failures in a row under one of several conditions, beside what the others make likely.

/// The most that chance may make of them.
const ALPHA: f64 = 0.01;

/// Whether so many failures at the end, under one of so many conditions, are more than chance makes with a probability of 1 %, at
/// the rate of the other conditions' runs, of which so many failed.
///
/// The bound is Bonferroni's: `conditions * rate^streak <= .01`. The rate is counted with half a failure more, since a few
/// runs without one are no rate of none. False without another condition's run.
#[must_use]
pub fn is_no_chance(conditions: usize, (others_failed, others): (u64, u64), streak: u64) -> bool {
    let rate = (others_failed as f64 + 0.5) / (others as f64 + 1.0);
    others > 0 && streak > 0 && conditions as f64 * rate.powf(streak as f64) <= ALPHA
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_numbers() {
        // Two environments, the other one always passed: .5 / 21 once, and twice.
        assert!(!is_no_chance(2, (0, 20), 1) && is_no_chance(2, (0, 20), 2));
        // Twenty machines of a flake of 30 %: .3^7 is 2.2e-4, times 20 .0044; .3^6 .0146.
        assert!(!is_no_chance(20, (300, 1000), 6) && is_no_chance(20, (300, 1000), 7));
        // Nothing to compare with, and what fails everywhere.
        assert!(!is_no_chance(1, (0, 0), 50) && !is_no_chance(2, (50, 50), 100));
    }
}
