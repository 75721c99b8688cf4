//! Scenarios that fail in the same runs.

use std::collections::BTreeMap;

use super::families::FamilySize;
use crate::stats::cofailure::{CoFailure, cofailure_of_counts};

/// Jaccard index from which two scenarios that fail together are one group.
const LEAST_JACCARD: f64 = 0.5;
/// Different histories that are compared pair by pair; of more, only equal ones are.
const MOST_HISTORIES: usize = 2000;
/// Failing runs that a history needs to tell anything.
const LEAST_FAILURES: usize = 2;

/// The runs of one scenario.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct History {
    /// Places of the failing runs, in order.
    pub(super) failing: Vec<u32>,
    /// Places of all counted runs, in order.
    pub(super) counted: Vec<u32>,
}

/// One group, by the places of its members among the cases.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) members: Vec<usize>,
    pub(super) failed_runs: u64,
    pub(super) jaccard: f64,
    pub(super) q: f64,
}

/// What the search for groups came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Groups {
    pub(super) found: Vec<Found>,
    pub(super) size: FamilySize,
    /// Whether there were too many different histories to compare them all.
    pub(super) only_equal: bool,
}

/// Two histories that failed together: how often such a pair stands among the scenarios, and its test.
struct Pair {
    first: usize,
    second: usize,
    pairs: u64,
    test: CoFailure,
}

/// Finds groups among the scenarios of a timeline with so many runs.
///
/// The family of tests is every pair of scenarios that could be significant at all, whether they ever failed together
/// or not: pairs that did not have p = 1 and only their number matters.
pub(super) fn find(histories: &[History], runs: u64, alpha: f64, q: f64) -> Groups {
    let mut by_history: BTreeMap<&History, Vec<usize>> = BTreeMap::new();
    for (member, history) in histories.iter().enumerate().filter(|(_, history)| history.failing.len() >= LEAST_FAILURES)
    {
        by_history.entry(history).or_default().push(member);
    }
    let different: Vec<(&History, Vec<usize>)> = by_history.into_iter().collect();
    let only_equal = different.len() > MOST_HISTORIES;
    let mut pairs = Vec::new();
    for (first, (history, members)) in different.iter().enumerate() {
        let equal = members.len() as u64 * (members.len() as u64 - 1) / 2;
        pairs.extend(test(history, history).filter(|_| equal > 0).map(|test| Pair {
            first,
            second: first,
            pairs: equal,
            test,
        }));
        for (second, (other, others)) in different.iter().enumerate().skip(first + 1).filter(|_| !only_equal) {
            let number = members.len() as u64 * others.len() as u64;
            pairs.extend(test(history, other).map(|test| Pair { first, second, pairs: number, test }));
        }
    }
    let size = family(&different, runs, alpha);
    let adjusted = adjust(&mut pairs, size.kept);
    let related: Vec<(&Pair, f64)> =
        pairs.iter().zip(adjusted).filter(|(pair, value)| *value <= q && pair.test.jaccard >= LEAST_JACCARD).collect();
    Groups { found: join(&different, &related), size, only_equal }
}

/// The test of a pair among the runs that counted both; `None` when they never failed together.
fn test(first: &History, second: &History) -> Option<CoFailure> {
    let both = shared(&first.failing, &second.failing);
    if both == 0 {
        return None;
    }
    let (runs, a, b) = if first.counted == second.counted {
        (first.counted.len() as u64, first.failing.len() as u64, second.failing.len() as u64)
    } else {
        let runs = shared(&first.counted, &second.counted);
        (runs, shared(&first.failing, &second.counted), shared(&second.failing, &first.counted))
    };
    cofailure_of_counts(a, b, both, runs)
}

/// How many places two ordered lists share.
fn shared(first: &[u32], second: &[u32]) -> u64 {
    let (mut rest, mut count) = (second, 0);
    for place in first {
        let at = rest.partition_point(|other| other < place);
        rest = &rest[at..];
        count += u64::from(rest.first() == Some(place));
    }
    count
}

/// How many pairs of scenarios there are, and how many could be significant by their failing runs alone (Tarone).
fn family(different: &[(&History, Vec<usize>)], runs: u64, alpha: f64) -> FamilySize {
    let mut by_failures: BTreeMap<u64, u64> = BTreeMap::new();
    for (history, members) in different {
        *by_failures.entry(history.failing.len() as u64).or_default() += members.len() as u64;
    }
    let mut size = FamilySize::default();
    for (&a, &of_a) in &by_failures {
        for (&b, &of_b) in by_failures.range(a..) {
            let pairs = if a == b { of_a * (of_a - 1) / 2 } else { of_a * of_b };
            size.tested += pairs;
            let best = cofailure_of_counts(a, b, a.min(b), runs.max(b));
            if best.is_some_and(|best| best.least_attainable <= alpha) {
                size.kept += pairs;
            }
        }
    }
    size
}

