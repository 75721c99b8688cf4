//! Moments as RFC 3339 writes them, in full: `jiff` ends on 9999-12-30 and takes nine digits of a fraction at most.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{DateTime, date};

/// Digits of a fraction of a second that are read.
const DIGITS: usize = 9;

/// Nanoseconds since 1970 of a moment as RFC 3339 writes it; digits behind the ninth of a fraction are cut off.
#[must_use]
pub fn nanoseconds(text: &str) -> Option<i128> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.as_nanosecond());
    }
    let text = without_more_digits(text);
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.as_nanosecond());
    }
    let (local, offset) = split_zone(&text)?;
    let local: DateTime = local.parse().ok()?;
    Some(local.duration_since(date(1970, 1, 1).at(0, 0, 0, 0)).as_nanos() - i128::from(offset) * 1_000_000_000)
}

/// A moment with nine digits of its fraction at most.
fn without_more_digits(text: &str) -> Cow<'_, str> {
    let Some(point) = text.find(['.', ',']) else { return Cow::Borrowed(text) };
    let digits = text[point + 1..].bytes().take_while(u8::is_ascii_digit).count();
    if digits <= DIGITS {
        return Cow::Borrowed(text);
    }
    Cow::Owned([&text[..=point + DIGITS], &text[point + 1 + digits..]].concat())
}

/// A moment without its zone, and the zone's seconds ahead of UTC.
fn split_zone(text: &str) -> Option<(&str, i64)> {
    if let Some(local) = text.strip_suffix(['Z', 'z']) {
        return Some((local, 0));
    }
    let (local, zone) = text.split_at_checked(text.len().checked_sub("+00:00".len())?)?;
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    let two = |digits: &str| digits.parse::<u8>().ok().filter(|_| digits.len() == 2 && !digits.starts_with('+'));
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (hours < 24 && minutes < 60).then_some((local, sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_full() {
        let last = 253_402_300_799_i128 * 1_000_000_000;
        for (text, moment) in [
            ("1970-01-01T00:00:01Z", Some(1_000_000_000)),
            ("1970-01-01T00:00:00.0005Z", Some(500_000)),
            ("1970-01-01T00:00:00.123456789123Z", Some(123_456_789)),
            ("1970-01-01T01:00:00.0000000019999999+01:00", Some(1)),
            ("9999-12-31T23:59:59Z", Some(last)),
            ("9999-12-31T23:59:59.9999999999z", Some(last + 999_999_999)),
            ("9999-12-31T23:59:59-01:30", Some(last + 5400 * 1_000_000_000)),
            ("9999-12-31T23:59:59+00:00", Some(last)),
            ("10000-01-01T00:00:00Z", None),
            ("9999-12-31T23:59:59", None),
            ("9999-12-31T23:59:59+99:00", None),
            ("9999-12-31T23:59:59+é:00", None),
            ("9999-13-31T23:59:59Z", None),
            ("1970-01-01T00:00:00.Z", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(nanoseconds(text), moment, "{text}");
        }
    }
}
