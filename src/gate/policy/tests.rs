use super::*;
use crate::gate::measure::Measure;
use crate::recurrence::{Kind, Verdict};
use crate::taxonomy::Severity;

const HEAD: &str = "schema = \"relapse-policy-v1\"\nname = \"p\"\n";

fn parse(rest: &str) -> Policy {
    Policy::parse("p.toml", &format!("{HEAD}{rest}")).unwrap()
}

fn faults(rest: &str) -> Vec<String> {
    let error = Policy::parse("p.toml", &format!("{HEAD}{rest}")).unwrap_err();
    error.to_string().lines().map(str::to_owned).collect()
}

#[test]
fn five_mistakes_are_told_at_once_and_where() {
    let found = faults(
        "[max]\nflakey = 0\nflaky = \"three\"\n[[scope]]\nname = \"s\"\nmax = { new_failure = -1 }\n\
         [[quarantine]]\nscenario = 'a\\'\nowner = \"o\"\nticket = \"T\"\nexpires = \"soon\"\n",
    );
    let starts = [
        "p.toml:4:1: unknown measure `flakey`, known: deterministic, flaky, unproven,",
        "p.toml:5:9: `flaky` is a string, not an integer",
        "p.toml:6:1: a scope without a pattern: packet, suite or scenario",
        "p.toml:8:23: `new_failure` is not a number from 0 to 2^64-1",
        "p.toml:10:12: bad pattern: ",
        "p.toml:13:11: `expires` is a string, not a date, as 2026-12-31",
    ];
    assert_eq!(found.len(), starts.len(), "{found:#?}");
    for (found, start) in found.iter().zip(starts) {
        assert!(found.starts_with(start), "{found}");
    }
}

#[test]
fn a_plain_key_is_a_kind_else_a_verdict() {
    let policy = parse(
        "[max]\nflaky = 3\nnew_failure = { at_most = 1, level = \"warn\" }\nfailed_entries = 0\nverdict = { flaky = 2 }\n\
         class = { x = 4 }\nseverity = { critical = 5 }\nowner = { \"a b\" = 6 }\n",
    );
    let budgets: Vec<(String, u64, Option<Level>)> =
        policy.budgets.iter().map(|budget| (budget.id(), budget.ceiling.at_most, budget.ceiling.level)).collect();
    let expected = [
        ("max:kind:flaky", 3, None),
        ("max:verdict:new_failure", 1, Some(Level::Warn)),
        ("max:failed_entries", 0, None),
        ("max:verdict:flaky", 2, None),
        ("max:class:x", 4, None),
        ("max:severity:critical", 5, None),
        ("max:owner:a b", 6, None),
    ];
    assert_eq!(budgets, expected.map(|(id, most, level)| (id.to_owned(), most, level)));
    assert_eq!(policy.budgets[0].measure, Measure::Kind(Kind::Flaky));
    assert_eq!(policy.budgets[3].measure, Measure::Verdict(Verdict::Flaky));
    assert_eq!(policy.budgets[5].measure, Measure::Severity(Severity::Critical));
}

#[test]
fn every_pattern_of_a_scope_must_match() {
    let policy = parse("[[scope]]\nname = \"s\"\npacket = \"P-*\"\nscenario = \"*/strict:*\"\nmax = { flaky = 0 }\n");
    let scope = policy.budgets[0].scope.as_ref().unwrap();
    assert!(scope.holds(["P-1", "any", "a/strict:b"]));
    assert!(!scope.holds(["Q-1", "any", "a/strict:b"]));
    assert!(!scope.holds(["P-1", "any", "a/hardened:b"]));
    assert_eq!(policy.budgets[0].id(), "scope:s:max:kind:flaky");
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (rest, said) in [
        ("[[scope]]\nname = \"s\"\nsuite = \"x\"\nmax = { failed_entries = 0 }\n", "counted over everything"),
        ("[[scope]]\nname = \"s\"\nsuite = \"x\"\nmax = {}\n", "a scope without a ceiling"),
        ("[[scope]]\nname = \"s\"\nsuite = \"x\"\n", "missing table `[max]`"),
        ("[[coverage]]\npacket = \"P\"\n", "asks for nothing"),
        ("[[coverage]]\npacket = \"P\"\nmin_pass_ratio = 1.5\n", "is not a share from 0 to 1"),
        ("[max]\nkind = { flakey = 0 }\n", "unknown kind `flakey`"),
        ("[max]\nflaky = { level = \"warn\" }\n", "missing key `at_most`"),
        ("[levels]\nmax = \"forbid\"\n", "unknown level `forbid`, known: allow, warn, deny"),
        ("[levels]\nbenchmark = \"warn\"\n", "unknown key `benchmark`"),
        ("[baseline]\nresolved = 0\n", "unknown key `resolved`"),
        ("[loss]\nrejected_lines = 1.5\n", "is a float, not an integer"),
        ("[[quarantine]]\nscenario = \"x\"\nowner = \"o\"\nexpires = 2026-12-31\n", "missing key `ticket`"),
        (
            "[[quarantine]]\nscenario = \"x\"\nowner = \"o\"\nticket = \"t\"\nexpires = 2026-12-31T00:00:00Z\n",
            "not a date",
        ),
    ] {
        let found = faults(rest);
        assert!(found.iter().any(|fault| fault.contains(said)), "{rest}: {found:#?}");
    }
    let two = "[[scope]]\nname = \"s\"\nsuite = \"x\"\nmax = { flaky = 0 }\n".repeat(2);
    assert!(faults(&two)[0].contains("scope `s` is there already"));
    assert!(
        Policy::parse("p", "schema = \"relapse-policy-v2\"\nname = \"x\"")
            .unwrap_err()
            .to_string()
            .contains("unknown schema")
    );
}

#[test]
fn the_starting_policies_have_no_faults() {
    let start = crate::gate::starting_policy(None).unwrap();
    Policy::parse("start", &start).unwrap();
    // What is commented out has none either.
    let all: String = start
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.starts_with('[') || rest.contains(" = ") => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let policy = Policy::parse("start", &all).unwrap();
    assert_eq!((policy.quarantine.len(), policy.coverage.len(), policy.changes.len()), (1, 1, 3));
}
