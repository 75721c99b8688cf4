use super::*;

const OWN: &str = "own";
/// Profile, run, line, packet, suite, scenario, word, reason.
type Row = (&'static str, &'static str, u64, [&'static str; 5]);

/// A profile whose words are PASSED, FAILED and SKIPPED, and the tool's log.
fn add(entries: &mut Entries, (profile, run, line, [packet, suite, scenario, word, reason]): Row) {
    let outcome = match word {
        "PASSED" | "pass" => OutcomeKind::Pass,
        "SKIPPED" | "skip" => OutcomeKind::Excluded,
        "FAILED" => OutcomeKind::Fail,
        _ if profile == TOOL.0 => OutcomeKind::Fail,
        _ => OutcomeKind::Unknown,
    };
    let record = Record { outcome, outcome_word: word, packet, suite, scenario, reason, ..Record::EMPTY };
    entries.add(&record, profile, Some(run), At { log: run, part: 0, line });
}

const ROWS: [Row; 9] = [
    (TOOL.0, "b", 1, ["P", "s", "one", "fail", "x"]),
    (TOOL.0, "a", 9, ["P", "s", "two", "error", "y"]),
    (TOOL.0, "a", 2, ["P", "t", "one", "pass", ""]),
    (TOOL.0, "a", 3, ["Q", "s", "three", "skip", "z"]),
    (TOOL.0, "a", 4, ["Q", "s", "three", "pass", "known"]),
    (OWN, "a", 5, ["R", "s", "four", "PASSED", ""]),
    (OWN, "a", 6, ["R", "s", "four", "FAILED", "w"]),
    (OWN, "a", 7, ["R", "u", "five", "SKIPPED", "why"]),
    (OWN, "a", 8, ["S", "u", "six", "pass?", "why"]),
];

fn sample(which: impl Fn(usize) -> bool) -> Entries {
    let mut entries = Entries::default();
    ROWS.into_iter().enumerate().filter(|(number, _)| which(*number)).for_each(|(_, row)| add(&mut entries, row));
    entries
}

type Shown = (u64, u64, BTreeMap<String, PacketEntries>, BTreeSet<String>, BTreeSet<String>, Vec<String>);

fn shown(entries: &Entries, rule: Rule) -> Shown {
    let failed = entries.failed_scenarios(rule, |run| usize::from(run == "a"));
    let sets = (entries.reasons(rule), entries.flake_suspects(rule));
    (entries.judged(rule), entries.failed(rule), entries.packets(rule), sets.0, sets.1, failed)
}

fn of<const N: usize>(texts: [&str; N]) -> BTreeSet<String> {
    texts.map(str::to_owned).into()
}

#[test]
fn the_words_of_the_profile_decide() {
    let entries = sample(|_| true);
    assert_eq!(entries.records(), 9);
    let (judged, failed, packets, reasons, suspects, failing) = shown(&entries, Rule::Profile);
    assert_eq!((judged, failed), (6, 3));
    let packet = |total, passed, suites, scenarios| PacketEntries { total, passed, suites, scenarios };
    let expected = [
        ("P", packet(3, 1, of(["s", "t"]), of(["one", "two"]))),
        ("Q", packet(1, 1, of(["s"]), of(["three"]))),
        ("R", packet(2, 1, of(["s"]), of(["four"]))),
    ];
    assert_eq!(packets, expected.map(|(name, packet)| (name.to_owned(), packet)).into());
    // Neither the empty reason of a pass nor that of what did not run.
    assert_eq!(reasons, of(["known", "w", "x", "y"]));
    assert_eq!(suspects, of(["four", "one"]));
    // Run b comes first here.
    assert_eq!(failing, ["one", "four", "two"]);
    assert!(entries.any(None, |names| names == ["S", "u", "six"]) && !entries.any(None, |[packet, ..]| packet == "T"));
}

#[test]
fn the_tool_has_its_own_rule_for_its_own_log() {
    let (judged, failed, packets, reasons, suspects, failing) = shown(&sample(|_| true), Rule::Reliability);
    assert_eq!((judged, failed), (7, 4));
    assert_eq!((packets["Q"].total, packets["Q"].passed), (2, 1));
    assert_eq!((packets["R"].total, packets["R"].passed, packets.len()), (2, 1, 3));
    assert_eq!(reasons, of(["", "known", "w", "x", "y", "z"]));
    assert_eq!(suspects, of(["four", "one", "three"]));
    assert_eq!(failing, ["one", "three", "four", "two"]);
}

#[test]
fn a_failure_without_a_reason_has_an_unknown_one() {
    let mut entries = Entries::default();
    add(&mut entries, (OWN, "a", 1, ["P", "s", "one", "FAILED", ""]));
    assert_eq!(entries.reasons(Rule::Profile), of([""]));
}

#[test]
fn any_split_in_any_order_is_the_same() {
    let rules = |entries: &Entries| RULES.map(|rule| shown(entries, rule));
    let whole = rules(&sample(|_| true));
    for mask in 0..1 << ROWS.len() {
        let (mut one, other) = (sample(|row| mask >> row & 1 == 1), sample(|row| mask >> row & 1 == 0));
        one.merge(&other);
        one.merge(&Entries::default());
        assert_eq!(rules(&one), whole, "{mask:b}");
    }
}

#[test]
fn runs_can_be_left_out() {
    let mut entries = sample(|_| true);
    entries.retain_runs(|run| run == "b");
    assert_eq!((entries.records(), entries.failed(Rule::Profile)), (1, 1));
    assert_eq!(entries.failed_scenarios(Rule::Profile, |_| 0), ["one"]);
    assert_eq!(entries.packets(Rule::Profile)["P"].scenarios, of(["one"]));
}

#[test]
fn what_was_skipped_only_is_nothing_that_a_scope_holds() {
    let entries = sample(|_| true);
    let five = |names: [&str; 3]| names[2] == "five";
    assert!(entries.any(None, five) && !entries.any(Some(Rule::Profile), five));
}

#[test]
fn what_was_before_a_window_is_by_its_last_run_however_it_is_put_together() {
    let one = |run: &str, scenario: &'static str, outcome| {
        let mut entries = Entries::default();
        let branch = Some("main").filter(|_| scenario == "branch");
        entries.add_before(&Record { outcome, scenario, branch, ..Record::EMPTY }, Some(run));
        entries
    };
    let (pass, fail) = (OutcomeKind::Pass, OutcomeKind::Fail);
    let parts = [
        one("old", "mended", fail),
        one("new", "mended", pass),
        one("old", "broke", pass),
        one("new", "broke", fail),
        // A retry that passes leaves the run a failed one.
        one("new", "broke", pass),
        one("old", "branch", fail),
    ];
    let began = |run: &str| Some(i64::from(run == "new"));
    let together = |parts: &mut dyn Iterator<Item = &Entries>| {
        let mut all = Entries::default();
        parts.for_each(|part| all.merge(part));
        all.past(began)
    };
    let past = together(&mut parts.iter());
    assert_eq!(past, together(&mut parts.iter().rev()));
    let seen: Vec<_> =
        past.iter().map(|it| (&*it.names[2], it.branch.as_deref(), it.has_passed, it.failed_last)).collect();
    assert_eq!(
        seen,
        [("branch", Some("main"), false, true), ("broke", None, true, true), ("mended", None, true, false)]
    );
}
