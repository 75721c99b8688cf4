//! Whether a sample has two modes, and whether another one moved within them or between them.

use super::combine::fisher_combined;
use super::fdr::Test;
use super::fisher;
use super::level::Level;
use super::location::mean;
use super::mann_whitney::{MannWhitney, mann_whitney};

/// Ashman's D from which two modes are told apart, twice over.
pub const LEAST_D: f64 = 3.0;
/// Values that each mode has at least.
pub const LEAST_VALUES: usize = 3;
/// Share of the sample that each mode has at least.
pub const LEAST_SHARE: f64 = 0.15;

/// A sample of two modes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Modes {
    /// Middle of the gap: values below belong to the low mode.
    pub cut: f64,
    /// Ashman's `D = sqrt(2) |mu1 - mu2| / sqrt(s1^2 + s2^2)` (Ashman, Bird and Zepf 1994), sample deviations;
    /// infinite when neither mode varies.
    pub d: f64,
}

impl Modes {
    /// Splits a sample at its largest gap; `None` unless the halves are two modes: D of at least [`LEAST_D`], each
    /// with [`LEAST_VALUES`] values and [`LEAST_SHARE`] of them, and a gap at least as wide as the wider mode.
    ///
    /// The last condition is there because a split at the largest gap makes any small sample look divided: by D alone
    /// 24 to 28 % of normal samples of 8 to 20 values have two modes. Real modes are further apart than they are wide.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut values = values.to_vec();
        values.sort_unstable_by(f64::total_cmp);
        let (at, d) = split(&values)?;
        let (low, high) = values.split_at(at);
        let range = |mode: &[f64]| mode[mode.len() - 1] - mode[0];
        let (below, above) = (low[low.len() - 1], high[0]);
        (above - below >= range(low).max(range(high))).then(|| Self { cut: f64::midpoint(below, above), d })
    }

    /// The values of the low and of the high mode, in the order given.
    #[must_use]
    pub fn part(&self, values: &[f64]) -> [Vec<f64>; 2] {
        let (low, high) = values.iter().partition(|value| **value < self.cut);
        [low, high]
    }

    /// Whether a candidate mixes the modes as the baseline does, and whether it moved inside each.
    ///
    /// `None` when either is empty or holds what is not finite.
    #[must_use]
    pub fn compare(&self, candidate: &[f64], baseline: &[f64]) -> Option<Comparison> {
        let (ours, theirs) = (self.part(candidate), self.part(baseline));
        let high = |parts: &[Vec<f64>; 2], all: &[f64]| Level::new(parts[1].len() as u64, all.len() as u64);
        let (first, second) = (high(&ours, candidate)?, high(&theirs, baseline)?);
        let mix =
            Test { p: fisher::two_sided(first, second)?, least_attainable: fisher::least_attainable(first, second)? };
        let within = [0, 1].map(|mode| mann_whitney(&ours[mode], &theirs[mode]));
        let combined =
            |p: fn(&MannWhitney) -> f64| fisher_combined(&within.iter().flatten().map(p).collect::<Vec<_>>());
        Some(Comparison {
            mix,
            above: Test {
                p: combined(|test| test.above.p)?,
                least_attainable: combined(|test| test.above.least_attainable)?,
            },
            below: Test {
                p: combined(|test| test.below.p)?,
                least_attainable: combined(|test| test.below.least_attainable)?,
            },
            within,
        })
    }
}

/// A candidate compared with a baseline of two modes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Fisher's two-sided p that the modes are mixed alike.
    pub mix: Test,
    /// In the low and the high mode, whether the candidate moved; `None` in a mode that it does not visit.
    pub within: [Option<MannWhitney>; 2],
    /// The modes' upper tails combined after Fisher.
    pub above: Test,
    /// Their lower tails.
    pub below: Test,
}

/// Where the largest gap of ascending values is, and Ashman's D of its sides, if that and the sides are large enough.
fn split(values: &[f64]) -> Option<(usize, f64)> {
    let gap = |at: &usize| values[*at] - values[at - 1];
    // The first of equal gaps.
    let at = (1..values.len()).rev().max_by(|a, b| gap(a).total_cmp(&gap(b)))?;
    let (low, high) = values.split_at(at);
    let fewest = low.len().min(high.len());
    if fewest < LEAST_VALUES || (fewest as f64) < LEAST_SHARE * values.len() as f64 || gap(&at) <= 0.0 {
        return None;
    }
    let (centres, spread) = ([mean(low)?, mean(high)?], (variance(low)? + variance(high)?).sqrt());
    let d = std::f64::consts::SQRT_2 * (centres[1] - centres[0]) / spread;
    (d >= LEAST_D).then_some((at, d))
}

