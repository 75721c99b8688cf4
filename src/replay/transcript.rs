//! What was run and what came of it: the evidence that an incident may be closed.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::attempt::Attempt;
use super::capture::Kept;
use super::command::Command;
use super::proof::Proof;
use crate::text::markdown::{code, command, ends};
use crate::text::terminal::plural;

/// A replay, `relapse-replay-v1`; displayed as Markdown.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Transcript {
    /// `relapse-replay-v1`.
    pub schema_version: &'static str,
    /// Version of the program.
    pub program_version: &'static str,
    /// The incident.
    pub incident_id: String,
    /// Its scenario.
    pub scenario_id: String,
    /// Its reason.
    pub reason_code: String,
    /// Seed of its first record.
    pub seed: Option<u64>,
    /// Environment of its first record.
    pub env_fingerprint: Option<String>,
    /// What was run.
    pub command: Command,
    /// Working folder.
    pub dir: String,
    /// Variables that were inherited, by number: their values may be secret.
    pub inherited_variables: u64,
    /// RFC 3339 time of the start.
    pub started_at: String,
    /// Runs asked for.
    pub times: u64,
    /// Time limit of each, in milliseconds.
    pub timeout_ms: u64,
    /// The runs, in order.
    pub attempts: Vec<Attempt>,
    /// What they prove.
    pub proof: Proof,
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Replay of `{}`\n", self.incident_id)?;
        writeln!(f, "- scenario: {}", code(&self.scenario_id))?;
        writeln!(f, "- reason: {}", code(&self.reason_code))?;
        let seed = self.seed.map_or_else(|| "none".to_owned(), |seed| seed.to_string());
        writeln!(f, "- seed and environment of the first record: {seed}, {}", self.env())?;
        writeln!(f, "- started: {}, by relapse {}", self.started_at, self.program_version)?;
        let reader = if self.command.shell { "read by `sh -c`" } else { "without a shell" };
        writeln!(f, "- command, {reader}:\n\n{}", command(&self.command.text))?;
        writeln!(f, "- working folder: {}", code(&self.dir))?;
        let set: Vec<String> =
            self.command.assignments.iter().map(|(name, value)| code(&format!("{name}={value}"))).collect();
        let set = if set.is_empty() { String::new() } else { format!(", and {}", set.join(", ")) };
        writeln!(f, "- environment: {} inherited{set}", plural(self.inherited_variables, "variable"))?;
        writeln!(f, "- time limit of a run: {:.1} s; its process group ends with it", self.timeout_ms as f64 / 1e3)?;
        writeln!(f, "\n**Proved**: {}.", self.proof.statement)?;
        for (at, attempt) in self.attempts.iter().enumerate() {
            writeln!(f, "\n## Run {} of {}\n", at + 1, self.times)?;
            writeln!(
                f,
                "{} after {:.3} s, {} bytes written.",
                attempt.ending,
                attempt.took().as_secs_f64(),
                attempt.output.bytes
            )?;
            if attempt.escaped {
                writeln!(f, "A process that left the group held its output open: it may still run.")?;
            }
            output(f, &attempt.output)?;
        }
        Ok(())
    }
}

impl Transcript {
    fn env(&self) -> String {
        self.env_fingerprint.as_deref().map_or_else(|| "none".to_owned(), code)
    }
}

fn output(f: &mut fmt::Formatter<'_>, kept: &Kept) -> fmt::Result {
    if kept.bytes == 0 {
        return Ok(());
    }
    if kept.omitted == 0 {
        return write!(f, "\n{}", ends(&format!("{}{}", kept.head, kept.tail)));
    }
    write!(f, "\n{}\n({} bytes left out)\n\n{}", ends(&kept.head), kept.omitted, ends(&kept.tail))
}
