//! What was repaired in a line, so that it is a record.

use std::ops::BitOr;

use crate::words::words;

words! {
    /// A cosmetic fault: one that leaves no doubt about what the line says.
    Repair {
        /// The text of the archive is UTF-16.
        Encoding => "encoding",
        /// Bytes that are not UTF-8: each stretch of them is read as U+FFFD.
        BadUtf8 => "bad_utf8",
        /// Control characters that stand in a string as they are.
        ControlCharacters => "control_characters",
        /// Escapes of one half of a surrogate pair: each is read as U+FFFD.
        LoneSurrogates => "lone_surrogates",
        /// NaN and the infinities, however they are spelled: read as null.
        NotFinite => "not_finite",
        /// Zero bytes before the record.
        LeadingNuls => "leading_nuls",
        /// Text before the record.
        LeadingText => "leading_text",
        /// Numbers in quotes where a time, a duration, a seed or an attempt stands.
        QuotedNumbers => "quoted_numbers",
        /// Times without a zone where the profile states none: read as UTC.
        AssumedZone => "assumed_zone",
        /// Escape codes of terminals in keys, in outcomes or in the ids of packet, suite, scenario or mode: left out.
        EscapedIds => "escaped_ids",
        /// Escape codes between values, and what else nobody sees behind the record: left out.
        Unseen => "unseen",
        /// Escapes that JSON lacks and others have: `\xHH`, `\e`, `\'`, `\0`.
        ForeignEscapes => "foreign_escapes",
        /// U+FFFD for what is no text in the ids of packet, suite, scenario or mode: different ones may have become one.
        UnreadableIds => "unreadable_ids",
        /// References to entities that XML does not know: read as they stand.
        Entities => "entities",
    }
}

impl Repair {
    /// What people call it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Encoding => "UTF-16",
            Self::BadUtf8 => "bad UTF-8",
            Self::ControlCharacters => "raw control characters",
            Self::LoneSurrogates => "lone surrogates",
            Self::NotFinite => "NaN or Infinity",
            Self::LeadingNuls => "zero bytes before the record",
            Self::LeadingText => "text before the record",
            Self::QuotedNumbers => "numbers in quotes",
            Self::AssumedZone => "times without a zone",
            Self::EscapedIds => "escape codes in ids, outcomes or keys",
            Self::Unseen => "escape codes or zero bytes around values",
            Self::ForeignEscapes => "escapes that JSON lacks",
            Self::UnreadableIds => "ids that are no text",
            Self::Entities => "entities that XML does not know",
        }
    }
}

/// What was repaired in one line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs(u16);

impl Repairs {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// Whether nothing was.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a kind is among them.
    #[must_use]
    pub fn has(self, repair: Repair) -> bool {
        self.0 & Self::from(repair).0 != 0
    }

    /// The kinds, in order.
    pub fn iter(self) -> impl Iterator<Item = Repair> {
        Repair::ALL.into_iter().filter(move |&repair| self.has(repair))
    }
}

impl From<Repair> for Repairs {
    fn from(repair: Repair) -> Self {
        Self(1 << repair as u16)
    }
}

impl BitOr for Repairs {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Repair, Repairs};

    #[test]
    fn a_set_holds_what_was_put_into_it() {
        assert_eq!(Repairs::NONE.iter().count(), 0);
        for repair in Repair::ALL {
            let with = Repairs::from(repair) | Repair::NotFinite.into();
            assert!(!with.is_empty() && with.iter().any(|one| one == repair));
            assert_eq!(with.iter().count(), 2 - usize::from(repair == Repair::NotFinite));
        }
    }
}
