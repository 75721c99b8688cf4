//! Policies: any text of either schema is refused with its faults, or can be held against any sweep.

use std::sync::LazyLock;

use jiff::civil::date;
use relapse::benchmark::{self, Benchmarks};
use relapse::gate::reliability::{Origin, ReliabilityPolicy};
use relapse::gate::{Decision, Facts, Policy, Terms, format, judge};
use relapse::record::Profiles;
use relapse::recurrence::{self, Recurrence};
use relapse::sweep::{Outcome, Silent, Sweep, Taxonomies};
use relapse::tally::{Rule, RunOrder};

use super::definition::{accepted, text};
use super::swept::Folder;
use super::taxonomy;

struct Found {
    outcome: Outcome,
    order: RunOrder,
    recurrence: Recurrence,
    benchmarks: Benchmarks,
    taxonomies: Taxonomies,
}

/// What policies are held against.
static FOUND: LazyLock<Found> = LazyLock::new(|| {
    let folder = Folder::with(&[taxonomy::LOG, br#"{"benchmark":"b","metric_ms":1.5}"#].concat());
    let sweep = Sweep { keep_clean: true, keep_entries: true, ..folder.sweep() };
    let mut outcome = sweep.run(&Silent).expect("there is an archive");
    let order = outcome.tally.run_order(i64::MAX);
    let recurrence = recurrence::judge(&outcome.tally, &outcome.clean, &order, &recurrence::Options::default());
    let series = std::mem::take(&mut outcome.benchmarks).into_series();
    let benchmarks = benchmark::judge(&series, &benchmark::Options::default());
    let taxonomies = Taxonomies::of(&Profiles::builtin()).expect("they are built in");
    Found { outcome, order, recurrence, benchmarks, taxonomies }
});

pub(crate) fn holds(input: &[u8]) {
    let text = text(input);
    let found = &*FOUND;
    let Found { outcome, order, recurrence, benchmarks, taxonomies } = found;
    let facts = Facts {
        outcome,
        order,
        recurrence,
        taxonomies,
        benchmarks,
        changes: None,
        nothing: None,
        elsewhere: None,
        is_narrowed: false,
    };
    if text.trim_start().starts_with('{') {
        if let Ok(policy) = ReliabilityPolicy::parse(&text) {
            let origin = Origin { generated_unix_ms: 0, policy_path: "p", e2e_path: "e" };
            let report = policy.judge(&outcome.entries, facts.failed_scenarios(Rule::Reliability), origin);
            shown(&Decision::of_reliability(&report, &facts));
        }
    } else if let Some(policy) = accepted(&text, Policy::parse("fuzzed", &text)) {
        for strict in [false, true] {
            let terms = Terms { today: date(2026, 6, 1), allow_loss: strict, strict };
            shown(&judge(&policy, &facts, terms));
        }
    }
}

/// In every format.
fn shown(decision: &Decision) {
    assert!(!format::human(decision).is_empty());
    assert!(format::github(decision).lines().all(|line| line.starts_with("::")));
    format::junit(decision).expect("it can be said in XML");
    serde_json::to_string(&format::sarif(decision, "p.toml")).expect("it is JSON");
    serde_json::to_string(decision).expect("it is JSON");
}
