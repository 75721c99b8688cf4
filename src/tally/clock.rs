//! When a run was, by the clocks of all its records.

use smallvec::SmallVec;

/// 2000-01-01T00:00:00Z: clocks before it were not set, and do not order runs.
pub const FIRST_SET_CLOCK_MS: i64 = 946_684_800_000;

/// A day, in milliseconds.
pub const DAY_MS: i64 = 86_400_000;

/// Days between the records of one run from which on they are hardly of one.
const DAYS_APART: u64 = 7;

/// A pause within a run from which on it is hardly one: what begins anew each day pauses for less than a day by as long as
/// it takes.
const PAUSE_MS: i64 = 20 * 3_600_000;

/// Buckets that a clock keeps, so that no log makes one grow.
const MOST: usize = 64;

/// The times of a run's records: how many there were each day, and the first and the last of each.
///
/// A few records with a bad clock must not move a run, so that its least time alone will not do. Where records are of
/// more than 64 days, a bucket is 2, 4, 8, ... days wide: the least width that will do, so that merging is associative
/// and commutative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// A bucket is as many days wide as 2 to this power.
    width: u8,
    buckets: SmallVec<[Bucket; 1]>,
    /// Greatest time before 2000.
    unset_ms: Option<i64>,
}

/// The records of some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    /// Days since 2000-01-01, in widths.
    pub(super) at: u64,
    pub(super) records: u64,
    pub(super) least_ms: i64,
    pub(super) greatest_ms: i64,
}

impl Clock {
    /// Counts a record's time.
    #[inline]
    pub fn see(&mut self, time: i64) {
        if time < FIRST_SET_CLOCK_MS {
            self.unset_ms = self.unset_ms.max(Some(time));
            return;
        }
        let at = day(time) >> self.width;
        // Nearly all records of a run are of one day.
        match &mut self.buckets[..] {
            [only] if only.at == at => {
                only.records += 1;
                only.least_ms = only.least_ms.min(time);
                only.greatest_ms = only.greatest_ms.max(time);
            }
            _ => self.add(Bucket { at, records: 1, least_ms: time, greatest_ms: time }),
        }
    }

    /// Counts the times that another one counted.
    pub fn join(&mut self, other: &Self) {
        self.unset_ms = self.unset_ms.max(other.unset_ms);
        self.widen(other.width);
        for bucket in &other.buckets {
            let at = day(bucket.least_ms) >> self.width;
            self.add(Bucket { at, ..*bucket });
        }
    }

    fn add(&mut self, bucket: Bucket) {
        match self.buckets.binary_search_by_key(&bucket.at, |one| one.at) {
            Ok(at) => self.buckets[at].join(&bucket),
            Err(at) => {
                self.buckets.insert(at, bucket);
                while self.buckets.len() > MOST {
                    self.widen(self.width + 1);
                }
            }
        }
    }

    fn widen(&mut self, width: u8) {
        if width <= self.width {
            return;
        }
        self.width = width;
        for bucket in std::mem::take(&mut self.buckets) {
            let bucket = Bucket { at: day(bucket.least_ms) >> width, ..bucket };
            match self.buckets.last_mut() {
                Some(last) if last.at == bucket.at => last.join(&bucket),
                _ => self.buckets.push(bucket),
            }
        }
    }

