//! Whether one sample lies above another: the exact test of Mann and Whitney, tie-aware by permutation.

use super::fdr::Test;
use super::ranks::{Sums, doubled_midranks};
use super::shift::{self, Shift};

/// A candidate sample compared with a baseline sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannWhitney {
    /// Pairs (candidate, baseline) in which the candidate is above, ties as halves.
    pub u: f64,
    /// `U / (m n)`: chance that a candidate value is above a baseline value, ties as halves.
    pub a: f64,
    /// That the candidate lies above: `P(U >= observed)`.
    pub above: Test,
    /// That it lies below: `P(U <= observed)`.
    pub below: Test,
    /// Whether the ps are exact; else they are normal with the ties' variance (beyond 30 against 1,000 or so).
    pub exact: bool,
}

/// Compares two samples (Mann and Whitney 1947), given the pooled values and their ties: each of the `C(m+n, m)` ways
/// to pick the candidate's values is alike, and they are counted by dynamic programming.
///
/// `None` when a sample is empty, a value is not finite, or there are more than 2^20 values.
#[must_use]
pub fn mann_whitney(candidate: &[f64], baseline: &[f64]) -> Option<MannWhitney> {
    let (m, n) = sizes(candidate, baseline)?;
    let pooled: Vec<f64> = candidate.iter().chain(baseline).copied().collect();
    let ranks = doubled_midranks(&pooled);
    let sum = |ranks: &[u32]| ranks.iter().map(|rank| u64::from(*rank)).sum::<u64>();
    // Twice U: ranks are doubled.
    let u = sum(&ranks[..m]) - m as u64 * (m as u64 + 1);
    // The smaller sample is the cheaper one to pick, and a high sum of one is a low sum of the other.
    let sums = Sums::of_subsets(&ranks, m.min(n));
    let (least, most) = sums.ends();
    let tail = |p, least_attainable| Test { p, least_attainable };
    let (above, below) = if m <= n {
        let sum = sum(&ranks[..m]);
        (tail(sums.at_least(sum), most), tail(sums.at_most(sum), least))
    } else {
        let sum = sum(&ranks[m..]);
        (tail(sums.at_most(sum), least), tail(sums.at_least(sum), most))
    };
    let u = u as f64 / 2.0;
    Some(MannWhitney { u, a: u / (m as f64 * n as f64), above, below, exact: sums.is_exact() })
}

/// By how much the candidate lies above the baseline: the median of all differences `c - b`, its interval by inverting
/// the exact U.
///
/// `None` as for [`mann_whitney`].
#[must_use]
pub fn shift(candidate: &[f64], baseline: &[f64]) -> Option<Shift> {
    let (m, n) = sizes(candidate, baseline)?;
    let differences: Vec<f64> = candidate.iter().flat_map(|c| baseline.iter().map(move |b| c - b)).collect();
    let untied: Vec<u32> = (0..u32::try_from(m + n).ok()?).collect();
    let fewer = m.min(n);
    let sums = Sums::of_subsets(&untied, fewer);
    // Ranks from 0: the least sum belongs to U = 0.
    let least = fewer as u64 * (fewer as u64 - 1) / 2;
    shift::of_differences(differences, |u| sums.at_most(least + u))
}

/// The median of all differences `c - b` alone; `None` as for [`mann_whitney`].
#[must_use]
pub fn median_difference(candidate: &[f64], baseline: &[f64]) -> Option<f64> {
    sizes(candidate, baseline)?;
    let mut differences: Vec<f64> = candidate.iter().flat_map(|c| baseline.iter().map(move |b| c - b)).collect();
    let middle = differences.len() / 2;
    let even = differences.len().is_multiple_of(2);
    let (lower, upper, _) = differences.select_nth_unstable_by(middle, f64::total_cmp);
    let below = lower.iter().copied().max_by(f64::total_cmp);
    Some(below.filter(|_| even).map_or(*upper, |below| below / 2.0 + *upper / 2.0))
}

