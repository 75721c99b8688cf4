//! Trails from a sample of lines, with the values that hardly change made part of their segments.

use std::collections::BTreeMap;

use super::super::judge::slot;
use super::sample::{Hole, Sample};
use super::{Fixed, Trails};

/// Lines of a place, below which nothing is told from their values.
const FEWEST: usize = 8;

/// Lines of a way where lines part: of fewer nothing could be told behind that.
const FEWEST_PARTED: usize = 16;

/// A line on its way along the trails.
#[derive(Clone, Copy, Debug)]
struct Cursor<'s> {
    sample: &'s Sample,
    /// Where its next segment starts.
    from: usize,
    /// The first value behind that.
    first: usize,
    /// The value that ends the segment.
    next: usize,
}

impl<'s> Cursor<'s> {
    /// The segment with what follows it.
    fn way(&self) -> (&'s [u8], Hole) {
        let value = &self.sample.values[self.next];
        (&self.sample.line[self.from..value.range.start], value.hole)
    }

    fn value(&self) -> u64 {
        self.sample.values[self.next].hash
    }

    /// With the value made part of the segment.
    fn over(self) -> Self {
        Self { next: self.next + 1, ..self }
    }

    /// Behind the value.
    fn behind(self) -> Self {
        let next = self.next + 1;
        Self { from: self.sample.values[self.next].range.end, first: next, next, ..self }
    }

    fn fixed(&self) -> impl Iterator<Item = Fixed> {
        self.sample.values[self.first..self.next].iter().filter_map(|value| match value.hole {
            Hole::Field(field) => {
                let text = str::from_utf8(self.sample.line.get(value.range.clone())?).ok()?;
                Some(Fixed { field, value: slot(text).ok()? })
            }
            Hole::Other | Hole::End => None,
        })
    }
}

impl Trails {
    /// Makes the trails of a sample.
    pub(super) fn grow(&mut self, samples: &[Sample]) {
        let cursors = samples.iter().map(|sample| Cursor { sample, from: 0, first: 0, next: 0 });
        self.place(None, cursors.collect());
    }

    /// The ways on from one place: the most travelled first.
    fn place(&mut self, behind: Option<u32>, cursors: Vec<Cursor<'_>>) {
        let mut ways: BTreeMap<(&[u8], Hole), Vec<Cursor<'_>>> = BTreeMap::new();
        for cursor in cursors {
            ways.entry(cursor.way()).or_default().push(cursor);
        }
        let mut ways: Vec<_> = ways.into_iter().collect();
        ways.sort_by_key(|(_, cursors)| std::cmp::Reverse(cursors.len()));
        for ((segment, hole), cursors) in ways {
            self.way_on(behind, segment, hole, cursors);
        }
    }

    fn way_on(&mut self, behind: Option<u32>, segment: &[u8], hole: Hole, cursors: Vec<Cursor<'_>>) {
        let (usual, others) = if hole == Hole::End { (Vec::new(), cursors) } else { usual(cursors) };
        // These must come first: the segment alone stands wherever they do.
        for cursors in usual {
            self.place(behind, cursors.into_iter().map(Cursor::over).collect());
        }
        let Some(one) = others.first() else { return };
        let fixed: Vec<Fixed> = one.fixed().collect();
        let Some(step) = self.push(behind, segment, hole, fixed) else { return };
        if hole != Hole::End {
            self.place(Some(step), others.into_iter().map(Cursor::behind).collect());
        }
    }
}

/// The lines with each value that is usual here, if it pays to make them part of the segment, and all other lines.
fn usual(cursors: Vec<Cursor<'_>>) -> (Vec<Vec<Cursor<'_>>>, Vec<Cursor<'_>>) {
    let all = cursors.len();
    if all < FEWEST {
        return (Vec::new(), cursors);
    }
    let least = (all / 12).max(FEWEST / 2);
    let mut values: Vec<u64> = cursors.iter().map(Cursor::value).collect();
    values.sort_unstable();
    let covered: usize = values.chunk_by(|a, b| a == b).map(<[u64]>::len).filter(|&lines| lines >= least).sum();
    if covered * 10 < all * 9 {
        return (Vec::new(), cursors);
    }
    let mut by_value: BTreeMap<u64, Vec<Cursor<'_>>> = BTreeMap::new();
    for cursor in &cursors {
        by_value.entry(cursor.value()).or_default().push(*cursor);
    }
    let (mut usual, others): (Vec<_>, Vec<_>) = by_value.into_values().partition(|cursors| cursors.len() >= least);
    if !pays(&cursors, &usual) {
        return (Vec::new(), cursors);
    }
    usual.sort_by_key(|cursors| std::cmp::Reverse(cursors.len()));
    (usual, others.into_iter().flatten().collect())
}

/// Comparisons of a segment that cost as much as one value that is read.
const COMPARISONS: usize = 4;

/// Whether to part lines by a value: every further way costs half a comparison, since the most travelled are tried first,
/// and every value that does not change any more saves reading it.
fn pays(all: &[Cursor<'_>], usual: &[Vec<Cursor<'_>>]) -> bool {
    let [_, _, ..] = usual else { return !usual.is_empty() };
    if usual.iter().any(|cursors| cursors.len() < FEWEST_PARTED) {
        return false;
    }
    let parted: usize = usual.iter().map(|cursors| constants(cursors) * cursors.len()).sum();
    2 * COMPARISONS * parted >= (2 * COMPARISONS * constants(all) + usual.len()) * all.len()
}

/// Values behind the next one that are the same in all lines.
fn constants(cursors: &[Cursor<'_>]) -> usize {
    let Some((one, others)) = cursors.split_first() else { return 0 };
    let behind = |cursor: &Cursor<'_>, at: usize| cursor.sample.values.get(cursor.next + at).map(|value| value.hash);
    let values = one.sample.values.len() - one.next;
    (1..values).filter(|&at| others.iter().all(|other| behind(other, at) == behind(one, at))).count()
}
