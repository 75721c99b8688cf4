//! Lines whose shape is known: their keys are compared, only their values are read.
//!
//! A line that was walked by the whole grammar is cut at its values into segments, and the segments of such lines make
//! a tree of trails:
//!
//! ```text
//!   {"time":  _  ,"name":  _  ,"seed":  _  }
//!                              ,"run":{"id":  _  },"seed":  _  }
//! ```
//!
//! Another line that follows a trail from the first segment to the last, with a value of the grammar in every hole, is
//! in the grammar too: a value may stand wherever a value stood. It also has the same keys in the same places, so that
//! its fields are the ones of the line from which the trail was learned. Only where a path of the profile leads on
//! into a value (`run` of `run.id`) may that value be no hole.

use std::ops::Range;

use super::walk::Walk;

/// Bytes of a segment that are compared at once.
const WIDTH: usize = 32;

/// Segments kept; a log that needs more has no shapes worth learning.
const MOST_STEPS: usize = 4096;

/// Values of a line that is learned.
const MOST_HOLES: usize = MOST_STEPS / 8;

/// Segments that may follow one hole.
const MOST_WAYS: usize = 24;

/// What it costs to learn a line, in lines that followed a trail.
const PRICE: u32 = 16;

/// Lines that may be learned before any was followed, times [`PRICE`].
const FULL_CREDIT: u32 = 256 * PRICE;

/// Lines left alone, at most, after one that could be neither followed nor learned.
const LONGEST_REST: u32 = 1023;

/// What stands behind a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hole {
    /// A value that no field wants.
    Other,
    /// The value of the field with this number.
    Field(u8),
    /// Nothing: the line ends.
    End,
}

/// One segment, and the trail behind it.
#[derive(Clone, Debug)]
struct Step {
    /// The first bytes of the segment, then zeros.
    start: [u64; WIDTH / 8],
    /// Bytes of `start` that count.
    width: u8,
    hole: Hole,
    /// Where the rest of the segment stands in [`Trails::rests`].
    rest: (u32, u32),
    /// The first step behind the hole; 0 for none.
    next: u32,
    /// Another step for the same place; 0 for none.
    other: u32,
}

/// The trails of one log's lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Trails {
    steps: Vec<Step>,
    rests: Vec<u8>,
    /// Room for those of the line that is learned.
    holes: Vec<(Range<usize>, Hole)>,
    credit: Credit,
}

/// How long it pays to learn.
#[derive(Clone, Copy, Debug)]
struct Credit {
    left: u32,
    pause: u32,
    resting: u32,
}

impl Default for Credit {
    fn default() -> Self {
        Self { left: FULL_CREDIT, pause: 0, resting: 0 }
    }
}

/// Ones in the first `n` bytes of entry `n`.
const MASKS: [[u64; WIDTH / 8]; WIDTH + 1] = {
    let mut masks = [[0; WIDTH / 8]; WIDTH + 1];
    let mut width = 0;
    while width <= WIDTH {
        let mut byte = 0;
        while byte < width {
            masks[width][byte / 8] |= 0xff << (byte % 8 * 8);
            byte += 1;
        }
        width += 1;
    }
    masks
};

impl Trails {
    /// Whether the next line is worth a try.
    #[inline]
    pub(super) fn is_awake(&mut self) -> bool {
        let resting = self.credit.resting;
        self.credit.resting = resting.saturating_sub(1);
        resting == 0 && !self.steps.is_empty()
    }

    /// Says that a line followed a trail.
    #[inline]
    pub(super) fn followed(&mut self) {
        self.credit.left = (self.credit.left + 1).min(FULL_CREDIT);
        self.credit.pause = 0;
    }

    /// Whether a line that followed no trail is worth learning.
    pub(super) fn may_learn(&mut self) -> bool {
        if self.credit.resting > 0 {
            return false;
        }
        if let Some(left) = self.credit.left.checked_sub(PRICE) {
            self.credit.left = left;
            return true;
        }
        self.credit.pause = (self.credit.pause * 2 + 1).min(LONGEST_REST);
        self.credit.resting = self.credit.pause;
        false
    }

    /// The first step of every trail, and the one behind a step.
    #[inline]
    fn step(&self, number: u32) -> Option<&Step> {
        self.steps.get((number as usize).wrapping_sub(1))
    }

    /// Follows a trail along a line, from its start to its end; `value` reads what stands in a hole. `padded` is the
    /// line, and [`WIDTH`] bytes or more of anything.
    #[inline]
    pub(super) fn follow<'l>(
        &self,
        padded: &[u8],
        walk: &mut Walk<'l>,
        mut value: impl FnMut(&mut Walk<'l>, Hole) -> Option<()>,
    ) -> Option<()> {
        let mut number = 1;
        loop {
            let step = self.step(number)?;
            let rest = padded.get(walk.at..)?;
            let len = walk.len() - walk.at;
            match self.stands(step, rest, len) {
                Some(width) if step.hole != Hole::End => {
                    walk.at += width;
                    value(walk, step.hole)?;
                    number = step.next;
                }
                Some(width) if width == len => return Some(()),
                _ => number = step.other,
            }
        }
    }

