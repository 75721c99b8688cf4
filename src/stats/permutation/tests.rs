use super::stage::stages;
use super::*;
use crate::stats::stream::Stream;
use proptest::prelude::*;

fn levels(fails: &[u64], runs: u64) -> Vec<Level> {
    fails.iter().map(|&fails| Level { fails, runs }).collect()
}

fn assert_p(fails: &[u64], runs: u64, p: f64) -> Permutation {
    let found = permutation_of_levels(&levels(fails, runs), 0).unwrap();
    assert!((found.p - p).abs() < 5e-7, "{found:?}");
    found
}

#[test]
fn worked_numbers() {
    let found = assert_p(&[3, 3, 0, 0, 0, 0], 3, 0.000_808_02);
    assert!((found.g - 22.914_510).abs() < 5e-7);
    assert!((found.p - 15.0 / 18_564.0).abs() < 1e-14);
    assert_eq!(found.method, Method::Subsets);
    assert_p(&[2, 1, 1, 1, 1, 0], 3, 0.960_730);
    assert_p(&[3, 2, 1, 0, 0, 0], 3, 0.058_985);
    assert_p(&[2, 0, 0, 0], 2, 0.142_857);
    assert_p(&[1, 0, 1, 0, 1], 1, 1.0);
}

#[test]
fn outside_the_domain() {
    assert_eq!(permutation(&[], 0, Effort::default()), None);
    assert_eq!(permutation_of_levels(&[Level { fails: 2, runs: 1 }], 0), None);
    assert_eq!(permutation_of_levels(&levels(&[0, 0], 0), 0), None);
    assert_p(&[0, 0, 0], 5, 1.0);
    assert_p(&[4, 4], 4, 1.0);
    assert_p(&[2], 4, 1.0);
}

/// Many whole levels: the count is far beyond an f64, its share is not.
#[test]
fn large_counts_of_sets() {
    let mut sizes = vec![Level { fails: 0, runs: 100 }; 2000];
    for level in &mut sizes[..800] {
        level.fails = 100;
    }
    let p = permutation_of_levels(&sizes, 0).unwrap().p;
    assert!(p < 1e-300);
    let ones = vec![Level { fails: 0, runs: 1 }; 3000];
    let mixed: Vec<_> = ones.iter().enumerate().map(|(i, one)| Level { fails: u64::from(i < 900), ..*one }).collect();
    let p = permutation_of_levels(&mixed, 0).unwrap().p;
    assert!((p - 1.0).abs() < 1e-7, "{p}");
}

#[test]
fn sampling_is_keyed_and_stops_when_certain() {
    let fails: Vec<u64> = (0..40).map(|i| 2 + i % 3).collect();
    let by_draws = |list: &[Level]| {
        permutation(&cells_of(list, 0), 7, Effort { approximate: false, ..Effort::default() }).unwrap()
    };
    let list = levels(&fails, 10);
    let first = by_draws(&list);
    assert_eq!(first, by_draws(&list));
    let Method::Draws(draws) = first.method else { panic!("{first:?}") };
    assert!(first.p > 0.2 && draws < 99_999, "{first:?}");
    let strong: Vec<u64> = (0..40).map(|i| if i < 4 { 12 } else { 2 + i % 3 }).collect();
    let found = by_draws(&levels(&strong, 20));
    assert_eq!(found.method, Method::Draws(99_999));
    assert!((2e-5..1e-3).contains(&found.p) && (found.least_attainable - 1e-5).abs() < 1e-12, "{found:?}");
    // The approximation says nearly the same, and needs none.
    let other = permutation_of_levels(&levels(&strong, 20), 7).unwrap();
    assert_eq!(
        (other.method, other.least_attainable.to_bits()),
        (Method::Saddlepoint, found.least_attainable.to_bits())
    );
    assert!((other.p / found.p - 1.0).abs() < 0.3, "{other:?} {found:?}");
}

/// What a test costs, where nothing depends on anything: a mildly flaky scenario with many seeds and environments. All
/// draws for every p below .2 would be 20,000 and more a test.
#[test]
fn tests_of_nothing_are_few_draws() {
    let (mut draws, mut stream, tests) = (0, Stream::new(3, 3), 120_u64);
    for test in 0..tests {
        let mut cells = Vec::new();
        for (stratum, level) in (0..7).flat_map(|stratum| (0..20).map(move |level| (stratum, level))) {
            let fails = (0..6).filter(|_| stream.pair().0 < u32::MAX / 10).count() as u64;
            cells.push(Cell { stratum, level, fails, runs: 6 });
        }
        if let Method::Draws(drawn) = permutation(&cells, test, Effort::default()).unwrap().method {
            draws += drawn;
        }
    }
    assert!(draws < 5_000 * tests, "{draws}");
}

