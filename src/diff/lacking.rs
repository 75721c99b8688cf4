//! What a sweep could not read, or does not know the meaning of, as its output says itself: whoever reads that output
//! later must hear of it, too.

use std::collections::BTreeMap;
use std::io::BufReader;

use serde::Deserialize;

use super::answer::AnswerFiles;
use crate::archive::Unjudged;
use crate::file_names::LEDGER;
use crate::sweep::Words;
use crate::text::terminal::plural;

/// What a sweep read and lost.
#[derive(Deserialize)]
pub(crate) struct LedgerFile {
    #[serde(default)]
    profiles: Words,
    pub(crate) totals: Totals,
    #[serde(default)]
    skipped: Vec<Skipped>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Totals {
    parsed: u64,
    pub(crate) benchmark_lines: u64,
    pub(crate) rejected: u64,
    pub(crate) damaged_archives: u64,
    excluded: u64,
    pub(crate) unknown_outcomes: u64,
    unknown_outcomes_by_word: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Skipped {
    #[serde(default)]
    is_loss: bool,
}

/// What a sweep lacks, in a sentence without an end; `None` where everything was read and understood. It holds words of
/// the log's.
#[must_use]
pub fn lacking(files: &AnswerFiles) -> Option<String> {
    read_ledger(files).1
}

/// What the words of outcomes meant to a sweep, as far as it says so, and what it lacks.
pub(super) fn read_ledger(files: &AnswerFiles) -> (Words, Option<String>) {
    let unknown = "whether everything could be read is not known";
    let file = match files.file(LEDGER) {
        Ok(file) => BufReader::with_capacity(1 << 18, file),
        Err(_) => return (Words::new(), Some(format!("{unknown}, since there is no ledger.json"))),
    };
    match serde_json::from_reader::<_, LedgerFile>(file) {
        Ok(ledger) => {
            let lacking = ledger.lacking();
            (ledger.profiles, lacking)
        }
        Err(error) => (Words::new(), Some(format!("{unknown}, since ledger.json cannot be read ({error})"))),
    }
}

impl LedgerFile {
    /// Archives that could not be read at all.
    pub(crate) fn unreadable_archives(&self) -> u64 {
        self.skipped.iter().filter(|skipped| skipped.is_loss).count() as u64
    }

    /// As [`fn@lacking`].
    pub(crate) fn lacking(&self) -> Option<String> {
        let totals = &self.totals;
        let lost = [
            (totals.damaged_archives, "damaged archive"),
            (self.unreadable_archives(), "unreadable archive"),
            (totals.rejected, "rejected line"),
        ];
        let lost: Vec<String> =
            lost.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| plural(number, what)).collect();
        let mut parts = Vec::new();
        if totals.benchmark_lines > 0 && totals.parsed == totals.benchmark_lines {
            parts.push("no result of a test was read, but benchmark lines".to_owned());
        }
        if !lost.is_empty() {
            parts.push(format!("not everything could be read ({})", lost.join(", ")));
        }
        if totals.unknown_outcomes > 0 {
            let words = totals.unknown_outcomes_by_word.clone().into_iter().collect();
            let words = Unjudged::of_counts(totals.excluded, totals.unknown_outcomes, words);
            let words = words.map_or_else(String::new, |words| format!(" ({})", words.listed()));
            parts.push(format!(
                "{} of unknown outcome{words} count as neither",
                plural(totals.unknown_outcomes, "record")
            ));
        }
        (!parts.is_empty()).then(|| format!("{}: failures may be missing", parts.join(", and ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_ledger_lacks_is_told() {
        let said = |json: &str| serde_json::from_str::<LedgerFile>(json).unwrap().lacking();
        assert_eq!(said(r#"{"totals": {"rejected": 0, "excluded": 5}, "skipped": [{"path": "x"}]}"#), None);
        assert_eq!(
            said(r#"{"totals": {"rejected": 2, "damaged_archives": 1}, "skipped": [{"is_loss": true}]}"#).unwrap(),
            "not everything could be read (1 damaged archive, 1 unreadable archive, 2 rejected lines): failures may be missing"
        );
        let words =
            r#"{"totals": {"rejected": 1, "unknown_outcomes": 3, "unknown_outcomes_by_word": {"a": 1, "b": 2}}}"#;
        assert_eq!(
            said(words).unwrap(),
            "not everything could be read (1 rejected line), and 3 records of unknown outcome (`b` (2), `a` (1)) count as \
             neither: failures may be missing"
        );
    }
}
