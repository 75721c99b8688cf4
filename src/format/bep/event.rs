//! An event of the build event protocol, as far as it is read.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::format::clock::milliseconds;
use crate::format::scan::{self, Mended, Object, decode, inner};

/// One event: its members as they stand, since most are never looked into.
#[derive(Default)]
pub(super) struct Event<'a> {
    id: &'a [u8],
    pub(super) started: Member<'a>,
    pub(super) configuration: Member<'a>,
    pub(super) workspace_status: Member<'a>,
    pub(super) build_metadata: Member<'a>,
    pub(super) test_result: Member<'a>,
    pub(super) test_summary: Member<'a>,
    pub(super) completed: Member<'a>,
    pub(super) action: Member<'a>,
    pub(super) aborted: Member<'a>,
    /// Whether it says that no other follows.
    pub(super) is_last: bool,
}

/// A member that an event may have.
#[derive(Clone, Copy, Default)]
pub(super) struct Member<'a>(Option<&'a [u8]>);

impl Member<'_> {
    pub(super) const fn is_there(self) -> bool {
        self.0.is_some()
    }

    /// What it says; nothing where it is not there, or of another shape.
    pub(super) fn read<T: DeserializeOwned>(self, mended: &mut Mended) -> Option<T> {
        scan::parse(self.0?, &mut Vec::new(), mended)
    }
}

impl<'a> Event<'a> {
    /// The event that a text begins with, and what stands behind it; nothing if it is damaged.
    pub(super) fn open(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let mut object = Object::open(text)?;
        let mut event = Self::default();
        for (key, value) in object.by_ref() {
            let member = match key {
                b"started" => &mut event.started,
                b"configuration" => &mut event.configuration,
                b"workspaceStatus" => &mut event.workspace_status,
                b"buildMetadata" => &mut event.build_metadata,
                b"testResult" => &mut event.test_result,
                b"testSummary" => &mut event.test_summary,
                b"completed" => &mut event.completed,
                b"action" => &mut event.action,
                b"aborted" => &mut event.aborted,
                b"id" => {
                    event.id = value;
                    continue;
                }
                _ => {
                    event.is_last |= key == b"lastMessage" && value == b"true";
                    continue;
                }
            };
            *member = Member(Some(value).filter(|value| value.starts_with(b"{")));
        }
        Some((event, object.behind()?))
    }

    pub(super) fn id(&self, mended: &mut Mended) -> Option<Id> {
        Member(Some(self.id)).read(mended)
    }

    /// What an attempt came to. `wants_files`: of which endings the files are asked for, by the status.
    pub(super) fn result(&self, mended: &mut Mended, wants_files: impl Fn(&TestResult) -> bool) -> Option<TestResult> {
        let mut object = Object::open(self.test_result.0?)?;
        let (mut result, mut files) = (TestResult::default(), Member::default());
        for (key, value) in object.by_ref() {
            let mut text = || decode(inner(value), mended).into_owned();
            match key {
                b"status" => result.status = text(),
                b"statusDetails" => result.status_details = text(),
                b"cachedLocally" => result.is_cached |= value == b"true",
                b"testAttemptStart" => result.start = text(),
                b"testAttemptStartMillisEpoch" => result.start_millis = integer(value),
                b"testAttemptDuration" => result.duration = text(),
                b"testAttemptDurationMillis" => result.duration_millis = integer(value),
                b"testActionOutput" => files = Member(Some(value)),
                b"executionInfo" => {
                    let mut info = Object::open(value)?;
                    result.is_cached |= info.any(|(key, value)| key == b"cachedRemotely" && value == b"true");
                }
                _ => {}
            }
        }
        if wants_files(&result) {
            result.files = files.read(mended).unwrap_or_default();
        }
        Some(result)
    }
}

/// Text, as the JSON of protocol buffers has it, or a number.
fn integer(raw: &[u8]) -> Option<i64> {
    let digits = if raw.first() == Some(&b'"') { inner(raw) } else { raw };
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Id {
    pub(super) configuration: Option<IdOf>,
    pub(super) test_result: Option<TestId>,
    pub(super) test_summary: Option<TestId>,
    pub(super) target_completed: Option<TestId>,
    pub(super) action_completed: Option<TestId>,
}

#[derive(Deserialize)]
pub(super) struct IdOf {
    #[serde(default)]
    pub(super) id: String,
}

#[derive(Deserialize)]
pub(super) struct TestId {
    #[serde(default)]
    pub(super) label: String,
    #[serde(default)]
    pub(super) shard: u64,
    pub(super) configuration: Option<IdOf>,
}

#[derive(Deserialize)]
pub(super) struct Started {
    #[serde(default)]
    pub(super) uuid: String,
}

#[derive(Deserialize)]
pub(super) struct Configuration {
    #[serde(default)]
    pub(super) mnemonic: String,
}

#[derive(Deserialize)]
pub(super) struct WorkspaceStatus {
    #[serde(default)]
    pub(super) item: Vec<Item>,
}

#[derive(Deserialize)]
pub(super) struct Item {
    #[serde(default)]
    pub(super) key: String,
    #[serde(default)]
    pub(super) value: String,
}

#[derive(Deserialize)]
pub(super) struct BuildMetadata {
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
}

/// What an attempt of a test came to.
#[derive(Default)]
pub(super) struct TestResult {
    pub(super) status: String,
    pub(super) status_details: String,
    pub(super) is_cached: bool,
    start: String,
    start_millis: Option<i64>,
    duration: String,
    duration_millis: Option<i64>,
    pub(super) files: Vec<File>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct File {
    pub(super) uri: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TestSummary {
    #[serde(default)]
    pub(super) overall_status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failing {
    pub(super) failure_detail: Option<FailureDetail>,
}

#[derive(Deserialize)]
pub(super) struct FailureDetail {
    #[serde(default)]
    pub(super) message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Aborted {
    #[serde(default)]
    pub(super) description: String,
}

impl TestResult {
    pub(super) fn time_ms(&self) -> Option<i64> {
        milliseconds(self.start.as_bytes()).or(self.start_millis.filter(|&time| time > 0))
    }

    pub(super) fn duration_ms(&self) -> Option<f64> {
        let seconds = self.duration.strip_suffix('s').and_then(|text| text.parse::<f64>().ok());
        seconds
            .filter(|seconds| seconds.is_finite())
            .map(|seconds| seconds * 1000.0)
            .or(self.duration_millis.map(|millis| millis as f64))
    }
}
