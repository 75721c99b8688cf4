//! Ranks and the exact distribution of their sums under chance.

use std::cmp::Ordering;

use super::special::{ln_choose, normal_upper_tail};

/// Additions that an exact distribution may cost: a third of a second.
const MOST_WORK: f64 = 1e9;

/// Twice the midranks of the values, in the order given: integers, however values tie.
pub(super) fn doubled_midranks(values: &[f64]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0; values.len()];
    let mut start = 0;
    for tied in order.chunk_by(|a, b| values[*a].partial_cmp(&values[*b]) == Some(Ordering::Equal)) {
        let end = start + tied.len();
        // Ranks start + 1 to end: twice their mean.
        let rank = u32::try_from(start + 1 + end).unwrap_or(u32::MAX);
        for place in tied {
            ranks[*place] = rank;
        }
        start = end;
    }
    ranks
}

/// Distribution of a sum of ranks when chance alone decides which ranks are summed.
///
/// Exact wherever the counts fit a float and cost at most [`MOST_WORK`]; else normal, with the variance that the
/// ties leave and half a step of continuity.
pub(super) enum Sums {
    /// Weights of the least sum, of that plus one step, and so on, with their total.
    Exact { least: u64, step: u64, weights: Vec<f64>, total: f64 },
    /// Mean, standard deviation and the steps of the sum.
    Normal { mean: f64, sd: f64, least: f64, most: f64, step: f64 },
}

impl Sums {
    /// Sums of `chosen` of the ranks, every set alike.
    pub(super) fn of_subsets(ranks: &[u32], chosen: usize) -> Self {
        Self::of_subsets_within(ranks, chosen, MOST_WORK)
    }

    /// The same, exact where it costs at most so many additions.
    pub(super) fn of_subsets_within(ranks: &[u32], chosen: usize, most_work: f64) -> Self {
        let mut ranks = ranks.to_vec();
        ranks.sort_unstable();
        let low = ranks.first().copied().unwrap_or(0);
        let step = ranks.iter().fold(0, |step, rank| gcd(step, rank - low)).max(1);
        let places: Vec<usize> = ranks.iter().map(|rank| ((rank - low) / step) as usize).collect();
        let (n, step) = (places.len(), u64::from(step));
        let least: usize = places[..chosen].iter().sum();
        let most: usize = places[n - chosen..].iter().sum();
        let offset = u64::from(low) * chosen as u64;
        let work = n as f64 * chosen as f64 * most as f64 / 2.0;
        if work > most_work || ln_choose(n as u64, chosen as u64) > 700.0 {
            let real = |place: usize| (offset + step * place as u64) as f64;
            let mean = places.iter().sum::<usize>() as f64 / n as f64;
            let squares: f64 = places.iter().map(|place| (*place as f64 - mean).powi(2)).sum();
            let others = (n - chosen) as f64;
            // Sampling without replacement from the ranks as they tie.
            let variance = chosen as f64 * others / n as f64 * squares / (n as f64 - 1.0);
            return Self::Normal {
                mean: offset as f64 + step as f64 * mean * chosen as f64,
                sd: step as f64 * variance.sqrt(),
                least: real(least),
                most: real(most),
                step: step as f64,
            };
        }
        let width = most + 1;
        // Sets of j of the ranks so far, by their sum.
        let mut counts = vec![0.0; (chosen + 1) * width];
        counts[0] = 1.0;
        for (seen, place) in places.iter().enumerate() {
            // Only sizes that the ranks to come can still fill.
            let fewest = chosen.saturating_sub(n - seen - 1).max(1);
            for size in (fewest..=chosen.min(seen + 1)).rev() {
                let (smaller, larger) = counts.split_at_mut(size * width);
                let smaller = &smaller[(size - 1) * width..];
                // The greatest sum of size - 1 of the ranks so far.
                let reach: usize = places[seen + 1 - size..seen].iter().sum();
                let reach = reach.min(most.saturating_sub(*place));
                for (count, added) in larger[*place..=*place + reach].iter_mut().zip(&smaller[..=reach]) {
                    *count += added;
                }
            }
        }
        let weights = counts[chosen * width + least..].to_vec();
        Self::exact(offset + step * least as u64, step, weights)
    }