/// The sample variance.
fn variance(values: &[f64]) -> Option<f64> {
    let middle = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - middle).powi(2)).sum();
    (values.len() > 1).then(|| squares / (values.len() as f64 - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: [f64; 12] = [13.1, 13.3, 25.2, 13.2, 25.6, 13.0, 25.1, 13.4, 25.9, 13.15, 25.4, 13.25];

    fn logs(values: &[f64]) -> Vec<f64> {
        values.iter().map(|value| value.ln()).collect()
    }

    #[test]
    fn worked_numbers() {
        let base = logs(&BASE);
        let modes = Modes::of(&base).unwrap();
        assert!(modes.d > 3.0 && (modes.cut.exp() - (13.4_f64 * 25.1).sqrt()).abs() < 1e-9);
        let candidate = logs(&[25.3, 13.05, 25.7, 25.0, 13.35, 25.55]);
        let pooled = mann_whitney(&candidate, &base).unwrap();
        assert!((pooled.u - 44.0).abs() < 1e-12);
        assert!((pooled.a - 0.6111).abs() < 5e-5 && (pooled.above.p - 0.246_822).abs() < 5e-7, "{pooled:?}");
        let mix = modes.compare(&candidate, &base).unwrap().mix.p;
        assert!((mix - 0.619_910).abs() < 5e-7, "{mix}");
        let shifted: Vec<f64> =
            (0..8_u8).zip(BASE).map(|(i, value)| value * 1.08 + 0.02 * f64::from(i) / 7.0).collect();
        let shifted = logs(&shifted);
        let pooled = mann_whitney(&shifted, &base).unwrap().above.p;
        assert!((pooled - 0.041_248).abs() < 5e-7, "{pooled}");
        let moved = modes.compare(&shifted, &base).unwrap();
        let [low, high] = moved.within.map(|mode| mode.unwrap().above.p);
        assert!((low - 0.001_262_63).abs() < 5e-9 && (high - 0.017_857_14).abs() < 5e-9, "{low} {high}");
        assert!((moved.above.p - 0.000_263_80).abs() < 5e-9, "{}", moved.above.p);
    }

    #[test]
    fn one_mode_is_not_two() {
        assert_eq!(Modes::of(&[]), None);
        assert_eq!(Modes::of(&[1.0; 10]), None);
        let even: Vec<f64> = (0..20).map(f64::from).collect();
        assert_eq!(Modes::of(&even), None, "of equal gaps the first leaves one value");
        let outliers = [1.0, 1.1, 1.2, 1.05, 1.15, 1.12, 1.07, 1.03, 9.0, 9.1];
        assert_eq!(Modes::of(&outliers), None, "two values are no mode");
        let rare: Vec<f64> = (0..27).map(|i| 1.0 + f64::from(i % 5) / 100.0).chain([9.0, 9.1, 9.2]).collect();
        assert_eq!(Modes::of(&rare), None, "three of thirty are no mode");
        let still = Modes::of(&[1.0, 1.0, 1.0, 2.0, 2.0, 2.0]).unwrap();
        assert_eq!((still.cut, still.d), (1.5, f64::INFINITY));
    }

    #[test]
    fn a_gap_is_as_wide_as_the_wider_mode() {
        let of = |gap: f64| Modes::of(&[0.0, 0.1, 0.4, 1.0, 1.0 + gap, 1.1 + gap, 1.2 + gap]);
        assert!(of(1.0).is_some());
        assert_eq!(of(0.999), None, "D is above 3 and the gap narrower than the low mode");
        // D alone says so of a quarter of normal samples.
        let mut divided = [0_u32; 2];
        for sample in 0..2_000 {
            let mut stream = crate::stats::stream::Stream::new(7, sample);
            let mut uniform = || (stream.next() >> 11) as f64 / 2.0_f64.powi(53);
            let mut values: Vec<f64> = (0..12).map(|_| (0..12).map(|_| uniform()).sum()).collect();
            divided[0] += u32::from(Modes::of(&values).is_some());
            values.sort_unstable_by(f64::total_cmp);
            divided[1] += u32::from(split(&values).is_some());
        }
        let [both, alone] = divided.map(|count| f64::from(count) / 2_000.0);
        assert!(both < 0.02 && (0.2..0.32).contains(&alone), "{both} {alone}");
    }

    #[test]
    fn a_mode_that_is_not_visited_is_not_tested() {
        let base = logs(&BASE);
        let modes = Modes::of(&base).unwrap();
        let slow = modes.compare(&logs(&[25.0, 25.3, 25.5]), &base).unwrap();
        assert_eq!(slow.within[0], None);
        assert!((slow.above.p - slow.within[1].unwrap().above.p).abs() < 1e-12);
        assert_eq!(modes.compare(&[], &base), None);
    }
}
