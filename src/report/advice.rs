//! What to do next about a scenario.

use serde_json::Value;

use crate::recurrence::{FixState, Label, Verdict};
use crate::text::inert::inert;
use crate::text::terminal::plural;

/// By its verdict.
pub(super) fn advice(scenario: &Value, verdict: &str) -> String {
    let (reproduce, replays) = (&scenario["reproduce"], scenario["replays_needed"].as_u64().unwrap_or(0));
    match Verdict::from_name(verdict) {
        Some(verdict) if let Some(wait) = of_waiting_fix(scenario, verdict) => wait,
        Some(Verdict::Relapsed) => "reopen its ticket; compare what changed before it failed the first time with what changed before \
                                    it came back; do not quarantine it"
            .to_owned(),
        Some(Verdict::Recovered) => "leave its ticket open: it came back before".to_owned(),
        Some(Verdict::Quiet) => "leave its ticket open until a fix is shown".to_owned(),
        Some(Verdict::NewFailure) if scenario["label"] == Label::Again.name() => "replay it; do not quarantine it".to_owned(),
        Some(Verdict::Flaky) if scenario["label"] == Label::Bursty.name() => {
            "look for what lasts some runs: a machine, a cache, left-over data, a service; a retry within the run will not help"
                .to_owned()
        }
        Some(Verdict::Regressed) if scenario["label"] == Label::SameCode.name() => {
            "look for what changed beside the code between the two runs named: a machine, a service, a dependency, data, the clock"
                .to_owned()
        }
        Some(Verdict::Regressed) => {
            "look at what changed between the runs of the interval above, and replay".to_owned()
        }
        Some(Verdict::Deterministic) => "replay it once: it fails every time".to_owned(),
        Some(Verdict::Flaky) => {
            "quarantine it with its ticket, and look for what differs between the two runs named".to_owned()
        }
        Some(Verdict::EnvDependent) => "compare the failing environments with the others".to_owned(),
        Some(Verdict::RevisionDependent) => {
            "replay it at a failing revision and at one that passes: what differs between their code is the cause".to_owned()
        }
        Some(Verdict::SeedDependent) => "replay it with a failing seed: the seed is the reproduction".to_owned(),
        Some(
            Verdict::SeedUnidentifiable | Verdict::FlakySuspected | Verdict::NewFailure | Verdict::InsufficientEvidence,
        ) => {
            let what = if reproduce["seed"].is_null() { "it" } else { "the failing seed" };
            format!("replay {what} {replays} times: {replays} failures in a row reject a flake of one in two")
        }
        Some(Verdict::Masked) => "mend the ways to fail that hide it, and see whether it is gone".to_owned(),
        Some(Verdict::NotRerun) => "run the environment or seed that failed again".to_owned(),
        Some(Verdict::Fixed) => "close it".to_owned(),
        Some(Verdict::NoFailure | Verdict::SetAside) | None => "nothing".to_owned(),
    }
}

/// Of what a fix is named that waits for its clean runs: whoever mended it has nothing else to do, and nobody quarantines it.
fn of_waiting_fix(scenario: &Value, verdict: Verdict) -> Option<String> {
    let fix = &scenario["planned_fix"];
    let is_waiting = fix["state"] == FixState::Waiting.name();
    let more = fix["needed_95"].as_u64()?.checked_sub(fix["clean_runs"].as_u64()?)?;
    // What did not run again, and what went by itself before, asks for more than these.
    let is_enough = !matches!(verdict, Verdict::NotRerun | Verdict::Recovered | Verdict::InsufficientEvidence);
    (is_waiting && is_enough && more > 0).then(|| {
        format!(
            "wait: {} in a row would show that its fix ({}) holds; do not quarantine it",
            plural(more, "more clean run"),
            inert(fix["ticket"].as_str().unwrap_or_default(), 120)
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fix_that_waits_for_clean_runs_is_waited_for() {
        let fix =
            |state: &str, clean: u64| json!({"state": state, "ticket": "T-1", "clean_runs": clean, "needed_95": 5});
        let next = |verdict: &str, fix: Value| {
            let scenario = json!({"verdict": verdict, "planned_fix": fix, "replays_needed": 5});
            advice(&scenario, verdict)
        };
        let wait = "wait: 3 more clean runs in a row would show that its fix (T-1) holds; do not quarantine it";
        for verdict in ["flaky", "quiet", "deterministic", "relapsed"] {
            assert!(next(verdict, fix("waiting", 2)) == wait, "{verdict}");
        }
        for (verdict, fix) in
            [("flaky", fix("failed", 2)), ("recovered", fix("waiting", 2)), ("quiet", fix("waiting", 5))]
        {
            assert!(!next(verdict, fix).starts_with("wait:"), "{verdict}");
        }
    }
}
