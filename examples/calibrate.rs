//! What the history of benchmarks finds on series whose changes are known, beside what Apache Otava finds.
//!
//! ```text
//! scripts/benchmark-series otava /tmp/series        # once: writes /tmp/series/otava.jsonl
//! cargo run --release --example calibrate -- /tmp/series
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Parser;
use relapse::stats::scan;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Least effect, the default of `relapse bench`.
const DELTA: f64 = 0.03;
/// Points by which a change may be off.
const NEAR: usize = 5;

/// Prints a table for each of otava.jsonl and tcpd.jsonl that the folder holds
#[derive(Parser)]
struct Args {
    /// Folder that scripts/benchmark-series wrote to
    folder: PathBuf,
}

#[derive(Deserialize)]
struct Generated {
    kind: String,
    values: Vec<f64>,
    changes: Vec<usize>,
    otava: Vec<usize>,
}

#[derive(Deserialize)]
struct Annotated {
    kind: String,
    values: Vec<f64>,
    annotations: Vec<BTreeSet<usize>>,
}

/// Series, true changes, and for both who look: changes found and changes that are none.
#[derive(Default)]
struct Row {
    series: usize,
    changes: usize,
    found: [usize; 2],
    wrong: [usize; 2],
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Args { folder } = Args::parse();
    let (generated, annotated) = (lines::<Generated>(&folder, "otava")?, lines::<Annotated>(&folder, "tcpd")?);
    if generated.is_empty() && annotated.is_empty() {
        return Err(format!("{} holds neither otava.jsonl nor tcpd.jsonl", folder.display()).into());
    }
    if !generated.is_empty() {
        of_generators(&generated);
    }
    if !annotated.is_empty() {
        of_people(&annotated);
    }
    Ok(())
}

fn lines<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<Vec<T>, Box<dyn std::error::Error>> {
    let path = folder.join(name).with_extension("jsonl");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(path)?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn changes(values: &[f64]) -> Vec<usize> {
    let logs: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    scan::changes(&logs, DELTA).iter().map(|change| change.at).collect()
}

fn of_generators(all: &[Generated]) {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    for one in all {
        let row = rows.entry(&one.kind).or_default();
        row.series += 1;
        row.changes += one.changes.len();
        let near = |among: &[usize], at: usize| among.iter().any(|other| other.abs_diff(at) <= NEAR);
        for (who, found) in [changes(&one.values), one.otava.clone()].iter().enumerate() {
            row.found[who] += one.changes.iter().filter(|at| near(found, **at)).count();
            row.wrong[who] += found.iter().filter(|at| !near(&one.changes, **at)).count();
        }
    }
    println!("otava-test-data: found / Otava's, and changes that are none");
    for (kind, Row { series, changes, found, wrong }) in rows {
        println!(
            "  {kind:20} {series:4} series {changes:4} changes  found {:4} / {:4}  wrong {:3} / {:3}",
            found[0], found[1], wrong[0], wrong[1]
        );
    }
}

/// The F1 of van den Burg and Williams (2020): precision against all annotators together, recall the mean of each, the first
/// point being a change of everybody's, within five points.
fn of_people(all: &[Annotated]) {
    println!("Turing change point data: F1, and that of finding nothing");
    let (mut ours, mut none) = (0.0, 0.0);
    for one in all {
        let found: BTreeSet<usize> = changes(&one.values).into_iter().chain([0]).collect();
        let people: Vec<BTreeSet<usize>> =
            one.annotations.iter().map(|person| person.iter().copied().chain([0]).collect()).collect();
        let (f1, zero) = (score(&people, &found), score(&people, &BTreeSet::from([0])));
        println!("  {:20} {f1:.3} {zero:.3}  {found:?}", one.kind);
        ours += f1;
        none += zero;
    }
    let number = all.len() as f64;
    println!("  mean of {} series: {:.3} {:.3}", all.len(), ours / number, none / number);
}

fn score(people: &[BTreeSet<usize>], found: &BTreeSet<usize>) -> f64 {
    let all: BTreeSet<usize> = people.iter().flatten().copied().collect();
    let precision = matched(&all, found) as f64 / found.len() as f64;
    let recalls = people.iter().map(|person| matched(person, found) as f64 / person.len() as f64);
    let recall = recalls.sum::<f64>() / people.len().max(1) as f64;
    2.0 * precision * recall / (precision + recall)
}

/// True changes with a found one near, each of which counts once.
fn matched(truth: &BTreeSet<usize>, found: &BTreeSet<usize>) -> usize {
    let mut left = found.clone();
    let mut take = |at: &usize| {
        let near = left.iter().copied().filter(|one| one.abs_diff(*at) <= NEAR).min_by_key(|one| one.abs_diff(*at));
        near.is_some_and(|one| left.remove(&one))
    };
    truth.iter().filter(|at| take(at)).count()
}
