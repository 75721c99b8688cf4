//! Failures that come and go, or that the calendar explains: `flaky/bursty`, `flaky/calendar`, `not_rerun`.

use super::super::records::Draw;
use super::super::series::{Series, between, chance};
use super::super::stage::Stage;
use super::{Case, Drawn, Fits};

const FLAKY: (&str, &str) = ("flaky", "flaky");
const NOT_RERUN: (&str, &str) = ("not_rerun", "unproven");
/// As the days of the epoch come.
const WEEKDAYS: [&str; 7] = ["Thursdays", "Fridays", "Saturdays", "Sundays", "Mondays", "Tuesdays", "Wednesdays"];

pub(super) const CASES: &[Case] = &[
    Case::new(FLAKY, "bursts", bursts).labelled("bursty"),
    Case::new(FLAKY, "bursts_at_a_pace", bursts_at_a_pace).labelled("bursty"),
    Case::new(FLAKY, "bursts_of_one_revision", bursts_of_one_revision).labelled("bursty").fitting(Fits::Revisions),
    Case::new(FLAKY, "fails_on_a_weekday", |stage, draw| on_a_weekday(stage, draw, 0.97))
        .labelled("calendar")
        .fitting(Fits::SeveralADay),
    Case::new(NOT_RERUN, "its_weekday_is_to_come", |stage, draw| on_a_weekday(stage, draw, 1.0))
        .fitting(Fits::SeveralADay),
];

fn bursts(stage: &Stage, draw: &mut Draw) -> Drawn {
    let birth = stage.runs - between(draw, 65, 80);
    let (first, second) = (birth + between(draw, 18, 23), stage.runs - between(draw, 9, 12));
    let is_bad = |run: usize| (first..first + 10).contains(&run) || run >= second;
    Drawn::new(
        Series::plain(stage.runs, birth..stage.runs, |run| is_bad(run) && chance(draw, 0.55)),
        format!(
            "is new in run {birth}, fails at .55 from run {first} to {} and from run {second} on, never else",
            first + 9
        ),
    )
}

fn bursts_at_a_pace(stage: &Stage, draw: &mut Draw) -> Drawn {
    let (length, away) = (between(draw, 3, 5), between(draw, 9, 13));
    let fails = |run: usize| (stage.runs - 1 - run) % (length + away) < length;
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, fails),
        format!("fails {length} runs of every {}: it comes and goes", length + away),
    )
}

/// An outage that begins with the third run of a revision, and another.
fn bursts_of_one_revision(stage: &Stage, draw: &mut Draw) -> Drawn {
    let is_third = |run: &usize| {
        let same =
            |before: usize| stage.revision(*run) == stage.revision(*run - before) && !stage.in_outage(*run - before);
        !stage.in_outage(*run) && same(1) && same(2)
    };
    let thirds: Vec<usize> = (20..stage.runs / 3).filter(is_third).collect();
    let first = if thirds.is_empty() { 20 } else { thirds[between(draw, 0, thirds.len())] };
    let fixed = first + between(draw, 6, 10);
    let again = stage.runs - 2;
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| (first..fixed).contains(&run) || run >= again),
        format!(
            "fails from run {first}, whose revision had passed twice, to {} and from run {again} on: no change brings it back",
            fixed - 1
        ),
    )
}

fn on_a_weekday(stage: &Stage, draw: &mut Draw, rate: f64) -> Drawn {
    let weekday = between(draw, 0, WEEKDAYS.len());
    Drawn::new(
        Series::plain(stage.runs, 0..stage.runs, |run| stage.weekday(run) == weekday as u64 && chance(draw, rate)),
        format!("fails at {rate} on {}, never else: the day explains its outages", WEEKDAYS[weekday]),
    )
}
