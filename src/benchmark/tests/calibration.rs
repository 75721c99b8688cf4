//! How often steady series are called changed, and how often steps are found. Prints its tables; an ordinary run is
//! quick, `RELAPSE_FULL=1` repeats everything 20 times.
//!
//! The rates of the specification are of 150 series of 100 points at the default settings.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::*;

const SERIES: usize = 150;
const POINTS: usize = 100;

/// Times that everything is repeated.
fn batches() -> usize {
    if std::env::var_os("RELAPSE_FULL").is_some() { 20 } else { 1 }
}

fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    // In (0, 1): its logarithm is taken.
    (f64::from(rng.next_u32()) + 0.5) / 2.0_f64.powi(32)
}

pub(super) fn normal(rng: &mut ChaCha8Rng) -> f64 {
    (-2.0 * uniform(rng).ln()).sqrt() * (std::f64::consts::TAU * uniform(rng)).cos()
}

/// Student's t with three degrees of freedom, as it is: its standard deviation is 1.73.
fn t3(rng: &mut ChaCha8Rng) -> f64 {
    let squares: f64 = (0..3).map(|_| normal(rng).powi(2)).sum();
    normal(rng) / (squares / 3.0).sqrt()
}

type Noise = fn(&mut ChaCha8Rng, usize, f64) -> Vec<f64>;

/// Logarithms of steady series.
const NOISES: [(&str, Noise, f64); 4] = [
    ("normal", |rng, n, sd| (0..n).map(|_| sd * normal(rng)).collect(), 0.01),
    ("t3", |rng, n, sd| (0..n).map(|_| sd * t3(rng)).collect(), 0.01),
    (
        "bimodal",
        |rng, n, sd| {
            let mode = |rng: &mut ChaCha8Rng| if uniform(rng) < 0.4 { (25.4_f64 / 13.2).ln() } else { 0.0 };
            (0..n).map(|_| mode(rng) + sd * normal(rng)).collect()
        },
        0.01,
    ),
    (
        "AR(1) .5",
        |rng, n, sd| {
            let mut value = normal(rng) / 0.75_f64.sqrt();
            let next = |_| {
                value = 0.5 * value + normal(rng);
                sd * value
            };
            (0..n).map(next).collect()
        },
        0.05,
    ),
];

fn lane(lane: usize, logs: &[f64]) -> Series {
    let values: Vec<f64> = logs.iter().map(|log| 10.0 * log.exp()).collect();
    series(&format!("lane {lane}"), &values, &[])
}

/// How many of 150 series are found changed, by batch.
fn changed(seed: u64, batches: usize, logs: impl Fn(&mut ChaCha8Rng) -> Vec<f64> + Sync) -> Vec<usize> {
    let one = |number: usize| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed << 32 | number as u64);
        let lane = lane(number, &logs(&mut rng));
        usize::from(!history::history(&lane, &Options::default()).changes.is_empty())
    };
    let found: Vec<usize> = (0..SERIES * batches).into_par_iter().map(one).collect();
    found.chunks(SERIES).map(|batch| batch.iter().sum()).collect()
}

/// Steady series stay below the specification's rates. Noise as great as a tenth, where no effect is too small to
/// count, is where only the permutations guard.
#[test]
fn false_alarms() {
    let batches = batches();
    println!("false alarms of {} steady series of {POINTS} points, p <= .01, B = 999", SERIES * batches);
    for (place, (name, noise, limit)) in NOISES.into_iter().enumerate() {
        for (scale, sd) in [0.02, 0.1].into_iter().enumerate() {
            let found = changed(2 * place as u64 + scale as u64, batches, |rng| noise(rng, POINTS, sd));
            let rate = found.iter().sum::<usize>() as f64 / (SERIES * batches) as f64;
            println!(
                "  {name:9} noise {:4.1} %: {:5.2} % (limit {:.0} %), worst 150: {}",
                100.0 * sd,
                100.0 * rate,
                100.0 * limit,
                found.iter().max().unwrap_or(&0)
            );
            assert!(rate <= limit, "{name} {sd}: {rate}");
        }
    }
}

/// A step of 5 % in noise of 2 % is found, in the middle and near the ends, but where the series looks correlated by chance.
#[test]
fn power() {
    let batches = batches();
    println!("steps of 5 % found in {} series of {POINTS} points, noise 2 %", SERIES * batches);
    for (place, at) in [20, 50, 80].into_iter().enumerate() {
        let found = changed(100 + place as u64, batches, |rng| {
            (0..POINTS).map(|i| 0.02 * normal(rng) + if i < at { 0.0 } else { 1.05_f64.ln() }).collect()
        });
        let all: usize = found.iter().sum();
        let rate = all as f64 / (SERIES * batches) as f64;
        println!("  after {at} points: {:.2} %, {} of {}", 100.0 * rate, all, SERIES * batches);
        assert!(rate >= 0.96, "after {at}: {found:?}");
    }
}

/// Nothing regresses by noise more often than alpha, a step of 10 % is found by five measurements, and what steps of
/// 5 % come to is told.
#[test]
fn gate() {
    let lanes = SERIES * batches();
    println!("verdicts on {lanes} lanes in noise of 2 %: regressed, equivalent, inconclusive");
    let mut seed = 1 << 40;
    for (n, m) in [(10, 5), (30, 2), (30, 5), (30, 10), (30, 30)] {
        for step in [0_u8, 5, 10] {
            seed += 1 << 32;
            let one = |number: u64| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed + number);
                let mut values =
                    |n: usize, by: f64| (0..n).map(|_| 10.0 * by * (0.02 * normal(&mut rng)).exp()).collect::<Vec<_>>();
                let baseline = values(n, 1.0);
                judged(&baseline, &values(m, 1.0 + f64::from(step) / 100.0)).verdict
            };
            let verdicts: Vec<Verdict> = (0..lanes as u64).into_par_iter().map(one).collect();
            let share = |verdict| verdicts.iter().filter(|one| **one == verdict).count() as f64 / lanes as f64;
            let regressed = share(Verdict::Regressed);
            println!(
                "  n {n:2}, m {m:2}, step {step:2} %: {:6.2} %, {:6.2} %, {:6.2} %",
                100.0 * regressed,
                100.0 * share(Verdict::Equivalent),
                100.0 * share(Verdict::Inconclusive)
            );
            if step == 0 {
                assert!(regressed <= 0.01, "{n} {m}: {regressed}");
            }
            if step == 10 && n == 30 && m >= 5 {
                assert!(regressed >= 0.98, "{n} {m}: {regressed}");
            }
        }
    }
}
