//! The envelope's messages, as far as they are read.
//! Source: `jsonschema/Envelope.schema.json` of cucumber/messages.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Envelope {
    pub(super) meta: Option<Meta>,
    pub(super) gherkin_document: Option<Document>,
    pub(super) pickle: Option<Pickle>,
    pub(super) hook: Option<Hook>,
    pub(super) test_case: Option<TestCase>,
    pub(super) test_run_started: Option<serde::de::IgnoredAny>,
    pub(super) test_case_started: Option<CaseStarted>,
    pub(super) test_step_finished: Option<StepFinished>,
    pub(super) test_case_finished: Option<CaseFinished>,
    pub(super) test_run_hook_started: Option<HookStarted>,
    pub(super) test_run_hook_finished: Option<HookFinished>,
    pub(super) test_run_finished: Option<RunFinished>,
    pub(super) parse_error: Option<ParseError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Meta {
    pub(super) implementation: Named,
    pub(super) os: Named,
    pub(super) ci: Option<Ci>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    pub(super) name: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Ci {
    pub(super) url: String,
    pub(super) build_number: String,
    pub(super) git: Git,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Git {
    pub(super) revision: String,
    pub(super) branch: String,
}

#[derive(Deserialize)]
pub(super) struct Document {
    pub(super) feature: Option<Feature>,
}

#[derive(Deserialize)]
pub(super) struct Feature {
    #[serde(default)]
    pub(super) children: Vec<Child>,
}

#[derive(Deserialize)]
pub(super) struct Child {
    pub(super) rule: Option<Rule>,
}

#[derive(Deserialize)]
pub(super) struct Rule {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) children: Vec<RuleChild>,
}

#[derive(Deserialize)]
pub(super) struct RuleChild {
    pub(super) scenario: Option<Identified>,
}

#[derive(Deserialize)]
pub(super) struct Identified {
    pub(super) id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pickle {
    pub(super) id: String,
    #[serde(default)]
    pub(super) uri: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) location: Location,
    #[serde(default)]
    pub(super) ast_node_ids: Vec<String>,
    #[serde(default)]
    pub(super) steps: Vec<PickleStep>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Location {
    pub(super) line: u64,
}

#[derive(Deserialize)]
pub(super) struct PickleStep {
    pub(super) id: String,
    #[serde(default)]
    pub(super) text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Hook {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) source_reference: Source,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Source {
    pub(super) uri: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TestCase {
    pub(super) id: String,
    pub(super) pickle_id: String,
    #[serde(default)]
    pub(super) test_steps: Vec<TestStep>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TestStep {
    pub(super) id: String,
    pub(super) hook_id: Option<String>,
    pub(super) pickle_step_id: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Time {
    pub(super) seconds: f64,
    pub(super) nanos: f64,
}

impl Time {
    pub(super) fn seconds(self) -> f64 {
        self.seconds + self.nanos / 1e9
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CaseStarted {
    pub(super) id: String,
    pub(super) test_case_id: String,
    #[serde(default)]
    pub(super) attempt: u64,
    pub(super) timestamp: Option<Time>,
}

#[derive(Deserialize)]
pub(super) struct StepFinished {
    #[serde(rename = "testCaseStartedId")]
    pub(super) case_started: String,
    #[serde(rename = "testStepId")]
    pub(super) step: String,
    #[serde(rename = "testStepResult")]
    pub(super) result: Outcome,
}

#[derive(Deserialize)]
pub(super) struct Outcome {
    #[serde(default)]
    pub(super) status: String,
    pub(super) message: Option<String>,
    pub(super) exception: Option<Exception>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Exception {
    pub(super) stack_trace: Option<String>,
    pub(super) message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CaseFinished {
    pub(super) test_case_started_id: String,
    pub(super) timestamp: Option<Time>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HookStarted {
    pub(super) id: String,
    pub(super) hook_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HookFinished {
    pub(super) test_run_hook_started_id: String,
    pub(super) result: Outcome,
    pub(super) timestamp: Option<Time>,
}

#[derive(Deserialize)]
pub(super) struct RunFinished {
    pub(super) message: Option<String>,
    pub(super) exception: Option<Exception>,
    pub(super) timestamp: Option<Time>,
}

#[derive(Deserialize)]
pub(super) struct ParseError {
    #[serde(default)]
    pub(super) source: Source,
    #[serde(default)]
    pub(super) message: String,
}

/// The whole of what is told of a failure: the stack where it has the message in it, else both.
pub(super) fn whole(message: Option<&str>, exception: Option<&Exception>) -> String {
    let message = message.or_else(|| exception.and_then(|exception| exception.message.as_deref())).unwrap_or_default();
    match exception.and_then(|exception| exception.stack_trace.as_deref()) {
        Some(stack) if stack.contains(message) => stack.to_owned(),
        Some(stack) if !message.contains(stack) => format!("{message}\n{stack}"),
        _ => message.to_owned(),
    }
}
