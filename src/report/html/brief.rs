//! Numbers as a page shows them.

use serde::{Serialize, Serializer};

use crate::text::number::Rounded;

/// A float with 4 significant digits; not finite is null. More would be bytes that nobody sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Brief(pub(super) f64);

impl From<Rounded> for Brief {
    fn from(value: Rounded) -> Self {
        Self(value.0)
    }
}

impl Serialize for Brief {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = format!("{:.3e}", self.0).parse::<f64>().unwrap_or(self.0) + 0.0;
        if !value.is_finite() {
            serializer.serialize_none()
        } else if value.fract() == 0.0 && value.abs() < 1e15 {
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
            serializer.serialize_i64(value as i64)
        } else {
            serializer.serialize_f64(value)
        }
    }
}

pub(super) fn brief(value: Option<Rounded>) -> Option<Brief> {
    value.map(Brief::from)
}
