//! Regressions that stand: what got worse once and was neither mended nor accepted.

use schemars::JsonSchema;
use serde::Serialize;

use super::decide;
use super::evidence;
use super::history::{History, Regime};
use super::options::{Candidate, Options};
use super::series::Witnesses;
use crate::stats::scan::LEAST_SIDE;
use crate::tally::{Point, Series};
use crate::text::number::Rounded;

/// That the current regime is worse than the best one since the last that was accepted.
#[derive(Clone, Debug, PartialEq, JsonSchema, Serialize)]
pub struct Standing {
    /// Index of the first point that is worse, in the series.
    pub from: usize,
    /// When that was recorded.
    pub unix_ms: Option<i64>,
    /// By which run.
    pub run: Option<String>,
    /// Median ratio of the current regime to the best.
    pub ratio: Rounded,
    /// Its interval.
    pub interval: Option<[Rounded; 2]>,
    /// The interval's exact level.
    pub level: Option<Rounded>,
    /// One-sided p that the current regime is worse.
    pub p: Rounded,
    /// Points of the best regime that were compared, or runs where these repeat the lane: the last.
    pub best: usize,
    /// Median of all its points.
    pub best_median: Rounded,
    /// Points, or runs, of the current regime that were compared: the last.
    pub current: usize,
}

/// The standing regression of a series; `None` where none is shown.
///
/// A candidate that was read apart, or is not the newest, is judged against its baseline alone, and so are pairs: what both
/// sides share is the host's.
pub(super) fn standing(series: &Series, history: &History, options: &Options) -> Option<Standing> {
    let (points, sign) = (&series.points, series.key.direction.sign());
    let newest = points.last()?;
    let is_earlier = matches!(&options.candidate, Candidate::Run(run) if newest.run.as_deref() != Some(run));
    if series.candidate_from.is_some() || is_earlier || points.iter().all(|point| point.incumbent.is_some()) {
        return None;
    }
    let regimes = &history.regimes[accepted(series, history, options)..];
    let (current, earlier) = regimes.split_last()?;
    let worth = |regime: &Regime| sign * regime.median.0.ln();
    let (place, best) = earlier.iter().enumerate().min_by(|(_, a), (_, b)| worth(a).total_cmp(&worth(b)))?;
    let witnesses = Witnesses::of(points);
    let logs = |regime: &Regime| -> Vec<f64> {
        let all = witnesses.among(regime.from, regime.from + regime.points);
        all[all.len().saturating_sub(options.baseline_most)..].iter().map(|log| sign * log).collect()
    };
    let (ours, theirs) = (logs(current), logs(best));
    let found = evidence::unpaired(&ours, &theirs, options)?;
    // The search was paid for by its bar; here the effect has to hold between regimes that need not be neighbours.
    if found.worse.p > options.alpha || !decide::effects(&found).iter().any(super::effect::Effect::is_regression) {
        return None;
    }
    let margin = worth(best) + options.delta.ln_1p();
    let worse =
        regimes[place + 1..].iter().rev().take_while(|regime| worth(regime) >= margin).last().unwrap_or(current);
    let first: &Point = &points[worse.from];
    let effect = found.effect;
    Some(Standing {
        from: worse.from,
        unix_ms: first.unix_ms,
        run: first.run.as_deref().map(str::to_owned),
        ratio: Rounded(effect.ratio(sign)),
        interval: effect.interval_of_ratio(sign).map(|ends| ends.map(Rounded)),
        level: effect.interval.map(|interval| Rounded(interval.level)),
        p: Rounded(found.worse.p),
        best: theirs.len(),
        best_median: best.median,
        current: ours.len(),
    })
}

/// The regime from which on nothing was accepted: that of the last run which was, or the first.
fn accepted(series: &Series, history: &History, options: &Options) -> usize {
    let is_accepted = |point: &Point| {
        options.accepted.iter().any(|one| one.lane == series.key.lane && Some(one.run.as_str()) == point.run.as_deref())
    };
    let Some(at) = series.points.iter().rposition(is_accepted) else { return 0 };
    let run = &series.points[at].run;
    let first = series.points.iter().position(|point| point.run == *run).unwrap_or(at);
    // With more runs behind it a change may be seen to begin a little later than when it was accepted.
    history.regimes.iter().rposition(|regime| regime.from <= first + LEAST_SIDE).unwrap_or(0)
}
