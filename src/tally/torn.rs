//! Sequences whose names and clocks tell two orders, while no majority tells which is right.

use super::clock::DAY_MS;
use super::sequence::{are_dates, counter};
use super::turn::{longest_run_up, out_of_turn, slack};

/// Entries below which two orders are no matter.
const LEAST: usize = 4;
/// Entries from which on each of two parts may have a few of its own out of turn.
const MANY: usize = 8;
/// One in how many places of all an entry must stand elsewhere by its clock than by its name: what is queued together, such as
/// the builds of a night, begins in any order, and hides no more than a night.
const FAR: usize = 5;
/// How long a quarter of what is queued may wait while what was queued behind it runs.
const LONGEST_QUEUE_MS: u64 = 2 * 3_600_000;
/// Entries that one counter must have given to be held to the order of time.
const LEAST_DENSE: usize = 6;
/// Numbers behind which the calendar begins again: of weekdays, months, hours, days, weeks, minutes and days of a year.
const TOPS: [u64; 15] = [6, 7, 12, 23, 24, 28, 29, 30, 31, 52, 53, 59, 60, 365, 366];

/// Whether the clocks of a sequence, in the order of its names, which they do not follow, tell an order that its numbers deny.
/// Numbers that no counter gave tell none.
pub(super) fn is_torn(names: &[&str], clocks: &[i64]) -> bool {
    let counter = counter(names);
    if names.len() < LEAST || counter.is_none() && !are_dates(names) || counts_down(clocks) {
        return false;
    }
    let mut sorted = clocks.to_vec();
    sorted.sort_unstable();
    let slack = slack(&sorted);
    match counter {
        Some(numbers) if goes_on(&numbers, clocks, &sorted, slack) => false,
        Some(numbers)
            if is_dense(&numbers) && (mixes(clocks, &sorted, slack) || are_shifted(clocks, &sorted, slack)) =>
        {
            true
        }
        _ => is_apart(clocks, &sorted, slack),
    }
}

/// Whether a counter may begin again behind a number: its digits or the calendar have none above it.
pub(super) fn is_top(number: &str) -> bool {
    number.bytes().all(|digit| digit == b'9') || number.parse().is_ok_and(|value| TOPS.contains(&value))
}

/// Whether a counter began again behind its last number, and went on at once.
fn goes_on(numbers: &[&str], clocks: &[i64], sorted: &[i64], slack: u64) -> bool {
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return false };
    let drop = |&at: &usize| clocks[at - 1].saturating_sub(clocks[at]);
    let Some(turn) = (1..clocks.len()).max_by_key(drop) else { return false };
    let rotated = [&clocks[turn..], &clocks[..turn]].concat();
    let gap = clocks[0].abs_diff(clocks[clocks.len() - 1]);
    first.parse().is_ok_and(|first: u64| first <= 1) && is_top(last) && gap <= slack && !mixes(&rotated, sorted, slack)
}

/// Whether one counter gave numbers: few are missing, and none is there twice.
fn is_dense(numbers: &[&str]) -> bool {
    let mut values: Vec<u64> = numbers.iter().filter_map(|number| number.parse().ok()).collect();
    values.sort_unstable();
    values.dedup();
    let (Some(least), Some(most)) = (values.first(), values.last()) else { return false };
    let n = numbers.len();
    n >= LEAST_DENSE && values.len() == n && most.abs_diff(*least) < n as u64 * 5 / 4
}

/// Whether more than a tenth of clocks is out of turn, and stands far from its place.
fn mixes(clocks: &[i64], sorted: &[i64], slack: u64) -> bool {
    let all = clocks.len();
    let agree = longest_run_up(clocks);
    let is_out_of_turn = out_of_turn(clocks, &agree, slack);
    let out = (0..all).filter(|place| agree.binary_search(place).is_err() && is_out_of_turn(*place));
    let is_far = |&(at, &clock): &(usize, &i64)| {
        let place = sorted.partition_point(|&one| one < clock)..sorted.partition_point(|&one| one <= clock);
        place.start.saturating_sub(at).max((at + 1).saturating_sub(place.end)) * FAR >= all
    };
    let far = clocks.iter().enumerate().filter(is_far);
    out.count() * 10 > all && far.count() * 10 > all
}

