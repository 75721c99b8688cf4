//! Mixed without a witness: `seed_unidentifiable`, `flaky_suspected`.

use super::super::records::Draw;
use super::super::series::{Mark, Series, between, chance};
use super::super::stage::Stage;
use super::{Case, Drawn, Fits};

const ONCE: (&str, &str) = ("seed_unidentifiable", "unproven");
const SUSPECTED: (&str, &str) = ("flaky_suspected", "flaky");

pub(super) const CASES: &[Case] = &[
    Case::new(ONCE, "a_fresh_seed_a_run", |stage, draw| fresh_seeds(stage, draw, 1, 0.3)),
    Case::new(ONCE, "many_fresh_seeds_a_run", |stage, draw| fresh_seeds(stage, draw, 6, 0.03)),
    Case::new(SUSPECTED, "one_failure", one_failure),
    Case::new(SUSPECTED, "landed_and_reverted", landed_and_reverted),
    Case::new(SUSPECTED, "failures_of_different_seeds", failures_of_different_seeds),
    Case::new(SUSPECTED, "stale_one_failure", stale_one_failure),
    Case::new(SUSPECTED, "across_revisions", across_revisions).fitting(Fits::Revisions),
];

fn fresh_seeds(stage: &Stage, draw: &mut Draw, seeds: u32, rate: f64) -> Drawn {
    let mut series = Series::new(stage.runs);
    for (run, first) in (0..stage.runs).zip((0..).step_by(seeds as usize)) {
        for seed in first..first + seeds {
            series.attempt(run, 0, seed, Mark::failing(chance(draw, rate)));
        }
    }
    Drawn::new(series, format!("{seeds} fresh seeds a run, each of which fails at {rate}: none recurs"))
}

fn one_failure(stage: &Stage, draw: &mut Draw) -> Drawn {
    let hit = stage.lonely(draw, stage.runs / 3..stage.runs - 3);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run == hit),
        format!("fails in run {hit} alone, too recently to be quiet"),
    )
}

fn landed_and_reverted(stage: &Stage, draw: &mut Draw) -> Drawn {
    let from = stage.border(draw, stage.runs / 2..stage.runs - 8);
    let to = stage.border(draw, from + 2..from + 5);
    let birth = from.saturating_sub(between(draw, 12, 30));
    Drawn::new(
        Series::plain(stage.runs, birth..stage.runs, |run| (from..to).contains(&run)),
        format!("is new in run {birth}, fails from run {from} to {}, passes since", to - 1),
    )
}

fn failures_of_different_seeds(stage: &Stage, draw: &mut Draw) -> Drawn {
    let hits: [usize; 3] = std::array::from_fn(|third| {
        let from = stage.runs * (third + 1) / 4;
        stage.lonely(draw, from..from + stage.runs / 4)
    });
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0], &[0, 1, 2], |_, seed| Mark::failing(hits[seed as usize] == run));
    }
    Drawn::new(series, format!("each of three recurring seeds fails once, in runs {hits:?}"))
}

fn stale_one_failure(stage: &Stage, draw: &mut Draw) -> Drawn {
    let last = between(draw, stage.runs / 2, stage.runs * 3 / 4);
    let hit = stage.lonely(draw, last / 2..last - 3);
    Drawn::new(
        Series::plain(stage.runs, 0..last, |run| run == hit),
        format!("fails in run {hit} alone and is not run from run {last} on"),
    )
}

fn across_revisions(stage: &Stage, draw: &mut Draw) -> Drawn {
    let first = stage.lonely(draw, stage.runs / 2..stage.runs * 3 / 4);
    let second = stage.lonely(draw, stage.runs * 3 / 4..stage.runs - 3);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run == first || run == second),
        format!("fails in runs {first} and {second}, each its revision's only run: no revision both failed and passed"),
    )
}
