//! Bazel's build event protocol as JSON (`--build_event_json_file`): an event a line.
//!
//! Recognised: the first JSON object of the text has `id`, an object with one member such as `started` or `progress`, and
//! mostly `children`.
//!
//! Source: <https://bazel.build/remote/bep>, and `src/main/java/com/google/devtools/build/lib/buildeventstream/proto/build_event_stream.proto`
//! of bazelbuild/bazel. It is proto3's JSON: 64-bit integers are strings, and defaults are left out.

mod event;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use memchr::memmem;

use super::attempt::{Attempt, Ending};
use super::attempts::Attempts;
use super::reader::{Events, Fault, Sink};
use super::scan::{self, Mended};
use super::shell::quote;
use event::{
    Aborted, BuildMetadata, Configuration, Event, Failing, Started, TestId, TestResult, TestSummary, WorkspaceStatus,
};

/// Configurations, labels and the like that are kept.
const KEPT: usize = if cfg!(test) { 1000 } else { 100_000 };
/// Bytes of a message that is kept for a target that does not build.
const MESSAGE: usize = 64 * 1024;

/// The reader.
#[derive(Default)]
pub(super) struct Bep {
    run: String,
    revision: String,
    branch: String,
    /// Mnemonics by the configuration's id, which is a hash of all flags.
    configurations: BTreeMap<String, String>,
    /// Why targets failed to build, by label.
    broken: BTreeMap<String, String>,
    /// Hashes of the labels that were told of.
    told: HashSet<u64>,
    attempts: Attempts,
    /// The last line, and whether the stream is known to end there.
    line: u64,
    is_ended: bool,
}

/// What a status means. Words to come say nothing.
fn ending(status: &str) -> Ending {
    match status {
        // A summary's word for a failed attempt and one that passed.
        "PASSED" | "FLAKY" => Ending::Passed,
        "FAILED" => Ending::Failed,
        "TIMEOUT" => Ending::TimedOut,
        "REMOTE_FAILURE" => Ending::Infrastructure,
        "FAILED_TO_BUILD" => Ending::BuildFailed,
        // INCOMPLETE, NO_STATUS (left out, as it is the default), TOOL_HALTED_BEFORE_TESTING.
        _ => Ending::Skipped,
    }
}

/// How an attempt ended.
fn ending_of(result: &TestResult) -> Ending {
    if result.is_cached { Ending::Skipped } else { ending(&result.status) }
}

fn hash(label: &str, configuration: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (label, configuration).hash(&mut hasher);
    hasher.finish()
}

/// The word by which an event's id tells its kind, if it stands where Bazel writes it.
fn kind(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"{\"id\":{\"")?;
    rest.get(..memchr::memchr(b'"', rest)?)
}

impl Events for Bep {
    fn line(&mut self, line: &[u8], number: u64, sink: &mut dyn Sink) {
        let line = line.trim_ascii();
        self.line = number;
        let is_ours = |text: &[u8]| text.starts_with(b"{\"id\":{");
        // Most bytes stand in events that say nothing of a test: the end of the line is theirs.
        let quick = kind(line).and_then(|kind| match kind {
            b"progress" => Some("progress"),
            b"namedSet" => Some("namedSet"),
            b"targetConfigured" => Some("targetConfigured"),
            b"pattern" => Some("pattern"),
            b"structuredCommandLine" | b"optionsParsed" | b"unstructuredCommandLine" => Some("options"),
            b"buildMetrics" | b"buildToolLogs" | b"buildFinished" | b"workspace" | b"fetch" => Some("build"),
            b"targetCompleted" | b"actionCompleted" => {
                let says_why = memmem::find(line, b"\"failureDetail\"").or_else(|| memmem::find(line, b"\"aborted\""));
                says_why.is_none().then_some("target")
            }
            _ => None,
        });
        if let Some(kind) = quick.filter(|_| line.ends_with(b"}")) {
            self.is_ended |= memmem::find(line, b"\"lastMessage\":true").is_some();
            sink.ignored(kind);
            return;
        }
        scan::records(line, number, sink, is_ours, |text, sink| {
            let (event, behind) = Event::open(text)?;
            let mut mended = Mended::default();
            self.is_ended |= event.is_last;
            self.event(&event, number, &mut mended, sink);
            mended.tell(sink);
            Some(behind)
        });
    }

    fn end(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        self.cut(is_whole, sink);
        *self = Self::default();
    }
}

