//! How many more measurements would decide, by simulation on a lane's own noise.

use crate::stats::location::median;
use crate::stats::scan;
use crate::stats::stream::draws;

/// Simulated futures of each size, and how many of them may decide nothing: nine in ten decide.
const FUTURES: u64 = 20;
const MOST_FAILING: usize = 2;
/// Measurements of one run that are tried.
const SIZES: [usize; 9] = [2, 3, 4, 5, 6, 8, 12, 20, 30];
/// Runs of one measurement each that are tried.
const RUNS: [usize; 5] = [4, 5, 6, 8, 12];
/// Points of the history that a simulated one begins with: the last.
const MOST_HISTORY: usize = 60;

/// The least number of measurements in one run, more than `m`, of which nine in ten simulated ones decide: `decides` of such a
/// candidate. Each lies `shift` above the baseline's median, with a residual of the baseline.
pub(super) fn size(
    baseline: &[f64],
    shift: f64,
    seed: u64,
    m: usize,
    decides: impl Fn(&[f64]) -> bool,
) -> Option<usize> {
    let is_enough = |size: &usize| enough(|draw| decides(&drawn(baseline, shift, *size, seed, draw)));
    SIZES.into_iter().filter(|size| *size > m).find(is_enough)
}

/// The least number of further runs of one measurement each, like the last of the history, after which a change is confirmed in
/// nine of ten simulated futures.
pub(super) fn runs(history: &[f64], baseline: &[f64], shift: f64, seed: u64, delta: f64) -> Option<usize> {
    let history = &history[history.len().saturating_sub(MOST_HISTORY)..];
    let confirms = |more: usize, draw: u64| {
        let mut future = history.to_vec();
        future.extend(drawn(baseline, shift, more, seed, draw));
        let near = |change: &scan::Change| change.at.abs_diff(history.len() - 1) <= 1 && change.shift * shift > 0.0;
        scan::changes(&future, delta).iter().any(near)
    };
    RUNS.into_iter().find(|more| enough(|draw| confirms(*more, draw)))
}

/// Whether as many futures decide as must, or as soon as too few can.
fn enough(decides: impl Fn(u64) -> bool) -> bool {
    let mut failing = 0;
    for draw in 0..FUTURES {
        failing += usize::from(!decides(draw));
        if failing > MOST_FAILING {
            return false;
        }
    }
    true
}

/// Residuals of the baseline, with replacement, about its median and `shift`.
fn drawn(baseline: &[f64], shift: f64, number: usize, seed: u64, draw: u64) -> Vec<f64> {
    let middle = median(baseline).unwrap_or(0.0);
    // The residuals of n values about their own median are a little short.
    let wider = (baseline.len() as f64 / (baseline.len() as f64 - 1.0).max(1.0)).sqrt();
    draws(seed, draw, baseline.len(), number).map(|at| middle + shift + wider * (baseline[at] - middle)).collect()
}
