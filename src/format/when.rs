//! Times and durations as formats write them.

use std::borrow::Cow;

use jiff::{Timestamp, civil::DateTime, tz::Offset};

/// A moment that a text tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct When {
    /// Milliseconds since 1970.
    pub ms: i64,
    /// Whether the text named no zone, and UTC was taken.
    pub is_assumed_utc: bool,
}

/// A moment in ISO 8601 or RFC 3339, with or without a zone. None for what is no moment, and for those that tools write
/// where they know none: year 1, and the first second of 1970.
#[must_use]
pub(super) fn moment(text: &str) -> Option<When> {
    let text = text.trim();
    if text.len() < 10 || text.len() > 64 {
        return None;
    }
    // As mocha's reports for xUnit have it, RFC 1123.
    if let Ok(at) = jiff::fmt::rfc2822::parse(text) {
        return Some(When { ms: at.timestamp().as_millisecond(), is_assumed_utc: false });
    }
    let text = shortened(text);
    let (ms, is_assumed_utc) = if let Ok(at) = text.parse::<Timestamp>() {
        (at.as_millisecond(), false)
    } else {
        let civil = text.parse::<DateTime>().ok()?;
        (Offset::UTC.to_timestamp(civil).ok()?.as_millisecond(), true)
    };
    (ms >= 1000).then_some(When { ms, is_assumed_utc })
}

/// The same with nine digits of a second at most, and without a space before the zone.
fn shortened(text: &str) -> Cow<'_, str> {
    let text = match text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" Z")) {
        Some(bare) => Cow::Owned(format!("{bare}Z")),
        None => match text.rsplit_once(' ') {
            Some((bare, zone)) if zone.starts_with(['+', '-']) => Cow::Owned(format!("{bare}{zone}")),
            _ => Cow::Borrowed(text),
        },
    };
    let Some(dot) = text.find('.') else { return text };
    let digits = text.bytes().skip(dot + 1).take_while(u8::is_ascii_digit).count();
    match (text.get(..dot + 10), text.get(dot + 1 + digits..)) {
        (Some(head), Some(tail)) if digits > 9 => Cow::Owned(format!("{head}{tail}")),
        _ => text,
    }
}

/// What a text says of seconds, in milliseconds: `1.5`, `1,234.5` (surefire groups thousands), `0,25`, `0.5s`.
/// The flag says whether it is a number that is none: `NaN`, infinity.
#[must_use]
pub(super) fn seconds(text: &str) -> (Option<f64>, bool) {
    let text = text.trim();
    let text = text.strip_suffix('s').unwrap_or(text).trim_end();
    let parsed = match text.parse::<f64>() {
        Ok(number) => Some(number),
        Err(_) => match text.split_once(',') {
            // One comma that cannot stand before a group of three digits is that of a locale.
            Some((whole, part)) if !part.contains(['.', ',']) && (part.len() != 3 || whole == "0") => {
                format!("{whole}.{part}").parse().ok()
            }
            Some(_) => text.replace(',', "").parse().ok(),
            None => None,
        },
    };
    match parsed {
        Some(number) if !number.is_finite() => (None, true),
        Some(number) if number >= 0.0 => (Some(number * 1000.0), false),
        _ => (None, false),
    }
}

#[cfg(test)]
mod tests {
    use super::{moment, seconds};

    #[test]
    fn moments_with_and_without_a_zone() {
        let at = |text| moment(text).map(|when| (when.ms, when.is_assumed_utc));
        assert_eq!(at("2024-01-02T03:04:05Z"), Some((1_704_164_645_000, false)));
        assert_eq!(at("2024-01-02T03:04:05"), Some((1_704_164_645_000, true)));
        assert_eq!(at("2024-01-02T04:04:05.1234567+01:00"), Some((1_704_164_645_123, false)));
        assert_eq!(at("2024-01-02 03:04:05 UTC"), Some((1_704_164_645_000, false)));
        assert_eq!(at("2024-01-02 05:04:05 +0200"), Some((1_704_164_645_000, false)));
        assert_eq!(at("2024-01-02T03:04:05.123456789012"), Some((1_704_164_645_123, true)));
        assert_eq!(at("0001-01-01T00:00:00"), None);
        assert_eq!(at("0001-01-01T00:00:00Z"), None);
        assert_eq!(at("1970-01-01T00:00:00"), None);
        assert_eq!(at("yesterday noon"), None);
    }

    #[test]
    fn seconds_as_tools_write_them() {
        let of = |text| seconds(text);
        assert_eq!(of("0.25"), (Some(250.0), false));
        assert_eq!(of("1,234.5"), (Some(1_234_500.0), false));
        assert_eq!(of("1,234"), (Some(1_234_000.0), false));
        assert_eq!(of("0,25"), (Some(250.0), false));
        assert_eq!(of("0,250"), (Some(250.0), false));
        assert_eq!(of("2s"), (Some(2000.0), false));
        assert_eq!(of("NaN"), (None, true));
        assert_eq!(of("-1"), (None, false));
        assert_eq!(of(""), (None, false));
    }
}