/// Drawing that stops at its 200th hit estimates the p that all draws do.
#[test]
fn enough_draws_tell_p() {
    let fails: Vec<u64> = (0..20).map(|i| [1, 3, 6][i % 3]).collect();
    let design = Design::new(&cells_of(&levels(&fails, 10), 0)).unwrap();
    let drawn = |enough| draws::draw(&design, 5, Effort { enough, stop_above: 1.0, ..Effort::default() });
    let (all, some) = (drawn(u64::MAX), drawn(200));
    assert!(some.enough && some.reached == 200 && some.draws < all.draws, "{some:?}");
    assert_eq!(some.p().to_bits(), (200.0 / some.draws as f64).to_bits());
    assert!((some.p() / all.p() - 1.0).abs() < 0.25, "{some:?} {all:?}");
}

/// Draws would have said that none of them reached G, however much stronger the evidence becomes.
#[test]
fn out_of_reach_is_what_draws_find() {
    for strongest in [16, 20, 30] {
        let strong: Vec<u64> = (0..20).map(|i| if i < 5 { strongest } else { 2 }).collect();
        let mut cells = cells_of(&levels(&strong, 40), 0);
        for stratum in 0..2 {
            cells.extend(cells_of(&levels(&[3, 4, 2, 5], 20), stratum));
            let design = Design::new(&cells).unwrap();
            let drawn = draws::draw(&design, 3, Effort { draws: 20_000, ..Effort::default() });
            assert_eq!(drawn.reached, 0);
            let found = permutation(&cells, 3, Effort::default()).unwrap();
            assert!(found.p < 1e-5 && found.method == Method::Bound, "{found:?}");
            assert_eq!(found.least_attainable.to_bits(), found.p.to_bits());
        }
    }
}

/// It gives away a few digits, as a price for each level and stratum.
#[test]
fn the_bound_is_near() {
    let one = cells_of(&levels(&[15, 19, 2, 1, 3, 2, 0, 1], 40), 0);
    let two = [cells_of(&levels(&[9, 1, 0, 1], 12), 0), cells_of(&levels(&[10, 1, 1, 0], 12), 1)].concat();
    for (cells, p) in [(one, 3.160_563e-13), (two, 4.042_506e-11)] {
        let design = Design::new(&cells).unwrap();
        let exact = walk::weigh(&design, &stages(&design), 300_000).unwrap();
        assert!((exact.p / p - 1.0).abs() < 1e-6, "{exact:?}");
        let bound = bound::ln_p(&design, 0.0).unwrap().exp();
        assert!((p..1e5 * p).contains(&bound), "{bound:?}");
    }
}

fn cells_of(levels: &[Level], stratum: u32) -> Vec<Cell> {
    let cell = |(level, counts): (u32, &Level)| Cell { stratum, level, fails: counts.fails, runs: counts.runs };
    (0..).zip(levels).map(cell).collect()
}

proptest! {
    #[test]
    fn the_bound_is_one(
        counts in prop::collection::vec((0_u32..3, 0_u32..4, 0_u64..9, 0_u64..9), 1..9),
    ) {
        let cells: Vec<Cell> = counts
            .into_iter()
            .map(|(stratum, level, fails, more)| Cell { stratum, level, fails, runs: fails + more })
            .collect();
        let Some(design) = Design::new(&cells) else { return Ok(()) };
        if let (Some(exact), Some(ln_p)) = (walk::weigh(&design, &stages(&design), 50_000), bound::ln_p(&design, 0.0)) {
            prop_assert!(exact.p.ln() <= ln_p + 1e-9, "{exact:?} {ln_p}");
        }
    }
}

#[test]
fn streams_differ_by_key_and_draw() {
    let start = |key, draw| Stream::new(key, draw).next();
    assert_ne!(start(0, 0), start(0, 1));
    assert_ne!(start(0, 1), start(1, 0));
    assert_ne!(start(0, 0), 0);
}

