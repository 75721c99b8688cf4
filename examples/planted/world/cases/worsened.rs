//! Failures that came: `regressed` with its sub-labels.

use super::super::records::Draw;
use super::super::series::{Mark, Series, between, chance};
use super::super::stage::Stage;
use super::{Case, Drawn, Fits};

const STEADY: (&str, &str) = ("regressed", "deterministic");
const RATE: (&str, &str) = ("regressed", "flaky");

pub(super) const CASES: &[Case] = &[
    Case::new(STEADY, "broken_since", broken_since).labelled("deterministic"),
    Case::new(STEADY, "broken_in_an_outage", broken_in_an_outage).labelled("deterministic").fitting(Fits::Outages),
    Case::new(STEADY, "flaky_then_broken", flaky_then_broken).labelled("deterministic"),
    Case::new(STEADY, "broken_environment", broken_environment).labelled("some_environments"),
    Case::new(STEADY, "new_environment_fails", new_environment_fails).labelled("some_environments"),
    Case::new(STEADY, "new_environment_beside_a_flake", new_environment_beside_a_flake).labelled("some_environments"),
    Case::new(STEADY, "broken_seeds", broken_seeds).labelled("some_seeds"),
    Case::new(RATE, "rate_rises", rate_rises).labelled("rate_rise"),
    Case::new(RATE, "rate_rises_in_cells", rate_rises_in_cells).labelled("rate_rise"),
    Case::new(RATE, "broken_amid_a_revision", broken_amid_a_revision).labelled("same_code").fitting(Fits::Revisions),
];

fn late(stage: &Stage, draw: &mut Draw) -> usize {
    stage.border(draw, stage.runs / 2..stage.runs - 8)
}

fn broken_since(stage: &Stage, draw: &mut Draw) -> Drawn {
    let from = late(stage, draw);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0, 1], &[0], |_, _| Mark::failing(run >= from));
    }
    Drawn::new(series, format!("every attempt fails from run {from} on, none before"))
}

fn broken_in_an_outage(stage: &Stage, _: &mut Draw) -> Drawn {
    let from = stage.outages[1].start;
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run >= from),
        format!("fails from the mass-failure run {from} on: it did not pass after it"),
    )
}

fn flaky_then_broken(stage: &Stage, draw: &mut Draw) -> Drawn {
    let from = late(stage, draw);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run >= from || run + 1 < from && chance(draw, 0.1)),
        format!("fails at .1, and always from run {from} on"),
    )
}

fn broken_environment(stage: &Stage, draw: &mut Draw) -> Drawn {
    let from = late(stage, draw);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0, 1, 2], &[0, 1], |env, _| Mark::failing(env == 1 && run >= from));
    }
    Drawn::new(series, format!("one of three environments always fails from run {from} on"))
}

fn new_environment_fails(stage: &Stage, draw: &mut Draw) -> Drawn {
    let from = late(stage, draw);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        let envs: &[u8] = if run < from { &[0] } else { &[0, 1] };
        series.grid(run, envs, &[0, 1], |env, _| Mark::failing(env == 1));
    }
    Drawn::new(series, format!("an environment that is new in run {from} has always failed"))
}

fn new_environment_beside_a_flake(stage: &Stage, draw: &mut Draw) -> Drawn {
    let from = late(stage, draw);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.attempt(run, 0, 0, Mark::failing(chance(draw, 0.08)));
        if run >= from {
            series.attempt(run, 1, 0, Mark::Fail(0));
        }
    }
    Drawn::new(series, format!("fails at .08 in one environment; another is new in run {from} and has always failed"))
}

fn broken_seeds(stage: &Stage, draw: &mut Draw) -> Drawn {
    let from = late(stage, draw);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0], &[0, 1, 2, 3, 4], |_, seed| Mark::failing(seed < 2 && run >= from));
    }
    Drawn::new(series, format!("two of five recurring seeds always fail from run {from} on"))
}

fn rate_rises(stage: &Stage, draw: &mut Draw) -> Drawn {
    let from = stage.border(draw, stage.runs / 2..stage.runs * 3 / 4);
    let (before, after) = [(0.0, 0.5), (0.02, 0.6), (0.05, 0.8)][between(draw, 0, 3)];
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| chance(draw, if run < from { before } else { after })),
        format!("fails at {before} before run {from}, at {after} since"),
    )
}

fn rate_rises_in_cells(stage: &Stage, draw: &mut Draw) -> Drawn {
    let from = stage.border(draw, stage.runs / 2..stage.runs * 3 / 4);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0, 1], &[0, 1, 2, 3], |_, _| {
            Mark::failing(chance(draw, if run < from { 0.002 } else { 0.2 }))
        });
    }
    Drawn::new(series, format!("each of eight attempts a run fails at .002 before run {from}, at .2 since"))
}

fn broken_amid_a_revision(stage: &Stage, draw: &mut Draw) -> Drawn {
    let is_amid = |run: &usize| {
        let same = |other: usize| stage.revision(*run) == stage.revision(other) && !stage.in_outage(other);
        !stage.in_outage(*run) && same(*run - 1)
    };
    let amid: Vec<usize> = (stage.runs / 2..stage.runs - 8).filter(is_amid).collect();
    let from = amid[between(draw, 0, amid.len())];
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run >= from),
        format!("always fails from run {from} on, whose revision had passed in run {}", from - 1),
    )
}
