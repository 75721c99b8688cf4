//! Which records count by their time.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use thiserror::Error;

use crate::record::nanoseconds;
use crate::tally::FIRST_SET_CLOCK_MS;

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
            // As a person writes it: in the longest unit that it is a whole number of.
            Self::Back(ms) => {
                let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")];
                let (each, unit) = units.into_iter().find(|(each, _)| ms % each == 0).unwrap_or((1, "ms"));
                write!(f, "{}{unit}", ms / each)
            }
        }
    }
}

/// Why a text is no [`Bound`].
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("failed to read `{0}` as RFC 3339 or as a span back, such as 7d or 24h")]
pub struct BoundError(String);

impl FromStr for Bound {
    type Err = BoundError;

    /// RFC 3339, or a span such as `7d`, `24h` or `90m` back from the newest run's first record.
    fn from_str(text: &str) -> Result<Self, BoundError> {
        // The first whole millisecond from there on: a record before the moment is on its other side.
        let whole = |moment: i128| (moment + 999_999).div_euclid(1_000_000);
        if let Some(moment) = nanoseconds(text).and_then(|moment| i64::try_from(whole(moment)).ok()) {
            return Ok(Self::At(moment));
        }
        back(text).map(Self::Back).ok_or_else(|| BoundError(text.to_owned()))
    }
}

