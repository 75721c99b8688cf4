//! Numbers printed without floating point, so that every machine prints the same digits.

use std::fmt;

/// A decimal number in thousandths: `-0.667`, `5.0`.
#[derive(Clone, Copy)]
pub(crate) struct Thousandths(pub(crate) i64);

impl fmt::Display for Thousandths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 1000, self.0.unsigned_abs() % 1000);
        match part {
            0 => write!(f, "{sign}{whole}.0"),
            p if p % 100 == 0 => write!(f, "{sign}{whole}.{}", p / 100),
            p if p % 10 == 0 => write!(f, "{sign}{whole}.{:02}", p / 10),
            p => write!(f, "{sign}{whole}.{p:03}"),
        }
    }
}

/// A computed value: mostly a short one, seldom one of full precision, as
/// seldom one with an exponent.
#[derive(Clone, Copy)]
pub(crate) struct Computed(pub(crate) u64);

impl fmt::Display for Computed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 & 1 == 1 { "-" } else { "" };
        let digits = (self.0 >> 1) % 1_000_000_000_000_000;
        let whole = (self.0 >> 57) % 8;
        match (self.0 >> 60) % 16 {
            0 => write!(f, "{sign}{}.{digits:015}e-{}", 1 + whole, 5 + digits % 9),
            1 => write!(f, "{sign}{whole}.{digits:015}"),
            _ => write!(f, "{sign}{}", Thousandths(i64::from((digits % 32) as u8) * 125)),
        }
    }
}

/// A list of values between brackets.
pub(crate) struct List<'a, T>(pub(crate) &'a [T]);

impl<T: fmt::Display> fmt::Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, value) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            write!(f, "{value}")?;
        }
        f.write_str("]")
    }
}

/// A list of strings between brackets, each quoted as it is.
pub(crate) struct Texts<'a>(pub(crate) &'a [&'a str]);

impl fmt::Display for Texts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, value) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            write!(f, "\"{value}\"")?;
        }
        f.write_str("]")
    }
}
