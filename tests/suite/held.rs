//! What the quarantine of a gate's policy holds back and may not be what it is for.

use crate::gate::{JSON, baseline, gate, ids, runs};
use crate::program::{Ended, folder, record, text};

const CEILINGS: &str = "[max]\ndeterministic = 0\nflaky = 0\nnew_failure = 0\n[baseline]\nnew = 0\n";
const NEW: &str = "warn quarantine:new";

fn entry(scenario: &str, rest: &str) -> String {
    format!(
        "[[quarantine]]\nscenario = \"{scenario}\"\n{rest}owner = \"o\"\nticket = \"T-1\"\nexpires = 2030-01-01\n{CEILINGS}"
    )
}

/// The first runs of some histories.
fn first<'h>(number: usize, histories: &[(&'h str, &'h str)]) -> Vec<(&'h str, &'h str)> {
    histories.iter().map(|&(name, history)| (name, &history[..number])).collect()
}

/// A gate over some histories, with their first fifteen runs as a baseline, and without one.
fn both(histories: &[(&str, &str)], policy: &str) -> [Ended; 2] {
    let (old, new) = (baseline(&runs(&first(15, histories))), runs(histories));
    let more = [&["--baseline", text(old.path())][..], &JSON].concat();
    [gate(&new, policy, &more), gate(&new, policy, &JSON)]
}

#[track_caller]
fn tells_of_one(ended: &Ended, since: &str, scenario: &str) {
    let report = ended.json();
    let told = report["warnings"].as_array().unwrap().iter().find(|row| row["budget_id"] == "quarantine:new").unwrap();
    assert_eq!(
        told["message"],
        format!(
            "{since} held back by entries of the quarantine that name no reason, and may be made for another test, or \
             another way to fail: {scenario}"
        )
    );
}

#[test]
fn what_is_new_under_a_pattern_made_for_another_is_told() {
    let flake = "PPPFPPFPPPFPPFPPPPPP";
    let broken = [("P/cart_1", flake), ("P/cart_3", "PPPPPPPPPPPPPPPPPPFF")];
    let [since, alone] = both(&broken, &entry("cart_*", ""));
    tells_of_one(&since, "1 new incident since the baseline", "cart_3");
    tells_of_one(&alone, "1 scenario that failed in the last runs only", "cart_3");
    let sound = [("P/cart_1", flake), ("P/cart_3", "PPPPPPPPPPPPPPPPPPPP")];
    for ended in both(&sound, &entry("cart_*", "")) {
        assert!(!ids(&ended).contains(&NEW.to_owned()), "{}", ended.text());
    }
    // Who says why it fails, or made an entry for it alone, knows of it.
    for policy in [entry("cart_*", "reason = \"*\"\n"), entry("cart_3", "")] {
        for ended in both(&broken, &policy) {
            assert!(!ids(&ended).contains(&NEW.to_owned()), "{}", ended.text());
        }
    }
}

#[test]
fn a_test_of_the_same_name_in_another_packet_is_told_where_it_is_new() {
    let flake = "PPPFPPFPPPFPPFPPPPPP";
    let [since, alone] = both(&[("WEB/login", flake), ("MOBILE/login", "PPPPPPPPPPPPPPPPPPFF")], &entry("login", ""));
    tells_of_one(&since, "1 new incident since the baseline", "login");
    tells_of_one(&alone, "1 scenario that failed in the last runs only", "login");
    for ended in both(&[("WEB/login", flake), ("MOBILE/login", "PPPPPPPPPPPPPPPPPPPP")], &entry("login", "")) {
        assert!(!ids(&ended).contains(&NEW.to_owned()), "{}", ended.text());
    }
}

