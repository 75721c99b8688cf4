//! Ceilings on what changed since a baseline.

use std::collections::BTreeMap;

use super::budget::{Ceiling, ceiling};
use crate::definition::{Faults, Section};
use crate::diff::ChangeKind;

/// Ceilings by kind of change.
pub type ChangeBudgets = BTreeMap<&'static str, Ceiling>;

/// Kinds of change that a policy can name: all but what is resolved.
fn kinds() -> Vec<&'static str> {
    ChangeKind::ALL.iter().filter(|kind| **kind != ChangeKind::Resolved).map(|kind| kind.name()).collect()
}

pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> ChangeBudgets {
    let Some(section) = root.section("baseline", faults) else { return ChangeBudgets::new() };
    let kinds = kinds();
    section.refuse_unknown(&kinds, faults);
    let one = |&kind: &&'static str| Some((kind, ceiling(kind, section.entry(kind)?, faults)?));
    kinds.iter().filter_map(one).collect()
}
