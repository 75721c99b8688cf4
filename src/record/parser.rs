//! Lines to records.

use simd_json::{Buffers, INPUT_PADDING, Tape};

use super::escape_code;
use super::fast;
use super::judge::{OwnedSlot, judge};
use super::mend::{NotFinite, mend};
use super::paths::ROOT;
use super::profile::MOST_FIELDS;
use super::profiles::Profiles;
use super::ready::Rooms;
use super::record::Record;
use super::rejection::Rejection;
use super::slot::{Misfit, Repeated, Slot};
use super::tape;
use super::trails::Trails;
use crate::reason::Reason;
use crate::repair::Repairs;
use crate::role::Role;

/// A record, and what the ledger wants to know of its line.
#[derive(Clone, Copy, Debug)]
pub struct Parsed<'a> {
    /// The record.
    pub record: Record<'a>,
    /// Mapped fields that stood more than once.
    pub repeated: u64,
    /// Whether its outcome stood more than once, with words that may differ: the last one counts.
    pub has_outcomes: bool,
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
            let line = &padded[..len];
            // A text that the fast path reads holds no escape.
            let mut slots = [Slot::Absent; MOST_FIELDS];
            if fast::follow(padded, len, trails, &mut slots).is_some() {
                if let Ok(repairs) = ready.check(&mut slots) {
                    self.vouched += 1;
                    let record = ready.record(&slots, line, &mut self.rooms, None);
                    return then(Ok(Parsed { record, repeated: 0, has_outcomes: false, repairs, profile: guess }));
                }
                if self.profiles.len() == 1 && ready.ignores(&slots) {
                    self.vouched += 1;
                    return then(Err(Rejection::ignored()));
                }
            } else {
                let mut slots = [Slot::Absent; MOST_FIELDS];
                if fast::read(line, &ready.tree, &ready.keys, trails, &mut slots).is_some() {
                    if let Ok(repairs) = ready.check(&mut slots) {
                        self.vouched += 1;
                        let record = ready.record(&slots, line, &mut self.rooms, None);
                        return then(Ok(Parsed { record, repeated: 0, has_outcomes: false, repairs, profile: guess }));
                    }
                    if self.profiles.len() == 1 && ready.ignores(&slots) {
                        self.vouched += 1;
                        return then(Err(Rejection::ignored()));
                    }
                }
            }
        }
        self.by_tape(padded, len, guess, then)
    }

    /// Parses the first line of a text of `len` bytes and hands the result to `then`, with the line's length, if the line is
    /// like others before: then nobody has to look for its end. `None` where [`Parser::parse`] is to be asked.
    #[inline]
    pub fn follow<R>(
        &mut self,
        padded: &[u8],
        len: usize,
        guess: usize,
        then: impl FnOnce(usize, &Parsed<'_>) -> R,
    ) -> Option<R> {
        let known = self.profiles.ready.get(guess).zip(self.trails.get(guess));
        let (ready, trails) = known.filter(|_| !self.profiles.has_prefixes)?;
        let mut slots = [Slot::Absent; MOST_FIELDS];
        let len = fast::follow(padded, len, trails, &mut slots)?;
        let repairs = ready.check(&mut slots).ok()?;
        self.vouched += 1;
        let record = ready.record(&slots, &padded[..len], &mut self.rooms, None);
        Some(then(len, &Parsed { record, repeated: 0, has_outcomes: false, repairs, profile: guess }))
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
        if let Some(None) = outcome {
            self.tape = Some(tape.reset());
            return then(Err(Rejection::ignored()));
        }
        if let Some(Some((Fit { profile, repeated, mut repairs }, slots))) = outcome {
            let ready = &self.profiles.ready[profile];
            let record = ready.record(&slots, again, &mut self.rooms, Some(&mut repairs));
            let has_outcomes = repeated.differs(ready.field(Role::Outcome));
            let result = then(Ok(Parsed { record, repeated: repeated.times, has_outcomes, repairs, profile }));
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

    /// The log profile that most of these lines fit; the first of those that most fit, and `None` where no line fits any.
    #[must_use]
    pub fn detect<'l>(&mut self, lines: impl Iterator<Item = &'l [u8]>) -> Option<usize> {
        let mut fits = vec![0usize; self.profiles.len()];
        for line in lines {
            let judged = |parsed: Result<Parsed<'_>, Rejection>| parsed.ok().map(|parsed| parsed.profile);
            if let Some(profile) = self.first_fit(line).or_else(|| self.judge(line, 0, judged)) {
                fits[profile] += 1;
            }
        }
        (0..fits.len()).rev().max_by_key(|&profile| fits[profile]).filter(|&profile| fits[profile] > 0)
    }

    /// The first profile that a line fits, where the fast path can tell.
    fn first_fit(&self, line: &[u8]) -> Option<usize> {
        let line = &line[self.profiles.prefix_len(line, 0)..];
        for (number, ready) in self.profiles.ready.iter().enumerate() {
            let mut slots = [Slot::Absent; MOST_FIELDS];
            fast::read_once(line, &ready.tree, &ready.keys, &mut slots)?;
            if ready.check(&mut slots).is_ok() {
                return Some(number);
            }
        }
        None
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
        {
            match self.fit(&mended.line, guess) {
                Ok(fit) => {
                    return self.hand_over(Fit { repairs: fit.repairs | mended.repairs, ..fit }, &mended.line, then);
                }
                Err(again) if again.is_ignored => return then(Err(again)),
                Err(_) => {}
            }
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
        let has_outcomes = repeated.differs(ready.field(Role::Outcome));
        then(Ok(Parsed { record, repeated: repeated.times, has_outcomes, repairs, profile }))
    }

    /// Judges one line; of one that fits, the values are kept.
    fn fit(&mut self, line: &[u8], guess: usize) -> Result<Fit, Rejection> {
        let mut nearest: Option<(usize, Misfit)> = None;
        let mut is_ignored = false;
        for number in self.profiles.from(guess) {
            let ready = &self.profiles.ready[number];
            self.judged.clear();
            self.judged.resize(ready.profile.fields.len().min(MOST_FIELDS), OwnedSlot::Absent);
            let repeated = judge(line, &ready.tree, &mut self.judged)
                .map_err(|misfit| Rejection::new(misfit.reason, misfit.message))?;
            let mut slots = slots(&self.judged);
            match ready.check(&mut slots) {
                Ok(repairs) => return Ok(Fit { profile: number, repeated, repairs }),
                Err(_) if ready.ignores(&slots) => is_ignored = true,
                Err(misfit) => {
                    let resemblance = ready.resemblance(&slots);
                    if nearest.as_ref().is_none_or(|(best, _)| resemblance > *best) {
                        nearest = Some((resemblance, misfit));
                    }
                }
            }
        }
        Err(match nearest {
            _ if is_ignored => Rejection::ignored(),
            Some((resemblance, misfit)) if self.profiles.named || resemblance >= 500 => {
                Rejection::new(misfit.reason, misfit.message)
            }
            nearest => {
                let lacks = nearest.map(|(_, misfit)| format!("resembles no profile: {}", misfit.message));
                Rejection::new(Reason::UnknownShape, lacks.unwrap_or_else(|| "no profile".into()))
            }
        })
    }
}

/// How a line fits.
#[derive(Clone, Copy, Debug)]
struct Fit {
    profile: usize,
    repeated: Repeated,
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

/// Reads a tape by the first profile that it fits; nothing within `Some` where it fits none, and one leaves it out.
#[expect(clippy::option_option, reason = "to leave a line out is an answer")]
fn read_tape<'a>(
    profiles: &Profiles,
    tape: &'a Tape<'a>,
    guess: usize,
) -> Option<Option<(Fit, [Slot<'a>; MOST_FIELDS])>> {
    let mut is_ignored = false;
    for number in profiles.from(guess) {
        let ready = &profiles.ready[number];
        let mut slots = [Slot::Absent; MOST_FIELDS];
        let repeated = tape::read(&tape.0, &ready.tree, ROOT, &mut slots)?;
        if let Ok(repairs) = ready.check(&mut slots) {
            return Some(Some((Fit { profile: number, repeated, repairs }, slots)));
        }
        is_ignored |= ready.ignores(&slots);
    }
    is_ignored.then_some(None)
}

#[cfg(test)]
#[path = "parser_tests.rs"]
mod tests;
