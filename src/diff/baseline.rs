//! What a sweep wrote, read back as far as comparing needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Seek};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use thiserror::Error;

use super::answer::{AnswerError, AnswerFiles};
use super::change::Comparison;
use super::lacking::read_ledger;
use super::row::{Run, Scenario};
use crate::analysis::TimeWindow;
use crate::file_names;
use crate::fingerprints::Fingerprints;
use crate::incident::IncidentRow;
use crate::rows::each_row;
use crate::run_finding::{RunFinding, run_findings};
use crate::sweep::Words;
use crate::text::run_ranges::RunRanges;

const INCIDENTS: &str = "relapse-incidents-v1";
const RECURRENCE: &str = "relapse-recurrence-v1";

/// Why the output of a sweep cannot be compared with another.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// Files that cannot be read, or do not belong together.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A file that is not what a sweep writes.
    #[error("failed to read `{}` as a sweep's output", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// A file of another schema.
    #[error("failed to read `{}`: unknown schema_version {found}, known: `{known}`", path.display())]
    Schema {
        /// The file.
        path: PathBuf,
        /// What it says it is, as JSON.
        found: String,
        /// What is read.
        known: &'static str,
    },
    /// A file from before runs were written.
    #[error(
        "failed to read `{}`: it has no `{field}`, since an earlier version wrote it; sweep the logs again with this one",
        path.display()
    )]
    Outdated {
        /// The file.
        path: PathBuf,
        /// The field that is missing.
        field: &'static str,
    },
    /// A sweep that came to nothing.
    #[error("failed to use the sweep in `{}`, which came to nothing: {why}", folder.display())]
    Nothing {
        /// The folder.
        folder: PathBuf,
        /// What it says itself.
        why: String,
    },
    /// Files that contradict themselves or each other.
    #[error("failed to read the sweep in `{}`: {what}", folder.display())]
    Inconsistent {
        /// The folder.
        folder: PathBuf,
        /// What does not fit.
        what: String,
    },
}

/// What a sweep found, as far as comparing needs it: plain data, read from a folder with [`Output::read`] or built from
/// a sweep in memory.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// Name of the taxonomy.
    pub taxonomy: String,
    /// Only this packet's records were counted.
    pub packet_filter: Option<String>,
    /// Only records of these times were.
    pub window: Option<TimeWindow>,
    /// The runs, as `recurrence.json` lists them.
    pub runs: Vec<Run>,
    /// Incidents.
    pub incidents: Vec<IncidentRow>,
    /// Scenarios that are listed; one on several branches stands once for each.
    pub scenarios: Vec<Scenario>,
    /// Scenarios that never failed and are not listed, by their number.
    pub unlisted: u64,
    /// Scenarios that never failed; none where an earlier version wrote the output.
    pub never_failed: Fingerprints,
    /// How it differs from the baseline that it was made with, if any.
    pub comparison: Option<Comparison>,
    /// Ids of the runs in which a large part of everything failed.
    pub mass_failure_runs: Vec<String>,
    /// The odds at which its outages are proven, where other than usual.
    pub relapse_odds: Option<f64>,
    /// What each profile took the words of outcomes for; empty where that is not known.
    pub words: Words,
    /// What it could not read, or does not know the meaning of, in words ([`lacking`](fn@super::lacking)); `None` where that is nothing.
    pub lacking: Option<String>,
}

#[derive(Deserialize)]
struct IncidentDocument {
    schema_version: String,
    #[serde(default)]
    nothing: Option<String>,
    taxonomy: String,
    packet_filter: Option<String>,
    #[serde(default)]
    window: Option<TimeWindow>,
    incidents: Vec<IncidentRow>,
    /// One of another schema is none that could be shown again.
    #[serde(default)]
    comparison: Option<Value>,
}

#[derive(Deserialize)]
struct RecurrenceDocument {
    schema_version: String,
    summary: VerdictCounts,
    runs: Vec<Run>,
    scenarios: Vec<Scenario>,
    #[serde(default)]
    never_failed: Fingerprints,
}

#[derive(Deserialize)]
struct VerdictCounts {
    by_verdict: BTreeMap<String, u64>,
    #[serde(default)]
    mass_failure_runs: Vec<String>,
    #[serde(default)]
    relapse_odds: Option<f64>,
}

