//! How many clean runs show a fix to who looks after every run.

use super::planning::least_enough;
use super::special::ln_choose;

/// The chance that a failure which is not fixed shows, at some time, a clean spell like the last `m` runs, behind `n` runs of which
/// the last was the `x`th to fail: at most `(x + 1) C(n, x) / C(n + m, x)`.
///
/// Where any order of the runs is as likely as any other, `C(n, x) / C(n + m, x)` is the chance that the last `m` of `n + m` hold none of
/// the `x` failures, whatever their rate; there are `x + 1` spells, before, between and behind the failures, and who looks after
/// every run will have seen the longest (recurrence.md, section 8).
///
/// Unit: runs. `None` unless `x <= n` and `n >= 1`.
#[must_use]
pub fn spell_chance(x: u64, n: u64, m: u64) -> Option<f64> {
    (x <= n && n > 0).then(|| (x as f64 + 1.0) * (ln_choose(n, x) - ln_choose(n + m, x)).exp())
}

/// The least number of clean runs that shows a fix at a level of .95 or .99: of which [`spell_chance`] is at most `1 - level`.
///
/// Unit: runs. `None` for `x < 2`, since what was seen once may be as rare as its absence is long, and outside the domain.
#[must_use]
pub fn clean_runs_to_fix(x: u64, n: u64, level: f64) -> Option<u64> {
    if x < 2 || !(level > 0.0 && level < 1.0) {
        return None;
    }
    // Worked numbers lie near the bound: what differs in the last digits is at it.
    least_enough(|m| Some(spell_chance(x, n, m)? <= (1.0 - level) * (1.0 + 1e-9)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// recurrence.md, section 8.
    #[test]
    fn worked_numbers() {
        for (x, n, at_95, at_99) in [
            (2, 2, 10, 23),
            (3, 3, 6, 12),
            (4, 4, 5, 9),
            (20, 20, 3, 4),
            (5, 10, 13, 21),
            (12, 16, 6, 8),
            (3, 30, 96, 185),
            (30, 300, 69, 88),
            (132, 197, 8, 9),
            (60, 200, 22, 27),
        ] {
            let needed = |level| clean_runs_to_fix(x, n, level).unwrap();
            assert_eq!((needed(0.95), needed(0.99)), (at_95, at_99), "{x} of {n}");
        }
        assert!((spell_chance(132, 197, 8).unwrap() - 0.0265).abs() < 5e-5);
    }

    #[test]
    fn borders() {
        assert_eq!((spell_chance(2, 1, 0), spell_chance(0, 0, 1)), (None, None));
        assert_eq!((clean_runs_to_fix(1, 1, 0.95), clean_runs_to_fix(2, 2, 1.0)), (None, None));
        assert_eq!(spell_chance(0, 5, 3), Some(1.0));
    }
}
