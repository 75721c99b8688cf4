//! Ceilings on what changed since a baseline.

use std::collections::BTreeMap;

use super::policy::Ceiling;
use super::policy::ceiling;
use crate::definition::{Faults, Section};

/// Ceilings by kind of change.
pub type ChangeBudgets = BTreeMap<&'static str, Ceiling>;

/// Kinds of change that a policy can name.
pub(super) const KINDS: [&str; 6] = ["new", "returned", "worsened", "recurring", "quiet", "absent"];

pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> ChangeBudgets {
    let Some(section) = root.section("baseline", faults) else { return ChangeBudgets::new() };
    section.refuse_unknown(&KINDS, faults);
    let one = |&kind: &&'static str| Some((kind, ceiling(kind, section.entry(kind)?, faults)?));
    KINDS.iter().filter_map(one).collect()
}