/// What any document of ours has.
#[derive(Deserialize)]
struct Head {
    schema_version: Option<Value>,
}

/// Rows of a document that did not fit.
#[derive(Deserialize)]
struct FailedInRows {
    incidents: Vec<FailedInRow>,
}

#[derive(Deserialize)]
struct FailedInRow {
    failed_in: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct ScenarioRows {
    scenarios: Vec<ScenarioRow>,
}

#[derive(Deserialize)]
struct ScenarioRow {
    ran_in: Option<IgnoredAny>,
}

impl Output {
    /// Reads what a sweep wrote into a folder with `--out`.
    ///
    /// # Errors
    /// When a file cannot be read, is of another schema or version, or does not fit the other one.
    pub fn read(folder: &Path) -> Result<Self, BaselineError> {
        let files = AnswerFiles::open(folder)?;
        let incidents = Document { path: folder.join(file_names::INCIDENTS), file: files.file(file_names::INCIDENTS)? };
        let recurrence =
            Document { path: folder.join(file_names::RECURRENCE), file: files.file(file_names::RECURRENCE)? };
        let rows = incidents.by_rows("incidents", |it: &mut IncidentDocument| &mut it.incidents);
        let incidents = match rows.filter(|it| it.schema_version == INCIDENTS) {
            Some(rows) => rows,
            None => incidents.read(INCIDENTS, |it: &IncidentDocument| &it.schema_version)?,
        };
        if let Some(why) = incidents.nothing {
            return Err(BaselineError::Nothing { folder: folder.to_owned(), why });
        }
        let rows = recurrence.by_rows("scenarios", |it: &mut RecurrenceDocument| &mut it.scenarios);
        let recurrence = match rows.filter(|it| it.schema_version == RECURRENCE) {
            Some(rows) => rows,
            None => recurrence.read(RECURRENCE, |it: &RecurrenceDocument| &it.schema_version)?,
        };
        let all = recurrence.summary.by_verdict.values().fold(0, |sum: u64, &number| sum.saturating_add(number));
        let (words, lacking) = read_ledger(&files);
        let output = Self {
            words,
            taxonomy: incidents.taxonomy,
            packet_filter: incidents.packet_filter,
            window: incidents.window,
            runs: recurrence.runs,
            incidents: incidents.incidents,
            comparison: incidents.comparison.and_then(Comparison::of),
            unlisted: all.saturating_sub(recurrence.scenarios.len() as u64),
            scenarios: recurrence.scenarios,
            never_failed: recurrence.never_failed,
            mass_failure_runs: recurrence.summary.mass_failure_runs,
            relapse_odds: recurrence.summary.relapse_odds,
            lacking,
        };
        match output.fault() {
            Some(what) => Err(BaselineError::Inconsistent { folder: folder.to_owned(), what }),
            None => Ok(output),
        }
    }

    /// What failed only where a large part of everything failed.
    #[must_use]
    pub fn run_findings(&self) -> Vec<RunFinding> {
        run_findings(&self.incidents, self.runs.iter().map(|run| run.id.as_str()), &self.mass_failure_runs)
    }

    /// What does not fit together, if anything: an output of which this is `None` is one of a single sweep, as far as
    /// can be told.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let mut ids = BTreeSet::new();
        if let Some(twice) = self.runs.iter().find(|run| !ids.insert(&run.id)) {
            return Some(format!("run `{}` is listed twice", twice.id));
        }
        let mut ids = BTreeSet::new();
        if let Some(twice) = self.incidents.iter().find(|incident| !ids.insert(&incident.incident_id)) {
            return Some(format!("incident `{}` is listed twice", twice.incident_id));
        }
        let runs = self.runs.len() as u64;
        let beyond = |set: &RunRanges| set.last().is_some_and(|last| u64::from(last) >= runs);
        if let Some(row) = self.scenarios.iter().find(|row| beyond(&row.ran_in)) {
            return Some(format!("scenario `{}` ran in `{}`, of {runs} runs", row.scenario_id, row.ran_in));
        }
        if let Some(row) = self.incidents.iter().find(|row| beyond(&row.failed_in)) {
            return Some(format!("incident `{}` failed in `{}`, of {runs} runs", row.incident_id, row.failed_in));
        }
        let differ = |id: &str| {
            Some(format!("incident `{id}` is not as in recurrence.json: the two files are of different sweeps"))
        };
        if let Some(other) = self.incidents.iter().find(|incident| !self.fits(incident)) {
            return differ(&other.incident_id);
        }
        let mut judged: BTreeMap<&str, &RunRanges> = BTreeMap::new();
        for incident in self.incidents.iter().filter(|incident| incident.verdict.is_some()) {
            judged.insert(&incident.incident_id, &incident.failed_in);
        }
        let mut seen = BTreeSet::new();
        for row in &self.scenarios {
            for signature in &row.signatures {
                let failed_in = judged.get(signature.incident_id.as_str());
                if failed_in.is_none_or(|failed_in| failed_in.shared(&row.ran_in) != signature.failed_runs) {
                    return differ(&signature.incident_id);
                }
                seen.insert(signature.incident_id.as_str());
            }
        }
        judged.keys().find(|id| !seen.contains(*id)).and_then(|id| differ(id))
    }

