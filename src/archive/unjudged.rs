//! Records that neither passed nor failed: excluded by their profile's word, or by a word that it does not know.

use std::collections::BTreeMap;
use std::fmt;

use crate::text::inert::inert;
use crate::text::terminal::count;

/// Distinct unknown words that are kept: the least in byte order, so that any split of the input keeps the same.
const MOST_WORDS: usize = 16;
/// Bytes of an unknown word that are kept.
const MOST_BYTES: usize = 64;
/// Stands where the rest of a word was.
const ELLIPSIS: &str = "…";
/// Unknown words that are told in a line.
const SHOWN: usize = 4;

/// Records that neither passed nor failed. Adding up is associative and commutative, and the empty one changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unjudged {
    /// Records whose word the profile excludes.
    excluded: u64,
    /// Records whose word the profile does not know.
    unknown: u64,
    /// How many of these have each word; exact for those that are kept.
    words: BTreeMap<String, u64>,
}

impl Unjudged {
    /// Counts a record whose word the profile excludes.
    pub fn exclude(&mut self) {
        self.excluded += 1;
    }

    /// Counts a record whose word the profile does not know.
    pub fn unknown(&mut self, word: &str) {
        self.unknown += 1;
        match self.words.get_mut(word) {
            Some(records) => *records += 1,
            None => self.add_word(shortened(word), 1),
        }
    }

    /// Takes in what was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.excluded += other.excluded;
        self.unknown += other.unknown;
        for (word, records) in &other.words {
            self.add_word(word.clone(), *records);
        }
    }

    /// A word that goes here has as many lesser ones before it, in any order in which they come: it never comes back.
    fn add_word(&mut self, word: String, records: u64) {
        *self.words.entry(word).or_default() += records;
        if self.words.len() > MOST_WORDS {
            self.words.pop_last();
        }
    }

    /// What was counted before; `None` where it cannot have been.
    #[must_use]
    pub fn of_counts(excluded: u64, unknown: u64, words: Vec<(String, u64)>) -> Option<Self> {
        let given = words.len();
        let words: BTreeMap<String, u64> = words.into_iter().collect();
        let sum = words.values().try_fold(0_u64, |sum, &records| sum.checked_add(records));
        let is_whole = sum.is_some_and(|sum| if given < MOST_WORDS { sum == unknown } else { sum <= unknown });
        let is_bounded = given <= MOST_WORDS && words.keys().all(|word| *word == shortened(word));
        let is_sound = is_whole && is_bounded && words.len() == given && !words.values().any(|&records| records == 0);
        is_sound.then_some(Self { excluded, unknown, words })
    }

    /// Records whose word the profile excludes.
    #[must_use]
    pub fn excluded(&self) -> u64 {
        self.excluded
    }

    /// Records whose word the profile does not know.
    #[must_use]
    pub fn unknown_outcomes(&self) -> u64 {
        self.unknown
    }

    /// The unknown words that are kept, with their records.
    #[must_use]
    pub fn words(&self) -> &BTreeMap<String, u64> {
        &self.words
    }

    /// The few most frequent of the unknown words that are kept, with their records.
    #[must_use]
    pub fn frequent(&self) -> Vec<(&str, u64)> {
        let mut words: Vec<(&str, u64)> = self.words.iter().map(|(word, &records)| (word.as_str(), records)).collect();
        words.sort_by_key(|&(_, records)| std::cmp::Reverse(records));
        words.truncate(SHOWN);
        words
    }

    /// The unknown words in a line: `` `PASS` (20), `Skip` (1) ``.
    #[must_use]
    pub fn listed(&self) -> impl fmt::Display + '_ {
        Listed(self)
    }
}

/// The most frequent unknown words.
struct Listed<'u>(&'u Unjudged);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.unknown;
        for (place, (word, records)) in self.0.frequent().into_iter().enumerate() {
            let comma = if place > 0 { ", " } else { "" };
            write!(f, "{comma}`{}` ({})", inert(word, MOST_BYTES), count(records))?;
            rest -= records;
        }
        if rest > 0 { write!(f, ", others ({})", count(rest)) } else { Ok(()) }
    }
}

/// A word as it is kept. Words that differ behind that are one.
fn shortened(word: &str) -> String {
    if word.len() <= MOST_BYTES {
        return word.to_owned();
    }
    let end = (0..=MOST_BYTES - ELLIPSIS.len()).rev().find(|&end| word.is_char_boundary(end)).unwrap_or(0);
    format!("{}{ELLIPSIS}", &word[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(words: &[String]) -> Unjudged {
        let mut counted = Unjudged::default();
        for word in words {
            counted.unknown(word);
        }
        counted
    }

    proptest! {
        #[test]
        fn any_split_in_any_order_keeps_the_same_words(
            words in proptest::collection::vec("[a-f]{0,2}|é{30,40}", 0..60),
            cut in 0_usize..60,
        ) {
            let whole = of(&words);
            let (one, other) = words.split_at(cut.min(words.len()));
            let (one, other) = (of(one), of(other));
            for (first, second) in [(&one, &other), (&other, &one)] {
                let mut sum = Unjudged::default();
                sum.add(first);
                sum.add(second);
                prop_assert_eq!(&sum, &whole);
            }
            prop_assert!(whole.words.len() <= MOST_WORDS);
            for (word, &records) in &whole.words {
                prop_assert_eq!(words.iter().filter(|one| shortened(one) == *word).count() as u64, records);
            }
            let kept = whole.words.clone().into_iter().collect();
            prop_assert_eq!(Unjudged::of_counts(whole.excluded, whole.unknown, kept), Some(whole));
        }
    }

    #[test]
    fn what_was_never_counted_is_refused() {
        let words = |records: &[u64]| records.iter().zip('a'..).map(|(&one, word)| (word.to_string(), one)).collect();
        assert!(Unjudged::of_counts(7, 3, words(&[2, 1])).is_some());
        for (unknown, kept) in [(2, words(&[2, 1])), (4, words(&[2, 1])), (3, words(&[3, 0])), (1, Vec::new())] {
            assert_eq!(Unjudged::of_counts(0, unknown, kept), None);
        }
        assert_eq!(Unjudged::of_counts(0, u64::MAX, words(&[u64::MAX, 1])), None);
        assert_eq!(Unjudged::of_counts(0, 2, vec![("a".into(), 1), ("a".into(), 1)]), None);
        assert_eq!(Unjudged::of_counts(0, 1, vec![("a".repeat(65), 1)]), None);
        assert_eq!(Unjudged::of_counts(0, 17, words(&[1; 17])), None);
        assert!(Unjudged::of_counts(0, 99, words(&[1; 16])).is_some());
    }

    #[test]
    fn the_most_frequent_are_told_and_nothing_acts() {
        let words = ["b", "b", "b", "", "a\u{1b}[31m", "c", "d", "e"].map(str::to_owned);
        assert_eq!(of(&words).listed().to_string(), "`b` (3), `` (1), `a\\u{1b}[31m` (1), `c` (1), others (2)");
        assert_eq!(of(&words[..1]).listed().to_string(), "`b` (1)");
    }
}
