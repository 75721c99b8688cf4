//! Two levels compared across strata: the Cochran-Mantel-Haenszel test.

use super::level::Level;
use super::special::chi_square_1_tail;

/// The two levels within one stratum (a revision).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stratum {
    /// The first level.
    pub first: Level,
    /// The second level.
    pub second: Level,
}

/// Outcome of the Cochran-Mantel-Haenszel test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cmh {
    /// The statistic, chi-square with one degree of freedom when the levels fail alike.
    pub statistic: f64,
    /// Its upper tail probability.
    pub p: f64,
    /// The least p that tables with the same margins reach.
    pub least_attainable: f64,
    /// Strata that could vary and therefore counted.
    pub strata: usize,
}

/// The Cochran-Mantel-Haenszel test with continuity correction:
/// `max(0, |sum (a - E a)| - 1/2)^2 / sum Var a` over the strata, `a` the failing runs of the first
/// level.
///
/// Strata whose count cannot vary are skipped. `None` when none is left or a level is
/// invalid.
#[must_use]
pub fn cmh(strata: &[Stratum]) -> Option<Cmh> {
    let mut used = 0;
    let (mut deviation, mut variance, mut lowest, mut highest) = (0.0, 0.0, 0.0, 0.0);
    for stratum in strata {
        if !stratum.first.is_valid() || !stratum.second.is_valid() {
            return None;
        }
        let runs = stratum.first.runs.checked_add(stratum.second.runs)?;
        let fails = stratum.first.fails + stratum.second.fails;
        if stratum.first.runs == 0 || stratum.second.runs == 0 || fails == 0 || fails == runs {
            continue;
        }
        let (n, n1, n2) = (runs as f64, stratum.first.runs as f64, stratum.second.runs as f64);
        let expected = n1 * fails as f64 / n;
        used += 1;
        deviation += stratum.first.fails as f64 - expected;
        variance += expected * (n2 / n) * ((runs - fails) as f64 / (n - 1.0));
        lowest += fails.saturating_sub(stratum.second.runs) as f64 - expected;
        highest += fails.min(stratum.first.runs) as f64 - expected;
    }
    let statistic = |deviation: f64| {
        let corrected = (deviation.abs() - 0.5).max(0.0);
        corrected * corrected / variance
    };
    let extreme = statistic(lowest).max(statistic(highest));
    (used > 0).then(|| Cmh {
        statistic: statistic(deviation),
        p: chi_square_1_tail(statistic(deviation)),
        least_attainable: chi_square_1_tail(extreme),
        strata: used,
    })
}

/// The Mantel-Haenszel risk difference, first minus second, in [-1, 1]: the strata's differences
/// weighted by `n1 n2 / (n1 + n2)`. With one stratum the plain difference.
///
/// Strata without a run of either level carry no weight. `None` when none carries any or a level is
/// invalid.
#[must_use]
pub fn risk_difference(strata: &[Stratum]) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for Stratum { first, second } in strata {
        if !first.is_valid() || !second.is_valid() {
            return None;
        }
        if first.runs == 0 || second.runs == 0 {
            continue;
        }
        let (n1, n2) = (first.runs as f64, second.runs as f64);
        sum += (first.fails as f64 * n2 - second.fails as f64 * n1) / (n1 + n2);
        weights += n1 * n2 / (n1 + n2);
    }
    (weights > 0.0).then(|| sum / weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stratum(first: (u64, u64), second: (u64, u64)) -> Stratum {
        Stratum { first: Level::new(first.0, first.1).unwrap(), second: Level::new(second.0, second.1).unwrap() }
    }

    #[test]
    fn worked_numbers() {
        let strata = [stratum((4, 20), (0, 20)), stratum((4, 20), (1, 20))];
        let found = cmh(&strata).unwrap();
        // 9 / (319/156) = 4.4012539...
        assert!((found.statistic - 1404.0 / 319.0).abs() < 1e-12);
        assert!((found.p - 0.035_913).abs() < 5e-7);
        assert!((risk_difference(&strata).unwrap() - 0.175).abs() < 1e-12);
    }

    #[test]
    fn nothing_to_compare() {
        assert_eq!(cmh(&[]), None);
        assert_eq!(cmh(&[stratum((0, 20), (0, 20)), stratum((3, 3), (0, 0))]), None);
        assert_eq!(risk_difference(&[stratum((3, 3), (0, 0))]), None);
        let plain = risk_difference(&[stratum((2, 4), (1, 4))]).unwrap();
        assert!((plain - 0.25).abs() < 1e-12);
    }

    fn strata() -> impl Strategy<Value = Vec<Stratum>> {
        let level = || (1_u64..20).prop_flat_map(|runs| (0..=runs, Just(runs)));
        prop::collection::vec((level(), level()).prop_map(|(a, b)| stratum(a, b)), 1..5)
    }

    proptest! {
        #[test]
        fn laws(strata in strata()) {
            let swapped: Vec<_> =
                strata.iter().map(|s| Stratum { first: s.second, second: s.first }).collect();
            match (cmh(&strata), cmh(&swapped)) {
                (Some(one), Some(other)) => {
                    prop_assert!((one.p - other.p).abs() < 1e-9);
                    prop_assert!(one.p > 0.0 && one.p <= 1.0);
                    prop_assert!(one.least_attainable <= one.p + 1e-12);
                }
                (one, other) => prop_assert_eq!(one, other),
            }
            let difference = risk_difference(&strata).unwrap();
            prop_assert!((difference + risk_difference(&swapped).unwrap()).abs() < 1e-12);
            prop_assert!(difference.abs() <= 1.0 + 1e-12);
        }
    }
}
