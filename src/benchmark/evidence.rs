//! What a candidate shows against its baseline, before other series are looked at.

use super::baseline::Sides;
use super::effect::Effect;
use super::options::Options;
use super::series;
use super::verdict::Method;
use crate::record::Direction;
use crate::stats::location::median;
use crate::stats::modes::Comparison;
use crate::stats::prediction::prediction;
use crate::stats::{Modes, ShiftInterval, Test, mann_whitney, signed_rank};
use crate::tally::Point;

/// No lane is taken to be quieter from run to run than this, on logarithms.
const LEAST_SD: f64 = 1e-3;
/// Sample sizes that are tried when asking how many would be enough.
const MOST_TRIED: usize = 1_000;

/// Tests of one series; greater is worse throughout.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    pub(super) method: Method,
    /// Candidate and baseline points that were compared; pairs count on both sides.
    pub(super) m: usize,
    pub(super) n: usize,
    /// U, or W of pairs, in the bad direction.
    pub(super) statistic: f64,
    /// All values together.
    pub(super) effect: Effect,
    /// p of all values together, whatever enters the family.
    pub(super) pooled: Test,
    /// What enters the family of regressions.
    pub(super) worse: Test,
    /// What enters the family of improvements.
    pub(super) better: Test,
    pub(super) exact: bool,
    /// Of a single measurement: worse than the whole baseline.
    pub(super) beyond: bool,
    pub(super) modes: Option<ModeEvidence>,
}

/// A candidate against a baseline of two modes.
#[derive(Clone, Debug)]
pub(super) struct ModeEvidence {
    pub(super) d: f64,
    /// Of the mode mix.
    pub(super) mix: Test,
    /// Better and worse mode.
    pub(super) parts: [ModePart; 2],
}

/// One mode.
#[derive(Clone, Debug)]
pub(super) struct ModePart {
    pub(super) m: usize,
    pub(super) n: usize,
    /// The baseline's median there, as a logarithm.
    pub(super) centre: f64,
    /// `None` when the candidate does not visit it.
    pub(super) tested: Option<(Effect, mann_whitney::MannWhitney)>,
}

/// Compares; `Err` is the reason why not.
pub(super) fn gather(sides: &Sides<'_>, direction: Direction, options: &Options) -> Result<Evidence, String> {
    let sign = direction.sign();
    if sides.candidate.is_empty() {
        return Err("no measurement of the candidate".into());
    }
    let pairs: Option<Vec<f64>> = sides
        .candidate
        .iter()
        .map(|point| point.incumbent.map(|incumbent| sign * (point.value / incumbent).ln()))
        .collect();
    let uncommon = || "its values are too many or too extreme to compare".to_owned();
    if let Some(pairs) = pairs {
        return paired(&pairs, options).ok_or_else(uncommon);
    }
    let (n, least) = (sides.baseline.len(), options.baseline_least.max(1));
    if n < least {
        let since = if sides.changed.is_some() { " since its last change" } else { "" };
        let more = least - n;
        return Err(format!(
            "n is {n}: {least} baseline measurements{since} are needed, {more} more run{} will give them",
            if more == 1 { "" } else { "s" }
        ));
    }
    let candidate: Vec<f64> = sides.candidate.iter().map(|point| sign * point.value.ln()).collect();
    if let Some(found) = by_runs(&candidate, sides.regime, sign, options) {
        return Ok(found);
    }
    let baseline: Vec<f64> = sides.baseline.iter().map(|point| sign * point.value.ln()).collect();
    unpaired(&candidate, &baseline, options).ok_or_else(uncommon)
}

fn paired(differences: &[f64], options: &Options) -> Option<Evidence> {
    let test = signed_rank::signed_rank(differences)?;
    let shift = signed_rank::shift(differences)?;
    Some(Evidence {
        method: Method::Paired,
        m: differences.len(),
        n: differences.len(),
        statistic: test.w,
        effect: Effect::new(shift, test.a, options.delta),
        pooled: test.above,
        worse: test.above,
        better: test.below,
        exact: test.exact,
        beyond: false,
        modes: None,
    })
}

