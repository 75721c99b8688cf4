//! A sweep a week, each beside the last one's output.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use relapse::{Options, Output, Silent, Sweep};

use super::profile::profile_with_revision;
use super::suite::Suite;
use super::table::Table;

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Scenarios of each world.
    pub(crate) scale: usize,
    /// Runs a week.
    pub(crate) runs: usize,
    /// Weeks that are kept.
    pub(crate) kept: usize,
    /// Sweeps.
    pub(crate) weeks: usize,
    /// Whether records name revisions.
    pub(crate) revisions: bool,
    /// Archives of a run.
    pub(crate) shards: usize,
}

/// Sweeps a year and counts what it says.
pub(crate) fn year(size: Size, year: u64, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let Size { scale, runs: week, kept, weeks, revisions, shards } = size;
    let before = kept * week;
    let suite = Suite::new(scale, before + (weeks - 1) * week, before, week, year, revisions);
    let folder = tempfile::tempdir()?;
    let (logs, state) = (folder.path().join("logs"), folder.path().join("state"));
    fs::create_dir(&logs)?;
    let profile = folder.path().join("profile.toml");
    fs::write(&profile, profile_with_revision())?;
    let archive = |run: usize, shard: usize| logs.join(format!("{}/shard-{shard}.jsonl", Suite::run_name(run)));
    let mut written = 0;
    for sweep in 0..weeks {
        let now = before + sweep * week;
        for run in written..now {
            fs::create_dir(logs.join(Suite::run_name(run)))?;
            for (shard, lines) in suite.lines(run, year, shards).iter().enumerate().filter(|(_, it)| !it.is_empty()) {
                fs::write(archive(run, shard), lines)?;
            }
        }
        written = now;
        for run in (now - before).saturating_sub(week)..now - before {
            fs::remove_dir_all(logs.join(Suite::run_name(run)))?;
        }
        let mut builder = Sweep::builder().input(logs.to_string_lossy()).keep_clean(true);
        builder = builder.from_path(Some(r"(?<run>run-\d+)".to_owned()));
        if revisions {
            builder = builder.profiles([profile.to_string_lossy().into_owned()]);
        }
        let found = builder.build()?.run(&Silent)?;
        let (analysis, comparison) = if sweep == 0 {
            (found.analyse(&Options::default())?, None)
        } else {
            found.analyse_since(&Options::default(), &Output::read(&state)?)?
        };
        let rows: BTreeMap<&str, _> =
            analysis.recurrence.scenarios.iter().map(|row| (row.scenario_id.as_str(), row)).collect();
        for (at, scenario) in suite.scenarios.iter().enumerate() {
            let name = scenario.name();
            table.judged((year, at), scenario, rows.get(name.as_str()).copied(), now, week);
        }
        table.sweeps += 1;
        if let Some(comparison) = &comparison {
            table.compared += 1;
            let scenarios: BTreeMap<String, _> = suite.scenarios.iter().map(|it| (it.name(), it)).collect();
            for change in &comparison.changes {
                if let Some(scenario) = scenarios.get(&change.scenario_id) {
                    table.announced(scenario, change, now - week..now);
                }
            }
        }
        analysis.write_to(&state)?;
    }
    Ok(())
}
