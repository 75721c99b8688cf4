//! One tally for all workers holds what one tally holds, whatever is handed in when, and written out when.

use super::canon::failed_only;
use super::*;

/// Room for so many bytes of parts while workers read.
fn room(reading: usize) -> Room {
    Room { worker: 1000, limit: Some(Limit { reading, done: usize::MAX, judging: Judging::default() }) }
}

/// Hands in the events as several workers with some hand-over points.
fn handed_in(events: &[Event], hands: &[usize], give: &[bool], room: Room) -> Partitions {
    let partitions = Partitions::new(room).unwrap();
    let mut workers: Vec<Tally> = vec![Tally::default(); 3];
    for ((event, &hand), &give) in events.iter().zip(hands).zip(give) {
        event.add_to(&mut workers[hand]);
        if give {
            partitions.take(&mut workers[hand]);
        } else {
            partitions.relieve(&mut workers[hand]);
        }
    }
    for worker in &mut workers {
        partitions.take(worker);
    }
    partitions
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn parts_hold_what_one_tally_holds(
        events in events(),
        hands in prop::collection::vec(0..3usize, 60),
        give in prop::collection::vec(prop::bool::weighted(0.1), 60),
        limit in prop_oneof![Just(None), (4000..12_000usize).prop_map(Some)],
    ) {
        let room = limit.map_or(Room { worker: 3000, limit: None }, room);
        let whole = handed_in(&events, &hands, &give, room).finish(true).unwrap();
        prop_assert_eq!(canon(&whole.tally), model(&events));
        prop_assert_eq!((whole.clean.scenarios, whole.clean.passed_on(|_| true)), (0, 0));
        prop_assert!(limit.is_some() || whole.spilled == 0);
    }

    #[test]
    fn scenarios_that_never_failed_are_summed_up(
        events in events(),
        hands in prop::collection::vec(0..3usize, 60),
        give in prop::collection::vec(prop::bool::weighted(0.1), 60),
        limit in 4000..12_000usize,
    ) {
        let whole = handed_in(&events, &hands, &give, room(limit)).finish(false).unwrap();
        prop_assert_eq!(canon(&whole.tally), failed_only(&events));

        let failed: BTreeSet<_> =
            events.iter().filter(|event| event.outcome == OutcomeKind::Fail).map(|event| event.scenario).collect();
        let is_clean = |event: &&Event| !failed.contains(&event.scenario);
        let scenarios: BTreeSet<_> = events.iter().filter(is_clean).map(|event| event.scenario).collect();
        prop_assert_eq!(whole.clean.scenarios, scenarios.len() as u64);

        let passing = |event: &&Event| is_clean(event) && event.outcome == OutcomeKind::Pass;
        let passed: BTreeSet<_> = events.iter().filter(passing).map(|event| (event.run(), event.scenario)).collect();
        let tally = &whole.tally;
        for (number, run) in (0..).zip(tally.runs()) {
            let ran = passed.iter().filter(|(of, _)| *of == tally.text(run.id)).count();
            prop_assert_eq!(whole.clean.ran(number), ran as u64);
        }
        let branch = |run: &str| {
            let told = tally.runs().iter().find(|told| tally.text(told.id) == run).unwrap();
            match told.branch { Facet::One(branch) => Some(tally.text(branch)), _ => None }
        };
        for asked in [&[None][..], &[Some("x")], &[None, Some("y")], &[None, Some("x"), Some("y")]] {
            let on: BTreeSet<_> =
                passed.iter().filter(|(run, _)| asked.contains(&branch(run))).map(|(_, scenario)| scenario).collect();
            let of_run = |run: u32| asked.contains(&branch(tally.text(tally.runs()[run as usize].id)));
            prop_assert_eq!(whole.clean.passed_on(of_run), on.len() as u64);
        }
    }
}

/// Many scenarios, each with many cells in many runs.
fn many(cells: u64, failing: bool) -> Vec<(String, u64, &'static str, OutcomeKind)> {
    let outcome = |run: usize| if failing && run == 1 { OutcomeKind::Fail } else { OutcomeKind::Pass };
    let runs = ["a", "b", "c"].into_iter().enumerate();
    runs.flat_map(|(at, run)| (0..cells).map(move |cell| (format!("scenario {}", cell / 20), cell, run, outcome(at))))
        .collect()
}

fn hand_in_many(records: &[(String, u64, &str, OutcomeKind)], room: Room) -> (Partitions, Tally) {
    let partitions = Partitions::new(room).unwrap();
    let (mut worker, mut whole) = (Tally::default(), Tally::default());
    for (line, (scenario, seed, run, outcome)) in (0..).zip(records) {
        let failure = Failure { class: "c", ruling: "o", severity: 0, incident_only: false };
        let failure = (*outcome == OutcomeKind::Fail).then_some(failure);
        let record = Record { scenario, seed: Some(*seed), outcome: *outcome, ..FAILED };
        for tally in [&mut worker, &mut whole] {
            tally.add(&record, run, At { log: "l", part: 0, line }, failure);
        }
        partitions.relieve(&mut worker);
    }
    partitions.take(&mut worker);
    (partitions, whole)
}

