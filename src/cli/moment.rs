//! Moments as people write them.

use jiff::SignedDuration;

use crate::record::nanoseconds;
use crate::sweep::Bound;

/// RFC 3339, or a span such as `7d`, `24h` or `90m` back from the newest run's first record.
pub(super) fn parse(text: &str) -> Result<Bound, String> {
    // The first whole millisecond from there on: a record before the moment is on its other side.
    let whole = |moment: i128| (moment + 999_999).div_euclid(1_000_000);
    if let Some(moment) = nanoseconds(text).and_then(|moment| i64::try_from(whole(moment)).ok()) {
        return Ok(Bound::At(moment));
    }
    let expected = || format!("failed to read `{text}` as RFC 3339 or as a span back, such as 7d or 24h");
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(expected)?;
    let (number, unit) = text.split_at(digits);
    let number: i64 = number.parse().map_err(|_| expected())?;
    let seconds = match unit {
        "w" => 7 * 86_400,
        "d" => 86_400,
        "h" => 3600,
        "m" | "min" => 60,
        "s" => 1,
        _ => return Err(expected()),
    };
    let span = number.checked_mul(seconds).map(SignedDuration::from_secs).ok_or_else(expected)?;
    i64::try_from(span.as_millis()).map(Bound::Back).map_err(|_| expected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_spans() {
        assert_eq!(parse("1970-01-01T00:00:01Z"), Ok(Bound::At(1000)));
        assert_eq!(parse("1970-01-01T01:00:00.5+01:00"), Ok(Bound::At(500)));
        assert_eq!(
            parse("1970-01-01T01:00:00.5+01:00").map(|bound| bound.to_string()),
            Ok("1970-01-01T00:00:00.5Z".into())
        );
        assert_eq!(parse("1970-01-01T00:00:00.0005Z"), Ok(Bound::At(1)));
        assert_eq!(parse("1970-01-01T00:00:00.000000001Z"), Ok(Bound::At(1)));
        assert_eq!(parse("1970-01-01T00:00:00.001Z"), Ok(Bound::At(1)));
        assert_eq!(parse("1969-12-31T23:59:59.9995Z"), Ok(Bound::At(0)));
        assert_eq!(parse("9999-12-31T23:59:59Z"), Ok(Bound::At(253_402_300_799_000)));
        assert_eq!(parse("7d"), Ok(Bound::Back(604_800_000)));
        assert_eq!(parse("24h"), Ok(Bound::Back(86_400_000)));
        let shown = |text| parse(text).map(|bound| bound.to_string());
        assert_eq!(
            ["1w", "24h", "90m", "45s", "25h"].map(shown),
            ["7d", "1d", "90min", "45s", "25h"].map(|it| Ok(it.into()))
        );
        for text in ["", "7", "d", "7y", "-7d", "yesterday", "99999999999999999d"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
