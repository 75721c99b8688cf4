//! The verdicts of failures that came back: part of the decision list (relapse.md, section 4).

use super::bench::{Bench, LEAST_FAILING, MOST_TRIED, change, stretch};
use super::draft::{Change, Draft};
use super::past::{Past, Reason, Shape};
use super::regression::Regression;
use super::series::Series;
use super::verdict::{Label, Verdict};
use crate::stats::planning::clean_runs_needed;
use crate::stats::{Changepoint, Outage, Outages, Pattern};

impl Bench<'_> {
    /// That it came back and is not over: a relapse, or, for another reason than before, a regression. `regression`: what the rates
    /// of its runs and attempts say.
    pub(super) fn relapse(
        &self,
        draft: &mut Draft,
        series: &Series,
        regression: Option<&Regression>,
    ) -> Option<(Verdict, Option<Label>)> {
        let past = draft.past.take()?;
        let decided = self.relapse_of(&past, draft, series, regression);
        draft.past = Some(past);
        decided
    }

    fn relapse_of(
        &self,
        past: &Past,
        draft: &mut Draft,
        series: &Series,
        regression: Option<&Regression>,
    ) -> Option<(Verdict, Option<Label>)> {
        let last = past.last().filter(|_| is_back(past))?;
        let how = self.how(series, last.start..last.end);
        let label = how.label;
        let is_complete = regression.is_some_and(|regression| regression.is_complete);
        let verdict = match past.reason {
            Reason::Another if regression.is_some() => return None,
            Reason::Another if ((series.runs.len() - last.start) as u64) < LEAST_FAILING => return None,
            Reason::Another => Verdict::Regressed,
            // What always fails since is graver than what fails more.
            Reason::Same | Reason::Mixed | Reason::Unknown if label == Label::RateRise && is_complete => return None,
            Reason::Same | Reason::Mixed | Reason::Unknown => Verdict::Relapsed,
        };
        draft.how = Some(how);
        enter(past, draft, series);
        Some((verdict, Some(label)))
    }

    /// How many more failing runs in a row would show a relapse, or a regression for another reason than before, if any number
    /// does.
    pub(super) fn more_of_relapse(&self, draft: &Draft, series: &Series, finder: &mut Outages) -> Option<u64> {
        if let Some(past) = draft.past.as_ref().filter(|past| is_of_another_reason(past)) {
            let last = past.last()?;
            return Some(LEAST_FAILING.saturating_sub((series.runs.len() - last.start) as u64));
        }
        let mut bits: Vec<bool> = series.runs.iter().map(|run| run.failed).collect();
        // By the odds first: draws cost far more.
        let more = finder.failures_to_return(&bits, MOST_TRIED)?;
        bits.resize(bits.len() + usize::try_from(more).ok()?, true);
        let course = finder.find(&bits, || {
            let mut strata = self.strata(series, &series.runs)?;
            let last = *strata.of.last()?;
            strata.of.resize(bits.len(), last);
            Some(strata)
        });
        let is_last = |last: &Outage| last.end == bits.len();
        (course.pattern == Pattern::Outages && course.outages.last().is_some_and(is_last)).then_some(more)
    }
}

/// The last outage as what the draft is about, since the clean runs before it.
fn enter(past: &Past, draft: &mut Draft, series: &Series) {
    let [.., before, last] = past.course.outages[..] else { return };
    let Some([start, _]) = past.course.boundaries.last() else { return };
    draft.since = Some(last.start);
    draft.current = stretch(&series.runs[last.start..]);
    let away = stretch(&series.runs[before.end..last.start]);
    draft.before = Some(away);
    let found = Changepoint {
        position: last.start,
        interval_low: start.low,
        interval_high: start.high,
        probability: start.probability,
        gain: past.course.relapse_ln_odds.unwrap_or_default(),
    };
    let found = Change {
        rate_before: away.x as f64 / away.n.max(1) as f64,
        rate_after: last.fails as f64 / last.runs() as f64,
        ..change(&series.runs, &found)
    };
    draft.changes.retain(|change| change.run < found.run);
    draft.changes.push(found);
}

/// That its failures come in bursts, or that no change of the code brings them back.
pub(super) fn is_bursty(draft: &Draft) -> bool {
    draft.past.as_ref().is_some_and(|past| {
        past.shape == Shape::Bursts || past.came_back() && !past.is_over && past.by_revision.is_some()
    })
}

/// That the last runs fail behind an outage that was over, and do not show a relapse yet.
pub(super) fn is_again(draft: &Draft, series: &Series) -> bool {
    let Some((past, last)) = draft.past.as_ref().and_then(|past| Some((past, past.last()?))) else { return false };
    let n = series.runs.len();
    let behind = n - last.end;
    let is_second = past.shape == Shape::Unclear && past.course.outages.len() > 1 && behind == 0;
    let away = (behind as u64).saturating_sub(draft.failing);
    let may_return = matches!(past.shape, Shape::Single | Shape::Outages | Shape::Unclear);
    let is_away = || {
        may_return
            && behind as u64 > draft.failing
            && series.runs[last.end..].iter().filter(|run| run.failed).count() as u64 == draft.failing
            && clean_runs_needed(last.fails as u64, last.runs() as u64, 0.99).is_some_and(|needed| away >= needed)
    };
    draft.failing > 0 && (is_second || is_away() || behind == 0 && is_of_another_reason(past))
}

/// Whether it came back for another reason than before.
fn is_of_another_reason(past: &Past) -> bool {
    is_back(past) && past.reason == Reason::Another
}

/// Whether it came back, is not over, and no revision shows that it comes and goes by itself.
fn is_back(past: &Past) -> bool {
    past.came_back() && !past.is_over && past.by_revision.is_none()
}
