//! The sentences of failures that depend on the environment, the seed or the revision.

use super::association::Association;
use super::draft::{Adjusted, Draft, Settled};
use super::names::{NAMED, Names, p};
use crate::text::terminal::listed;

pub(super) fn on_environment(draft: &Draft, settled: Settled, adjusted: &Adjusted, names: &Names<'_>) -> String {
    format!(
        "it fails in {} more than elsewhere (risk difference {:.2}, {}){}",
        listed(names.environments.iter(), NAMED),
        draft.environment.risk_difference,
        ps(&draft.environment, adjusted.environment),
        if settled.always { ", and always there" } else { "" }
    )
}

pub(super) fn on_seed(draft: &Draft, settled: Settled, adjusted: &Adjusted, names: &Names<'_>) -> String {
    format!(
        "it fails with seed {} more than with others ({}){}",
        listed(names.seeds.iter(), NAMED),
        ps(&draft.seed, adjusted.seed),
        if settled.always { ", and always with them" } else { "" }
    )
}

pub(super) fn on_revision(draft: &Draft, settled: Settled, adjusted: &Adjusted, names: &Names<'_>) -> String {
    format!(
        "it fails at {} {} more than at others ({}){}",
        if names.revisions.len() == 1 { "revision" } else { "revisions" },
        listed(names.revisions.iter(), NAMED),
        ps(&draft.revision, adjusted.revision),
        if settled.always { ", and always there" } else { "" }
    )
}

fn ps(association: &Association, q: Option<f64>) -> String {
    format!("p {}, q {}", p(association.test.map(|test| test.p)), p(q))
}
