//! Which clocks are not believed, and where what has one stands instead.
//!
//! Names that are alike but for their numbers are a sequence: their numbers grow with time, if their clocks say so of most
//! of them. Where they do, what contradicts its sequence, and is further from it than it is long, has a wrong clock and
//! stands by its name. What contradicts it and is nearer may be an old run that was run again, or a counter that began
//! anew: its clock is believed, and it is odd. The most that agree with each other are believed, the latest where two choices
//! are as many.

use std::collections::BTreeMap;

use super::clock::DAY_MS;
use super::order_name::order_names;
use super::run::are_several;
use super::sequence::{Sequence, counter, sequences};
use super::torn::{is_top, is_torn};
use super::turn::{longest_run_up, out_of_turn, slack};

/// Entries of a sequence that must be dated before one of them is said to be dated wrongly, and beside which one without
/// a clock stands by its name.
const LEAST_LIKE: usize = 4;
/// Entries that are said to be the first of a counter that began anew.
const LEAST_ANEW: usize = 2;
/// Entries of a sequence from which on few that agree by chance are no matter.
const MANY: usize = 8;

/// Why a clock is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    /// It is later than now and a day.
    Ahead,
    /// No record is dated since 2000.
    Unset,
    /// It contradicts its neighbours by name.
    Away,
}

/// A run, or a measurement, on its way into order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'t> {
    /// Its name.
    pub(super) id: &'t str,
    /// The branch of a run, where its records name one.
    pub(super) branch: Option<&'t str>,
    /// When it was by its own clock; `None` where that shows no time since 2000.
    pub(super) claims: Option<i64>,
    pub(super) doubt: Option<Doubt>,
    /// Its time, as believed or taken from a neighbour, and whether it stands before or behind that one.
    pub(super) at: Option<(i64, i8)>,
    /// Whether its name and its clock tell different orders, though its clock is believed.
    pub(super) is_odd: bool,
    /// Whether it is of a sequence whose names and clocks tell two orders, so that nobody knows which is right.
    pub(super) is_torn: bool,
}

impl<'t> Entry<'t> {
    pub(super) fn new(id: &'t str, claims: Option<i64>) -> Self {
        Self { id, branch: None, claims, doubt: None, at: None, is_odd: false, is_torn: false }
    }

    pub(super) fn of_branch(self, branch: Option<&'t str>) -> Self {
        Self { branch, ..self }
    }
}

/// What was found out of entries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settled {
    /// The moment after which nothing can have been.
    pub(super) bound_ms: i64,
    /// Whether any clock is believed; if not, names are all there is, and all stand together.
    pub(super) is_dated: bool,
}

