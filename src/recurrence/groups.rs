//! Scenarios that fail in the same runs.

use std::collections::BTreeMap;

use super::association::Test;
use super::families::{FamilySize, adjust};
use crate::stats::cofailure::cofailure;

/// Jaccard index from which two scenarios that fail together are one group.
const LEAST_JACCARD: f64 = 0.5;
/// Different sets of failing runs that are compared pair by pair; of more, only equal sets are.
const MOST_SETS: usize = 2000;

/// One group, by the places of its members among the cases.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) members: Vec<usize>,
    pub(super) failed_runs: u64,
    pub(super) jaccard: f64,
    pub(super) q: f64,
}

/// Finds groups among sets of failing runs, each sorted; a set of fewer than two runs tells nothing.
pub(super) fn find(failing: &[Vec<u32>], runs: u64, alpha: f64, q: f64) -> (Vec<Found>, FamilySize) {
    let mut by_set: BTreeMap<&[u32], Vec<usize>> = BTreeMap::new();
    for (member, set) in failing.iter().enumerate().filter(|(_, set)| set.len() >= 2) {
        by_set.entry(set).or_default().push(member);
    }
    let sets: Vec<(&[u32], Vec<usize>)> = by_set.into_iter().collect();
    let compare = sets.len() <= MOST_SETS;
    let mut pairs: Vec<(usize, usize, f64)> = Vec::new();
    let mut tests = Vec::new();
    for (first, (set, members)) in sets.iter().enumerate() {
        if members.len() > 1 {
            test(set, set, runs, (first, first), &mut pairs, &mut tests);
        }
        for (second, (other, _)) in sets.iter().enumerate().skip(first + 1).filter(|_| compare) {
            test(set, other, runs, (first, second), &mut pairs, &mut tests);
        }
    }
    let (adjusted, size) = adjust(&tests, alpha);
    let mut parent: Vec<usize> = (0..sets.len()).collect();
    let mut kept: Vec<(usize, f64, f64)> = Vec::new();
    for (&(first, second, jaccard), value) in pairs.iter().zip(adjusted) {
        if let Some(value) = value.filter(|&value| value <= q && jaccard >= LEAST_JACCARD) {
            let (a, b) = (root(&parent, first), root(&parent, second));
            parent[a.max(b)] = a.min(b);
            kept.push((first, jaccard, value));
        }
    }
    let mut groups: BTreeMap<usize, Found> = BTreeMap::new();
    for (set, jaccard, value) in kept {
        let group = groups.entry(root(&parent, set)).or_insert_with(|| Found {
            members: Vec::new(),
            failed_runs: 0,
            jaccard: 1.0,
            q: 0.0,
        });
        group.jaccard = group.jaccard.min(jaccard);
        group.q = group.q.max(value);
    }
    for (&of, group) in &mut groups {
        let inside: Vec<usize> = (0..sets.len()).filter(|&set| root(&parent, set) == of).collect();
        group.members = inside.iter().flat_map(|&set| sets[set].1.iter().copied()).collect();
        group.members.sort_unstable();
        let mut union: Vec<u32> = inside.iter().flat_map(|&set| sets[set].0.iter().copied()).collect();
        union.sort_unstable();
        union.dedup();
        group.failed_runs = union.len() as u64;
    }
    let mut groups: Vec<Found> = groups.into_values().filter(|group| group.members.len() > 1).collect();
    groups.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then_with(|| a.members.cmp(&b.members)));
    (groups, size)
}

fn test(
    set: &[u32],
    other: &[u32],
    runs: u64,
    (first, second): (usize, usize),
    pairs: &mut Vec<(usize, usize, f64)>,
    tests: &mut Vec<Option<Test>>,
) {
    if let Some(found) = cofailure(set, other, runs).filter(|found| found.both > 0) {
        pairs.push((first, second, found.jaccard));
        tests.push(Some(Test { p: found.p, least_attainable: found.least_attainable }));
    }
}

fn root(parent: &[usize], mut at: usize) -> usize {
    while parent[at] != at {
        at = parent[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_and_like_sets_are_one_group() {
        let sets = [vec![1, 4, 7, 9, 12], vec![1, 4, 9, 12, 15], vec![1, 4, 7, 9, 12], vec![50, 60], vec![3]];
        let (groups, size) = find(&sets, 100, 0.05, 0.05);
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].members, [0, 1, 2]);
        assert_eq!(groups[0].failed_runs, 6);
        assert!((groups[0].jaccard - 2.0 / 3.0).abs() < 1e-12);
        assert!(size.tested >= 2);
    }

    #[test]
    fn scenarios_that_always_fail_are_no_group_for_that() {
        let always: Vec<u32> = (0..20).collect();
        assert_eq!(find(&[always.clone(), always], 20, 0.05, 0.05).0, []);
    }
}
