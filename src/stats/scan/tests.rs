use super::*;
use crate::stats::stream::Stream;

/// Uniform values that no two calls share.
fn uniform(key: u64, draw: u64, n: usize) -> Vec<f64> {
    let mut stream = Stream::new(key, draw);
    (0..n).map(|_| (stream.next() >> 11) as f64 / 2.0_f64.powi(53)).collect()
}

/// Nearly normal noise.
fn noise(draw: u64, n: usize) -> Vec<f64> {
    uniform(7, draw, 12 * n).chunks(12).map(|twelve| twelve.iter().sum::<f64>() - 6.0).collect()
}

fn found(values: &[f64]) -> Vec<usize> {
    changes(values, 0.03).iter().map(|change| change.at).collect()
}

/// The bar is where it says; `RELAPSE_FULL=1` draws all that the table was made of.
#[test]
fn one_series_in_a_hundred_reaches_the_bar() {
    let draws = if std::env::var_os("RELAPSE_FULL").is_some() { 10_000 } else { 400 };
    for n in [20, 40, 100] {
        let greatest = |draw| proposals(&uniform(n as u64, draw, n), 0.0).map(|one| one.score).fold(0.0, f64::max);
        let reached = (0..draws).filter(|draw| greatest(*draw) >= bar(n)).count() as f64 / draws as f64;
        println!("{n}: {:.2} %", 100.0 * reached);
        assert!((0.001..0.025).contains(&reached), "{n}: {reached}");
    }
}

#[test]
fn what_came_back_is_found_at_both_ends() {
    let lane = |levels: &[(usize, f64)]| -> Vec<f64> {
        levels.iter().flat_map(|(points, level)| std::iter::repeat_n(f64::ln(*level), *points)).collect()
    };
    assert_eq!(found(&lane(&[(100, 100.0), (100, 200.0), (100, 100.0)])), [100, 200]);
    assert_eq!(found(&lane(&[(60, 100.0), (6, 130.0)])), [60]);
    assert_eq!(found(&lane(&[(60, 100.0), (4, 130.0)])), [0_usize; 0], "four values are no regime");
    assert_eq!(found(&lane(&[(150, 100.0), (10, 130.0), (340, 100.0)])), [150, 160]);
    assert_eq!(found(&lane(&[(300, 100.0)])), [0_usize; 0]);
    // Below the least effect.
    assert_eq!(found(&lane(&[(100, 100.0), (100, 102.0)])), [0_usize; 0]);
}

/// Levels of forty that go up and down by 5 % in noise of 1 %.
#[test]
fn stretches_are_found() {
    let (mut near, mut all) = (0, 0);
    for draw in 0..20 {
        let values: Vec<f64> = noise(draw, 200)
            .iter()
            .enumerate()
            .map(|(i, one)| 0.01 * one + if i / 40 % 2 == 1 { 1.05_f64.ln() } else { 0.0 })
            .collect();
        let found = found(&values);
        for at in (1..5).map(|stretch| 40 * stretch) {
            all += 1;
            near += u32::from(found.iter().any(|one| one.abs_diff(at) <= 2));
        }
    }
    assert!(f64::from(near) >= 0.9 * f64::from(all), "{near} of {all}");
}

#[test]
fn a_trend_is_no_staircase() {
    let values: Vec<f64> = noise(3, 120).iter().enumerate().map(|(i, one)| 0.01 * one + 0.004 * i as f64).collect();
    assert_eq!(found(&values), [0_usize; 0]);
    let trend = monotone::trend(&values, 1, 999, 0.01).unwrap();
    assert!((trend.slope - 0.004).abs() < 2e-4, "{trend:?}");
}

#[test]
fn borders() {
    assert_eq!((changes(&[], 0.03), changes(&[1.0; 9], 0.03)), (Vec::new(), Vec::new()));
    assert_eq!(changes(&[f64::NAN; 40], 0.03), Vec::new());
    let long: Vec<f64> = (0..MOST_VALUES + 40).map(|i| if i < MOST_VALUES { 0.0 } else { 1.0 }).collect();
    assert_eq!(found(&long), [MOST_VALUES], "places count from the first value, searched or not");
    assert!((bar(5) - BARS[0].1).abs() < 1e-12 && (bar(1000) - 4.9).abs() < 1e-12 && bar(50) > bar(40));
}
