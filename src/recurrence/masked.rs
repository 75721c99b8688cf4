//! Whether a way to fail is hidden by others: a run that fails otherwise neither shows it nor clears it.

use super::draft::Draft;
use super::series::Series;
use super::verdict::Verdict;

/// Runs without it from which on it is no part of what happens now.
const LEAST_UNSEEN: u64 = 10;

/// That it was not seen for long, others failed in most of the runs since, and those that passed show no fix.
pub(super) fn is_masked(draft: &Draft, series: &Series) -> bool {
    let Some(last) = series.runs.iter().rfind(|run| run.failed) else { return false };
    let censored = series.censored_since(last.run);
    let is_fixed = matches!(draft.decided, Some((Verdict::Fixed, _)));
    draft.signature.is_some() && !is_fixed && censored > draft.clean && censored + draft.clean >= LEAST_UNSEEN
}
