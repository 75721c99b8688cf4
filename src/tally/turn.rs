//! Clocks in the order of names: which of them never go back, and which are out of turn among these.

/// How many gaps a clock may be out of turn: what is queued begins late.
const GAPS: u64 = 3;
/// How far it may be whatever the gaps are: what is queued at one moment begins in any order.
const LEAST_SLACK_MS: u64 = 10 * 60_000;

/// The places of a longest part of clocks that never goes back, of several the one that begins latest.
pub(super) fn longest_run_up(clocks: &[i64]) -> Vec<usize> {
    // From the end: the last place of the best part of each length, whose first clocks fall with the length.
    let mut best: Vec<usize> = Vec::new();
    let mut next: Vec<Option<usize>> = vec![None; clocks.len()];
    for at in (0..clocks.len()).rev() {
        let length = best.partition_point(|&first| clocks[first] >= clocks[at]);
        next[at] = length.checked_sub(1).map(|shorter| best[shorter]);
        match best.get_mut(length) {
            Some(first) => *first = at,
            None => best.push(at),
        }
    }
    std::iter::successors(best.last().copied(), |&at| next[at]).collect()
}

/// How far a clock may be out of turn, by the gaps between clocks that are sorted.
pub(super) fn slack(sorted: &[i64]) -> u64 {
    let mut gaps: Vec<u64> = sorted.windows(2).map(|pair| pair[0].abs_diff(pair[1])).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).map_or(0, |&gap| gap.saturating_mul(GAPS)).max(LEAST_SLACK_MS)
}

/// Whether the clock of a place is further than that before or behind those beside it that agree with each other.
pub(super) fn out_of_turn(clocks: &[i64], agree: &[usize], slack: u64) -> impl Fn(usize) -> bool {
    move |place| {
        let before = agree.partition_point(|&one| one < place);
        let low = before.checked_sub(1).map(|at| clocks[agree[at]]);
        let high = agree.get(before).map(|&one| clocks[one]);
        low.is_some_and(|low| clocks[place] < low && low.abs_diff(clocks[place]) > slack)
            || high.is_some_and(|high| clocks[place] > high && high.abs_diff(clocks[place]) > slack)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// No longer part could be chosen, and what is chosen never goes back.
        #[test]
        fn the_longest_part_is_found(clocks in prop::collection::vec(0_i64..12, 0..12)) {
            let found = longest_run_up(&clocks);
            prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1] && clocks[pair[0]] <= clocks[pair[1]]));
            let mut longest = vec![1_usize; clocks.len()];
            for at in 0..clocks.len() {
                longest[at] = (0..at).filter(|&one| clocks[one] <= clocks[at]).map(|one| longest[one] + 1).max().unwrap_or(1);
            }
            prop_assert_eq!(found.len(), longest.into_iter().max().unwrap_or(0));
        }
    }
}
