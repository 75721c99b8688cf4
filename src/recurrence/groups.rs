//! Scenarios that fail in the same runs.

use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use rayon::prelude::*;
use smallvec::SmallVec;

use super::families::FamilySize;
use crate::stats::cofailure::{CoFailure, cofailure_of_counts, cofailure_within};

/// Jaccard index from which two scenarios that fail together are one group.
const LEAST_JACCARD: f64 = 0.5;
/// Different histories that are compared pair by pair; of more, only equal ones are.
const MOST_HISTORIES: usize = 2000;
/// Failing runs that a history needs to tell anything.
const LEAST_FAILURES: usize = 2;

/// The runs of one scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct History {
    /// Places of the failing runs, in order.
    pub(super) failing: Vec<u32>,
    /// Places of all counted runs, in order.
    pub(super) counted: Vec<u32>,
    /// Places at which its rate changed, in order.
    pub(super) changes: Vec<u32>,
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

impl Groups {
    /// For each of so many members, its group and the last run in which any of that failed.
    pub(super) fn together(&self, histories: &[History]) -> Vec<Option<(usize, u32)>> {
        let mut together = vec![None; histories.len()];
        for (at, group) in self.found.iter().enumerate() {
            let last = group.members.iter().filter_map(|&member| histories[member].failing.last()).max();
            for &member in &group.members {
                together[member] = last.map(|&last| (at, last));
            }
        }
        together
    }
}

impl History {
    /// Its failing runs from a place on.
    pub(super) fn failing_since(&self, place: u32) -> impl Iterator<Item = u32> {
        self.failing[self.failing.partition_point(|&run| run < place)..].iter().copied()
    }

    /// Its runs behind a place that did not fail.
    pub(super) fn clean_since(&self, place: u32) -> impl Iterator<Item = u32> {
        let behind = &self.counted[self.counted.partition_point(|&run| run <= place)..];
        behind.iter().copied().filter(|run| self.failing.binary_search(run).is_err())
    }
}

/// Two histories that failed together, and their test.
struct Pair {
    first: usize,
    second: usize,
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
    let bits: Vec<Bits<'_>> = different.iter().filter(|_| !only_equal).map(|(history, _)| Bits::new(history)).collect();
    let tested = (0..different.len())
        .into_par_iter()
        .fold(Tested::default, |mut tested, first| {
            let (history, members) = &different[first];
            let equal = members.len() as u64 * (members.len() as u64 - 1) / 2;
            if equal > 0
                && let Some(overlap) = Bits::new(history).overlap(&Bits::new(history))
            {
                tested.add(overlap, equal, (first, first));
            }
            for second in first + 1..bits.len() {
                if let Some(overlap) = bits[first].overlap(&bits[second]) {
                    tested.add(overlap, members.len() as u64 * different[second].1.len() as u64, (first, second));
                }
            }
            tested
        })
        .reduce(Tested::default, Tested::merge);
    let size = family(&different, runs, alpha);
    let related = tested.related(size.kept, q);
    Groups { found: join(&different, &related), size, only_equal }
}

/// A history as sets of places.
struct Bits<'h> {
    failing: Vec<u64>,
    counted: Vec<u64>,
    changes: &'h [u32],
}

/// What the test of a pair depends on, among the runs that counted both: for each stretch between two changes of either, in which
/// both passed and failed, the failing runs of each, of both, at least 1 in all, and the runs. What always fails in one, or never,
/// says nothing there: that both changed at one time is told by their changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Overlap(SmallVec<[[u64; 4]; 1]>);

impl<'h> Bits<'h> {
    fn new(history: &'h History) -> Self {
        let set = |places: &[u32]| {
            let mut words = vec![0; places.last().map_or(0, |&last| last as usize / 64 + 1)];
            for &place in places {
                words[place as usize / 64] |= 1 << (place % 64);
            }
            words
        };
        Self { failing: set(&history.failing), counted: set(&history.counted), changes: &history.changes }
    }

    fn overlap(&self, other: &Self) -> Option<Overlap> {
        // Most pairs never failed together.
        if self.failing.iter().zip(&other.failing).all(|(a, b)| a & b == 0) {
            return None;
        }
        let mut bounds: SmallVec<[u32; 4]> = SmallVec::from_slice(&[0]);
        bounds.extend(self.changes.iter().chain(other.changes).copied());
        bounds.sort_unstable();
        bounds.dedup();
        let ends = bounds.iter().skip(1).copied().chain([u32::MAX]);
        let mut stretches: SmallVec<[[u64; 4]; 1]> = bounds
            .iter()
            .zip(ends)
            .map(|(&start, end)| {
                let shared = |a: &[u64], b: &[u64]| shared(a, b, start, end);
                let runs = shared(&self.counted, &other.counted);
                let (first, second) = (shared(&self.failing, &other.counted), shared(&self.counted, &other.failing));
                // Either may come first.
                [first.min(second), first.max(second), shared(&self.failing, &other.failing), runs]
            })
            .filter(|[first, second, _, runs]| (1..*runs).contains(first) && (1..*runs).contains(second))
            .collect();
        stretches.sort_unstable();
        stretches.iter().any(|[_, _, both, _]| *both > 0).then_some(Overlap(stretches))
    }
}

