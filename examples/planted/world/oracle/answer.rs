//! What a scenario is called.

/// A verdict, its sub-label and its headline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The verdict.
    pub(crate) verdict: &'static str,
    /// The sub-label.
    pub(crate) label: Option<&'static str>,
    /// The headline.
    pub(crate) kind: &'static str,
}

pub(super) const DETERMINISTIC: &str = "deterministic";
pub(super) const FLAKY: &str = "flaky";
pub(super) const NONE: &str = "none";
pub(super) const RESOLVED: &str = "resolved";
pub(super) const UNPROVEN: &str = "unproven";

pub(super) const fn plain(verdict: &'static str, kind: &'static str) -> Answer {
    Answer { verdict, label: None, kind }
}

pub(super) const fn labelled(verdict: &'static str, label: &'static str, kind: &'static str) -> Answer {
    Answer { verdict, label: Some(label), kind }
}
