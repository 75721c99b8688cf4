//! Texts that recur, each written once.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use serde::{Serialize, Serializer};

/// Characters of a text that is only looked at.
const MOST_SHOWN: usize = 600;
/// Characters of a name, which somebody may search for.
const MOST_NAMED: usize = 2000;

/// Texts in the order in which they were first met; others hold their places.
#[derive(Debug, Default)]
pub(super) struct Strings<'r> {
    texts: Vec<&'r str>,
    places: HashMap<&'r str, u32, RandomState>,
}

impl<'r> Strings<'r> {
    /// The place of a text, cut where it is beyond looking at.
    pub(super) fn place(&mut self, text: &'r str) -> u32 {
        self.exact(cut(text))
    }

    /// The place of a whole text.
    pub(super) fn exact(&mut self, text: &'r str) -> u32 {
        *self.places.entry(text).or_insert_with(|| {
            self.texts.push(text);
            u32::try_from(self.texts.len() - 1).unwrap_or(u32::MAX)
        })
    }

    pub(super) fn places(&mut self, texts: &'r [String]) -> Vec<u32> {
        texts.iter().map(|text| self.place(text)).collect()
    }
}

impl Serialize for Strings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.texts.serialize(serializer)
    }
}

/// A text as far as one looks at it.
pub(super) fn cut(text: &str) -> &str {
    first(text, MOST_SHOWN)
}

/// A name, whole unless nobody could have meant it as one.
pub(super) fn whole(text: &str) -> &str {
    first(text, MOST_NAMED)
}

fn first(text: &str, characters: usize) -> &str {
    // A character has a byte at least.
    let cut = if text.len() > characters { text.char_indices().nth(characters) } else { None };
    cut.map_or(text, |(end, _)| &text[..end])
}

/// The digits of an incident's id: the page writes what they all begin with.
pub(super) fn short_id(id: &str) -> &str {
    id.strip_prefix("triage64:").unwrap_or(id)
}