impl Bep {
    fn event(&mut self, event: &Event<'_>, number: u64, mended: &mut Mended, sink: &mut dyn Sink) {
        let Some(id) = event.id(mended) else { return sink.ignored("other") };
        if let Some(started) = event.started.read::<Started>(mended) {
            self.cut(true, sink);
            *self = Self {
                run: started.uuid,
                line: number,
                attempts: std::mem::take(&mut self.attempts),
                ..Self::default()
            };
            sink.ignored("started");
        } else if let (Some(id), Some(configuration)) =
            (id.configuration, event.configuration.read::<Configuration>(mended))
        {
            if self.configurations.len() < KEPT {
                self.configurations.insert(id.id, configuration.mnemonic);
            }
            sink.ignored("configuration");
        } else if let Some(status) = event.workspace_status.read::<WorkspaceStatus>(mended) {
            status.item.iter().for_each(|item| self.about(&item.key, &item.value));
            sink.ignored("workspaceStatus");
        } else if let Some(metadata) = event.build_metadata.read::<BuildMetadata>(mended) {
            metadata.metadata.iter().for_each(|(key, value)| self.about(key, value));
            sink.ignored("buildMetadata");
        } else if let (Some(id), true) = (id.test_result, event.test_result.is_there()) {
            let result = event.result(mended, |result| ending_of(result).is_failure());
            self.result(&id, &result.unwrap_or_default(), number, sink);
        } else if let (Some(id), true) = (id.test_summary, event.test_summary.is_there()) {
            self.summary(&id, event, number, mended, sink);
        } else if let Some(id) = id.target_completed.or(id.action_completed) {
            let failing: Option<Failing> = event.completed.read(mended).or_else(|| event.action.read(mended));
            let detail = failing.and_then(|failing| failing.failure_detail);
            let mut aborted = || event.aborted.read::<Aborted>(mended);
            let message = detail.map(|detail| detail.message).or_else(|| aborted().map(|aborted| aborted.description));
            if let Some(message) = message.filter(|_| self.broken.len() < KEPT) {
                let all = self.broken.entry(id.label).or_default();
                // An action and its target tell the same.
                if all.len() + message.len() < MESSAGE && !message.is_empty() && !all.contains(&message) {
                    all.push_str(&message);
                    all.push('\n');
                }
            }
            sink.ignored("target");
        } else {
            sink.ignored("other");
        }
    }

    /// A key of the workspace's status or of the build's metadata: their names are a convention.
    fn about(&mut self, key: &str, value: &str) {
        let ends = |ends: &[&str]| ends.iter().any(|end| key.ends_with(end));
        if value.is_empty() {
            return;
        }
        if ends(&["COMMIT", "COMMIT_SHA", "SCM_REVISION", "GIT_REVISION", "GIT_SHA", "COMMIT_HASH"]) {
            // What `--build_metadata` says is said by hand, and wins.
            if self.revision.is_empty() || key == "COMMIT_SHA" {
                value.clone_into(&mut self.revision);
            }
        } else if ends(&["BRANCH", "BRANCH_NAME"]) && (self.branch.is_empty() || key == "BRANCH_NAME") {
            value.clone_into(&mut self.branch);
        }
    }

    fn result(&mut self, id: &TestId, result: &TestResult, number: u64, sink: &mut dyn Sink) {
        if self.told.len() < 10 * KEPT {
            let configuration = id.configuration.as_ref().map(|configuration| configuration.id.as_str());
            self.told.insert(hash(&id.label, configuration.unwrap_or_default()));
        }
        let ending = ending_of(result);
        let mut message = String::new();
        if !matches!(ending, Ending::Passed) {
            message.push_str(if result.is_cached { "cached" } else { &result.status });
            if !result.status_details.is_empty() {
                message.push_str(": ");
                message.push_str(&result.status_details);
            }
        }
        let attempt = Attempt {
            time_ms: result.time_ms(),
            duration_ms: result.duration_ms(),
            artifacts: result.files.iter().map(|file| file.uri.as_str().into()).collect(),
            ..Attempt::default()
        };
        self.tell(id, ending, &message, attempt, number, sink);
    }

    fn summary(&mut self, id: &TestId, event: &Event<'_>, number: u64, mended: &mut Mended, sink: &mut dyn Sink) {
        let configuration = id.configuration.as_ref().map(|configuration| configuration.id.as_str());
        // It stands for tests without a result, and may stand twice.
        if self.told.len() >= 10 * KEPT || !self.told.insert(hash(&id.label, configuration.unwrap_or_default())) {
            sink.ignored("testSummary");
            return;
        }
        let Some(summary) = event.test_summary.read::<TestSummary>(mended) else { return sink.ignored("other") };
        let ending = ending(&summary.overall_status);
        let mut message = String::new();
        if ending != Ending::Passed {
            summary.overall_status.clone_into(&mut message);
            if let Some(why) = self.broken.get(&id.label) {
                message = why.clone();
            }
        }
        self.tell(id, ending, &message, Attempt::default(), number, sink);
    }

    fn tell(
        &mut self,
        id: &TestId,
        ending: Ending,
        message: &str,
        attempt: Attempt<'_>,
        number: u64,
        sink: &mut dyn Sink,
    ) {
        let configuration = id.configuration.as_ref().and_then(|id| self.configurations.get(&id.id));
        let env = configuration.map(String::as_str).unwrap_or_default();
        let package = id.label.split_once(':').map_or(id.label.as_str(), |(package, _)| package);
        // Shards are parts of a test, not attempts of it.
        let suite = if id.shard > 1 { format!("{package} (shard {})", id.shard) } else { package.to_owned() };
        let key = [suite.as_str(), "\0", env].concat();
        sink.attempt(&Attempt {
            line: number,
            suite: suite.as_str().into(),
            scenario: id.label.as_str().into(),
            run: self.run.as_str().into(),
            branch: self.branch.as_str().into(),
            revision: self.revision.as_str().into(),
            env: env.into(),
            attempt: self.attempts.next(key.as_bytes(), id.label.as_bytes()),
            ending,
            message: message.into(),
            replay: if ending.is_failure() {
                format!("bazel test {} --nocache_test_results --runs_per_test=1", quote(&id.label)).into()
            } else {
                "".into()
            },
            ..attempt
        });
    }

    /// A stream has a last message; without it, it is cut off, whatever the file says.
    fn cut(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        if is_whole && !self.is_ended && !self.run.is_empty() {
            let message = "no last message: the build event stream is cut off".to_owned();
            sink.fault(Fault { line: self.line, message });
        }
    }
}
