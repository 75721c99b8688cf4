//! The value that a line gives a mapped field, before it is known to fit.

use super::moment::nanoseconds;
use super::profile::{Kind, TimeUnit};
use super::record::Texts;
use crate::reason::Reason;

/// A mapped field's value as it stands in a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Slot<'a> {
    #[default]
    Absent,
    Null,
    Text(&'a str),
    /// An integer without fraction and exponent.
    Integer(i128),
    /// An integer beyond 128 bits.
    HugeInteger,
    /// Any other number, `-0` included.
    Number(f64),
    Texts(Texts<'a>),
    /// Anything else, by its name.
    Other(&'static str),
}

/// What fields within a value are, where that is neither an object nor null.
pub(super) const NO_OBJECT: &str = "a parent that is no object";

/// Why a value does not fit its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    pub(super) reason: Reason,
    pub(super) message: String,
}

impl<'a> Slot<'a> {
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether a value of its own stands there.
    pub(super) fn stood(&self) -> bool {
        !matches!(self, Self::Absent | Self::Other(NO_OBJECT))
    }

    /// The text of a fitting value.
    pub(super) fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The unsigned integer of a fitting value.
    pub(super) fn unsigned(self) -> Option<u64> {
        match self {
            Self::Integer(value) => u64::try_from(value).ok(),
            _ => None,
        }
    }

    /// The strings of a fitting value.
    pub(super) fn texts(self) -> Texts<'a> {
        match self {
            Self::Texts(texts) => texts,
            _ => Texts::None,
        }
    }

    /// Milliseconds since 1970 of a value that was checked as a time.
    pub(super) fn time(self, unit: TimeUnit) -> Option<i64> {
        match (self, unit) {
            (Self::Integer(value), TimeUnit::Milliseconds) => i64::try_from(value).ok(),
            (Self::Integer(value), TimeUnit::Seconds) => i64::try_from(value.checked_mul(1000)?).ok(),
            (Self::Number(value), TimeUnit::Seconds) => {
                let ms = (value * 1000.0).round();
                // 2^63 is a float; what is below it fits.
                #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
                (ms.abs() < 9_223_372_036_854_775_808.0).then_some(ms as i64)
            }
            (Self::Text(text), TimeUnit::Rfc3339) => i64::try_from(nanoseconds(text)? / 1_000_000).ok(),
            _ => None,
        }
    }

    /// Checks a value against its field.
    pub(super) fn check(&self, kind: Kind, required: bool, name: impl Fn() -> String) -> Result<(), Misfit> {
        let missing = || Misfit { reason: Reason::MissingField, message: format!("missing field `{}`", name()) };
        let fault = |reason, what: String| Misfit { reason, message: format!("{what} for field `{}`", name()) };
        match (self, kind) {
            (Self::Absent, _) => return if required { Err(missing()) } else { Ok(()) },
            (Self::Null, _) if !required => return Ok(()),
            (Self::Null, _) => {}
            (_, Kind::Any)
            | (Self::Text(_), Kind::Text)
            | (Self::Texts(_), Kind::Texts)
            | (Self::Integer(_) | Self::HugeInteger, Kind::Number) => return Ok(()),
            (Self::Integer(value), Kind::Unsigned) if u64::try_from(*value).is_ok() => return Ok(()),
            (Self::Integer(value), Kind::Integer) if i64::try_from(*value).is_ok() => return Ok(()),
            (Self::Number(value), Kind::Number) if value.is_finite() => return Ok(()),
            (_, Kind::Time(unit)) if self.time(unit).is_some() => return Ok(()),
            (
                Self::Integer(_) | Self::HugeInteger,
                Kind::Unsigned | Kind::Integer | Kind::Time(TimeUnit::Milliseconds | TimeUnit::Seconds),
            )
            | (Self::Number(_), Kind::Number | Kind::Time(TimeUnit::Seconds)) => {
                let what = format!("invalid value: {}, expected {}", self.describe(), expected(kind));
                return Err(fault(Reason::OutOfRange, what));
            }
            _ => {}
        }
        let what = format!("invalid type: {}, expected {}", self.describe(), expected(kind));
        Err(fault(Reason::WrongType, what))
    }

    fn describe(&self) -> String {
        match self {
            Self::Absent => "nothing".into(),
            Self::Null => "null".into(),
            Self::Text(text) => format!("string {:?}", text.chars().take(60).collect::<String>()),
            Self::Integer(value) => format!("integer `{value}`"),
            Self::HugeInteger => "an integer beyond 128 bits".into(),
            Self::Number(value) => format!("floating point `{value:?}`"),
            Self::Texts(_) => "array of strings".into(),
            Self::Other(what) => (*what).into(),
        }
    }
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a string",
        Kind::Unsigned => "u64",
        Kind::Integer => "i64",
        Kind::Time(TimeUnit::Milliseconds) => "i64 milliseconds since 1970",
        Kind::Time(TimeUnit::Seconds) => "seconds since 1970",
        Kind::Time(TimeUnit::Rfc3339) => "a time as RFC 3339 writes it",
        Kind::Texts => "an array of strings",
        Kind::Number => "a finite number",
        Kind::Any => "any value",
    }
}
