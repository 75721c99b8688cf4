//! A set of scenarios by four bytes each: whether one is known that is listed nowhere.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Scenarios by the fingerprints of their names. One that is not among them is taken for one that is with a chance of
/// their number in 2^32.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprints {
    /// Increasing, once [`Self::seal`] was called.
    sorted: Vec<u32>,
}

/// Of packet, suite, scenario and mode, each hashed with the hash of those before it for a seed.
fn fingerprint(names: [&str; 4]) -> u32 {
    let hash = names.into_iter().fold(0, |seed, name| xxh3_64_with_seed(name.as_bytes(), seed));
    (hash >> 32) as u32
}

impl Fingerprints {
    /// Adds a scenario, given by packet, suite, scenario and mode.
    pub fn add(&mut self, names: [&str; 4]) {
        self.sorted.push(fingerprint(names));
    }

    /// Adds all of another set.
    pub fn join(&mut self, other: &Self) {
        self.sorted.extend_from_slice(&other.sorted);
    }

    /// Makes it ready to be asked and written, when all were added.
    pub fn seal(&mut self) {
        sort(&mut self.sorted);
        self.sorted.dedup();
    }

    /// Whether a scenario is among them.
    #[must_use]
    pub fn holds(&self, names: [&str; 4]) -> bool {
        self.sorted.binary_search(&fingerprint(names)).is_ok()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.sorted.len() as u64
    }

    /// Whether it is of none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }
}

/// Sorts by eleven bits at a time, from the last: of tens of thousands a tenth of what comparing takes.
fn sort(numbers: &mut Vec<u32>) {
    const FEW: usize = 1 << 11;
    if numbers.len() < FEW {
        return numbers.sort_unstable();
    }
    let mut sorted = vec![0; numbers.len()];
    for shift in [0, 11, 22] {
        let digit = |number: u32| (number >> shift) as usize & (FEW - 1);
        let mut places = [0_usize; FEW];
        for &number in &*numbers {
            places[digit(number)] += 1;
        }
        let mut before = 0;
        for place in &mut places {
            before += std::mem::replace(place, before);
        }
        for &number in &*numbers {
            let place = &mut places[digit(number)];
            sorted[*place] = number;
            *place += 1;
        }
        std::mem::swap(numbers, &mut sorted);
    }
}

crate::written::written_as!(Fingerprints, String);

/// As base64 of little-endian numbers, increasing.
impl Serialize for Fingerprints {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.sorted.iter().flat_map(|number| number.to_le_bytes()).collect();
        serializer.serialize_str(&STANDARD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Fingerprints {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text.as_bytes()).map_err(serde::de::Error::custom)?;
        let (numbers, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(serde::de::Error::custom("fingerprints are of four bytes each"));
        }
        let mut all = Self { sorted: numbers.iter().map(|number| u32::from_le_bytes(*number)).collect() };
        all.seal();
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_sorted_as_few_are() {
        for many in [0, 1, 2047, 2048, 30_000_u32] {
            let mut numbers: Vec<u32> = (0..many).map(|at| at.wrapping_mul(2_654_435_761) ^ (at % 3) << 31).collect();
            let mut expected = numbers.clone();
            expected.sort_unstable();
            sort(&mut numbers);
            assert_eq!(numbers, expected);
        }
    }

    #[test]
    fn what_was_added_is_held_through_json_and_nothing_else() {
        let mut one = Fingerprints::default();
        let mut other = Fingerprints::default();
        one.add(["p", "s", "a", ""]);
        other.add(["p", "s", "b", ""]);
        other.add(["p", "s", "a", ""]);
        one.join(&other);
        one.seal();
        let text = serde_json::to_string(&one).unwrap();
        let read: Fingerprints = serde_json::from_str(&text).unwrap();
        assert_eq!((read.sorted.len(), &read), (2, &one));
        assert!(read.holds(["p", "s", "a", ""]) && read.holds(["p", "s", "b", ""]));
        assert!(
            !read.holds(["p", "s", "c", ""]) && !read.holds(["p", "sa", "", ""]) && !read.holds(["ps", "a", "", ""])
        );
        assert_eq!(serde_json::to_string(&Fingerprints::default()).unwrap(), "\"\"");
        for faulty in ["\"AAA=\"", "\"?\"", "3"] {
            assert!(serde_json::from_str::<Fingerprints>(faulty).is_err(), "{faulty}");
        }
    }
}
