//! A history in few characters.

use std::fmt::Write;

/// `PPPFF` as `P3F2`.
pub(crate) fn run_length(marks: impl Iterator<Item = char>) -> String {
    let marks: Vec<char> = marks.collect();
    marks.chunk_by(|a, b| a == b).fold(String::new(), |mut out, run| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{}{}", run[0], run.len());
        out
    })
}

/// `P3F2` as `PPPFF`; what does not read so ends it. For texts of [`run_length`] alone: a number may ask for any memory.
pub(crate) fn marks(text: &str) -> Vec<u8> {
    let mut marks = Vec::new();
    let mut rest = text.as_bytes();
    while let [mark, digits @ ..] = rest {
        let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
        let Ok(number) = text[text.len() - digits.len()..][..end].parse::<usize>() else { break };
        marks.resize(marks.len() + number, *mark);
        rest = &digits[end..];
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_lead_back_to_the_runs() {
        for text in ["", "PPPFF", "?.MMMMMMMMMMMMxP"] {
            assert_eq!(marks(&run_length(text.chars())), text.as_bytes());
        }
    }
}
