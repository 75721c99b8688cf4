//! Lines to records.

use std::fmt::Write;

use simd_json::{Buffers, INPUT_PADDING, Tape};

use super::benchmark_line::{BenchmarkLine, Unfit};
use super::benchmark_profile::BenchmarkProfile;
use super::derivation;
use super::fast;
use super::judge::{OwnedSlot, judge};
use super::keys::Keys;
use super::more::More;
use super::paths::{PathTree, ROOT};
use super::profile::{Kind, Profile, TimeUnit};
use super::profiles::Shape;
use super::record::Record;
use super::slot::{Misfit, Slot};
use super::tape;
use super::trails::Trails;
use crate::reason::Reason;
use crate::role::Role;

/// Mapped fields of one profile.
pub const MOST_FIELDS: usize = 32;

/// Profiles, ready to be matched against lines.
#[derive(Clone, Debug)]
pub struct Profiles {
    ready: Vec<Ready>,
    benchmarks: Vec<BenchmarkProfile>,
    /// Whether a failure's line is read again, for a value that the parsers do not keep.
    reads_again: bool,
    /// Whether the caller named them, so that a line that fits none has faults rather than an unknown shape.
    named: bool,
}

#[derive(Clone, Debug)]
struct Ready {
    profile: Profile,
    tree: PathTree,
    keys: Keys,
    /// Number of each role's field.
    by_role: [Option<usize>; Role::ALL.len()],
}

impl Profiles {
    /// The built-in profiles: a line may have any of their shapes.
    #[must_use]
    pub fn builtin() -> Self {
        Self { named: false, ..Self::of(Shape::names().filter_map(Shape::builtin)) }
    }

    /// Profiles that the caller named: every line must have one of these shapes.
    #[must_use]
    pub fn named(profiles: Vec<Profile>) -> Self {
        Self::of(profiles.into_iter().map(Shape::Log))
    }

    /// Everything that the profiles say, as a text: another text for other profiles.
    #[must_use]
    pub fn definitions(&self) -> String {
        let profiles: Vec<&Profile> = self.ready.iter().map(|ready| &ready.profile).collect();
        format!("{profiles:?} {:?} {}", self.benchmarks, self.named)
    }

    /// Profiles of either kind that the caller named: every line must have one of these shapes.
    #[must_use]
    pub fn of(shapes: impl IntoIterator<Item = Shape>) -> Self {
        let mut profiles = Self { ready: Vec::new(), benchmarks: Vec::new(), reads_again: false, named: true };
        for shape in shapes {
            match shape {
                Shape::Log(profile) => {
                    profiles.reads_again |= profile.field(Role::Entities).is_some();
                    profiles.ready.push(Ready::new(profile));
                }
                Shape::Benchmark(profile) => profiles.benchmarks.push(profile),
            }
        }
        profiles
    }

    /// Reads a line that fits no log profile as a benchmark line; `rejection` is why it fits none. What a log's line may
    /// be is thus decided before what a benchmark's may be, wherever the line stands.
    ///
    /// # Errors
    /// Why it is neither: its fault as the shape that it is meant to have.
    pub fn benchmark(&self, line: &[u8], rejection: Rejection) -> Result<BenchmarkLine, Rejection> {
        let is_of_another_shape = match rejection.reason {
            Reason::UnknownShape => true,
            Reason::MissingField | Reason::WrongType | Reason::OutOfRange => false,
            _ => return Err(rejection),
        };
        let mut other = None;
        for profile in &self.benchmarks {
            match profile.read(line) {
                Ok(line) => return Ok(line),
                Err(Unfit::Faulty(fault)) if is_of_another_shape => return Err(fault),
                Err(Unfit::Faulty(_)) => {}
                Err(Unfit::Other(lacks)) => other = other.or(lacks),
            }
        }
        Err(match other.filter(|_| is_of_another_shape) {
            Some(lacks) => Rejection { message: format!("resembles no profile: {lacks}"), ..rejection },
            None => rejection,
        })
    }

    /// How many log profiles there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ready.len()
    }

    /// Whether there is none of a log.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    /// The log profile with this number.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&Profile> {
        self.ready.get(number).map(|ready| &ready.profile)
    }

    /// The log profile that most of these lines fit; the first of those that most fit.
    #[must_use]
    pub fn detect<'l>(&self, lines: impl Iterator<Item = &'l [u8]>) -> usize {
        let mut fits = vec![0usize; self.len()];
        let mut parser = Parser::new(self);
        for line in lines {
            if let Some(profile) = parser.judge(line, 0, |parsed| parsed.ok().map(|parsed| parsed.profile)) {
                fits[profile] += 1;
            }
        }
        (0..fits.len()).rev().max_by_key(|&profile| fits[profile]).unwrap_or(0)
    }

    /// Numbers of the profiles, the guess first.
    fn from(&self, guess: usize) -> impl Iterator<Item = usize> {
        std::iter::once(guess).chain((0..self.len()).filter(move |&number| number != guess)).take(self.len())
    }
}

