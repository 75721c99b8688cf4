//! What environments and seeds tell where some ran seldom, or others fail as well.

use super::*;

fn of(env: &str, run: usize, failed: bool) -> Attempt<'_> {
    Attempt { env: Some(env), ..attempt(run, failed) }
}

/// Whether a flake of this chance fails in a run.
fn flakes(run: usize, chance: f64) -> bool {
    (mix(run as u64) >> 11) as f64 / 9_007_199_254_740_992.0 < chance
}

#[test]
fn a_new_environment_that_always_fails_beside_a_flake_is_told() {
    // `A` flakes for months; `B` is new in run 80 and fails from its first run on.
    let with = |b: &dyn Fn(usize) -> bool| -> Vec<Attempt<'static>> {
        let a = (0..100).map(|run| of("A", run, flakes(run, 0.1)));
        a.chain((80..100).map(|run| of("B", run, b(run)))).collect()
    };
    let row = only(&with(&|_| true));
    assert!(row.envs.table.iter().any(|level| level.level == "A" && level.failed_runs > 4));
    assert_eq!((row.judged.verdict, row.judged.label), (Verdict::Regressed, Some(Label::SomeEnvironments)));
    assert_eq!(row.judged.kind, Kind::Deterministic);
    let why =
        "every attempt in B fails since run-0080 (99 %: run-0079 to run-0082), new since then: 20 of 20 runs failed";
    assert!(row.why.starts_with(why), "{}", row.why);
    // One that passes once is a flake, too.
    let mixed = only(&with(&|run| run != 90));
    assert_ne!(mixed.judged.kind, Kind::Deterministic, "{}", mixed.why);
    // Of many environments of a flake, some fail each time by chance.
    let names: Vec<String> = (0..40).map(|at| format!("e{at}")).collect();
    let many = (0..120).map(|run| of(&names[run % 40], run, run >= 60 && flakes(run, 0.6)));
    let many = only(&many.collect::<Vec<_>>());
    assert!(many.envs.table.iter().any(|level| level.failed_runs == 2), "{:?}", many.envs);
    assert_eq!(many.judged.kind, Kind::Flaky, "{}", many.why);
}

#[test]
fn one_run_of_a_new_machine_does_not_hide_an_environment_that_fails() {
    let known = || (0..60).flat_map(|run| ["A", "B"].map(|env| of(env, run, env == "B")));
    let row = only(&known().chain((56..60).map(|run| of("new", run, false))).collect::<Vec<_>>());
    assert_eq!((row.judged.verdict, row.judged.kind), (Verdict::EnvDependent, Kind::Deterministic), "{}", row.why);
    assert!(row.envs.p.is_some_and(|p| p.0 < 1e-30));
    assert_eq!((row.envs.left_out, row.envs.seen), (vec!["new".to_owned()], 3));
    assert!(row.why.contains("not compared, since each ran in fewer than five runs: new"), "{}", row.why);
    // With five it is one of those.
    let row = only(&known().chain((55..60).map(|run| of("new", run, false))).collect::<Vec<_>>());
    assert!(row.judged.verdict == Verdict::EnvDependent && row.envs.left_out.is_empty());
}

#[test]
fn a_stray_failure_elsewhere_and_a_stray_pass_of_many_leave_it_always() {
    let kind = |stray: Option<usize>, pass: &dyn Fn(usize) -> bool| {
        let attempts = (0..60).flat_map(|run| {
            ["A", "B"].map(|env| of(env, run, if env == "B" { !pass(run) } else { stray == Some(run) }))
        });
        let row = only(&attempts.collect::<Vec<_>>());
        (row.judged.verdict, row.judged.kind)
    };
    let sure = (Verdict::EnvDependent, Kind::Deterministic);
    assert_eq!(kind(None, &|_| false), sure);
    assert_eq!(kind(Some(30), &|_| false), sure);
    // 59 of 60: Clopper and Pearson exclude a rate below 91 %; a cell that fails, passes and fails is a flake before all that.
    assert_eq!(kind(None, &|run| run == 0), sure);
    assert_eq!(kind(None, &|run| run == 30), (Verdict::Flaky, Kind::Flaky));
}

