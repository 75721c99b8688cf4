//! Too new to tell: `new_failure`, `insufficient_evidence`.

use super::super::records::Draw;
use super::super::series::{Mark, Series, between, chance};
use super::super::stage::Stage;
use super::{Case, Drawn, Fits};

const NEW: (&str, &str) = ("new_failure", "unproven");
const FEW: (&str, &str) = ("insufficient_evidence", "unproven");

pub(super) const CASES: &[Case] = &[
    Case::new(NEW, "fails_once_at_the_end", |stage, draw| at_the_end(stage, draw, 1, stage.runs)),
    Case::new(NEW, "fails_twice_at_the_end", |stage, draw| at_the_end(stage, draw, 2, stage.runs)),
    Case::new(NEW, "fails_thrice_at_the_end", |stage, draw| at_the_end(stage, draw, 3, 18)),
    Case::new(NEW, "born_failing", born_failing),
    Case::new(NEW, "fails_at_the_end_after_an_outage", after_an_outage).fitting(Fits::Outages),
    Case::new(FEW, "few_mixed_runs", few_mixed_runs),
    Case::new(FEW, "few_runs_with_a_bad_environment", few_with_a_bad_environment),
];

/// Fails the last runs of a life of at most that many runs.
fn at_the_end(stage: &Stage, draw: &mut Draw, fails: usize, longest: usize) -> Drawn {
    let life = between(draw, fails + 1, longest);
    let (birth, from) = (stage.runs - life, stage.runs - fails);
    Drawn::new(
        Series::plain(stage.runs, birth..stage.runs, |run| run >= from),
        format!("is new in run {birth} and fails from run {from} on only"),
    )
}

fn born_failing(stage: &Stage, draw: &mut Draw) -> Drawn {
    let birth = stage.runs - between(draw, 1, 3);
    Drawn::new(
        Series::plain(stage.runs, birth..stage.runs, |_| true),
        format!("is new in run {birth} and has only failed, fewer than three times"),
    )
}

fn after_an_outage(stage: &Stage, draw: &mut Draw) -> Drawn {
    let from = stage.runs - between(draw, 1, 3);
    let hit = stage.outages[0].start;
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run == hit || run >= from),
        format!("fails in the mass-failure run {hit}, which is set aside, and from run {from} on"),
    )
}

fn few_mixed_runs(stage: &Stage, draw: &mut Draw) -> Drawn {
    let birth = stage.runs - between(draw, 2, 5);
    Drawn::new(
        Series::plain(stage.runs, birth..stage.runs, |_| chance(draw, 0.5)),
        format!("is new in run {birth}, fails at .5"),
    )
}

fn few_with_a_bad_environment(stage: &Stage, draw: &mut Draw) -> Drawn {
    let birth = stage.runs - between(draw, 3, 5);
    let mut series = Series::new(stage.runs);
    for run in birth..stage.runs {
        series.grid(run, &[0, 1], &[0], |env, _| Mark::failing(env == 0));
    }
    Drawn::new(series, format!("is new in run {birth}; one of two environments always fails"))
}
