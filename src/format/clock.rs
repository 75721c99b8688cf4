//! Times as formats write them.

/// Milliseconds since 1970 of an RFC 3339 time.
pub(super) fn milliseconds(time: &[u8]) -> Option<i64> {
    let time: jiff::Timestamp = std::str::from_utf8(time).ok()?.parse().ok()?;
    // An unset time is that of 1970 or of year 1.
    Some(time.as_millisecond()).filter(|&time| time > 0)
}

/// Milliseconds since 1970 of seconds since 1970.
pub(super) fn of_seconds(seconds: f64) -> Option<i64> {
    let milliseconds = (seconds * 1000.0).round();
    // Beyond, it is no time, and the number may not fit.
    #[expect(clippy::cast_possible_truncation, reason = "it is checked")]
    (milliseconds > 0.0 && milliseconds < 1e15).then_some(milliseconds as i64)
}
