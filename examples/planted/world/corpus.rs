//! A corpus in memory, and its lines.

use super::mass::MassFailures;
use super::records::{Head, Line, mix};
use super::series::{Attempt, Mark, Series};
use super::stage::Stage;
use super::truth::Planted;

/// A suite: its packet, its name and the reason of its passing attempts.
const SUITES: [(&str, &str, &str); 4] = [
    ("PL-P1-001", "planted_routes", "route_parity_ok"),
    ("PL-P1-002", "planted_layouts", "layout_parity_ok"),
    ("PL-P1-003", "planted_orders", "order_parity_ok"),
    ("PL-P1-004", "planted_codecs", "codec_parity_ok"),
];

/// Reasons of counted failures.
const REASONS: [&str; 4] =
    ["output_digest_differs", "dispatch_kernel_missing", "scheduler_order_differs", "stride_overlap_undetected"];

/// The reason of failures that no series counts.
const INFRA: &str = "legacy_oracle_unavailable";

/// A scenario with its history and its truth.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    /// Number in the corpus.
    pub(crate) number: usize,
    /// The history.
    pub(crate) series: Series,
    /// The truth.
    pub(crate) planted: Planted,
}

impl Scenario {
    /// `packet_id`.
    pub(crate) fn packet(&self) -> &'static str {
        SUITES[self.number % SUITES.len()].0
    }

    /// `suite_id`.
    pub(crate) fn suite(&self) -> &'static str {
        SUITES[self.number % SUITES.len()].1
    }

    /// `mode`.
    pub(crate) fn mode(&self) -> &'static str {
        if (self.number / SUITES.len()).is_multiple_of(2) { "strict" } else { "hardened" }
    }

    /// `scenario_id`.
    pub(crate) fn id(&self) -> String {
        format!("{}/{}:{}_{:04}", self.suite(), self.mode(), self.planted.case, self.number)
    }
}

/// Scenarios and the runs that they were played in.
#[derive(Clone, Debug)]
pub(crate) struct Corpus {
    /// The seed that it was drawn from.
    pub(crate) seed: u64,
    /// The runs.
    pub(crate) stage: Stage,
    /// The scenarios.
    pub(crate) scenarios: Vec<Scenario>,
}

impl Corpus {
    /// The name of a run's file without its extensions.
    pub(crate) fn run_name(run: usize) -> String {
        format!("run-{run:03}")
    }

    /// Its mass-failure runs.
    pub(crate) fn mass_failures(&self) -> MassFailures {
        MassFailures::find(self.stage.runs, self.scenarios.iter().map(|scenario| &scenario.series))
    }

    /// Whether the newest max(10, 20 %) runs hold no attempt of the scenario.
    pub(crate) fn is_stale(&self, scenario: &Scenario) -> bool {
        let newest = self.stage.runs.div_ceil(5).max(10).min(self.stage.runs);
        scenario.series.runs.iter().rev().take(newest).all(Vec::is_empty)
    }

    /// Appends the lines of one run.
    pub(crate) fn write_run(&self, run: usize, out: &mut Vec<u8>) {
        let mut clock = self.stage.unix_ms(run);
        let revision = self.stage.revision(run).map(|revision| mix(self.seed, u64::from(revision)));
        for scenario in &self.scenarios {
            let id = scenario.id();
            for attempt in &scenario.series.runs[run] {
                clock += 7;
                self.write_line(scenario, &id, *attempt, clock, revision, out);
            }
        }
    }

    fn write_line(
        &self,
        scenario: &Scenario,
        id: &str,
        attempt: Attempt,
        clock: u64,
        revision: Option<u64>,
        out: &mut Vec<u8>,
    ) {
        let (packet, suite, passing) = SUITES[scenario.number % SUITES.len()];
        let (outcome, reason) = match attempt.mark {
            Mark::Pass => ("pass", passing),
            Mark::Fail(reason) => ("fail", REASONS[(scenario.number + usize::from(reason)) % REASONS.len()]),
            Mark::Infra => ("fail", INFRA),
            Mark::Skip => ("skip", "not_applicable"),
        };
        // Above 2^53, where a double is no longer exact.
        let seed = mix(mix(self.seed, scenario.number as u64), u64::from(attempt.seed)) | 1 << 61;
        let env = format!("det64:{:016x}", mix(self.seed ^ 0xe57, u64::from(attempt.env)));
        let line = Head {
            ts_unix_ms: clock,
            suite,
            scenario: id,
            fixture: "planted_cases.json",
            packet,
            mode: scenario.mode(),
            seed,
            env: &env,
            artifacts: "[]",
            replay: "cargo test -p planted replays",
            outcome,
            reason,
        };
        let mut line = Line::begin(out, &line);
        line.raw("duration_ms", 3 + seed % 40);
        if let Some(revision) = revision {
            line.text("revision", format_args!("{revision:016x}"));
        }
        line.end();
    }
}
