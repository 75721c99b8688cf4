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
    Some((x as f64 + 1.0) * clean_chance(x, n, m)?)
}

/// The chance that the last `m` of `n + m` runs hold none of the `x` failures, where any order of the runs is as likely as any
/// other: `C(n, x) / C(n + m, x)`. It is that of one look, which was planned before any of the `m` was run.
///
/// Unit: runs. `None` unless `x <= n` and `n >= 1`.
#[must_use]
pub fn clean_chance(x: u64, n: u64, m: u64) -> Option<f64> {
    (x <= n && n > 0).then(|| (ln_choose(n, x) - ln_choose(n + m, x)).exp())
}

/// The least number of clean runs that shows a fix at a level of .95 or .99: of which [`spell_chance`] is at most `1 - level`.
///
/// Unit: runs. `None` for `x < 2`, since what was seen once may be as rare as its absence is long, and outside the domain.
#[must_use]
pub fn clean_runs_to_fix(x: u64, n: u64, level: f64) -> Option<u64> {
    if x < 2 || !(level > 0.0 && level < 1.0) {
        return None;
    }
    least_enough(|m| Some(is_at_most(spell_chance(x, n, m)?, 1.0 - level)))
}

/// The least number of clean runs that shows at a level of .95 or .99 that a fix holds, which was named before they were run: of
/// which [`clean_chance`] is at most `1 - level`. One planned look needs no factor, and one failure is enough to be missed
/// (recurrence.md, section 8).
///
/// Unit: runs. `None` for `x = 0`, and outside the domain.
#[must_use]
pub fn clean_runs_to_hold(x: u64, n: u64, level: f64) -> Option<u64> {
    if x == 0 || !(level > 0.0 && level < 1.0) {
        return None;
    }
    least_enough(|m| Some(is_at_most(clean_chance(x, n, m)?, 1.0 - level)))
}

/// The chance that an absence is longer than `ratio` times the longest of `others`, where all of them end at one chance a run:
/// the product of `i / (ratio + i)` for `i` from 1 to `others`.
///
/// Source: times between events of one constant rate; that one outlasts the longest of `K` others has chance `1 / (K + 1)`, and
/// `ratio` times that one `1 / C(K + ratio, K)`.
#[must_use]
pub fn outlasting_chance(others: u64, ratio: f64) -> f64 {
    (1..=others).map(|i| i as f64 / (ratio + i as f64)).product()
}

/// Clean spells that are at least one in so many of the longest are of its kind: the short ones, within a burst, say nothing of how
/// long it stays away.
pub const LIKE_THE_LONGEST: u64 = 3;

/// The clean spells between two failures: the longest one, and how many are of its kind ([`LIKE_THE_LONGEST`], from failure to
/// failure), itself among them. Unit: runs.
#[must_use]
pub fn longest_spells(spells: &[u64]) -> (u64, u64) {
    let longest = spells.iter().copied().max().unwrap_or(0);
    let is_like = |spell: &&u64| (**spell + 1) * LIKE_THE_LONGEST > longest;
    (longest, spells.iter().filter(is_like).count() as u64)
}

/// The least number of clean runs that are no further absence of the kind that it had before, of which the longest is `longest` runs
/// and there were `alike`: twice the longest, and so many that one outlasts them with a chance of 5 % at most ([`outlasting_chance`]).
/// Absences of none are no absences.
#[must_use]
pub fn clean_runs_to_outlast(longest: u64, alike: u64) -> u64 {
    if longest == 0 {
        return 0;
    }
    let is_enough = |clean: u64| is_at_most(outlasting_chance(alike, clean as f64 / (longest + 1) as f64), 0.05);
    least_enough(|clean| Some(is_enough(clean))).map_or(u64::MAX, |least| least.max(2 * longest))
}

/// Worked numbers lie near the bound: what differs in the last digits is at it.
fn is_at_most(chance: f64, bound: f64) -> bool {
    chance <= bound * (1.0 + 1e-9)
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

    /// One planned look: the same section.
    #[test]
    fn worked_numbers_of_a_planned_look() {
        for (x, n, at_95) in [(132, 197, 3), (3, 30, 50), (1, 1, 19), (19, 19, 1)] {
            assert_eq!(clean_runs_to_hold(x, n, 0.95), Some(at_95), "{x} of {n}");
        }
        assert_eq!((clean_runs_to_hold(0, 5, 0.95), clean_runs_to_hold(6, 5, 0.95)), (None, None));
        for (x, n) in [(1, 1), (2, 30), (5, 10), (60, 200)] {
            let [planned, looked_for] = [clean_runs_to_hold, clean_runs_to_fix].map(|needed| needed(x, n, 0.95));
            assert!(planned < looked_for || looked_for.is_none(), "{x} of {n}");
        }
    }

    /// One absence of one kind asks for nineteen times as long, three for three times, and of six on twice the longest is more.
    #[test]
    fn absences() {
        assert!((outlasting_chance(1, 1.0) - 0.5).abs() < 1e-12 && (outlasting_chance(9, 1.0) - 0.1).abs() < 1e-12);
        for (others, ratio) in [(1, 19.0), (3, 3.0)] {
            assert!((outlasting_chance(others, ratio) - 0.05).abs() < 1e-12, "{others}");
        }
        for (longest, alike, needed) in
            [(0, 4, 0), (1, 1, 38), (9, 1, 190), (9, 2, 49), (9, 3, 30), (9, 5, 20), (9, 6, 18), (9, 40, 18)]
        {
            assert_eq!(clean_runs_to_outlast(longest, alike), needed, "{alike} of {longest}");
        }
        // Within bursts it is clean for a run or two, which says nothing of the time between two.
        assert_eq!(longest_spells(&[1, 0, 2, 30, 0, 1, 11, 10]), (30, 3));
        assert_eq!(longest_spells(&[]), (0, 0));
    }

    #[test]
    fn borders() {
        assert_eq!((spell_chance(2, 1, 0), spell_chance(0, 0, 1)), (None, None));
        assert_eq!((clean_runs_to_fix(1, 1, 0.95), clean_runs_to_fix(2, 2, 1.0)), (None, None));
        assert_eq!(spell_chance(0, 5, 3), Some(1.0));
    }
}
