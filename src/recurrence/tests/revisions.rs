//! What revisions tell, where runs name them.

use super::*;

/// A history with the revision of each run, by number.
fn revised<'a>(pattern: &str, names: &'a [String], revision: impl Fn(usize) -> usize) -> Vec<Attempt<'a>> {
    let of = |it: Attempt<'static>| Attempt { revision: Some(names[revision(it.run)].as_str()), ..it };
    history(pattern).into_iter().map(of).collect()
}

fn names(number: usize) -> Vec<String> {
    (0..number).map(|revision| format!("c{revision}")).collect()
}

#[test]
fn what_breaks_amid_a_revision_is_no_change_of_the_code() {
    let names = names(60);
    // One revision from run 38 to run 41, around the change at run 40.
    let amid = |run: usize| if (38..42).contains(&run) { 38 } else { run };
    let row = only(&revised("40P10F", &names, amid));
    assert_eq!((row.judged.verdict, row.judged.label), (Verdict::Regressed, Some(Label::SameCode)));
    assert_eq!(row.judged.kind, Kind::Flaky);
    let witness = row.witness.unwrap();
    assert_eq!((&*witness.passed_run, &*witness.failed_run, witness.ground), ("run-0039", "run-0041", "same_revision"));
    assert!(row.why.contains("it failed in run-0041 and passed in run-0039 of one revision"), "{}", row.why);
    // A revision each, and one that ends with the last pass.
    let sure = (Verdict::Regressed, Some(Label::Deterministic), Kind::Deterministic);
    assert_eq!(verdict(&revised("40P10F", &names, |run| run)), sure);
    assert_eq!(verdict(&revised("40P10F", &names, |run| if run < 40 { run / 4 } else { run })), sure);
    // An old one that fails when it is run again.
    let again = only(&revised("40P10F", &names, |run| if run == 49 { 5 } else { run }));
    assert_eq!((again.judged.label, again.judged.kind), (Some(Label::SameCode), Kind::Flaky));
}

#[test]
fn a_flake_elsewhere_does_not_clear_the_code_that_broke_an_environment() {
    let names = names(60);
    // `B` breaks with a revision of its own; `A` flakes within one that stands on both sides.
    let attempts = (0..60).flat_map(|run| {
        let revision = Some(names[if run < 40 { run } else { 40 + (run - 40) / 2 }].as_str());
        let flake = attempt(run, [3, 17].contains(&run));
        [flake, Attempt { env: Some("B"), ..attempt(run, run >= 40) }].map(|it| Attempt { revision, ..it })
    });
    // Old revisions run again, of which `A` flakes.
    let again = (60..63).map(|run| Attempt { revision: Some(&names[run - 30]), ..attempt(run, run == 61) });
    let row = only(&attempts.chain(again).collect::<Vec<_>>());
    assert_eq!(
        (row.judged.verdict, row.judged.label),
        (Verdict::Regressed, Some(Label::SomeEnvironments)),
        "{}",
        row.why
    );
}

#[test]
fn a_mass_failure_is_no_witness() {
    // A third of all scenarios fails for three runs, which are too many to be set aside, and all runs are of one revision but the
    // last.
    let scenarios: Vec<String> = (0..30).map(|at| format!("s{at:02}")).collect();
    let world = |fails: &dyn Fn(usize, usize) -> bool| -> Recurrence {
        let of_run = |run: usize| {
            let fails = &fails;
            scenarios.iter().enumerate().map(move |(at, name)| {
                let revision = Some(if run < 29 { "c0" } else { "c1" });
                Attempt { scenario: name, revision, ..attempt(run, fails(run, at)) }
            })
        };
        judged(&(0..30).flat_map(of_run).collect::<Vec<_>>())
    };
    let broken = world(&|run, at| (20..23).contains(&run) && at < 12);
    assert_eq!(broken.summary.mass_failure_runs, ["run-0020", "run-0021", "run-0022"]);
    let row = broken.scenarios.iter().find(|row| row.failed_runs > 0).unwrap();
    assert!(row.witness.is_none() && row.judged.verdict != Verdict::Flaky, "{}", row.why);
    assert_eq!(row.quarantine.state, "none");
    assert!(row.signatures.iter().all(|signature| signature.mixed_outcomes.is_none()));
    // The same of one scenario is one.
    let alone = world(&|run, at| (20..23).contains(&run) && at == 3);
    let row = alone.scenarios.iter().find(|row| row.failed_runs > 0).unwrap();
    assert_eq!(row.witness.as_ref().map(|witness| witness.ground), Some("same_revision"), "{}", row.why);
    assert!(row.signatures[0].mixed_outcomes.is_some());
}

