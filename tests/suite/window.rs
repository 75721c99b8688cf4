//! Records left out by their time.

use crate::program::{folder, number, record, relapse, text};

const DAY: u64 = 86_400_000;
/// 2026-01-01T00:00:00Z.
const START: u64 = 1_767_225_600_000;

/// Three runs, at day 0, 10 and 20, each with records over two days.
fn corpus() -> tempfile::TempDir {
    let files: Vec<(String, String)> = [0, 10, 20]
        .into_iter()
        .map(|day| {
            let times = [0, DAY - 1, DAY, 2 * DAY].map(|more| (START + day * DAY + more).to_string());
            let lines = times.map(|time| record(&[("ts_unix_ms", &time)]));
            (format!("day-{day:02}.jsonl"), lines.join("\n"))
        })
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect();
    folder(&files)
}

/// Records counted, and the first and last run of the one incident.
fn counted(arguments: &[&str]) -> (u64, String) {
    let folder = corpus();
    let ended = relapse(["sweep", text(folder.path()), "--json"].iter().chain(arguments));
    let (report, totals) = (ended.json(), ended.ledger()["totals"].clone());
    let records = number(&report["incidents"], "records");
    assert_eq!(number(&totals, "parsed"), 12);
    assert_eq!(number(&totals, "filtered"), 12 - records);
    assert_eq!(ended.status, if records == 0 { 2 } else { 0 });
    let run = |key: &str| report["incidents"]["incidents"][0][key].as_str().unwrap_or("none").to_owned();
    (records, format!("{} to {}", run("first_run"), run("last_run")))
}

#[test]
fn moments_are_absolute() {
    assert_eq!(counted(&[]), (12, "day-00 to day-20".into()));
    assert_eq!(counted(&["--since", "2026-01-11T00:00:00Z"]), (8, "day-10 to day-20".into()));
    assert_eq!(counted(&["--since", "2026-01-11T00:00:00.001Z"]), (7, "day-10 to day-20".into()));
    assert_eq!(counted(&["--since", "2026-01-11T02:00:00+02:00"]), (8, "day-10 to day-20".into()));
    assert_eq!(counted(&["--until", "2026-01-11T00:00:00Z"]), (4, "day-00 to day-00".into()));
    assert_eq!(
        counted(&["--until", "2026-01-12T00:00:00Z", "--since", "2026-01-02T00:00:00Z"]),
        (4, "day-00 to day-10".into())
    );
    assert_eq!(counted(&["--since", "2027-01-01T00:00:00Z"]), (0, "none to none".into()));
}

#[test]
fn spans_count_back_from_the_newest_run_s_first_record() {
    assert_eq!(counted(&["--since", "7d"]), (4, "day-20 to day-20".into()));
    assert_eq!(counted(&["--since", "10d"]), (8, "day-10 to day-20".into()));
    assert_eq!(counted(&["--since", "240h"]), (8, "day-10 to day-20".into()));
    assert_eq!(counted(&["--since", "239h"]), (7, "day-10 to day-20".into()));
    assert_eq!(counted(&["--until", "10d"]), (4, "day-00 to day-00".into()));
    assert_eq!(counted(&["--since", "100w"]), (12, "day-00 to day-20".into()));
    assert_eq!(counted(&["--since", "20d", "--until", "19d"]), (2, "day-00 to day-00".into()));
}

#[test]
fn a_newest_run_that_a_window_cuts_is_told() {
    let folder = corpus();
    let said = |bound: &[&str]| relapse(["sweep", text(folder.path())].iter().chain(bound)).exits(0).text();
    let told = "--since or --until holds only 2 of 4 records of the newest run, day-20";
    let cut = said(&["--until", "2026-01-22T00:00:00Z"]);
    assert!(cut.contains(told), "{cut}");
    let cut = said(&["--since", "2026-01-22T00:00:00Z"]);
    assert!(cut.contains(told), "{cut}");
    // The oldest one is cut by most windows.
    for whole in [&["--since", "2026-01-02T00:00:00Z"][..], &["--since", "239h"], &["--until", "2026-01-12T00:00:00Z"]]
    {
        assert_eq!(said(whole).contains("holds only"), whole[0] == "--until", "{whole:?}");
    }
}
