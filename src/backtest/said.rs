//! What was said of a scenario on a date.

use super::whole::{Between, Whole};
use crate::recurrence::{Kind, Recurrence, Verdict};

/// A verdict, and what it rests on.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) verdict: Verdict,
    pub(super) kind: Kind,
    /// Where it came to fail more, the newest last.
    pub(super) rises: Vec<Between>,
    /// Whether a quarantine had ended.
    pub(super) is_released: bool,
}

impl Said {
    /// Where what is announced began: of a regression or a relapse.
    pub(super) fn began(&self) -> Option<Between> {
        let is_change = matches!(self.verdict, Verdict::Regressed | Verdict::Relapsed);
        self.rises.last().filter(|_| is_change).copied()
    }
}

/// What was said of each scenario of the whole history; nothing of those that had not failed yet.
pub(super) fn said(judged: &Recurrence, whole: &Whole) -> Vec<Option<Said>> {
    let mut of = vec![None; whole.scenarios.len()];
    for row in &judged.scenarios {
        let Some(number) = whole.number(judged, row) else { continue };
        of[number] = Some(Said {
            verdict: row.judged.verdict,
            kind: row.judged.kind,
            rises: whole.rises(row).map(|(_, between)| between).collect(),
            is_released: row.quarantine.state == "released",
        });
    }
    of
}
