//! One attempt of one test, whatever format told of it.

use std::borrow::Cow;

use crate::words::words;

words! {
    /// How an attempt ended, in the words of the profile `tests`.
    #[derive(Default)]
    Ending {
        /// It passed; an expected failure did too.
        #[default]
        Passed => "passed",
        /// An assertion, or whatever the test itself raised.
        Failed => "failed",
        /// Its process died, or it panicked.
        Crashed => "crashed",
        /// It took too long.
        TimedOut => "timed_out",
        /// What it needs before or behind itself failed: a fixture, a hook.
        SetupFailed => "setup_failed",
        /// It was never built, loaded or collected.
        BuildFailed => "build_failed",
        /// Whatever ran it failed, not the test.
        Infrastructure => "infrastructure",
        /// It says nothing about the test: skipped, cached, disabled, not run.
        Skipped => "skipped",
    }
}

impl Ending {
    /// Whether it is a failure of whatever kind.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        !matches!(self, Self::Passed | Self::Skipped)
    }
}

/// One attempt of one test. Texts are empty, and numbers `None`, where the format does not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attempt<'a> {
    /// Line of the text on which it begins, from 1.
    pub line: u64,
    /// Milliseconds since 1970.
    pub time_ms: Option<i64>,
    /// The top unit: module, project.
    pub packet: Cow<'a, str>,
    /// The package, file, class or target.
    pub suite: Cow<'a, str>,
    /// The test's full name, as a person would call it.
    pub scenario: Cow<'a, str>,
    /// The variant: the project, never the shard; parameters stay in the name.
    pub mode: Cow<'a, str>,
    /// The run, where the text itself says so.
    pub run: Cow<'a, str>,
    /// The branch that was tested.
    pub branch: Cow<'a, str>,
    /// The revision that was tested.
    pub revision: Cow<'a, str>,
    /// The environment: platform, configuration.
    pub env: Cow<'a, str>,
    /// The seed of its random numbers.
    pub seed: Option<u64>,
    /// Which attempt of its run it was, from 1.
    pub attempt: Option<u64>,
    /// How it ended.
    pub ending: Ending,
    /// The whole message of its failure, with its stack.
    pub message: Cow<'a, str>,
    /// The part of it that tells what failed, where the format says which.
    pub telling: Cow<'a, str>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<f64>,
    /// The source file of the test.
    pub file: Cow<'a, str>,
    /// The page of the run.
    pub url: Cow<'a, str>,
    /// The command that runs this one test again, quoted for a POSIX shell.
    pub replay: Cow<'a, str>,
    /// Files that tell more.
    pub artifacts: Vec<Cow<'a, str>>,
}

impl Attempt<'_> {
    /// The same with texts of its own.
    #[must_use]
    pub fn to_static(&self) -> Attempt<'static> {
        let own = |text: &Cow<'_, str>| Cow::Owned(text.to_string());
        Attempt {
            line: self.line,
            time_ms: self.time_ms,
            packet: own(&self.packet),
            suite: own(&self.suite),
            scenario: own(&self.scenario),
            mode: own(&self.mode),
            run: own(&self.run),
            branch: own(&self.branch),
            revision: own(&self.revision),
            env: own(&self.env),
            seed: self.seed,
            attempt: self.attempt,
            ending: self.ending,
            message: own(&self.message),
            telling: own(&self.telling),
            duration_ms: self.duration_ms,
            file: own(&self.file),
            url: own(&self.url),
            replay: own(&self.replay),
            artifacts: self.artifacts.iter().map(own).collect(),
        }
    }
}