    /// Sums of the ranks of any set, every set alike.
    pub(super) fn of_signs(ranks: &[u32]) -> Self {
        let step = ranks.iter().fold(0, |step, rank| gcd(step, *rank)).max(1);
        let places: Vec<usize> = ranks.iter().map(|rank| (rank / step) as usize).collect();
        let most: usize = places.iter().sum();
        if ranks.len() as f64 * most as f64 / 2.0 > MOST_WORK {
            let step = f64::from(step);
            let squares: f64 = places.iter().map(|place| (*place as f64).powi(2)).sum();
            let most = step * most as f64;
            return Self::Normal { mean: most / 2.0, sd: step * squares.sqrt() / 2.0, least: 0.0, most, step };
        }
        // Halved at each rank, which is exact: chances, so that many ranks cannot overflow.
        let mut chances = vec![0.0; most + 1];
        chances[0] = 1.0;
        let mut reach = 0;
        for place in places {
            reach += place;
            for sum in (0..=reach).rev() {
                let without = if sum + place > reach { 0.0 } else { chances[sum] };
                let with = if sum >= place { chances[sum - place] } else { 0.0 };
                chances[sum] = f64::midpoint(without, with);
            }
        }
        Self::exact(0, u64::from(step), chances)
    }

    fn exact(least: u64, step: u64, weights: Vec<f64>) -> Self {
        let total = weights.iter().sum();
        Self::Exact { least, step, weights, total }
    }

    /// Whether the distribution is exact.
    pub(super) fn is_exact(&self) -> bool {
        matches!(self, Self::Exact { .. })
    }

    /// `P(sum <= bound)`.
    pub(super) fn at_most(&self, bound: u64) -> f64 {
        match self {
            Self::Exact { least, .. } if bound < *least => 0.0,
            Self::Exact { least, step, weights, total } => {
                let places = usize::try_from((bound - least) / step).unwrap_or(usize::MAX).saturating_add(1);
                (weights.iter().take(places).sum::<f64>() / total).min(1.0)
            }
            Self::Normal { mean, sd, step, .. } => normal_upper_tail((mean - bound as f64 - step / 2.0) / sd),
        }
    }

    /// `P(sum >= bound)`.
    pub(super) fn at_least(&self, bound: u64) -> f64 {
        match self {
            Self::Exact { least, step, weights, total } => {
                let places = usize::try_from(bound.saturating_sub(*least).div_ceil(*step)).unwrap_or(usize::MAX);
                // From the end: the smallest terms first.
                (weights.iter().skip(places).rev().sum::<f64>() / total).min(1.0)
            }
            Self::Normal { mean, sd, step, .. } => normal_upper_tail((bound as f64 - step / 2.0 - mean) / sd),
        }
    }

