//! Numbers and colours as people read them at a terminal.

use anstyle::{AnsiColor, Style};

/// Bold text.
pub const BOLD: Style = Style::new().bold();
/// Dimmed text.
pub const DIM: Style = Style::new().dimmed();

/// The style of a colour.
#[must_use]
pub fn colour(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(colour.into()))
}

/// The style of a severity by its rank, 0 the gravest.
#[must_use]
pub fn graded(rank: u8) -> Style {
    match rank {
        0 => colour(AnsiColor::Red).bold(),
        1 => colour(AnsiColor::Yellow),
        2 => colour(AnsiColor::Cyan),
        _ => DIM,
    }
}

/// A number with thousands apart.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of things: `1 run`, `1,310 runs`.
#[must_use]
pub fn plural(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// The first of some names, and how many more there are: `a, b and 3 more`.
#[must_use]
pub fn listed(names: impl ExactSizeIterator<Item = impl std::fmt::Display>, most: usize) -> String {
    let more = names.len().saturating_sub(most);
    let shown = names.take(most).map(|name| name.to_string()).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// A text of at most so many characters, cut behind a word where one ends in its last third.
#[must_use]
pub fn fitting(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    let is_whole = text[kept.len()..].starts_with(' ');
    let end = kept.rfind(' ').filter(|end| !is_whole && end * 3 > kept.len() * 2).unwrap_or(kept.len());
    format!("{}…", kept[..end].trim_end_matches([' ', ',', ';', ':']))
}

/// The first line of a text that says something.
#[must_use]
pub fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty())
}

/// Bytes in decimal units.
#[must_use]
pub fn bytes(number: f64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = number;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{value:.0} B") } else { format!("{value:.*} {}", usize::from(value < 99.95), UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_ends_behind_a_word() {
        assert_eq!(fitting("expected three, got four", 24), "expected three, got four");
        assert_eq!(fitting("expected three, got four", 20), "expected three, got…");
        assert_eq!(fitting("expected three, got four", 17), "expected three…");
        assert_eq!(fitting("averyverylongnameofone", 10), "averyvery…");
        assert_eq!(fitting("äöü", 2), "ä…");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(plural(1, "run"), "1 run");
        assert_eq!([0.0, 999.0, 1500.0, 2.0e9, 133.0e6].map(bytes), ["0 B", "999 B", "1.5 kB", "2.0 GB", "133 MB"]);
    }
}
