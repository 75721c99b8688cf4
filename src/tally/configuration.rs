//! The settings that change what an archive comes to.

use xxhash_rust::xxh3::xxh3_128;

use super::build;
use super::wire::{Broken, In, Out};

/// What a partial means, as a number that is raised by hand.
///
/// Raise it with every change after which the same archive under the same settings comes to something else, or the same
/// bytes of a partial are understood otherwise: a parser, profile, classifier, sampler or window that counts differently, a
/// field that is added or means more. (How the bytes are laid out has a number of its own, [`crate::store::VERSION`].)
/// Builds of releases share what they kept while it is the same; development builds share nothing in any case.
pub const MEANING: u32 = 8;

/// Settings by name, each as a text that differs where the setting does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    settings: Vec<(String, String)>,
}

impl Configuration {
    /// Of settings in a fixed order. What partials mean to this program is one of them, and so is the build, where another
    /// one may understand them otherwise.
    #[must_use]
    pub fn new(settings: Vec<(&str, String)>) -> Self {
        let own = [("what partials mean", MEANING.to_string()), ("the build of relapse", build::identity().to_owned())];
        let settings = own.into_iter().chain(settings);
        Self { settings: settings.map(|(name, value)| (name.to_owned(), value)).collect() }
    }

    /// A number for these settings.
    #[must_use]
    pub fn fingerprint(&self) -> u128 {
        xxh3_128(&self.to_bytes())
    }

    /// The first setting that is another one, with both values.
    #[must_use]
    pub fn difference<'c>(&'c self, other: &'c Self) -> Option<(&'c str, &'c str, &'c str)> {
        let pairs = self.settings.iter().zip(&other.settings);
        let mut differing = pairs.filter(|(one, two)| one != two);
        let first = differing.next().map(|((name, one), (_, two))| (name.as_str(), one.as_str(), two.as_str()));
        first.or_else(|| (self != other).then_some(("the settings", "fewer", "more")))
    }

    /// The value of a setting.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut out = Out(&mut bytes);
        // Writing to memory does not fail.
        let _ = out.len(self.settings.len());
        for text in self.settings.iter().flat_map(|(name, value)| [name, value]) {
            let _ = out.bytes(text.as_bytes());
        }
        bytes
    }

    pub(crate) fn read(input: &mut In<'_>) -> Result<Self, Broken> {
        let len = input.len()?;
        let pair = |_| Ok((input.text()?.to_owned(), input.text()?.to_owned()));
        let settings = (0..len).map(pair).collect::<Result<_, Broken>>()?;
        Ok(Self { settings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_settings_have_another_number_and_are_named() {
        let one = Configuration::new(vec![("--packet", "A".into()), ("--max-line", "1".into())]);
        let two = Configuration::new(vec![("--packet", "B".into()), ("--max-line", "1".into())]);
        assert_ne!(one.fingerprint(), two.fingerprint());
        assert_eq!(one.difference(&two), Some(("--packet", "A", "B")));
        assert_eq!(one.difference(&one), None);
        assert_eq!(Configuration::read(&mut In(&one.to_bytes())).unwrap(), one);
        let moved = Configuration::new(vec![("--packet", "A--max".into()), ("-line", "1".into())]);
        assert_ne!(one.fingerprint(), moved.fingerprint());
    }
}
