//! A compressed set of run numbers, each with how often it was added.

use smallvec::SmallVec;

type Bytes = SmallVec<[u8; 16]>;

/// What an allocator adds to an allocation, at most (glibc: eight bytes, then up to a multiple of sixteen).
const ALLOCATION: usize = 16;

/// Runs in which something happened, and how often in each.
///
/// A gap to the run before takes one byte up to 63 runs; how often is written only where it is not once. Sixteen
/// bytes stand in place, more on the heap. How often the newest run was added stands beside them, so that adding in
/// order, as archives are read, never decodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunSet {
    /// Varints: even ones are twice the gap to the run before, odd ones say that the run before was added
    /// (value + 1) / 2 times more.
    bytes: Bytes,
    last: u32,
    /// How often the last run was added; 0 in the empty set.
    last_count: u32,
}

impl RunSet {
    /// Adds `count` times of one run. By how many bytes of heap the set grew.
    pub fn add(&mut self, run: u32, count: u32) -> usize {
        if count == 0 {
            return 0;
        }
        if run == self.last && self.last_count > 0 {
            self.last_count = self.last_count.saturating_add(count);
            return 0;
        }
        let before = self.heap();
        if self.last_count == 0 {
            self.open(run, u64::from(run), count);
        } else if run > self.last {
            push_count(&mut self.bytes, self.last_count);
            self.open(run, u64::from(run - self.last - 1), count);
        } else {
            self.add_before_last(run, count);
        }
        self.heap() - before
    }

    /// Adds all runs of another set under their numbers here. By how many bytes of heap the set grew.
    pub fn merge(&mut self, other: &Self, number: impl Fn(u32) -> u32) -> usize {
        let before = self.heap();
        let mut added: SmallVec<[(u32, u32); 32]> = other.iter().map(|(run, count)| (number(run), count)).collect();
        if !added.is_sorted() {
            added.sort_unstable();
        }
        if added.first().is_some_and(|&(run, _)| run < self.last) {
            let mine = std::mem::take(self);
            let mut added = added.into_iter().peekable();
            for (run, count) in mine.iter() {
                while let Some((run, count)) = added.next_if(|&(other, _)| other < run) {
                    self.add(run, count);
                }
                self.add(run, count);
            }
            self.extend(added);
        } else {
            self.extend(added);
        }
        self.heap().saturating_sub(before)
    }

    /// Bytes that it takes on the heap, with what the allocator adds.
    #[must_use]
    pub fn heap(&self) -> usize {
        if self.bytes.spilled() { self.bytes.capacity() + ALLOCATION } else { 0 }
    }

    /// Runs in increasing order, each with how often.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let (mut at, mut next) = (0, 0);
        std::iter::from_fn(move || {
            let entry = self.entry(at, next)?;
            (at, next) = (entry.end, entry.run + 1);
            // It came from a u32.
            Some((u32::try_from(entry.run).unwrap_or(u32::MAX), entry.count))
        })
    }

    /// How often anything was added, over all runs.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.iter().map(|(_, count)| u64::from(count)).sum()
    }

    /// Whether there is no run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.last_count == 0
    }

    fn open(&mut self, run: u32, gap: u64, count: u32) {
        push(&mut self.bytes, gap * 2);
        (self.last, self.last_count) = (run, count);
    }

    /// Adds to a run before the last, in place: runs of one archive may take turns.
    fn add_before_last(&mut self, run: u32, count: u32) {
        let run = u64::from(run);
        let (mut at, mut next) = (0, 0);
        while let Some(entry) = self.entry(at, next) {
            if entry.run >= run {
                let mut written = Bytes::new();
                let replaced = if entry.run == run {
                    push_count(&mut written, entry.count.saturating_add(count));
                    entry.gap_end..entry.end
                } else {
                    push(&mut written, (run - next) * 2);
                    push_count(&mut written, count);
                    push(&mut written, (entry.run - run - 1) * 2);
                    at..entry.gap_end
                };
                let start = replaced.start;
                self.bytes.drain(replaced);
                self.bytes.insert_from_slice(start, &written);
                return;
            }
            (at, next) = (entry.end, entry.run + 1);
        }
    }

    /// The entry that is written at `at`, where `next` is the least run that it can have.
    fn entry(&self, at: usize, next: u64) -> Option<Entry> {
        let mut behind = at;
        let run = next + (self.varint(&mut behind)? >> 1);
        let gap_end = behind;
        let (count, end) = match self.varint(&mut behind) {
            None => (self.last_count, gap_end),
            // It came from a u32.
            Some(more) if more & 1 == 1 => (u32::try_from(more.div_ceil(2) + 1).unwrap_or(u32::MAX), behind),
            Some(_) => (1, gap_end),
        };
        Some(Entry { run, count, gap_end, end })
    }

    fn varint(&self, at: &mut usize) -> Option<u64> {
        let mut value = 0;
        let mut shift = 0;
        loop {
            let byte = *self.bytes.get(*at)?;
            *at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
            shift += 7;
        }
    }
}

/// A set as its three fields, to be written down.
pub(super) struct Written<'s> {
    pub(super) bytes: &'s [u8],
    pub(super) last: u32,
    pub(super) last_count: u32,
}

