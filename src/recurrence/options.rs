//! What can be set.

use globset::GlobMatcher;

use super::planned_fix::PlannedFix;

/// When a quarantined scenario is let out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// After so many clean runs in a row.
    AfterClean(u64),
    /// After max(3, K95) clean runs in a row.
    Statistical,
}

/// The settings of judging.
#[derive(Clone, Debug)]
pub struct Options {
    /// Level below which a test is attainable (Tarone's filter).
    pub alpha: f64,
    /// False discovery rate (Benjamini and Hochberg).
    pub q: f64,
    /// Prior odds of a changepoint.
    pub kappa: f64,
    /// Odds at which a relapse, and each outage of it, is proven; at least 1.
    pub relapse_odds: f64,
    /// Whether short streaks of mass-failure runs are set aside.
    pub mass_failures: bool,
    /// When quarantine ends.
    pub release: Release,
    /// Only runs of these branches.
    pub branch: Option<GlobMatcher>,
    /// Whether scenarios that never failed are listed.
    pub all: bool,
    /// Fixes that are named before they are proven.
    pub fixes: Vec<PlannedFix>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            alpha: 0.05,
            q: 0.05,
            kappa: 1e-3,
            relapse_odds: 19.0,
            mass_failures: true,
            release: Release::AfterClean(3),
            branch: None,
            all: false,
            fixes: Vec::new(),
        }
    }
}
