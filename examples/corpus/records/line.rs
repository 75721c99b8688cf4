//! One line: the thirteen required fields in their order, then whatever a family adds.

use std::fmt::Display;
use std::io::Write;

/// The required fields. Texts are written between quotes as they are: they hold no character that
/// JSON escapes, or hold it escaped.
#[derive(Clone, Debug)]
pub(crate) struct Head<'a> {
    /// `ts_unix_ms`.
    pub(crate) ts_unix_ms: u64,
    /// `suite_id`.
    pub(crate) suite: &'a str,
    /// `scenario_id`.
    pub(crate) scenario: &'a str,
    /// `fixture_id`.
    pub(crate) fixture: &'a str,
    /// `packet_id`.
    pub(crate) packet: &'a str,
    /// `mode`.
    pub(crate) mode: &'a str,
    /// `seed`.
    pub(crate) seed: u64,
    /// `env_fingerprint`.
    pub(crate) env: &'a str,
    /// `artifact_refs`, JSON.
    pub(crate) artifacts: &'a str,
    /// `replay_command`.
    pub(crate) replay: &'a str,
    /// `outcome`.
    pub(crate) outcome: &'a str,
    /// `reason_code`.
    pub(crate) reason: &'a str,
}

/// A line being written at the end of a buffer.
pub(crate) struct Line<'a>(&'a mut Vec<u8>);

impl<'a> Line<'a> {
    /// Begins a line with its required fields.
    pub(crate) fn begin(out: &'a mut Vec<u8>, head: &Head<'_>) -> Self {
        out.extend_from_slice(b"{\"schema_version\":\"ft-conformance-log-v1\"");
        let mut line = Self(out);
        line.raw("ts_unix_ms", head.ts_unix_ms);
        line.text("suite_id", head.suite);
        line.text("scenario_id", head.scenario);
        line.text("fixture_id", head.fixture);
        line.text("packet_id", head.packet);
        line.text("mode", head.mode);
        line.raw("seed", head.seed);
        line.text("env_fingerprint", head.env);
        line.raw("artifact_refs", head.artifacts);
        line.text("replay_command", head.replay);
        line.text("outcome", head.outcome);
        line.text("reason_code", head.reason);
        line
    }

    /// Adds a field with a string, written as it is.
    pub(crate) fn text(&mut self, key: &str, value: impl Display) {
        self.key(key);
        self.put(format_args!("\"{value}\""));
    }

    /// Adds a field with a value that is JSON already.
    pub(crate) fn raw(&mut self, key: &str, value: impl Display) {
        self.key(key);
        self.put(value);
    }

    /// Ends the line.
    pub(crate) fn end(self) {
        self.0.extend_from_slice(b"}\n");
    }

    fn key(&mut self, key: &str) {
        self.0.extend_from_slice(b",\"");
        self.0.extend_from_slice(key.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn put(&mut self, value: impl Display) {
        write!(self.0, "{value}").expect("writing into a vector does not fail");
    }
}
