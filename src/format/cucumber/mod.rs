//! Cucumber's messages: an envelope a line.
//!
//! Recognised: the first JSON object of the text has one member, which is `meta`, `source`, `gherkinDocument`, `pickle`,
//! `testRunStarted` or another of the envelope's.
//!
//! Source: <https://github.com/cucumber/messages> (`jsonschema/Envelope.schema.json`). A scenario that runs is a pickle,
//! and each attempt of it a test case started: both are told of by ids.

mod messages;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use super::attempt::{Attempt, Ending};
use super::clock::of_seconds;
use super::reader::{Events, Sink};
use super::scan::{self, Mended, Object};
use super::shell::quote;
use messages::{
    CaseStarted, Envelope, Hook, HookFinished, Meta, Pickle, RunFinished, StepFinished, TestCase, Time, whole,
};

/// Pickles, test cases and hooks that are kept, each.
const KEPT: usize = if cfg!(test) { 1000 } else { 1_000_000 };
/// Attempts of which no end came yet.
const OPEN: usize = if cfg!(test) { 1000 } else { 100_000 };
/// Bytes of a message.
const MESSAGE: usize = 64 * 1024;

/// The reader.
#[derive(Default)]
pub(super) struct Cucumber {
    meta: Meta,
    pickles: HashMap<String, Scenario>,
    /// Names of the rules that scenarios stand below, by the scenario's id.
    rules: HashMap<String, String>,
    /// How many rows of examples have one name in one file.
    rows: HashMap<(String, String), u64>,
    hooks: HashMap<String, Hook>,
    /// Hooks around the whole run that have begun, and which hook it is.
    run_hooks: HashMap<String, String>,
    cases: HashMap<String, TestCase>,
    open: BTreeMap<String, Open>,
    has_begun: bool,
    is_finished: bool,
}

#[derive(Default)]
struct Scenario {
    uri: String,
    name: String,
    line: u64,
    /// Texts of its steps by id.
    steps: Vec<(String, String)>,
}

struct Open {
    line: u64,
    case: String,
    attempt: u64,
    start: Option<f64>,
    ending: Option<Ending>,
    is_skipped: bool,
    message: String,
}

impl Events for Cucumber {
    fn line(&mut self, line: &[u8], number: u64, sink: &mut dyn Sink) {
        let line = line.trim_ascii();
        // Bodies, which may be pictures, and sources are most of the bytes: their end is the line's.
        let quick = [
            (&b"{\"attachment\":"[..], "attachment"),
            (b"{\"source\":", "source"),
            (b"{\"gherkinDocument\":", "gherkinDocument"),
            (b"{\"testStepStarted\":", "testStepStarted"),
            (b"{\"stepDefinition\":", "stepDefinition"),
        ];
        let found = quick.iter().find(|(begin, _)| line.starts_with(begin) && line.ends_with(b"}}"));
        // Two scenarios of one name may stand below different rules.
        let has_rules = || memchr::memmem::find(line, b"\"rule\":").is_some();
        if let Some((_, kind)) = found.filter(|(_, kind)| *kind != "gherkinDocument" || !has_rules()) {
            sink.ignored(kind);
            return;
        }
        let is_ours = |text: &[u8]| text.starts_with(b"{\"test") || text.starts_with(b"{\"pickle\"");
        scan::records(line, number, sink, is_ours, |text, sink| {
            let mut object = Object::open(text)?;
            object.by_ref().for_each(drop);
            let behind = object.behind()?;
            let (mut room, mut mended) = (Vec::new(), Mended::default());
            let length = text.len() - behind.len();
            match scan::parse::<Envelope>(text.get(..length)?, &mut room, &mut mended) {
                Some(envelope) => self.envelope(envelope, number, sink),
                None => sink.ignored("other"),
            }
            mended.tell(sink);
            Some(behind)
        });
    }

    fn end(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        self.close(is_whole, sink);
        *self = Self::default();
    }
}

