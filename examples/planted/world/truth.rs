//! What is true of a planted scenario, and the document that says so.

use serde_json::{Value, json};

use super::corpus::Corpus;

/// The truth of one scenario.
#[derive(Clone, Debug, Default)]
pub(crate) struct Planted {
    /// The case or the world.
    pub(crate) case: &'static str,
    /// The verdict; none where only the world is known.
    pub(crate) verdict: Option<&'static str>,
    /// The sub-label.
    pub(crate) label: Option<&'static str>,
    /// The headline.
    pub(crate) kind: Option<&'static str>,
    /// How it was planted.
    pub(crate) why: String,
}

/// `truth.json`.
pub(crate) fn truth_document(corpus: &Corpus) -> Value {
    let scenarios: Vec<Value> = corpus
        .scenarios
        .iter()
        .map(|scenario| {
            let mut entry = json!({
                "packet_id": scenario.packet(),
                "suite_id": scenario.suite(),
                "scenario_id": scenario.id(),
                "mode": scenario.mode(),
            });
            let truth = &scenario.planted;
            match truth.verdict {
                None => entry["world"] = truth.case.into(),
                Some(verdict) => {
                    entry["verdict"] = verdict.into();
                    entry["label"] = truth.label.into();
                    entry["kind"] = truth.kind.into();
                    entry["case"] = truth.case.into();
                    entry["stale"] = corpus.is_stale(scenario).into();
                }
            }
            entry["history"] = scenario.series.letters().into();
            entry["why"] = truth.why.clone().into();
            entry
        })
        .collect();
    let names = |list: &[std::ops::Range<usize>]| -> Vec<String> {
        list.iter().flat_map(|streak| streak.clone().map(Corpus::run_name)).collect()
    };
    let mass = corpus.mass_failures();
    json!({
        "schema_version": "relapse-planted-v1",
        "seed": corpus.seed,
        "runs": corpus.stage.runs,
        "set_aside_runs": names(&mass.set_aside),
        "mass_failure_runs_that_stay": names(&mass.staying),
        "scenarios": scenarios,
    })
}