/// The share of pairs (candidate, baseline) in which the candidate is above, ties as halves; `None` as for
/// [`mann_whitney`].
#[must_use]
pub fn dominance(candidate: &[f64], baseline: &[f64]) -> Option<f64> {
    let (m, n) = sizes(candidate, baseline)?;
    let mut sorted = baseline.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let doubled = |c: &f64| sorted.partition_point(|b| b < c) + sorted.partition_point(|b| b <= c);
    Some(candidate.iter().map(doubled).sum::<usize>() as f64 / (2.0 * m as f64 * n as f64))
}

/// The least one-sided p that samples of these sizes can reach when nothing ties: `1 / C(m+n, m)`.
#[must_use]
pub fn least_p(candidate: usize, baseline: usize) -> f64 {
    (-super::special::ln_choose((candidate + baseline) as u64, candidate as u64)).exp()
}

fn sizes(candidate: &[f64], baseline: &[f64]) -> Option<(usize, usize)> {
    let (m, n) = (candidate.len(), baseline.len());
    let finite = candidate.iter().chain(baseline).all(|value| value.is_finite());
    (m > 0 && n > 0 && m + n <= 1 << 20 && finite).then_some((m, n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const B1: ([f64; 5], [f64; 10]) =
        ([5.78, 5.83, 5.75, 5.80, 5.79], [5.55, 5.52, 5.58, 5.54, 5.57, 5.53, 5.56, 5.55, 5.60, 5.51]);
    const B2: ([f64; 5], [f64; 10]) = (
        [5.560, 5.561, 5.562, 5.559, 5.5605],
        [5.550, 5.551, 5.552, 5.549, 5.5505, 5.5515, 5.5495, 5.5485, 5.5525, 5.5480],
    );

    fn logs(values: &[f64]) -> Vec<f64> {
        values.iter().map(|value| value.ln()).collect()
    }

    #[test]
    fn worked_numbers() {
        for ((candidate, baseline), ratio, low, high) in
            [(B1, 1.043_243_2, 1.036_036_0, 1.050_450_5), (B2, 1.001_846_8, 1.001_531_0, 1.002_162_7)]
        {
            let (candidate, baseline) = (logs(&candidate), logs(&baseline));
            let test = mann_whitney(&candidate, &baseline).unwrap();
            assert!(test.exact);
            assert_eq!((test.u, test.a), (50.0, 1.0));
            assert!((test.above.p - 1.0 / 3003.0).abs() < 1e-15);
            assert!((test.above.least_attainable - 1.0 / 3003.0).abs() < 1e-15);
            let shift = shift(&candidate, &baseline).unwrap();
            let interval = shift.interval.unwrap();
            assert!((shift.estimate.exp() - ratio).abs() < 5e-8, "{}", shift.estimate.exp());
            assert!((interval.low.exp() - low).abs() < 5e-8, "{}", interval.low.exp());
            assert!((interval.high.exp() - high).abs() < 5e-8, "{}", interval.high.exp());
            assert!((interval.level - 0.9600).abs() < 5e-5, "{}", interval.level);
        }
    }

    #[test]
    fn a_large_candidate_is_exact() {
        let baseline: Vec<f64> = (0..30).map(|i| f64::from(i) * 7.3).collect();
        let candidate: Vec<f64> = (0..200).map(|i| f64::from(i) * 1.1).collect();
        let test = mann_whitney(&candidate, &baseline).unwrap();
        assert!(test.exact);
        // The normal approximation with continuity, to its accuracy at this size.
        let (mean, sd) = (3_000.0_f64, (30.0_f64 * 200.0 * 231.0 / 12.0).sqrt());
        let normal = super::super::special::normal_upper_tail((test.u - 0.5 - mean) / sd);
        assert!((test.above.p - normal).abs() < 1e-3, "{} {normal}", test.above.p);
    }

    #[test]
    fn borders() {
        assert_eq!(mann_whitney(&[], &[1.0]), None);
        assert_eq!(mann_whitney(&[f64::NAN], &[1.0]), None);
        let tied = mann_whitney(&[1.0, 1.0], &[1.0, 1.0, 1.0]).unwrap();
        assert_eq!((tied.a, tied.above.p, tied.above.least_attainable), (0.5, 1.0, 1.0));
        let one = shift(&[2.0], &[1.0, 1.5]).unwrap();
        assert_eq!((one.estimate, one.interval), (0.75, None));
        assert!((least_p(5, 10) - 1.0 / 3003.0).abs() < 1e-12);
    }

    fn samples() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
        let sample = || prop::collection::vec((0_u8..8).prop_map(f64::from), 1..7);
        (sample(), sample())
    }

    proptest! {
        #[test]
        fn equals_every_relabelling((candidate, baseline) in samples()) {
            let test = mann_whitney(&candidate, &baseline).unwrap();
            let pooled: Vec<f64> = candidate.iter().chain(&baseline).copied().collect();
            let u = |set: u32| -> f64 {
                let side = |side: u32| (0..pooled.len()).filter(move |i| set >> i & 1 == side).map(|i| pooled[i]);
                side(1).map(|c| side(0).map(|b| [0.0, 0.5, 1.0][usize::from(c >= b) + usize::from(c > b)]).sum::<f64>()).sum()
            };
            let observed = u((1 << candidate.len()) - 1);
            prop_assert!((test.u - observed).abs() < 1e-12);
            prop_assert!((test.a - dominance(&candidate, &baseline).unwrap()).abs() < 1e-12);
            let all: Vec<f64> = (0_u32..1 << pooled.len())
                .filter(|set| set.count_ones() as usize == candidate.len()).map(u).collect();
            let share = |count: usize| count as f64 / all.len() as f64;
            prop_assert!((test.above.p - share(all.iter().filter(|u| **u >= observed).count())).abs() < 1e-12);
            prop_assert!((test.below.p - share(all.iter().filter(|u| **u <= observed).count())).abs() < 1e-12);
            let most = all.iter().copied().fold(0.0, f64::max);
            let least = share(all.iter().filter(|u| **u >= most).count());
            prop_assert!((test.above.least_attainable - least).abs() < 1e-12);
        }

        #[test]
        fn mirrors((candidate, baseline) in samples()) {
            let (one, other) =
                (mann_whitney(&candidate, &baseline).unwrap(), mann_whitney(&baseline, &candidate).unwrap());
            prop_assert!((one.a + other.a - 1.0).abs() < 1e-12);
            prop_assert!((one.above.p - other.below.p).abs() < 1e-12);
            prop_assert!((one.above.least_attainable - other.below.least_attainable).abs() < 1e-12);
            let (shift, back) = (shift(&candidate, &baseline).unwrap(), shift(&baseline, &candidate).unwrap());
            prop_assert!((shift.estimate + back.estimate).abs() < 1e-15);
            prop_assert_eq!(shift.interval.map(|all| (all.low, all.high)), back.interval.map(|all| (-all.high, -all.low)));
            prop_assert_eq!(median_difference(&candidate, &baseline), Some(shift.estimate));
        }
    }

    /// Every arrangement of eleven distinct values weighs alike: the interval covers a true shift of 0 exactly as
    /// often as its level says.
    #[test]
    fn intervals_cover_as_often_as_they_say() {
        let values: Vec<f64> = (0..11).map(|i| f64::from(i * i)).collect();
        for m in 2..=5 {
            let (mut all, mut covered, mut level) = (0.0, 0.0, None);
            for set in (0_u32..1 << 11).filter(|set| set.count_ones() == m) {
                let side = |side: u32| -> Vec<f64> {
                    (0..11_usize).filter(|i| set >> i & 1 == side).map(|i| values[i]).collect()
                };
                let Some(interval) = shift(&side(1), &side(0)).unwrap().interval else { break };
                all += 1.0;
                covered += f64::from(u8::from(interval.low < 0.0 && interval.high > 0.0));
                level = Some(interval.level);
            }
            // Nine against two has 1 - 2/55 = .9636.
            let level = level.expect("an interval");
            assert!(level >= shift::CONFIDENCE && (covered / all - level).abs() < 1e-12, "{m} {level}");
        }
    }
}