/// The candidate's median among the medians of earlier runs, where these repeat the lane: what a run's points share (its machine,
/// its layout in memory) makes them no independent witnesses.
///
/// `None` below [`series::LEAST_RUNS`] runs, when half of them or the candidate measured once, or when they have two modes.
fn by_runs(candidate: &[f64], regime: &[Point], sign: f64, options: &Options) -> Option<Evidence> {
    let runs = series::runs(regime).filter(|_| candidate.len() > 1)?;
    let runs = &runs[runs.len().saturating_sub(options.baseline_most)..];
    let logs = |run: &[Point]| run.iter().map(|point| sign * point.value.ln()).collect::<Vec<_>>();
    let all: Vec<f64> = runs.iter().flat_map(|run| logs(run)).collect();
    if Modes::of(&all).is_some() {
        return None;
    }
    let medians: Vec<f64> = runs.iter().filter_map(|run| median(&logs(run))).collect();
    let value = median(candidate)?;
    let found = prediction(value, &medians, LEAST_SD)?;
    let below = medians.iter().filter(|one| **one < value).count() as f64;
    let tied = medians.iter().filter(|one| one.total_cmp(&value).is_eq()).count() as f64;
    let test = |p: f64| Test { p, least_attainable: 0.0 };
    Some(Evidence {
        method: Method::Runs,
        m: candidate.len(),
        n: medians.len(),
        statistic: found.t,
        effect: Effect {
            shift: found.shift,
            interval: Some(ShiftInterval {
                low: found.shift - found.margin,
                high: found.shift + found.margin,
                level: 0.95,
            }),
            a: (below + tied / 2.0) / medians.len() as f64,
            delta: options.delta,
        },
        pooled: test(found.above),
        worse: test(found.above),
        better: test(found.below),
        exact: true,
        beyond: false,
        modes: None,
    })
}

pub(super) fn unpaired(candidate: &[f64], baseline: &[f64], options: &Options) -> Option<Evidence> {
    let test = mann_whitney::mann_whitney(candidate, baseline)?;
    let shift = mann_whitney::shift(candidate, baseline)?;
    let single = candidate.len() == 1;
    let mut evidence = Evidence {
        method: if single { Method::Single } else { Method::Unpaired },
        m: candidate.len(),
        n: baseline.len(),
        statistic: test.u,
        effect: Effect::new(shift, test.a, options.delta),
        pooled: test.above,
        worse: test.above,
        better: test.below,
        exact: test.exact,
        beyond: single && baseline.iter().all(|value| *value < candidate[0]),
        modes: None,
    };
    if let Some(modes) = Modes::of(baseline).filter(|_| !single) {
        let compared = modes.compare(candidate, baseline)?;
        evidence.method = Method::Modes;
        evidence.worse = compared.above;
        evidence.better = compared.below;
        evidence.exact = compared.within.iter().flatten().all(|test| test.exact);
        evidence.modes = Some(inside(&modes, &compared, candidate, baseline, options)?);
    }
    Some(evidence)
}

fn inside(
    modes: &Modes,
    compared: &Comparison,
    candidate: &[f64],
    baseline: &[f64],
    options: &Options,
) -> Option<ModeEvidence> {
    let (ours, theirs) = (modes.part(candidate), modes.part(baseline));
    let part = |mode: usize| {
        let tested = match compared.within[mode] {
            Some(test) => {
                let shift = mann_whitney::shift(&ours[mode], &theirs[mode])?;
                Some((Effect::new(shift, test.a, options.delta), test))
            }
            None => None,
        };
        let centre = crate::stats::location::median(&theirs[mode])?;
        Some(ModePart { m: ours[mode].len(), n: theirs[mode].len(), centre, tested })
    };
    Some(ModeEvidence { d: modes.d, mix: compared.mix, parts: [part(0)?, part(1)?] })
}

impl Evidence {
    /// The least number of candidate measurements, more than there are, whose p can be as low as `bar`.
    pub(super) fn needs(&self, bar: f64) -> Option<usize> {
        (self.m + 1..=MOST_TRIED).find(|m| self.least_p(*m) <= bar)
    }

    /// The least p that so many candidate measurements could reach; in modes, were they visited as the baseline does.
    fn least_p(&self, m: usize) -> f64 {
        match (&self.modes, self.method) {
            (Some(modes), _) => {
                let rare = usize::from(modes.parts[1].n < modes.parts[0].n);
                let visits = (m * modes.parts[rare].n + self.n / 2) / self.n;
                let ps = [(visits, modes.parts[rare].n), (m - visits, modes.parts[1 - rare].n)]
                    .map(|(m, n)| mann_whitney::least_p(m, n).max(f64::MIN_POSITIVE));
                crate::stats::combine::fisher_combined(&ps).unwrap_or(1.0)
            }
            (None, Method::Paired) => signed_rank::least_p(m),
            (None, _) => mann_whitney::least_p(m, self.n),
        }
    }
}