#[test]
fn what_is_new_under_a_quarantine_by_name_is_told() {
    let week = |reason: &str| {
        let logs: Vec<(String, String)> = (0..20)
            .map(|run| {
                let time = (1_767_225_600_000_u64 + run * 86_400_000).to_string();
                let reason = format!("\"{}\"", if run < 15 { "timeout" } else { reason });
                let outcome = if run % 3 == 0 || run >= 15 { "\"fail\"" } else { "\"pass\"" };
                (
                    format!("run-{run:02}.jsonl"),
                    record(&[
                        ("ts_unix_ms", &time),
                        ("scenario_id", "\"a\""),
                        ("outcome", outcome),
                        ("reason_code", &reason),
                    ]),
                )
            })
            .collect();
        logs
    };
    let of = |logs: &[(String, String)]| {
        folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>())
    };
    let old = baseline(&of(&week("timeout")[..15]));
    let said = |reason: &str, entry: &str| {
        let known =
            format!("[[quarantine]]\nscenario = \"a\"\n{entry}owner = \"o\"\nticket = \"T-1\"\nexpires = 2030-01-01\n");
        let more = [&["--baseline", text(old.path())][..], &JSON].concat();
        ids(&gate(&of(&week(reason)), &format!("[max]\nflaky = 0\n[baseline]\nnew = 0\n{known}"), &more))
    };
    assert!(said("segfault", "").contains(&"warn quarantine:new".to_owned()), "{:?}", said("segfault", ""));
    assert!(!said("timeout", "").contains(&"warn quarantine:new".to_owned()));
    assert!(said("segfault", "reason = \"timeout\"\n").contains(&"deny baseline:new".to_owned()));
}

#[test]
fn what_regressed_and_lost_the_archives_of_its_passes_is_not_held_back() {
    let week = |history: &str, without: usize| {
        let place = runs(&[("P/a", history), ("P/b", &"P".repeat(history.len()))]);
        for run in 0..without {
            std::fs::remove_file(place.path().join(format!("run-{run:02}.jsonl"))).unwrap();
        }
        place
    };
    let policy = entry("a", "");
    let gated = |runs: &tempfile::TempDir, old: &tempfile::TempDir| {
        ids(&gate(runs, &policy, &[&["--baseline", text(old.path())][..], &JSON].concat()))
    };
    let [passes, fails] = ["P".repeat(12), "F".repeat(12)];
    let (first, second) = (week(&format!("{passes}{fails}"), 0), week(&format!("{passes}{fails}FFFF"), 12));
    let told = "deny max:kind:deterministic".to_owned();
    assert!(ids(&gate(&first, &policy, &JSON)).contains(&told));
    let old = baseline(&first);
    assert!(gated(&second, &old).contains(&told), "{:?}", gated(&second, &old));
    // The week behind knows it by the week before.
    let between = tempfile::tempdir().unwrap();
    let (from, to) = (text(old.path()), text(between.path()));
    crate::program::relapse(["sweep", text(second.path()), "--baseline", from, "--out", to]).exits(0);
    let third = week(&format!("{passes}{fails}FFFFFFFF"), 16);
    assert!(gated(&third, &between).contains(&told), "{:?}", gated(&third, &between));
    // What always failed by all that is known is held back, as is what became flaky.
    let always = baseline(&week(&format!("{fails}{fails}"), 0));
    assert!(!gated(&second, &always).contains(&told));
    let flaky = week(&format!("{passes}{fails}FPFPFFPF"), 12);
    assert!(!gated(&flaky, &old).contains(&told), "{:?}", gated(&flaky, &old));
}

#[test]
fn all_runs_that_were_set_aside_are_named() {
    let names: Vec<String> = (0..12).map(|at| format!("P/s{at:02}")).collect();
    let all = |history: &str| {
        let rows: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), history)).collect();
        runs(&rows)
    };
    let old = baseline(&all("PPPPPPPPPPPPPPP"));
    let more = [&["--baseline", text(old.path())][..], &JSON].concat();
    let ended = gate(&all("PPPPPPPPPPPPPPPPFPFPFPP"), "[baseline]\nnew = 0\n", &more).exits(0);
    let message = ended.json()["warnings"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("set aside (run-16, run-18, run-20), so"), "{message}");
}
