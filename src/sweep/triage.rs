//! The strict, single-log reading that the `ft-crash-triage-v1` workflow defines.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use serde::Deserialize;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::archive::{Archive, Break, DamageKind, Entry, Pieces};
use crate::role::Role;
use crate::tally::incident_id;
use crate::taxonomy::{Classifier, Scratch, Severity};

/// One log to triage.
#[derive(Clone, Debug)]
pub struct Triage<'t> {
    /// The log.
    pub log: &'t Entry,
    /// Only this packet's records fail.
    pub packet: Option<&'t str>,
    /// Failure classes.
    pub classifier: &'t Classifier,
    /// Largest zstd window in bytes.
    pub max_window: u64,
}

/// What the records of a log came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TriageLog {
    /// All records, whatever their packet.
    pub total_entries: u64,
    /// Records of the packet, all of them where none is asked for.
    pub packet_entries: u64,
    /// Records of the packet that did not pass.
    pub failed_entries: u64,
    /// Failed records by class.
    pub class_counts: BTreeMap<String, u64>,
    /// The incidents, by severity, then id.
    pub incidents: Vec<TriageIncident>,
}

/// One incident; all but the last two fields are the first failing record's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriageIncident {
    /// See [`incident_id`].
    pub incident_id: String,
    /// Class.
    pub class: String,
    /// Severity.
    pub severity: Severity,
    /// Owner.
    pub owner_hint: String,
    /// The record's `packet_id`, `suite_id`, `scenario_id`, `mode` and `reason_code`.
    pub key: [String; 5],
    /// Command that runs it again.
    pub replay_command: String,
    /// Files that tell more.
    pub artifact_refs: Vec<String>,
    /// Seed.
    pub seed: u64,
    /// Environment.
    pub env_fingerprint: String,
    /// Failing records.
    pub occurrences: u64,
    /// Greatest record time in milliseconds since 1970.
    pub last_seen_unix_ms: u128,
}

/// Why a log cannot be triaged; nothing is written then.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TriageError {
    /// The log cannot be opened or read.
    #[error("failed to read `{log}`")]
    Unreadable {
        /// The log as given.
        log: String,
        /// What the system said.
        source: io::Error,
    },
    /// The container is damaged.
    #[error("failed to decode `{log}`: {damage:?} at byte {at}")]
    Damaged {
        /// The log.
        log: String,
        /// What is wrong.
        damage: DamageKind,
        /// Where, in the log's own bytes.
        at: u64,
    },
    /// It is all held at once, and it is too much.
    #[error("failed to read `{log}`: its text is longer than 1 GiB, which is held at once; sweep it")]
    TooLong {
        /// The log.
        log: String,
    },
    /// The text is not UTF-8.
    #[error("failed to read line {line} of `{log}`")]
    NotUtf8 {
        /// The log.
        log: String,
        /// Number of the line, from 1.
        line: usize,
        /// Where in the text.
        source: std::str::Utf8Error,
    },
    /// A line is no record.
    #[error("failed to parse line {line} of `{log}`")]
    BadLine {
        /// The log.
        log: String,
        /// Number of the line, from 1.
        line: usize,
        /// What the parser said.
        source: serde_json::Error,
    },
}

/// Text of a log that is held at once.
const MOST_TEXT: usize = 1 << 30;

const FIELDS: [&str; 13] = [
    "schema_version",
    "ts_unix_ms",
    "suite_id",
    "scenario_id",
    "fixture_id",
    "packet_id",
    "mode",
    "seed",
    "env_fingerprint",
    "artifact_refs",
    "replay_command",
    "outcome",
    "reason_code",
];

/// The thirteen fields of a record.
struct LogEntry {
    schema_version: String,
    ts_unix_ms: u128,
    suite_id: String,
    scenario_id: String,
    packet_id: String,
    mode: String,
    seed: u64,
    env_fingerprint: String,
    artifact_refs: Vec<String>,
    replay_command: String,
    outcome: String,
    reason_code: String,
}

