//! Which records count by their time.

use std::fmt;

use jiff::Timestamp;

/// One end of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Milliseconds since 1970.
    At(i64),
    /// Milliseconds back from the newest run's first record.
    Back(i64),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::At(ms) => match Timestamp::from_millisecond(ms) {
                Ok(moment) => write!(f, "{moment}"),
                Err(_) => write!(f, "{ms} ms"),
            },
            Self::Back(ms) => write!(f, "{ms} ms back"),
        }
    }
}

/// A window of record times; open ends by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// First moment that counts.
    pub since: Option<Bound>,
    /// First moment that counts no more.
    pub until: Option<Bound>,
}

impl Window {
    /// Whether an end depends on what the archives hold.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        [self.since, self.until].into_iter().flatten().any(|bound| matches!(bound, Bound::Back(_)))
    }

    /// The window with its relative ends counted back from a moment.
    #[must_use]
    pub fn fixed(&self, newest: i64) -> Span {
        let at = |bound| match bound {
            Bound::At(time) => time,
            Bound::Back(back) => newest.saturating_sub(back),
        };
        Span { since: self.since.map_or(i64::MIN, at), until: self.until.map(at) }
    }
}

/// A window with known ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    since: i64,
    until: Option<i64>,
}

impl Span {
    /// Everything.
    pub const ALL: Self = Self { since: i64::MIN, until: None };

    /// Whether a record of this time counts, for all times between two; `None` when some count and some do not.
    #[must_use]
    pub fn holds_all(&self, (least, greatest): (i64, i64)) -> Option<bool> {
        let is_out = greatest < self.since || self.until.is_some_and(|until| least >= until);
        let is_in = self.holds(least) && self.holds(greatest);
        (is_in || is_out).then_some(is_in)
    }

    /// Whether a record of this time counts.
    #[must_use]
    pub fn holds(&self, time: i64) -> bool {
        time >= self.since && self.until.is_none_or(|until| time < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_ends_count_back_from_the_newest_run() {
        let window = Window { since: Some(Bound::Back(10)), until: Some(Bound::At(105)) };
        assert!(window.is_relative());
        let span = window.fixed(100);
        assert_eq!([89, 90, 104, 105].map(|time| span.holds(time)), [false, true, true, false]);
        assert!(Span::ALL.holds(i64::MIN) && Span::ALL.holds(i64::MAX));
        assert_eq!(Window::default().fixed(7), Span::ALL);
        for (times, held) in [
            ((90, 104), Some(true)),
            ((0, 89), Some(false)),
            ((105, 200), Some(false)),
            ((89, 90), None),
            ((104, 105), None),
            ((0, 200), None),
        ] {
            assert_eq!(span.holds_all(times), held, "{times:?}");
        }
        assert_eq!(Span::ALL.holds_all((i64::MIN, i64::MAX)), Some(true));
    }
}
