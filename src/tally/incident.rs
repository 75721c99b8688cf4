//! Incidents: the same failure of the same scenario, whenever it happened.

use super::symbols::Symbol;
#[cfg(doc)]
use crate::record::Record;
#[cfg(doc)]
use crate::taxonomy::Ruling;

/// Offset basis of 64-bit FNV-1a.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
/// Prime of 64-bit FNV-1a.
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// The fixed id of an incident: `triage64:` and 16 hexadecimal digits of 64-bit FNV-1a (Fowler, Noll and Vo) over
/// the parts, each followed by one step with `0xff`. Parts: packet, suite, scenario, mode, reason, class.
#[must_use]
pub fn incident_id(parts: [&str; 6]) -> String {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
    let hash = parts.iter().fold(FNV_OFFSET, |hash, part| step(part.bytes().fold(hash, step), 0xff));
    format!("triage64:{hash:016x}")
}

/// An incident of a tally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Number of the scenario.
    pub scenario: u32,
    /// Reason of the failure.
    pub reason: Symbol,
    /// Class of the failure.
    pub class: Symbol,
    /// Rank of the severity, 0 the gravest; the gravest that any of its records had.
    pub severity: u8,
    /// Whether its class is kept out of recurrence series.
    pub incident_only: bool,
    /// Failing records.
    pub occurrences: u64,
    /// Greatest record time, in milliseconds since 1970.
    pub last_seen_ms: i64,
}

/// Where a record stands, as its reader says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At<'a> {
    /// Archive's relative path.
    pub log: &'a str,
    /// Part of the archive in which `line` counts.
    pub part: u64,
    /// Line, from 0 in its part.
    pub line: u64,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Archive's relative path.
    pub log: Symbol,
    /// Part of the archive in which `line` counts; 0 once the line counts from the archive's start.
    pub part: u64,
    /// Line, from 1 in the archive, from 0 in a part.
    pub line: u64,
}

/// The first record of an incident in one run, by (record time, relative path, line).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct First {
    /// Number of the incident.
    pub incident: u32,
    /// Number of the run.
    pub run: u32,
    /// Record time in milliseconds since 1970.
    pub time_ms: i64,
    /// Where it stands.
    pub place: Place,
    /// What its taxonomy said of it, as the JSON text of a [`Ruling`].
    pub ruling: Symbol,
    /// Environment.
    pub env: Option<Symbol>,
    /// Seed.
    pub seed: Option<u64>,
    /// Command that runs it again.
    pub replay: Option<Symbol>,
    /// Its artifacts, as the text of a JSON array; `None` where the log carries none.
    pub artifacts: Option<Symbol>,
    /// What else its line tells, as the text of a JSON object by role; see [`Record::told`].
    pub told: Option<Symbol>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_fnv_with_a_separator_behind_each_part() {
        // Worked by hand: six empty parts are six steps with 0xff.
        let mut hash = FNV_OFFSET;
        for _ in 0..6 {
            hash = (hash ^ 0xff).wrapping_mul(FNV_PRIME);
        }
        assert_eq!(incident_id([""; 6]), format!("triage64:{hash:016x}"));
        assert_ne!(incident_id(["a", "b", "", "", "", ""]), incident_id(["ab", "", "", "", "", ""]));
    }
}
