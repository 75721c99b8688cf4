//! Recurrence metrics of one series of runs.

use super::location::median_of_sorted;

/// One counted run of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunPoint {
    /// The run bit.
    pub failed: bool,
    /// When the run began, in ms since 1970; `None` where no record tells.
    pub unix_ms: Option<i64>,
}

/// Median and maximum of the gaps between neighbouring failing runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gaps {
    /// Median; of an even number, the mean of the middle two.
    pub median: f64,
    /// Maximum.
    pub max: f64,
}

/// Equal bits at the end of the series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streak {
    /// Whether they are failures.
    pub failed: bool,
    /// How many runs, at least 1.
    pub runs: usize,
}

/// How the failures of a series recur.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurrence {
    /// Runs.
    pub runs: usize,
    /// Failing runs.
    pub failed_runs: usize,
    /// Gaps between failing runs in runs (neighbours have gap 1); `None` below two failures.
    pub gaps_runs: Option<Gaps>,
    /// The same in ms, over gaps whose two runs have a time; `None` without any.
    pub gaps_ms: Option<Gaps>,
    /// Burstiness `(sd - mean) / (sd + mean)` of the gaps in runs, population sd, in [-1, 1):
    /// -1 regular, 0 random, towards 1 bursty; `None` below three gaps.
    pub burstiness: Option<f64>,
    /// Changes of the bit from one run to the next.
    pub flips: usize,
    /// `flips / (n - 1)` (Kowalczyk et al. 2020); `None` below two runs.
    pub flip_rate: Option<f64>,
    /// Flip rate over its expectation for the same bits in random order, `2p(1-p) n / (n-1)`;
    /// `None` unless both bits occur.
    pub flip_ratio: Option<f64>,
    /// Entropy of the failure rate in bits, in [0, 1] (Kowalczyk et al. 2020).
    pub entropy: f64,
    /// Index of the first failing run.
    pub first_failure: Option<usize>,
    /// Index of the last failing run.
    pub last_failure: Option<usize>,
    /// Equal bits at the end.
    pub streak: Streak,
}

/// The recurrence metrics of a series in run order; `None` for an empty one.
#[must_use]
pub fn recurrence(series: &[RunPoint]) -> Option<Recurrence> {
    let last = series.last()?;
    let n = series.len();
    let failing: Vec<usize> = (0..n).filter(|run| series[*run].failed).collect();
    let x = failing.len();
    let flips = series.windows(2).filter(|pair| pair[0].failed != pair[1].failed).count();
    let rate = x as f64 / n as f64;
    let flip_rate = (n > 1).then(|| flips as f64 / (n - 1) as f64);
    let expected = 2.0 * rate * (1.0 - rate) * n as f64;
    let gaps: Vec<f64> = failing.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
    let gaps_ms = failing.windows(2).filter_map(|pair| {
        let (from, to) = (series[pair[0]].unix_ms?, series[pair[1]].unix_ms?);
        Some(to.abs_diff(from) as f64)
    });
    Some(Recurrence {
        runs: n,
        failed_runs: x,
        burstiness: burstiness(&gaps),
        gaps_ms: summarise(gaps_ms.collect()),
        gaps_runs: summarise(gaps),
        flips,
        flip_rate,
        flip_ratio: (x > 0 && x < n).then(|| flips as f64 / expected),
        entropy: entropy(rate),
        first_failure: failing.first().copied(),
        last_failure: failing.last().copied(),
        streak: Streak {
            failed: last.failed,
            runs: series.iter().rev().take_while(|run| run.failed == last.failed).count(),
        },
    })
}

/// Entropy in bits of an event with this probability; 0 outside (0, 1).
#[must_use]
pub fn entropy(rate: f64) -> f64 {
    let term = |p: f64| if p > 0.0 && p < 1.0 { -p * p.log2() } else { 0.0 };
    term(rate) + term(1.0 - rate)
}

fn summarise(mut gaps: Vec<f64>) -> Option<Gaps> {
    gaps.sort_unstable_by(f64::total_cmp);
    Some(Gaps { median: median_of_sorted(&gaps)?, max: *gaps.last()? })
}

fn burstiness(gaps: &[f64]) -> Option<f64> {
    if gaps.len() < 3 {
        return None;
    }
    let count = gaps.len() as f64;
    let mean = gaps.iter().sum::<f64>() / count;
    let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / count;
    let sd = variance.sqrt();
    Some((sd - mean) / (sd + mean))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn series(text: &str) -> Vec<RunPoint> {
        let point = |(at, letter): (i64, char)| RunPoint { failed: letter == 'F', unix_ms: Some(1000 * at) };
        (0_i64..).zip(text.chars()).map(point).collect()
    }

    #[test]
    fn worked_numbers() {
        let found = recurrence(&series("PPPFPPFFPPPPPFPPPPPF")).unwrap();
        assert_eq!(found.gaps_runs, Some(Gaps { median: 4.5, max: 6.0 }));
        assert_eq!(found.gaps_ms, Some(Gaps { median: 4500.0, max: 6000.0 }));
        assert!((found.burstiness.unwrap() + 0.306_908).abs() < 5e-7);
        assert_eq!(found.flips, 7);
        assert!((found.flip_rate.unwrap() - 0.368_421).abs() < 5e-7);
        assert!((found.flip_ratio.unwrap() - 0.933_333).abs() < 5e-7);
        assert!((found.entropy - 0.811_278).abs() < 5e-7);
        assert_eq!((found.first_failure, found.last_failure), (Some(3), Some(19)));
        assert_eq!(found.streak, Streak { failed: true, runs: 1 });
    }

    #[test]
    fn what_is_unknown_is_absent() {
        assert_eq!(recurrence(&[]), None);
        let single = recurrence(&series("F")).unwrap();
        assert_eq!((single.flip_rate, single.flip_ratio, single.gaps_runs), (None, None, None));
        let quiet = recurrence(&series("PPP")).unwrap();
        assert_eq!((quiet.flip_ratio, quiet.first_failure, quiet.burstiness), (None, None, None));
        assert_eq!(quiet.streak, Streak { failed: false, runs: 3 });
        let mut untimed = series("FPFF");
        untimed[2].unix_ms = None;
        let untimed = recurrence(&untimed).unwrap();
        assert_eq!(untimed.gaps_ms, None);
        assert_eq!(untimed.gaps_runs, Some(Gaps { median: 1.5, max: 2.0 }));
    }

    proptest! {
        #[test]
        fn laws(bits in prop::collection::vec(any::<bool>(), 1..80)) {
            let points: Vec<_> =
                bits.iter().map(|&failed| RunPoint { failed, unix_ms: None }).collect();
            let found = recurrence(&points).unwrap();
            prop_assert!(found.burstiness.is_none_or(|b| (-1.0..1.0).contains(&b)));
            prop_assert!((0.0..=1.0).contains(&found.entropy));
            prop_assert!(found.flips < found.runs);
            let turned: Vec<_> = points.iter().map(|p| RunPoint { failed: !p.failed, ..*p }).collect();
            let turned = recurrence(&turned).unwrap();
            prop_assert_eq!(turned.flips, found.flips);
            prop_assert!((turned.entropy - found.entropy).abs() < 1e-12);
        }
    }
}
