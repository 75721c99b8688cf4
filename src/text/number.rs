//! Numbers as reports write them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A float that is written with 9 significant digits in its shortest form; -0 as 0, what is not finite as null.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Rounded(pub f64);

impl Rounded {
    /// The value that is written; `None` when it is not finite.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        // Adding 0 turns -0 into 0.
        self.0.is_finite().then(|| format!("{:.8e}", self.0).parse::<f64>().unwrap_or(self.0) + 0.0)
    }
}

impl Serialize for Rounded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.value() {
            Some(value) => serializer.serialize_f64(value),
            None => serializer.serialize_none(),
        }
    }
}

/// What is written as null is not a number.
impl<'de> Deserialize<'de> for Rounded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN)))
    }
}

#[cfg(test)]
mod tests {
    use super::Rounded;

    #[test]
    fn nine_digits_and_no_strange_values() {
        let written = |value: f64| serde_json::to_string(&Rounded(value)).unwrap();
        assert_eq!(written(1.0 / 3.0), "0.333333333");
        assert_eq!(written(0.1 + 0.2), "0.3");
        assert_eq!(written(-0.0), "0.0");
        assert_eq!(written(f64::NAN), "null");
        assert_eq!(written(f64::INFINITY), "null");
        assert_eq!(written(123_456_789_012.0), "123456789000.0");
    }
}
