//! Lines to records.

use simd_json::{Buffers, INPUT_PADDING, Tape};

use super::benchmark_profile::BenchmarkProfile;
use super::escape_code;
use super::fast;
use super::judge::{OwnedSlot, judge};
use super::mend::{NotFinite, mend};
use super::paths::ROOT;
use super::profile::Profile;
use super::profiles::Shape;
use super::ready::{Ready, Rooms};
use super::record::Record;
use super::slot::{Misfit, Slot};
use super::tape;
use super::trails::Trails;
use crate::reason::Reason;
use crate::repair::Repairs;
use crate::role::Role;

/// Mapped fields of one profile.
pub const MOST_FIELDS: usize = 32;

/// Profiles, ready to be matched against lines.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own")]
pub struct Profiles {
    ready: Vec<Ready>,
    pub(super) benchmarks: Vec<BenchmarkProfile>,
    /// Whether a failure's line is read again, for a value that the parsers do not keep.
    reads_again: bool,
    /// Whether the caller named them, so that a line that fits none has faults rather than an unknown shape.
    named: bool,
    /// Whether a line with cosmetic faults is none.
    is_strict: bool,
    /// Whether any profile says what stands before its records.
    has_prefixes: bool,
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

    /// With `is_strict`, a line is a record exactly when `serde_json` says so, and a value fits its field exactly when it
    /// is of the type that the profile states.
    #[must_use]
    pub fn strictly(mut self, is_strict: bool) -> Self {
        self.is_strict = is_strict;
        self.ready.iter_mut().for_each(|ready| ready.is_strict = is_strict);
        self
    }

    /// Whether a line with cosmetic faults is no record.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.is_strict
    }

    /// Profiles of either kind that the caller named: every line must have one of these shapes.
    #[must_use]
    pub fn of(shapes: impl IntoIterator<Item = Shape>) -> Self {
        let mut profiles = Self {
            ready: Vec::new(),
            benchmarks: Vec::new(),
            reads_again: false,
            named: true,
            is_strict: false,
            has_prefixes: false,
        };
        for shape in shapes {
            match shape {
                Shape::Log(profile) => {
                    profiles.reads_again |= profile.field(Role::Entities).is_some();
                    profiles.has_prefixes |= profile.prefix.is_some();
                    profiles.ready.push(Ready::new(profile));
                }
                Shape::Benchmark(profile) => profiles.benchmarks.push(profile),
            }
        }
        profiles
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

    /// Whether a line holds nothing but white space, behind what its profile says stands before records.
    #[must_use]
    pub fn is_blank(&self, line: &[u8], guess: usize) -> bool {
        line[self.prefix_len(line, guess)..].trim_ascii_start().is_empty()
    }

    /// Bytes that stand before the record: by the guessed profile, else by the first that says what stands here.
    fn prefix_len(&self, line: &[u8], guess: usize) -> usize {
        if !self.has_prefixes {
            return 0;
        }
        self.from(guess).map(|number| self.ready[number].prefix_len(line)).find(|&len| len > 0).unwrap_or(0)
    }

    /// Numbers of the profiles, the guess first.
    fn from(&self, guess: usize) -> impl Iterator<Item = usize> {
        std::iter::once(guess).chain((0..self.len()).filter(move |&number| number != guess)).take(self.len())
    }
}

/// Why a line is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The reason.
    pub reason: Reason,
    /// What the judge says.
    pub message: String,
}

impl Rejection {
    /// Whether the line may be a record but for cosmetic faults.
    pub(super) fn may_be_cosmetic(&self) -> bool {
        matches!(self.reason, Reason::InvalidUtf8 | Reason::InvalidJson)
    }
}

