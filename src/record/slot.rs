//! The value that a line gives a mapped field, before it is known to fit.

use super::moment::nanoseconds;
use super::profile::{Kind, TimeUnit};
use super::texts::Texts;
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
    Bool(bool),
    /// A time that was read already, in milliseconds since 1970.
    Moment(i64),
    /// Anything else, by its name.
    Other(&'static str),
}

/// What fields within a value are, where that is neither an object nor null.
pub(super) const NO_OBJECT: &str = "a parent that is no object";

/// Mapped fields that stood more than once in a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Repeated {
    /// How often one stood again.
    pub(super) times: u64,
    /// Fields whose values may differ, a bit each.
    differing: u64,
}

impl Repeated {
    /// A field has a value, and stood before with another.
    pub(super) fn see(&mut self, field: usize, before: &Slot<'_>, now: &Slot<'_>) {
        if before.stood() {
            self.times += 1;
            self.differing |= u64::from(!before.is_same_word(now)) << field;
        }
    }

    /// Whether a field stood more than once, with values that may differ.
    pub(super) fn differs(self, field: Option<usize>) -> bool {
        field.is_some_and(|field| self.differing >> field & 1 == 1)
    }
}

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

    /// Whether both are the same word of an outcome.
    fn is_same_word(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Integer(one), Self::Integer(other)) => one == other,
            (Self::Bool(one), Self::Bool(other)) => one == other,
            _ => false,
        }
    }

    /// Whether it is one of these words, a text, a number or a truth value; where there are none, any value but null.
    pub(super) fn is_one_of(&self, words: &[String]) -> bool {
        let holds = |word: &str| words.iter().any(|known| known == word);
        match self {
            Self::Absent | Self::Null => false,
            _ if words.is_empty() => true,
            Self::Text(text) => holds(text),
            Self::Bool(value) => holds(if *value { "true" } else { "false" }),
            Self::Integer(value) => holds(&value.to_string()),
            Self::Number(value) => holds(&value.to_string()),
            Self::HugeInteger | Self::Texts(_) | Self::Moment(_) | Self::Other(_) => false,
        }
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
            (Self::Integer(value), TimeUnit::Microseconds) => i64::try_from(value.div_euclid(1000)).ok(),
            (Self::Integer(value), TimeUnit::Nanoseconds) => i64::try_from(value.div_euclid(1_000_000)).ok(),
            (Self::Moment(value), _) => Some(value),
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

    /// A number for its form, less than 16.
    pub(super) fn form(&self) -> u32 {
        match self {
            Self::Absent => 0,
            Self::Null => 1,
            Self::Text(_) => 2,
            Self::Integer(_) => 3,
            Self::HugeInteger => 4,
            Self::Number(_) => 5,
            Self::Texts(_) => 6,
            Self::Bool(_) => 7,
            Self::Moment(_) => 8,
            Self::Other(_) => 9,
        }
    }

    /// A bit for each form of which every value is what a field asks for, by [`Self::form`]; of integers, every one up to
    /// [`Self::greatest`].
    pub(super) fn fitting_forms(kind: Kind, required: bool) -> u16 {
        let integer = Self::Integer(Self::greatest(kind).into());
        let always = [Self::Absent, Self::Null, Self::Text(""), integer, Self::HugeInteger, Self::Texts(Texts::None)];
        let fitting = always.iter().filter(|slot| slot.fits(kind, required));
        fitting.fold(0, |forms, slot| forms | 1 << slot.form())
    }

    /// An integer: where it fits, all from 0 to it do.
    pub(super) fn greatest(kind: Kind) -> u64 {
        if kind == Kind::Unsigned { u64::MAX } else { i64::MAX.cast_unsigned() }
    }

    /// Whether a value is what its field asks for.
    pub(super) fn fits(&self, kind: Kind, required: bool) -> bool {
        match (self, kind) {
            (Self::Absent | Self::Null, _) => !required,
            (_, Kind::Any)
            | (Self::Text(_), Kind::Text)
            | (Self::Texts(_), Kind::Texts)
            | (Self::Integer(_) | Self::HugeInteger, Kind::Number) => true,
            (Self::Integer(value), Kind::Unsigned) => u64::try_from(*value).is_ok(),
            (Self::Integer(value), Kind::Integer | Kind::Time(TimeUnit::Milliseconds)) => i64::try_from(*value).is_ok(),
            (Self::Number(value), Kind::Number) => value.is_finite(),
            (_, Kind::Time(unit)) => self.time(unit).is_some(),
            _ => false,
        }
    }

    /// Checks a value against its field.
    pub(super) fn check(&self, kind: Kind, required: bool, name: impl Fn() -> String) -> Result<(), Misfit> {
        if self.fits(kind, required) { Ok(()) } else { Err(self.misfit(kind, name)) }
    }

    /// What is wrong with a value that does not fit.
    #[cold]
    pub(super) fn misfit(&self, kind: Kind, name: impl Fn() -> String) -> Misfit {
        let fault = |reason, what: String| Misfit { reason, message: format!("{what} for field `{}`", name()) };
        match (self, kind) {
            (Self::Absent, _) => {
                Misfit { reason: Reason::MissingField, message: format!("missing field `{}`", name()) }
            }
            (Self::Integer(_) | Self::HugeInteger, Kind::Unsigned | Kind::Integer | Kind::Time(_))
            | (Self::Number(_), Kind::Number | Kind::Time(TimeUnit::Seconds))
                if kind != Kind::Time(TimeUnit::Rfc3339) =>
            {
                let what = format!("invalid value: {}, expected {}", self.describe(), expected(kind));
                fault(Reason::OutOfRange, what)
            }
            _ => {
                let what = format!("invalid type: {}, expected {}", self.describe(), expected(kind));
                fault(Reason::WrongType, what)
            }
        }
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
            Self::Bool(_) => "boolean".into(),
            Self::Moment(value) => format!("time `{value}`"),
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
        Kind::Time(TimeUnit::Microseconds) => "microseconds since 1970",
        Kind::Time(TimeUnit::Nanoseconds) => "nanoseconds since 1970",
        Kind::Time(TimeUnit::Seconds) => "seconds since 1970",
        Kind::Time(TimeUnit::Rfc3339) => "a time as RFC 3339 writes it",
        Kind::Texts => "an array of strings",
        Kind::Number => "a finite number",
        Kind::Any => "any value",
    }
}
