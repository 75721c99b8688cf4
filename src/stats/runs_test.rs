//! Whether failures cluster: the exact Wald-Wolfowitz runs test.

use super::hypergeometric::Hypergeometric;
use super::special::ln_choose;
use super::stream::{Stream, below};

/// `P(runs <= observed | x, n)`: the chance that `x` failures among `n` runs, placed at random, form
/// at most `observed` stretches of equal bits (Wald and Wolfowitz 1940). Small when failures
/// cluster.
///
/// With `t_k = C(x-1, k-1) C(n-x-1, k-1)`, an even count `2k` has weight `2 t_k` and an odd count
/// `2k + 1` has weight `t_k (n - 2k) / k`; the `t_k` are hypergeometric weights.
///
/// 1 when all bits are equal. `None` unless `x <= n`, `n >= 1` and `observed >= 1`.
#[must_use]
pub fn clustering_p(x: u64, n: u64, observed: u64) -> Option<f64> {
    if x > n || n == 0 || observed == 0 {
        return None;
    }
    if x == 0 || x == n {
        return Some(1.0);
    }
    // Its weight of k - 1 is C(x-1, k-1) C(n-x-1, n-x-k), and the latter equals C(n-x-1, k-1).
    let pairs = Hypergeometric::new(n - 2, x - 1, n - x - 1)?;
    let (mut within, mut total) = (0.0, 0.0);
    for (place, weight) in (pairs.low..).zip(&pairs.weights) {
        let k = place + 1;
        let even = 2.0 * weight;
        let odd = weight * (n as f64 - 2.0 * k as f64) / k as f64;
        total += even + odd;
        if 2 * k <= observed {
            within += even;
        }
        if 2 * k < observed {
            within += odd;
        }
    }
    Some((within / total).min(1.0))
}

/// The least of [`clustering_p`] that so many failures of so many runs allow: that of two stretches, `2 / C(n, x)`.
///
/// 1 when all bits are equal. `None` unless `x <= n` and `n >= 1`.
#[must_use]
pub fn least_clustering_p(x: u64, n: u64) -> Option<f64> {
    (x <= n && n > 0).then(|| (2.0_f64.ln() - ln_choose(n, x)).exp().min(1.0))
}

/// [`clustering_p`] of a series of run bits; `None` for an empty one.
#[must_use]
pub fn clustering_p_of(bits: impl IntoIterator<Item = bool>) -> Option<f64> {
    let (mut x, mut n, mut runs) = (0, 0, 0);
    let mut last = None;
    for bit in bits {
        n += 1;
        x += u64::from(bit);
        runs += u64::from(last != Some(bit));
        last = Some(bit);
    }
    clustering_p(x, n, runs)
}

/// Draws with as few streaks after which a test within strata stops.
const ENOUGH: u32 = 10;
/// What the most draws could show at the least: a bound below it is as good, and costs none.
const LEAST_DRAWN: f64 = 1.0 / 2_000.0;

/// At least [`clustering_p`] of a series whose bits may be permuted within strata only: of the orders with as few streaks, no more are
/// left than there are without strata, and these are among `C(n_1, x_1) C(n_2, x_2) ...` in place of `C(n, x)`.
fn clustering_bound(bits: &[bool], strata: &[u32]) -> Option<f64> {
    let strata_number = strata.iter().max().map_or(0, |&last| last as usize + 1);
    let mut counts = vec![[0_u64; 2]; strata_number];
    for (bit, stratum) in bits.iter().zip(strata) {
        counts[*stratum as usize][usize::from(*bit)] += 1;
    }
    let [passes, fails] = counts.iter().fold([0, 0], |sum, of| [sum[0] + of[0], sum[1] + of[1]]);
    let within: f64 = counts.iter().map(|[passes, fails]| ln_choose(passes + fails, *fails)).sum();
    let among_all = clustering_p_of(bits.iter().copied())?;
    Some(among_all * (ln_choose(passes + fails, fails) - within).exp())
}

