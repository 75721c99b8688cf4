//! Tables for query engines: what the JSON says, and the same bytes for the same records. scripts/check-parquet has `DuckDB`
//! read them.

use std::fs::{self, File};
use std::path::Path;

use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::Value;

use crate::program::{fixture, folder, record, relapse, text};

const TABLES: [&str; 6] = ["incidents", "observations", "scenarios", "runs", "ledger", "benchmarks"];

fn read(folder: &Path, table: &str) -> SerializedFileReader<File> {
    SerializedFileReader::new(File::open(folder.join(table).with_extension("parquet")).unwrap()).unwrap()
}

fn rows(folder: &Path, table: &str) -> Vec<Row> {
    read(folder, table).get_row_iter(None).unwrap().map(Result::unwrap).collect()
}

fn field<'r>(row: &'r Row, name: &str) -> &'r Field {
    row.get_column_iter().find(|(column, _)| *column == name).unwrap_or_else(|| panic!("no column {name}")).1
}

fn number(row: &Row, name: &str) -> u64 {
    match field(row, name) {
        Field::ULong(number) => *number,
        other => panic!("{name} is {other:?}"),
    }
}

fn sum(rows: &[Row], name: &str) -> u64 {
    rows.iter().map(|row| number(row, name)).sum()
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
}

#[test]
fn tables_have_the_totals_of_the_json() {
    let out = tempfile::tempdir().unwrap();
    let tables = out.path().join("tables");
    let (input, plain) = (fixture("weekly"), out.path().join("plain"));
    relapse(["sweep", text(&input), "--out", text(out.path()), "--parquet", text(&tables)]).exits(0);
    relapse(["sweep", text(&input), "--out", text(&plain)]).exits(0);
    for name in ["incidents.json", "recurrence.json"] {
        // What is kept for the tables changes no report.
        assert_eq!(fs::read(out.path().join(name)).unwrap(), fs::read(plain.join(name)).unwrap(), "{name}");
    }
    let (incidents, ledger) = (json(&plain, "incidents.json"), json(&plain, "ledger.json"));

    let observations = rows(&tables, "observations");
    assert_eq!(sum(&observations, "records"), incidents["records"]);
    let failed: Vec<Row> =
        observations.into_iter().filter(|row| *field(row, "outcome") == Field::Str("failed".into())).collect();
    assert_eq!(sum(&failed, "records"), incidents["failed_records"]);
    for incident in incidents["incidents"].as_array().unwrap() {
        let id = Field::Str(incident["incident_id"].as_str().unwrap().into());
        let own = failed.iter().filter(|row| *field(row, "incident_id") == id);
        assert_eq!(own.map(|row| number(row, "records")).sum::<u64>(), incident["occurrences"]);
    }
    assert_eq!(sum(&rows(&tables, "incidents"), "occurrences"), incidents["failed_records"]);
    let runs = rows(&tables, "runs");
    assert_eq!((runs.len() as u64, sum(&runs, "records")), (12, incidents["records"].as_u64().unwrap()));
    assert_eq!(sum(&runs, "failures"), incidents["failed_records"]);
    let scenarios = json(&plain, "recurrence.json")["scenarios"].as_array().unwrap().len();
    assert_eq!(rows(&tables, "scenarios").len(), scenarios);
    assert_eq!(sum(&rows(&tables, "ledger"), "lines"), ledger["totals"]["lines"]);
    assert!(rows(&tables, "benchmarks").is_empty());
}

#[test]
fn the_same_records_give_the_same_tables() {
    let out = tempfile::tempdir().unwrap();
    let written = |name: &str, threads: &str| {
        let folder = out.path().join(name);
        relapse(["sweep", text(&fixture("weekly")), "--threads", threads, "--parquet", text(&folder)]).exits(0);
        TABLES.map(|table| fs::read(folder.join(table).with_extension("parquet")).unwrap())
    };
    let one = written("a", "1");
    assert!(one == written("b", "4"));
    let partial = out.path().join("partial");
    relapse(["sweep", text(&fixture("weekly")), "--partial", text(&partial)]).exits(0);
    let merged = out.path().join("merged");
    relapse(["merge", text(&partial), "--parquet", text(&merged)]).exits(0);
    assert!(one == TABLES.map(|table| fs::read(merged.join(table).with_extension("parquet")).unwrap()));
}

#[test]
fn a_store_that_knows_the_answer_still_gives_tables() {
    let out = tempfile::tempdir().unwrap();
    let (store, input) = (out.path().join("store"), fixture("weekly"));
    let written = |name: &str| {
        let folder = out.path().join(name);
        relapse(["sweep", text(&input), "--store", text(&store), "--parquet", text(&folder)]).exits(0);
        TABLES.map(|table| fs::read(folder.join(table).with_extension("parquet")).unwrap())
    };
    relapse(["sweep", text(&input), "--store", text(&store)]).exits(0);
    assert!(written("a") == written("b"));
}

#[test]
fn seeds_beyond_floats_and_absences_are_kept() {
    let greatest = record(&[("seed", &u64::MAX.to_string()), ("outcome", "\"fail\"")]);
    let logs = folder(&[("r.jsonl", greatest.as_bytes())]);
    let tables = logs.path().join("tables");
    relapse(["sweep", text(&logs.path().join("r.jsonl")), "--parquet", text(&tables)]).exits(0);
    let incidents = rows(&tables, "incidents");
    assert_eq!(number(&incidents[0], "seed"), u64::MAX);
    assert_eq!(field(&incidents[0], "effective_class"), &Field::Null);
    assert!(matches!(field(&incidents[0], "first_seen"), Field::TimestampMillis(_)));
}

#[test]
fn files_say_their_layout_and_groups_of_rows_are_bounded() {
    let lines: String =
        (0..70_000).map(|seed| record(&[("seed", &seed.to_string()), ("outcome", "\"pass\"")]) + "\n").collect();
    let logs = folder(&[("r.jsonl", lines.as_bytes())]);
    let tables = logs.path().join("tables");
    relapse(["sweep", text(&logs.path().join("r.jsonl")), "--parquet", text(&tables)]).exits(0);
    let groups: Vec<i64> =
        read(&tables, "observations").metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect();
    assert_eq!(groups, [1 << 16, 70_000 - (1 << 16)]);
    for table in TABLES {
        let file = read(&tables, table);
        let metadata = file.metadata().file_metadata();
        assert!(metadata.created_by().unwrap().starts_with("relapse version "));
        let about: Vec<_> =
            metadata.key_value_metadata().unwrap().iter().map(|pair| pair.value.clone().unwrap()).collect();
        assert_eq!(about[..2], ["relapse-tables-v1", table]);
        assert_eq!(about[2].len(), 32);
    }
    assert_eq!(fs::read_dir(&tables).unwrap().count(), TABLES.len());
}