/// Benjamini and Hochberg over a family of which only these pairs have a p below 1; sorts them by p.
fn adjust(pairs: &mut [Pair], family: u64) -> Vec<f64> {
    pairs.sort_by(|a, b| a.test.p.total_cmp(&b.test.p).then((a.first, a.second).cmp(&(b.first, b.second))));
    let mut rank: u64 = pairs.iter().map(|pair| pair.pairs).sum();
    let family = family.max(rank) as f64;
    let mut least = 1.0f64;
    let mut adjusted: Vec<f64> = pairs
        .iter()
        .rev()
        .map(|pair| {
            least = least.min(pair.test.p * family / rank as f64);
            rank -= pair.pairs;
            least
        })
        .collect();
    adjusted.reverse();
    adjusted
}

/// Joins related histories.
fn join(different: &[(&History, Vec<usize>)], related: &[(&Pair, f64)]) -> Vec<Found> {
    let mut parent: Vec<usize> = (0..different.len()).collect();
    for (pair, _) in related {
        let (a, b) = (root(&parent, pair.first), root(&parent, pair.second));
        parent[a.max(b)] = a.min(b);
    }
    let mut groups: BTreeMap<usize, Found> = BTreeMap::new();
    for (pair, value) in related {
        let group = groups.entry(root(&parent, pair.first)).or_insert_with(|| Found {
            members: Vec::new(),
            failed_runs: 0,
            jaccard: 1.0,
            q: 0.0,
        });
        group.jaccard = group.jaccard.min(pair.test.jaccard);
        group.q = group.q.max(*value);
    }
    for (&of, group) in &mut groups {
        let inside: Vec<usize> = (0..different.len()).filter(|&at| root(&parent, at) == of).collect();
        group.members = inside.iter().flat_map(|&at| different[at].1.iter().copied()).collect();
        group.members.sort_unstable();
        let mut union: Vec<u32> = inside.iter().flat_map(|&at| different[at].0.failing.iter().copied()).collect();
        union.sort_unstable();
        union.dedup();
        group.failed_runs = union.len() as u64;
    }
    let mut groups: Vec<Found> = groups.into_values().filter(|group| group.members.len() > 1).collect();
    groups.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then_with(|| a.members.cmp(&b.members)));
    groups
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

    fn history(failing: &[u32], counted: std::ops::Range<u32>) -> History {
        History { failing: failing.to_vec(), counted: counted.collect() }
    }

    #[test]
    fn equal_and_like_histories_are_one_group() {
        let sets: [&[u32]; 5] = [&[1, 4, 7, 9, 12], &[1, 4, 9, 12, 15], &[1, 4, 7, 9, 12], &[50, 60], &[3]];
        let histories: Vec<History> = sets.iter().map(|set| history(set, 0..100)).collect();
        let groups = find(&histories, 100, 0.05, 0.05);
        assert_eq!(groups.found.len(), 1);
        assert_eq!(groups.found[0].members, [0, 1, 2]);
        assert_eq!(groups.found[0].failed_runs, 6);
        assert!((groups.found[0].jaccard - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(groups.size, FamilySize { tested: 6, kept: 6 });
    }

    #[test]
    fn scenarios_that_always_fail_are_no_group_for_that() {
        let always: Vec<u32> = (0..20).collect();
        assert_eq!(find(&[history(&always, 0..20), history(&always, 0..20)], 20, 0.05, 0.05).found, []);
        // Nor when both are new: only the runs that counted both tell anything.
        let late: Vec<u32> = (20..40).collect();
        assert_eq!(find(&[history(&late, 20..40), history(&late, 20..40)], 40, 0.05, 0.05).found, []);
    }

    #[test]
    fn independent_scenarios_are_no_groups() {
        // 400 scenarios with two failures each, anywhere in 120 runs: dozens fail in the same two runs by chance.
        let mut state = 1u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            u32::try_from((state >> 33) % 120).unwrap_or(0)
        };
        let histories: Vec<History> = (0..400)
            .map(|_| {
                let (a, b) = (draw(), draw());
                history(&[a.min(b), if a == b { (b + 1) % 120 } else { a.max(b) }], 0..120)
            })
            .collect();
        assert_eq!(find(&histories, 120, 0.05, 0.05).found, []);
    }
}
