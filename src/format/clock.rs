//! Times as formats write them.

/// Milliseconds since 1970 of an RFC 3339 time.
pub(super) fn milliseconds(time: &[u8]) -> Option<i64> {
    if let Some(time) = plain(time) {
        return Some(time).filter(|&time| time > 0);
    }
    let time: jiff::Timestamp = std::str::from_utf8(time).ok()?.parse().ok()?;
    // An unset time is that of 1970 or of year 1.
    Some(time.as_millisecond()).filter(|&time| time > 0)
}

/// The same of `2026-01-02T03:04:05.678Z`, as most write it, at a tenth of the cost; nothing for what is written otherwise.
fn plain(time: &[u8]) -> Option<i64> {
    let (date, rest) = time.split_first_chunk::<19>()?;
    let [_, _, _, _, b'-', _, _, b'-', _, _, b'T', _, _, b':', _, _, b':', _, _] = date else { return None };
    let digit = |at: usize| date.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0'));
    let two = |at: usize| Some(digit(at)? * 10 + digit(at + 1)?);
    let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    // Days that not every month has, and leap seconds, are left to those who know them.
    if !(1..=12).contains(&month) || !(1..=28).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut milliseconds = 0;
    match rest.strip_prefix(b".") {
        None if rest == b"Z" => {}
        None => return None,
        Some(fraction) => {
            let fraction = fraction.strip_suffix(b"Z")?;
            if !(1..=9).contains(&fraction.len()) || !fraction.iter().all(u8::is_ascii_digit) {
                return None;
            }
            for at in 0..3 {
                milliseconds = milliseconds * 10 + fraction.get(at).map_or(0, |byte| i64::from(byte - b'0'));
            }
        }
    }
    // Years begin with March, so that the day of leap years is their last: <https://howardhinnant.github.io/date_algorithms.html>.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day - 1;
    Some(((days - 719_468) * 86_400 + hour * 3600 + minute * 60 + second) * 1000 + milliseconds)
}

/// Milliseconds since 1970 of seconds since 1970.
pub(super) fn of_seconds(seconds: f64) -> Option<i64> {
    let milliseconds = (seconds * 1000.0).round();
    // Beyond, it is no time, and the number may not fit.
    #[expect(clippy::cast_possible_truncation, reason = "it is checked")]
    (milliseconds > 0.0 && milliseconds < 1e15).then_some(milliseconds as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_quick_way_is_that_of_the_calendar(
            ms in -62_000_000_000_000_i64..253_000_000_000_000, digits in 0_usize..10, more in 0_u32..1_000_000,
        ) {
            let time = jiff::Timestamp::from_millisecond(ms).unwrap();
            let head = time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
            let fraction = format!("{:03}{more:06}", ms.rem_euclid(1000));
            let text = if digits == 0 { format!("{head}Z") } else { format!("{head}.{}Z", &fraction[..digits]) };
            let whole = text.parse::<jiff::Timestamp>().unwrap().as_nanosecond().div_euclid(1_000_000);
            if let Some(quick) = plain(text.as_bytes()) {
                prop_assert_eq!(i128::from(quick), whole, "{}", text);
            } else {
                prop_assert!(head[8..10].parse::<u8>().unwrap() > 28, "{}", text);
            }
        }
    }

    #[test]
    fn what_is_written_otherwise_is_left_to_others() {
        for text in [
            "",
            "2026-01-02T03:04:05",
            "2026-01-02T03:04:05.Z",
            "2026-01-02T03:04:05+01:00",
            "2026-13-02T03:04:05Z",
            "2026-01-02 03:04:05Z",
            "2026-01-02T24:04:05Z",
            "202x-01-02T03:04:05Z",
            "2026-01-02T03:04:05.1234567890Z",
        ] {
            assert_eq!(plain(text.as_bytes()), None, "{text}");
        }
        assert_eq!(milliseconds(b"2026-01-02T04:04:05+01:00"), milliseconds(b"2026-01-02T03:04:05Z"));
        assert_eq!(milliseconds(b"1969-12-28T03:04:05Z"), None);
    }
}
