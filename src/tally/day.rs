//! Moments as warnings tell them.

use jiff::Timestamp;

/// A time to the minute; beyond the calendar in milliseconds.
pub(super) fn moment_of(time: i64) -> String {
    shown(time, "%Y-%m-%dT%H:%MZ")
}

/// A time as a day; beyond the calendar in milliseconds.
#[must_use]
pub fn day_of(time: i64) -> String {
    shown(time, "%Y-%m-%d")
}

fn shown(time: i64, format: &str) -> String {
    match Timestamp::from_millisecond(time) {
        Ok(moment) => moment.strftime(format).to_string(),
        Err(_) => format!("{time} ms since 1970"),
    }
}
