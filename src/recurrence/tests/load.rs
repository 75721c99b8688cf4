//! Many seeds: how long judging takes.

use super::*;

/// 1,000 scenarios x 1,000 seeds x 100 runs: `cargo test --release many_seeds -- --ignored --nocapture`.
#[test]
#[ignore = "ten seconds and 300 MB; its figures are for people"]
fn many_seeds_are_judged_faster_than_they_are_tallied() {
    let scenarios: u64 = std::env::var("RELAPSE_SCENARIOS").ok().and_then(|n| n.parse().ok()).unwrap_or(1000);
    let begun = std::time::Instant::now();
    let mut tally = Tally::default();
    for run in 0..100i64 {
        let id = format!("run-{run:03}");
        for scenario in 0..scenarios {
            let name = format!("scenario-{scenario:04}");
            for seed in 0..1000u64 {
                let draw = mix(run.cast_unsigned() << 40 ^ scenario << 20 ^ seed);
                // One scenario in ten is steady, the others fail now and then, by chance or by seed.
                let failed = match scenario % 10 {
                    0 => false,
                    1 => seed == 7,
                    2 => run >= 70 && draw.is_multiple_of(50),
                    kind => draw.is_multiple_of(200 * kind),
                };
                let record = Record {
                    time: START + run * HOUR,
                    outcome: if failed { OutcomeKind::Fail } else { OutcomeKind::Pass },
                    scenario: &name,
                    env: Some("A"),
                    seed: Some(seed),
                    ..plain()
                };
                let failure = Failure { class: "c", ruling: "o", severity: 1, incident_only: false };
                tally.add(&record, &id, At { log: &id, part: 0, line: seed }, failed.then_some(failure));
            }
        }
    }
    let tallied = begun.elapsed();
    let begun = std::time::Instant::now();
    let recurrence = judge(&tally, &Clean::default(), &tally.run_order(i64::MAX), &Options::default());
    println!("{} attempts tallied in {tallied:.1?}, judged in {:.1?}", scenarios * 100_000, begun.elapsed());
    println!("{:?}", recurrence.summary.by_verdict);
    assert_eq!(recurrence.summary.by_kind.values().sum::<u64>(), scenarios);
}