    /// Records that are dated since 2000.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.records).sum()
    }

    /// When the run began, in milliseconds since 1970: the first record of the days without a gap around the median
    /// record. Records dated before 2000 do not count; `None` without others.
    #[must_use]
    pub fn start(&self) -> Option<i64> {
        let records = self.records();
        let mut before = 0;
        let median = self.buckets.iter().position(|bucket| {
            before += bucket.records;
            before >= records.div_ceil(2)
        })?;
        let mut first = median;
        while first > 0 && self.buckets[first - 1].at + 1 == self.buckets[first].at {
            first -= 1;
        }
        Some(self.buckets[first].least_ms)
    }

    /// The first moments of what lies more than a week apart among its records, where that is a twentieth of them or more:
    /// different runs of one id, or a wrong clock.
    #[must_use]
    pub fn apart(&self) -> Option<(i64, i64)> {
        let is_far = |pair: &[Bucket]| (pair[1].at - pair[0].at) << self.width > DAYS_APART;
        self.parts(is_far).map(|(_, second)| (self.buckets[0].least_ms, second.least_ms))
    }

    /// The last moment before a pause of most of a day or longer, and the first behind it, where a twentieth of its records
    /// lie on either side: different runs of one id.
    #[must_use]
    pub fn pause(&self) -> Option<(i64, i64)> {
        let is_long = |pair: &[Bucket]| pair[1].least_ms.saturating_sub(pair[0].greatest_ms) >= PAUSE_MS;
        self.parts(is_long).map(|(first, second)| (first.greatest_ms, second.least_ms))
    }

    /// Whether it may be that of several runs of one id.
    #[must_use]
    pub fn is_several(&self) -> bool {
        self.apart().or(self.pause()).is_some()
    }

    /// When the run ended: its last record, but for what less than a twentieth of its records say.
    #[must_use]
    pub fn end(&self) -> Option<i64> {
        let all = self.records();
        let mut behind = 0;
        let last = self.buckets.iter().rev().find(|bucket| {
            behind += bucket.records;
            behind * 20 >= all
        });
        last.map(|bucket| bucket.greatest_ms)
    }

    /// The first buckets side by side that are apart, with a twentieth of the records on either side.
    fn parts(&self, are_apart: impl Fn(&[Bucket]) -> bool) -> Option<(Bucket, Bucket)> {
        let all = self.records();
        let mut before = 0;
        self.buckets.windows(2).find_map(|pair| {
            before += pair[0].records;
            (are_apart(pair) && before.min(all - before) * 20 >= all).then_some((pair[0], pair[1]))
        })
    }

    /// Whether all records of another clock lie more than a day from all of these.
    #[must_use]
    pub fn is_far_from(&self, other: &Self) -> bool {
        let days = |clock: &Self| -> Vec<(u64, u64)> {
            let span = |bucket: &Bucket| (bucket.at << clock.width, (bucket.at + 1) << clock.width);
            clock.buckets.iter().map(span).collect()
        };
        let (own, others) = (days(self), days(other));
        let is_near = |a: &(u64, u64), b: &(u64, u64)| a.0 <= b.1 && b.0 <= a.1;
        !own.is_empty() && !others.is_empty() && !own.iter().any(|a| others.iter().any(|b| is_near(a, b)))
    }

    /// The greatest time before 2000.
    #[must_use]
    pub fn unset_ms(&self) -> Option<i64> {
        self.unset_ms
    }

    /// Bytes that it takes on the heap at most.
    pub(super) fn heap(&self) -> usize {
        if self.buckets.spilled() { self.buckets.capacity() * size_of::<Bucket>() + 16 } else { 0 }
    }

    pub(super) fn written(&self) -> (&[Bucket], u8) {
        (&self.buckets, self.width)
    }

    /// A clock as it was written down, of each bucket the records, the first and the last; `None` for what none can be.
    pub(super) fn from_written(buckets: &[(u64, i64, i64)], width: u8, unset_ms: Option<i64>) -> Option<Self> {
        let unset = unset_ms.is_none_or(|time| time < FIRST_SET_CLOCK_MS);
        let is_sound = |&(records, least, greatest): &(u64, i64, i64)| {
            let is_ordered = (FIRST_SET_CLOCK_MS..=greatest).contains(&least);
            records > 0 && is_ordered && day(least) >> width == day(greatest) >> width
        };
        if width >= 64 || buckets.len() > MOST || !unset || !buckets.iter().all(is_sound) {
            return None;
        }
        let bucket = |&(records, least_ms, greatest_ms): &(u64, i64, i64)| Bucket {
            at: day(least_ms) >> width,
            records,
            least_ms,
            greatest_ms,
        };
        let buckets: SmallVec<[Bucket; 1]> = buckets.iter().map(bucket).collect();
        buckets.is_sorted_by(|a, b| a.at < b.at).then_some(Self { width, buckets, unset_ms })
    }
}