/// The same where runs may be compared only within strata, whose numbers stand by run: the bits are permuted within these, and
/// the streaks of the whole series counted. Where no order can make it more than draws could show, that bound; else `p = (1 + b) / (1 + B)` over as many draws that ten with as few streaks make it more than `most`
/// (1,999 for .005), of which the last is that tenth. Drawn from the key; the same for the same arguments.
pub(super) fn clustering_p_within(bits: &[bool], strata: &[u32], key: u64, most: f64) -> f64 {
    if let Some(bound) = clustering_bound(bits, strata).filter(|bound| *bound <= LEAST_DRAWN) {
        return bound;
    }
    let most_draws: u32 = if most < 0.05 { 1_999 } else { 199 };
    let mut strata = mixed(bits, strata);
    // Of each stratum only the rarer of the two outcomes is drawn: the others are what is left.
    let mut base = bits.to_vec();
    for stratum in &strata {
        stratum.runs.iter().for_each(|&run| base[run] = !stratum.rarer);
    }
    let observed = changes(bits);
    let mut drawn = base.clone();
    let (mut few, mut draws) = (0_u32, 0_u32);
    while draws < most_draws && few < ENOUGH {
        draws += 1;
        let mut stream = Stream::new(key, u64::from(draws));
        drawn.copy_from_slice(&base);
        for Mixed { runs, rarer, number } in &mut strata {
            // Fisher and Yates, as far as it matters; from whatever order the draw before left.
            for at in 0..*number {
                let left = u32::try_from(runs.len() - at).unwrap_or(u32::MAX);
                runs.swap(at, at + below(stream.pair().0, left) as usize);
                drawn[runs[at]] = *rarer;
            }
        }
        few += u32::from(changes(&drawn) <= observed);
    }
    f64::from(1 + few) / f64::from(1 + draws)
}

/// The runs of a stratum of which some failed and some passed.
struct Mixed {
    runs: Vec<usize>,
    /// The rarer outcome, and how many runs had it.
    rarer: bool,
    number: usize,
}

/// The strata that can be other than they are.
fn mixed(bits: &[bool], strata: &[u32]) -> Vec<Mixed> {
    let mut order: Vec<usize> = (0..bits.len()).collect();
    order.sort_by_key(|&run| strata.get(run));
    let stratum = |runs: &[usize]| {
        let fails = runs.iter().filter(|&&run| bits[run]).count();
        let (rarer, number) = if 2 * fails <= runs.len() { (true, fails) } else { (false, runs.len() - fails) };
        (number > 0).then(|| Mixed { runs: runs.to_vec(), rarer, number })
    };
    order.chunk_by(|&a, &b| strata.get(a) == strata.get(b)).filter_map(stratum).collect()
}

