//! What came back at once: one event.

use super::case::Case;
use super::outage_row::RelapseEvent;
use super::timeline_judge::TimelineJudge;
use super::verdict::Verdict;

/// Events that another scenario is compared with: the latest.
const OPEN: usize = 64;

/// A place of the timeline and those around it that it may be.
type Interval = (u32, u32);

/// One of them, in runs of the timeline.
struct Event<'c> {
    since: u32,
    /// Of the last outage, and of the one before.
    last: Interval,
    before: Interval,
    scenarios: Vec<[&'c str; 4]>,
}

impl TimelineJudge<'_> {
    /// The relapses of a timeline, in order.
    pub(super) fn relapses(&self, cases: &[Box<Case>]) -> Vec<RelapseEvent> {
        let mut found: Vec<Event<'_>> = cases.iter().filter_map(|case| event(case)).collect();
        found.sort_by(|a, b| (a.last, a.before, &a.scenarios).cmp(&(b.last, b.before, &b.scenarios)));
        let mut events: Vec<Event<'_>> = Vec::new();
        for event in found {
            let common = events.iter_mut().rev().take(OPEN).find_map(|known| {
                let (last, before) = (common(known.last, event.last)?, common(known.before, event.before)?);
                Some((known, last, before))
            });
            match common {
                Some((known, last, before)) => {
                    (known.last, known.before, known.since) = (last, before, known.since.min(event.since));
                    known.scenarios.extend(event.scenarios);
                }
                None => events.push(event),
            }
        }
        let row = |event: Event<'_>| RelapseEvent {
            since: self.run_name(event.since),
            from_run: self.run_name(event.last.0),
            to_run: self.run_name(event.last.1),
            scenarios: event.scenarios.into_iter().map(|names| names.map(str::to_owned)).collect(),
            groups: Vec::new(),
        };
        events.into_iter().map(row).collect()
    }
}

fn event(case: &Case) -> Option<Event<'_>> {
    let draft = case.drafts.first().filter(|draft| matches!(draft.decided, Some((Verdict::Relapsed, _))))?;
    let [.., before, last] = &draft.past.as_ref()?.spans[..] else { return None };
    let scenarios = vec![case.row.names()];
    Some(Event { since: last.start.0, last: last.start.1?, before: before.start.1?, scenarios })
}

fn common(a: Interval, b: Interval) -> Option<Interval> {
    let both = (a.0.max(b.0), a.1.min(b.1));
    (both.0 <= both.1).then_some(both)
}