/// How many places from one to another two sets share.
fn shared(a: &[u64], b: &[u64], start: u32, end: u32) -> u64 {
    let (first, last) = (start as usize / 64, end as usize / 64);
    let words = a.iter().zip(b).enumerate().skip(first).take(last - first + 1);
    let within = words.map(|(word, (a, b))| {
        let from = if word == first { u64::MAX << (start % 64) } else { u64::MAX };
        let to = if word == last { !(u64::MAX << (end % 64)) } else { u64::MAX };
        u64::from((a & b & from & to).count_ones())
    });
    within.sum()
}

impl Overlap {
    fn test(&self) -> Option<CoFailure> {
        cofailure_within(&self.0)
    }

    /// Whether a pair may be one group, if it is significant.
    fn is_close(&self) -> bool {
        let (both, either) = self.0.iter().fold((0, 0), |(both, either), [first, second, shared, _]| {
            (both + shared, either + first + second - shared)
        });
        both as f64 / either as f64 >= LEAST_JACCARD
    }
}

/// How often each overlap stands among the pairs of scenarios: many pairs share few of them.
#[derive(Default)]
struct Tested {
    pairs: HashMap<Overlap, u64, RandomState>,
    /// Pairs of histories that are close.
    close: Vec<(usize, usize, Overlap)>,
}

impl Tested {
    fn add(&mut self, overlap: Overlap, pairs: u64, (first, second): (usize, usize)) {
        if overlap.is_close() {
            self.close.push((first, second, overlap.clone()));
        }
        *self.pairs.entry(overlap).or_default() += pairs;
    }

    fn merge(mut self, other: Self) -> Self {
        other.pairs.into_iter().for_each(|(overlap, pairs)| *self.pairs.entry(overlap).or_default() += pairs);
        self.close.extend(other.close);
        self
    }

    /// The close pairs whose adjusted p is at most `q`, each with it.
    fn related(self, family: u64, q: f64) -> Vec<(Pair, f64)> {
        let found = self.pairs.into_iter().filter_map(|(overlap, pairs)| Some((overlap.test()?.p, pairs)));
        let adjusted = adjust(found.collect(), family);
        let of_pair = |(first, second, overlap): (usize, usize, Overlap)| {
            let test = overlap.test()?;
            let at = adjusted.partition_point(|(p, _)| *p < test.p);
            let (_, value) = adjusted.get(at)?;
            (*value <= q).then_some((Pair { first, second, test }, *value))
        };
        self.close.into_iter().filter_map(of_pair).collect()
    }
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

/// Benjamini and Hochberg over a family of which only these pairs have a p below 1, given as p and number of pairs;
/// by rising p, each with its adjusted value.
fn adjust(mut found: Vec<(f64, u64)>, family: u64) -> Vec<(f64, f64)> {
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut rank: u64 = found.iter().map(|(_, pairs)| pairs).sum();
    let family = family.max(rank) as f64;
    let mut least = 1.0f64;
    let mut adjusted: Vec<(f64, f64)> = Vec::with_capacity(found.len());
    for of_p in found.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()).rev() {
        least = least.min(of_p[0].0 * family / rank as f64);
        rank -= of_p.iter().map(|(_, pairs)| pairs).sum::<u64>();
        adjusted.push((of_p[0].0, least));
    }
    adjusted.reverse();
    adjusted
}

