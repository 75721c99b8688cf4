//! Values that stand for the ones that a field asks for: what a writer without types, or with others, makes of them.

use jiff::tz::Offset;
use serde_json::value::RawValue;

use super::judge;
use super::profile::{Field, Kind, OutcomeWords, TimeUnit};
use super::slot::Slot;
use crate::repair::{Repair, Repairs};
use crate::role::Role;

/// The value that one which does not fit stands for, and what was repaired for that; `None` when it stands for none.
#[cold]
pub(super) fn lenient<'a>(
    slot: Slot<'a>,
    field: &Field,
    words: &OutcomeWords,
    is_strict: bool,
) -> Option<(Slot<'a>, Repairs)> {
    match (slot, field.role?) {
        (Slot::Bool(_), Role::Outcome) if !is_strict && words.has_booleans() => Some((slot, Repairs::NONE)),
        (Slot::Integer(_), Role::Outcome) if !is_strict && words.has_integers() => Some((slot, Repairs::NONE)),
        (Slot::Text(text), Role::Time) if field.kind == Kind::Time(TimeUnit::Rfc3339) => {
            // A zone that the profile states is nothing that anybody assumes.
            let (zone, repairs) = match field.zone {
                Some(zone) => (zone, Repairs::NONE),
                None if is_strict => return None,
                None => (Offset::UTC, Repair::AssumedZone.into()),
            };
            Some((Slot::Moment(zoneless(text, zone)?), repairs))
        }
        (Slot::Text(text), Role::Time | Role::Duration | Role::Seed | Role::Attempt) if !is_strict => {
            let number = quoted(text)?;
            number.fits(field.kind, true).then_some((number, Repair::QuotedNumbers.into()))
        }
        _ => None,
    }
}

/// The number that a text is by the grammar of JSON.
fn quoted(text: &str) -> Option<Slot<'static>> {
    if !text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return None;
    }
    let value: &RawValue =
        serde_json::from_str(text).ok().filter(|value: &&RawValue| value.get().len() == text.len())?;
    match judge::slot(value.get()).ok()? {
        judge::OwnedSlot::Integer(value) => Some(Slot::Integer(value)),
        judge::OwnedSlot::Number(value) => Some(Slot::Number(value)),
        _ => None,
    }
}

/// Milliseconds since 1970 of a day and a time of day in a zone.
fn zoneless(text: &str, zone: Offset) -> Option<i64> {
    let has_time = text.contains(':') && text.bytes().all(|byte| byte.is_ascii_digit() || b"-T:., t".contains(&byte));
    let at: jiff::civil::DateTime = if has_time { text.parse().ok()? } else { return None };
    zone.to_timestamp(at).ok().map(jiff::Timestamp::as_millisecond)
}

#[cfg(test)]
#[path = "lenient_tests.rs"]
mod tests;
