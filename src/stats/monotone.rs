//! Whether measured values rise or fall all along.

use super::autocorrelation::is_correlated;
use super::location::median;
use super::stream::{Stream, below};

/// Values permuted together when neighbours are alike.
const BLOCK: usize = 8;
/// Values that are needed for a trend.
pub const LEAST_VALUES: usize = 20;

/// A trend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// Of a value to the next (Theil 1950, Sen 1968).
    pub slope: f64,
    /// Two-sided: `(1 + b) / (1 + B)`, `b` of `B` permutations being as monotone.
    pub p: f64,
    /// Values permuted together: 1 or 8.
    pub block: usize,
}

/// The trend of finite values by Mann (1945) and Kendall: the number of rising less that of falling pairs, against permutations of
/// values, or of blocks of neighbours where the residuals about the line are correlated.
///
/// `None` below [`LEAST_VALUES`], for values that are not finite, and where p would exceed `alpha`.
#[must_use]
pub fn trend(values: &[f64], key: u64, permutations: u64, alpha: f64) -> Option<Trend> {
    if values.len() < LEAST_VALUES || !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let slope = sen_slope(values);
    let block = if is_correlated(&centred(&detrended(values, slope))) { BLOCK } else { 1 };
    let observed = kendall(values).abs();
    let most = (alpha * (permutations as f64 + 1.0) + 1e-9).floor() - 1.0;
    let mut reached = 0.0;
    for draw in 0..permutations {
        let drawn = kendall(&shuffled(values, block, &mut Stream::new(key, draw))).abs();
        reached += f64::from(u8::from(drawn >= observed));
        if reached > most {
            return None;
        }
    }
    Some(Trend { slope, p: (1.0 + reached) / (1.0 + permutations as f64), block })
}

/// A robust slope from half as many pairs as there are values, each half the length apart (Theil's incomplete method).
#[must_use]
pub fn slope(values: &[f64]) -> f64 {
    let half = values.len() / 2;
    let slopes: Vec<f64> = (half..values.len()).map(|i| (values[i] - values[i - half]) / half.max(1) as f64).collect();
    median(&slopes).unwrap_or(0.0)
}

/// The values less a line of this slope.
#[must_use]
pub fn detrended(values: &[f64], slope: f64) -> Vec<f64> {
    values.iter().enumerate().map(|(i, value)| value - slope * i as f64).collect()
}

/// The median slope of all pairs.
fn sen_slope(values: &[f64]) -> f64 {
    let pairs = (1..values.len()).flat_map(|j| (0..j).map(move |i| (i, j)));
    let slopes: Vec<f64> = pairs.map(|(i, j)| (values[j] - values[i]) / (j - i) as f64).collect();
    median(&slopes).unwrap_or(0.0)
}

fn centred(values: &[f64]) -> Vec<f64> {
    let middle = values.iter().sum::<f64>() / values.len().max(1) as f64;
    values.iter().map(|value| value - middle).collect()
}

/// Rising pairs less falling ones.
fn kendall(values: &[f64]) -> f64 {
    let mut sorted: Vec<f64> = Vec::with_capacity(values.len());
    let mut sum = 0.0;
    for value in values {
        let less = sorted.partition_point(|one| one < value);
        let most = sorted.partition_point(|one| one <= value);
        sum += less as f64 - (sorted.len() - most) as f64;
        sorted.insert(less, *value);
    }
    sum
}

/// Blocks in random order, cut at a random place.
fn shuffled(values: &[f64], block: usize, stream: &mut Stream) -> Vec<f64> {
    // Blocks and places are at most as many as values, which are at most a thousand.
    #[expect(clippy::cast_possible_truncation)]
    let mut draw = |bound: usize| below(stream.pair().0, bound as u32) as usize;
    let first = (1 + draw(block)).min(values.len());
    let (head, rest) = values.split_at(first);
    let mut blocks: Vec<&[f64]> = std::iter::once(head).chain(rest.chunks(block)).collect();
    for place in (1..blocks.len()).rev() {
        blocks.swap(place, draw(place + 1));
    }
    blocks.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(i: u32) -> f64 {
        f64::from(i * 7919 % 101) / 101.0 - 0.5
    }

    #[test]
    fn pairs_are_counted() {
        assert!((kendall(&[1.0, 2.0, 3.0]) - 3.0).abs() < 1e-12);
        assert!((kendall(&[3.0, 1.0, 1.0, 2.0]) + 1.0).abs() < 1e-12, "two fall from 3, one more; two rise to 2");
        assert!((sen_slope(&[1.0, 3.0, 5.0, 70.0]) - 2.0).abs() > 0.0);
        assert!((slope(&[1.0, 3.0, 5.0, 7.0]) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_trend_is_told_from_noise() {
        let rising: Vec<f64> = (0..40).map(|i| 0.01 * f64::from(i) + 0.1 * noise(i)).collect();
        let found = trend(&rising, 1, 999, 0.01).unwrap();
        assert!((found.slope - 0.01).abs() < 0.001 && found.p <= 0.002, "{found:?}");
        let steady: Vec<f64> = (0..40).map(noise).collect();
        assert_eq!(trend(&steady, 1, 999, 0.01), None);
        assert_eq!(trend(&rising[..LEAST_VALUES - 1], 1, 999, 0.01), None);
    }
}
