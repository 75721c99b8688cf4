//! `observations.parquet`: what the tally's cells hold, run by run.

use std::io::Write;

use parquet::errors::Result;

use super::column;
use super::file::{About, TableFile};
use crate::tally::{Cell, RunOrder, Tally, What, incident_id};

/// What a scenario did in a run with an environment and a seed.
struct Observation<'t> {
    run: &'t str,
    run_order: u64,
    scenario: [&'t str; 4],
    env: Option<&'t str>,
    seed: Option<u64>,
    outcome: &'static str,
    incident: Option<&'t str>,
    records: u64,
}

type Column<'r, 't> = column::Column<'r, Observation<'t>>;

fn columns<'r, 't: 'r>() -> Vec<Column<'r, 't>> {
    vec![
        Column::text("run", |row| row.run),
        Column::new("run_order", |row| row.run_order),
        Column::text("packet_id", |row| row.scenario[0]),
        Column::text("suite_id", |row| row.scenario[1]),
        Column::text("scenario_id", |row| row.scenario[2]),
        Column::text("mode", |row| row.scenario[3]),
        Column::text_or_null("env_fingerprint", |row| row.env),
        Column::new("seed", |row| row.seed),
        Column::text("outcome", |row| row.outcome),
        Column::text_or_null("incident_id", |row| row.incident),
        Column::new("records", |row| row.records),
    ]
}

/// Writes the observations by scenario, environment and seed, then in run order; one scenario's are in memory at a time.
pub(super) fn write(out: &mut (dyn Write + Send), about: About<'_>, tally: &Tally, order: &RunOrder) -> Result<()> {
    let incidents: Vec<String> = tally
        .incidents()
        .iter()
        .map(|incident| {
            let [packet, suite, scenario, mode] = tally.scenario_names(incident.scenario);
            incident_id([packet, suite, scenario, mode, tally.text(incident.reason), tally.text(incident.class)])
        })
        .collect();
    let mut file = TableFile::new(out, about, columns())?;
    let cells = tally.cells_by_scenario();
    // Numbers of scenarios follow the order of arrival; names do not.
    let mut scenarios: Vec<u32> = (0..cells.scenarios()).collect();
    scenarios.sort_unstable_by_key(|&scenario| tally.scenario_names(scenario));
    for scenario in scenarios {
        let level = |cell: &Cell| (cell.key.env().map(|env| tally.text(env)), cell.key.seed());
        let mut cells = cells.of(scenario).to_vec();
        cells.sort_unstable_by_key(|&cell| level(cell));
        for cell in cells {
            let (env, seed) = level(cell);
            for (position, outcome, incident, records) in done(tally, order, &incidents, cell) {
                let run = &tally.runs()[order.runs[position as usize] as usize];
                file.push(&Observation {
                    run: tally.text(run.id),
                    run_order: position.into(),
                    scenario: tally.scenario_names(scenario),
                    env,
                    seed,
                    outcome,
                    incident,
                    records: records.into(),
                })?;
            }
        }
    }
    file.finish()
}

/// What a cell did: in which run by its position, with which outcome and incident, how often. In run order.
fn done<'i>(
    tally: &Tally,
    order: &RunOrder,
    incidents: &'i [String],
    cell: &Cell,
) -> Vec<(u32, &'static str, Option<&'i str>, u32)> {
    let place = |run: u32| order.position[run as usize];
    let mut done: Vec<_> = cell.passed.iter().map(|(run, records)| (place(run), "passed", None, records)).collect();
    for outcome in tally.outcomes(cell) {
        let (word, incident) = match outcome.what {
            What::Failed(incident) => ("failed", Some(incidents[incident as usize].as_str())),
            What::Excluded => ("excluded", None),
        };
        done.extend(outcome.runs.iter().map(|(run, records)| (place(run), word, incident, records)));
    }
    done.sort_unstable();
    done
}
