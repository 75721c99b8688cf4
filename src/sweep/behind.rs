//! Windows that count back from a newest run which is long past itself. Where a job or its upload stopped, `--since 7d` is seven
//! days of then, and nobody should take them for the last ones.
//!
//! Only who asks for the last days is told: without such a window an old history may be all that there is to judge.

use super::window::{Bound, Window};
use crate::tally::{DAY_MS, day_of};

/// Time without a run that is no matter.
const LEAST_MS: i64 = 7 * DAY_MS;

/// The newest run of a sweep whose window counts back from it.
pub(super) struct Newest<'t> {
    id: &'t str,
    began_ms: i64,
    /// The moment from which it is long past: longer than a week, the window, and the longest time without a run before it.
    past_from_ms: i64,
}

impl<'t> Newest<'t> {
    /// `starts`: when runs began, also those that the window left out.
    pub(super) fn of(
        window: Window,
        newest: Option<(i64, &'t str)>,
        starts: impl Iterator<Item = i64>,
    ) -> Option<Self> {
        let (Some(Bound::Back(length)), (began_ms, id)) = (window.since, newest?) else { return None };
        let mut starts: Vec<i64> = starts.filter(|&start| start <= began_ms).collect();
        starts.sort_unstable();
        let longest = starts.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max().unwrap_or(0);
        let past_from_ms = began_ms.saturating_add(length.max(longest).max(LEAST_MS)).saturating_add(1);
        Some(Self { id, began_ms, past_from_ms })
    }

    /// The moments between which the same is said of it as now.
    pub(super) fn steady(&self, now_ms: i64) -> (i64, i64) {
        if self.past_from_ms > now_ms { (i64::MIN, self.past_from_ms) } else { (self.past_from_ms, i64::MAX) }
    }

    /// That it is long past, where the moment is known.
    pub(super) fn warning(&self, now_ms: i64) -> Option<String> {
        (now_ms != i64::MAX && now_ms >= self.past_from_ms).then(|| {
            format!(
                "the newest run, {}, began {} days ago ({}), for longer than there ever was none: the window of --since counts \
                 back from it and holds nothing of the days since; did runs or their upload stop?",
                self.id,
                now_ms.saturating_sub(self.began_ms) / DAY_MS,
                day_of(self.began_ms),
            )
        })
    }
}