impl Triage<'_> {
    /// Reads the log.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn run(&self) -> Result<TriageLog, TriageError> {
        let (text, damage) = self.text()?;
        let (text, not_text) = match std::str::from_utf8(&text) {
            Ok(text) => (text, None),
            Err(source) => (std::str::from_utf8(&text[..source.valid_up_to()]).unwrap_or_default(), Some(source)),
        };
        // The first fault ends it, so the whole lines before the text's own come first.
        let whole = match (&not_text, &damage) {
            (None, None) => text,
            _ => &text[..text.rfind('\n').map_or(0, |last| last + 1)],
        };
        let mut log = TriageLog::default();
        let mut incidents: BTreeMap<String, TriageIncident> = BTreeMap::new();
        let mut scratch = Scratch::default();
        for (number, line) in whole.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let entry = LogEntry::parse(line).map_err(|source| TriageError::BadLine {
                log: self.name(),
                line: number + 1,
                source,
            })?;
            log.total_entries += 1;
            if self.packet.is_some_and(|packet| packet != entry.packet_id) {
                continue;
            }
            log.packet_entries += 1;
            if entry.outcome == "pass" {
                continue;
            }
            log.failed_entries += 1;
            let assignment = self.classifier.classify(|role| entry.text(role), &mut scratch);
            let class = &self.classifier.class(assignment.class).name;
            *log.class_counts.entry(class.clone()).or_default() += 1;
            let id = incident_id([
                &entry.packet_id,
                &entry.suite_id,
                &entry.scenario_id,
                &entry.mode,
                &entry.reason_code,
                class,
            ]);
            let time = entry.ts_unix_ms;
            let incident = incidents.entry(id.clone()).or_insert_with(|| TriageIncident {
                incident_id: id,
                class: class.clone(),
                severity: assignment.severity,
                owner_hint: self.classifier.owner(assignment).to_owned(),
                key: [entry.packet_id, entry.suite_id, entry.scenario_id, entry.mode, entry.reason_code],
                replay_command: entry.replay_command,
                artifact_refs: entry.artifact_refs,
                seed: entry.seed,
                env_fingerprint: entry.env_fingerprint,
                occurrences: 0,
                last_seen_unix_ms: time,
            });
            incident.occurrences += 1;
            incident.last_seen_unix_ms = incident.last_seen_unix_ms.max(time);
        }
        if let Some(source) = not_text {
            let line = 1 + memchr::memchr_iter(b'\n', text.as_bytes()).count();
            return Err(TriageError::NotUtf8 { log: self.name(), line, source });
        }
        if let Some(damage) = damage {
            return Err(TriageError::Damaged { log: self.name(), damage: damage.kind, at: damage.at });
        }
        // By id already; sorting is stable.
        log.incidents = incidents.into_values().collect();
        log.incidents.sort_by_key(|incident| incident.severity.rank());
        Ok(log)
    }

    fn name(&self) -> String {
        self.log.path.as_ref().map_or_else(|| "-".into(), |path| path.display().to_string())
    }

    /// The decoded text up to the first damage.
    fn text(&self) -> Result<(Vec<u8>, Option<Break>), TriageError> {
        let archive = Archive::open(self.log, self.max_window)
            .map_err(|source| TriageError::Unreadable { log: self.name(), source })?;
        let mut text = Vec::new();
        let mut pieces = Pieces::of(&archive);
        while let Some(piece) = pieces.next_piece() {
            if text.len() + piece.text.len() > MOST_TEXT {
                return Err(TriageError::TooLong { log: self.name() });
            }
            text.extend_from_slice(piece.text);
            if piece.damage.is_some() {
                return Ok((text, piece.damage));
            }
        }
        Ok((text, None))
    }
}

impl LogEntry {
    /// Reads a line as the reference does, except that of a repeated key the last value counts. Each of the thirteen
    /// fields is read from its own text, by the rules of its type; the rest is checked by grammar only.
    fn parse(line: &str) -> Result<Self, serde_json::Error> {
        let mut parser = serde_json::Deserializer::from_str(line);
        let raw = parser.deserialize_map(RawFields)?;
        parser.end()?;
        field::<String>(&raw, 4)?; // fixture_id is required and not used
        Ok(Self {
            schema_version: field(&raw, 0)?,
            ts_unix_ms: field(&raw, 1)?,
            suite_id: field(&raw, 2)?,
            scenario_id: field(&raw, 3)?,
            packet_id: field(&raw, 5)?,
            mode: field(&raw, 6)?,
            seed: field(&raw, 7)?,
            env_fingerprint: field(&raw, 8)?,
            artifact_refs: field(&raw, 9)?,
            replay_command: field(&raw, 10)?,
            outcome: field(&raw, 11)?,
            reason_code: field(&raw, 12)?,
        })
    }

    fn text(&self, role: Role) -> Option<&str> {
        match role {
            Role::Schema => Some(&self.schema_version),
            Role::Suite => Some(&self.suite_id),
            Role::Scenario => Some(&self.scenario_id),
            Role::Packet => Some(&self.packet_id),
            Role::Mode => Some(&self.mode),
            Role::Env => Some(&self.env_fingerprint),
            Role::Replay => Some(&self.replay_command),
            Role::Outcome => Some(&self.outcome),
            Role::Reason => Some(&self.reason_code),
            _ => None,
        }
    }
}

/// Reads a field from its own text.
fn field<'a, T: Deserialize<'a>>(raw: &[Option<&'a RawValue>; 13], at: usize) -> Result<T, serde_json::Error> {
    let value = raw[at].ok_or_else(|| <serde_json::Error as serde::de::Error>::missing_field(FIELDS[at]))?;
    serde_json::from_str(value.get())
}

/// The texts of the thirteen fields, the last of each.
struct RawFields;

impl<'de> Visitor<'de> for RawFields {
    type Value = [Option<&'de RawValue>; 13];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a log record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut raw = [None; 13];
        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            match FIELDS.iter().position(|field| *field == key) {
                Some(at) => raw[at] = Some(map.next_value()?),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(raw)
    }
}