impl Cucumber {
    fn envelope(&mut self, envelope: Envelope, number: u64, sink: &mut dyn Sink) {
        if let Some(finished) = envelope.test_step_finished {
            self.step(&finished);
        } else if let Some(started) = envelope.test_case_started {
            self.started(started, number, sink);
        } else if let Some(finished) = envelope.test_case_finished {
            if let Some(open) = self.open.remove(&finished.test_case_started_id) {
                let ending = open.ending.unwrap_or(if open.is_skipped { Ending::Skipped } else { Ending::Passed });
                self.tell(&open, ending, finished.timestamp, sink);
            }
        } else if let Some(document) = envelope.gherkin_document {
            for rule in document.feature.into_iter().flat_map(|feature| feature.children).filter_map(|child| child.rule)
            {
                let scenarios = rule.children.into_iter().filter_map(|child| child.scenario);
                let room = KEPT.saturating_sub(self.rules.len());
                self.rules.extend(scenarios.take(room).map(|scenario| (scenario.id, rule.name.clone())));
            }
            sink.ignored("gherkinDocument");
        } else if let Some(pickle) = envelope.pickle {
            self.pickle(pickle);
            sink.ignored("pickle");
        } else if let Some(case) = envelope.test_case {
            if self.cases.len() < KEPT {
                self.cases.insert(case.id.clone(), case);
            }
            sink.ignored("testCase");
        } else if let Some(hook) = envelope.hook {
            if self.hooks.len() < KEPT {
                self.hooks.insert(hook.id.clone(), hook);
            }
            sink.ignored("hook");
        } else if let Some(hook) = envelope.test_run_hook_started {
            if self.run_hooks.len() < KEPT {
                self.run_hooks.insert(hook.id, hook.hook_id);
            }
            sink.ignored("testRunHookStarted");
        } else if let Some(hook) = envelope.test_run_hook_finished {
            self.run_hook(&hook, number, sink);
        } else if let Some(finished) = envelope.test_run_finished {
            self.run_finished(&finished, number, sink);
        } else if let Some(error) = envelope.parse_error {
            let mut attempt = self.about();
            attempt.line = number;
            attempt.suite = error.source.uri.as_str().into();
            attempt.scenario = error.source.uri.as_str().into();
            attempt.file = error.source.uri.as_str().into();
            attempt.attempt = Some(1);
            attempt.ending = Ending::BuildFailed;
            attempt.message = error.message.as_str().into();
            attempt.replay = self.replay(&error.source.uri).into();
            sink.attempt(&attempt);
        } else if let Some(meta) = envelope.meta {
            // A run behind another one.
            self.close(true, sink);
            *self = Self { meta, ..Self::default() };
            sink.ignored("meta");
        } else if envelope.test_run_started.is_some() {
            self.has_begun = true;
            self.is_finished = false;
            sink.ignored("testRunStarted");
        } else {
            sink.ignored("other");
        }
    }

    fn pickle(&mut self, pickle: Pickle) {
        if self.pickles.len() >= KEPT {
            return;
        }
        let mut name = pickle.name;
        if let Some(rule) =
            pickle.ast_node_ids.first().and_then(|id| self.rules.get(id)).filter(|rule| !rule.is_empty())
        {
            name = format!("{rule} > {name}");
        }
        // The second id is that of a row of examples, which has no name of its own.
        if pickle.ast_node_ids.len() > 1 {
            let row = self.rows.entry((pickle.uri.clone(), name.clone())).or_default();
            *row += 1;
            name = format!("{name} #{row}");
        }
        let steps = pickle.steps.into_iter().map(|step| (step.id, step.text)).collect();
        self.pickles.insert(pickle.id, Scenario { uri: pickle.uri, name, line: pickle.location.line, steps });
    }

    fn started(&mut self, started: CaseStarted, number: u64, sink: &mut dyn Sink) {
        if self.open.len() >= OPEN {
            let mut lines: Vec<u64> = self.open.values().map(|open| open.line).collect();
            lines.sort_unstable();
            let middle = lines.get(lines.len() / 2).copied().unwrap_or(u64::MAX);
            let before = self.open.len();
            self.open.retain(|_, open| open.line > middle);
            (self.open.len()..before).for_each(|_| sink.unfinished());
        }
        let open = Open {
            line: number,
            case: started.test_case_id,
            attempt: started.attempt.saturating_add(1),
            start: started.timestamp.map(Time::seconds),
            ending: None,
            is_skipped: false,
            message: String::new(),
        };
        self.open.insert(started.id, open);
    }

    fn step(&mut self, finished: &StepFinished) {
        let Some(open) = self.open.get_mut(&finished.case_started) else {
            return;
        };
        let result = &finished.result;
        let case = self.cases.get(&open.case);
        let step = case.and_then(|case| case.test_steps.iter().find(|step| step.id == finished.step));
        let is_hook = step.is_some_and(|step| step.hook_id.is_some());
        let ending = match result.status.as_str() {
            "FAILED" if is_hook => Ending::SetupFailed,
            // A run is not successful with any of these.
            "FAILED" | "AMBIGUOUS" | "UNDEFINED" | "PENDING" => Ending::Failed,
            "SKIPPED" => {
                open.is_skipped = true;
                return;
            }
            _ => return,
        };
        open.ending.get_or_insert(ending);
        if open.message.len() > MESSAGE {
            return;
        }
        let mut text = whole(result.message.as_deref(), result.exception.as_ref());
        let pickle = case.and_then(|case| self.pickles.get(&case.pickle_id));
        let of_step = step.and_then(|step| step.pickle_step_id.as_ref());
        let words = pickle.zip(of_step).and_then(|(pickle, id)| pickle.steps.iter().find(|(step, _)| step == id));
        let words = words.map(|(_, text)| text.as_str()).unwrap_or_default();
        if text.is_empty() {
            text = format!("{} step", result.status.to_ascii_lowercase());
        }
        open.message.push_str(&text);
        if !words.is_empty() {
            open.message.push_str("\nat step: ");
            open.message.push_str(words);
        }
        open.message.push('\n');
    }

