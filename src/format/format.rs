//! The table of formats.

use thiserror::Error;

use super::reader::{Documents, Events};

/// A format of test results, and how it is read.
#[derive(Debug)]
pub struct Format {
    /// The word by which it is asked for.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// How its text is recognised.
    pub told_by: &'static str,
    /// How it is read.
    pub kind: Kind,
}

/// A format that nobody knows.
#[derive(Debug, Error)]
#[error("unknown format `{0}`, known: {known}", known = Format::ALL.iter().map(|format| format.id).collect::<Vec<_>>().join(", "))]
pub struct UnknownFormat(String);

/// The unit that a reader takes.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A line is an event; attempts are put together from several.
    Events(fn() -> Box<dyn Events>),
    /// The text is a document, or several behind each other; each attempt in it is a record.
    Documents(Documents),
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Kind {
    /// What one calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events(_) => "events",
            Self::Documents(_) => "documents",
        }
    }
}

impl Format {
    /// Every format, in the order in which `relapse formats` lists them.
    pub const ALL: &'static [Self] = &[];

    /// The format that people call so.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|format| format.name == name)
    }

    /// The format that is asked for by a word, or by what people call it.
    ///
    /// # Errors
    /// When there is none.
    pub fn asked_for(word: &str) -> Result<&'static Self, UnknownFormat> {
        let is_it = |format: &&Self| format.id.eq_ignore_ascii_case(word) || format.name.eq_ignore_ascii_case(word);
        Self::ALL.iter().find(is_it).ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}
