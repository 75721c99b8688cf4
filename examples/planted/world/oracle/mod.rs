//! The decision list, written a second time: slow, plain, and strict about doubt.
//!
//! Counts, planning and changepoints come from the statistics; the rest is written from the rules.
//! Where the rules can be read in more than one way, every way is taken, and an answer is one only
//! when all agree. Tests that the whole corpus adjusts together (Benjamini and Hochberg) are sure
//! only far from their bound: the adjusted p lies between p and p times the size of the family.

mod answer;
mod counted;
mod fix;
mod levels;
mod likelihood;
mod outages;
mod past;
mod reading;
mod rerun;
mod revisions;
mod segments;
mod witness;

pub(crate) use answer::Answer;

use std::collections::BTreeSet;

use answer::{DETERMINISTIC, FLAKY, NONE, RESOLVED, UNPROVEN, labelled, plain};
use counted::{Counted, Passing, counted};
use fix::Fix;
use levels::{Dimension, Effect};
use past::Past;
use reading::Reading;
use segments::Segments;

use super::series::Series;
use super::stage::Stage;

/// Failing runs that a regression needs.
const LEAST_FAILING: usize = 3;

/// The first verdict that holds, or why there is doubt.
pub(crate) fn judge(series: &Series, stage: &Stage) -> Result<Answer, String> {
    let [plainly, others @ ..] = Reading::all();
    let mut known = Known::default();
    let first = judge_by(series, stage, plainly, &mut known)?;
    for reading in others {
        let answer = judge_by(series, stage, reading, &mut known)?;
        if answer != first {
            return Err(format!("{first:?}, but {answer:?} by {reading:?}"));
        }
    }
    Ok(first)
}

fn judge_by(series: &Series, stage: &Stage, reading: Reading, known: &mut Known) -> Result<Answer, String> {
    let Passing { runs, failed_before } = counted(series, stage, reading);
    let n = runs.len();
    let x = runs.iter().filter(|run| run.failed()).count();
    if x == 0 {
        return Ok(plain(if failed_before == 0 { "no_failure" } else { "set_aside" }, NONE));
    }
    let past = known.past(&runs, stage)?;
    if let Some(answer) = clean(&runs, &past, stage, reading)? {
        return Ok(answer);
    }
    let segments = Segments::of(&runs);
    let last = segments.last(&runs);
    let is_worse = segments.rose() && last.len() >= LEAST_FAILING;
    let regressed = is_worse.then(|| regressed(&runs, &segments, stage, reading));
    if let Some(answer) = came_back(&runs, &past, regressed, reading).or(regressed) {
        return Ok(answer);
    }
    if past.is_bursty(&runs) {
        return Ok(labelled("flaky", "bursty", FLAKY));
    }
    if past.is_again(&runs) {
        return Ok(labelled("new_failure", "again", UNPROVEN));
    }
    let mixed = |verdict| match past.calendar {
        Some(_) => labelled(verdict, "calendar", FLAKY),
        None => plain(verdict, FLAKY),
    };
    if witness::exists(last, stage, &past.borders(&runs)) {
        return Ok(mixed("flaky"));
    }
    let streak = runs.iter().rev().take_while(|run| run.failed()).count();
    if streak == x && streak > 0 && x < n || x == n && n < LEAST_FAILING {
        return Ok(plain("new_failure", UNPROVEN));
    }
    let always = runs.iter().all(Counted::always_failed);
    if n < 5 && !(always && n >= LEAST_FAILING) {
        return Ok(plain("insufficient_evidence", UNPROVEN));
    }
    if always && n >= LEAST_FAILING {
        return Ok(plain("deterministic", DETERMINISTIC));
    }
    let runs = if reading.tests_on_segment { last } else { &runs };
    Ok(known.by_level(runs, stage)?.unwrap_or(mixed("flaky_suspected")))
}

/// How it fails more since its last segment began.
fn regressed(runs: &[Counted], segments: &Segments, stage: &Stage, reading: Reading) -> Answer {
    let (before, last) = runs.split_at(segments.last_start());
    let (how, of) = worse("regressed", before, last, reading);
    // Of what fails more often since, the run is known to an interval only.
    let of_rate = segments.interval().filter(|_| how.label == Some("rate_rise") && !reading.rises_at_once);
    let (from, to) = of_rate.unwrap_or((before.len(), before.len()));
    // What passes and fails elsewhere does not clear the code of what it broke.
    let own = match of {
        Some((dimension, levels)) => dimension.of_levels(runs, &levels),
        None => runs.to_vec(),
    };
    let is_same_code = witness::crosses(&own, stage, 0..from, to..runs.len());
    if is_same_code { labelled("regressed", "same_code", FLAKY) } else { how }
}

