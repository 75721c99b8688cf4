//! Failures that went away: `fixed`, `quiet`, `not_rerun`.

use super::super::records::Draw;
use super::super::series::{Mark, Series, between, chance};
use super::super::stage::Stage;
use super::{Case, Drawn};

const FIXED: (&str, &str) = ("fixed", "resolved");
const QUIET: (&str, &str) = ("quiet", "unproven");
const NOT_RERUN: (&str, &str) = ("not_rerun", "unproven");

pub(super) const CASES: &[Case] = &[
    Case::new(FIXED, "outage_recovered", outage_recovered),
    Case::new(FIXED, "fixed_from_start", fixed_from_start),
    Case::new(FIXED, "fixed_flake", fixed_flake),
    Case::new(FIXED, "fixed_environment", fixed_environment),
    Case::new(FIXED, "fixed_twice", fixed_twice),
    Case::new(QUIET, "seen_once", seen_once),
    Case::new(QUIET, "short_of_its_fix", short_of_its_fix),
    Case::new(QUIET, "short_of_twice_its_spell", short_of_twice_its_spell),
    Case::new(NOT_RERUN, "environment_replaced", environment_replaced),
    Case::new(NOT_RERUN, "environment_retired", environment_retired),
    Case::new(NOT_RERUN, "seed_retired", seed_retired),
];

fn outage_recovered(stage: &Stage, draw: &mut Draw) -> Drawn {
    let from = stage.border(draw, 10..stage.runs / 3);
    let to = stage.border(draw, from + 6..from + 16);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| (from..to).contains(&run)),
        format!("an outage of its own from run {from} to {}, clean ever since", to - 1),
    )
}

fn fixed_from_start(stage: &Stage, draw: &mut Draw) -> Drawn {
    let to = stage.border(draw, 8..stage.runs * 3 / 4);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run < to),
        format!("fails every run before run {to}, none since"),
    )
}

fn fixed_flake(stage: &Stage, draw: &mut Draw) -> Drawn {
    let rate = [0.3, 0.4, 0.6][between(draw, 0, 3)];
    let to = stage.border(draw, stage.runs / 3..stage.runs / 2);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run < to && chance(draw, rate)),
        format!("fails at {rate} before run {to}, never since"),
    )
}

fn fixed_environment(stage: &Stage, draw: &mut Draw) -> Drawn {
    let to = stage.border(draw, 12..stage.runs / 2);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0, 1], &[0, 1], |env, _| Mark::failing(env == 0 && run < to));
    }
    Drawn::new(series, format!("always fails in one of two environments before run {to}; both ran on, clean"))
}

fn fixed_twice(stage: &Stage, draw: &mut Draw) -> Drawn {
    let first = stage.border(draw, 8..16);
    let again = stage.border(draw, first + 14..first + 24);
    let fixed = stage.border(draw, again + 8..again + 16);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run < first || (again..fixed).contains(&run)),
        format!(
            "fails before run {first} and from run {again} to {}, clean ever since, for longer than it stayed away",
            fixed - 1
        ),
    )
}

fn seen_once(stage: &Stage, draw: &mut Draw) -> Drawn {
    let hit = stage.lonely(draw, 0..15);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run == hit),
        format!("fails in run {hit} alone: what was seen once is never fixed"),
    )
}

fn short_of_its_fix(stage: &Stage, draw: &mut Draw) -> Drawn {
    let rate = [0.1, 0.2, 0.3][between(draw, 0, 3)];
    let to = stage.border(draw, stage.runs / 2..stage.runs - 10);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run < to && chance(draw, rate)),
        format!("fails at {rate} before run {to}: clean for long at one look, not for who looks after every run"),
    )
}

fn short_of_twice_its_spell(stage: &Stage, draw: &mut Draw) -> Drawn {
    let (from, to) = (stage.border(draw, 15..25), stage.border(draw, stage.runs - 30..stage.runs - 20));
    let hit = stage.lonely(draw, 0..6);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run == hit || (from..to).contains(&run) && chance(draw, 0.8)),
        format!("fails in run {hit} and at .8 from run {from} to {}: it was clean for half as long before", to - 1),
    )
}

fn environment_replaced(stage: &Stage, draw: &mut Draw) -> Drawn {
    let to = stage.border(draw, 12..stage.runs / 2);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.attempt(run, u8::from(run >= to), 0, Mark::failing(run < to));
    }
    Drawn::new(series, format!("environment 0 always fails until run {to} replaces it by environment 1, clean"))
}

fn environment_retired(stage: &Stage, draw: &mut Draw) -> Drawn {
    let to = stage.border(draw, 12..stage.runs / 2);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        let envs: &[u8] = if run < to { &[0, 1] } else { &[1] };
        series.grid(run, envs, &[0, 1], |env, _| Mark::failing(env == 0));
    }
    Drawn::new(series, format!("environment 0 always fails beside a clean one and is retired with run {to}"))
}

fn seed_retired(stage: &Stage, draw: &mut Draw) -> Drawn {
    let to = stage.border(draw, 12..stage.runs / 2);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        let seeds: &[u32] = if run < to { &[0, 1, 2] } else { &[0, 1] };
        series.grid(run, &[0], seeds, |_, seed| Mark::failing(seed == 2));
    }
    Drawn::new(series, format!("the third of three recurring seeds always fails and is not run from run {to} on"))
}
