//! A sweep as tables for query engines: Apache Parquet files. docs/parquet.md has every column.

mod benchmarks;
mod column;
mod file;
mod incidents;
mod ledger;
mod observations;
mod runs;
mod scenarios;

use std::io::{self, Write};
use std::path::Path;

use parquet::errors::ParquetError;
use rayon::prelude::*;

use file::{About, TableFile};

use crate::analysis::{Analysis, IncidentReport};
use crate::archive::Ledger;
use crate::benchmark::Benchmarks;
use crate::files::{FileSet, WriteError};
use crate::recurrence::Recurrence;
use crate::tally::{RunOrder, Series, Tally};
use crate::words::words;

/// All that the tables are made of. The same parts give the same bytes.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'r> {
    /// Every record, counted. Observations are complete where the scenarios that never failed were kept
    /// ([`crate::sweep::Sweep::keep_clean`]).
    pub tally: &'r Tally,
    /// The order of its runs.
    pub order: &'r RunOrder,
    /// What was found.
    pub incidents: &'r IncidentReport,
    /// What the failures are.
    pub recurrence: &'r Recurrence,
    /// What was read and lost.
    pub ledger: &'r Ledger,
    /// What benchmark lines measured, with what [`crate::benchmark::judge`] says of it, series by series.
    pub benchmarks: Option<(&'r [Series], &'r Benchmarks)>,
}

words! {
    /// One of the tables.
    Table {
        /// An incident a row, as in `incidents.json`.
        Incidents => "incidents",
        /// What a scenario did in a run with an environment and a seed, and how often.
        Observations => "observations",
        /// A scenario a row, as in `recurrence.json`.
        Scenarios => "scenarios",
        /// A run a row.
        Runs => "runs",
        /// An archive a row, as in `ledger.json`.
        Ledger => "ledger",
        /// A measurement a row.
        Benchmarks => "benchmarks",
    }
}

impl Table {
    /// Its file.
    #[must_use]
    pub fn file_name(self) -> String {
        format!("{}.parquet", self.name())
    }
}

impl<'r> Tables<'r> {
    /// The tables of an analysis; `benchmarks`: what it says of them.
    #[must_use]
    pub fn new(analysis: &'r Analysis, benchmarks: Option<&'r Benchmarks>) -> Self {
        let Analysis { found, incidents, recurrence, series, .. } = analysis;
        let benchmarks = benchmarks.map(|judged| (&series[..], judged));
        Self { tally: &found.tally, order: &found.order, incidents, recurrence, ledger: &found.ledger, benchmarks }
    }

    /// Writes every table into a folder, all of them or none; to be called within a pool. `waiting` is called when somebody
    /// else who is writing there is waited for.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn write_to(&self, folder: &Path, waiting: &dyn Fn()) -> Result<(), WriteError> {
        FileSet::write(folder, waiting, |set| {
            let write = |table: Table| set.file(&table.file_name(), |out| self.write(table, out));
            Table::ALL.into_par_iter().try_for_each(write)
        })
    }

    /// Writes a table as a Parquet file, a group of rows at a time.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, table: Table, out: &mut (dyn Write + Send)) -> io::Result<()> {
        self.rows(table, out).map_err(|error| match error {
            ParquetError::External(source) => {
                source.downcast::<io::Error>().map_or_else(io::Error::other, |error| *error)
            }
            error => io::Error::other(error),
        })
    }

    fn rows(&self, table: Table, out: &mut (dyn Write + Send)) -> Result<(), ParquetError> {
        let about = About { table: table.name(), answer: &self.incidents.answer };
        match table {
            Table::Incidents => TableFile::write_all(out, about, incidents::columns(), &self.incidents.incidents),
            Table::Observations => observations::write(out, about, self.tally, self.order),
            Table::Scenarios => TableFile::write_all(out, about, scenarios::columns(), &self.recurrence.scenarios),
            Table::Runs => {
                let rows = runs::rows(self.tally, self.order, self.recurrence);
                TableFile::write_all(out, about, runs::columns(), &rows)
            }
            Table::Ledger => TableFile::write_all(out, about, ledger::columns(), &self.ledger.archives),
            Table::Benchmarks => benchmarks::write(out, about, self.benchmarks),
        }
    }
}