    fn run_hook(&mut self, finished: &HookFinished, number: u64, sink: &mut dyn Sink) {
        let hook = self.run_hooks.remove(&finished.test_run_hook_started_id).and_then(|id| self.hooks.get(&id));
        if finished.result.status != "FAILED" {
            sink.ignored("testRunHookFinished");
            return;
        }
        let (mut name, mut uri) = (String::from("run hook"), "");
        if let Some(hook) = hook {
            uri = &hook.source_reference.uri;
            let kind = if hook.kind.is_empty() { "run hook" } else { &hook.kind };
            // Hooks seldom have a name, and their line moves.
            [kind, &hook.name].join(" ").trim_end().clone_into(&mut name);
        }
        let message = whole(finished.result.message.as_deref(), finished.result.exception.as_ref());
        sink.attempt(&Attempt {
            line: number,
            time_ms: finished.timestamp.map(Time::seconds).and_then(of_seconds),
            suite: uri.into(),
            file: uri.into(),
            scenario: name.into(),
            attempt: Some(1),
            ending: Ending::SetupFailed,
            message: message.into(),
            ..self.about()
        });
    }

    fn run_finished(&mut self, finished: &RunFinished, number: u64, sink: &mut dyn Sink) {
        self.is_finished = true;
        if finished.exception.is_none() && finished.message.as_deref().is_none_or(str::is_empty) {
            sink.ignored("testRunFinished");
            return;
        }
        let message = whole(finished.message.as_deref(), finished.exception.as_ref());
        sink.attempt(&Attempt {
            line: number,
            time_ms: finished.timestamp.map(Time::seconds).and_then(of_seconds),
            scenario: "(run)".into(),
            attempt: Some(1),
            ending: Ending::Infrastructure,
            message: message.into(),
            ..self.about()
        });
    }

    /// What the whole run has in common.
    fn about(&self) -> Attempt<'_> {
        let mut attempt = Attempt { env: self.meta.os.name.as_str().into(), ..Attempt::default() };
        if let Some(ci) = &self.meta.ci {
            attempt.run = ci.build_number.as_str().into();
            attempt.url = ci.url.as_str().into();
            attempt.revision = ci.git.revision.as_str().into();
            attempt.branch = ci.git.branch.as_str().into();
        }
        attempt
    }

    fn replay(&self, place: &str) -> String {
        match self.meta.implementation.name.as_str() {
            "cucumber-js" => format!("npx cucumber-js {}", quote(place)),
            "cucumber-ruby" => format!("bundle exec cucumber {}", quote(place)),
            "cucumber-jvm" => format!("mvn test {}", quote(&format!("-Dcucumber.features={place}"))),
            _ => format!("cucumber {}", quote(place)),
        }
    }

    fn tell(&self, open: &Open, ending: Ending, end: Option<Time>, sink: &mut dyn Sink) {
        let unknown = Scenario::default();
        let pickle = self.cases.get(&open.case).and_then(|case| self.pickles.get(&case.pickle_id)).unwrap_or(&unknown);
        let name = if pickle.name.is_empty() { "(no name)" } else { &pickle.name };
        let duration = end.map(Time::seconds).zip(open.start).map(|(end, start)| ((end - start) * 1000.0).max(0.0));
        let place = if pickle.line > 0 { format!("{}:{}", pickle.uri, pickle.line) } else { pickle.uri.clone() };
        sink.attempt(&Attempt {
            line: open.line,
            time_ms: open.start.and_then(of_seconds),
            suite: pickle.uri.as_str().into(),
            file: pickle.uri.as_str().into(),
            scenario: name.into(),
            attempt: Some(open.attempt),
            ending,
            message: if ending == Ending::Passed { "" } else { open.message.as_str() }.into(),
            duration_ms: duration,
            replay: self.replay(&place).into(),
            ..self.about()
        });
    }

    fn close(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        let mut open: Vec<Open> = std::mem::take(&mut self.open).into_values().collect();
        open.sort_by_key(|open| open.line);
        for open in open {
            sink.unfinished();
            if let Some(ending) = open.ending {
                self.tell(&open, ending, None, sink);
            } else if is_whole && !self.is_finished {
                self.tell(&open, Ending::Crashed, None, sink);
            }
        }
    }
}
