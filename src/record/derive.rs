//! Filling in the keys that a record's log does not carry.

use std::fmt::Write;

use super::derivation::{DERIVABLE, Source};
use super::mask::mask;
use super::moment::nanoseconds;
use super::more::More;
use super::profile::Profile;
use super::record::Record;
use super::slot::Slot;
use super::texts::Texts;
use crate::role::Role;

/// Texts that were put together for one record.
#[derive(Clone, Debug, Default)]
pub(super) struct Rooms {
    joined: [String; DERIVABLE.len()],
    more: Vec<(Role, String)>,
}

/// Fills in what the profile derives. `rooms` is where texts are kept that stand nowhere in the line.
pub(super) fn apply<'a>(profile: &'a Profile, slots: &[Slot<'a>], record: &mut Record<'a>, rooms: &'a mut Rooms) {
    let Rooms { joined, more } = rooms;
    more.clear();
    for (derivation, room) in profile.derivations.iter().zip(joined) {
        let is_reason = derivation.role == Role::Reason;
        if is_reason && !record.failed() {
            continue; // Only failures have one, and it costs the most.
        }
        let mut yields_to_code = false;
        let (mut found, mut is_joined) = (None, false);
        for source in &derivation.from {
            if *source == Source::Code {
                yields_to_code = true;
                continue;
            }
            room.clear();
            if let Some(text) = source.text(record, slots, room) {
                found = Some(text);
                is_joined = matches!(source, Source::Joined { .. });
                break;
            }
        }
        let text = match found {
            Some(Found::Line(text)) => text,
            Some(Found::Room) => room.as_str(),
            None => "",
        };
        let some = Some(text).filter(|text| !text.is_empty());
        match derivation.role {
            Role::Packet => record.packet = text,
            Role::Suite => record.suite = text,
            Role::Scenario => {
                record.scenario = text;
                record.scenario_is_joined = is_joined;
            }
            Role::Mode => record.mode = text,
            Role::Message => record.message = some,
            Role::Invariant => record.invariant = some,
            Role::Outcome => {
                record.outcome_word = text;
                record.outcome = profile.outcome.kind(text);
            }
            Role::Run => record.run = some,
            Role::Branch => record.branch = some,
            Role::Revision => record.revision = some,
            Role::Env => record.env = some,
            Role::Seed => record.seed = text.parse().ok(),
            // What is no time leaves the field's.
            Role::Time => record.time = milliseconds(text).unwrap_or(record.time),
            Role::Artifacts => record.artifacts = some.map_or(Texts::None, Texts::One),
            Role::Replay => record.replay = some,
            Role::Reason => {
                record.reason = text;
                record.reason_yields_to_code = yields_to_code;
            }
            role => more.push((role, text.to_owned())),
        }
    }
    if !more.is_empty() {
        record.more = More::and(record.more, more);
    }
}

/// A moment: milliseconds since 1970, or as RFC 3339 has it; without a zone it is one of UTC.
fn milliseconds(text: &str) -> Option<i64> {
    if let Ok(milliseconds) = text.parse() {
        return Some(milliseconds);
    }
    let moment = nanoseconds(text).or_else(|| nanoseconds(&format!("{text}Z")))?;
    i64::try_from(moment.div_euclid(1_000_000)).ok()
}

/// Where a derived text is.
enum Found<'a> {
    Line(&'a str),
    Room,
}

impl Source {
    fn text<'a>(&'a self, record: &Record<'a>, slots: &[Slot<'a>], room: &mut String) -> Option<Found<'a>> {
        let field = |role: Role| record.text(role).filter(|text| !text.is_empty());
        match self {
            Self::Field { role, regex: None } => field(*role).map(Found::Line),
            Self::Field { role, regex: Some(regex) } => regex.find_in(field(*role)?).map(Found::Line),
            Self::Joined { roles, with } => {
                let texts: &mut dyn Iterator<Item = &str> = &mut roles.iter().filter_map(|&role| field(role));
                for (at, text) in texts.enumerate() {
                    if at > 0 {
                        room.push_str(with);
                    }
                    room.push_str(text);
                }
                (!room.is_empty()).then_some(Found::Room)
            }
            Self::Masked { role, at_most } => {
                mask(field(*role)?, *at_most, room);
                (!room.is_empty()).then_some(Found::Room)
            }
            Self::Path { field, regex } => {
                let slot = *slots.get(*field)?;
                if let Some(text) = slot.text() {
                    let found = regex.as_ref().map_or(Some(text), |regex| regex.find_in(text));
                    return found.filter(|found| !found.is_empty()).map(Found::Line);
                }
                write_value(slot, room).then_some(())?;
                if let Some(regex) = regex {
                    let found = regex.find_in(room)?.to_owned();
                    *room = found;
                }
                (!room.is_empty()).then_some(Found::Room)
            }
            Self::Labels(labels) => {
                for (label, field) in labels {
                    let before = room.len();
                    // Writing to a string cannot fail.
                    let _ = write!(room, "{}{label}=", if before > 0 { " " } else { "" });
                    let slot = slots.get(*field).copied().unwrap_or_default();
                    if !write_value(slot, room) {
                        room.truncate(before);
                    }
                }
                (!room.is_empty()).then_some(Found::Room)
            }
            Self::Constant(text) => Some(Found::Line(text)),
            Self::Code => None,
        }
    }
}

/// Writes a text, a number or a truth value; `false` where it is none of these, or empty.
fn write_value(slot: Slot<'_>, room: &mut String) -> bool {
    let before = room.len();
    // Writing to a string cannot fail.
    let _ = match slot {
        Slot::Text(text) => room.write_str(text),
        Slot::Integer(value) => write!(room, "{value}"),
        Slot::Number(value) => write!(room, "{value}"),
        Slot::Bool(value) => write!(room, "{value}"),
        Slot::Absent | Slot::Null | Slot::HugeInteger | Slot::Texts(_) | Slot::Moment(_) | Slot::Other(_) => {
            return false;
        }
    };
    room.len() > before
}
