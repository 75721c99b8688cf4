//! Two levels compared: Fisher's exact test and effect sizes.

use super::hypergeometric::Hypergeometric;
use super::level::Level;

/// Tables up to this much likelier than the observed one still count as equally unlikely, so that
/// rounding cannot drop a table that ties with it.
const TIE: f64 = 1e-7;

/// Fisher's exact two-sided p: the probability, given the margins, of tables no likelier than the
/// observed one, `P <= P_obs (1 + 1e-7)`.
///
/// `None` unless both levels are valid and have a run, or beyond 2^24 possible tables.
#[must_use]
pub fn two_sided(first: Level, second: Level) -> Option<f64> {
    let tables = tables(first, second)?;
    let place = usize::try_from(first.fails - tables.low).ok()?;
    Some(tables.at_most_as_likely(*tables.weights.get(place)?, TIE))
}

/// Fisher's exact one-sided p that the first level fails more: `P(fails >= observed)`.
///
/// `None` unless both levels are valid and have a run.
#[must_use]
pub fn greater(first: Level, second: Level) -> Option<f64> {
    Some(tables(first, second)?.upper_tail(first.fails))
}

/// Fisher's exact one-sided p that the first level fails less: `P(fails <= observed)`.
///
/// `None` unless both levels are valid and have a run.
#[must_use]
pub fn less(first: Level, second: Level) -> Option<f64> {
    Some(tables(first, second)?.lower_tail(first.fails))
}

/// The least two-sided p that any table with the observed margins reaches (Tarone 1990).
///
/// `None` unless both levels are valid and have a run.
#[must_use]
pub fn least_attainable(first: Level, second: Level) -> Option<f64> {
    let tables = tables(first, second)?;
    // Weights rise to the mode and fall again: the least is at an end.
    let (left, right) = (*tables.weights.first()?, *tables.weights.last()?);
    Some(tables.at_most_as_likely(left.min(right), TIE))
}

/// The least p of [`greater`] that any table with the observed margins reaches (Tarone 1990).
///
/// `None` unless both levels are valid and have a run.
#[must_use]
pub fn least_attainable_greater(first: Level, second: Level) -> Option<f64> {
    let tables = tables(first, second)?;
    Some(tables.upper_tail(tables.low + tables.weights.len() as u64 - 1))
}

/// Odds ratio of failing, first against second, with Haldane's 1/2 added to each count: always
/// finite and positive. Counts beyond `runs` are taken as no passes.
#[must_use]
pub fn haldane_odds_ratio(first: Level, second: Level) -> f64 {
    let odds = |level: Level| (level.fails as f64 + 0.5) / (level.passes() as f64 + 0.5);
    odds(first) / odds(second)
}

/// Failure rate of the first level minus that of the second, in [-1, 1].
///
/// `None` unless both levels are valid and have a run.
#[must_use]
pub fn risk_difference(first: Level, second: Level) -> Option<f64> {
    let rate = |level: Level| (level.is_valid() && level.runs > 0).then(|| level.fails as f64 / level.runs as f64);
    Some(rate(first)? - rate(second)?)
}

/// Distribution of the first level's failing runs given the margins.
fn tables(first: Level, second: Level) -> Option<Hypergeometric> {
    if !first.is_valid() || !second.is_valid() || first.runs == 0 || second.runs == 0 {
        return None;
    }
    let runs = first.runs.checked_add(second.runs)?;
    Hypergeometric::new(runs, first.fails + second.fails, first.runs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn level(fails: u64, runs: u64) -> Level {
        Level::new(fails, runs).unwrap()
    }

    #[test]
    fn worked_numbers() {
        let (first, second) = (level(8, 40), level(0, 40));
        assert!((two_sided(first, second).unwrap() - 0.005_306).abs() < 5e-7);
        assert!((haldane_odds_ratio(first, second) - 21.1846).abs() < 5e-5);
        let p = two_sided(level(3, 30), level(1, 30)).unwrap();
        assert!((p - 0.611_954).abs() < 5e-7, "{p}");
    }

    #[test]
    fn one_sided_worked_numbers() {
        // All 4 of 5 new failures with 3 of 30 before: (C(7,4) C(28,1) + C(7,5)) / C(35,5), by hand.
        let p = greater(level(4, 5), level(3, 30)).unwrap();
        assert!((p - f64::from(35 * 28 + 21) / 324_632.0).abs() < 1e-12, "{p}");
        // One new run that fails, after one failure in 29: C(2,1) C(28,0) / C(30,1) = 2/30, and no table is rarer.
        let (first, second) = (level(1, 1), level(1, 29));
        assert!((greater(first, second).unwrap() - 2.0 / 30.0).abs() < 1e-12);
        assert!((least_attainable_greater(first, second).unwrap() - 2.0 / 30.0).abs() < 1e-12);
        assert_eq!(least_attainable_greater(level(0, 5), level(0, 5)), Some(1.0));
    }

    #[test]
    fn outside_the_domain() {
        assert_eq!(two_sided(level(0, 0), level(1, 2)), None);
        assert_eq!(risk_difference(level(1, 2), Level { fails: 3, runs: 2 }), None);
        assert_eq!(two_sided(level(0, 5), level(0, 5)), Some(1.0));
    }

    fn levels() -> impl Strategy<Value = Level> {
        (1_u64..60).prop_flat_map(|runs| (0..=runs).prop_map(move |fails| level(fails, runs)))
    }

    proptest! {
        #[test]
        fn laws(first in levels(), second in levels()) {
            let p = two_sided(first, second).unwrap();
            let swapped = two_sided(second, first).unwrap();
            prop_assert!((p - swapped).abs() < 1e-12);
            let passes = |level: Level| Level { fails: level.passes(), ..level };
            prop_assert!((p - two_sided(passes(first), passes(second)).unwrap()).abs() < 1e-12);
            prop_assert!(p > 0.0 && p <= 1.0);
            let sides = (greater(first, second).unwrap(), less(first, second).unwrap());
            prop_assert!(sides.0 + sides.1 >= 1.0 - 1e-12);
            prop_assert!((sides.0 - less(second, first).unwrap()).abs() < 1e-12);
            let product = haldane_odds_ratio(first, second) * haldane_odds_ratio(second, first);
            prop_assert!((product - 1.0).abs() < 1e-12);
        }

        #[test]
        fn the_least_attainable_is_attained(first in levels(), second in levels()) {
            let fails = first.fails + second.fails;
            let low = fails.saturating_sub(second.runs);
            let least = (low..=fails.min(first.runs))
                .map(|k| two_sided(level(k, first.runs), level(fails - k, second.runs)).unwrap())
                .fold(1.0, f64::min);
            prop_assert!((least - least_attainable(first, second).unwrap()).abs() < 1e-12);
            let least = (low..=fails.min(first.runs))
                .map(|k| greater(level(k, first.runs), level(fails - k, second.runs)).unwrap())
                .fold(1.0, f64::min);
            prop_assert!((least - least_attainable_greater(first, second).unwrap()).abs() < 1e-12);
        }
    }
}
