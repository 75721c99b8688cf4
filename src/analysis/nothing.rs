//! A sweep that came to nothing: what a report says in place of an all-clear.

use std::fmt;

use anstyle::AnsiColor;
use serde::{Serialize, Serializer};

use crate::text::inert::inert;
use crate::text::terminal::colour;

/// Why there is nothing that could have failed, and what would help.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nothing {
    /// What is so, in a few words.
    pub headline: String,
    /// What there is instead, a line each.
    pub details: Vec<String>,
}

impl Nothing {
    /// What is so, for a terminal.
    pub(crate) fn shown_headline(&self) -> String {
        let red = colour(AnsiColor::Red).bold();
        format!("{red}{}{red:#}", inert(&self.headline, 400))
    }

    /// What there is instead, for a terminal.
    pub(crate) fn show_details(&self, out: &mut impl fmt::Write) -> fmt::Result {
        self.details.iter().try_for_each(|detail| writeln!(out, "  {}", inert(detail, 600)))
    }

    /// All of it in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let parts = std::iter::once(&self.headline).chain(&self.details);
        parts.map(String::as_str).collect::<Vec<_>>().join("; ")
    }
}

impl fmt::Display for Nothing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.shown_headline())?;
        self.show_details(f)
    }
}

crate::written::written_as!(Nothing, String);

impl Serialize for Nothing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The rest names paths: the same records give the same bytes wherever they stand.
        serializer.serialize_str(&self.headline)
    }
}
