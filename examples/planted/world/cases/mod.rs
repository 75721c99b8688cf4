//! The planted cases, a family of verdicts a file.

mod bursty;
mod flaky;
mod mended;
mod quiet;
mod returned;
mod steady;
mod unproven;
mod worsened;
mod young;

use super::records::Draw;
use super::series::Series;
use super::stage::Stage;

/// A history as it was drawn.
pub(crate) struct Drawn {
    /// The history.
    pub(crate) series: Series,
    /// How it was planted.
    pub(crate) why: String,
}

impl Drawn {
    pub(super) fn new(series: Series, why: impl Into<String>) -> Self {
        Self { series, why: why.into() }
    }
}

/// The corpora that can hold a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fits {
    /// All.
    Anywhere,
    /// Those with mass failures that are set aside.
    Outages,
    /// Those whose runs name their revision.
    Revisions,
    /// Those whose runs do not.
    NoRevisions,
    /// Those with three runs a day or more: what fails on a weekday fails in a row.
    SeveralADay,
}

impl Fits {
    /// Whether the corpus can hold the case.
    pub(crate) fn on(self, stage: &Stage) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Outages => !stage.outages.is_empty(),
            Self::Revisions => stage.revisions.is_some(),
            Self::NoRevisions => stage.revisions.is_none(),
            Self::SeveralADay => stage.runs_a_day() >= 3,
        }
    }
}

/// A way of planting a verdict.
pub(crate) struct Case {
    /// Name of the case.
    pub(crate) name: &'static str,
    /// The verdict that it stands for.
    pub(crate) verdict: &'static str,
    /// The sub-label.
    pub(crate) label: Option<&'static str>,
    /// The headline.
    pub(crate) kind: &'static str,
    /// The corpora that can hold it.
    pub(crate) fits: Fits,
    /// Draws a history.
    pub(crate) draw: fn(&Stage, &mut Draw) -> Drawn,
}

impl Case {
    const fn new(
        (verdict, kind): (&'static str, &'static str),
        name: &'static str,
        draw: fn(&Stage, &mut Draw) -> Drawn,
    ) -> Self {
        Self { name, verdict, label: None, kind, fits: Fits::Anywhere, draw }
    }

    const fn labelled(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    const fn fitting(mut self, fits: Fits) -> Self {
        self.fits = fits;
        self
    }
}

/// Every case.
pub(crate) const CASES: [&[Case]; 9] = [
    quiet::CASES,
    mended::CASES,
    returned::CASES,
    worsened::CASES,
    bursty::CASES,
    flaky::CASES,
    young::CASES,
    steady::CASES,
    unproven::CASES,
];