impl Ready {
    fn new(profile: Profile) -> Self {
        let by_role = Role::ALL.map(|role| profile.fields.iter().position(|field| field.role == Some(role)));
        let tree = PathTree::new(&profile);
        Self { keys: Keys::new(&tree), tree, profile, by_role }
    }

    fn slot<'a>(&self, slots: &[Slot<'a>], role: Role) -> Slot<'a> {
        self.by_role[role as usize].map_or(Slot::Absent, |field| slots[field])
    }

    /// The first field that does not fit, in profile order.
    fn check(&self, slots: &[Slot<'_>]) -> Result<(), Misfit> {
        for (field, slot) in self.profile.fields.iter().zip(slots) {
            slot.check(field.kind, field.required, || field.path.join("."))?;
        }
        Ok(())
    }

    /// How many of its required fields are there, in 1/1000: by this one tells which shape a line is meant to have.
    fn resemblance(&self, slots: &[Slot<'_>]) -> usize {
        let required = || self.profile.fields.iter().zip(slots).filter(|(field, _)| field.required);
        required().filter(|(_, slot)| !slot.is_absent()).count() * 1000 / required().count().max(1)
    }

    fn record<'a>(&'a self, slots: &'a [Slot<'a>], line: &'a [u8], rooms: &'a mut Rooms) -> Record<'a> {
        let text = |role| self.slot(slots, role).text();
        let Rooms { run, schema, derived } = rooms;
        let text_or_number = |role, room: &'a mut String| match self.slot(slots, role) {
            Slot::Integer(value) => {
                room.clear();
                // Writing to a string cannot fail.
                let _ = write!(room, "{value}");
                Some(room.as_str())
            }
            slot => slot.text(),
        };
        let word = text(Role::Outcome).unwrap_or_default();
        let unit = match self.profile.field(Role::Time).map(|field| field.kind) {
            Some(Kind::Time(unit)) => unit,
            _ => TimeUnit::Milliseconds,
        };
        let mut record = Record {
            time: self.slot(slots, Role::Time).time(unit).unwrap_or_default(),
            outcome: self.profile.outcome.kind(word),
            outcome_word: word,
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
            run: text_or_number(Role::Run, run),
            branch: text(Role::Branch),
            revision: text(Role::Revision),
            replay: text(Role::Replay),
            artifacts: self.slot(slots, Role::Artifacts).texts(),
            schema: text_or_number(Role::Schema, schema),
            more: More::new(&self.profile, slots, line),
        };
        if !self.profile.derivations.is_empty() {
            derivation::apply(&self.profile.derivations, &mut record, derived);
        }
        record
    }
}

/// Room for texts that do not stand in the line as they are.
#[derive(Clone, Debug, Default)]
struct Rooms {
    run: String,
    schema: String,
    derived: derivation::Rooms,
}

/// Why a line is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The reason.
    pub reason: Reason,
    /// What the judge says.
    pub message: String,
}

/// A record, and what the ledger wants to know of its line.
#[derive(Clone, Copy, Debug)]
pub struct Parsed<'a> {
    /// The record.
    pub record: Record<'a>,
    /// Mapped fields that stood more than once.
    pub repeated: u64,
    /// Number of the profile that it fits.
    pub profile: usize,
}

/// Parses lines in place with buffers of its own; in steady state it allocates nothing.
pub struct Parser<'p> {
    profiles: &'p Profiles,
    /// Of each profile's lines.
    trails: Vec<Trails>,
    vouched: u64,
    buffers: Buffers,
    tape: Option<Tape<'static>>,
    /// Lines with escapes are parsed from a copy, since the fast parser unescapes in place and the judge must see
    /// the line as it was.
    copy: Vec<u8>,
    rooms: Rooms,
    judged: Vec<OwnedSlot>,
}

impl<'p> Parser<'p> {
    /// A parser for lines of these shapes.
    #[must_use]
    pub fn new(profiles: &'p Profiles) -> Self {
        Self {
            profiles,
            trails: vec![Trails::default(); profiles.len()],
            vouched: 0,
            buffers: Buffers::new(4096),
            tape: Some(Tape::null()),
            copy: Vec::new(),
            rooms: Rooms::default(),
            judged: Vec::new(),
        }
    }

