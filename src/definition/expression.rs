//! Regular expressions of definitions.

use std::ops::Deref;

use regex::{Regex, RegexBuilder};

use super::{Faults, Spot};

/// The most memory of a compiled regular expression.
const MAX_BYTES: usize = 1 << 20;

/// A compiled regular expression; two are equal when their texts are.
#[derive(Clone, Debug)]
pub struct Expression(Regex);

impl Expression {
    /// Compiles a regular expression; its fault is the last line of what the parser says.
    pub(crate) fn read(pattern: Spot<&str>, faults: &mut Faults<'_>) -> Option<Self> {
        if pattern.value.is_empty() {
            faults.add(pattern.at, "`regex` is empty: it matches every text");
            return None;
        }
        match RegexBuilder::new(pattern.value).size_limit(MAX_BYTES).build() {
            Ok(regex) => Some(Self(regex)),
            Err(error) => {
                let message = error.to_string();
                let last = message.lines().next_back().unwrap_or_default();
                faults.add(pattern.at, format!("bad regex: {}", last.trim_start_matches("error: ")));
                None
            }
        }
    }

    /// What it finds in a text: its first group that took part, else the whole match; `None` where that is empty.
    #[must_use]
    pub fn find_in<'t>(&self, text: &'t str) -> Option<&'t str> {
        let found = self.0.captures(text)?;
        let group = found.iter().skip(1).flatten().next().or(found.get(0));
        group.map(|group| group.as_str()).filter(|text| !text.is_empty())
    }
}

impl Deref for Expression {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        &self.0
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Expression {}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::Expression;

    #[test]
    fn the_first_group_that_took_part_is_what_is_found() {
        let either = Expression(Regex::new(r"(a\d)x|(b\d)|c\d|()d").unwrap());
        assert_eq!(either.find_in("..a1x"), Some("a1"));
        assert_eq!(either.find_in("..b2"), Some("b2"));
        assert_eq!(either.find_in("..c3"), Some("c3"));
        assert_eq!(either.find_in("d"), None);
        assert_eq!(either.find_in("e"), None);
    }
}
