//! What stands in one key of a sample's lines.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::DateTime;
use xxhash_rust::xxh3::xxh3_64;

use crate::record::{TimeUnit, nanoseconds};

/// Different words of a key that are counted one by one; with more it has values, not words.
const MOST_WORDS: usize = 40;
/// Different values of a key that are told apart.
const MOST_DISTINCT: usize = 4096;
/// Bytes of a value that can be a word, and that are kept of an example.
const LONGEST_WORD: usize = 80;
/// Values that are kept as examples.
const EXAMPLES: usize = 3;

/// Seconds since 1970 at the beginning of 2000 and of 2100: a number between is a time in seconds, and a thousand times as much
/// one in milliseconds.
const PLAUSIBLE_SECONDS: (f64, f64) = (946_684_800.0, 4_102_444_800.0);
/// Units of numbers that are times, and how many of them are a second.
const UNITS: [(TimeUnit, f64); 4] = [
    (TimeUnit::Seconds, 1.0),
    (TimeUnit::Milliseconds, 1e3),
    (TimeUnit::Microseconds, 1e6),
    (TimeUnit::Nanoseconds, 1e9),
];

/// Of which type a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// A string.
    Text,
    /// An integer from 0 on.
    Unsigned,
    /// An integer below 0.
    Integer,
    /// A number with a fraction, or one that no 64 bits hold.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
    /// An array of strings.
    Texts,
    /// Any other array.
    List,
    /// An object.
    Object,
}

impl Type {
    /// Every type.
    pub const ALL: [Self; 9] = [
        Self::Text,
        Self::Unsigned,
        Self::Integer,
        Self::Number,
        Self::Bool,
        Self::Null,
        Self::Texts,
        Self::List,
        Self::Object,
    ];

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Unsigned => "unsigned",
            Self::Integer => "negative integer",
            Self::Number => "number",
            Self::Bool => "true/false",
            Self::Null => "null",
            Self::Texts => "list of texts",
            Self::List => "list",
            Self::Object => "object",
        }
    }
}

/// What stands in one key of a sample's lines.
#[derive(Clone, Debug, Default)]
pub struct Key {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// Lines in which it stands.
    pub lines: u64,
    /// Lines in which it stands more than once.
    pub repeated: u64,
    /// Values by type.
    types: [u64; Type::ALL.len()],
    /// Values that are one text, number or truth value, how often each.
    words: BTreeMap<String, u64>,
    has_more_words: bool,
    distinct: HashSet<u64>,
    /// The first different values.
    pub examples: Vec<String>,
    /// Values that are times, by unit; the last is of texts.
    times: [u64; UNITS.len()],
    moments: u64,
    zoneless: u64,
    /// Number of the line in which it stood last.
    pub(super) last_line: u64,
}

impl Key {
    /// One that was not seen yet.
    pub(super) fn at(path: Vec<String>) -> Self {
        Self { path, ..Self::default() }
    }

    /// Counts a value that is one word: a text, a number, or a truth value.
    pub(super) fn see(&mut self, of: Type, word: &str) {
        self.see_type(of);
        if self.distinct.len() < MOST_DISTINCT {
            self.distinct.insert(xxh3_64(word.as_bytes()));
        }
        match of {
            Type::Unsigned | Type::Number => self.see_number(word),
            Type::Text if word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => self.see_number(word),
            Type::Text => self.see_text(word),
            _ => {}
        }
        if let Some(count) = self.words.get_mut(word) {
            *count += 1;
        } else if word.len() <= LONGEST_WORD && self.words.len() < MOST_WORDS {
            self.words.insert(word.to_owned(), 1);
        } else {
            self.has_more_words = true;
        }
        if self.examples.len() < EXAMPLES {
            let cut = &word[..word.floor_char_boundary(LONGEST_WORD)];
            let shown = if cut.len() < word.len() { format!("{cut}…") } else { cut.to_owned() };
            if !self.examples.contains(&shown) {
                self.examples.push(shown);
            }
        }
    }

    /// Counts a value that is no one word.
    pub(super) fn see_type(&mut self, of: Type) {
        self.types[of as usize] += 1;
    }

    fn see_number(&mut self, word: &str) {
        let Ok(value) = word.parse::<f64>() else { return };
        let (least, greatest) = PLAUSIBLE_SECONDS;
        let unit = UNITS.iter().position(|(_, scale)| (least * scale..greatest * scale).contains(&value));
        if let Some(unit) = unit {
            // A fraction is read of seconds alone.
            if unit == 0 || !word.contains(['.', 'e', 'E']) {
                self.times[unit] += 1;
            }
        }
    }

    fn see_text(&mut self, word: &str) {
        if word.len() > LONGEST_WORD || !word.starts_with(|first: char| first.is_ascii_digit()) {
            return;
        }
        if nanoseconds(word).is_some() {
            self.moments += 1;
        } else if word.contains(':') && word.parse::<DateTime>().is_ok() {
            self.zoneless += 1;
        }
    }

    /// Values of a type.
    #[must_use]
    pub fn of(&self, of: Type) -> u64 {
        self.types[of as usize]
    }

    /// The types of its values, the most frequent first.
    #[must_use]
    pub fn types(&self) -> Vec<Type> {
        let mut types: Vec<Type> = Type::ALL.into_iter().filter(|&of| self.of(of) > 0).collect();
        types.sort_by_key(|&of| std::cmp::Reverse(self.of(of)));
        types
    }

