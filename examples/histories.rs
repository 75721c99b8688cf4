//! Prints every history of a sweep, one a line: packet, suite, scenario, mode, environment, seed, records, failures,
//! divided by tabs. What other tools make of the same archives can be compared with it line by line.
//!
//! ```text
//! cargo run --release --example histories -- PATH...
//! ```

use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;

use relapse::record::Profiles;
use relapse::sweep::{Silent, Sweep};
use relapse::tally::{Tally, What};
use relapse::taxonomy::Taxonomy;

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: failed to print the histories: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(paths: Vec<String>) -> Result<(), Box<dyn std::error::Error>> {
    let mut sweep = Sweep::new(paths, Profiles::builtin(), Taxonomy::CATALOG.resolve("crash-triage-v1")?);
    sweep.keep_clean = true;
    let outcome = sweep.run(&Silent)?;
    Ok(print(&outcome.tally, &mut BufWriter::new(stdout().lock()))?)
}

fn print(tally: &Tally, out: &mut impl Write) -> std::io::Result<()> {
    for cell in tally.cells() {
        let (mut failed, mut records) = (0, cell.passed.total());
        for outcome in tally.outcomes(cell) {
            let total = outcome.runs.total();
            records += total;
            failed += if matches!(outcome.what, What::Failed(_)) { total } else { 0 };
        }
        let [packet, suite, scenario, mode] = tally.scenario_names(cell.key.scenario);
        let env = cell.key.env().map_or("", |env| tally.text(env));
        let seed = cell.key.seed().map_or_else(String::new, |seed| seed.to_string());
        writeln!(out, "{packet}\t{suite}\t{scenario}\t{mode}\t{env}\t{seed}\t{records}\t{failed}")?;
    }
    out.flush()
}