    /// Parses one line and hands the result to `then`.
    ///
    /// `padded`: the line's `len` bytes and at least [`crate::archive::PADDING`] bytes of anything behind them, which
    /// are left as they are. `guess`: number of the profile to try first.
    pub fn parse<R>(
        &mut self,
        padded: &mut [u8],
        len: usize,
        guess: usize,
        then: impl FnOnce(Result<Parsed<'_>, Rejection>) -> R,
    ) -> R {
        if let Some((ready, trails)) = self.profiles.ready.get(guess).zip(self.trails.get_mut(guess)) {
            let mut slots = [Slot::Absent; MOST_FIELDS];
            let read = fast::read(padded, len, &ready.tree, &ready.keys, trails, &mut slots);
            if read.is_some() && ready.check(&slots).is_ok() {
                self.vouched += 1;
                let record = ready.record(&slots, &padded[..len], &mut self.rooms);
                return then(Ok(Parsed { record, repeated: 0, profile: guess }));
            }
        }
        self.parse_by_tape(padded, len, guess, then)
    }

    /// How many lines the fast path has read.
    #[must_use]
    pub fn vouched(&self) -> u64 {
        self.vouched
    }

    /// Parses one line as [`Parser::parse`] does, but for the fast path: the way of the lines that it leaves alone.
    pub fn parse_by_tape<R>(
        &mut self,
        padded: &mut [u8],
        len: usize,
        guess: usize,
        then: impl FnOnce(Result<Parsed<'_>, Rejection>) -> R,
    ) -> R {
        let mut tape = self.tape.take().unwrap_or_else(Tape::null).reset();
        // The fast parser holds what it parses, so that a line that may be read again is parsed from a copy too.
        let copied = self.profiles.reads_again || memchr::memchr(b'\\', &padded[..len]).is_some();
        if copied {
            self.copy.clear();
            self.copy.extend_from_slice(&padded[..len]);
            self.copy.resize(len + INPUT_PADDING, 0);
        }
        // Without escapes the fast parser changes nothing, so that the judge can still read the line where it lies.
        let (line, again): (&mut [u8], &[u8]) = if copied { (&mut self.copy, &padded[..len]) } else { (padded, &[]) };
        let fast = simd_json::fill_tape_padded(line, len, &mut self.buffers, &mut tape).is_ok();
        let outcome = if fast { read_tape(self.profiles, &tape, guess) } else { None };
        if let Some((profile, repeated, slots)) = outcome {
            let record = self.profiles.ready[profile].record(&slots, again, &mut self.rooms);
            let result = then(Ok(Parsed { record, repeated, profile }));
            self.tape = Some(tape.reset());
            return result;
        }
        self.tape = Some(tape.reset());
        self.judge(&padded[..len], guess, then)
    }

    /// Parses one line by the judge alone: the slow way that the fast one must agree with.
    pub fn judge<R>(&mut self, line: &[u8], guess: usize, then: impl FnOnce(Result<Parsed<'_>, Rejection>) -> R) -> R {
        let mut nearest: Option<(usize, Misfit)> = None;
        for number in self.profiles.from(guess) {
            let ready = &self.profiles.ready[number];
            self.judged.clear();
            self.judged.resize(ready.profile.fields.len().min(MOST_FIELDS), OwnedSlot::Absent);
            let repeated = match judge(line, &ready.tree, &mut self.judged) {
                Ok(repeated) => repeated,
                Err(misfit) => return then(Err(Rejection { reason: misfit.reason, message: misfit.message })),
            };
            let mut slots = [Slot::Absent; MOST_FIELDS];
            for (slot, owned) in slots.iter_mut().zip(&self.judged) {
                *slot = owned.borrow();
            }
            match ready.check(&slots) {
                Ok(()) => {
                    let record = ready.record(&slots, line, &mut self.rooms);
                    return then(Ok(Parsed { record, repeated, profile: number }));
                }
                Err(misfit) => {
                    let resemblance = ready.resemblance(&slots);
                    if nearest.as_ref().is_none_or(|(best, _)| resemblance > *best) {
                        nearest = Some((resemblance, misfit));
                    }
                }
            }
        }
        let rejection = match nearest {
            Some((resemblance, misfit)) if self.profiles.named || resemblance >= 500 => {
                Rejection { reason: misfit.reason, message: misfit.message }
            }
            nearest => Rejection {
                reason: Reason::UnknownShape,
                message: nearest.map_or_else(
                    || "no profile".into(),
                    |(_, misfit)| format!("resembles no profile: {}", misfit.message),
                ),
            },
        };
        then(Err(rejection))
    }
}

/// Reads a tape by the first profile that it fits.
fn read_tape<'a>(
    profiles: &Profiles,
    tape: &'a Tape<'a>,
    guess: usize,
) -> Option<(usize, u64, [Slot<'a>; MOST_FIELDS])> {
    for number in profiles.from(guess) {
        let ready = &profiles.ready[number];
        let mut slots = [Slot::Absent; MOST_FIELDS];
        let repeated = tape::read(&tape.0, &ready.tree, ROOT, &mut slots)?;
        if ready.check(&slots).is_ok() {
            return Some((number, repeated, slots));
        }
    }
    None
}

#[cfg(test)]
#[path = "parser_tests.rs"]
mod tests;
