//! Scenarios that never failed, in sum.

use super::*;
use crate::tally::{Partitions, Room};

#[test]
fn scenarios_that_never_failed_are_judged_alike_in_sum() {
    let branches = [None, Some("main"), Some("side"), Some("other")];
    for (draw, of_branches) in [(0, 1), (1, 2), (2, 3), (3, 4)] {
        let mut tally = Tally::default();
        for run in 0..24usize {
            // Two runs in which half of all fails, and one with several branches.
            let is_bad = run == 9 || run == 15;
            for scenario in 0..40u64 {
                let dice = mix(draw << 40 | (run as u64) << 20 | scenario);
                let outcome = match scenario {
                    0..25 if is_bad && dice.is_multiple_of(2) => OutcomeKind::Fail,
                    0..10 if dice.is_multiple_of(7) => OutcomeKind::Fail,
                    38 => OutcomeKind::Excluded,
                    _ => OutcomeKind::Pass,
                };
                // The last ran on one branch only.
                let branch = branches[(run + usize::from(run == 4 && scenario == 3)) % of_branches];
                if dice.is_multiple_of(5) || scenario == 39 && branch.is_some() {
                    continue;
                }
                let name = format!("s{scenario}");
                let time = START + i64::try_from(run).unwrap() * HOUR;
                let record = Record { time, outcome, scenario: &name, branch, ..plain() };
                let failure = Failure { class: "c", ruling: "o", severity: 1, incident_only: scenario % 10 == 3 };
                let failure = (outcome == OutcomeKind::Fail).then_some(failure);
                tally.add(&record, &format!("run-{run:02}"), At { log: "l", part: 0, line: scenario }, failure);
            }
        }
        let partitions = Partitions::new(Room { worker: 0, limit: None }).unwrap();
        partitions.take(&mut tally.clone());
        let folded = partitions.finish(false).unwrap();
        assert!(folded.clean.scenarios >= 15 && folded.tally.scenarios().len() < 26);
        let glob = |text| Some(globset::Glob::new(text).unwrap().compile_matcher());
        for branch in [None, glob("main"), glob("{main,side}"), glob("nothing")] {
            let options = Options { branch, ..Options::default() };
            let [full, sum] = [(&tally, &Clean::default()), (&folded.tally, &folded.clean)]
                .map(|(tally, clean)| judge(tally, clean, &tally.run_order(i64::MAX), &options));
            assert_eq!(serde_json::to_string(&sum).unwrap(), serde_json::to_string(&full).unwrap());
            let mass = full.summary.mass_failure_runs.len();
            assert!(of_branches > 1 || options.branch.is_some() || mass > 0, "{mass} mass failures");
        }
    }
}
