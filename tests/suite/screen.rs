//! The summary on one screen: what fails now first, by root cause, and the answer last.

use std::collections::BTreeSet;

use tempfile::TempDir;

use crate::program::{Ended, folder, program, relapse, text};

/// A folder of so many runs in `JUnit` XML; `said`: the tests of a run, each with what it says where it fails.
fn logs<'s>(runs: usize, said: impl Fn(usize) -> Vec<(String, Option<&'s str>)>) -> TempDir {
    let one = |run: usize| {
        let case = |(test, said): (String, Option<&str>)| {
            let body = said.map_or_else(String::new, |said| format!("<failure message=\"{said}\">{said}</failure>"));
            format!("<testcase classname=\"acme.Shop\" name=\"{test}\">{body}</testcase>\n")
        };
        let cases: String = said(run).into_iter().map(case).collect();
        let time = format!("2023-{:02}-{:02}T06:00:00Z", 1 + run / 28, 1 + run % 28);
        format!("<testsuites><testsuite name=\"acme\" timestamp=\"{time}\">\n{cases}</testsuite></testsuites>")
    };
    let files: Vec<(String, String)> = (0..runs).map(|run| (format!("run-{run:02}.xml"), one(run))).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    folder(&files)
}

/// Four tests of one cause, one that came back, one that is new, a flake, one that was fixed, and some that pass.
fn shop() -> TempDir {
    let tests = ["totals", "refund", "invoice", "export", "login", "mail", "pay", "fixed"].map(str::to_owned);
    let tests: Vec<String> = tests.into_iter().chain((0..30).map(|at| format!("steady {at}"))).collect();
    logs(40, |run| {
        let said = |test: &str| match test {
            "totals" | "refund" | "invoice" | "export" if run >= 30 => {
                Some("IllegalStateException: no tax rate for DE")
            }
            "login" if (4..10).contains(&run) || run >= 36 => Some("AssertionError: expected"),
            "mail" if run == 39 => Some("AssertionError: expected 1 mail but was 0"),
            "pay" if run % 5 == 2 => Some("SocketTimeoutException: read timed out after 3,000 ms"),
            "fixed" if run < 10 => Some("NoSuchElementException: none"),
            _ => None,
        };
        tests.iter().map(|test| (test.clone(), said(test))).collect()
    })
}

fn line(lines: &[&str], holds: &str) -> usize {
    lines.iter().position(|line| line.contains(holds)).unwrap_or_else(|| panic!("{holds} is not in {lines:#?}"))
}

#[test]
fn what_broke_apart_or_says_other_things_is_no_cause_together() {
    // Seven runs apart, within each other's intervals; at one run, for two reasons; and flakes that say nothing.
    let there = logs(16, |run| {
        let failing = |fails: bool, said: &'static str| fails.then_some(said);
        vec![
            ("pay".to_owned(), failing(run >= 5, "assert 1 == 2")),
            ("mail".to_owned(), failing(run >= 12, "SMTP refused")),
            ("login".to_owned(), failing(run >= 9, "no session")),
            ("search".to_owned(), failing(run >= 9, "no index")),
            ("silent a".to_owned(), failing(run % 5 == 1, "")),
            ("silent b".to_owned(), failing(run % 5 == 3, "")),
            ("steady".to_owned(), None),
            ("steady too".to_owned(), None),
        ]
    });
    let shown = relapse(["sweep", text(there.path())]).exits(0).text();
    assert!(shown.contains("fail now, in run-15: 4 scenarios\n"), "{shown}");
    for (test, since, said) in
        [("pay", 5, "assert 1"), ("mail", 12, "SMTP"), ("login", 9, "no session"), ("search", 9, "no index")]
    {
        let (_, row) = shown.split_once(&format!("acme.Shop  {test}\n")).unwrap_or_else(|| panic!("{test}: {shown}"));
        assert!(row.trim_start().starts_with(&format!("since run-{since:02}, ")), "{test}: {row}");
        assert!(row.lines().next().is_some_and(|line| line.contains(said)), "{test}: {row}");
    }
    assert!(shown.contains("silent a\n") && shown.contains("silent b\n"), "{shown}");
}

#[test]
fn what_failed_before_is_new_again_and_says_nothing_where_it_said_nothing() {
    let there = logs(20, |run| {
        let fails = [5, 6, 18, 19].contains(&run);
        vec![("update".to_owned(), fails.then_some("")), ("steady".to_owned(), None)]
    });
    let shown = relapse(["sweep", text(there.path())]).exits(0).text();
    assert!(shown.contains("again: its last 2 runs, of 20"), "{shown}");
}

