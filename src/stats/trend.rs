//! Whether a failure rate rises from run to run: the exact trend test.

use super::fdr::Test;
use super::mann_whitney::least_p;
use super::ranks::Sums;
use super::special::normal_upper_tail;

/// Above this p, what the normal distribution makes of it is enough: it is far from any level.
const FAR: f64 = 0.1;
/// Additions that an exact distribution may cost, below a millisecond: there is a test for each series that failed.
const MOST_WORK: f64 = 2e5;

/// The chance that the failures of so many runs stand as late, if they fell on the runs at random (Cochran 1954, Armitage 1955,
/// with the places of the runs for scores and the permutations of their bits for the distribution): `P(T >= observed)` for the
/// sum T of the failing runs' places, which is that of Wilcoxon's rank sum.
///
/// Exact up to some 60 runs with 10 failures; normal, with half a step of continuity, beyond that and above .1. `None` without a
/// failure, without a pass, or beyond 2^20 runs.
#[must_use]
pub fn rising(bits: &[bool]) -> Option<Test> {
    let n = u32::try_from(bits.len()).ok().filter(|&n| n <= 1 << 20)?;
    let places = |failed: bool| (1..=n).zip(bits).filter(move |(_, bit)| **bit == failed).map(|(place, _)| place);
    let sum = |failed: bool| places(failed).map(u64::from).sum::<u64>();
    let (x, passes) = (places(true).count(), places(false).count());
    if x == 0 || passes == 0 {
        return None;
    }
    let (fails, runs) = (x as f64, f64::from(n));
    let (mean, variance) = (fails * (runs + 1.0) / 2.0, fails * passes as f64 * (runs + 1.0) / 12.0);
    let normal = normal_upper_tail((sum(true) as f64 - 0.5 - mean) / variance.sqrt());
    let exact = || {
        let ranks: Vec<u32> = (1..=n).collect();
        // The rarer ones are cheaper to place, and late failures are early passes.
        let sums = Sums::of_subsets_within(&ranks, x.min(passes), MOST_WORK);
        if x <= passes { sums.at_least(sum(true)) } else { sums.at_most(sum(false)) }
    };
    Some(Test { p: if normal > FAR { normal } else { exact() }, least_attainable: least_p(x, passes) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn p(history: &str) -> f64 {
        rising(&history.chars().map(|c| c == 'F').collect::<Vec<_>>()).unwrap().p
    }

    #[test]
    fn worked_numbers() {
        // The last 2 of 12: one set of C(12, 2) = 66.
        assert!((p("PPPPPPPPPPFF") - 1.0 / 66.0).abs() < 1e-12);
        // One of the last and the one before the last but one: with that above, two of 66.
        assert!((p("PPPPPPPPPFPF") - 2.0 / 66.0).abs() < 1e-12);
        // More failures than passes: the first two passed.
        assert!((p("PPFFFFFFFFFF") - 1.0 / 66.0).abs() < 1e-12);
        assert!(p("FFPPPPPPPPPP") > 0.98);
        assert!(rising(&[true; 9]).is_none() && rising(&[false; 9]).is_none() && rising(&[]).is_none());
    }

    #[test]
    fn long_series_are_as_the_exact_ones() {
        // Every fourth run of a hundred, and every second of a hundred behind: beyond what is counted exactly.
        let bits: Vec<bool> = (0..200).map(|run| run % if run < 100 { 4 } else { 2 } == 0).collect();
        let found = rising(&bits).unwrap().p;
        let ranks: Vec<u32> = (1..=200).collect();
        let sums = Sums::of_subsets(&ranks, 75);
        let observed = (1..=200).zip(&bits).filter(|(_, bit)| **bit).map(|(place, _)| place).sum();
        let exact = sums.at_least(observed);
        assert!(sums.is_exact() && (found / exact - 1.0).abs() < 0.1, "{found} {exact}");
    }

    proptest! {
        #[test]
        fn it_is_the_share_of_all_orders(bits in prop::collection::vec(any::<bool>(), 2..13)) {
            let (n, x) = (bits.len(), bits.iter().filter(|bit| **bit).count());
            prop_assume!(x > 0 && x < n);
            let sum = |set: u32| (0..n).filter(|place| set >> place & 1 == 1).map(|place| place + 1).sum::<usize>();
            let observed = (1..=n).zip(&bits).filter(|(_, bit)| **bit).map(|(place, _)| place).sum::<usize>();
            let sets: Vec<u32> = (0..1_u32 << n).filter(|set| set.count_ones() as usize == x).collect();
            let late = sets.iter().filter(|set| sum(**set) >= observed).count();
            let exact = late as f64 / sets.len() as f64;
            let found = rising(&bits).unwrap();
            // Far from any level the normal distribution does.
            prop_assert!((found.p - exact).abs() < if exact < 0.05 { 1e-9 } else { 0.08 }, "{} {exact}", found.p);
            prop_assert!((found.least_attainable * sets.len() as f64 - 1.0).abs() < 1e-9);
        }
    }
}
