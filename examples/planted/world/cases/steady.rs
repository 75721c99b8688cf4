//! The same all along: `deterministic`, `env_dependent`, `seed_dependent`.

use super::super::records::Draw;
use super::super::series::{Mark, Series, between, chance};
use super::super::stage::Stage;
use super::{Case, Drawn};

const ALWAYS: (&str, &str) = ("deterministic", "deterministic");
const ENV: (&str, &str) = ("env_dependent", "deterministic");
const ENV_RATE: (&str, &str) = ("env_dependent", "flaky");
const SEED: (&str, &str) = ("seed_dependent", "deterministic");
const SEED_RATE: (&str, &str) = ("seed_dependent", "flaky");

pub(super) const CASES: &[Case] = &[
    Case::new(ALWAYS, "always_fails", always_fails),
    Case::new(ALWAYS, "always_fails_so_far", always_fails_so_far),
    Case::new(ALWAYS, "always_fails_for_two_reasons", always_fails_for_two_reasons),
    Case::new(ALWAYS, "stale_always_fails", stale_always_fails),
    Case::new(ALWAYS, "always_fails_between_infra", always_fails_between_infra),
    Case::new(ENV, "bad_environment", bad_environment),
    Case::new(ENV, "bad_environment_of_three", bad_environment_of_three),
    Case::new(ENV_RATE, "often_fails_in_an_environment", often_fails_in_an_environment),
    Case::new(SEED, "bad_seeds", bad_seeds),
    Case::new(SEED, "bad_seeds_in_rotation", bad_seeds_in_rotation),
    Case::new(SEED_RATE, "often_fails_on_seeds", often_fails_on_seeds),
];

fn always_fails(stage: &Stage, _: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0, 1], &[0, 1], |_, _| Mark::Fail(0));
    }
    Drawn::new(series, "every attempt fails from the first run on")
}

fn always_fails_so_far(stage: &Stage, draw: &mut Draw) -> Drawn {
    let birth = stage.runs - between(draw, 3, 7);
    Drawn::new(
        Series::plain(stage.runs, birth..stage.runs, |_| true),
        format!("is new in run {birth} and has only failed"),
    )
}

fn always_fails_for_two_reasons(stage: &Stage, _: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.attempt(run, 0, 0, Mark::Fail(u8::from(run % 2 == 1)));
    }
    Drawn::new(series, "every attempt fails, for two reasons in turn")
}

fn stale_always_fails(stage: &Stage, draw: &mut Draw) -> Drawn {
    let last = between(draw, 5, stage.runs * 3 / 4);
    Drawn::new(
        Series::plain(stage.runs, 0..last, |_| true),
        format!("every attempt fails until run {last}, from which on it is not run"),
    )
}

fn always_fails_between_infra(stage: &Stage, draw: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.attempt(run, 0, 0, if chance(draw, 0.3) { Mark::Infra } else { Mark::Fail(0) });
    }
    Drawn::new(series, "every attempt fails, 30 % of them for want of the oracle")
}

fn bad_environment(stage: &Stage, _: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0, 1], &[0, 1], |env, _| Mark::failing(env == 1));
    }
    Drawn::new(series, "one of two environments has always failed")
}

fn bad_environment_of_three(stage: &Stage, draw: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        // Two of the three a run, so that runs without the bad one pass.
        let left_out = u8::try_from(between(draw, 0, 3)).unwrap_or(0);
        let envs: Vec<u8> = (0..3).filter(|env| *env != left_out).collect();
        series.grid(run, &envs, &[0], |env, _| Mark::failing(env == 2));
    }
    Drawn::new(series, "one of three environments has always failed; two of them run at a time")
}

fn often_fails_in_an_environment(stage: &Stage, draw: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for (run, seed) in (0..stage.runs).zip(0..) {
        series.attempt(run, 0, 2 * seed, Mark::failing(chance(draw, 0.6)));
        series.attempt(run, 1, 2 * seed + 1, Mark::Pass);
    }
    Drawn::new(series, "one of two environments fails at .6; no seed ever recurs, so that no cell does")
}

fn bad_seeds(stage: &Stage, _: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0, 1], &[0, 1, 2, 3, 4, 5], |_, seed| Mark::failing(seed == 3));
    }
    Drawn::new(series, "one of six recurring seeds has always failed, in both environments")
}

fn bad_seeds_in_rotation(stage: &Stage, draw: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        let mut seeds: Vec<u32> = (0..12).collect();
        while seeds.len() > 3 {
            seeds.swap_remove(between(draw, 0, seeds.len()));
        }
        series.grid(run, &[0], &seeds, |_, seed| Mark::failing(seed < 3));
    }
    Drawn::new(series, "three of twelve seeds always fail; three of the twelve run at a time")
}

fn often_fails_on_seeds(stage: &Stage, draw: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    let mut waiting: Vec<u32> = Vec::new();
    let mut fresh = 0;
    for run in 0..stage.runs {
        // Each seed runs twice, a few runs apart: no cell can fail, pass and fail.
        let again = if waiting.len() > 8 { waiting.drain(..3).collect() } else { Vec::new() };
        for seed in again.iter().copied().chain(fresh..fresh + 3) {
            series.attempt(run, 0, seed, Mark::failing(seed % 4 == 0 && chance(draw, 0.95)));
        }
        waiting.extend(fresh..fresh + 3);
        fresh += 3;
    }
    Drawn::new(series, "a quarter of the seeds fails at .95; each seed runs twice at most")
}
