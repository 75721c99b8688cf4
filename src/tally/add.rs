//! Counting records one by one.

use super::batch::Batch;
use super::cell::{CellKey, What};
use super::incident::{At, First, Incident, Place};
use super::run::Facet;
use super::symbols::{Near, Symbol};
use super::tally::Tally;
use crate::record::{OutcomeKind, Record, Texts};

/// How a failing record was classified.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// Class.
    pub class: &'a str,
    /// What its taxonomy said of it, as the JSON text of a [`crate::taxonomy::Ruling`].
    pub ruling: &'a str,
    /// Rank of the severity, 0 the gravest.
    pub severity: u8,
    /// Whether the class is kept out of recurrence series.
    pub incident_only: bool,
}

impl Tally {
    /// Counts one record. `run` is the archive's run, for records that name none; `failure` is how it was classified,
    /// when it failed.
    pub fn add(&mut self, record: &Record<'_>, run: &str, at: At<'_>, failure: Option<Failure<'_>>) {
        let mut batch = Batch::default();
        self.add_to(&mut batch, record, Some(run), at, failure);
        batch.flush(self);
        self.fold();
    }

    /// Counts one record as [`Tally::add`] does, except that a pass may wait in `batch`, and then in the tally until it is
    /// folded, and that the archive's run need not have an id yet.
    pub fn add_to(
        &mut self,
        batch: &mut Batch,
        record: &Record<'_>,
        run: Option<&str>,
        at: At<'_>,
        failure: Option<Failure<'_>>,
    ) {
        let run = match record.run.or(run) {
            Some(id) => self.run(id),
            None => self.own_run(),
        };
        self.see_run(run, record);
        let texts = [record.packet, record.suite, record.scenario, record.mode];
        let env = record.env.map(|env| self.symbols.intern_near(env, &mut self.recent.env));
        if failure.is_none() && record.outcome == OutcomeKind::Pass {
            batch.put(self, texts, env, record.seed, run);
            return;
        }
        let scenario = self.scenarios.number(&mut self.symbols, texts);
        let cell = self.cell(CellKey::new(scenario, env, record.seed));
        if let Some(failure) = failure {
            let incident = self.fail(record, scenario, &failure);
            self.heap += self.outcome(cell, What::Failed(incident)).add(run, 1);
            self.see_first(incident, run, record, at, failure.ruling, env);
        } else {
            self.heap += self.outcome(cell, What::Excluded).add(run, 1);
        }
    }

    fn see_run(&mut self, run: u32, record: &Record<'_>) {
        let (symbols, recent) = (&mut self.symbols, &mut self.recent);
        let mut facet = |text: Option<&str>, recent: &mut Near| {
            text.map_or(Facet::Unknown, |text| Facet::One(symbols.intern_near(text, recent)))
        };
        let revision = facet(record.revision, &mut recent.revision);
        let branch = facet(record.branch, &mut recent.branch);
        let run = &mut self.runs[run as usize];
        run.records += 1;
        let before = run.clock.heap();
        run.clock.see(record.time);
        self.heap = self.heap + run.clock.heap() - before;
        run.revision = run.revision.join(revision);
        run.branch = run.branch.join(branch);
    }

    fn fail(&mut self, record: &Record<'_>, scenario: u32, failure: &Failure<'_>) -> u32 {
        let reason = self.symbols.intern(record.reason);
        let class = self.symbols.intern(failure.class);
        self.incident(Incident {
            scenario,
            reason,
            class,
            severity: failure.severity,
            incident_only: failure.incident_only,
            occurrences: 1,
            last_seen_ms: record.time,
        })
    }

    fn see_first(
        &mut self,
        incident: u32,
        run: u32,
        record: &Record<'_>,
        at: At<'_>,
        ruling: &str,
        env: Option<Symbol>,
    ) {
        let known = self.first_index.get(&(incident, run)).copied();
        if let Some(number) = known
            && !self.is_before(record.time, at, &self.firsts[number as usize])
        {
            return;
        }
        let artifacts = match record.artifacts {
            Texts::None => None,
            texts => Some(self.symbols.intern(&json_array(texts))),
        };
        let first = First {
            incident,
            run,
            time_ms: record.time,
            place: Place { log: self.symbols.intern(at.log), part: at.part, line: at.line },
            ruling: self.symbols.intern(ruling),
            env,
            seed: record.seed,
            replay: record.replay.map(|replay| self.symbols.intern(replay)),
            artifacts,
            told: record.told().map(|told| self.symbols.intern(&told)),
        };
        self.keep_first(first);
    }
}

/// Strings as the text of a JSON array.
fn json_array(texts: Texts<'_>) -> String {
    let strings: Vec<&str> = texts.iter().collect();
    serde_json::to_string(&strings).unwrap_or_default()
}