    /// The length of a step's segment, if it stands at the start of `rest`, which goes on for [`WIDTH`] bytes of
    /// anything behind its first `len`.
    #[inline]
    fn stands(&self, step: &Step, rest: &[u8], len: usize) -> Option<usize> {
        let width = usize::from(step.width);
        let (eights, _) = rest.first_chunk::<WIDTH>()?.as_chunks::<8>();
        let mut differ = 0;
        for ((eight, start), mask) in eights.iter().zip(&step.start).zip(MASKS.get(width)?) {
            differ |= (u64::from_le_bytes(*eight) & mask) ^ start;
        }
        let (from, to) = step.rest;
        let more = self.rests.get(from as usize..to as usize)?;
        let whole = width + more.len();
        let stands = differ == 0 && whole <= len && (more.is_empty() || rest[WIDTH..].starts_with(more));
        stands.then_some(whole)
    }

    fn segment(&self, step: &Step) -> Vec<u8> {
        let mut segment: Vec<u8> = step.start.iter().flat_map(|eight| eight.to_le_bytes()).collect();
        segment.truncate(usize::from(step.width));
        segment.extend_from_slice(&self.rests[step.rest.0 as usize..step.rest.1 as usize]);
        segment
    }

    /// Adds the trail of a line of the grammar, which `walk` begins; `fields` are the values of its fields, in order.
    pub(super) fn learn(&mut self, line: &[u8], mut walk: Walk<'_>, fields: &[(Range<usize>, usize)]) {
        self.holes.clear();
        if cut(&mut walk, fields, &mut self.holes).is_none() {
            return;
        }
        let holes = std::mem::take(&mut self.holes);
        self.add(line, &holes);
        self.holes = holes;
    }

    /// `holes`: the values of the line, in order, which do not touch.
    fn add(&mut self, line: &[u8], holes: &[(Range<usize>, Hole)]) {
        if self.steps.len() + holes.len() >= MOST_STEPS || self.rests.len() + line.len() >= MOST_STEPS * WIDTH {
            self.steps.clear();
            self.rests.clear();
        }
        let end = (line.len()..line.len(), Hole::End);
        let mut behind = None;
        let mut from = 0;
        for (range, hole) in holes.iter().chain([&end]) {
            let Some(step) = self.way(behind, &line[from..range.start], *hole) else { return };
            behind = Some(step);
            from = range.end;
        }
    }

    /// The step behind another one with this segment; a new one if there is none; `None` when there are too many.
    fn way(&mut self, behind: Option<u32>, segment: &[u8], hole: Hole) -> Option<u32> {
        let first = match behind {
            Some(step) => self.step(step)?.next,
            None => u32::from(!self.steps.is_empty()),
        };
        let (mut number, mut last, mut ways) = (first, None, 0);
        while let Some(step) = self.step(number) {
            if step.hole == hole && self.segment(step) == segment {
                return Some(number);
            }
            (last, number, ways) = (Some(number), step.other, ways + 1);
        }
        if ways >= MOST_WAYS {
            return None;
        }
        let new = u32::try_from(self.steps.len() + 1).ok()?;
        self.push(segment, hole)?;
        match (last, behind) {
            (Some(last), _) => self.steps[last as usize - 1].other = new,
            (None, Some(behind)) => self.steps[behind as usize - 1].next = new,
            (None, None) => {}
        }
        Some(new)
    }

    fn push(&mut self, segment: &[u8], hole: Hole) -> Option<()> {
        let (start, rest) = segment.split_at(segment.len().min(WIDTH));
        let byte = |at: usize| start.get(at).copied().unwrap_or(0);
        let from = u32::try_from(self.rests.len()).ok()?;
        self.rests.extend_from_slice(rest);
        self.steps.push(Step {
            start: std::array::from_fn(|eight| u64::from_le_bytes(std::array::from_fn(|at| byte(eight * 8 + at)))),
            width: u8::try_from(start.len()).ok()?,
            hole,
            rest: (from, u32::try_from(self.rests.len()).ok()?),
            next: 0,
            other: 0,
        });
        Some(())
    }
}

/// Finds the values of a line of the grammar: those of fields, and the innermost ones of all else. An array of scalars
/// is one value, since their number differs from line to line.
fn cut(walk: &mut Walk<'_>, fields: &[(Range<usize>, usize)], holes: &mut Vec<(Range<usize>, Hole)>) -> Option<()> {
    let mut fields = fields.iter().peekable();
    loop {
        let token = walk.token();
        let start = walk.at;
        if let Some((range, field)) = fields.next_if(|(range, _)| range.start == start) {
            walk.at = range.end;
            holes.push((range.clone(), Hole::Field(u8::try_from(*field).ok()?)));
            continue;
        }
        let is_value = match token {
            0 => return walk.is_done().then_some(()),
            b',' | b':' | b'}' | b']' => false,
            b'{' | b'[' => {
                walk.at += 1;
                let inside = walk.token();
                walk.at = start;
                inside == token + 2 || token == b'[' && inside != b'{' && inside != b'['
            }
            _ => true,
        };
        if !is_value {
            walk.at += 1;
            continue;
        }
        walk.value()?;
        let end = walk.at;
        if token == b'"' && walk.token() == b':' {
            continue;
        }
        walk.at = end;
        if holes.len() >= MOST_HOLES {
            return None;
        }
        holes.push((start..end, Hole::Other));
    }
}

#[cfg(test)]
#[path = "trails_tests.rs"]
mod tests;
