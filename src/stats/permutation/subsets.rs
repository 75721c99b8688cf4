//! The chance that failures fall on whole levels: sets of levels whose runs add up to the fails.

use std::collections::BTreeMap;

use crate::stats::special::ln_choose;

/// `(number of sets of levels whose runs add up to fails) / C(runs, fails)`.
///
/// The sets are counted by dynamic programming over the distinct sizes. So that the count, up to
/// `2^levels`, neither overflows nor loses digits, a level of size `d` enters with weight
/// `z^d : 1`, normalised: every set with the wanted sum then has weight `z^fails`, and `z` is chosen
/// so that the wanted sum is the mean.
pub(super) fn chance(sizes: &[u64], fails: u64) -> f64 {
    let runs: u64 = sizes.iter().sum();
    if fails == 0 || fails >= runs {
        return 1.0;
    }
    let mut groups: BTreeMap<u64, u64> = BTreeMap::new();
    for size in sizes {
        *groups.entry(*size).or_default() += 1;
    }
    let ln_z = tilt(&groups, fails);
    let Ok(target) = usize::try_from(fails) else { return 0.0 };
    let mut sums = vec![0.0; target + 1];
    sums[0] = 1.0;
    let mut ln_norm = 0.0;
    for (&size, &levels) in &groups {
        ln_norm += levels as f64 * softplus(ln_z * size as f64);
        let share: Vec<f64> = (0..=levels.min(fails / size))
            .map(|taken| {
                let kept = (levels - taken) as f64 * softplus(ln_z * size as f64);
                let drawn = taken as f64 * softplus(-ln_z * size as f64);
                (ln_choose(levels, taken) - kept - drawn).exp()
            })
            .collect();
        let Ok(size) = usize::try_from(size) else { return 0.0 };
        // From above, so that each sum is read before this size has added to it.
        for sum in (0..=target).rev() {
            let places = (0..=sum).rev().step_by(size);
            sums[sum] = share.iter().zip(places).map(|(share, from)| share * sums[from]).sum();
        }
    }
    let ln_sets = sums[target].ln() + ln_norm - fails as f64 * ln_z;
    (ln_sets - ln_choose(runs, fails)).exp().min(1.0)
}

/// `ln z` with `sum d z^d / (1 + z^d) = fails` over the levels, by bisection.
fn tilt(groups: &BTreeMap<u64, u64>, fails: u64) -> f64 {
    let (mut low, mut high) = (-64.0, 64.0);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        let mean: f64 =
            groups.iter().map(|(&size, &levels)| (size * levels) as f64 / (1.0 + (-middle * size as f64).exp())).sum();
        if mean < fails as f64 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// `ln(1 + e^t)`.
fn softplus(t: f64) -> f64 {
    t.max(0.0) + (-t.abs()).exp().ln_1p()
}
