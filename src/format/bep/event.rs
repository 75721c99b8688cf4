//! An event of the build event protocol, as far as it is read.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::format::clock::milliseconds;

/// One event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    pub(super) id: Id,
    pub(super) started: Option<Started>,
    pub(super) configuration: Option<Configuration>,
    pub(super) workspace_status: Option<WorkspaceStatus>,
    pub(super) build_metadata: Option<BuildMetadata>,
    pub(super) test_result: Option<TestResult>,
    pub(super) test_summary: Option<TestSummary>,
    pub(super) completed: Option<Failing>,
    pub(super) action: Option<Failing>,
    pub(super) aborted: Option<Aborted>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
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

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TestResult {
    pub(super) status: String,
    pub(super) status_details: String,
    pub(super) cached_locally: bool,
    test_attempt_start: String,
    test_attempt_start_millis_epoch: Option<Integer>,
    test_attempt_duration: String,
    test_attempt_duration_millis: Option<Integer>,
    pub(super) test_action_output: Vec<File>,
    pub(super) execution_info: ExecutionInfo,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ExecutionInfo {
    pub(super) cached_remotely: bool,
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

/// Text, as the JSON of protocol buffers has it, or a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Integer {
    Number(i64),
    Text(String),
}

impl Integer {
    fn value(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

impl TestResult {
    pub(super) fn time_ms(&self) -> Option<i64> {
        let time = milliseconds(self.test_attempt_start.as_bytes());
        let epoch = self.test_attempt_start_millis_epoch.as_ref().and_then(Integer::value);
        time.or(epoch.filter(|&time| time > 0))
    }

    pub(super) fn duration_ms(&self) -> Option<f64> {
        let seconds = self.test_attempt_duration.strip_suffix('s').and_then(|text| text.parse::<f64>().ok());
        let millis = self.test_attempt_duration_millis.as_ref().and_then(Integer::value);
        seconds
            .filter(|seconds| seconds.is_finite())
            .map(|seconds| seconds * 1000.0)
            .or(millis.map(|millis| millis as f64))
    }
}
