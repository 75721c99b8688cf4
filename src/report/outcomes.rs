//! What is said where records neither passed nor failed, and where none failed: for pages that hold no text of a log
//! outside of their data in words of ours alone.

use crate::archive::Unjudged;
use crate::text::terminal::{count, plural};

/// What to do about words that a profile does not know.
pub(super) const NAME_THEM: &str = "name these words as pass, fail or excluded in [outcome] of the profile \
                                    (relapse profiles show NAME prints a built-in one to start from)";

/// How many records are of unknown outcome, in words of ours alone; `None` where there are none.
pub(super) fn unknown(unjudged: &Unjudged) -> Option<String> {
    let records = unjudged.unknown_outcomes();
    let have = if records == 1 { "has" } else { "have" };
    (records > 0).then(|| format!("{} {have} an outcome that the profile does not name", plural(records, "record")))
}

/// The same with the log's words.
pub(super) fn unknown_words(unjudged: &Unjudged) -> Option<String> {
    unknown(unjudged).map(|unknown| format!("{unknown}: {}", unjudged.listed()))
}

/// The headline where no record of so many failed, in words of ours alone: an all-clear only where something passed, and
/// everything else is known. `is_whole`: whether all of the input could be read.
pub(super) fn none_failed(records: u64, unjudged: &Unjudged, is_whole: bool) -> String {
    let (excluded, unknown) = (unjudged.excluded(), unjudged.unknown_outcomes());
    let nothing_judged = records <= excluded + unknown;
    match unknown {
        0 if excluded > 0 && nothing_judged => {
            format!("No record passed or failed: {} excluded by the outcome's word", all_are(excluded))
        }
        0 if is_whole => "Nothing failed".to_owned(),
        0 => "Nothing is known to have failed, but not everything could be read".to_owned(),
        _ if nothing_judged => "No record has a known outcome".to_owned(),
        _ => format!(
            "Nothing is known to have failed, but the outcome of {} of {} records is unknown",
            count(unknown),
            count(records)
        ),
    }
}

/// The same as a sentence with the log's words.
pub(super) fn none_failed_words(records: u64, unjudged: &Unjudged, is_whole: bool) -> String {
    let headline = none_failed(records, unjudged, is_whole);
    if unjudged.unknown_outcomes() > 0 { format!("{headline}: {}.", unjudged.listed()) } else { headline + "." }
}

fn all_are(number: u64) -> String {
    if number == 1 { "the only one is".to_owned() } else { format!("all {} are", count(number)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unjudged(excluded: u64, words: &[&str]) -> Unjudged {
        let mut unjudged = Unjudged::default();
        (0..excluded).for_each(|_| unjudged.exclude());
        for word in words {
            unjudged.unknown(word);
        }
        unjudged
    }

    #[test]
    fn only_what_passed_is_an_all_clear() {
        for (records, excluded, words, said) in [
            (3, 0, &[][..], "Nothing failed."),
            (3, 2, &[], "Nothing failed."),
            (3, 3, &[], "No record passed or failed: all 3 are excluded by the outcome's word."),
            (1, 1, &[], "No record passed or failed: the only one is excluded by the outcome's word."),
            (2, 0, &["PASS", "PASS"], "No record has a known outcome: `PASS` (2)."),
            (2, 1, &["PASS"], "No record has a known outcome: `PASS` (1)."),
            (9, 1, &["x"], "Nothing is known to have failed, but the outcome of 1 of 9 records is unknown: `x` (1)."),
        ] {
            assert_eq!(none_failed_words(records, &unjudged(excluded, words), true), said);
        }
        let lost = none_failed_words(3, &unjudged(0, &[]), false);
        assert_eq!(lost, "Nothing is known to have failed, but not everything could be read.");
    }

    #[test]
    fn what_is_unknown_is_told_with_its_words() {
        assert_eq!(unknown_words(&unjudged(4, &[])), None);
        let told = unknown_words(&unjudged(0, &["a", "b", "b"])).unwrap();
        assert_eq!(told, "3 records have an outcome that the profile does not name: `b` (2), `a` (1)");
    }
}
