//! Failures with a witness: `flaky`.

use super::super::records::Draw;
use super::super::series::{Mark, Series, between, chance};
use super::super::stage::Stage;
use super::{Case, Drawn, Fits};

const FLAKY: (&str, &str) = ("flaky", "flaky");

pub(super) const CASES: &[Case] = &[
    Case::new(FLAKY, "passes_on_retry", passes_on_retry),
    Case::new(FLAKY, "interleaved", interleaved),
    Case::new(FLAKY, "rare_flake_of_many_seeds", rare_flake_of_many_seeds),
    Case::new(FLAKY, "flaky_in_one_environment", flaky_in_one_environment),
    Case::new(FLAKY, "two_signatures", two_signatures),
    Case::new(FLAKY, "stale_flake", stale_flake),
    Case::new(FLAKY, "flake_among_infra", flake_among_infra),
    Case::new(FLAKY, "within_a_revision", within_a_revision).fitting(Fits::Revisions),
];

fn passes_on_retry(stage: &Stage, draw: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    let hits: Vec<usize> = (0..between(draw, 1, 4)).map(|_| between(draw, stage.runs / 4, stage.runs)).collect();
    for run in 0..stage.runs {
        for seed in 0..2 {
            if seed == 1 && hits.contains(&run) {
                series.attempt(run, 0, seed, Mark::Fail(0));
            }
            series.attempt(run, 0, seed, Mark::Pass);
        }
    }
    Drawn::new(series, format!("fails and passes on retry in runs {hits:?}"))
}

fn interleaved(stage: &Stage, draw: &mut Draw) -> Drawn {
    let rate = [0.1, 0.2, 0.4, 0.6][between(draw, 0, 4)];
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |_| chance(draw, rate)),
        format!("one cell that fails at {rate} from the first run to the last"),
    )
}

fn rare_flake_of_many_seeds(stage: &Stage, draw: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    let seeds: Vec<u32> = (0..16).collect();
    for run in 0..stage.runs {
        series.grid(run, &[0], &seeds, |_, _| Mark::failing(chance(draw, 0.015)));
    }
    Drawn::new(series, "sixteen recurring seeds a run, each of which fails at .015")
}

fn flaky_in_one_environment(stage: &Stage, draw: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0, 1], &[0, 1], |env, _| Mark::failing(env == 0 && chance(draw, 0.3)));
    }
    Drawn::new(series, "each cell of one environment fails at .3, the other environment never")
}

fn two_signatures(stage: &Stage, draw: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    let mut reason = 0;
    for run in 0..stage.runs {
        let mark = if chance(draw, 0.3) {
            reason = 1 - reason;
            Mark::Fail(reason)
        } else {
            Mark::Pass
        };
        series.attempt(run, 0, 0, mark);
    }
    Drawn::new(series, "one cell that fails at .3, for two reasons in turn")
}

fn stale_flake(stage: &Stage, draw: &mut Draw) -> Drawn {
    let last = between(draw, stage.runs / 2, stage.runs * 3 / 4 - 2);
    Drawn::new(
        Series::plain(stage.runs, 0..last, |_| chance(draw, 0.4)),
        format!("one cell that fails at .4 and is not run from run {last} on"),
    )
}

fn flake_among_infra(stage: &Stage, draw: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        let mark = if chance(draw, 0.3) { Mark::Infra } else { Mark::failing(chance(draw, 0.3)) };
        series.attempt(run, 0, 0, mark);
    }
    Drawn::new(series, "30 % of the runs fail for want of the oracle; of the others, 30 % fail")
}

fn within_a_revision(stage: &Stage, draw: &mut Draw) -> Drawn {
    let shares = |run: &usize| run + 1 < stage.runs && stage.revision(*run) == stage.revision(run + 1);
    let pairs: Vec<usize> = (stage.runs / 4..stage.runs).filter(shares).collect();
    let hit = pairs[between(draw, 0, pairs.len())];
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run == hit),
        format!("fails in run {hit} alone; run {} has the same revision and passes", hit + 1),
    )
}
