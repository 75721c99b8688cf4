//! Everything that ends a command early.

use thiserror::Error;

use super::exit::ExitStatus;
use super::output::OutputError;
use relapse::analysis::AnalysisError;
use relapse::archive::RunFromError;
use relapse::backtest::TooShort;
use relapse::check::UnknownBase;
use relapse::definition::{CatalogError, DefinitionError};
use relapse::diff::BaselineError;
use relapse::files::WriteError;
use relapse::gate::StartError;
use relapse::gate::reliability::ReliabilityError;
use relapse::inspect::InspectError;
use relapse::pack::PackError;
use relapse::replay::CommandError;
use relapse::report::{ExplainError, WeeklyError};
use relapse::store::{MergeError, StoreError};
use relapse::sweep::{BoundError, BuildError, SweepError, TriageError};
use relapse::ticket::{Outdated, UnknownId};

#[derive(Debug, Error)]
pub(super) enum CliError {
    #[error(transparent)]
    Sweep(#[from] SweepError),
    #[error(transparent)]
    Triage(#[from] TriageError),
    #[error(transparent)]
    Inspect(#[from] InspectError),
    #[error(transparent)]
    Pack(#[from] PackError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    RunFrom(#[from] RunFromError),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    #[error(transparent)]
    Bound(#[from] BoundError),
    #[error(transparent)]
    Output(#[from] OutputError),
    #[error(transparent)]
    Explain(#[from] ExplainError),
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    #[error(transparent)]
    Base(#[from] UnknownBase),
    #[error(transparent)]
    TooShort(#[from] TooShort),
    #[error(transparent)]
    Weekly(#[from] WeeklyError),
    #[error("no CI server is known by its variables, and {1} says nothing without one; known: {0}")]
    NoServer(String, &'static str),
    #[error("failed to read `{path}`")]
    Unreadable { path: String, source: std::io::Error },
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    #[error(transparent)]
    UnknownId(#[from] UnknownId),
    #[error(transparent)]
    OutdatedOutput(#[from] Outdated),
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error(
        "nothing was run: the command comes from a log; say --yes, or --allow with its first words, here or under [replay] of relapse.toml"
    )]
    NotTold,
    #[error("failed to be told of interruptions")]
    Signals(#[source] ctrlc::Error),
    #[error("failed to start a thread: raise the limit of processes (ulimit -u), or end others")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    #[error("failed to read the pattern of --branch")]
    Branch(#[from] globset::Error),
    #[error("{0}")]
    Usage(String),
    #[error("nothing could be read: {0}")]
    NothingRead(String),
    #[error(transparent)]
    Reliability(#[from] ReliabilityError),
    /// Every fault below its line, ready for a terminal.
    #[error("failed to read the policy")]
    Faulty(String),
    #[error("failed to judge, since input was lost ({0}): repair it, or judge the rest with --allow-loss")]
    LossInGate(String),
    #[error("failed to find the run `{0}` of --candidate: no benchmark was measured in it")]
    NoCandidate(String),
    #[error("failed to write JUnit XML")]
    Junit(#[from] quick_junit::SerializeError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error("failed to look after the store `{path}`")]
    Upkeep { path: String, source: std::io::Error },
}

impl From<WriteError> for CliError {
    fn from(error: WriteError) -> Self {
        Self::Output(error.into())
    }
}

impl From<serde_json::Error> for CliError {
    fn from(error: serde_json::Error) -> Self {
        Self::Output(error.into())
    }
}

impl CliError {
    pub(super) fn status(&self) -> ExitStatus {
        match self {
            Self::Sweep(_)
            | Self::Triage(_)
            | Self::Inspect(_)
            | Self::Pack(_)
            | Self::Catalog(_)
            | Self::RunFrom(_)
            | Self::Build(_)
            | Self::Analysis(_)
            | Self::Bound(_)
            | Self::Output(_)
            | Self::Explain(_)
            | Self::Baseline(_)
            | Self::Base(_)
            | Self::TooShort(_)
            | Self::Weekly(_)
            | Self::Unreadable { .. }
            | Self::Definition(_)
            | Self::UnknownId(_)
            | Self::OutdatedOutput(_)
            | Self::Command(_)
            | Self::NotTold
            | Self::NoServer(..)
            | Self::Signals(_)
            | Self::Threads(_)
            | Self::Branch(_)
            | Self::Usage(_)
            | Self::NothingRead(_)
            | Self::Reliability(_)
            | Self::Faulty(_)
            | Self::LossInGate(_)
            | Self::Junit(_)
            | Self::NoCandidate(_)
            | Self::Start(_)
            | Self::Store(_)
            | Self::Merge(_)
            | Self::Upkeep { .. } => ExitStatus::Unusable,
        }
    }
}