#[test]
fn a_limit_far_below_the_need_is_kept_and_changes_nothing() {
    let records = many(20_000, false);
    let worker = 50_000;
    let (reading, done) = (150_000, 200_000);
    let (partitions, whole) =
        hand_in_many(&records, Room { worker, limit: Some(Limit { reading, done, judging: Judging::default() }) });
    assert!(whole.bytes() > 5 * done);
    assert!(partitions.held() <= reading + worker, "{} bytes held", partitions.held());
    let folded = partitions.finish(false).unwrap();
    assert_eq!((folded.tally.cells().len(), folded.clean.scenarios), (0, 1000));
    assert!(folded.spilled > 100_000);

    let limit = Limit { reading, done: 20_000_000, judging: Judging { scenario: 0, incident: 1000 } };
    let (partitions, _) = hand_in_many(&records, Room { worker, limit: Some(limit) });
    assert_eq!(canon(&partitions.finish(true).unwrap().tally), canon(&whole));
}

#[test]
fn units_that_never_failed_are_in_no_count() {
    for keep_clean in [false, true] {
        let partitions = Partitions::new(Room { worker: 0, limit: None }).unwrap();
        let mut tally = Tally::default();
        let pass = OutcomeKind::Pass;
        let told = [("a", "(file)", pass), ("a", "t", pass), ("b", "(file)", pass), ("b", "(file)", OutcomeKind::Fail)];
        for (line, (suite, scenario, outcome)) in (0..).zip(told) {
            let failure = Failure { class: "c", ruling: "o", severity: 0, incident_only: false };
            let failure = (outcome == OutcomeKind::Fail).then_some(failure);
            let record = Record { outcome, suite, scenario, ..FAILED };
            tally.add(&record, &format!("run {line}"), At { log: "l", part: 0, line }, failure);
        }
        partitions.take(&mut tally);
        let whole = partitions.finish(keep_clean).unwrap();
        let names: Vec<_> = (0..).zip(whole.tally.scenarios()).map(|(at, _)| whole.tally.scenario_names(at)).collect();
        let names: BTreeSet<_> = names.iter().map(|names| (names[1], names[2])).collect();
        let expected: &[_] = if keep_clean { &[("a", "t"), ("b", "(file)")] } else { &[("b", "(file)")] };
        assert_eq!(names, expected.iter().copied().collect());
        assert_eq!(whole.clean.scenarios, u64::from(!keep_clean));
        // With the run in which it passed.
        assert_eq!(whole.tally.cells().filter(|cell| cell.passed.iter().next().is_some()).count(), expected.len());
    }
}

#[test]
fn what_failed_and_does_not_fit_is_an_error_and_not_a_loss() {
    let limit = Limit { reading: 150_000, done: 200_000, judging: Judging::default() };
    let (partitions, _) = hand_in_many(&many(20_000, true), Room { worker: 50_000, limit: Some(limit) });
    match partitions.finish(false) {
        Err(SpillError::TooLittle { needed }) => assert!(needed > limit.done),
        other => panic!("{other:?}"),
    }
}

#[test]
fn runs_that_do_not_fit_are_an_error() {
    let partitions = Partitions::new(Room {
        worker: 1000,
        limit: Some(Limit { reading: 9000, done: 9000, judging: Judging::default() }),
    })
    .unwrap();
    let mut worker = Tally::default();
    for run in 0..1000 {
        let record = Record { outcome: OutcomeKind::Pass, ..FAILED };
        worker.add(&record, &run.to_string(), At { log: "l", part: 0, line: 0 }, None);
        partitions.relieve(&mut worker);
    }
    assert!(partitions.has_failed());
    partitions.take(&mut worker);
    assert_eq!(worker.runs().len(), 0);
    assert!(matches!(partitions.finish(true), Err(SpillError::TooLittle { .. })));
}

#[test]
fn bytes_are_those_that_tables_and_sets_take() {
    // Sixteen cells with 200 runs each: their sets are on the heap.
    let mut tally = Tally::default();
    for run in 0..200 {
        for seed in 0..16 {
            let record = Record { seed: Some(seed), outcome: OutcomeKind::Pass, ..FAILED };
            tally.add(&record, &format!("run {run}"), At { log: "l", part: 0, line: 0 }, None);
        }
    }
    let heap: usize = tally.cells().map(|cell| cell.passed.heap()).sum();
    assert!(heap >= 16 * 200);
    let without = tally.bytes() - heap;
    assert!((200 * 60..200 * 150).contains(&without), "{without} bytes for 200 runs and 16 cells");
    let mut merged = Tally::default();
    merged.merge(tally.clone());
    merged.merge(tally);
    assert_eq!(merged.heap, merged.cells().map(|cell| cell.passed.heap()).sum::<usize>());
}