/// p by going through every placement of the fails on single runs.
fn brute_force(cells: &[Cell]) -> f64 {
    let mut units = Vec::new();
    for cell in cells {
        units.extend((0..cell.runs).map(|run| (cell.stratum, cell.level, run < cell.fails)));
    }
    let size = units.len();
    let observed = (0..size).fold(0_u32, |mask, i| mask | u32::from(units[i].2) << i);
    let strata: Vec<u32> = units.iter().map(|unit| unit.0).collect();
    let per_stratum = |mask: u32| {
        let mut fails = [0; 4];
        (0..size).for_each(|i| fails[strata[i] as usize] += mask >> i & 1);
        fails
    };
    let margins = per_stratum(observed);
    let g = |mask: u32| {
        let mut sum = 0.0;
        for level in 0..5 {
            let (mut fails, mut runs, mut expected) = (0.0, 0.0, 0.0);
            for i in (0..size).filter(|i| units[*i].1 == level) {
                let stratum = strata[i];
                let all = strata.iter().filter(|other| **other == stratum).count() as f64;
                fails += f64::from(mask >> i & 1);
                runs += 1.0;
                expected += f64::from(margins[stratum as usize]) / all;
            }
            let term = |o: f64, e: f64| if o > 0.0 { 2.0 * o * (o / e).ln() } else { 0.0 };
            sum += term(fails, expected) + term(runs - fails, runs - expected);
        }
        sum
    };
    let limit = g(observed) - TIE;
    let alike = (0..1_u32 << size).filter(|mask| per_stratum(*mask) == margins);
    let (reached, all) =
        alike.fold((0.0, 0.0), |(reached, all), mask| (reached + f64::from(u8::from(g(mask) >= limit)), all + 1.0));
    reached / all
}

