//! A table of counts, truth by judged.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::judged::with_label;
use crate::world::Corpus;

/// Counts by row and column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Confusion(BTreeMap<String, BTreeMap<String, usize>>);

impl Confusion {
    /// Counts one.
    pub(crate) fn add(&mut self, row: &str, column: &str) {
        *self.0.entry(row.to_owned()).or_default().entry(column.to_owned()).or_default() += 1;
    }

    /// Rows with their counts.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, usize>)> {
        self.0.iter().map(|(row, counts)| (row.as_str(), counts))
    }

    /// The table: columns are numbered, and named below it.
    pub(crate) fn table(&self) -> String {
        let columns: BTreeSet<&String> = self.0.values().flat_map(BTreeMap::keys).collect();
        let width = self.0.keys().map(String::len).max().unwrap_or(0);
        let mut out = format!("{:width$}", "truth \\ judged");
        for number in 1..=columns.len() {
            let _ = write!(out, " {:>5}", format!("[{number}]"));
        }
        out.push('\n');
        for (row, counts) in &self.0 {
            let _ = write!(out, "{row:width$}");
            for column in &columns {
                match counts.get(*column) {
                    None => out.push_str("     ."),
                    Some(count) => {
                        let _ = write!(out, " {count:>5}");
                    }
                }
            }
            out.push('\n');
        }
        for (number, column) in (1..).zip(&columns) {
            let _ = writeln!(out, "[{number}] {column}");
        }
        out
    }
}

/// How many scenarios stand for each verdict, or world, of a corpus.
pub(crate) fn rows_planted(corpus: &Corpus) -> String {
    let mut rows: BTreeMap<String, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for scenario in &corpus.scenarios {
        let truth = &scenario.planted;
        let row = truth.verdict.map_or_else(|| truth.case.to_owned(), |verdict| with_label(verdict, truth.label));
        let (count, cases) = rows.entry(row).or_default();
        *count += 1;
        cases.insert(truth.case);
    }
    let mut out = String::new();
    for (row, (count, cases)) in rows {
        let _ = writeln!(out, "{row:28} {count:5} in {:2} cases", cases.len());
    }
    out
}
