//! Changes of benchmarks for the worse that somebody took for good.

use jiff::civil::Date;

use crate::benchmark::Accepted;
use crate::definition::{Faults, Section};

/// A change that was accepted, by whom and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedChange {
    /// The lane and the run since which it is worse.
    pub change: Accepted,
    /// Who took it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds; for good without one.
    pub until: Option<Date>,
}

impl AcceptedChange {
    /// Whether it still holds.
    #[must_use]
    pub fn holds(&self, today: Date) -> bool {
        self.until.is_none_or(|until| today <= until)
    }

    /// The entry of a policy that says so.
    #[must_use]
    pub fn entry(&self) -> String {
        // A basic string of TOML escapes what one of JSON does, and DEL.
        let quoted = |text: &str| serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f");
        let Accepted { lane, run } = &self.change;
        let until = self.until.map_or_else(String::new, |until| format!("until = {until}\n"));
        format!(
            "\n[[benchmark.accepted]]\nlane = {}\nrun = {}\nowner = {}\nreason = {}\n{until}",
            quoted(lane),
            quoted(run),
            quoted(&self.owner),
            quoted(&self.reason)
        )
    }
}

pub(super) fn read(sections: &[Section<'_>], faults: &mut Faults<'_>) -> Vec<AcceptedChange> {
    let one = |section: &Section<'_>| {
        section.refuse_unknown(&["lane", "run", "owner", "reason", "until"], faults);
        let mut text = |key| section.required_text(key, faults).map(|text| text.value.to_owned());
        let [lane, run, owner, reason] = ["lane", "run", "owner", "reason"].map(&mut text);
        let until = section.entry("until").and_then(|_| section.required_date("until", faults)).map(|date| date.value);
        Some(AcceptedChange { change: Accepted { lane: lane?, run: run? }, owner: owner?, reason: reason?, until })
    };
    sections.iter().filter_map(one).collect()
}
