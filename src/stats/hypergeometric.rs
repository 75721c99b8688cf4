//! The hypergeometric distribution as a list of weights.

use smallvec::{SmallVec, smallvec};

/// Distributions with more values than this (128 MiB of weights) are refused.
const MOST_VALUES: usize = 1 << 24;

/// Weights proportional to `C(marked, k) C(population - marked, drawn - k)`.
///
/// Built outwards from the mode by ratios of neighbours, so that no gamma function is needed and
/// each weight is exact to a few roundings; the largest is 1. Weights below 1e-308 are 0.
#[derive(Debug, Clone)]
pub(super) struct Hypergeometric {
    /// The least possible `k`.
    pub(super) low: u64,
    /// Weights of `low`, `low + 1`, ...
    pub(super) weights: SmallVec<[f64; 16]>,
    /// Their sum.
    pub(super) total: f64,
}

impl Hypergeometric {
    /// Draws `drawn` of a population in which some are marked; `None` unless both are at most the
    /// population, that below 2^53, and the possible values below [`MOST_VALUES`].
    pub(super) fn new(population: u64, marked: u64, drawn: u64) -> Option<Self> {
        if marked > population || drawn > population || population >= 1 << 53 {
            return None;
        }
        let low = (marked + drawn).saturating_sub(population);
        let high = marked.min(drawn);
        let mean = marked as f64 * drawn as f64 / (population.max(1)) as f64;
        // Near the mode is near enough: the scale only has to be safe from underflow.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let mode = (mean.round() as u64).clamp(low, high);
        // w(k + 1) / w(k)
        let ratio = |k: u64| {
            let up = (marked - k) as f64 * (drawn - k) as f64;
            let down = (k + 1) as f64 * (population + k + 1 - marked - drawn) as f64;
            up / down
        };
        let len = usize::try_from(high - low + 1).ok().filter(|len| *len < MOST_VALUES)?;
        let at = usize::try_from(mode - low).ok()?;
        let mut weights = smallvec![0.0; len];
        weights[at] = 1.0;
        for (place, k) in (at + 1..len).zip(mode..) {
            weights[place] = weights[place - 1] * ratio(k);
        }
        for (place, k) in (0..at).rev().zip((low..mode).rev()) {
            weights[place] = weights[place + 1] / ratio(k);
        }
        let total = weights.iter().sum();
        Some(Self { low, weights, total })
    }

    /// `P(K >= k)`.
    pub(super) fn upper_tail(&self, k: u64) -> f64 {
        let from = usize::try_from(k.saturating_sub(self.low)).unwrap_or(usize::MAX);
        self.share(self.weights.iter().skip(from).sum())
    }

    /// `P(K <= k)`.
    pub(super) fn lower_tail(&self, k: u64) -> f64 {
        if k < self.low {
            return 0.0;
        }
        let count = usize::try_from(k - self.low).unwrap_or(usize::MAX).saturating_add(1);
        self.share(self.weights.iter().take(count).sum())
    }

    /// Probability of the values that are at most `1 + slack` times as likely as `weight`.
    pub(super) fn at_most_as_likely(&self, weight: f64, slack: f64) -> f64 {
        let limit = weight * (1.0 + slack);
        self.share(self.weights.iter().filter(|weight| **weight <= limit).sum())
    }

    /// A probability, with rounding kept from lifting it above 1.
    fn share(&self, sum: f64) -> f64 {
        (sum / self.total).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::special::ln_choose;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn weights_are_the_probabilities(population in 0_u64..300, a in 0_u64..300, b in 0_u64..300) {
            let (marked, drawn) = (a % (population + 1), b % (population + 1));
            let all = Hypergeometric::new(population, marked, drawn).unwrap();
            for (k, weight) in (all.low..).zip(&all.weights) {
                let exact = (ln_choose(marked, k) + ln_choose(population - marked, drawn - k)
                    - ln_choose(population, drawn)).exp();
                prop_assert!((weight / all.total - exact).abs() <= 1e-10 * exact.max(1e-300));
                let around = all.lower_tail(k) + all.upper_tail(k + 1);
                prop_assert!((around - 1.0).abs() < 1e-12);
            }
        }
    }
}
