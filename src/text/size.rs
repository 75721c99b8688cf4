//! Sizes as people write them.

/// Bytes of `64MiB`, `1GB`, `512k` or `1000`: decimal units with B or none, binary ones with an i.
///
/// # Errors
/// What is wrong with the text, in words.
pub fn parse(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| "expected a number and a unit, as in 64MiB or 1GB".to_owned())?;
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1000 * 1000,
        "g" | "gb" => 1000 * 1000 * 1000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        other => return Err(format!("unknown unit `{other}`, known: B, kB, MB, GB, KiB, MiB, GiB")),
    };
    number.checked_mul(factor).filter(|&size| size > 0).ok_or_else(|| "a size of 1 byte to 2^64 - 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn units_are_read() {
        for (text, size) in [("1000", 1000), ("64MiB", 64 << 20), ("1GB", 1_000_000_000), ("2k", 2000)] {
            assert_eq!(parse(text), Ok(size));
        }
        for text in ["", "MiB", "1 parsec", "0", "-1", "99999999999GiB"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