/// A record, and what the ledger wants to know of its line.
#[derive(Clone, Copy, Debug)]
pub struct Parsed<'a> {
    /// The record.
    pub record: Record<'a>,
    /// Mapped fields that stood more than once.
    pub repeated: u64,
    /// What was repaired in the line.
    pub repairs: Repairs,
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
        let before = self.profiles.prefix_len(&padded[..len], guess);
        let (padded, len) = (&mut padded[before..], len - before);
        if let Some((ready, trails)) = self.profiles.ready.get(guess).zip(self.trails.get_mut(guess)) {
            let mut slots = [Slot::Absent; MOST_FIELDS];
            let read = fast::read(padded, len, &ready.tree, &ready.keys, trails, &mut slots);
            if read.is_some()
                && let Ok(repairs) = ready.check(&mut slots)
            {
                self.vouched += 1;
                // A text that it reads holds no escape.
                let record = ready.record(&slots, &padded[..len], &mut self.rooms, None);
                return then(Ok(Parsed { record, repeated: 0, repairs, profile: guess }));
            }
        }
        self.by_tape(padded, len, guess, then)
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
        let before = self.profiles.prefix_len(&padded[..len], guess);
        self.by_tape(&mut padded[before..], len - before, guess, then)
    }

    fn by_tape<R>(
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
        if let Some((Fit { profile, repeated, mut repairs }, slots)) = outcome {
            let ready = &self.profiles.ready[profile];
            let record = ready.record(&slots, again, &mut self.rooms, Some(&mut repairs));
            let result = then(Ok(Parsed { record, repeated, repairs, profile }));
            self.tape = Some(tape.reset());
            return result;
        }
        self.tape = Some(tape.reset());
        self.by_judge(&padded[..len], guess, then)
    }

    /// Parses one line by the judge alone: the slow way that the fast one must agree with. Where its grammar is broken, a
    /// copy without cosmetic faults is judged in its place.
    pub fn judge<R>(&mut self, line: &[u8], guess: usize, then: impl FnOnce(Result<Parsed<'_>, Rejection>) -> R) -> R {
        self.by_judge(&line[self.profiles.prefix_len(line, guess)..], guess, then)
    }

    fn by_judge<R>(&mut self, line: &[u8], guess: usize, then: impl FnOnce(Result<Parsed<'_>, Rejection>) -> R) -> R {
        let rejection = match self.fit(line, guess) {
            Ok(fit) => return self.hand_over(fit, line, then),
            Err(rejection) => rejection,
        };
        // Coloured keys are none that a profile knows.
        let may_be_cosmetic = rejection.may_be_cosmetic()
            || matches!(rejection.reason, Reason::MissingField | Reason::UnknownShape)
                && escape_code::is_escaped_in(line);
        let mended = if may_be_cosmetic && !self.profiles.is_strict { mend(line, NotFinite::Null) } else { None };
        if let Some(mended) = mended
            && mended.before.iter().all(|before| self.fit(&line[before.clone()], guess).is_err())
            && let Ok(fit) = self.fit(&mended.line, guess)
        {
            return self.hand_over(Fit { repairs: fit.repairs | mended.repairs, ..fit }, &mended.line, then);
        }
        then(Err(rejection))
    }

    /// Hands out the record of a line that fits, whose values were kept.
    fn hand_over<R>(&mut self, fit: Fit, line: &[u8], then: impl FnOnce(Result<Parsed<'_>, Rejection>) -> R) -> R {
        let Fit { profile, repeated, mut repairs } = fit;
        let ready = &self.profiles.ready[profile];
        let mut slots = slots(&self.judged);
        // They fit, and values that stand for others become those again.
        let _ = ready.check(&mut slots);
        let record = ready.record(&slots, line, &mut self.rooms, Some(&mut repairs));
        then(Ok(Parsed { record, repeated, repairs, profile }))
    }

    /// Judges one line; of one that fits, the values are kept.
    fn fit(&mut self, line: &[u8], guess: usize) -> Result<Fit, Rejection> {
        let mut nearest: Option<(usize, Misfit)> = None;
        for number in self.profiles.from(guess) {
            let ready = &self.profiles.ready[number];
            self.judged.clear();
            self.judged.resize(ready.profile.fields.len().min(MOST_FIELDS), OwnedSlot::Absent);
            let repeated = judge(line, &ready.tree, &mut self.judged)
                .map_err(|misfit| Rejection { reason: misfit.reason, message: misfit.message })?;
            let mut slots = slots(&self.judged);
            match ready.check(&mut slots) {
                Ok(repairs) => return Ok(Fit { profile: number, repeated, repairs }),
                Err(misfit) => {
                    let resemblance = ready.resemblance(&slots);
                    if nearest.as_ref().is_none_or(|(best, _)| resemblance > *best) {
                        nearest = Some((resemblance, misfit));
                    }
                }
            }
        }
        Err(match nearest {
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
        })
    }
}

/// How a line fits.
#[derive(Clone, Copy, Debug)]
struct Fit {
    profile: usize,
    repeated: u64,
    repairs: Repairs,
}

/// The values that the judge read.
fn slots(judged: &[OwnedSlot]) -> [Slot<'_>; MOST_FIELDS] {
    let mut slots = [Slot::Absent; MOST_FIELDS];
    for (slot, owned) in slots.iter_mut().zip(judged) {
        *slot = owned.borrow();
    }
    slots
}

/// Reads a tape by the first profile that it fits.
fn read_tape<'a>(profiles: &Profiles, tape: &'a Tape<'a>, guess: usize) -> Option<(Fit, [Slot<'a>; MOST_FIELDS])> {
    for number in profiles.from(guess) {
        let ready = &profiles.ready[number];
        let mut slots = [Slot::Absent; MOST_FIELDS];
        let repeated = tape::read(&tape.0, &ready.tree, ROOT, &mut slots)?;
        if let Ok(repairs) = ready.check(&mut slots) {
            return Some((Fit { profile: number, repeated, repairs }, slots));
        }
    }
    None
}

#[cfg(test)]
#[path = "parser_tests.rs"]
mod tests;
