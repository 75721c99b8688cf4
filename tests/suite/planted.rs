//! Scenarios whose verdict is known: what the program makes of them.

use std::path::Path;

use crate::judged::Judged;
use crate::program::relapse;
use crate::world::{Plan, Size};
use crate::{archive, confusion, score, worlds};

const DAY_MS: u64 = 86_400_000;
const DAILY: Size = Size { seed: 7, each: 3, runs: 120, every_ms: DAY_MS, revisions: false };

/// Plants a corpus, sweeps it, and prints how the verdicts compare with the truth.
fn compare(plan: Plan, size: Size) {
    let folder = tempfile::tempdir().unwrap();
    let corpus = plan.draw(size).unwrap();
    println!("{}", confusion::rows_planted(&corpus));
    archive::write(&corpus, folder.path()).unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (logs, out, profile) = (path("logs"), path("out"), path("profile.toml"));
    let mut arguments = vec!["sweep", &logs, "--out", &out];
    if size.revisions {
        arguments.extend(["--profile", &profile]);
    }
    relapse(arguments).exits(0);
    let read = |name: &str| score::read(Path::new(&path(name))).unwrap();
    let judged = Judged::parse(&read("out/recurrence.json")).unwrap();
    let truth = read("truth.json");
    let (report, passed) = match plan {
        Plan::Worlds => worlds::score(&truth, &judged),
        _ => score::score(&truth, &judged, 1.0),
    }
    .unwrap();
    println!("{report}");
    assert!(passed, "{report}");
}

#[test]
fn every_planted_verdict_is_recovered() {
    compare(Plan::Mixed, DAILY);
}

#[test]
fn every_planted_verdict_is_recovered_where_revisions_are_known() {
    compare(Plan::Mixed, Size { each: 2, revisions: true, ..DAILY });
}

#[test]
fn every_planted_verdict_is_recovered_where_runs_are_six_hours_apart() {
    compare(Plan::Mixed, Size { each: 2, every_ms: DAY_MS / 4, ..DAILY });
}

#[test]
fn a_third_of_the_suite_broken_is_no_mass_failure_to_set_aside() {
    compare(Plan::BrokenSuite, DAILY);
}

#[test]
fn wrong_verdicts_on_null_series_stay_under_their_bounds() {
    compare(Plan::Worlds, Size { each: 20, ..DAILY });
}