/// What the clean runs at the end show, if they are many.
fn clean(runs: &[Counted], past: &Past, stage: &Stage, reading: Reading) -> Result<Option<Answer>, String> {
    let fix = Fix::of(runs, past, stage, reading)?;
    let clean = runs.iter().rev().take_while(|run| !run.failed()).count();
    let is_over = past.last().is_some_and(|last| runs.len() - last.end == clean) && past.is_over(runs);
    if !(fix.is_long || reading.recovers_by_run && is_over) {
        return Ok(None);
    }
    let level = past.calendar.map(|level| move |run| level(stage, run));
    Ok(Some(if rerun::is_missing(runs, &fix.base, level, reading) {
        plain("not_rerun", UNPROVEN)
    } else if is_over && clean < 2 * past.longest_away() {
        plain("recovered", UNPROVEN)
    } else if fix.holds {
        plain("fixed", RESOLVED)
    } else {
        plain("quiet", UNPROVEN)
    }))
}

/// That it came back, and is not over. `regressed`: what the rates of its segments say.
fn came_back(runs: &[Counted], past: &Past, regressed: Option<Answer>, reading: Reading) -> Option<Answer> {
    let last = past.last().filter(|_| !past.is_carried && !past.is_over(runs))?;
    let end = if reading.label_to_last_failure { runs.iter().rposition(Counted::failed)? + 1 } else { last.end };
    let (before, own) = (&runs[..last.start], &runs[last.start..end]);
    match past.is_another {
        false => Some(worse("relapsed", before, own, reading).0),
        true if regressed.is_none() && runs.len() - last.start >= LEAST_FAILING => {
            Some(worse("regressed", before, own, reading).0)
        }
        true => None,
    }
}

/// How it fails since it is worse than before, and in which levels, where not in all.
fn worse(
    verdict: &'static str,
    before: &[Counted],
    since: &[Counted],
    reading: Reading,
) -> (Answer, Option<(Dimension, BTreeSet<u32>)>) {
    const DIMENSIONS: [(Dimension, &str); 2] = [(Dimension::Env, "some_environments"), (Dimension::Seed, "some_seeds")];
    if since.iter().all(Counted::always_failed) {
        return (labelled(verdict, "deterministic", DETERMINISTIC), None);
    }
    for (dimension, label) in DIMENSIONS {
        if dimension.splits(since, reading.pure_needs_recurrence) {
            let failing =
                dimension.failing_levels(since).iter().flat_map(|run| run.attempts.clone()).collect::<Vec<_>>();
            let levels = failing.into_iter().map(|attempt| dimension.of(attempt)).collect();
            return (labelled(verdict, label, DETERMINISTIC), Some((dimension, levels)));
        }
    }
    for (dimension, label) in DIMENSIONS {
        let levels = dimension.broken_levels(since, before);
        if !levels.is_empty() {
            return (labelled(verdict, label, DETERMINISTIC), Some((dimension, levels)));
        }
    }
    (labelled(verdict, "rate_rise", FLAKY), None)
}

/// What was found on the series that were seen: most readings differ elsewhere.
#[derive(Default)]
struct Known {
    tested: Vec<(Vec<Counted>, Found)>,
    pasts: Vec<(Vec<Counted>, Past)>,
}

type Found = Result<Option<Answer>, String>;

impl Known {
    fn by_level(&mut self, runs: &[Counted], stage: &Stage) -> Found {
        if let Some((_, found)) = self.tested.iter().find(|(seen, _)| seen == runs) {
            return found.clone();
        }
        let found = by_level(runs, stage);
        self.tested.push((runs.to_vec(), found.clone()));
        found
    }

    fn past(&mut self, runs: &[Counted], stage: &Stage) -> Result<Past, String> {
        if let Some((_, past)) = self.pasts.iter().find(|(seen, _)| seen == runs) {
            return Ok(past.clone());
        }
        let past = Past::of(runs, stage)?;
        self.pasts.push((runs.to_vec(), past.clone()));
        Ok(past)
    }
}

/// What environments, seeds and revisions explain.
fn by_level(runs: &[Counted], stage: &Stage) -> Found {
    for (dimension, verdict) in [(Dimension::Env, "env_dependent"), (Dimension::Seed, "seed_dependent")] {
        match dimension.effect(runs, stage)? {
            Effect::None => {}
            Effect::Always => return Ok(Some(plain(verdict, DETERMINISTIC))),
            Effect::Often => return Ok(Some(plain(verdict, FLAKY))),
        }
    }
    match revisions::effect(runs, stage)? {
        Effect::None => {}
        Effect::Always => return Ok(Some(plain("revision_dependent", DETERMINISTIC))),
        Effect::Often => return Ok(Some(plain("revision_dependent", FLAKY))),
    }
    let differ = runs.iter().any(Counted::failed) && runs.iter().any(Counted::passed_some);
    Ok((differ && Dimension::Seed.each_once(runs)).then(|| plain("seed_unidentifiable", UNPROVEN)))
}