    /// Values that are there: no null.
    #[must_use]
    pub fn values(&self) -> u64 {
        self.types.iter().sum::<u64>() - self.of(Type::Null)
    }

    /// Whether all its values are of these types, and there are some.
    #[must_use]
    pub fn is_only(&self, types: &[Type]) -> bool {
        self.values() > 0 && types.iter().map(|&of| self.of(of)).sum::<u64>() == self.values()
    }

    /// Its words, the most frequent first; `None` where it has more than can be counted one by one.
    #[must_use]
    pub fn words(&self) -> Option<Vec<(&str, u64)>> {
        if self.has_more_words || self.words.is_empty() {
            return None;
        }
        let mut words: Vec<_> = self.words.iter().map(|(word, &count)| (word.as_str(), count)).collect();
        words.sort_by_key(|&(word, count)| (std::cmp::Reverse(count), word));
        Some(words)
    }

    /// Different values, and whether there are more than were counted.
    #[must_use]
    pub fn distinct(&self) -> (usize, bool) {
        (self.distinct.len(), self.distinct.len() >= MOST_DISTINCT)
    }

    /// The unit by which nearly all its values are times, and whether most of those state no zone.
    #[must_use]
    pub fn time(&self) -> Option<(TimeUnit, bool)> {
        let of_texts = self.moments + self.zoneless;
        let by_number = UNITS.iter().zip(self.times).max_by_key(|&(_, count)| count);
        let nearly_all = |count: u64| count > 0 && count * 100 >= self.values() * 98;
        if nearly_all(of_texts) {
            return Some((TimeUnit::Rfc3339, self.zoneless > self.moments));
        }
        by_number.filter(|&(_, count)| nearly_all(count)).map(|(&(unit, _), _)| (unit, false))
    }

    /// Whether its texts are objects of JSON themselves.
    #[must_use]
    pub fn holds_json(&self) -> bool {
        let begins = |text: &String| text.starts_with("{\"") && text.contains("\":");
        self.is_only(&[Type::Text]) && !self.examples.is_empty() && self.examples.iter().all(begins)
    }

    /// Its path as people write it, as `error.message`.
    #[must_use]
    pub fn dotted(&self) -> String {
        self.path.join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, Type};
    use crate::record::TimeUnit;

    fn of(values: &[(Type, &str)]) -> Key {
        let mut key = Key::default();
        for (of, word) in values {
            key.see(*of, word);
        }
        key
    }

    #[test]
    fn the_unit_of_a_time_is_told_by_its_size() {
        let cases = [
            (Type::Unsigned, "1767225600", Some((TimeUnit::Seconds, false))),
            (Type::Number, "1767225600.25", Some((TimeUnit::Seconds, false))),
            (Type::Text, "1767225600", Some((TimeUnit::Seconds, false))),
            (Type::Unsigned, "1767225600123", Some((TimeUnit::Milliseconds, false))),
            (Type::Number, "1767225600123.5", None),
            (Type::Unsigned, "1767225600123456", Some((TimeUnit::Microseconds, false))),
            (Type::Unsigned, "1767225600123456789", Some((TimeUnit::Nanoseconds, false))),
            (Type::Text, "2026-01-01T00:00:00Z", Some((TimeUnit::Rfc3339, false))),
            (Type::Text, "2026-01-01T00:00:00.123456+02:00", Some((TimeUnit::Rfc3339, false))),
            (Type::Text, "2026-01-01 00:00:00", Some((TimeUnit::Rfc3339, true))),
            (Type::Text, "01/02/2026 10:00", None),
            (Type::Unsigned, "0", None),
            (Type::Unsigned, "1250", None),
            (Type::Unsigned, "20260101", None),
            (Type::Number, "0.25", None),
            (Type::Bool, "true", None),
        ];
        for (kind, word, unit) in cases {
            assert_eq!(of(&[(kind, word)]).time(), unit, "{word}");
        }
        // One that is none leaves a key that is mostly a time; many do not.
        let mut mixed = of(&[(Type::Unsigned, "1767225600"); 99]);
        mixed.see(Type::Unsigned, "0");
        assert_eq!(mixed.time(), Some((TimeUnit::Seconds, false)));
        (0..9).for_each(|_| mixed.see(Type::Unsigned, "0"));
        assert_eq!(mixed.time(), None);
    }

    #[test]
    fn words_are_counted_until_there_are_too_many() {
        let mut key = of(&[(Type::Text, "pass"), (Type::Text, "fail"), (Type::Text, "pass"), (Type::Bool, "true")]);
        assert_eq!(key.words().unwrap(), [("pass", 2), ("fail", 1), ("true", 1)]);
        assert_eq!((key.types(), key.values()), (vec![Type::Text, Type::Bool], 4));
        assert!(key.is_only(&[Type::Text, Type::Bool]) && !key.is_only(&[Type::Text]));
        for number in 0..5000 {
            key.see(Type::Unsigned, &number.to_string());
        }
        assert_eq!((key.words(), key.distinct(), key.examples.len()), (None, (4096, true), 3));
        assert_eq!(of(&[(Type::Text, &"é".repeat(50_000))]).examples[0].chars().count(), 41);
    }
}