    /// Whether an incident's runs are those that it names itself. Some may be missing: of branches that were not judged.
    fn fits(&self, incident: &IncidentRow) -> bool {
        let holds = |id: &str| incident.failed_in.iter().any(|run| self.runs[run as usize].id == id);
        let listed = incident.failed_in.len();
        listed < incident.runs_failed
            || listed == incident.runs_failed && holds(&incident.first_run) && holds(&incident.last_run)
    }
}

/// A file on its way into a document.
struct Document<'f> {
    path: PathBuf,
    file: &'f File,
}

impl Document<'_> {
    /// Parses it row by row, several times as fast as a whole document while it is read; what stops it is told by
    /// [`Self::read`].
    fn by_rows<T: DeserializeOwned, R: DeserializeOwned>(
        &self,
        name: &str,
        rows_of: fn(&mut T) -> &mut Vec<R>,
    ) -> Option<T> {
        let mut file = self.file;
        file.rewind().ok()?;
        let mut rows = Vec::new();
        let rest = each_row(file, name, |row| -> io::Result<()> {
            rows.push(serde_json::from_slice(row)?);
            Ok(())
        });
        let mut document: T = serde_json::from_slice(&rest.ok()?).ok()?;
        rows_of(&mut document).append(&mut rows);
        Some(document)
    }

    /// Reads a document of a known schema.
    fn read<T: DeserializeOwned>(&self, known: &'static str, schema: fn(&T) -> &String) -> Result<T, BaselineError> {
        let other = |found: String| BaselineError::Schema { path: self.path.clone(), found, known };
        let source = match self.parse::<T>()? {
            Ok(document) if schema(&document) == known => return Ok(document),
            Ok(document) => return Err(other(format!("`{}`", schema(&document)))),
            Err(source) => source,
        };
        // Why it does not fit is told by a second look, which asks for less.
        if let Ok(head) = self.parse::<Head>()? {
            match &head.schema_version {
                Some(Value::String(schema)) if schema == known => {}
                Some(Value::String(schema)) => return Err(other(format!("`{schema}`"))),
                Some(value) => return Err(other(format!("`{value}`"))),
                None => return Err(other("none".to_owned())),
            }
            let has_no_runs = |it: FailedInRows| it.incidents.iter().any(|row| row.failed_in.is_none());
            let ran_nowhere = |it: ScenarioRows| it.scenarios.iter().any(|row| row.ran_in.is_none());
            let (field, is_missing) = match known {
                INCIDENTS => ("failed_in", self.parse()?.is_ok_and(has_no_runs)),
                _ => ("ran_in", self.parse()?.is_ok_and(ran_nowhere)),
            };
            if is_missing {
                return Err(BaselineError::Outdated { path: self.path.clone(), field });
            }
        }
        Err(BaselineError::Malformed { path: self.path.clone(), source })
    }

    /// Parses the file while it is read, from its start; the inner error is the text's, the outer one the file's.
    fn parse<T: DeserializeOwned>(&self) -> Result<Result<T, serde_json::Error>, BaselineError> {
        let unreadable = |source| AnswerError::Unreadable { path: self.path.clone(), source };
        let mut file = self.file;
        file.rewind().map_err(unreadable)?;
        match serde_json::from_reader(BufReader::with_capacity(1 << 18, file)) {
            Err(error) if error.is_io() => Err(unreadable(error.into()).into()),
            parsed => Ok(parsed),
        }
    }
}