/// Gives every entry its time, of its clock or of its neighbours by name; one with neither keeps none.
pub(super) fn settle(entries: &mut [Entry<'_>], now_ms: i64) -> Settled {
    let latest = now_ms.saturating_add(DAY_MS);
    // Where all are later, it is the clock of this machine that is wrong.
    let is_wrong = entries.iter().filter_map(|entry| entry.claims).all(|claims| claims > latest);
    let bound_ms = if is_wrong { i64::MAX } else { latest };
    for entry in &mut *entries {
        entry.doubt = match entry.claims {
            None => Some(Doubt::Unset),
            Some(claims) if claims > bound_ms => Some(Doubt::Ahead),
            Some(_) => None,
        };
        entry.at = entry.claims.filter(|_| entry.doubt.is_none()).map(|claims| (claims, 0));
    }
    if entries.iter().all(|entry| entry.at.is_none()) {
        for entry in &mut *entries {
            (entry.at, entry.doubt) = (Some((0, 0)), None);
        }
        return Settled { bound_ms, is_dated: false };
    }
    let order_names = order_names(&entries.iter().map(|entry| entry.id).collect::<Vec<_>>());
    let names: Vec<&str> = order_names.iter().map(|of| of.name.as_str()).collect();
    // Of one name in this: by their clocks, and by all of their names.
    let key = |at: usize| (entries[at].claims, entries[at].id);
    let sequences = sequences(&names, |a, b| key(a).cmp(&key(b)));
    for sequence in sequences.into_iter().flat_map(|sequence| by_branch(sequence, entries)).collect::<Vec<_>>() {
        let Some(found) = contradict(&sequence, entries) else {
            tear(&sequence, &names, entries);
            continue;
        };
        for (at, is_far) in found {
            // What was run again has the name of what it repeats, and not its time.
            let is_wrong = is_far && !order_names[at].is_again;
            entries[at].is_odd = !is_wrong;
            if is_wrong {
                (entries[at].doubt, entries[at].at) = (Some(Doubt::Away), None);
            }
        }
        place(&sequence, &names, entries);
    }
    Settled { bound_ms, is_dated: true }
}

/// The sequences of each branch, where names do not follow clocks over all of them: each may count for itself, and its runs
/// are compared with its own alone.
fn by_branch(sequence: Sequence, entries: &[Entry<'_>]) -> Vec<Sequence> {
    let follows = || contradict(&sequence, entries).is_some_and(|found| found.iter().all(|(_, is_far)| *is_far));
    if !are_several(sequence.iter().map(|&at| entries[at].branch)) || follows() {
        return vec![sequence];
    }
    let mut of_branch: BTreeMap<Option<&str>, Sequence> = BTreeMap::new();
    for at in sequence {
        of_branch.entry(entries[at].branch).or_default().push(at);
    }
    of_branch.into_values().collect()
}

/// The entries of a sequence that contradict it, and whether they are further from it than it is long; `None` where its
/// names do not follow its clocks.
fn contradict(sequence: &Sequence, entries: &[Entry<'_>]) -> Option<Vec<(usize, bool)>> {
    let dated: Vec<(usize, i64)> = sequence.iter().filter_map(|&at| Some((at, entries[at].at?.0))).collect();
    let clocks: Vec<i64> = dated.iter().map(|&(_, clock)| clock).collect();
    let agree = longest_run_up(&clocks);
    let (all, most) = (dated.len(), agree.len());
    let breaks = clocks.windows(2).filter(|pair| pair[0] > pair[1]).count();
    let follows = match all {
        0..LEAST_LIKE => most == all && all + 1 >= LEAST_LIKE,
        LEAST_LIKE..MANY => most + 1 >= all || all + 2 >= MANY && breaks <= 1,
        _ => most * 10 >= all * 7 || most * 10 >= all * 6 && breaks <= (all / 8).max(1),
    };
    if !follows {
        return None;
    }
    let believed = |at: usize| clocks[agree[at]];
    let (first, last) = (believed(0), believed(most - 1));
    let length = first.abs_diff(last).max(DAY_MS.unsigned_abs());
    let apart: Vec<usize> = (0..all).filter(|place| agree.binary_search(place).is_err()).collect();
    // Those of one side are far together or not at all: a bad clock may have met more of them than one.
    let are_far = |end: i64, is_beyond: fn(i64, i64) -> bool| {
        let beyond = apart.iter().map(|&place| clocks[place]).filter(|&clock| is_beyond(clock, end));
        beyond.map(|clock| clock.abs_diff(end)).min().is_some_and(|nearest| nearest > length)
    };
    let (before, behind) = (are_far(first, |clock, end| clock < end), are_far(last, |clock, end| clock > end));
    // The first names, in order and later than all others: a counter that began anew, however long the pause was.
    let later: Vec<usize> = apart.iter().copied().filter(|&place| clocks[place] > last).collect();
    let is_anew =
        later.len() >= LEAST_ANEW && later.iter().copied().eq(0..later.len()) && clocks[..later.len()].is_sorted();
    let is_far = |clock: i64| clock < first && before || clock > last && behind && !is_anew;
    let agreed: Vec<i64> = agree.iter().map(|&place| clocks[place]).collect();
    let is_out_of_turn = out_of_turn(&clocks, &agree, slack(&agreed));
    let found = apart.iter().filter_map(|&place| {
        let is_far = is_far(clocks[place]);
        // So few may be out of turn by chance.
        (is_far || all >= MANY && is_out_of_turn(place)).then_some((dated[place].0, is_far))
    });
    Some(found.collect())
}

/// Marks the entries of a sequence whose names and clocks tell two orders.
fn tear(sequence: &Sequence, names: &[&str], entries: &mut [Entry<'_>]) {
    let dated: Vec<(usize, i64)> = sequence.iter().filter_map(|&at| Some((at, entries[at].at?.0))).collect();
    let (names, clocks): (Vec<&str>, Vec<i64>) = dated.iter().map(|&(at, clock)| (names[at], clock)).unzip();
    if is_torn(&names, &clocks) {
        for (at, _) in dated {
            entries[at].is_torn = true;
        }
    }
}

/// Entries without a time take that of the one before them by name, or of the first behind them. Those in front have no
/// place where the counter may have gone on with them: their names would be the first, and they the newest.
fn place(sequence: &Sequence, names: &[&str], entries: &mut [Entry<'_>]) {
    // What is out of turn says nothing of its neighbours.
    let is_sure = |entry: &Entry<'_>| entry.doubt.is_none() && !entry.is_odd;
    let believed = |entry: &Entry<'_>| entry.at.map(|(time, _)| time).filter(|_| is_sure(entry));
    let names: Vec<&str> = sequence.iter().map(|&at| names[at]).collect();
    let newest = sequence.iter().rposition(|&at| believed(&entries[at]).is_some());
    let may_wrap = counter(&names).zip(newest).is_some_and(|(numbers, newest)| is_top(numbers[newest]));
    let front = sequence.iter().find_map(|&at| believed(&entries[at])).map(|first| (first, -1));
    let mut beside = None;
    for &at in sequence {
        match believed(&entries[at]) {
            Some(time) => beside = Some((time, 1)),
            None if may_wrap && beside.is_none() && entries[at].doubt != Some(Doubt::Away) => {}
            None if entries[at].is_odd => {}
            None => entries[at].at = beside.or(front),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = DAY_MS;
    const NOW: i64 = 1_700_000_000_000;

    /// The order of runs that began on these days before now, named by their numbers, and which were doubted or odd.
    fn order(days: &[i64]) -> (Vec<usize>, Vec<usize>, Vec<usize>) {
        let names: Vec<String> = (1..=days.len()).map(|run| format!("r{run}")).collect();
        let clocks = days.iter().map(|day| NOW + day * DAY);
        let mut entries: Vec<Entry<'_>> = names.iter().zip(clocks).map(|(id, at)| Entry::new(id, Some(at))).collect();
        settle(&mut entries, NOW);
        let mut order: Vec<usize> = (0..days.len()).collect();
        order.sort_by_key(|&at| (entries[at].at, at));
        let which = |is_it: fn(&Entry<'_>) -> bool| (0..days.len()).filter(|&at| is_it(&entries[at])).collect();
        (order, which(|entry| entry.doubt.is_some()), which(|entry| entry.is_odd))
    }

    #[test]
    fn what_contradicts_its_names_stands_by_its_name() {
        let sound: Vec<i64> = (-20..0).collect();
        let with = |runs: &[(usize, i64)]| {
            let mut days = sound.clone();
            for &(run, day) in runs {
                days[run - 1] = day;
            }
            days
        };
        let shifted = |runs: std::ops::RangeInclusive<usize>, by: i64| {
            with(&runs.map(|run| (run, sound[run - 1] + by)).collect::<Vec<_>>())
        };
        for (days, doubted) in [
            (sound.clone(), vec![]),
            // A year back: one, six and eight of twenty.
            (with(&[(20, -385)]), vec![20]),
            (shifted(15..=20, -3000), (15..=20).collect()),
            (shifted(13..=20, -365), (13..=20).collect()),
            // The first fourteen ten years ahead.
            (shifted(1..=14, 3650), (1..=14).collect()),
        ] {
            let (order, found, odd) = order(&days);
            assert!(order.is_sorted() && odd.is_empty(), "{days:?}: {order:?}");
            assert_eq!(found.iter().map(|at| at + 1).collect::<Vec<_>>(), doubted, "{days:?}");
        }
        // Nearer, it may be a run that was run again, or a counter that began anew: the clock is believed.
        for (days, expected) in [
            (with(&[(20, -21)]), vec![20]),
            (shifted(15..=20, -30), (15..=20).collect()),
            (with(&[(11, 0)]), vec![11]),
            (with(&[(3, 0), (11, 0)]), vec![3, 11]),
            // The first ten numbers came again, after a pause that is longer than all.
            ((1..=10).map(|day| day - 11).chain((11..=30).map(|day| day - 80)).collect(), (1..=10).collect()),
        ] {
            let (_, doubted, odd) = order(&days);
            assert!(doubted.is_empty(), "{days:?}");
            assert_eq!(odd.iter().map(|at| at + 1).collect::<Vec<_>>(), expected, "{days:?}");
        }
    }

    #[test]
    fn sound_histories_are_left_as_they_are() {
        let doubts = |names: &[(String, i64)]| {
            let mut entries: Vec<Entry<'_>> =
                names.iter().map(|(id, day)| Entry::new(id, Some(NOW - 100 * DAY + day * DAY))).collect();
            settle(&mut entries, NOW);
            entries.iter().filter(|entry| entry.doubt.is_some()).count()
        };
        let streams = |names: &[&str], runs: i64| -> Vec<(String, i64)> {
            names.iter().flat_map(|name| (1..=runs).map(move |run| (format!("{name}{run}"), run))).collect()
        };
        // Streams side by side, of repositories, of systems with years, of many hosts.
        assert_eq!(doubts(&streams(&["run-1", "run-500"], 30)), 0);
        assert_eq!(doubts(&streams(&["windows-2019/run-", "windows-2022/run-"], 30)), 0);
        let hosts: Vec<String> = (1..=12).map(|host| format!("host{host}/run-")).collect();
        assert_eq!(doubts(&streams(&hosts.iter().map(String::as_str).collect::<Vec<_>>(), 10)), 0);
        // Weeks and days over the turn of a year and of a month, and a counter that began anew.
        let weeks = (33..=52).chain(1..=5).zip(0..).map(|(week, at)| (format!("week-{week:02}"), at));
        assert_eq!(doubts(&weeks.collect::<Vec<_>>()), 0);
        let days = (1..=31).map(|day| (day, 1)).chain((1..=3).map(|day| (day, 2))).zip(0..);
        assert_eq!(doubts(&days.map(|((d, m), at)| (format!("{d:02}-{m:02}-2026"), at)).collect::<Vec<_>>()), 0);
        let builds = (380..=420).chain(1..=6).zip(0..).map(|(build, at)| (format!("build-{build}"), at));
        assert_eq!(doubts(&builds.collect::<Vec<_>>()), 0);
    }

    #[test]
    fn names_that_tell_no_order_doubt_no_clock() {
        // In turns from both ends, and in another order still.
        let turns: Vec<i64> = (0..20).map(|run| if run % 2 == 0 { -run } else { -39 + run }).collect();
        assert!(order(&turns).1.is_empty());
        let mixed: Vec<i64> = (0..20).map(|run| -(run * 7 % 20) - 1).collect();
        assert!(order(&mixed).1.is_empty());
        // A queue is no contradiction.
        let mut queued: Vec<i64> = (-20..0).collect();
        queued.swap(7, 8);
        assert!(order(&queued).1.is_empty() && order(&queued).2.is_empty());
    }

    #[test]
    fn all_ahead_are_believed() {
        let days: Vec<i64> = (100..110).collect();
        assert_eq!(order(&days), ((0..10).collect(), vec![], vec![]));
    }
}
