//! What no record says is said once with what it costs, and not in every sentence; the files for programs keep it in each.

use std::fs;

use crate::program::{folder, record, relapse, text};

/// Ten runs of two tests, of which one fails from the sixth run on, and one in the third.
fn junit() -> Vec<(String, String)> {
    let case = |name: &str, failed: bool| {
        let failure = if failed { "<failure message='no'/>" } else { "" };
        format!("<testcase name='{name}'>{failure}</testcase>")
    };
    let run = |run: usize| {
        let cases = [case("a", run >= 5), case("b", run == 2 || run == 6)].concat();
        (format!("main/r{run:02}-c{run:02}/junit.xml"), format!("<testsuite name='s'>{cases}</testsuite>"))
    };
    (0..10).map(run).collect()
}

#[test]
fn what_is_unknown_of_all_is_told_once() {
    let files = junit();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let logs = folder(&files);
    let out = folder(&[]);
    let out = text(out.path());
    let said = |more: &[&str]| {
        relapse([&["sweep", text(logs.path()), "--long", "--out", out][..], more].concat()).exits(0).text()
    };
    let all = "no record says its revision, branch, environment or seed: flaky and regressed cannot be told apart by commit; what a \
               branch broke looks flaky; what fails on one platform looks flaky; what fails with one seed looks flaky";
    let summary = said(&[]);
    assert_eq!(summary.matches(all).count(), 1, "{summary}");
    assert!(!summary.contains("not controlled"), "{summary}");
    let read = |name: &str| fs::read_to_string(format!("{out}/{name}")).unwrap();
    for name in ["report.md", "report.html"] {
        assert_eq!(read(name).matches("no record says its revision, branch, environment or seed").count(), 1, "{name}");
        assert!(!read(name).contains("; not controlled"), "{name}");
    }
    // A program reads each row by itself.
    assert!(read("recurrence.json").contains("; not controlled: revision, environment, seed"));
    // What some say is asked of those that do not.
    let summary = said(&["--from-path", "(?<branch>[^/]+)/(?<run>r[0-9]+)-(?<revision>c[0-9]+)/"]);
    assert!(
        summary.contains("no record says its environment or seed: what fails on one platform looks flaky; what"),
        "{summary}"
    );
    assert!(!summary.contains("not controlled"), "{summary}");
    let summary = said(&["--from-path", "(?<run>r[0-9]+)-(?:(?<revision>c0[1-9])|c00)/"]);
    assert!(
        summary.contains("no record says its branch, environment or seed: what a branch broke looks flaky;"),
        "{summary}"
    );
    assert!(summary.contains("; not controlled: revision\n"), "{summary}");
}

#[test]
fn a_sentence_keeps_what_others_do_not_lack() {
    let line = |run: u64, scenario: &str, with: &[(&str, &str)], failed: bool| {
        let time = (1_690_000_000_000_u64 + 86_400_000 * run).to_string();
        let name = format!("\"{scenario}\"");
        let outcome = if failed { "\"fail\"" } else { "\"pass\"" };
        let fields =
            [&[("ts_unix_ms", time.as_str()), ("scenario_id", &name), ("outcome", outcome)][..], with].concat();
        record(&fields) + "\n"
    };
    let runs: Vec<(String, String)> = (0..8)
        .map(|run| {
            let unset = [("env_fingerprint", "\"null\"")];
            (
                format!("r{run}.jsonl"),
                line(run, "; not controlled: revision", &[], run > 4) + &line(run, "b", &unset, run > 4),
            )
        })
        .collect();
    let runs: Vec<(&str, &[u8])> = runs.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let logs = folder(&runs);
    let summary = relapse(["sweep", text(logs.path()), "--long"]).exits(0).text();
    assert!(summary.contains("no record says its revision or branch: "), "{summary}");
    assert_eq!(summary.matches("; not controlled: environment\n").count(), 1, "{summary}");
    // What passed only has no doubt to tell of.
    let clean = folder(&[("r.jsonl", line(1, "a", &[], false).as_bytes())]);
    assert!(!relapse(["sweep", text(clean.path()), "--all"]).exits(0).text().contains("no record says"));
}
