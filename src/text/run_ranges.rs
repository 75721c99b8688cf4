//! Sets of runs as reports write them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};
use smallvec::SmallVec;

/// A set of runs by their places in `recurrence.json`'s list, written as ranges: `0-24,26`; empty for none.
///
/// Reading takes any text of that form with increasing numbers, and never more memory than the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunRanges(SmallVec<[[u32; 2]; 2]>);

impl RunRanges {
    /// The runs in increasing order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().flat_map(|&[first, last]| first..=last)
    }

    /// The number of runs.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.iter().map(|&[first, last]| u64::from(last - first) + 1).sum()
    }

    /// Whether a run is one of them.
    #[must_use]
    pub fn holds(&self, run: u32) -> bool {
        self.0.iter().any(|&[first, last]| (first..=last).contains(&run))
    }

    /// The number of runs that both hold.
    #[must_use]
    pub fn shared(&self, other: &Self) -> u64 {
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut shared = 0;
        while let (Some(&&[first, last]), Some(&&[other_first, other_last])) = (mine.peek(), theirs.peek()) {
            let (from, to) = (first.max(other_first), last.min(other_last));
            shared += if from <= to { u64::from(to - from) + 1 } else { 0 };
            if last < other_last {
                mine.next()
            } else {
                theirs.next()
            };
        }
        shared
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The greatest place.
    #[must_use]
    pub fn last(&self) -> Option<u32> {
        self.0.last().map(|range| range[1])
    }

    /// Adds runs behind the last one, `first` at most `last`; false when they do not stand behind it.
    fn push(&mut self, first: u32, last: u32) -> bool {
        match self.0.last_mut() {
            Some([_, end]) if first <= *end => return false,
            Some([_, end]) if first == *end + 1 => *end = last,
            _ => self.0.push([first, last]),
        }
        true
    }

    fn read(text: &str) -> Option<Self> {
        let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?;
        let mut runs = Self::default();
        for part in text.split(',').filter(|_| !text.is_empty()) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (number(first)?, number(last)?);
            if first > last || !runs.push(first, last) {
                return None;
            }
        }
        Some(runs)
    }
}

impl FromIterator<u32> for RunRanges {
    /// Collects runs in increasing order; one that is repeated counts once.
    fn from_iter<I: IntoIterator<Item = u32>>(runs: I) -> Self {
        let mut ranges = Self::default();
        for run in runs {
            let is_behind = ranges.push(run, run);
            debug_assert!(is_behind || ranges.last() == Some(run), "runs come in increasing order");
        }
        ranges
    }
}

impl fmt::Display for RunRanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, [first, last]) in self.0.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            if first == last { write!(f, "{comma}{first}") } else { write!(f, "{comma}{first}-{last}") }?;
        }
        Ok(())
    }
}

crate::written::written_as!(RunRanges, String);

impl Serialize for RunRanges {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RunRanges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = RunRanges;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("increasing run numbers as ranges, such as \"0-24,26\"")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<RunRanges, E> {
                RunRanges::read(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::RunRanges;

    #[test]
    fn ranges_are_as_short_as_they_can_be() {
        let written = |runs: &[u32]| runs.iter().copied().collect::<RunRanges>().to_string();
        assert_eq!(written(&[]), "");
        assert_eq!(written(&[7]), "7");
        assert_eq!(written(&[0, 1, 2, 4, 6, 7, u32::MAX]), "0-2,4,6-7,4294967295");
        assert_eq!(written(&[3, 3, 4]), "3-4");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["-", "1-", "-1", "2-1", "1,1", "1-3,3", "3,1", "1,", ",1", " 1", "+1", "1.0", "4294967296", "x"] {
            assert_eq!(RunRanges::read(text), None, "{text}");
            assert!(serde_json::from_value::<RunRanges>(text.into()).is_err());
        }
        assert!(serde_json::from_str::<RunRanges>("3").is_err());
    }

    #[test]
    fn a_long_range_takes_no_memory() {
        let all: RunRanges = serde_json::from_str("\"0-4294967295\"").unwrap();
        assert_eq!((all.len(), all.last()), (1 << 32, Some(u32::MAX)));
    }

    proptest! {
        #[test]
        fn what_both_hold(a in prop::collection::btree_set(0..60_u32, 0..40), b in prop::collection::btree_set(0..60_u32, 0..40)) {
            let ranges = |set: &BTreeSet<u32>| set.iter().copied().collect::<RunRanges>();
            prop_assert_eq!(ranges(&a).shared(&ranges(&b)), a.intersection(&b).count() as u64);
        }

        #[test]
        fn what_is_written_is_read(runs in prop::collection::btree_set(0..60_u32, 0..40)) {
            let ranges: RunRanges = runs.iter().copied().collect();
            let read: RunRanges = serde_json::from_str(&serde_json::to_string(&ranges).unwrap()).unwrap();
            prop_assert_eq!(&read, &ranges);
            prop_assert_eq!(read.iter().collect::<BTreeSet<u32>>(), runs.clone());
            prop_assert_eq!((read.len(), read.last()), (runs.len() as u64, runs.last().copied()));
            prop_assert_eq!(read.is_empty(), runs.is_empty());
        }
    }
}