/// Milliseconds of a span.
fn back(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let ms = match unit {
        "w" => 7 * 86_400_000,
        "d" => 86_400_000,
        "h" => 3_600_000,
        "m" | "min" => 60_000,
        "s" => 1000,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(ms)
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

    /// The window with its relative ends counted back from a moment; open where there is none.
    #[must_use]
    pub fn fixed(&self, newest: Option<i64>) -> Span {
        let at = |bound| match bound {
            Bound::At(time) => Some(time),
            Bound::Back(back) => newest.map(|newest| newest.saturating_sub(back)),
        };
        Span { since: self.since.and_then(at).unwrap_or(i64::MIN), until: self.until.and_then(at) }
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

    /// Its first moment, and the first that counts no more; `None` where it is open.
    #[must_use]
    pub fn ends(&self) -> [Option<i64>; 2] {
        [(self.since != i64::MIN).then_some(self.since), self.until]
    }

    /// Whether a record of this time counts, for all times between two; `None` when some count and some do not.
    #[must_use]
    pub fn holds_all(&self, (least, greatest): (i64, i64)) -> Option<bool> {
        let has_both = is_unset(least) && !is_unset(greatest) && *self != Self::ALL;
        if has_both {
            return None;
        }
        if self.holds_unset(least) {
            return self.until.is_none_or(|until| greatest < until).then_some(true);
        }
        let is_out = greatest < self.since || self.until.is_some_and(|until| least >= until);
        let is_in = self.holds(least) && self.holds(greatest);
        (is_in || is_out).then_some(is_in)
    }

    /// Whether a record of this time counts. What is dated before 2000 has a clock that was not set: when it was is not
    /// known, and to leave it out would be to lose the failures of whatever machine lost its clock.
    #[must_use]
    pub fn holds(&self, time: i64) -> bool {
        self.holds_unset(time) || self.holds_dated(time)
    }

    /// Whether a record of this time is left out for being too old.
    #[must_use]
    pub fn is_before(&self, time: i64) -> bool {
        !self.holds(time) && time < self.since
    }

    /// Whether this moment lies within.
    #[must_use]
    pub fn holds_dated(&self, time: i64) -> bool {
        time >= self.since && self.until.is_none_or(|until| time < until)
    }

    /// Whether a time is none, and the window begins where clocks are set.
    fn holds_unset(&self, time: i64) -> bool {
        is_unset(time) && !is_unset(self.since) && self.until.is_none_or(|until| !is_unset(until))
    }
}

/// Whether a time is that of a clock that was not set.
fn is_unset(time: i64) -> bool {
    time < FIRST_SET_CLOCK_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_not_set_is_in_every_window() {
        let day = |year: i64| FIRST_SET_CLOCK_MS + (year - 2000) * 366 * 86_400_000;
        let since = |time| Window { since: Some(Bound::At(time)), until: Some(Bound::At(day(2030))) }.fixed(None);
        let span = since(day(2020));
        assert_eq!(
            [5, -1, day(2001), day(2025), day(2031)].map(|time| span.holds(time)),
            [true, true, false, true, false]
        );
        assert_eq!(span.holds_all((0, 5)), Some(true));
        assert_eq!(span.holds_all((5, day(2025))), None);
        assert_eq!(span.holds_all((5, day(2001))), None);
        assert_eq!(span.holds_all((day(2001), day(2002))), Some(false));
        // Whoever asks for such times has them.
        assert!(!since(10).holds(5) && since(10).holds(20));
        assert_eq!(Span::ALL.holds_all((5, day(2001))), Some(true));
        assert!(!span.holds_dated(5));
    }

    const NOW: i64 = FIRST_SET_CLOCK_MS + 1_000_000;

    #[test]
    fn relative_ends_count_back_from_the_newest_run() {
        let window = Window { since: Some(Bound::Back(10)), until: Some(Bound::At(NOW + 105)) };
        assert!(window.is_relative());
        let span = window.fixed(Some(NOW + 100));
        assert_eq!([89, 90, 104, 105].map(|time| span.holds(NOW + time)), [false, true, true, false]);
        assert!(Span::ALL.holds(i64::MIN) && Span::ALL.holds(i64::MAX));
        assert_eq!(Window::default().fixed(Some(7)), Span::ALL);
        // Of nothing that is dated there is no newest.
        assert_eq!(window.fixed(None).ends(), [None, Some(NOW + 105)]);
        for (times, held) in [
            ((90, 104), Some(true)),
            ((0, 89), Some(false)),
            ((105, 200), Some(false)),
            ((89, 90), None),
            ((104, 105), None),
            ((0, 200), None),
        ] {
            assert_eq!(span.holds_all((NOW + times.0, NOW + times.1)), held, "{times:?}");
        }
        assert_eq!(Span::ALL.holds_all((i64::MIN, i64::MAX)), Some(true));
    }

    #[test]
    fn moments_and_spans() {
        assert_eq!("1970-01-01T00:00:01Z".parse(), Ok(Bound::At(1000)));
        assert_eq!("1970-01-01T01:00:00.5+01:00".parse(), Ok(Bound::At(500)));
        assert_eq!(
            "1970-01-01T01:00:00.5+01:00".parse().map(|bound: Bound| bound.to_string()),
            Ok("1970-01-01T00:00:00.5Z".into())
        );
        assert_eq!("1970-01-01T00:00:00.0005Z".parse(), Ok(Bound::At(1)));
        assert_eq!("1970-01-01T00:00:00.000000001Z".parse(), Ok(Bound::At(1)));
        assert_eq!("1970-01-01T00:00:00.001Z".parse(), Ok(Bound::At(1)));
        assert_eq!("1969-12-31T23:59:59.9995Z".parse(), Ok(Bound::At(0)));
        assert_eq!("9999-12-31T23:59:59Z".parse(), Ok(Bound::At(253_402_300_799_000)));
        assert_eq!("7d".parse(), Ok(Bound::Back(604_800_000)));
        assert_eq!("24h".parse(), Ok(Bound::Back(86_400_000)));
        let shown = |text: &str| text.parse::<Bound>().map(|bound| bound.to_string());
        assert_eq!(
            ["1w", "24h", "90m", "45s", "25h"].map(shown),
            ["7d", "1d", "90min", "45s", "25h"].map(|it| Ok(it.into()))
        );
        for text in ["", "7", "d", "7y", "-7d", "yesterday", "99999999999999999d"] {
            assert!(text.parse::<Bound>().is_err(), "{text}");
        }
    }
}