impl Bucket {
    fn join(&mut self, other: &Self) {
        self.records += other.records;
        self.least_ms = self.least_ms.min(other.least_ms);
        self.greatest_ms = self.greatest_ms.max(other.greatest_ms);
    }
}

/// Days since 2000-01-01 of a time that is not before it.
fn day(time: i64) -> u64 {
    ((time - FIRST_SET_CLOCK_MS) / DAY_MS).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_780_000_000_000;

    fn clock(times: &[i64]) -> Clock {
        let mut clock = Clock::default();
        for &time in times {
            clock.see(time);
        }
        clock
    }

    #[test]
    fn a_few_bad_records_move_no_run() {
        let times: Vec<i64> = (0..20).map(|at| NOW + at * 1000).collect();
        assert_eq!(clock(&times).start(), Some(NOW));
        for bad in [FIRST_SET_CLOCK_MS, 0, -1, NOW + 400 * DAY_MS, i64::MAX] {
            let with_bad: Vec<i64> = times.iter().copied().chain([bad, bad, bad]).collect();
            assert_eq!(clock(&with_bad).start(), Some(NOW), "{bad}");
        }
        // A run that goes on for days began on the first of them.
        assert_eq!(clock(&[NOW + DAY_MS, NOW, NOW + DAY_MS + 9, NOW + 2 * DAY_MS]).start(), Some(NOW));
        assert_eq!((clock(&[0, -5]).start(), clock(&[0, -5]).unset_ms()), (None, Some(0)));
        assert_eq!(clock(&[]).start(), None);
    }

    #[test]
    fn a_run_that_stops_for_a_day_pauses() {
        let hour = 3_600_000;
        // From minute to minute for five days; with a night between; from an hour to the same hour of the next day.
        assert_eq!(clock(&(0..7200).map(|minute| NOW + minute * 60_000).collect::<Vec<_>>()).pause(), None);
        assert_eq!(clock(&[NOW, NOW + hour, NOW + 16 * hour]).pause(), None);
        let again = [NOW, NOW + hour, NOW + DAY_MS, NOW + DAY_MS + hour];
        assert_eq!(clock(&again).pause(), Some((NOW + hour, NOW + DAY_MS)));
        assert_eq!((clock(&again).is_several(), clock(&again).end()), (true, Some(NOW + DAY_MS + hour)));
        // A few records of another day are none, and neither does a long history lose it.
        let with_bad: Vec<i64> = (0..30).map(|at| NOW + at).chain([NOW + DAY_MS]).collect();
        assert_eq!((clock(&with_bad).pause(), clock(&with_bad).end()), (None, Some(NOW + 29)));
        assert!(clock(&(0..200).map(|day| NOW + day * DAY_MS).collect::<Vec<_>>()).pause().is_some());
    }

    proptest! {
        /// Clocks of any parts, joined in any order, are the clock of the whole, which stays small.
        #[test]
        fn joining_is_associative_and_commutative(
            times in prop::collection::vec(prop_oneof![any::<i64>(), 0..4000 * DAY_MS, NOW..NOW + 90 * DAY_MS], 0..300),
            cuts in [0usize..300, 0usize..300],
        ) {
            let [a, b] = { let mut cuts = cuts.map(|cut| cut.min(times.len())); cuts.sort_unstable(); cuts };
            let whole = clock(&times);
            prop_assert!(whole.buckets.len() <= MOST);
            let parts = [&times[..a], &times[a..b], &times[b..]].map(clock);
            for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
                let mut joined = Clock::default();
                for part in order {
                    joined.join(&parts[part]);
                }
                prop_assert_eq!(&joined, &whole);
            }
            let (buckets, width) = whole.written();
            let written = buckets.iter().map(|one| (one.records, one.least_ms, one.greatest_ms));
            let written: Vec<(u64, i64, i64)> = written.collect();
            prop_assert_eq!(Clock::from_written(&written, width, whole.unset_ms()), Some(whole));
        }
    }
}
