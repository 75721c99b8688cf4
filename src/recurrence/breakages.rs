//! Scenarios that broke at once: groups by change.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::case::Case;
use super::draft::Change;

/// A rise of a scenario's failure rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Breakage {
    /// Place of the scenario among the cases.
    pub(super) member: usize,
    /// Place on the timeline of the first run behind it, and its 99 % interval.
    pub(super) run: u32,
    pub(super) from: u32,
    pub(super) to: u32,
}

/// Scenarios that may have broken by one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ByChange {
    /// By their places among the cases.
    pub(super) members: Vec<usize>,
    /// The first run behind it, and what their intervals have in common.
    pub(super) run: u32,
    pub(super) from: u32,
    pub(super) to: u32,
}

/// The breakages of all cases.
pub(super) fn of_cases(cases: &[Box<Case>]) -> Vec<Breakage> {
    let rises = |case: &Case| -> Vec<[u32; 3]> {
        let rises = case.drafts[0].changes.iter().filter(|change| change.rate_after > change.rate_before);
        rises.map(|change| exact(case, change).unwrap_or([change.run, change.from, change.to])).collect()
    };
    let of_case =
        |(member, case)| rises(case).into_iter().map(move |[run, from, to]| Breakage { member, run, from, to });
    cases.iter().map(Box::as_ref).enumerate().flat_map(of_case).collect()
}

/// Where what never failed before came to fail always: between its last pass and its first failure, whatever else the interval of
/// a rate allows for.
fn exact(case: &Case, change: &Change) -> Option<[u32; 3]> {
    let before = case.runs.counted.partition_point(|&run| run < change.run).checked_sub(1)?;
    let from = case.runs.counted[before] + 1;
    (change.rate_before <= 0.0 && change.rate_after >= 1.0).then_some([change.run, from, change.run])
}

/// Puts breakages together whose intervals overlap: all of a group have a place in common. The narrowest come first; one that
/// overlaps two groups tells for neither.
pub(super) fn by_change(mut breakages: Vec<Breakage>) -> Vec<ByChange> {
    breakages.sort_by_key(|breakage| (breakage.to - breakage.from, breakage.from, breakage.member));
    // Disjoint, by where they begin.
    let mut groups: BTreeMap<u32, ByChange> = BTreeMap::new();
    for Breakage { member, run, from, to } in breakages {
        match overlapping(&groups, from..=to)[..] {
            [] => {
                groups.insert(from, ByChange { members: vec![member], run, from, to });
            }
            [at] => {
                if let Some(mut group) = groups.remove(&at) {
                    group.members.push(member);
                    (group.run, group.from, group.to) = (group.run.min(run), group.from.max(from), group.to.min(to));
                    groups.insert(group.from, group);
                }
            }
            _ => {}
        }
    }
    let whole = |mut group: ByChange| {
        group.members.sort_unstable();
        group.members.dedup();
        group.run = group.run.clamp(group.from, group.to);
        group
    };
    let mut found: Vec<ByChange> = groups.into_values().map(whole).filter(|group| group.members.len() > 1).collect();
    found.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then(b.from.cmp(&a.from)));
    found
}

/// The first groups from the end that overlap an interval, two at most.
fn overlapping(groups: &BTreeMap<u32, ByChange>, interval: RangeInclusive<u32>) -> Vec<u32> {
    let before = groups.range(..=*interval.end()).rev();
    before.take_while(|(_, group)| group.to >= *interval.start()).take(2).map(|(&at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn breakage(member: usize, from: u32, run: u32, to: u32) -> Breakage {
        Breakage { member, run, from, to }
    }

    #[test]
    fn intervals_that_overlap_are_one_group() {
        // Two at 10, two at 13; one that may be of either is of none, and one is alone.
        let found = by_change(vec![
            breakage(0, 9, 10, 11),
            breakage(1, 10, 10, 10),
            breakage(2, 13, 13, 14),
            breakage(3, 12, 13, 15),
            breakage(4, 5, 11, 20),
            breakage(5, 30, 31, 32),
        ]);
        let one = |members: &[usize], run, from, to| ByChange { members: members.to_vec(), run, from, to };
        assert_eq!(found, [one(&[2, 3], 13, 13, 14), one(&[0, 1], 10, 10, 10)]);
    }

    proptest! {
        #[test]
        fn a_group_has_a_place_in_common_and_no_two_do(
            intervals in prop::collection::vec((0u32..60, 0u32..12), 0..40)
        ) {
            let all: Vec<Breakage> =
                intervals.iter().enumerate().map(|(at, &(from, wide))| breakage(at, from, from, from + wide)).collect();
            let found = by_change(all.clone());
            for group in &found {
                for &member in &group.members {
                    prop_assert!(all[member].from <= group.from && group.to <= all[member].to);
                }
                prop_assert!(group.from <= group.run && group.run <= group.to);
                let others = found.iter().filter(|other| *other != group);
                prop_assert!(others.clone().all(|other| other.to < group.from || group.to < other.from));
                prop_assert!(others.flat_map(|other| &other.members).all(|member| !group.members.contains(member)));
            }
            let mut turned = all;
            turned.reverse();
            prop_assert_eq!(by_change(turned), found);
        }
    }
}
