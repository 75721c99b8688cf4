//! A small sample of an archive's records, by which archives that hold the same records are found.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use xxhash_rust::xxh3::xxh3_64;

use crate::record::Record;
use crate::tally::FIRST_SET_CLOCK_MS;

/// Records kept per archive.
const KEPT: usize = 128;

/// Archives that hold a mark, beyond which it tells nothing.
const MOST_HOLDERS: usize = 64;

/// The marks of some records: the smallest of all of the archive's (bottom-k sketch, Cohen and Kaplan 2007), so that
/// two archives sample the same records whatever else they hold.
pub(super) type Marks = Vec<u64>;

/// Below which mark a record may still be among the smallest of its archive.
#[derive(Debug)]
pub(super) struct Threshold(AtomicU64);

impl Default for Threshold {
    fn default() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }
}

impl Threshold {
    /// Samples a record that has a time.
    pub(super) fn sample(&self, record: &Record<'_>, marks: &mut Marks) {
        if record.time < FIRST_SET_CLOCK_MS {
            return;
        }
        // Cheap for the many records that are not kept: time and seed decide, the texts only tell records apart.
        let stamp = mix(record.time.cast_unsigned() ^ mix(record.seed.unwrap_or(0)));
        if stamp <= self.0.load(Ordering::Relaxed) {
            let told = [record.env, record.revision, record.branch].map(Option::unwrap_or_default);
            let names = [record.packet, record.suite, record.scenario, record.mode, record.reason];
            let texts = names.into_iter().chain([record.outcome_word]).chain(told);
            let hash = texts.fold(0, |hash, text| mix(hash ^ xxh3_64(text.as_bytes())));
            marks.push(stamp & !0xffff | hash & 0xffff);
            if marks.len() >= 2 * KEPT {
                self.narrow(marks);
            }
        }
    }

    /// Keeps the smallest of some marks of an archive; all that are kept of it are among those.
    #[cold]
    fn narrow(&self, marks: &mut Marks) {
        marks.sort_unstable();
        marks.dedup();
        if let Some(&last) = marks.get(KEPT - 1) {
            marks.truncate(KEPT);
            self.0.fetch_min(last | 0xffff, Ordering::Relaxed);
        }
    }

    /// Adds marks to an archive's and keeps the smallest.
    pub(super) fn keep(&self, kept: &mut BTreeSet<u64>, marks: Marks) {
        kept.extend(marks);
        while kept.len() > KEPT {
            kept.pop_last();
        }
        if kept.len() == KEPT
            && let Some(&last) = kept.last()
        {
            self.0.store(last | 0xffff, Ordering::Relaxed);
        }
    }
}

/// The finalizer of `SplitMix64` (Steele, Lea and Flood 2014).
fn mix(value: u64) -> u64 {
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}

/// For each archive that holds most of the records of others, though not as one run: those others. Archives that give
/// all their records one time give them none of their own, and what looks the same in them need not be. Sketches
/// are sorted.
pub(super) fn overlaps(
    sketches: &[Box<[u64]>],
    records: &[u64],
    times: &[Option<(i64, i64)>],
) -> BTreeMap<usize, Vec<usize>> {
    let has_times = |archive: usize| times[archive].is_some_and(|(least, greatest)| least < greatest);
    // Flat: lists of their own, mark by mark, would take more than everything else that is kept of an archive.
    let mut holders: Vec<(u64, u32)> = Vec::with_capacity(sketches.iter().map(|sketch| sketch.len()).sum());
    for (archive, sketch) in (0u32..).zip(sketches).filter(|(archive, _)| has_times(*archive as usize)) {
        holders.extend(sketch.iter().map(|&mark| (mark, archive)));
    }
    holders.sort_unstable();
    let greatest = |archive: usize| {
        let sketch = &sketches[archive];
        if sketch.len() < KEPT { u64::MAX } else { sketch.last().copied().unwrap_or(u64::MAX) }
    };
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (first, sketch) in sketches.iter().enumerate().filter(|&(first, _)| has_times(first)) {
        let mut sharing = Vec::new();
        for &mark in sketch {
            let start = holders.partition_point(|holder| holder.0 < mark);
            let archives = holders[start..].iter().take_while(|holder| holder.0 == mark).take(MOST_HOLDERS + 1);
            // A mark that very many archives hold is one constant record; looking at few of them bounds the pairs.
            if archives.clone().count() <= MOST_HOLDERS {
                sharing.extend(archives.map(|holder| holder.1 as usize).filter(|&second| second > first));
            }
        }
        sharing.sort_unstable();
        for common in sharing.chunk_by(|a, b| a == b) {
            let second = common[0];
            // Both archives kept every mark up to the lesser of their greatest ones.
            let limit = greatest(first).min(greatest(second));
            let sampled = |archive: usize| sketches[archive].partition_point(|&mark| mark <= limit);
            let (smaller, larger) = if records[first] <= records[second] { (first, second) } else { (second, first) };
            if common.len() * 2 >= sampled(smaller) {
                found.entry(larger).or_default().push(smaller);
            }
        }
    }
    for others in found.values_mut() {
        others.sort_unstable();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(values: impl Iterator<Item = u64>) -> Box<[u64]> {
        let threshold = Threshold::default();
        let mut kept = BTreeSet::new();
        for value in values {
            threshold.keep(&mut kept, vec![mix(value)]);
        }
        kept.into_iter().collect()
    }

    #[test]
    fn a_roll_up_is_told_from_its_neighbours() {
        let sketches = [sketch(0..300), sketch(300..600), sketch(0..6000), sketch(9000..9010), sketch(5995..6500)];
        let records = [300, 300, 6000, 10, 505];
        let times = [Some((1, 2)); 5];
        assert_eq!(overlaps(&sketches, &records, &times), BTreeMap::from([(2, vec![0, 1])]));
        let times = [Some((1, 1)), Some((1, 2)), Some((1, 2)), None, Some((1, 2))];
        assert_eq!(overlaps(&sketches, &records, &times), BTreeMap::from([(2, vec![1])]));
    }
}
