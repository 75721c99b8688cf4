//! Measured values as people read them.

/// Four significant digits.
pub(super) fn number(value: f64) -> String {
    let magnitude = if value == 0.0 { 0.0 } else { value.abs().log10().floor() };
    if !(-4.0..9.0).contains(&magnitude) {
        return format!("{value:.3e}");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "-4 to 9")]
    let digits = (3.0 - magnitude).max(0.0) as usize;
    format!("{value:.digits$}")
}

/// A value with its unit, times and sizes in the unit that suits them.
pub(super) fn value(value: f64, unit: &str) -> String {
    const TIMES: [(&str, f64); 4] = [("s", 1e9), ("ms", 1e6), ("us", 1e3), ("ns", 1.0)];
    const SIZES: [(&str, f64); 4] = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("bytes", 1.0)];
    for table in [TIMES, SIZES] {
        if let Some((_, factor)) = table.iter().find(|(name, _)| *name == unit) {
            let base = value * factor;
            let (name, suiting) = table.iter().find(|(_, suiting)| base >= *suiting).unwrap_or(&table[3]);
            return format!("{} {name}", number(value * (factor / suiting)));
        }
    }
    if unit.is_empty() { number(value) } else { format!("{} {unit}", number(value)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_and_a_fitting_unit() {
        for (given, unit, expected) in [
            (5.555_745, "ms", "5.556 ms"),
            (0.870_922, "ms", "870.9 us"),
            (2_457_318.4, "ns", "2.457 ms"),
            (0.25, "ns", "0.2500 ns"),
            (90.0, "s", "90.00 s"),
            (1536.0, "bytes", "1.536 kB"),
            (123_456.7, "/s", "123457 /s"),
            (7.0, "", "7.000"),
            (1e300, "points", "1.000e300 points"),
            (f64::MAX, "s", "1.798e308 s"),
            (1e-300, "ns", "1.000e-300 ns"),
            (0.0, "x", "0.000 x"),
        ] {
            assert_eq!(value(given, unit), expected);
        }
    }
}
