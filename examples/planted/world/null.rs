//! Worlds: processes that make series, whatever these come to be called. They show how often each
//! verdict is given where it is true and where it is not.

use super::cases::Drawn;
use super::records::Draw;
use super::series::{Mark, Series, between, chance};

/// A process.
pub(crate) struct World {
    /// Its name.
    pub(crate) name: &'static str,
    /// Draws a series of at most that many runs.
    pub(crate) draw: fn(&mut Draw, usize) -> Drawn,
}

const fn world(name: &'static str, draw: fn(&mut Draw, usize) -> Drawn) -> World {
    World { name, draw }
}

/// Every world.
pub(crate) const WORLDS: &[World] = &[
    world("steady_01", |draw, runs| steady(draw, runs, 0.01)),
    world("steady_05", |draw, runs| steady(draw, runs, 0.05)),
    world("steady_20", |draw, runs| steady(draw, runs, 0.2)),
    world("steady_50", |draw, runs| steady(draw, runs, 0.5)),
    world("steady_cells", steady_cells),
    world("fresh_seeds", fresh_seeds),
    world("bursty", bursty),
    world("seed_driven", seed_driven),
    world("environment_driven", environment_driven),
    world("outage", outage),
    world("outage_again", |draw, runs| outage_again(draw, runs, [1.0, 0.0])),
    world("noisy_outage_again", |draw, runs| outage_again(draw, runs, [0.95, 0.01])),
    world("outage_again_over", outage_again_over),
    world("outage_for_another_reason", outage_for_another_reason),
    world("bursts_of_half", bursts_of_half),
    world("fix", fix),
    world("regression", regression),
    world("young_regression", young_regression),
    world("rate_rise", rate_rise),
    world("small_n", small_n),
    world("always_failing", always_failing),
    world("healthy", |_, runs| Drawn::new(Series::plain(runs, 0..runs, |_| false), "never fails")),
];

fn steady(draw: &mut Draw, runs: usize, rate: f64) -> Drawn {
    Drawn::new(Series::plain(runs, 0..runs, |_| chance(draw, rate)), format!("fails at {rate} throughout"))
}

fn steady_cells(draw: &mut Draw, runs: usize) -> Drawn {
    let mut series = Series::new(runs);
    for run in 0..runs {
        series.grid(run, &[0, 1], &[0, 1, 2], |_, _| Mark::failing(chance(draw, 0.03)));
    }
    Drawn::new(series, "each of six cells fails at .03 throughout")
}

fn fresh_seeds(draw: &mut Draw, runs: usize) -> Drawn {
    let mut series = Series::new(runs);
    for (run, seed) in (0..runs).zip(0..) {
        series.attempt(run, u8::from(chance(draw, 0.5)), seed, Mark::failing(chance(draw, 0.2)));
    }
    Drawn::new(series, "a fresh seed a run, in one of two environments, fails at .2 throughout")
}

fn bursty(draw: &mut Draw, runs: usize) -> Drawn {
    let mut bad = false;
    let bits = |_| {
        bad = if bad { chance(draw, 0.75) } else { chance(draw, 0.03) };
        bad
    };
    Drawn::new(Series::plain(runs, 0..runs, bits), "fails in bursts: .03 to begin one, .25 to end it")
}

fn seed_driven(draw: &mut Draw, runs: usize) -> Drawn {
    let bad = u32::try_from(between(draw, 1, 4)).unwrap_or(1);
    let mut series = Series::new(runs);
    for run in 0..runs {
        let seeds: Vec<u32> = (0..10).filter(|_| chance(draw, 0.4)).collect();
        series.grid(run, &[0], &seeds, |_, seed| Mark::failing(seed < bad));
    }
    Drawn::new(series, format!("{bad} of ten recurring seeds always fail"))
}

fn environment_driven(draw: &mut Draw, runs: usize) -> Drawn {
    let mut series = Series::new(runs);
    for run in 0..runs {
        let env = u8::from(chance(draw, 0.4));
        series.attempt(run, env, 0, Mark::failing(env == 1));
    }
    Drawn::new(series, "one of two environments always fails; one runs at a time")
}

fn outage(draw: &mut Draw, runs: usize) -> Drawn {
    let from = between(draw, 20, runs / 3);
    let to = from + between(draw, 6, 15);
    Drawn::new(
        Series::plain(runs, 0..runs, |run| (from..to).contains(&run)),
        format!("fails from run {from} to {}, never else", to - 1),
    )
}

