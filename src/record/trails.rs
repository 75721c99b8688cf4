//! Lines whose shape is known: their keys are compared, only their values are read.
//!
//! Lines that were walked by the whole grammar are cut at their values into segments, and the segments of many lines
//! make a tree of trails:
//!
//! ```text
//!   {"time":  _  ,"name":  _  ,"seed":  _  }
//!                              ,"run":{"id":  _  },"seed":  _  }
//! ```
//!
//! Another line that follows a trail from the first segment to the last, with a value of the grammar in every hole, is
//! in the grammar too: a value may stand wherever a value stood. It also has the same keys in the same places, so that
//! its fields are the ones of the line from which the trail was learned. Only where a path of the profile leads on
//! into a value (`run` of `run.id`) may that value be no hole: a `null` there is part of its segment.
//!
//! A value that hardly changes is made part of its segment. That says nothing new of the grammar: the segment then is
//! the text of a line that was walked, from one value to another.

mod grow;
mod sample;

use std::ops::Range;

use wide::u8x16;

pub(super) use self::sample::SOLID;
use self::sample::{Hole, Sample};
use super::slot::Slot;
use super::texts::Texts;
use super::value;
use super::walk::Walk;

/// Bytes of a segment that are compared at once.
const WIDTH: usize = 32;

/// Segments kept; a log that needs more has no shapes worth learning.
const MOST_STEPS: usize = 8192;

/// Segments that may follow one hole.
const MOST_WAYS: usize = 64;

/// Lines of a sample, and the bytes that they may take. Fuzzers have no patience.
const SAMPLE: (usize, usize) = (if cfg!(fuzzing) { 3 } else { 512 }, 6 << 20);

/// Lines that follow no trail, before new trails are made; each time twice as many.
const PATIENCE: u64 = 1024;

/// One segment, and the trail behind it.
#[derive(Clone, Debug)]
struct Step {
    /// The first bytes of the segment, then zeros.
    start: [u8; WIDTH],
    /// A bit for each byte of `start` that counts.
    counts: u32,
    /// Length of the segment.
    len: u32,
    hole: Hole,
    /// Where the rest of the segment stands in [`Trails::rests`].
    rest: (u32, u32),
    /// Where the fields within the segment stand in [`Trails::fixed`].
    fixed: (u32, u32),
    /// The first step behind the hole; 0 for none.
    next: u32,
    /// Another step for the same place; 0 for none.
    other: u32,
}

/// A field whose value is part of a segment.
#[derive(Clone, Copy, Debug)]
struct Fixed {
    field: u8,
    form: Form,
    /// Where it starts in the segment: a text behind its quote, an array of texts behind its bracket.
    at: u32,
    /// Bytes up to the closing quote or bracket.
    len: u32,
}

/// What is known of a value that is part of a segment.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// A text without escapes, as those of all fields on this path.
    Text,
    /// An array of such texts.
    Texts,
    /// Anything else: it is read again.
    Other,
}

/// The trails of one log's lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Trails {
    steps: Vec<Step>,
    rests: Vec<u8>,
    fixed: Vec<Fixed>,
    /// Lines of which new trails will be made.
    samples: Vec<Sample>,
    sampled: usize,
    /// Whether there are trails.
    is_grown: bool,
    followed: u64,
    missed: u64,
    /// How often trails were made.
    times: u32,
    /// Lines to leave alone.
    resting: u64,
}

impl Trails {
    /// Whether the next line is worth a try.
    #[inline]
    pub(super) fn is_awake(&self) -> bool {
        self.is_grown
    }

    /// Says that a line followed a trail.
    #[inline]
    pub(super) fn followed(&mut self) {
        self.followed += 1;
    }

    /// Learns from a line of the grammar, which `walk` begins, that followed no trail; `fields` are the values of its
    /// fields, in order.
    pub(super) fn learn(&mut self, walk: Walk<'_>, fields: &[(Range<usize>, usize)]) {
        if self.resting > 0 {
            self.resting -= 1;
        } else if self.is_grown {
            self.missed += 1;
            if self.steps.len() + sample::MOST_HOLES < MOST_STEPS
                && self.rests.len() < SAMPLE.1
                && let Some(sample) = Sample::new(walk, fields)
            {
                self.add(&sample);
            }
            self.look_back();
        } else if let Some(sample) = Sample::new(walk, fields) {
            self.sampled += sample.bytes();
            self.samples.push(sample);
            if self.samples.len() >= SAMPLE.0 || self.sampled >= SAMPLE.1 {
                let samples = std::mem::take(&mut self.samples);
                (self.sampled, self.is_grown) = (0, true);
                self.grow(&samples);
            }
        } else {
            // Too many values; lines like it are likely near.
            self.resting = 16;
        }
    }

    /// Gives up trails that too few lines follow, and rests where there may be none.
    fn look_back(&mut self) {
        let patience = PATIENCE << self.times.min(10);
        if self.missed >= patience + self.followed / 16 {
            let resting = if self.followed < self.missed { patience } else { 0 };
            *self = Self { times: self.times + 1, resting, ..Self::default() };
        }
    }

    /// The step with this number, from 1.
    #[inline]
    fn step(&self, number: u32) -> Option<&Step> {
        self.steps.get((number as usize).wrapping_sub(1))
    }

