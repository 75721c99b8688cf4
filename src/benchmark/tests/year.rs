//! Gates of a simulated year: how often steady lanes fail, and how soon a step does and whether it stays red.
//!
//! An ordinary run looks at every thirtieth day of a few lanes; `RELAPSE_FULL=1` at every day of many.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::calibration::normal;
use super::*;

const DAYS: usize = 365;
/// Runs before the first gate.
const BEFORE: usize = 30;

fn is_full() -> bool {
    std::env::var_os("RELAPSE_FULL").is_some()
}

/// Logarithms of a year of runs of so many values each: noise, an effect of each run, and a step for the worse.
fn year(seed: u64, values: usize, noise: f64, effect: f64, step: Option<(usize, f64)>) -> Vec<Vec<f64>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let day = |day: usize| {
        let level = effect * normal(&mut rng) + step.filter(|(from, _)| day >= *from).map_or(0.0, |(_, by)| by.ln_1p());
        (0..values).map(|_| level + noise * normal(&mut rng)).collect()
    };
    (0..BEFORE + DAYS).map(day).collect()
}

fn lane(name: usize, runs: &[Vec<f64>]) -> Series {
    let points = runs.iter().enumerate().flat_map(|(run, logs)| {
        let id: Arc<str> = Arc::from(format!("r{run}"));
        logs.iter().map(move |log| Point {
            run: Some(id.clone()),
            ..Point::at(1_000 * i64::try_from(run).unwrap(), 10.0 * log.exp())
        })
    });
    Series::new(key(&format!("lane {name}")), points.collect::<Vec<_>>())
}

/// Days of a suite on which a lane is `regressed`, gates looked at, and false regressions that began: a lane that goes red.
fn gates(lanes: &[Vec<Vec<f64>>], every: usize) -> (usize, usize, usize) {
    let mut red: Vec<bool> = vec![false; lanes.len()];
    let (mut failed, mut gates, mut begun) = (0, 0, 0);
    for day in (0..DAYS).step_by(every) {
        let series: Vec<Series> =
            lanes.iter().enumerate().map(|(name, runs)| lane(name, &runs[..BEFORE + day])).collect();
        let judged = judge(&series, &Options::default());
        let now: Vec<bool> = judged.series.iter().map(|row| row.judgement.verdict == Verdict::Regressed).collect();
        begun += red.iter().zip(&now).filter(|(before, now)| !**before && **now).count();
        failed += usize::from(now.contains(&true));
        gates += 1;
        red = now;
    }
    (failed, gates, begun)
}

#[test]
fn steady_lanes_stay_green() {
    let (suites, lanes, every) = if is_full() { (20, 20, 1) } else { (1, 5, 30) };
    for (name, values, effect) in [("one value a run", 1, 0.0), ("five values, run effects of 2 %", 5, 0.02)] {
        let suite = |suite: usize| {
            let lanes: Vec<_> =
                (0..lanes).map(|lane| year((suite * 100 + lane) as u64, values, 0.02, effect, None)).collect();
            gates(&lanes, every)
        };
        let all: Vec<_> = (0..suites).into_par_iter().map(suite).collect();
        let (failed, gates) = (all.iter().map(|one| one.0).sum::<usize>(), all.iter().map(|one| one.1).sum::<usize>());
        let begun: usize = all.iter().map(|one| one.2).sum();
        let years = (suites * lanes) as f64;
        println!(
            "{name}: {failed} of {gates} gates of {lanes} lanes failed ({:.2} %), {:.2} false regressions a lane in ten years",
            100.0 * failed as f64 / gates as f64,
            10.0 * begun as f64 / years
        );
        assert!(failed as f64 <= if is_full() { 0.02 } else { 0.1 } * gates as f64, "{name}: {failed} of {gates}");
        assert!(10.0 * begun as f64 / years <= if is_full() { 1.0 } else { 3.0 }, "{name}: {begun}");
    }
}

#[test]
fn a_step_is_red_soon_and_stays_red() {
    let lanes = if is_full() { 400 } else { 20 };
    let at = BEFORE + 100;
    let of = |seed: u64| {
        let runs = year(seed, 1, 0.02, 0.0, Some((at, 0.1)));
        let red = |until: usize| {
            let judged = judge(&[lane(0, &runs[..until])], &Options::default());
            judged.series[0].judgement.verdict == Verdict::Regressed
        };
        let stays = [10, 20, 40, 80].iter().filter(|later| red(at + **later)).count();
        (usize::from(red(at + 6)), stays)
    };
    let all: Vec<_> = (0..lanes).into_par_iter().map(|seed| of(9_000 + seed)).collect();
    let soon = all.iter().map(|one| one.0).sum::<usize>() as f64 / all.len() as f64;
    let stays = all.iter().map(|one| one.1).sum::<usize>() as f64 / (4 * all.len()) as f64;
    println!("+10 % at 2 %: red after 6 runs in {:.1} %, 10 to 80 runs later in {:.1} %", 100.0 * soon, 100.0 * stays);
    assert!(soon >= if is_full() { 0.95 } else { 0.9 } && stays >= 0.99, "{soon} {stays}");
}