#[test]
fn what_fails_now_stands_first_by_cause_and_the_answer_last() {
    let there = shop();
    let shown = relapse(["sweep", text(there.path())]).exits(0).text();
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines.len() <= 40, "{shown}");
    let now = line(&lines, "fail now, in run-39: 6 scenarios, by 3 causes");
    let (back, broke) =
        (line(&lines, "relapsed  acme"), line(&lines, "regressed  4 scenarios: export, invoice, refund and 1 more"));
    let new = line(&lines, "new failure  acme");
    let flaky = line(&lines, "flaky, by failures in the last 20 runs");
    assert!(now < back && back < broke && broke < new && new < flaky, "{shown}");
    assert!(
        lines[back + 1].contains("since run-36, 4 of 4 runs, after 1 outage before; AssertionError: expected"),
        "{shown}"
    );
    assert!(
        lines[broke + 1].contains("since run-30, 10 of 10 runs; IllegalStateException: no tax rate for DE"),
        "{shown}"
    );
    assert!(lines[flaky + 2].contains("4 of the last 20 runs, 8 of 40 in all; SocketTimeoutException"), "{shown}");
    assert!(shown.contains("besides: 1 fixed (--long)"), "{shown}");
    let last = lines.last().unwrap();
    assert!(last.starts_with("8 incidents in 40 runs: 6 fail now, 1 came back, 1 new, 1 flaky"), "{last}");
}

#[test]
fn a_screen_stays_one_however_much_failed() {
    // Each for a reason of its own, and in runs of its own.
    let reason = |at: u32| format!("Error{}: odd", char::from_u32(0x4e00 + at).unwrap());
    let reasons: Vec<String> = (0..300).map(reason).collect();
    let there = logs(24, |run| {
        let said = |at: usize| ((at * 7919 + run * 104_729 + at * run * 31) % 97 < 20).then(|| reasons[at].as_str());
        (0..900).map(|at| (format!("t{at}"), if at < 300 { said(at) } else { None })).collect()
    });
    let ended = relapse(["sweep", text(there.path())]).exits(0);
    let shown = ended.text();
    assert!(shown.lines().count() <= 40, "{shown}");
    assert!(shown.contains("more rows (--long)") && shown.contains("fail now, in run-23: "), "{shown}");
    assert!(ended.answer().contains(" fail now, "), "{shown}");
}

#[test]
fn a_narrow_terminal_cuts_no_word() {
    let there = shop();
    let run = |columns: Option<&str>| -> String {
        let mut command = program();
        command.args(["sweep", text(there.path())]);
        if let Some(columns) = columns {
            command.env("COLUMNS", columns);
        }
        let ended = Ended::of(command.output().unwrap()).exits(0).text();
        // How long it took, in the last line, differs.
        ended[..ended.find("\nledger").unwrap()].to_owned()
    };
    let narrow = run(Some("60"));
    assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<BTreeSet<String>>();
    let (wide, narrow) = (words(&run(None)), words(&narrow));
    assert!(narrow.is_subset(&wide), "{:?}", narrow.difference(&wide).collect::<Vec<_>>());
}

#[test]
fn a_kept_answer_is_shown_as_it_was() {
    let there = shop();
    let store = tempfile::tempdir().unwrap();
    let findings = |more: &[&str]| {
        let mut arguments = vec!["sweep", text(there.path()), "--store", text(store.path())];
        arguments.extend(more);
        let shown = relapse(arguments).exits(0).text();
        let end = shown.find("\nledger").unwrap();
        shown[..end].to_owned()
    };
    let (first, again) = (findings(&[]), findings(&[]));
    assert_eq!(first, again);
    let long = findings(&["--long"]);
    assert!(long.contains("deterministic: they fail whenever their cause is there") && long != first, "{long}");
}

#[test]
fn an_outage_that_is_over_is_one_line_behind_what_fails_now() {
    let tests: Vec<String> = (0..30).map(|at| format!("t{at}")).collect();
    let there = logs(30, |run| {
        let said = |test: &str| match (test, run) {
            (_, 12) => Some("ConnectException: connection refused by the database"),
            ("t3", 24..) => Some("AssertionError: expected 4"),
            _ => None,
        };
        tests.iter().map(|test| (test.clone(), said(test))).collect()
    });
    let shown = relapse(["sweep", text(there.path())]).exits(0).text();
    let lines: Vec<&str> = shown.lines().collect();
    let now = line(&lines, "fail now, in run-29: 1 scenario");
    let over = line(
        &lines,
        "over: 30 scenarios failed at once in run-12: unclassified ConnectException: connection refused by the database",
    );
    assert!(now < over, "{shown}");
    assert_eq!(lines.iter().filter(|line| line.contains("ConnectException")).count(), 1, "{shown}");
}
