//! Failures that came back: `relapsed` with its sub-labels, `recovered`, `again`.

use super::super::records::Draw;
use super::super::series::{Mark, Series, between, chance};
use super::super::stage::Stage;
use super::{Case, Drawn};

const STEADY: (&str, &str) = ("relapsed", "deterministic");
const RATE: (&str, &str) = ("relapsed", "flaky");
const REGRESSED: (&str, &str) = ("regressed", "deterministic");
const RECOVERED: (&str, &str) = ("recovered", "unproven");
const NEW: (&str, &str) = ("new_failure", "unproven");

pub(super) const CASES: &[Case] = &[
    Case::new(STEADY, "broken_again", broken_again).labelled("deterministic"),
    Case::new(STEADY, "broken_again_for_two_runs", broken_again_for_two_runs).labelled("deterministic"),
    Case::new(STEADY, "broken_a_third_time", broken_a_third_time).labelled("deterministic"),
    Case::new(STEADY, "broken_again_and_clean_once", broken_again_and_clean_once).labelled("deterministic"),
    Case::new(STEADY, "broken_again_in_an_environment", broken_again_in_an_environment).labelled("some_environments"),
    Case::new(STEADY, "broken_again_with_seeds", broken_again_with_seeds).labelled("some_seeds"),
    Case::new(RATE, "often_fails_again", often_fails_again).labelled("rate_rise"),
    Case::new(REGRESSED, "broken_for_another_reason", broken_for_another_reason).labelled("deterministic"),
    Case::new(RECOVERED, "clean_behind_two_outages", clean_behind_two_outages),
    Case::new(NEW, "fails_once_behind_an_outage", fails_once_behind_an_outage).labelled("again"),
    Case::new(NEW, "fails_twice_behind_two", fails_twice_behind_two).labelled("again"),
];

/// Where the first outage begins, the first run behind it, and where the second begins.
fn twice(stage: &Stage, draw: &mut Draw) -> [usize; 3] {
    let first = stage.border(draw, 20..stage.runs / 3);
    let fixed = stage.border(draw, first + 6..first + 16);
    let again = stage.border(draw, stage.runs / 2 + 5..stage.runs - 8);
    [first, fixed, again]
}

fn told([first, fixed, again]: [usize; 3]) -> String {
    format!("from run {first} to {}, and again from run {again} on", fixed - 1)
}

fn fails([first, fixed, again]: [usize; 3], run: usize) -> bool {
    (first..fixed).contains(&run) || run >= again
}

/// `regressed` by its last changepoint alone; that it had failed so before makes it a relapse.
fn broken_again(stage: &Stage, draw: &mut Draw) -> Drawn {
    let twice = twice(stage, draw);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| fails(twice, run)),
        format!("fails {}: it came back", told(twice)),
    )
}

fn broken_again_for_two_runs(stage: &Stage, draw: &mut Draw) -> Drawn {
    let [first, fixed, _] = twice(stage, draw);
    let again = stage.runs - between(draw, 2, 4);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| fails([first, fixed, again], run)),
        format!("fails {}: two runs suffice behind a long absence", told([first, fixed, again])),
    )
}

fn broken_a_third_time(stage: &Stage, draw: &mut Draw) -> Drawn {
    let first = stage.border(draw, 8..15);
    let second = stage.border(draw, 35..45);
    let [fixed, over] = [first, second].map(|start| stage.border(draw, start + 5..start + 9));
    let again = stage.border(draw, stage.runs * 3 / 4..stage.runs - 8);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| {
            fails([first, fixed, again], run) || (second..over).contains(&run)
        }),
        format!("fails {}, and from run {second} to {} between", told([first, fixed, again]), over - 1),
    )
}

fn broken_again_and_clean_once(stage: &Stage, draw: &mut Draw) -> Drawn {
    let [first, fixed, _] = twice(stage, draw);
    let again = stage.runs - between(draw, 5, 7);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run + 1 < stage.runs && fails([first, fixed, again], run)),
        format!("fails {}; its one clean run does not show that it is over", told([first, fixed, again])),
    )
}

fn broken_again_in_an_environment(stage: &Stage, draw: &mut Draw) -> Drawn {
    let twice = twice(stage, draw);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0, 1, 2], &[0, 1], |env, _| Mark::failing(env == 1 && fails(twice, run)));
    }
    Drawn::new(series, format!("one of three environments fails {}", told(twice)))
}

fn broken_again_with_seeds(stage: &Stage, draw: &mut Draw) -> Drawn {
    let twice = twice(stage, draw);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        series.grid(run, &[0], &[0, 1, 2, 3, 4], |_, seed| Mark::failing(seed < 2 && fails(twice, run)));
    }
    Drawn::new(series, format!("two of five recurring seeds fail {}", told(twice)))
}

fn often_fails_again(stage: &Stage, draw: &mut Draw) -> Drawn {
    let twice = twice(stage, draw);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| fails(twice, run) && chance(draw, 0.85)),
        format!("fails at .85 {}", told(twice)),
    )
}

fn broken_for_another_reason(stage: &Stage, draw: &mut Draw) -> Drawn {
    let twice = twice(stage, draw);
    let mut series = Series::new(stage.runs);
    for run in 0..stage.runs {
        let reason = u8::from(run >= twice[2]);
        series.attempt(run, 0, 0, if fails(twice, run) { Mark::Fail(reason) } else { Mark::Pass });
    }
    Drawn::new(series, format!("fails {}, for another reason: it broke anew, nothing came back", told(twice)))
}

fn clean_behind_two_outages(stage: &Stage, draw: &mut Draw) -> Drawn {
    let [first, fixed, again] = twice(stage, draw);
    let over = stage.border(draw, again + 4..stage.runs - 3);
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| run < over && fails([first, fixed, again], run)),
        format!(
            "fails {}, until run {over}: it had stayed away for longer before it came back",
            told([first, fixed, again])
        ),
    )
}

fn fails_once_behind_an_outage(stage: &Stage, draw: &mut Draw) -> Drawn {
    let [first, fixed, _] = twice(stage, draw);
    let again = stage.runs - 1;
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| fails([first, fixed, again], run)),
        format!("fails {}: one run shows no relapse yet", told([first, fixed, again])),
    )
}

/// Newest failures behind two others, which may both be strays.
fn fails_twice_behind_two(stage: &Stage, draw: &mut Draw) -> Drawn {
    let birth = stage.runs - between(draw, 46, 60);
    let (again, first) = (stage.runs - 2, stage.lonely(draw, stage.runs - 26..stage.runs - 22));
    Drawn::new(
        Series::plain(stage.runs, birth..stage.runs, |run| fails([first, first + 2, again], run)),
        format!(
            "is new in run {birth} and fails {}: too little of both for a relapse",
            told([first, first + 2, again])
        ),
    )
}
