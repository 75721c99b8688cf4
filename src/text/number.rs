//! Numbers as reports write them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A float that is written with 9 significant digits in its shortest form; -0 as 0, what is not finite as null.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Rounded(pub f64);

impl Rounded {
    /// The value that is written; `None` when it is not finite.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        let value = self.0;
        // Adding 0 turns -0 into 0.
        value.is_finite().then(|| nine_digits(value).unwrap_or_else(|| by_text(value)) + 0.0)
    }
}

/// A share in per cent, without the sign: two digits, or one behind the point from 1 on.
pub(crate) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        99.95.. => "100".to_owned(),
        1.0.. => format!("{percent:.1}"),
        0.001.. => format!("{percent:.2}"),
        _ => "less than 0.001".to_owned(),
    }
}

/// A value with 9 significant digits.
fn by_text(value: f64) -> f64 {
    format!("{value:.8e}").parse().unwrap_or(value)
}

/// The same in much less time, where it is sure: of values below 1e9 that are not tiny, and no tie.
fn nine_digits(value: f64) -> Option<f64> {
    if value == 0.0 {
        return Some(value);
    }
    let size = value.abs();
    let power = POWERS.iter().take_while(|&power| size * power < 1e8).count();
    let (power, scaled) = POWERS.get(power).map(|power| (power, value * power))?;
    // Of what is below 1e9, the product's error is below 1e-6.
    let is_sure = scaled.abs() < 1e9 - 1.0 && (scaled.fract().abs() - 0.5).abs() > 1e-6;
    // Both are whole numbers that a float holds exactly, so that their quotient is the float next to the decimal, as that of a
    // text is (Clinger, "How to read floating point numbers accurately", 1990).
    is_sure.then(|| scaled.round() / power)
}

/// The powers of ten that a float holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

crate::written::written_as!(Rounded, Option<f64>);

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
    use proptest::prelude::*;

    use super::{Rounded, by_text, nine_digits};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn digits_are_those_of_the_text(
            value in prop_oneof![
                any::<f64>(),
                -1.0..1.0,
                -1e9..1e9,
                (-1000..1000_i32, 1..1000_i32).prop_map(|(a, b)| f64::from(a) / f64::from(b)),
                (0..2_000_000_001_i64, 0..25_i32).prop_map(|(n, k)| n as f64 / 2.0 * 10f64.powi(-k)),
            ],
        ) {
            prop_assert!(nine_digits(value).is_none_or(|short| short.to_bits() == by_text(value).to_bits()), "{:e}", value);
        }
    }

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
