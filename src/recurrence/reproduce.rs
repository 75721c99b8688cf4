//! How to see a failure again.

use schemars::JsonSchema;
use serde::Serialize;

use crate::taxonomy::CommandRow;

/// How to run a failure again.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Reproduce {
    /// The command.
    pub replay_command: Option<String>,
    /// The seed.
    pub seed: Option<u64>,
    /// The environment.
    pub env_fingerprint: Option<String>,
    /// Files that tell more.
    pub artifact_refs: Vec<String>,
    /// The run that it failed in.
    pub run: String,
    /// Commands by which a person sees it again, as the taxonomy has them for the scenario's incident; a report fills them
    /// in, since judging knows no taxonomy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<CommandRow>,
}

impl Reproduce {
    /// The command: the log's own, else the first of the taxonomy's.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        CommandRow::replay(self.replay_command.as_deref(), &self.commands)
    }
}