impl RunSet {
    pub(super) fn written(&self) -> Written<'_> {
        Written { bytes: &self.bytes, last: self.last, last_count: self.last_count }
    }

    pub(super) fn from_written(written: &Written<'_>) -> Self {
        let bytes = Bytes::from_slice(written.bytes);
        Self { bytes, last: written.last, last_count: written.last_count }
    }

    /// Whether it is a set as they are written, of runs below `runs`.
    pub(super) fn is_sound(&self, runs: u32) -> bool {
        if self.last_count == 0 {
            return self.bytes.is_empty();
        }
        let numbers = self.bytes.split_inclusive(|&byte| byte & 0x80 == 0);
        // Twice 2^32 takes five bytes.
        let are_short = numbers.clone().all(|number| number.len() <= 5);
        let ends = self.bytes.last().is_some_and(|&byte| byte & 0x80 == 0);
        if !are_short || !ends {
            return false;
        }
        let is_gap = |number: &[u8]| number.first().is_some_and(|&byte| byte & 1 == 0);
        // No count stands first, behind another, or behind the last gap, whose count stands beside.
        let (mut last_was_gap, mut left) = (false, u64::from(runs));
        for number in numbers {
            let gap = is_gap(number);
            if gap {
                let value = number.iter().rev().fold(0, |value, &byte| value << 7 | u64::from(byte & 0x7f));
                match left.checked_sub((value >> 1) + 1) {
                    Some(rest) => left = rest,
                    None => return false,
                }
            } else if !last_was_gap {
                return false;
            }
            last_was_gap = gap;
        }
        last_was_gap && u64::from(self.last) + 1 + left == u64::from(runs)
    }
}

/// One run as it is written: its gap up to `gap_end`, how often it was added more than once up to `end`.
struct Entry {
    run: u64,
    count: u32,
    gap_end: usize,
    end: usize,
}

/// Writes how often a run was added, which is written only where it is not once.
fn push_count(bytes: &mut Bytes, count: u32) {
    if count > 1 {
        push(bytes, u64::from(count - 1) * 2 - 1);
    }
}

fn push(bytes: &mut Bytes, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push((value & 0x7f) as u8);
}

impl FromIterator<(u32, u32)> for RunSet {
    /// Collects runs in increasing order; repeated ones add up.
    fn from_iter<I: IntoIterator<Item = (u32, u32)>>(runs: I) -> Self {
        let mut set = Self::default();
        set.extend(runs);
        set
    }
}

impl Extend<(u32, u32)> for RunSet {
    fn extend<I: IntoIterator<Item = (u32, u32)>>(&mut self, runs: I) {
        for (run, count) in runs {
            self.add(run, count);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sixteen_runs_stand_in_place() {
        let set: RunSet = (0..16).map(|run| (run * 60, 1)).collect();
        assert!(!set.bytes.spilled());
        assert_eq!(std::mem::size_of::<RunSet>(), 32);
    }

    fn run() -> impl Strategy<Value = u32> {
        prop_oneof![0..20u32, 0..5000u32, Just(u32::MAX), Just(u32::MAX - 1)]
    }

    #[test]
    fn many_runs_in_order_stay_cheap() {
        let set: RunSet = (0..200_000).map(|run| (run, 2)).collect();
        assert_eq!(set.total(), 400_000);
        assert_eq!(set.bytes.len(), 400_000 - 1);
    }

    proptest! {
        /// Whatever is taken for a set is read without a fault, and has no other runs than it may have.
        #[test]
        fn no_bytes_do_harm(bytes in prop::collection::vec(prop_oneof![0..8u8, any::<u8>()], 0..9), last in 0..9u32, last_count in 0..3u32) {
            let set = RunSet::from_written(&Written { bytes: &bytes, last, last_count });
            if set.is_sound(9) {
                prop_assert_eq!(set.iter().last().map(|(run, _)| run), (last_count > 0).then_some(last));
                prop_assert!(set.iter().map(|(run, _)| run).is_sorted_by(|a, b| a < b));
            }
        }

        #[test]
        fn holds_what_was_added_in_any_order(adds in prop::collection::vec((run(), 0..4u32), 0..60)) {
            let mut set = RunSet::default();
            let mut model = BTreeMap::new();
            let mut grown = 0;
            for &(run, count) in &adds {
                grown += set.add(run, count);
                if count > 0 {
                    *model.entry(run).or_insert(0u32) += count;
                }
            }
            prop_assert!(set.iter().eq(model.clone()));
            prop_assert_eq!(set.total(), model.values().map(|&c| u64::from(c)).sum::<u64>());
            prop_assert_eq!(set.is_empty(), model.is_empty());
            prop_assert_eq!(grown, set.heap());
            prop_assert_eq!(RunSet::from_written(&set.written()), set.clone());
            let greatest = model.keys().last().copied();
            prop_assert!(greatest == Some(u32::MAX) || set.is_sound(greatest.map_or(0, |run| run + 1)));
            prop_assert!(greatest.is_none_or(|run| !set.is_sound(run)));
            prop_assert_eq!(model.into_iter().collect::<RunSet>(), set);
        }

        #[test]
        fn merging_adds_up(
            a in prop::collection::btree_map(run(), 1..4u32, 0..20),
            b in prop::collection::btree_map(0..100u32, 1..4u32, 0..20),
            flip in any::<bool>(),
        ) {
            let number = |run: u32| if flip { 100 - run } else { run + 7 };
            let mut merged: RunSet = a.clone().into_iter().collect();
            let before = merged.heap();
            let grown = merged.merge(&b.clone().into_iter().collect(), number);
            prop_assert!(grown >= merged.heap().saturating_sub(before));
            let mut model = a;
            for (run, count) in b {
                *model.entry(number(run)).or_insert(0) += count;
            }
            prop_assert!(merged.iter().eq(model));
        }
    }
}
