//! Nothing that counts failed: `no_failure`, `set_aside`.

use super::super::records::Draw;
use super::super::series::{Mark, Series, between, chance};
use super::super::stage::Stage;
use super::{Case, Drawn, Fits};

const NO_FAILURE: (&str, &str) = ("no_failure", "none");
const SET_ASIDE: (&str, &str) = ("set_aside", "none");

pub(super) const CASES: &[Case] = &[
    Case::new(NO_FAILURE, "healthy", healthy),
    Case::new(NO_FAILURE, "infra_only", infra_only),
    Case::new(NO_FAILURE, "never_counted", never_counted),
    Case::new(NO_FAILURE, "skipped_often", skipped_often),
    Case::new(SET_ASIDE, "outage_victim", outage_victim).fitting(Fits::Outages),
    Case::new(SET_ASIDE, "outage_streak_victim", outage_streak_victim).fitting(Fits::Outages),
    Case::new(SET_ASIDE, "outage_bystander", outage_bystander).fitting(Fits::Outages),
    Case::new(SET_ASIDE, "outage_victim_of_cells", outage_victim_of_cells).fitting(Fits::Outages),
];

fn healthy(stage: &Stage, _: &mut Draw) -> Drawn {
    Drawn::new(Series::plain(stage.runs, 0..stage.runs, |_| false), "passes every run")
}

fn infra_only(stage: &Stage, draw: &mut Draw) -> Drawn {
    let rate = [0.05, 0.2, 0.5][between(draw, 0, 3)];
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0, 1], &[0], |_, _| if chance(draw, rate) { Mark::Infra } else { Mark::Pass });
    }
    Drawn::new(series, format!("{rate} of the attempts fail for want of the oracle, which no series counts"))
}

fn never_counted(stage: &Stage, _: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.attempt(run, 0, 0, if run % 3 == 0 { Mark::Skip } else { Mark::Infra });
    }
    Drawn::new(series, "every attempt is skipped or fails for want of the oracle: no counted attempt at all")
}

fn skipped_often(stage: &Stage, draw: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.attempt(run, 0, 0, if chance(draw, 0.4) { Mark::Skip } else { Mark::Pass });
    }
    Drawn::new(series, "passes, or is skipped in 40 % of the runs")
}

fn outage_victim(stage: &Stage, _: &mut Draw) -> Drawn {
    let hit = stage.outages[0].start;
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run == hit),
        format!("fails in the mass-failure run {hit} alone"),
    )
}

fn outage_streak_victim(stage: &Stage, _: &mut Draw) -> Drawn {
    let hit = stage.outages[1].clone();
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| hit.contains(&run)),
        format!("fails in both mass-failure runs {} and {} alone", hit.start, hit.end - 1),
    )
}

fn outage_bystander(stage: &Stage, _: &mut Draw) -> Drawn {
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| stage.in_outage(run)),
        "fails in every mass-failure run that is set aside, and in no other",
    )
}

fn outage_victim_of_cells(stage: &Stage, draw: &mut Draw) -> Drawn {
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0, 1], &[0, 1], |_, _| Mark::failing(stage.in_outage(run) && chance(draw, 0.6)));
    }
    Drawn::new(series, "some cells fail in mass-failure runs, none elsewhere")
}