    /// Follows a trail along the line that `walk` begins, and fills the slots of its fields. `padded` is the line, and
    /// [`WIDTH`] bytes or more of anything.
    #[inline]
    pub(super) fn follow<'l>(&self, padded: &[u8], mut walk: Walk<'l>, slots: &mut [Slot<'l>]) -> Option<()> {
        let mut number = 1;
        loop {
            let (_, step) = self.way(number, padded.get(walk.at..)?, walk.len() - walk.at)?;
            for fixed in self.fixed.get(step.fixed.0 as usize..step.fixed.1 as usize)? {
                let slot = slots.get_mut(usize::from(fixed.field))?;
                let start = walk.at + fixed.at as usize;
                let range = start..start + fixed.len as usize;
                match fixed.form {
                    Form::Text => *slot = Slot::Text(walk.text(range)?),
                    Form::Texts => *slot = Slot::Texts(Texts::Quoted(walk.text(range)?)),
                    Form::Other => value::read(&mut walk.to(start), slot)?,
                }
            }
            walk.at += step.len as usize;
            match step.hole {
                Hole::Other => walk.value()?,
                Hole::Field(field) => value::read(&mut walk, slots.get_mut(usize::from(field))?)?,
                Hole::End => return Some(()),
            }
            number = step.next;
        }
    }

    /// The first step, from this one on, whose segment stands at the start of `rest`, of which `left` bytes are the line's;
    /// there are [`WIDTH`] more of anything.
    #[inline]
    fn way(&self, mut number: u32, rest: &[u8], left: usize) -> Option<(u32, &Step)> {
        let start = rest.first_chunk()?;
        loop {
            let step = self.step(number)?;
            if same(start, &step.start) & step.counts == step.counts && self.goes_on(step, rest, left) {
                return Some((number, step));
            }
            number = step.other;
        }
    }

    /// Whether the line goes on as a step's segment does, the start of which stands there.
    #[inline]
    fn goes_on(&self, step: &Step, rest: &[u8], left: usize) -> bool {
        let (len, (from, to)) = (step.len as usize, step.rest);
        let fits = if step.hole == Hole::End { len == left } else { len <= left };
        fits && (from == to
            || self.rests.get(from as usize..to as usize).is_some_and(|known| rest[WIDTH..].starts_with(known)))
    }

    /// Adds the trail of one line to those that are there, from where it leaves them.
    fn add(&mut self, sample: &Sample) {
        let padded = [sample.line.as_bytes(), &[0; WIDTH]].concat();
        let (mut behind, mut at) = (None, 0);
        while at < sample.line.len() {
            let next = sample.values.partition_point(|value| value.range.start < at);
            let Some(next) = sample.values.get(next) else { return };
            if let Some((number, step)) = self.way(self.first(behind), &padded[at..], sample.line.len() - at) {
                // The hole takes what stands in it whole, also where the sample is cut finer.
                let mut walk = Walk::new(&sample.line).to(at + step.len as usize);
                let Some(()) = walk.value() else { return };
                (behind, at) = (Some(number), walk.at);
            } else {
                let segment = &sample.line.as_bytes()[at..next.range.start];
                let Some(new) = self.push(behind, segment, next.hole, &[]) else { return };
                (behind, at) = (Some(new), next.range.end);
            }
        }
    }

    /// The first step behind another one, or of all trails.
    fn first(&self, behind: Option<u32>) -> u32 {
        match behind {
            Some(step) => self.step(step).map_or(0, |step| step.next),
            None => u32::from(!self.steps.is_empty()),
        }
    }

    /// A new step, the last one to be tried behind another; `None` when there are too many.
    fn push(&mut self, behind: Option<u32>, segment: &[u8], hole: Hole, fixed: &[Fixed]) -> Option<u32> {
        let (mut number, mut last, mut ways) = (self.first(behind), None, 0);
        while let Some(step) = self.step(number) {
            (last, number, ways) = (Some(number), step.other, ways + 1);
        }
        if ways >= MOST_WAYS || self.steps.len() >= MOST_STEPS {
            return None;
        }
        let (start, rest) = segment.split_at(segment.len().min(WIDTH));
        let byte = |at: usize| start.get(at).copied().unwrap_or(0);
        let new = u32::try_from(self.steps.len() + 1).ok()?;
        let (from, first) = (u32::try_from(self.rests.len()).ok()?, u32::try_from(self.fixed.len()).ok()?);
        self.rests.extend_from_slice(rest);
        self.fixed.extend_from_slice(fixed);
        self.steps.push(Step {
            start: std::array::from_fn(byte),
            counts: u32::MAX.checked_shr(u32::try_from(WIDTH - start.len()).ok()?).unwrap_or(0),
            len: u32::try_from(segment.len()).ok()?,
            hole,
            rest: (from, u32::try_from(self.rests.len()).ok()?),
            fixed: (first, u32::try_from(self.fixed.len()).ok()?),
            next: 0,
            other: 0,
        });
        match (last, behind) {
            (Some(last), _) => self.steps[last as usize - 1].other = new,
            (None, Some(behind)) => self.steps[behind as usize - 1].next = new,
            (None, None) => {}
        }
        Some(new)
    }
}

/// A bit for each byte that is the same in both.
#[inline]
fn same(one: &[u8; WIDTH], other: &[u8; WIDTH]) -> u32 {
    let ([one, more], [other, others]) = (halves(one), halves(other));
    one.simd_eq(other).to_bitmask() | more.simd_eq(others).to_bitmask() << 16
}

#[inline]
fn halves(bytes: &[u8; WIDTH]) -> [u8x16; 2] {
    let (halves, _) = bytes.as_chunks::<16>();
    [u8x16::new(halves[0]), u8x16::new(halves[1])]
}

#[cfg(test)]
#[path = "trails/tests.rs"]
mod tests;
