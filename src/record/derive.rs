//! Filling in the keys that a record's log does not carry.

use super::derivation::{DERIVABLE, Derivation, Source};
use super::mask::mask;
use super::record::Record;
use crate::role::Role;

/// Texts that were put together for one record.
pub(super) type Rooms = [String; DERIVABLE.len()];

/// Fills in what the profile derives. `rooms` is where texts are kept that stand nowhere in the line.
pub(super) fn apply<'a>(derivations: &'a [Derivation], record: &mut Record<'a>, rooms: &'a mut Rooms) {
    for (derivation, room) in derivations.iter().zip(rooms) {
        let is_reason = derivation.role == Role::Reason;
        if is_reason && !record.failed() {
            continue; // Only failures have one, and it costs the most.
        }
        let mut yields_to_code = false;
        let (mut found, mut joined) = (None, false);
        for source in &derivation.from {
            if *source == Source::Code {
                yields_to_code = true;
                continue;
            }
            room.clear();
            if let Some(text) = source.text(record, room) {
                found = Some(text);
                joined = matches!(source, Source::Joined { .. });
                break;
            }
        }
        let text = match found {
            Some(Found::Line(text)) => text,
            Some(Found::Room) => room.as_str(),
            None => "",
        };
        match derivation.role {
            Role::Packet => record.packet = text,
            Role::Suite => record.suite = text,
            Role::Scenario => {
                record.scenario = text;
                record.scenario_is_joined = joined;
            }
            Role::Mode => record.mode = text,
            Role::Message => record.message = Some(text).filter(|text| !text.is_empty()),
            Role::Invariant => record.invariant = Some(text).filter(|text| !text.is_empty()),
            _ => {
                record.reason = text;
                record.reason_yields_to_code = yields_to_code;
            }
        }
    }
}

/// Where a derived text is.
enum Found<'a> {
    Line(&'a str),
    Room,
}

impl Source {
    fn text<'a>(&self, record: &Record<'a>, room: &mut String) -> Option<Found<'a>> {
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
            Self::Code => None,
        }
    }
}
