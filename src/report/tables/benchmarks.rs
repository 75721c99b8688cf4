//! `benchmarks.parquet`.

use std::io::Write;

use parquet::errors::Result;
use serde_json::{Map, Value};

use super::column::{self, Moment};
use super::file::{About, TableFile};
use crate::benchmark::{Benchmarks, Verdict};
use crate::tally::{Point, Series, SeriesKey};

/// A measurement, with its series.
struct Measured<'b> {
    key: &'b SeriesKey,
    /// Declared environment fields as a JSON object.
    env: &'b str,
    verdict: Verdict,
    place: u64,
    regime: u64,
    point: &'b Point,
}

type Column<'r, 'b> = column::Column<'r, Measured<'b>>;

fn columns<'r, 'b: 'r>() -> Vec<Column<'r, 'b>> {
    vec![
        Column::text("lane", |row| &row.key.lane),
        Column::text("metric", |row| &row.key.metric),
        Column::text("unit", |row| &row.key.unit),
        Column::text("direction", |row| row.key.direction.name()),
        Column::text("host", |row| &row.key.host),
        Column::text("env", |row| row.env),
        Column::text("verdict", |row| row.verdict.name()),
        Column::new("place", |row| row.place),
        Column::new("regime", |row| row.regime),
        Column::new("time", |row| row.point.unix_ms.map(Moment)),
        Column::new("value", |row| row.point.value),
        Column::new("incumbent", |row| row.point.incumbent),
        Column::new("rounds", |row| row.point.rounds),
        Column::text_or_null("run", |row| row.point.run.as_deref()),
    ]
}

/// Writes the measurements that count, series by series.
pub(super) fn write(
    out: &mut (dyn Write + Send),
    about: About<'_>,
    benchmarks: Option<(&[Series], &Benchmarks)>,
) -> Result<()> {
    let envs: Vec<String> = benchmarks.iter().flat_map(|(series, _)| *series).map(|one| object(&one.key.env)).collect();
    let mut file = TableFile::new(out, about, columns())?;
    let series = benchmarks.iter().flat_map(|(series, judged)| series.iter().zip(&judged.series));
    for ((one, judged), env) in series.zip(&envs) {
        for (point, place) in one.points.iter().zip(0..) {
            let begun = |at: usize| at as u64 <= place;
            let regime = judged.history.changes.iter().filter(|change| begun(change.at)).count() as u64;
            let verdict = judged.judgement.verdict;
            file.push(&Measured { key: &one.key, env, verdict, place, regime, point })?;
        }
    }
    file.finish()
}

fn object(fields: &[(String, String)]) -> String {
    let fields = fields.iter().map(|(name, value)| (name.clone(), Value::String(value.clone())));
    Value::Object(fields.collect::<Map<_, _>>()).to_string()
}