/// How often a run differs from the one before it.
fn changes(bits: &[bool]) -> u32 {
    let behind = bits.get(1..).unwrap_or_default();
    bits.iter().zip(behind).map(|(run, next)| u32::from(run != next)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bits(text: &str) -> Vec<bool> {
        text.chars().map(|letter| letter == 'F').collect()
    }

    #[test]
    fn worked_numbers() {
        let p = clustering_p_of(bits("PPPFPPFFPPPPPFPPPPPF")).unwrap();
        assert!((p - 0.460_010).abs() < 5e-7, "{p}");
        let p = clustering_p_of(bits("PPPPPPPFFFFFPPPPPPPP")).unwrap();
        assert!((p - 0.001_289_99).abs() < 5e-9, "{p}");
    }

    /// Every order within the strata, counted, has as few streaks no more often than the bound says; in one stratum it is exact.
    #[test]
    fn the_bound_within_strata_holds() {
        let streaks = |bits: &[bool]| bits.windows(2).filter(|pair| pair[0] != pair[1]).count();
        for (text, strata) in [
            ("PPPPPFFFFPPP", "ababababaabb"),
            ("PPPPPFFFFPPP", "aaaaabbbbaaa"),
            ("PFPFPPFFPPFF", "aabbaabbaabb"),
            ("PPPFFFPPPFFF", "abcabcabcabc"),
            ("PPPFFFPPPFFF", "aaaaaaaaaaaa"),
        ] {
            let (bits, strata) = (bits(text), strata.bytes().map(u32::from).collect::<Vec<_>>());
            let of =
                |bits: &[bool], stratum| bits.iter().zip(&strata).filter(|(bit, of)| **bit && **of == stratum).count();
            let all =
                (0..1_u32 << bits.len()).map(|mask| (0..bits.len()).map(|at| mask >> at & 1 == 1).collect::<Vec<_>>());
            let alike = all.filter(|other| (97..100).all(|stratum| of(other, stratum) == of(&bits, stratum)));
            let (few, orders) = alike
                .fold((0, 0), |(few, orders), other| (few + u32::from(streaks(&other) <= streaks(&bits)), orders + 1));
            let (exact, bound) = (f64::from(few) / f64::from(orders), clustering_bound(&bits, &strata).unwrap());
            assert!(exact <= bound + 1e-12, "{text}: {exact} {bound}");
            assert!(
                strata[0] != strata[1] || strata.iter().any(|of| *of != strata[0]) || (exact - bound).abs() < 1e-12
            );
        }
    }

    /// Whichever outcome is the rarer, the draws find the share of all orders within the strata that have as few streaks.
    #[test]
    fn draws_find_the_share_of_all_orders() {
        for (text, strata, exact) in [
            ("PFPFPPFFPPFF", "aabbaabbaabb", None),
            ("FFPFFPFFFFPF", "aaabbbaaabbb", None),
            ("PPPFFFPPPFFF", "aaaaaaaaaaaa", clustering_p(6, 12, 4)),
            // A stratum of one kind stays as it is.
            ("PFPFPFPPPPPP", "aaaaaabbbbbb", None),
        ] {
            let (bits, strata) = (bits(text), strata.bytes().map(|name| u32::from(name - b'a')).collect::<Vec<_>>());
            let fails = |bits: &[bool], of| bits.iter().zip(&strata).filter(|(bit, own)| **bit && **own == of).count();
            let all = (0..1_u32 << 12).map(|mask| (0..12).map(|at| mask >> at & 1 == 1).collect::<Vec<bool>>());
            let alike = all.filter(|other| (0..2).all(|of| fails(other, of) == fails(&bits, of)));
            let (few, orders) = alike
                .fold((0, 0), |(few, orders), other| (few + u32::from(changes(&other) <= changes(&bits)), orders + 1));
            let share = f64::from(few) / f64::from(orders);
            assert!(exact.is_none_or(|exact| (share - exact).abs() < 1e-12), "{text}");
            // Drawing stops at the tenth hit, and counts one more: above the share by a fifth at most.
            let drawn: f64 = (0..400).map(|key| clustering_p_within(&bits, &strata, key, 0.005)).sum::<f64>() / 400.0;
            assert!((0.92..1.28).contains(&(drawn / share)), "{text}: {drawn} {share}");
        }
    }

    #[test]
    fn borders() {
        assert_eq!(clustering_p_of([]), None);
        assert_eq!(clustering_p(3, 2, 1), None);
        assert_eq!(clustering_p(1, 2, 0), None);
        assert_eq!(clustering_p_of([true, true]), Some(1.0));
        assert_eq!(clustering_p_of([true, false]), Some(1.0));
        let long = clustering_p(5_000, 10_000, 10_000).unwrap();
        assert!((long - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn equals_counting_every_arrangement(n in 1_usize..13, mask in any::<u16>()) {
            let series = |mask: u16| (0..n).map(move |i| mask >> i & 1 == 1);
            let stretches = |mask: u16| {
                let bits: Vec<bool> = series(mask).collect();
                1 + bits.windows(2).filter(|pair| pair[0] != pair[1]).count()
            };
            let fails = |mask: u16| series(mask).filter(|bit| *bit).count();
            let alike = (0..1_u16 << n).filter(|other| fails(*other) == fails(mask));
            let (within, all) = alike.fold((0.0, 0.0), |(within, all), other| {
                (within + f64::from(u8::from(stretches(other) <= stretches(mask))), all + 1.0)
            });
            let p = clustering_p_of(series(mask)).unwrap();
            prop_assert!((p - within / all).abs() < 1e-12);
            let of_two = clustering_p(fails(mask) as u64, n as u64, 2).unwrap();
            let least = least_clustering_p(fails(mask) as u64, n as u64).unwrap();
            prop_assert!((least - of_two).abs() < 1e-12 && least <= p + 1e-12);
        }
    }
}
