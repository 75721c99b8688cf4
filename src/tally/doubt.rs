//! Which clocks are not believed, and where what has one stands instead.

use std::collections::BTreeMap;

use super::clock::DAY_MS;
use super::run_name::{by_number, shape};

/// Entries of like names that must be dated before one of them is said to be dated wrongly.
const LEAST_LIKE: usize = 4;

/// Why a clock is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    /// It is later than now and a day.
    Ahead,
    /// No record is dated since 2000.
    Unset,
    /// It is far from its neighbours by name.
    Away,
}

/// A run, or a measurement, on its way into order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'t> {
    /// Its name: of names that are alike but for their numbers, the order is that of the numbers.
    pub(super) id: &'t str,
    /// When it was by its own clock; `None` where that shows no time since 2000.
    pub(super) claims: Option<i64>,
    pub(super) doubt: Option<Doubt>,
    /// Its time, as believed or taken from a neighbour, and whether it stands before or behind that one.
    pub(super) at: Option<(i64, i8)>,
}

impl<'t> Entry<'t> {
    pub(super) fn new(id: &'t str, claims: Option<i64>) -> Self {
        Self { id, claims, doubt: None, at: None }
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
    let bound_ms = doubt(entries, now_ms);
    let dated: Vec<usize> = (0..entries.len()).filter(|&at| entries[at].doubt.is_none()).collect();
    if dated.is_empty() {
        for entry in &mut *entries {
            (entry.at, entry.doubt) = (Some((0, 0)), None);
        }
        return Settled { bound_ms, is_dated: false };
    }
    let likes = likes(entries, dated.into_iter());
    for at in 0..entries.len() {
        let Entry { id, claims, doubt, .. } = entries[at];
        entries[at].at = match doubt {
            None => claims.map(|claims| (claims, 0)),
            Some(_) => likes.get(&shape(id)).and_then(|like| like.place(entries, id)),
        };
    }
    Settled { bound_ms, is_dated: true }
}

/// Entries that are the newest of their like by their clocks and among the oldest half by name, where names follow clocks:
/// what ran long ago was run again.
pub(super) fn again(entries: &[Entry<'_>]) -> Vec<usize> {
    let dated = (0..entries.len()).filter(|&at| entries[at].doubt.is_none());
    let newest = |like: Like| {
        let &newest = like.by_name.iter().max_by_key(|&&at| entries[at].claims)?;
        let before = like.before(entries, entries[newest].id);
        let is_old = like.by_name.len() >= LEAST_LIKE && before * 2 < like.by_name.len();
        (is_old && like.follows_clocks).then_some(newest)
    };
    likes(entries, dated).into_values().filter_map(newest).collect()
}

/// Finds the clocks that are not to be believed; the moment after which nothing can have been.
fn doubt(entries: &mut [Entry<'_>], now_ms: i64) -> i64 {
    let latest = now_ms.saturating_add(DAY_MS);
    let is_ahead = |entry: &Entry<'_>| entry.claims.is_some_and(|claims| claims > latest);
    let ahead = entries.iter().filter(|entry| is_ahead(entry)).count();
    let dated = entries.iter().filter(|entry| entry.claims.is_some()).count();
    // Where most are, it is the clock of this machine that is wrong, or the unit of the times.
    let latest = if ahead * 2 > dated { i64::MAX } else { latest };
    for entry in &mut *entries {
        entry.doubt = match entry.claims {
            None => Some(Doubt::Unset),
            Some(claims) if claims > latest => Some(Doubt::Ahead),
            Some(_) => None,
        };
    }
    // The latest first: they do most harm, and a history is as long as what is left.
    for from_the_latest in [true, false, true] {
        for away in runs_away(entries, from_the_latest) {
            entries[away].doubt = Some(Doubt::Away);
        }
    }
    latest
}

/// The runs at one end of the history that lie further from their neighbours by name than the rest is long, and on the
/// wrong side of them.
fn runs_away(entries: &[Entry<'_>], latest: bool) -> Vec<usize> {
    let dated = entries.iter().enumerate().filter(|(_, entry)| entry.doubt.is_none());
    let mut by_clock: Vec<(i64, usize)> = dated.filter_map(|(at, entry)| Some((entry.claims?, at))).collect();
    by_clock.sort_by(|&(a, one), &(b, other)| a.cmp(&b).then_with(|| entries[one].id.cmp(entries[other].id)));
    if latest {
        by_clock.reverse();
    }
    // Several at one end are away together or not at all: a bad clock may have met more runs than one.
    for few in 1..=by_clock.len() / 4 {
        let (away, rest) = by_clock.split_at(few);
        let (Some(&(nearest, _)), Some(&(first, _)), Some(&(last, _))) = (away.last(), rest.first(), rest.last())
        else {
            break;
        };
        if nearest.abs_diff(first) <= first.abs_diff(last).max(DAY_MS.unsigned_abs()) {
            continue;
        }
        let likes = likes(entries, rest.iter().map(|&(_, at)| at));
        let contradicts = |&(_, at): &(i64, usize)| {
            likes.get(&shape(entries[at].id)).is_some_and(|like| {
                let behind_it = like.by_name.len() - like.before(entries, entries[at].id);
                let on_the_wrong_side = if latest { behind_it > 0 } else { behind_it < like.by_name.len() };
                like.by_name.len() >= LEAST_LIKE && like.follows_clocks && on_the_wrong_side
            })
        };
        if away.iter().all(contradicts) {
            return away.iter().map(|&(_, at)| at).collect();
        }
    }
    Vec::new()
}

/// Dated runs whose names are alike but for their numbers.
struct Like {
    by_name: Vec<usize>,
    /// Whether, but for one in ten neighbours, their names are in the order of their clocks.
    follows_clocks: bool,
}

/// Runs by the shape of their names.
fn likes(entries: &[Entry<'_>], runs: impl Iterator<Item = usize>) -> BTreeMap<String, Like> {
    let mut of_shape: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for at in runs {
        of_shape.entry(shape(entries[at].id)).or_default().push(at);
    }
    of_shape.into_iter().map(|(shape, runs)| (shape, Like::new(entries, runs))).collect()
}

impl Like {
    fn new(entries: &[Entry<'_>], mut by_name: Vec<usize>) -> Self {
        by_name.sort_by(|&a, &b| {
            let (a, b) = (&entries[a], &entries[b]);
            by_number(a.id, b.id).then(a.claims.cmp(&b.claims)).then_with(|| a.id.cmp(b.id))
        });
        let descend = by_name.windows(2).filter(|pair| entries[pair[0]].claims > entries[pair[1]].claims).count();
        let follows_clocks = descend * 10 < by_name.len().max(1);
        Self { by_name, follows_clocks }
    }

    /// How many have lesser names.
    fn before(&self, entries: &[Entry<'_>], id: &str) -> usize {
        self.by_name.partition_point(|&at| by_number(entries[at].id, id).is_lt())
    }

    /// The place of a run by its name: behind the one before it, or before the first.
    fn place(&self, entries: &[Entry<'_>], id: &str) -> Option<(i64, i8)> {
        let before = self.before(entries, id);
        let side = if before > 0 { 1 } else { -1 };
        let neighbour = *self.by_name.get(before.saturating_sub(1)).filter(|_| self.follows_clocks)?;
        Some((entries[neighbour].claims?, side))
    }
}
