use super::*;
use proptest::prelude::*;

const RULES: Divisive = Divisive { alpha: 0.01, permutations: 999, least_dominance: 0.8, least_effect: 0.03 };

/// Q straight from its definition.
fn direct(values: &[f64], split: usize) -> f64 {
    let (x, y) = values.split_at(split);
    let (m, n) = (x.len() as f64, y.len() as f64);
    let across: f64 = x.iter().map(|x| y.iter().map(|y| (x - y).abs()).sum::<f64>()).sum();
    let inside =
        |side: &[f64]| -> f64 { (0..side.len()).map(|j| (0..j).map(|i| (side[i] - side[j]).abs()).sum::<f64>()).sum() };
    2.0 / (m + n) * across - 2.0 * m / ((m + n) * (n - 1.0)) * inside(y) - 2.0 * n / ((m + n) * (m - 1.0)) * inside(x)
}

fn noise(seed: u64, n: u64) -> Vec<f64> {
    let uniform = |draw: u64| f64::from(Stream::new(seed, draw).pair().0) / 2.0_f64.powi(32);
    // Nearly normal: a sum of twelve uniform numbers.
    (0..n).map(|i| (0..12).map(|part| uniform(12 * i + part)).sum::<f64>() - 6.0).collect()
}

#[test]
fn worked_numbers() {
    let series = [1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0];
    assert!((direct(&series, 4) - 4.0).abs() < 1e-12);
    // Both sides of the scan's splits have five values, so its sums are checked at this split by hand.
    assert!((score(4, 4, 16.0, 0.0, 0.0) - 4.0).abs() < 1e-12);
}

#[test]
fn steps_are_found_where_they_are() {
    let mut values: Vec<f64> = noise(1, 60).iter().map(|noise| 0.01 * noise).collect();
    for value in &mut values[20..] {
        *value += 0.08;
    }
    for value in &mut values[45..] {
        *value -= 0.2;
    }
    let found = changes(&values, 7, &RULES);
    assert_eq!(found.iter().map(|change| change.at).collect::<Vec<_>>(), [20, 45]);
    assert!((found[0].shift - 0.08).abs() < 0.01 && (found[1].shift + 0.18).abs() < 0.03, "{found:?}");
    assert!(found.iter().all(|change| change.p <= 0.01));
    assert!(found.iter().all(|change| change.block == 1), "a step that is still to be split off is no correlation");
    assert_eq!(changes(&values, 7, &RULES), found, "the same key gives the same");
}

#[test]
fn what_is_small_or_short_is_no_change() {
    let step = |size: f64| -> Vec<f64> {
        noise(2, 40).iter().enumerate().map(|(i, noise)| 0.001 * noise + if i < 20 { 0.0 } else { size }).collect()
    };
    assert_eq!(changes(&step(0.02), 1, &RULES), []);
    assert_eq!(changes(&step(0.04), 1, &RULES).len(), 1);
    assert_eq!(changes(&[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0], 1, &RULES), []);
    assert_eq!(changes(&[0.0; 50], 1, &RULES), []);
    assert_eq!(changes(&[], 1, &RULES), []);
    assert_eq!(changes(&[f64::NAN; 20], 1, &RULES), []);
}

#[test]
fn only_the_last_thousand_are_searched() {
    let mut values = noise(3, 1_050);
    for value in &mut values {
        *value *= 0.01;
    }
    for value in &mut values[..30] {
        *value += 1.0;
    }
    for value in &mut values[1_020..] {
        *value += 1.0;
    }
    let found = changes(&values, 1, &Divisive { permutations: 199, ..RULES });
    assert_eq!(found.iter().map(|change| change.at).collect::<Vec<_>>(), [1_020]);
}

/// A slow wave is a change when single values are permuted, but not when blocks are.
#[test]
fn correlated_values_are_permuted_in_blocks() {
    let mut wave = vec![0.0];
    for noise in noise(4, 99) {
        wave.push(0.5 * wave[wave.len() - 1] + 0.02 * noise);
    }
    let mut step = wave.clone();
    for value in &mut step[50..] {
        *value += 0.15;
    }
    assert_eq!(changes(&wave, 1, &RULES), []);
    let found = changes(&step, 1, &RULES);
    assert_eq!(found.len(), 1);
    assert!(found[0].at.abs_diff(50) <= 1 && found[0].block == BLOCK, "{found:?}");
}

proptest! {
    #[test]
    fn incremental_sums_equal_the_definition(values in prop::collection::vec(-3.0_f64..3.0, 0..60)) {
        let splits = LEAST_SIDE..(values.len() + 1).saturating_sub(LEAST_SIDE);
        let best = splits.map(|split| (split, direct(&values, split)))
            .fold(None, |best: Option<(usize, f64)>, one| Some(best.filter(|best| best.1 >= one.1).unwrap_or(one)));
        match (best_split(&values), best) {
            (Some((at, q)), Some((_, best))) => {
                prop_assert!((q - best).abs() < 1e-9, "{q} {best}");
                prop_assert!((direct(&values, at) - best).abs() < 1e-9);
            }
            (found, best) => prop_assert_eq!(found.is_some(), best.is_some()),
        }
    }

    /// A permutation keeps its values, and blocks keep their order.
    #[test]
    fn shuffles_permute(values in prop::collection::vec(-3.0_f64..3.0, 1..60), key: u64, in_blocks: bool) {
        let block = if in_blocks { BLOCK } else { 1 };
        let mut scan = Scan::default();
        scan.hold(&values);
        scan.shuffle(&mut Stream::new(key, 0), block);
        let mut drawn = scan.values.clone();
        for (start, end) in &scan.order {
            let rest = drawn.split_off(end - start);
            prop_assert_eq!(&drawn[..], &values[*start..*end]);
            drawn = rest;
        }
        prop_assert!(drawn.is_empty());
        let mut order = scan.order.clone();
        order.sort_unstable();
        prop_assert_eq!((order[0].0, order[order.len() - 1].1), (0, values.len()));
        prop_assert!(order.windows(2).all(|pair| pair[0].1 == pair[1].0));
        prop_assert!(order[1..order.len().max(2) - 1].iter().all(|(start, end)| end - start == block));
        prop_assert!(order.iter().all(|(start, end)| (1..=block).contains(&(end - start))));
    }
}