/// Where the first outage begins, the first run behind it, and where the second begins.
fn twice(draw: &mut Draw, runs: usize) -> [usize; 3] {
    let first = between(draw, 15, runs / 4);
    [first, first + between(draw, 5, 16), runs - between(draw, 5, 16)]
}

fn outage_again(draw: &mut Draw, runs: usize, [inside, outside]: [f64; 2]) -> Drawn {
    let [first, fixed, again] = twice(draw, runs);
    let is_out = |run: usize| (first..fixed).contains(&run) || run >= again;
    Drawn::new(
        Series::plain(runs, 0..runs, |run| chance(draw, if is_out(run) { inside } else { outside })),
        format!("fails at {inside} from run {first} to {} and from run {again} on, at {outside} else", fixed - 1),
    )
}

fn outage_again_over(draw: &mut Draw, runs: usize) -> Drawn {
    let [first, fixed, _] = twice(draw, runs);
    let again = between(draw, runs / 2 + 5, runs - 30);
    let over = again + between(draw, 5, 16);
    Drawn::new(
        Series::plain(runs, 0..runs, |run| (first..fixed).contains(&run) || (again..over).contains(&run)),
        format!("fails from run {first} to {} and from run {again} to {}, never else", fixed - 1, over - 1),
    )
}

fn outage_for_another_reason(draw: &mut Draw, runs: usize) -> Drawn {
    let [first, fixed, again] = twice(draw, runs);
    let mut series = Series::new(runs);
    for run in 0..runs {
        let is_out = (first..fixed).contains(&run) || run >= again;
        series.attempt(run, 0, 0, if is_out { Mark::Fail(u8::from(run >= again)) } else { Mark::Pass });
    }
    Drawn::new(series, format!("fails from run {first} to {}, and for another reason from run {again} on", fixed - 1))
}

fn bursts_of_half(draw: &mut Draw, runs: usize) -> Drawn {
    let mut bad = false;
    let bits = |_| {
        bad = if bad { chance(draw, 0.9) } else { chance(draw, 0.03) };
        bad && chance(draw, 0.5)
    };
    Drawn::new(Series::plain(runs, 0..runs, bits), "fails at .5 in bursts: .03 to begin one, .1 to end it")
}

fn fix(draw: &mut Draw, runs: usize) -> Drawn {
    let to = between(draw, runs / 3, runs / 2);
    Drawn::new(
        Series::plain(runs, 0..runs, |run| run < to && chance(draw, 0.3)),
        format!("fails at .3 before run {to}, never since"),
    )
}

fn regression(draw: &mut Draw, runs: usize) -> Drawn {
    let from = runs - between(draw, 6, 30);
    Drawn::new(
        Series::plain(runs, 0..runs, |run| run >= from || chance(draw, 0.01)),
        format!("fails at .01, and always from run {from} on"),
    )
}

fn young_regression(_: &mut Draw, runs: usize) -> Drawn {
    Drawn::new(Series::plain(runs, runs - 26..runs, |run| run + 6 >= runs), "passes 20 runs and fails 6")
}

fn rate_rise(draw: &mut Draw, runs: usize) -> Drawn {
    let from = runs - between(draw, 25, 50);
    Drawn::new(
        Series::plain(runs, 0..runs, |run| chance(draw, if run < from { 0.03 } else { 0.6 })),
        format!("fails at .03 before run {from}, at .6 since"),
    )
}

fn small_n(draw: &mut Draw, runs: usize) -> Drawn {
    let life = between(draw, 2, 5);
    let mut series = Series::new(runs);
    for run in runs - life..runs {
        series.grid(run, &[0, 1], &[0], |_, _| Mark::failing(chance(draw, 0.4)));
    }
    Drawn::new(series, format!("{life} runs of two environments that fail at .4"))
}

fn always_failing(draw: &mut Draw, runs: usize) -> Drawn {
    let life = between(draw, 3, runs);
    let mut series = Series::new(runs);
    for run in runs - life..runs {
        series.grid(run, &[0, 1], &[0, 1], |_, _| Mark::Fail(0));
    }
    Drawn::new(series, format!("every attempt of its {life} runs fails"))
}