#[test]
fn revisions_that_come_again_explain_failures() {
    let names = names(32);
    // A good one twenty times, then a bad one and the good one in turns.
    let is_bad = |run: usize| run >= 20 && run.is_multiple_of(2);
    let row = only(&revised("20PFPFPFPFPFPFP", &names, |run| usize::from(is_bad(run))));
    assert_eq!((row.judged.verdict, row.judged.kind), (Verdict::RevisionDependent, Kind::Deterministic), "{}", row.why);
    let p = row.revisions.p.unwrap().0;
    assert!((p * 906_192.0 - 1.0).abs() < 1e-6, "1 / C(32, 6), not {p}");
    assert_eq!(format!("{p:.1e}"), "1.1e-6");
    assert_eq!(row.confined_to, ["revision c1"]);
    assert!(row.why.contains("it fails at revision c1 more than at others (p 1.10e-6, q 1.10e-6), and always there"));
    // A pass of the bad one makes it a flake; revisions of one run each, and unknown ones, explain nothing.
    let mixed = revised("20PFPFPFPFPFPPP", &names, |run| usize::from(is_bad(run)));
    assert_eq!(verdict(&mixed).0, Verdict::Flaky);
    for attempts in [revised("20PFPFPFPFPFPFP", &names, |run| run), history("20PFPFPFPFPFPFP")] {
        let row = only(&attempts);
        assert!(row.revisions.p.is_none() && row.judged.verdict != Verdict::RevisionDependent);
    }
}

#[test]
fn an_environment_that_each_revision_ran_by_itself_is_no_revision() {
    let names = names(40);
    // The runs of `B` are of three revisions, those of `A` of others, and `B` fails nine times in ten.
    let of = |run: usize| if run % 4 == 3 { 10 + run / 4 % 3 } else { run % 5 };
    let attempts = revised("40P", &names, of).into_iter().map(|it| {
        let is_b = it.run % 4 == 3;
        let seed = Some(it.run as u64);
        Attempt {
            env: Some(if is_b { "B" } else { "A" }),
            seed,
            outcome: attempt(it.run, is_b && it.run != 7).outcome,
            ..it
        }
    });
    let row = only(&attempts.collect::<Vec<_>>());
    assert_eq!(row.judged.verdict, Verdict::EnvDependent, "{}", row.why);
    assert!(row.revisions.q.is_none_or(|q| q.0 > 0.05), "{:?}", row.revisions);
}

#[test]
fn what_broke_names_the_revisions_between() {
    let names = names(60);
    // Of the runs from 30 to 33 the scenario ran in none.
    let world = |revision: &dyn Fn(usize) -> usize| {
        let runs = revised("60P", &names, revision).into_iter();
        let own = runs
            .clone()
            .filter(|it| !(30..34).contains(&it.run))
            .map(|it| Attempt { outcome: attempt(it.run, it.run >= 34).outcome, ..it });
        let others = runs.map(|it| Attempt { scenario: "other", ..it });
        let rows = judged(&own.chain(others).collect::<Vec<_>>()).scenarios;
        rows.into_iter().find(|row| row.scenario_id == "s").unwrap()
    };
    let row = world(&|run| run);
    let change = row.changepoints.last().unwrap();
    assert_eq!((&*change.from_run, &*change.run, &*change.to_run), ("run-0029", "run-0034", "run-0035"));
    let range = row.regression_range.unwrap();
    assert_eq!((&*range.passed_revision, &*range.passed_run), ("c28", "run-0028"));
    assert_eq!((&*range.failed_revision, &*range.failed_run), ("c35", "run-0035"));
    assert_eq!((range.untested_revisions, range.halving_revision.as_deref()), (4, Some("c32")));
    // 26 of 26 failed: a rate below .05^(1/26) = .8911 is excluded, and 1 / (1 - .8911) squared is above 20.
    assert_eq!(range.halving_repeats, Some(2));
    assert_eq!(range.log_command.as_deref(), Some("git log c28..c35"));
    assert!(
        range.told.ends_with("4 revisions between them were not tested; c32 (run-0032) would halve them, run 2 times")
    );
    // Of two runs each, those of c28 reach into the interval, and so does the first that failed.
    let range = world(&|run| run - run % 2).regression_range.unwrap();
    assert_eq!((&*range.passed_revision, &*range.failed_revision, range.untested_revisions), ("c26", "c36", 2));
    // What came back did so between revisions, too.
    let row = only(&revised("10P5F20P5F", &names, |run| run));
    let range = row.regression_range.unwrap();
    assert_eq!(
        (row.judged.verdict, &*range.passed_revision, &*range.failed_revision),
        (Verdict::Relapsed, "c33", "c35")
    );
    assert_eq!((range.untested_revisions, range.halving_repeats), (0, None));
    // Without revisions, and where no change of the code did it.
    assert!(only(&history("40P10F")).regression_range.is_none());
    let amid = revised("40P10F", &names, |run| if (38..42).contains(&run) { 38 } else { run });
    assert!(only(&amid).regression_range.is_none());
}

#[test]
fn a_revision_is_one_word_of_a_shell_and_no_option() {
    let of = |names: &[String]| only(&revised("40P10F", names, |run| run)).regression_range.unwrap().log_command;
    let named = |name: &str| -> Vec<String> { (0..50).map(|run| format!("{name}{run}")).collect() };
    assert_eq!(of(&named("v 'x'; rm ")).as_deref(), Some(r"git log 'v '\''x'\''; rm 37..v '\''x'\''; rm 41'"));
    assert_eq!(of(&named("--output=")), None);
}
