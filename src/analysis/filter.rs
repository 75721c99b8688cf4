//! What a sweep's filters left: figures of a part must not read as figures of everything.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sweep::{Bound, Outcome, Span};
use crate::text::terminal::plural;

/// Between which moments records counted; what was asked for relative to the newest run is fixed here.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize, Deserialize)]
pub struct TimeWindow {
    /// First moment that counts, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// First moment that counts no more, as RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl TimeWindow {
    fn of(span: Span) -> Option<Self> {
        let [since, until] = span.ends().map(|end| end.map(|ms| Bound::At(ms).to_string()));
        (since.is_some() || until.is_some()).then_some(Self { since, until })
    }

    /// Whether it leaves out nothing of what began at a moment, for being too early.
    #[must_use]
    pub fn begins_by(&self, began_ms: Option<i64>) -> bool {
        match self.since.as_ref().map(|since| since.parse()) {
            Some(Ok(Bound::At(since))) => began_ms.is_some_and(|began| since < began),
            _ => true,
        }
    }

    /// Whether a later sweep's window is this one moved on: each end at the same moment or later, with an open end behind all.
    #[must_use]
    pub fn moves_on_to(&self, later: &Self) -> bool {
        let at = |end: &Option<String>| match end.as_ref().map(|end| end.parse()) {
            Some(Ok(Bound::At(ms))) => Some(ms),
            _ => None,
        };
        let until = |window: &Self| at(&window.until).unwrap_or(i64::MAX);
        self.since.is_some() == later.since.is_some()
            && at(&self.since) <= at(&later.since)
            && until(self) <= until(later)
    }

    /// `since 2026-01-05T00:00:00Z, until 2026-01-12T00:00:00Z`.
    #[must_use]
    pub fn told(&self) -> String {
        let ends = [("since", &self.since), ("until", &self.until)];
        let ends = ends.into_iter().filter_map(|(what, end)| Some(format!("{what} {}", end.as_ref()?)));
        ends.collect::<Vec<_>>().join(", ")
    }
}

/// What a sweep's filters left.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema, Serialize)]
pub struct Filter {
    /// Only this packet's records count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packet: Option<String>,
    /// Only records of these times do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<TimeWindow>,
    /// Records that were left out.
    pub left_out: u64,
}

impl Filter {
    /// ` of packet A, since 2026-01-05T00:00:00Z (12 records left out)`; empty where everything counts. `show` makes a text
    /// from a log fit for where it is shown.
    #[must_use]
    pub fn told(&self, show: impl Fn(&str) -> String) -> String {
        let packet = self.packet.as_deref().map(|packet| format!(" of packet {}", show(packet)));
        let window = self.window.as_ref().map(|window| format!(" {}", window.told()));
        let by: Vec<String> = packet.into_iter().chain(window).collect();
        match (by.is_empty(), self.left_out) {
            (true, _) => String::new(),
            (false, 0) => by.join(","),
            (false, records) => format!("{} ({} left out)", by.join(","), plural(records, "record")),
        }
    }
}

impl Outcome {
    /// What its filters left; of partials, theirs.
    #[must_use]
    pub fn filter(&self) -> Filter {
        let span = if self.sweep.is_elsewhere { self.sweep.window_elsewhere.fixed(None) } else { self.span };
        let left_out = self.ledger.totals().counts.filtered;
        Filter { packet: self.sweep.packet.clone(), window: TimeWindow::of(span), left_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_moved_on_is_told_from_another_one() {
        let window = |since: &str, until: &str| {
            let end = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            TimeWindow { since: end(since), until: end(until) }
        };
        let [first, second] = ["2026-01-05T00:00:00Z", "2026-01-05T00:00:00.5Z"];
        for (one, other, moves_on) in [
            (window(first, ""), window(first, ""), true),
            (window(first, ""), window(second, ""), true),
            (window(second, ""), window(first, ""), false),
            (window(first, ""), window("", ""), false),
            (window("", first), window("", second), true),
            (window("", first), window(first, second), false),
            (window("", first), window("", ""), true),
            (window("", ""), window("", first), false),
        ] {
            assert_eq!(one.moves_on_to(&other), moves_on, "{one:?} {other:?}");
        }
        let filter = Filter { packet: Some("A".into()), window: Some(window(first, second)), left_out: 1 };
        assert_eq!(
            filter.told(str::to_owned),
            " of packet A, since 2026-01-05T00:00:00Z, until 2026-01-05T00:00:00.5Z (1 record left out)"
        );
        assert_eq!(Filter { left_out: 3, ..Filter::default() }.told(str::to_owned), "");
    }
}
