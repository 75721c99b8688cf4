//! A profile, ready to be held against lines.

use std::fmt::Write;

use super::branch::history_of_branch;
use super::derive;
use super::escape_code;
use super::keys::Keys;
use super::lenient::lenient;
use super::more::More;
use super::paths::PathTree;
use super::profile::{Kind, Profile, TimeUnit};
use super::record::Record;
use super::slot::{Misfit, Slot};
use crate::reason::Reason;
use crate::repair::{Repair, Repairs};
use crate::role::Role;

/// Bytes of a line in which its prefix ends.
const LONGEST_PREFIX: usize = 4 << 10;

/// A number that no field has: there are at most [`MOST_FIELDS`](super::profile::MOST_FIELDS).
const NO_FIELD: u8 = u8::MAX;

/// A profile and what lines are compared with.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    pub(super) profile: Profile,
    pub(super) tree: PathTree,
    pub(super) keys: Keys,
    /// Number of each role's field; [`NO_FIELD`] for none.
    by_role: [u8; Role::ALL.len()],
    /// For each field the forms of which any value fits ([`Slot::fitting_forms`]).
    fitting_forms: Vec<u16>,
    /// The fields that not every integer fits, and up to which one all do.
    sizes: Vec<(u8, u64)>,
    /// The unit of its time.
    unit: TimeUnit,
    /// Whether only what the profile says fits.
    pub(super) is_strict: bool,
}

/// Room for texts that do not stand in the line as they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Rooms {
    run: String,
    schema: String,
    outcome: String,
    derived: derive::Rooms,
    /// The outcome's word and the ids without escape codes.
    plain: [String; 8],
}

impl Ready {
    pub(super) fn new(profile: Profile) -> Self {
        let by_role = Role::ALL.map(|role| {
            let field = profile.fields.iter().position(|field| field.role == Some(role));
            field.and_then(|field| u8::try_from(field).ok()).unwrap_or(NO_FIELD)
        });
        let tree = PathTree::new(&profile);
        let mut fitting_forms: Vec<u16> =
            profile.fields.iter().map(|field| Slot::fitting_forms(field.kind, field.required)).collect();
        // Which lines are records is asked where a line does not fit at a glance, so that it costs other profiles nothing.
        if let Some(forms) = profile.only.first().and_then(|only| fitting_forms.get_mut(only.field)) {
            *forms = 0;
        }
        let sizes = (0..).zip(&profile.fields).map(|(number, field)| (number, field.kind));
        let sizes =
            sizes.filter(|&(_, kind)| Slot::Integer(0).fits(kind, true) && !Slot::Integer(i128::MIN).fits(kind, true));
        let sizes = sizes.map(|(number, kind)| (number, Slot::greatest(kind))).collect();
        let unit = match profile.field(Role::Time).map(|field| field.kind) {
            Some(Kind::Time(unit)) => unit,
            _ => TimeUnit::Milliseconds,
        };
        Self { keys: Keys::new(&tree), tree, profile, by_role, fitting_forms, sizes, unit, is_strict: false }
    }

    /// Bytes of a line that the profile says stand before its records.
    pub(super) fn prefix_len(&self, line: &[u8]) -> usize {
        let Some(prefix) = &self.profile.prefix else { return 0 };
        let start = &line[..line.len().min(LONGEST_PREFIX)];
        let text = std::str::from_utf8(start).or_else(|error| std::str::from_utf8(&start[..error.valid_up_to()]));
        text.map_or(0, |text| prefix.prefix_len(text))
    }

    /// The number of a role's field.
    pub(super) fn field(&self, role: Role) -> Option<usize> {
        Some(self.by_role[role as usize]).filter(|&field| field != NO_FIELD).map(usize::from)
    }