/// Whether a quarter of clocks or more is hours out of turn, as where some machines write their local time as UTC: further
/// than queues explain, and not within one night whose builds begin in any order.
fn are_shifted(clocks: &[i64], sorted: &[i64], slack: u64) -> bool {
    let agree = longest_run_up(clocks);
    // Where clocks fall together, others stand further apart than all do.
    let all = sorted[0].abs_diff(sorted[sorted.len() - 1]) / (sorted.len() as u64 - 1);
    let far = slack.min(all.saturating_mul(3)).saturating_mul(2).max(LONGEST_QUEUE_MS);
    let is_out_of_turn = out_of_turn(clocks, &agree, far);
    // Nights begin and end with a pause.
    let pause = slack.max(LONGEST_QUEUE_MS);
    let breaks = (1..sorted.len()).filter(|&at| sorted[at - 1].abs_diff(sorted[at]) > pause);
    let bounds: Vec<usize> = std::iter::once(0).chain(breaks).chain([sorted.len()]).collect();
    let is_of_its_night = |place: usize| {
        let end = bounds.partition_point(|&bound| bound <= place);
        let night = &sorted[bounds[end - 1]..bounds[end]];
        let (first, last) = (night[0], night[night.len() - 1]);
        (first..=last).contains(&clocks[place]) && first.abs_diff(last) <= DAY_MS.unsigned_abs()
    };
    let apart = (0..clocks.len()).filter(|place| agree.binary_search(place).is_err());
    apart.filter(|&place| is_out_of_turn(place) && !is_of_its_night(place)).count() * 4 >= clocks.len()
}

/// Whether names count backwards, as those of a rotated log or of days ago do: that is one order.
fn counts_down(clocks: &[i64]) -> bool {
    let backwards: Vec<i64> = clocks.iter().rev().copied().collect();
    longest_run_up(&backwards).len() * 10 >= clocks.len() * 9
}

