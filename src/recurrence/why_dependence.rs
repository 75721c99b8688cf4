//! The sentences of failures that depend on the environment, the seed or the revision.

use super::association::Association;
use super::draft::{Adjusted, Draft, Settled};
use super::names::{NAMED, Names, p};
use crate::text::terminal::listed;

pub(super) fn on_environment(draft: &Draft, settled: Settled, adjusted: &Adjusted, names: &Names<'_>) -> String {
    format!(
        "it fails in {} more than elsewhere (risk difference {:.2}, {}){}{}",
        listed(names.levels.environments.iter(), NAMED),
        draft.environment.risk_difference,
        ps(&draft.environment, adjusted.environment),
        always(&draft.environment, settled, &names.levels.environments, ["there", "in"]),
        left_out(names)
    )
}

pub(super) fn on_seed(draft: &Draft, settled: Settled, adjusted: &Adjusted, names: &Names<'_>) -> String {
    format!(
        "it fails with seed {} more than with others ({}){}",
        listed(names.levels.seeds.iter(), NAMED),
        ps(&draft.seed, adjusted.seed),
        always(&draft.seed, settled, &names.levels.seeds, ["with them", "with seed"])
    )
}

pub(super) fn on_revision(draft: &Draft, settled: Settled, adjusted: &Adjusted, names: &Names<'_>) -> String {
    format!(
        "it fails at {} {} more than at others ({}){}",
        if names.levels.revisions.len() == 1 { "revision" } else { "revisions" },
        listed(names.levels.revisions.iter(), NAMED),
        ps(&draft.revision, adjusted.revision),
        always(&draft.revision, settled, &names.levels.revisions, ["there", "at"])
    )
}

/// Where it always fails, which may be in some of the failing levels only. `names`: of the failing ones.
fn always(association: &Association, settled: Settled, names: &[String], [there, at]: [&str; 2]) -> String {
    let Association { failing, always, .. } = association;
    match always.len() {
        _ if !settled.always => String::new(),
        all if all == failing.len() => format!(", and always {there}"),
        _ => {
            let own = failing.iter().zip(names).filter(|(level, _)| always.contains(level));
            let own: Vec<&String> = own.map(|(_, name)| name).collect();
            format!(", and always {at} {}", listed(own.iter(), NAMED))
        }
    }
}

/// The environments that ran too seldom to be compared.
fn left_out(names: &Names<'_>) -> String {
    if names.levels.left_out.is_empty() {
        return String::new();
    }
    format!("; not compared, since each ran in fewer than five runs: {}", listed(names.levels.left_out.iter(), NAMED))
}

fn ps(association: &Association, q: Option<f64>) -> String {
    format!("p {}, q {}", p(association.test.map(|test| test.p)), p(q))
}
