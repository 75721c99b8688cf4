//! Names of runs, and what their numbers say of order.

use std::cmp::Ordering;

/// Compares names with their numbers by value: r2 comes before r10.
#[must_use]
pub fn by_number(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (text_a, rest_a) = a.split_at(a.find(is_digit).unwrap_or(a.len()));
        let (text_b, rest_b) = b.split_at(b.find(is_digit).unwrap_or(b.len()));
        let texts = text_a.as_bytes().cmp(text_b.as_bytes());
        if texts.is_ne() || rest_a.is_empty() || rest_b.is_empty() {
            return texts.then(rest_a.len().min(1).cmp(&rest_b.len().min(1)));
        }
        let (number_a, behind_a) = rest_a.split_at(rest_a.find(|c| !is_digit(c)).unwrap_or(rest_a.len()));
        let (number_b, behind_b) = rest_b.split_at(rest_b.find(|c| !is_digit(c)).unwrap_or(rest_b.len()));
        let [value_a, value_b] = [number_a, number_b].map(|number| number.trim_start_matches('0'));
        // Numbers of any length.
        let numbers = value_a.len().cmp(&value_b.len()).then_with(|| value_a.cmp(value_b));
        if numbers.is_ne() {
            return numbers;
        }
        (a, b) = (behind_a, behind_b);
    }
}

/// The numbers of a name, as they are written.
pub(super) fn numbers(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c| !is_digit(c)).filter(|number| !number.is_empty())
}

/// A name without its numbers: runs of one shape were named by one rule.
#[must_use]
pub fn shape(name: &str) -> String {
    let mut shape = String::with_capacity(name.len());
    for c in name.chars() {
        if !is_digit(c) {
            shape.push(c);
        } else if !shape.ends_with('0') {
            shape.push('0');
        }
    }
    shape
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value() {
        let names = ["", "1", "r", "r1", "r02", "r2x", "r10", "r10-a", "r10-b2", "r10-b11", "s1"];
        for (at, a) in names.iter().enumerate() {
            for (other, b) in names.iter().enumerate() {
                assert_eq!(by_number(a, b), at.cmp(&other), "{a} {b}");
            }
        }
        assert_eq!(by_number("r007", "r7"), Ordering::Equal);
        assert_eq!(by_number("r99999999999999999999999", "r100000000000000000000000"), Ordering::Less);
    }

    #[test]
    fn shapes_forget_numbers() {
        assert_eq!(["run-07/2", "run-123/45", "r7"].map(shape), ["run-0/0", "run-0/0", "r0"]);
    }
}