    /// Chances of the least and of the greatest sum: what no outcome goes below.
    pub(super) fn ends(&self) -> (f64, f64) {
        match self {
            Self::Exact { weights, total, .. } => {
                let end = |weight: Option<&f64>| weight.map_or(1.0, |weight| weight / total);
                (end(weights.first()), end(weights.last()))
            }
            Self::Normal { mean, sd, least, most, step } => {
                let tail = |sum: f64| normal_upper_tail(((sum - mean).abs() - step / 2.0) / sd);
                (tail(*least), tail(*most))
            }
        }
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn midranks() {
        assert_eq!(doubled_midranks(&[3.0, 1.0, 3.0, 2.0]), [7, 2, 7, 4]);
        assert!(doubled_midranks(&[]).is_empty());
    }

    /// Both approximations within a hundredth of the exact chance.
    #[test]
    fn the_normal_is_near() {
        let ranks: Vec<u32> = (1..=60).map(|rank| 2 * (rank - rank % 3)).collect();
        let exact = Sums::of_subsets(&ranks, 30);
        assert!(exact.is_exact());
        let mean = f64::from(ranks.iter().sum::<u32>()) / 60.0;
        let squares: f64 = ranks.iter().map(|rank| (f64::from(*rank) - mean).powi(2)).sum();
        let sd = (30.0 * 30.0 / 60.0 * squares / 59.0).sqrt();
        let normal = Sums::Normal { mean: 30.0 * mean, sd, least: 0.0, most: 4000.0, step: 6.0 };
        let signs = (Sums::of_signs(&ranks), ranks.iter().sum::<u32>());
        let squares: f64 = ranks.iter().map(|rank| f64::from(*rank).powi(2)).sum();
        let half = f64::from(signs.1) / 2.0;
        let normal_signs =
            Sums::Normal { mean: half, sd: squares.sqrt() / 2.0, least: 0.0, most: 2.0 * half, step: 6.0 };
        for bound in [1_500, 1_602, 1_800, 1_998, 2_100] {
            assert!((exact.at_most(bound) - normal.at_most(bound)).abs() < 0.01, "{bound}");
            assert!((exact.at_least(bound) - normal.at_least(bound)).abs() < 0.01, "{bound}");
            assert!((signs.0.at_least(bound) - normal_signs.at_least(bound)).abs() < 0.01, "{bound}");
        }
    }

    #[test]
    fn beyond_the_work_it_is_normal() {
        let ranks: Vec<u32> = (1..=3_000).map(|rank| 2 * rank).collect();
        let sums = Sums::of_subsets(&ranks, 1_500);
        assert!(!sums.is_exact());
        let mean = 1_500 * 3_001;
        assert!((sums.at_most(mean) - 0.5).abs() < 1e-3);
        assert!((sums.at_least(mean) - 0.5).abs() < 1e-3);
        assert!(sums.ends().0 < 1e-12 && sums.ends().1 < 1e-12);
    }

    proptest! {
        #[test]
        fn subsets_equal_enumeration(values in prop::collection::vec(0_u8..6, 1..11), part in 0_usize..11) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let ranks = doubled_midranks(&values);
            let chosen = part % (ranks.len() + 1);
            let sums = Sums::of_subsets(&ranks, chosen);
            let all: Vec<u64> = (0_u32..1 << ranks.len())
                .filter(|set| set.count_ones() as usize == chosen)
                .map(|set| (0..ranks.len()).filter(|i| set >> i & 1 == 1).map(|i| u64::from(ranks[i])).sum())
                .collect();
            check(&sums, &all)?;
        }

        #[test]
        fn signs_equal_enumeration(values in prop::collection::vec(1_u8..6, 0..11)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let ranks = doubled_midranks(&values);
            let all: Vec<u64> = (0_u32..1 << ranks.len())
                .map(|set| (0..ranks.len()).filter(|i| set >> i & 1 == 1).map(|i| u64::from(ranks[i])).sum())
                .collect();
            check(&Sums::of_signs(&ranks), &all)?;
        }
    }

    fn check(sums: &Sums, all: &[u64]) -> Result<(), TestCaseError> {
        let share = |count: usize| count as f64 / all.len() as f64;
        for bound in 0..=all.iter().max().unwrap() + 1 {
            let below = share(all.iter().filter(|sum| **sum <= bound).count());
            let above = share(all.iter().filter(|sum| **sum >= bound).count());
            prop_assert!((sums.at_most(bound) - below).abs() < 1e-12, "{bound}");
            prop_assert!((sums.at_least(bound) - above).abs() < 1e-12, "{bound}");
        }
        let end = |end: u64| share(all.iter().filter(|sum| **sum == end).count());
        let (least, most) = sums.ends();
        prop_assert!((least - end(*all.iter().min().unwrap())).abs() < 1e-12);
        prop_assert!((most - end(*all.iter().max().unwrap())).abs() < 1e-12);
        Ok(())
    }
}
