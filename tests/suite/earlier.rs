//! Outages whose archives are gone, and which the output of an earlier sweep still knows.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{folder, record, relapse, text};

/// Twelve hours: neither the weekday nor the hour explains what fails.
const APART_MS: usize = 12 * 3_600_000;

/// A run that fails in an outage of five, behind 10, 20, 20 and 20 clean ones.
fn fails(run: usize) -> bool {
    run >= 10 && (run - 10) % 25 < 5
}

/// Sweeps some of the runs, a file each, beside an earlier sweep.
fn swept(runs: std::ops::Range<usize>, baseline: Option<&Path>) -> TempDir {
    let files: Vec<(String, String)> = runs
        .map(|run| {
            let (outcome, reason) = if fails(run) { ("fail", "reentrant_depth") } else { ("pass", "parity_ok") };
            let [outcome, reason] = [outcome, reason].map(|word| format!("\"{word}\""));
            let time = (1_767_225_600_000 + APART_MS * run).to_string();
            let line = record(&[("ts_unix_ms", &*time), ("outcome", &*outcome), ("reason_code", &*reason)]);
            (format!("run-{run:03}.jsonl"), line + "\n")
        })
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let (place, out) = (folder(&files), tempfile::tempdir().unwrap());
    let beside = baseline.map_or_else(Vec::new, |baseline| vec!["--baseline", text(baseline)]);
    relapse(["sweep", text(place.path()), "--out", text(out.path())].iter().chain(&beside)).exits(0);
    out
}

/// The row of the only scenario.
fn row(out: &TempDir) -> Value {
    let path = out.path().join("recurrence.json");
    let all: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    all["scenarios"][0].clone()
}

#[test]
fn an_outage_that_only_the_baseline_knows_is_a_time_before() {
    let first = swept(0..40, None);
    let alone = row(&swept(20..65, None));
    let second = swept(20..65, Some(first.path()));
    let beside = row(&second);
    let times = |row: &Value| row["relapse"]["times_before"].as_u64().unwrap();
    assert_eq!((times(&row(&first)), times(&alone), times(&beside)), (1, 1, 2));
    assert_eq!(alone.get("earlier_outages"), None);
    let reasons = alone["outages"][0]["reasons"].clone();
    let first_outage = json!([{
        "source": "baseline",
        "start_run": "run-010",
        "last_failed_run": "run-014",
        "last_failed_unix_ms": 1_767_225_600_000_u64 + 14 * APART_MS as u64,
        "runs": 5,
        "failed_runs": 5,
        "reasons": reasons,
        "mass": false,
    }]);
    assert_eq!(beside["earlier_outages"], first_outage);
    assert_eq!(beside["signatures"][0]["earlier_outages"], first_outage);
    let told = beside["why"].as_str().unwrap();
    let more = "; the baseline has 1 more outage before these runs, the last of run-010 to run-014";
    assert!(told.contains(&format!("{more}; not controlled: ")), "{told}");
    assert_eq!(Some(&*told.replacen(more, "", 1)), alone["why"].as_str());
    // It changes no verdict, and nothing else.
    for field in ["verdict", "label", "kind", "outages", "pattern", "clean_runs_needed", "would_change"] {
        assert_eq!(beside[field], alone[field], "{field}");
    }
    // An output keeps in mind what an earlier one did.
    let third = row(&swept(45..90, Some(second.path())));
    let starts: Vec<&str> =
        third["earlier_outages"].as_array().unwrap().iter().map(|it| it["start_run"].as_str().unwrap()).collect();
    assert_eq!((times(&third), starts), (3, vec!["run-010", "run-035"]));
    // What the runs themselves show is no more because the baseline shows it too, and one outage alone is no relapse.
    assert_eq!(times(&row(&swept(0..65, Some(first.path())))), 2);
    let single = row(&swept(45..65, Some(first.path())));
    assert!(single["relapse"].is_null() && single.get("earlier_outages").is_none(), "{single}");
}
