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

#![expect(clippy::inline_always, reason = "what is compiled for wide registers is one function")]

mod grow;
mod sample;
mod wide;

use std::cell::Cell;
use std::ops::Range;

pub(super) use self::sample::SOLID;
use self::sample::{Hole, Sample};
use super::judge::OwnedSlot;
use super::slot::Slot;
use super::value;
use super::walk::Walk;

/// Bytes of a segment that are compared at once.
const WIDTH: usize = 32;

type Block = [u8; WIDTH];

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
    /// The segment but for its last block.
    start: Box<[Block]>,
    /// The last one, filled up with zeros.
    last: Block,
    /// Ones where the last one counts.
    counts: Block,
    /// Length of the segment.
    len: usize,
    hole: Hole,
    /// The fields within the segment.
    fixed: Box<[Fixed]>,
    /// The first step behind the hole; 0 for none.
    next: u32,
    /// Another step for the same place; 0 for none.
    other: u32,
}

/// A field whose value is part of a segment.
#[derive(Clone, Debug)]
struct Fixed {
    field: u8,
    value: OwnedSlot,
}

/// The trails of one log's lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Trails {
    steps: Vec<Step>,
    /// Bytes of their segments.
    held: usize,
    /// Lines of which new trails will be made.
    samples: Vec<Sample>,
    sampled: usize,
    /// Whether there are trails.
    is_grown: bool,
    followed: Cell<u64>,
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

    /// Learns from a line of the grammar, which `walk` begins, that followed no trail; `fields` are the values of its
    /// fields, in order.
    pub(super) fn learn(&mut self, walk: Walk<'_>, fields: &[(Range<usize>, usize)]) {
        if self.resting > 0 {
            self.resting -= 1;
        } else if self.is_grown {
            self.missed += 1;
            if self.steps.len() + sample::MOST_HOLES < MOST_STEPS
                && self.held < SAMPLE.1
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
        if self.missed >= patience + self.followed.get() / 16 {
            let resting = if self.followed.get() < self.missed { patience } else { 0 };
            *self = Self { times: self.times + 1, resting, ..Self::default() };
        }
    }

    /// The step with this number, from 1.
    #[inline]
    fn step(&self, number: u32) -> Option<&Step> {
        self.steps.get((number as usize).wrapping_sub(1))
    }

    /// Follows a trail along the first line of the text that `walk` begins, and fills the slots of its fields; the line's
    /// length, which is the text's or ends before a newline. `padded` is the text, and [`WIDTH`] bytes or more of anything.
    #[inline]
    pub(super) fn follow<'l>(&'l self, padded: &[u8], walk: Walk<'l>, slots: &mut [Slot<'l>]) -> Option<usize> {
        let len = self.follow_fast(padded, walk, slots)?;
        self.followed.set(self.followed.get() + 1);
        Some(len)
    }

    // Within its caller, which says what it is compiled for.
    #[inline(always)]
    fn follow_on<'l>(&'l self, padded: &[u8], mut walk: Walk<'l>, slots: &mut [Slot<'l>]) -> Option<usize> {
        let mut number = 1;
        loop {
            let (_, step) = self.way(number, padded.get(walk.at..)?, walk.len() - walk.at)?;
            for Fixed { field, value } in &step.fixed {
                let slot = slots.get_mut(usize::from(*field))?;
                // As most are.
                if let OwnedSlot::Text(text) = value {
                    *slot = Slot::Text(text);
                } else {
                    *slot = value.borrow();
                }
            }
            walk.at += step.len;
            match step.hole {
                Hole::Other => walk.value()?,
                Hole::Field(field) => value::read(&mut walk, slots.get_mut(usize::from(field))?)?,
                Hole::End => return Some(walk.at),
            }
            number = step.next;
        }
    }

    /// The first step, from this one on, whose segment stands at the start of `rest`, of which `left` bytes are the text's;
    /// there are [`WIDTH`] more of anything.
    #[inline(always)]
    fn way(&self, mut number: u32, rest: &[u8], left: usize) -> Option<(u32, &Step)> {
        let (text, _) = rest.as_chunks();
        loop {
            let step = self.step(number)?;
            let is_over = || step.len == left || rest[step.len] == b'\n';
            if step.len <= left && step.stands(text) && (!matches!(step.hole, Hole::End) || is_over()) {
                return Some((number, step));
            }
            number = step.other;
        }
    }

    /// Adds the trail of one line to those that are there, from where it leaves them.
    fn add(&mut self, sample: &Sample) {
        let padded = [&sample.line[..], &[0; WIDTH]].concat();
        let (mut behind, mut at) = (None, 0);
        while at < sample.line.len() {
            let next = sample.values.partition_point(|value| value.range.start < at);
            let Some(next) = sample.values.get(next) else { return };
            if let Some((number, step)) = self.way(self.first(behind), &padded[at..], sample.line.len() - at) {
                // The hole takes what stands in it whole, also where the sample is cut finer.
                let mut walk = Walk::new(&sample.line).to(at + step.len);
                let Some(()) = walk.value() else { return };
                (behind, at) = (Some(number), walk.at);
            } else {
                let segment = &sample.line[at..next.range.start];
                let Some(new) = self.push(behind, segment, next.hole, Vec::new()) else { return };
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
    fn push(&mut self, behind: Option<u32>, segment: &[u8], hole: Hole, fixed: Vec<Fixed>) -> Option<u32> {
        let (mut number, mut last, mut ways) = (self.first(behind), None, 0);
        while let Some(step) = self.step(number) {
            (last, number, ways) = (Some(number), step.other, ways + 1);
        }
        if ways >= MOST_WAYS || self.steps.len() >= MOST_STEPS {
            return None;
        }
        let new = u32::try_from(self.steps.len() + 1).ok()?;
        let (start, end) = segment.as_chunks();
        self.held += segment.len();
        self.steps.push(Step {
            start: start.into(),
            last: std::array::from_fn(|at| end.get(at).copied().unwrap_or(0)),
            counts: std::array::from_fn(|at| if at < end.len() { u8::MAX } else { 0 }),
            len: segment.len(),
            hole,
            fixed: fixed.into(),
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

impl Step {
    /// Whether its segment stands at the start of a text, of which there is a block more.
    #[inline(always)]
    fn stands(&self, text: &[Block]) -> bool {
        let Some((start, [last, ..])) = text.split_at_checked(self.start.len()) else { return false };
        self.start.iter().zip(start).all(|(known, text)| known == text) && same(last, &self.last, &self.counts)
    }
}

/// Whether two blocks are the same where it counts.
#[inline(always)]
fn same(one: &Block, other: &Block, counts: &Block) -> bool {
    let [one, other, counts] = [one, other, counts].map(|block| block.as_chunks::<8>().0);
    let differ = one.iter().zip(other).zip(counts).map(|((one, other), counts)| {
        (u64::from_ne_bytes(*one) ^ u64::from_ne_bytes(*other)) & u64::from_ne_bytes(*counts)
    });
    differ.fold(0, |all, one| all | one) == 0
}

#[cfg(test)]
#[path = "trails/tests.rs"]
mod tests;