/// Joins related histories.
fn join(different: &[(&History, Vec<usize>)], related: &[(Pair, f64)]) -> Vec<Found> {
    let mut parent: Vec<usize> = (0..different.len()).collect();
    for (pair, _) in related {
        let (a, b) = (root(&parent, pair.first), root(&parent, pair.second));
        parent[a.max(b)] = a.min(b);
    }
    // Roots are the least of their groups, so that one pass upwards makes every way to them one step.
    for at in 0..parent.len() {
        parent[at] = parent[parent[at]];
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
    let mut inside_of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..different.len() {
        inside_of.entry(root(&parent, at)).or_default().push(at);
    }
    for (of, group) in &mut groups {
        let inside = inside_of.remove(of).unwrap_or_default();
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
    use proptest::prelude::*;

    use super::*;

    fn history(failing: &[u32], counted: std::ops::Range<u32>) -> History {
        History { failing: failing.to_vec(), counted: counted.collect(), changes: Vec::new() }
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

    /// How many places two ordered lists share within a stretch.
    fn in_both(first: &[u32], second: &[u32], stretch: &std::ops::Range<u32>) -> u64 {
        first.iter().filter(|place| stretch.contains(place) && second.contains(place)).count() as u64
    }

    /// Every pair of scenarios tested on its own, and all of them adjusted at once.
    fn pair_by_pair(histories: &[History], runs: u64, q: f64) -> Vec<(usize, usize, f64)> {
        let (mut tests, mut kept) = (Vec::new(), 0u64);
        let told: Vec<usize> = (0..histories.len()).filter(|&at| histories[at].failing.len() >= 2).collect();
        for (at, &first) in told.iter().enumerate() {
            for &second in &told[at + 1..] {
                let (one, other) = (&histories[first], &histories[second]);
                let (a, b) = (one.failing.len() as u64, other.failing.len() as u64);
                let best = cofailure_of_counts(a, b, a.min(b), runs).unwrap();
                kept += u64::from(best.least_attainable <= 0.05);
                let mut bounds: Vec<u32> = one.changes.iter().chain(&other.changes).copied().collect();
                bounds.extend([0, u32::MAX]);
                bounds.sort_unstable();
                let mut strata: Vec<[u64; 4]> = bounds
                    .windows(2)
                    .map(|pair| {
                        let share = |a: &[u32], b: &[u32]| in_both(a, b, &(pair[0]..pair[1]));
                        let runs = share(&one.counted, &other.counted);
                        let (a, b) = (share(&one.failing, &other.counted), share(&other.failing, &one.counted));
                        [a.min(b), a.max(b), share(&one.failing, &other.failing), runs]
                    })
                    .filter(|[a, b, _, runs]| *a > 0 && *b > 0 && a < runs && b < runs)
                    .collect();
                strata.sort_unstable();
                if strata.iter().any(|stratum| stratum[2] > 0) {
                    tests.push((first, second, cofailure_within(&strata).unwrap()));
                }
            }
        }
        tests.sort_by(|a, b| a.2.p.total_cmp(&b.2.p));
        let (mut least, family) = (1.0f64, kept.max(tests.len() as u64) as f64);
        let mut related = Vec::new();
        for (rank, (first, second, test)) in (1u32..).zip(&tests).collect::<Vec<_>>().into_iter().rev() {
            least = least.min(test.p * family / f64::from(rank));
            if least <= q && test.jaccard >= LEAST_JACCARD {
                related.push((*first, *second, least));
            }
        }
        related
    }

    #[test]
    fn what_changed_at_different_runs_is_not_joined_for_that() {
        let broke = |at: u32| History { changes: vec![at], ..history(&(at..100).collect::<Vec<_>>(), 0..100) };
        assert_eq!(find(&[broke(50), broke(60), broke(50)], 100, 0.05, 0.05).found, []);
        // What fails together before and behind the change is.
        let with = |failing: &[u32], changes: &[u32]| History { changes: changes.to_vec(), ..history(failing, 0..100) };
        let flaky = [3, 17, 29, 44, 61, 63, 66, 69, 72, 75, 78, 80, 83, 84, 88, 91, 93, 95, 98];
        let found = find(&[with(&flaky, &[60]), with(&flaky[..16], &[60, 92])], 100, 0.05, 0.05).found;
        assert_eq!(found.iter().map(|group| &group.members[..]).collect::<Vec<_>>(), [[0, 1]]);
    }

    proptest! {
        /// Members, least Jaccard index and greatest q are those that testing pair by pair gives.
        #[test]
        fn counting_overlaps_equals_testing_pair_by_pair(
            rows in prop::collection::vec((any::<u32>(), any::<u32>(), 0usize..4), 2..14), runs in 20u32..90,
        ) {
            // Some histories are copies of others, some only near them.
            let bit = |word: u32, place: u32| word.rotate_left(place * 7) >> (place % 32) & 1 == 1;
            let histories: Vec<History> = (0..rows.len()).map(|at| {
                let (fails, holes, like) = rows[at];
                let source = if like > 0 { rows[at.saturating_sub(like)] } else { rows[at] };
                let counted: Vec<u32> =
                    (0..runs).filter(|&p| like == 1 || !bit(holes, p) || p % 3 == 0).collect();
                let failing = counted.iter().copied().filter(|&p| {
                    bit(source.0, p) && bit(source.1, p + 5) && (like < 2 || bit(fails, p + 9))
                });
                let changes = if at % 3 == 0 { vec![runs / 3, runs / 2 + fails % 7] } else { Vec::new() };
                History { failing: failing.collect(), counted: counted.clone(), changes }
            }).collect();
            let found = find(&histories, u64::from(runs), 0.05, 0.05);
            let related = pair_by_pair(&histories, u64::from(runs), 0.05);
            let mut parent: Vec<usize> = (0..histories.len()).collect();
            for &(first, second, _) in &related {
                let (a, b) = (root(&parent, first), root(&parent, second));
                parent[a.max(b)] = a.min(b);
            }
            let mut groups: Vec<(Vec<usize>, f64)> = (0..histories.len())
                .map(|of| {
                    let members: Vec<usize> = (0..histories.len()).filter(|&at| root(&parent, at) == of).collect();
                    let within = related.iter().filter(|(first, ..)| root(&parent, *first) == of);
                    (members, within.map(|pair| pair.2).fold(0.0, f64::max))
                })
                .filter(|(members, _)| members.len() > 1)
                .collect();
            groups.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
            let given: Vec<(Vec<usize>, f64)> = found.found.into_iter().map(|group| (group.members, group.q)).collect();
            prop_assert_eq!(given, groups);
        }
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