    fn slot<'a>(&self, slots: &[Slot<'a>], role: Role) -> Slot<'a> {
        slots.get(usize::from(self.by_role[role as usize])).copied().unwrap_or_default()
    }

    /// The first field that does not fit, in profile order. Values that stand for fitting ones become those.
    pub(super) fn check(&self, slots: &mut [Slot<'_>]) -> Result<Repairs, Misfit> {
        let by_form = |(slot, forms): (&Slot<'_>, &u16)| forms >> slot.form() & 1 == 1;
        let by_size = |&(field, greatest): &(u8, u64)| match slots.get(usize::from(field)) {
            Some(Slot::Integer(value)) => u64::try_from(*value).is_ok_and(|value| value <= greatest),
            _ => true,
        };
        if slots.iter().zip(&self.fitting_forms).all(by_form) && self.sizes.iter().all(by_size) {
            return Ok(Repairs::NONE);
        }
        if self.ignores(slots) {
            return Err(Misfit { reason: Reason::UnknownShape, message: String::new() });
        }
        let mut repairs = Repairs::NONE;
        for (field, slot) in self.profile.fields.iter().zip(slots) {
            if slot.fits(field.kind, field.required) {
                continue;
            }
            match lenient(*slot, field, &self.profile.outcome, self.is_strict) {
                Some((meant, repair)) => (*slot, repairs) = (meant, repairs | repair),
                None => return Err(slot.misfit(field.kind, || field.path.join("."))),
            }
        }
        Ok(repairs)
    }

    /// Whether a line is an event that the profile leaves out, whatever else is in it.
    pub(super) fn ignores(&self, slots: &[Slot<'_>]) -> bool {
        self.profile.only.iter().any(|only| !slots.get(only.field).is_some_and(|slot| slot.is_one_of(&only.words)))
    }

    /// How many of its required fields are there, in 1/1000: by this one tells which shape a line is meant to have.
    pub(super) fn resemblance(&self, slots: &[Slot<'_>]) -> usize {
        let required = || self.profile.fields.iter().zip(slots).filter(|(field, _)| field.required);
        required().filter(|(_, slot)| !slot.is_absent()).count() * 1000 / required().count().max(1)
    }

    /// The record of checked slots; `repairs`, where the line may hold escapes: then the ids and the outcome's word lose the
    /// codes of terminals.
    #[expect(clippy::inline_always, reason = "a record is large to hand around")]
    #[inline(always)]
    pub(super) fn record<'a>(
        &'a self,
        slots: &'a [Slot<'a>],
        line: &'a [u8],
        rooms: &'a mut Rooms,
        repairs: Option<&mut Repairs>,
    ) -> Record<'a> {
        let mut repairs = repairs.filter(|_| !self.is_strict);
        let text = |role| match slots.get(usize::from(self.by_role[role as usize])) {
            Some(Slot::Text(text)) => Some(*text),
            _ => None,
        };
        let Rooms { run, schema, outcome, derived, plain: [plain, ids @ ..] } = rooms;
        let word = |role, room: &'a mut String| match self.slot(slots, role) {
            Slot::Integer(value) => {
                room.clear();
                // Writing to a string cannot fail.
                let _ = write!(room, "{value}");
                Some(room.as_str())
            }
            Slot::Bool(value) => Some(if value { "true" } else { "false" }),
            slot => slot.text(),
        };
        let mut outcome = word(Role::Outcome, outcome).unwrap_or_default();
        if let Some(repairs) = &mut repairs
            && escape_code::strip(outcome, escape_code::may_be_c1(line), plain)
        {
            **repairs = **repairs | Repair::EscapedIds.into();
            // What is coloured is often padded to a column, within the codes.
            outcome = plain.trim_ascii();
        }
        let mut record = Record {
            time: self.slot(slots, Role::Time).time(self.unit).unwrap_or_default(),
            outcome: self.profile.outcome.kind(outcome),
            outcome_word: outcome,
            packet: text(Role::Packet).unwrap_or_default(),
            suite: text(Role::Suite).unwrap_or_default(),
            scenario: text(Role::Scenario).unwrap_or_default(),
            scenario_is_joined: false,
            mode: text(Role::Mode).unwrap_or_default(),
            env: text(Role::Env),
            seed: self.slot(slots, Role::Seed).unsigned(),
            reason: text(Role::Reason).unwrap_or_default(),
            reason_yields_to_code: false,
            message: text(Role::Message),
            invariant: text(Role::Invariant),
            run: word(Role::Run, run),
            branch: text(Role::Branch),
            revision: text(Role::Revision),
            replay: text(Role::Replay),
            artifacts: self.slot(slots, Role::Artifacts).texts(),
            schema: word(Role::Schema, schema),
            more: More::new(&self.profile, slots, line),
        };
        if !self.profile.derivations.is_empty() {
            derive::apply(&self.profile, slots, &mut record, derived);
        }
        if let Some(repairs) = repairs {
            plain_ids(&mut record, escape_code::may_be_c1(line), ids, repairs);
        }
        for told in [&mut record.env, &mut record.run, &mut record.branch, &mut record.revision] {
            *told = told.map(str::trim_ascii).filter(|told| !is_unset(told));
        }
        record.branch = record.branch.and_then(history_of_branch);
        record
    }
}

/// Whether a text is what a script writes for a variable that is not set, or that nobody expanded.
fn is_unset(text: &str) -> bool {
    matches!(text, "" | "undefined" | "null" | "None") || text.starts_with("${") || text.starts_with("$(")
}

/// Leaves escape codes of terminals, and controls that no JSON may hold, out of the ids and what else tells records apart: the
/// same test has them on one machine and not on another. Tells where what is no text may have made different ids one.
fn plain_ids<'a>(record: &mut Record<'a>, with_c1: bool, rooms: &'a mut [String; 7], repairs: &mut Repairs) {
    let is_blurred = repairs.has(Repair::BadUtf8) || repairs.has(Repair::LoneSurrogates);
    let has_controls = repairs.has(Repair::ControlCharacters);
    let ids = [&mut record.packet, &mut record.suite, &mut record.scenario, &mut record.mode];
    let others = [&mut record.env, &mut record.branch, &mut record.revision].into_iter().filter_map(Option::as_mut);
    let all = ids.into_iter().map(|id| (true, id)).chain(others.map(|other| (false, other)));
    for ((is_id, id), room) in all.zip(rooms) {
        if is_id && is_blurred && id.contains(char::REPLACEMENT_CHARACTER) {
            *repairs = *repairs | Repair::UnreadableIds.into();
        }
        let is_stripped = escape_code::strip(id, with_c1, room);
        let controls = has_controls && id.chars().any(char::is_control);
        if controls && !is_stripped {
            room.clear();
            room.push_str(id);
        }
        if controls {
            room.retain(|c| !c.is_control());
        }
        if is_stripped {
            *repairs = *repairs | Repair::EscapedIds.into();
        }
        if is_stripped || controls {
            *id = room;
        }
    }
}