#[test]
fn what_others_hide_is_masked_and_never_deterministic() {
    // `a`, `b`: the way to fail; `P`: a pass.
    let of = |runs: &str| {
        let attempts = runs.chars().enumerate().map(|(run, way)| {
            let reason = if way == 'a' { "a" } else { "b" };
            Attempt { reason, ..attempt(run, way != 'P') }
        });
        let row = only(&attempts.collect::<Vec<_>>());
        let way = row.signatures.iter().find(|way| way.reason_code == "a").unwrap();
        (way.judged.verdict, way.judged.kind, way.alternates_with.len(), row.judged.verdict)
    };
    let (a, b) = ("a".repeat(20), "b".repeat(20));
    let hidden = (Verdict::Masked, Kind::Unproven, 1);
    assert_eq!(of(&format!("{a}{b}")), (hidden.0, hidden.1, hidden.2, Verdict::Deterministic));
    // Ten runs, not nine.
    assert_eq!(of(&format!("{a}{}", &b[..10])).0, Verdict::Masked);
    assert_ne!(of(&format!("{a}{}", &b[..9])).0, Verdict::Masked);
    // Clean runs of its own: two show no fix of twenty in twenty at 95 %, three do; and where others failed in half it is not hidden.
    assert_eq!(of(&format!("{a}PP{b}")).0, Verdict::Masked);
    assert_eq!(of(&format!("{a}PPP{b}")).0, Verdict::Fixed);
    let rare = format!("aP{}", "P".repeat(30));
    assert_ne!(of(&format!("{rare}{}{}", &b[..6], "P".repeat(6))).0, Verdict::Masked);
}

#[test]
fn an_environment_that_runs_at_night_alone_is_told_beside_the_hour() {
    // A run each hour, with seeds that run once; from noon on it is of `B`, which fails half the time.
    let night = |run: usize| run % 24 >= 12;
    let seeded =
        |run: usize, env: &'static str, failed: bool| Attempt { seed: Some(run as u64), ..of(env, run, failed) };
    let alone = (0..240).map(|run| seeded(run, if night(run) { "B" } else { "A" }, night(run) && flakes(run, 0.5)));
    let row = only(&alone.collect::<Vec<_>>());
    assert!(row.calendar.hour.q.is_some_and(|q| q.0 <= 0.05), "{}", row.why);
    assert!(row.why.contains("as the environments that ran do: the two cannot be told apart"), "{}", row.why);
    // It runs by day, too, and fails at night all the same.
    let both = (0..240).map(|run| {
        let env = if mix(run as u64 + 1_000).is_multiple_of(2) { "B" } else { "A" };
        seeded(run, env, night(run) && flakes(run, 0.5))
    });
    let row = only(&both.collect::<Vec<_>>());
    assert!(row.why.contains("it depends on the hour") && !row.why.contains("told apart"), "{}", row.why);
    assert!(!judged(&history("PFPFPPF")).summary.families.contains_key("calendar/signature"));
}

#[test]
fn a_rate_that_rises_slowly_is_told_beside_the_verdict() {
    // Clean runs before each failure.
    let of = |gaps: &[usize]| only(&history(&gaps.iter().map(|gap| format!("{gap}PF")).collect::<Vec<_>>().concat()));
    let row = of(&[20, 17, 14, 12, 10, 9, 8, 7, 6, 5, 4]);
    assert_eq!((row.judged.verdict, row.judged.kind, row.rising), (Verdict::Flaky, Kind::Flaky, true), "{}", row.why);
    assert!(row.trend.q.is_some_and(|q| q.0 <= 0.05) && row.why.contains("it fails more and more often (q "));
    let steady = of(&[10, 9, 12, 8, 10, 11, 9, 12, 8, 10, 9]);
    assert!(steady.judged.kind == Kind::Flaky && !steady.rising && !steady.why.contains("more and more"));
    // What always fails since a change, or in its last runs alone, has a word of its own.
    for pattern in ["40P10F", "14P3F", "30F"] {
        assert!(!only(&history(pattern)).rising, "{pattern}");
    }
}
