//! A real file of benchmark lines, in the folder that `RELAPSE_DATA` names; without it nothing is tested here.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use crate::program::{folder, number, relapse, text};

/// Measurements of a lane that are judged. Of 5 or 6 a step of twice delta is not found: 2 of the 11 or 10 before are
/// outliers beyond it, so that only 82 % of pairs agree.
const LAST: usize = 8;
/// Measurements of a lane in which a step is planted.
const ENOUGH: u64 = 13;

fn bank() -> Option<Vec<Value>> {
    let path = PathBuf::from(std::env::var_os("RELAPSE_DATA")?).join("incumbent_bank.jsonl");
    let text = std::fs::read_to_string(path).expect("the folder of RELAPSE_DATA has the bank");
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("lines are JSON")).collect();
    lines.sort_by_key(|line| number(line, "recorded_unix"));
    Some(lines)
}

/// The judged series by lane, of lines with the last of some lane made slower.
fn judged(lines: &[Value], slower: Option<(&str, f64)>) -> BTreeMap<String, Value> {
    let mut lines = lines.to_vec();
    let planted = lines.iter_mut().rev().filter(|line| slower.is_some_and(|(lane, _)| line["lane"] == lane)).take(LAST);
    for line in planted {
        let by = slower.map_or(1.0, |(_, by)| by);
        line["incumbent_ms"] = (line["incumbent_ms"].as_f64().unwrap() * by).into();
    }
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    let folder = folder(&[("bank.jsonl", lines.join("\n").as_bytes())]);
    let report = relapse(["bench", text(folder.path()), "--last", &LAST.to_string(), "--json"]).json();
    let rows = report["series"].as_array().unwrap().iter();
    rows.map(|row| (row["lane"].as_str().unwrap().to_owned(), row.clone())).collect()
}

#[test]
fn real_lanes_regress_by_planted_steps_alone() {
    let Some(lines) = bank() else { return };
    let steady = judged(&lines, None);
    assert!(steady.len() >= 10);
    println!("lane, points, delta: as it is | a step of 2 delta in its last {LAST} | a step of 5 %");
    let mut planted = 0;
    for (lane, row) in &steady {
        let verdict = |row: &Value| row["judgement"]["verdict"].as_str().unwrap().to_owned();
        assert_ne!(verdict(row), "regressed", "{lane}: {}", row["judgement"]["why"]);
        let points = number(row, "points");
        if points < ENOUGH {
            println!("{lane}, {points}: {}", verdict(row));
            continue;
        }
        planted += 1;
        let delta = row["judgement"]["delta"].as_f64().unwrap();
        let of = |by: f64| judged(&lines, Some((lane, by)))[lane]["judgement"].clone();
        let (large, small) = (of(1.0 + 2.0 * delta), of(1.05));
        println!(
            "{lane}, {points}, {:.1} %: {} | {} ({}) | {} ({})",
            100.0 * delta,
            verdict(row),
            large["verdict"],
            large["why"],
            small["verdict"],
            small["why"]
        );
        assert_eq!(large["verdict"], "regressed", "{lane}: {}", large["why"]);
        assert_eq!(small["verdict"], "inconclusive", "{lane}: {}", small["why"]);
        let named = format!("delta of {:.2} %", 100.0 * small["delta"].as_f64().unwrap());
        assert!(small["why"].as_str().unwrap().contains(&named), "{lane}: {}", small["why"]);
    }
    assert!(planted > 0);
}

#[test]
fn real_lanes_are_steady_run_by_run() {
    let Some(lines) = bank() else { return };
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    let folder = folder(&[("bank.jsonl", lines.join("\n").as_bytes())]);
    relapse(["bench", text(folder.path())]).exits(0);
}