/// Whether clocks are of two times that lie further apart than either is long, each in the order of the names, which have
/// them the other way round or mixed.
fn is_apart(clocks: &[i64], sorted: &[i64], slack: u64) -> bool {
    let gap = |at: usize| sorted[at - 1].abs_diff(sorted[at]);
    let Some(cut) = (1..sorted.len()).max_by_key(|&at| gap(at)) else { return false };
    let spans = [&sorted[..cut], &sorted[cut..]].map(|part| part[0].abs_diff(part[part.len() - 1]));
    let (early, late): (Vec<i64>, Vec<i64>) = clocks.iter().partition(|&&clock| clock < sorted[cut]);
    let agree = longest_run_up(&early).len() + longest_run_up(&late).len();
    let breaks = clocks.windows(2).filter(|pair| pair[0] > pair[1]).count();
    let are_in_order = clocks[..early.len()] == early;
    let each_follows = if clocks.len() < MANY { breaks <= 1 } else { agree * 10 >= clocks.len() * 9 };
    gap(cut) > slack.max(spans[0]).max(spans[1]) && !are_in_order && each_follows
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    /// Whether runs of these numbers and days are torn.
    fn torn(name: &str, runs: impl IntoIterator<Item = (i64, i64)>) -> bool {
        let mut runs: Vec<(i64, i64)> = runs.into_iter().collect();
        runs.sort_unstable();
        let names: Vec<String> = runs.iter().map(|(number, _)| format!("{name}{number:02}")).collect();
        let clocks: Vec<i64> = runs.iter().map(|(_, day)| day * DAY).collect();
        is_torn(&names.iter().map(String::as_str).collect::<Vec<_>>(), &clocks)
    }

    #[test]
    fn two_orders_are_told_apart_from_one() {
        let with = |clock: &dyn Fn(i64) -> i64| torn("r-", (0..20).map(|run| (run, clock(run))));
        // The newest half years back, frozen, and nearer than the history is long; every other one; some at random.
        for back in [700, 7168, 20, 10] {
            assert!(with(&|run| if run < 10 { run } else { run - back }), "{back}");
        }
        assert!(with(&|run| if run < 10 { run } else { -300 }));
        assert!(with(&|run| if run % 2 == 0 { run } else { run - 10 }));
        assert!(with(&|run| if run * 7 % 20 < 9 { run - 10 } else { run }));
        // Few of them, and not from the first number on.
        assert!(torn("r-", (14..18).map(|run| (run, if run < 16 { run } else { run - 700 }))));
        assert!(!with(&|run| run));
    }

    #[test]
    fn counters_that_begin_again_are_sound() {
        let wrapped =
            |top: i64, first: i64| torn("w", (top - 9..=top).zip(0..10).chain((first..first + 10).zip(10..20)));
        for top in [99, 999, 31, 52, 53, 60] {
            assert!(!wrapped(top, 1) && !wrapped(top, 0), "{top}");
        }
        // All numbers of a cycle, from the middle on.
        assert!(!torn("h", (0..24).map(|hour| (hour, (hour + 12) % 24))));
        assert!(!torn("m", (1..=12).map(|month| (month, (month + 5) % 12 * 30))));
        // No counter goes on years before it was at its top.
        assert!(torn("m", (1..=12).map(|month| (month, if month < 7 { month } else { month - 700 }))));
    }

    #[test]
    fn what_is_queued_together_begins_in_any_order() {
        // Eight builds a night, of which each begins within hours.
        let begins = |run: i64| run / 8 * 24 + run * 5 % 8;
        let names: Vec<String> = (100..196).map(|run| format!("b{run}")).collect();
        let clocks: Vec<i64> = (0..96).map(|run| begins(run) * 3_600_000).collect();
        assert!(!is_torn(&names.iter().map(String::as_str).collect::<Vec<_>>(), &clocks));
        // Days ago.
        assert!(!torn("log.", (0..20).map(|run| (run, -run))));
    }

    /// Whether builds of one counter are torn that began at these minutes.
    fn torn_by_minutes(builds: i64, begins: impl Fn(i64) -> i64) -> bool {
        let names: Vec<String> = (100..100 + builds).map(|build| format!("b{build}")).collect();
        let clocks: Vec<i64> = (0..builds).map(|build| begins(build) * 60_000).collect();
        is_torn(&names.iter().map(String::as_str).collect::<Vec<_>>(), &clocks)
    }

    #[test]
    fn machines_of_two_zones_tell_two_orders() {
        for builds in [36, 60, 240] {
            // Every third or other one of hourly builds hours ahead, or back, whatever the hour begins with.
            for (each, ahead) in [(3, 9), (3, 17), (3, -9), (2, 9), (2, 8)] {
                assert!(torn_by_minutes(builds, |build| build * 60
                    + build % 3 * 7
                    + if build % each == 0 { ahead * 60 } else { 0 }));
            }
            // Within a day of builds, the order is that of a queue.
            assert!(builds < 100 || torn_by_minutes(builds, |build| build * 15 + if build % 3 == 0 { 180 } else { 0 }));
        }
    }

    #[test]
    fn queues_are_one_order() {
        for builds in [36, 60, 240] {
            // A third waits for a machine of its kind; all wait for as long as it happens; days of builds in any order.
            assert!(!torn_by_minutes(builds, |build| build * 5 + if build % 3 == 0 { 25 } else { 0 }), "{builds}");
            assert!(!torn_by_minutes(builds, |build| build * 60 + if build % 3 == 0 { 240 } else { 0 }), "{builds}");
            assert!(!torn_by_minutes(builds, |build| build * 60 + build * 7919 % 300), "{builds}");
            assert!(
                builds < 60 || !torn_by_minutes(builds, |build| build / 12 * 1440 + build * 5 % 12 * 50),
                "{builds}"
            );
        }
    }

    #[test]
    fn numbers_that_no_counter_gave_tell_no_order() {
        let random = |run: i64| (run * 7919 % 100_003, run);
        assert!(!torn("", (1..40).map(random)));
        // Two campaigns of them.
        assert!(!torn("", (1..40).map(random).map(|(id, day)| (id, if day > 20 { day + 400 } else { day }))));
        // Streams side by side with a gap between their numbers.
        assert!(!torn("run-", (0..30).map(|run| (run, run)).chain((500..530).map(|run| (run, run - 500)))));
        let dates = ["01-02", "02-02", "30-01", "31-01"];
        assert!(!is_torn(&dates, &[3 * DAY, 4 * DAY, DAY, 2 * DAY]));
    }
}