fn cells(strata: u32) -> impl Strategy<Value = Vec<Cell>> {
    let cell = (0..strata, 0_u32..5, 1_u64..4)
        .prop_flat_map(|(stratum, level, runs)| (Just((stratum, level, runs)), 0..=runs))
        .prop_map(|((stratum, level, runs), fails)| Cell { stratum, level, fails, runs });
    prop::collection::vec(cell, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn exact_p_equals_brute_force(cells in prop_oneof![cells(1), cells(1), cells(3)]) {
        let found = permutation(&cells, 0, Effort::default()).unwrap();
        prop_assert!(!matches!(found.method, Method::Draws(_) | Method::Bound));
        let p = brute_force(&cells);
        prop_assert!((found.p - p).abs() < 1e-9, "{found:?} {p}");
        prop_assert!(found.least_attainable <= found.p + 1e-12);
    }

    #[test]
    fn sampled_p_agrees_with_the_exact(cells in prop_oneof![cells(1), cells(3)], key in any::<u64>()) {
        let exact = permutation(&cells, key, Effort::default()).unwrap();
        let effort = Effort { tables: 0, draws: 4_999, stop_above: 1.0, enough: u64::MAX, approximate: false };
        let sampled = permutation(&cells, key, effort).unwrap();
        let sd = (exact.p * (1.0 - exact.p) / 5000.0).sqrt();
        prop_assert!((sampled.p - exact.p).abs() < 6.0 * sd + 1e-3, "{exact:?} {sampled:?}");
    }

    #[test]
    fn outcomes_and_levels_may_be_renamed(cells in cells(2)) {
        let found = permutation(&cells, 0, Effort::default()).unwrap();
        let renamed: Vec<_> = cells.iter().rev().map(|cell| Cell {
            level: 9 - cell.level,
            fails: cell.runs - cell.fails,
            ..*cell
        }).collect();
        let other = permutation(&renamed, 0, Effort::default()).unwrap();
        prop_assert!((found.p - other.p).abs() < 1e-9 && (found.g - other.g).abs() < 1e-9);
    }

    #[test]
    fn the_least_is_that_of_the_best_table(
        counts in prop::collection::vec((1_u64..4).prop_flat_map(|runs| (0..=runs, Just(runs))), 2..4),
    ) {
        let level = |(fails, runs): (u64, u64)| Level { fails, runs };
        let given: Vec<_> = counts.iter().copied().map(level).collect();
        let total: u64 = given.iter().map(|level| level.fails).sum();
        let mut least = 1.0_f64;
        for code in 0..64_u64 {
            let other: Vec<_> = (0_u32..).zip(&given)
                .map(|(i, level)| Level { fails: code >> (2 * i) & 3, ..*level }).collect();
            if other.iter().map(|level| level.fails).sum::<u64>() == total
                && let Some(found) = permutation_of_levels(&other, 0)
            {
                least = least.min(found.p);
            }
        }
        let found = permutation_of_levels(&given, 0).unwrap();
        prop_assert!((found.least_attainable - least).abs() < 1e-9, "{found:?} {least}");
    }
}

/// Levels of some sizes among whose runs fails fall by chance, and more on some where `lift` is above 1.
fn fallen(sizes: &[u64], rate: f64, lift: f64, random: &mut Stream) -> Vec<Level> {
    let level = |(at, &runs): (usize, &u64)| {
        let rate = if at.is_multiple_of(4) { (rate * lift).min(1.0) } else { rate };
        let fails = (0..runs).filter(|_| f64::from(random.pair().0) < rate * 2.0_f64.powi(32)).count();
        Level { fails: fails as u64, runs }
    };
    sizes.iter().enumerate().map(level).collect()
}

/// Sizes of levels, and a rate of fails.
fn shapes() -> Vec<(Vec<u64>, f64)> {
    let mixed: Vec<u64> = (0..120).map(|at| 1 + at % 7).collect();
    let uneven: Vec<u64> = (0..80).map(|at| if at < 4 { 40 } else { 2 }).collect();
    vec![
        (vec![3; 300], 0.5),
        (vec![3; 300], 0.3),
        (vec![2; 300], 0.4),
        (vec![5; 60], 0.2),
        (vec![20; 24], 0.3),
        (mixed, 0.25),
        (uneven, 0.3),
    ]
}

/// `cargo test --release --lib the_approximation -- --nocapture` prints the figures.
#[test]
fn the_approximation_is_the_p_that_draws_find() {
    let mut random = Stream::new(11, 0);
    let mut told = 0;
    for (sizes, rate) in shapes() {
        for lift in [1.0, 1.15, 1.3, 1.5] {
            let cells = cells_of(&fallen(&sizes, rate, lift, &mut random), 0);
            let design = Design::new(&cells).unwrap();
            let stages = stages(&design);
            let Some(p) = Saddlepoint::new(&design, &stages).and_then(|of| of.p(design.observed())) else { continue };
            let drawn =
                draws::draw(&design, 5, Effort { draws: 8_000, stop_above: 1.0, enough: 200, ..Effort::default() });
            if drawn.reached < 25 {
                assert!(p < 0.005, "{sizes:?} {rate} {lift}: {p} {drawn:?}");
                continue;
            }
            let (ratio, error) = (p / drawn.p(), 1.0 / (drawn.reached as f64).sqrt());
            println!("{} levels, rate {rate}, lift {lift}: {p:.5} {:.5} {ratio:.3}", sizes.len(), drawn.p());
            assert!((1.0 - 4.0 * error - 0.05..1.0 + 4.0 * error + 0.2).contains(&ratio), "{p} {drawn:?}");
            told += 1;
        }
    }
    assert!(told > 15, "{told}");
}

/// How often p is at most .05 where nothing depends on the level, and where a quarter of the levels fails more often.
/// `RELAPSE_TESTS=2000 cargo test --release --lib the_approximation -- --nocapture` tries so many of each.
#[test]
fn the_approximation_keeps_its_level_and_its_power() {
    let tests: u64 = std::env::var("RELAPSE_TESTS").ok().and_then(|tests| tests.parse().ok()).unwrap_or(250);
    let found = |approximate: bool, sizes: &[u64], rate: f64, lift: f64, tests: u64| {
        let shown = |test: u64| {
            let cells = cells_of(&fallen(sizes, rate, lift, &mut Stream::new(99, test)), 0);
            let effort = Effort { approximate, draws: 999, ..Effort::default() };
            permutation(&cells, test, effort).unwrap().p <= 0.05
        };
        (0..tests).filter(|&test| shown(test)).count() as f64 / tests as f64
    };
    // Three standard errors.
    let error = |share: f64, tests: u64| 3.0 * (share * (1.0 - share) / tests as f64).sqrt();
    let few = tests / 10;
    for (sizes, rate) in shapes() {
        let size = found(true, &sizes, rate, 1.0, tests);
        let [power, drawn] = [true, false].map(|approximate| found(approximate, &sizes, rate, 1.3, few));
        println!("{} levels, rate {rate}: size {size:.4}, power {power:.3}, by draws {drawn:.3}", sizes.len());
        assert!(size <= 0.05 + error(0.05, tests), "{sizes:?} {rate}: {size}");
        // The same series, so that few differ.
        assert!((power - drawn).abs() <= 0.02 + 2.0 / few as f64, "{sizes:?} {rate}: {power} {drawn}");
    }
}
