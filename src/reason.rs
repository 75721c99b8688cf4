//! Why a line was rejected.

use std::fmt;

use serde::{Serialize, Serializer};

/// Why a line is no record, in the order in which the reasons are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// Not the grammar of RFC 8259.
    InvalidJson,
    /// JSON, but no object.
    NotAnObject,
    /// Longer than `--max-line`; such a line is never held, so only its length is known.
    LineTooLong,
    /// A required field is absent.
    MissingField,
    /// A field of another type than its role asks for.
    WrongType,
    /// A number that its role cannot hold.
    OutOfRange,
    /// An object that resembles no known log shape.
    UnknownShape,
}

impl Reason {
    /// Every reason, in order.
    pub const ALL: [Self; 8] = [
        Self::InvalidUtf8,
        Self::InvalidJson,
        Self::NotAnObject,
        Self::LineTooLong,
        Self::MissingField,
        Self::WrongType,
        Self::OutOfRange,
        Self::UnknownShape,
    ];

    /// The name in the ledger.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidUtf8 => "invalid_utf8",
            Self::InvalidJson => "invalid_json",
            Self::NotAnObject => "not_an_object",
            Self::LineTooLong => "line_too_long",
            Self::MissingField => "missing_field",
            Self::WrongType => "wrong_type",
            Self::OutOfRange => "out_of_range",
            Self::UnknownShape => "unknown_shape",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
