//! The outages of a series, told in its runs.

use super::by_calendar::ByCalendar;
use super::witness::Witness;
use crate::stats::{Course, Outage};
use crate::tally::Symbol;
use crate::words::words;

words! {
    /// What the failures of a series look like.
    Shape {
        /// A steady rate.
        Independent => "independent",
        /// More like outages than like a steady rate, but not proven.
        Unclear => "unclear",
        /// One outage.
        Single => "single",
        /// Several: it came back.
        Outages => "outages",
        /// Bursts, or outages that come and go at a pace.
        Bursts => "bursts",
        /// Outages that the weekday or the hour explains as well.
        Calendar => "calendar",
    }
}

words! {
    /// How the ways to fail of the last outage compare with those of the earlier ones.
    Reason {
        /// An earlier outage failed in one of them, too.
        Same => "same",
        /// None of them failed in an earlier outage.
        Another => "another",
        /// Neither.
        Mixed => "mixed",
        /// Ways to fail hardly ever recur here.
        Unknown => "unknown",
    }
}

/// A place on the timeline and, where it is known, its 99 % interval.
pub(super) type Place = (u32, Option<(u32, u32)>);

/// One outage, in runs of the timeline.
#[derive(Clone, Debug)]
pub(super) struct Span {
    pub(super) start: Place,
    /// The first run behind it; `None` where it is not over.
    pub(super) end: Option<Place>,
    pub(super) last_failed: u32,
    pub(super) runs: u64,
    pub(super) failed: u64,
    /// Runs since the outage before, or since the start, and the time from the last failing run to this one.
    pub(super) clean_before: u64,
    pub(super) clean_before_ms: Option<i64>,
    /// The chance that it was never gone.
    pub(super) gone_risk: Option<f64>,
    /// Places of the signatures that are its reasons.
    pub(super) reasons: Vec<u32>,
    /// The levels that it was of, where those of one dimension always failed inside and the others never.
    pub(super) confined_to: Vec<Level>,
    /// Whether most of its runs were mass failures.
    pub(super) is_mass: bool,
}

/// An environment or a seed, by name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Level {
    Environment(Symbol),
    Seed(u64),
}

/// The outages of one series.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub(super) shape: Shape,
    pub(super) course: Course,
    pub(super) spans: Vec<Span>,
    /// What explains them, where the calendar does.
    pub(super) calendar: Option<ByCalendar>,
    /// Clean runs behind the last one that would be a lot for it.
    pub(super) needed_95: Option<u64>,
    /// Whether there are so many.
    pub(super) is_over: bool,
    /// Whether none of them failed.
    pub(super) is_clean_since: bool,
    /// The longest time between two, in runs.
    pub(super) longest_away: u64,
    /// Earlier outages that count: of a mass failure only such.
    pub(super) times_before: usize,
    pub(super) reason: Reason,
    /// The last failing run of the latest earlier outage for the same reason.
    pub(super) reason_last: Option<u32>,
    /// One cell of one known revision that passed before a boundary and failed behind it, or the reverse.
    pub(super) by_revision: Option<Witness>,
    /// Failing runs outside.
    pub(super) strays: u64,
    /// Runs outside.
    pub(super) outside: u64,
}

impl Past {
    /// Whether it came back.
    pub(super) fn came_back(&self) -> bool {
        self.shape == Shape::Outages
    }

    /// Whether it came back, and did not fail behind its last outage.
    pub(super) fn is_gone(&self) -> bool {
        self.came_back() && self.is_clean_since
    }

    /// Whether so many clean runs may be one more of its absences.
    pub(super) fn may_return(&self, clean: u64, planned: bool) -> bool {
        self.is_gone() && clean < self.away_needed(planned)
    }

    /// Clean runs behind the last outage that are no further absence: twice the longest one. What is named as a fix is one planned
    /// look, and asks for more than the longest.
    pub(super) fn away_needed(&self, planned: bool) -> u64 {
        if planned { self.longest_away + 1 } else { 2 * self.longest_away }
    }

    pub(super) fn last(&self) -> Option<&Outage> {
        self.course.outages.last()
    }

    /// The runs of the timeline at which a stretch begins: what stands in two is no alternation. None where the failures have
    /// a steady rate, or the calendar explains them.
    pub(super) fn bounds(&self) -> Vec<u32> {
        match self.shape {
            Shape::Independent | Shape::Calendar => Vec::new(),
            Shape::Unclear | Shape::Single | Shape::Outages | Shape::Bursts => {
                self.spans.iter().flat_map(|span| [span.start.0, span.last_failed + 1]).collect()
            }
        }
    }

    /// Runs inside, and those of them that failed.
    pub(super) fn inside(&self) -> (u64, u64) {
        self.spans.iter().fold((0, 0), |(n, x), span| (n + span.runs, x + span.failed))
    }
}
