//! What is counted straight from the cells equals what the attempts of each scenario say.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;

use super::super::attempts::collect;
use super::super::mass::RunLoad;
use super::super::series::Series;
use super::super::timeline::timelines;
use super::*;

fn attempts() -> impl Strategy<Value = Vec<Attempt<'static>>> {
    let outcomes = vec![OutcomeKind::Pass, OutcomeKind::Pass, OutcomeKind::Fail, OutcomeKind::Excluded];
    let one = (0..70usize, select(vec!["a", "b", "c"]), 0..3u64, select(outcomes), any::<bool>()).prop_map(
        |(run, scenario, seed, outcome, infra)| Attempt {
            scenario,
            seed: Some(seed),
            outcome,
            // One reason is always kept out of the series.
            reason: if infra { "host lost" } else { "r" },
            infra,
            ..attempt(run, false)
        },
    );
    prop::collection::vec(one, 1..120)
}

proptest! {
    #[test]
    fn the_load_of_runs_is_that_of_the_series(attempts in attempts()) {
        let tally = tally(&attempts);
        let timeline = &timelines(&tally, &tally.run_order(i64::MAX), &Options::default()).0[0];
        let by_scenario = tally.cells_by_scenario();
        prop_assert_eq!(by_scenario.scenarios() as usize, tally.scenarios().len());
        let mut load = RunLoad::new(timeline);
        let (mut scenarios, mut ran, mut failed) = (0, vec![0; timeline.runs.len()], vec![0; timeline.runs.len()]);
        for scenario in 0..by_scenario.scenarios() {
            let cells = by_scenario.of(scenario);
            prop_assert!(cells.iter().all(|cell| cell.key.scenario == scenario));
            load.count(&tally, timeline, cells);
            let series = Series::of_scenario(&collect(&tally, timeline, cells));
            scenarios += u64::from(!series.runs.is_empty());
            for run in &series.runs {
                ran[run.run as usize] += 1;
                failed[run.run as usize] += u64::from(run.failed);
            }
        }
        let doubled = load.clone().merge(&load);
        prop_assert_eq!((load.scenarios, &load.ran, &load.failed), (scenarios, &ran, &failed));
        let twice = |counts: &[u64]| counts.iter().map(|count| 2 * count).collect::<Vec<_>>();
        prop_assert_eq!((doubled.scenarios, doubled.ran, doubled.failed), (2 * scenarios, twice(&ran), twice(&failed)));
    }

    #[test]
    fn runs_are_seen_where_the_scenario_passed_or_failed(attempts in attempts()) {
        let tally = tally(&attempts);
        for summary in tally.incident_summaries(&tally.run_order(i64::MAX)) {
            let [_, _, scenario, _] = tally.scenario_names(tally.incidents()[summary.incident as usize].scenario);
            let of_scenario = || attempts.iter().filter(|attempt| attempt.scenario == scenario);
            let counts = |attempt: &&Attempt<'_>| attempt.outcome != OutcomeKind::Excluded;
            let runs: BTreeSet<usize> = of_scenario().filter(counts).map(|attempt| attempt.run).collect();
            prop_assert_eq!(summary.runs_seen, runs.len() as u64);
            prop_assert!(summary.runs_failed <= summary.runs_seen);
            let reason = tally.text(tally.incidents()[summary.incident as usize].reason);
            let failing = || of_scenario().filter(|a| a.outcome == OutcomeKind::Fail && a.reason == reason);
            let seeds: BTreeSet<Option<u64>> = failing().map(|attempt| attempt.seed).collect();
            prop_assert_eq!((summary.seeds_failed, summary.envs_failed), (seeds.len() as u64, 1));
            let runs: BTreeSet<usize> = failing().map(|attempt| attempt.run).collect();
            prop_assert_eq!(summary.runs_failed, runs.len() as u64);
        }
    }
}
