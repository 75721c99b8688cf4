//! The decision list, written a second time: slow, plain, and strict about doubt.
//!
//! Counts, planning and changepoints come from the statistics; the rest is written from the rules.
//! Where the rules can be read in more than one way, every way is taken, and an answer is one only
//! when all agree. Tests that the whole corpus adjusts together (Benjamini and Hochberg) are sure
//! only far from their bound: the adjusted p lies between p and p times the size of the family.

mod answer;
mod counted;
mod levels;
mod reading;
mod segments;
mod witness;

pub(crate) use answer::Answer;

use answer::{DETERMINISTIC, FLAKY, NONE, RESOLVED, UNPROVEN, plain, regressed};
use counted::{Counted, Passing, counted};
use levels::{Dimension, Effect};
use reading::Reading;
use segments::Segments;

use super::series::Series;
use super::stage::Stage;

/// The first verdict that holds, or why there is doubt.
pub(crate) fn judge(series: &Series, stage: &Stage) -> Result<Answer, String> {
    let [plainly, others @ ..] = Reading::all();
    let mut tested = Tested::default();
    let first = judge_by(series, stage, plainly, &mut tested)?;
    for reading in others {
        let answer = judge_by(series, stage, reading, &mut tested)?;
        if answer != first {
            return Err(format!("{first:?}, but {answer:?} by {reading:?}"));
        }
    }
    Ok(first)
}

fn judge_by(series: &Series, stage: &Stage, reading: Reading, tested: &mut Tested) -> Result<Answer, String> {
    let Passing { runs, failed_before } = counted(series, stage, reading);
    let n = runs.len();
    let x = runs.iter().filter(|run| run.failed()).count();
    if x == 0 {
        return Ok(plain(if failed_before == 0 { "no_failure" } else { "set_aside" }, NONE));
    }
    let segments = Segments::of(&runs);
    let clean = runs.iter().rev().take_while(|run| !run.failed()).count();
    if clean as u64 >= segments.clean_runs_needed(&runs) {
        let verdict = if segments.not_rerun(&runs, clean, reading) {
            plain("not_rerun", UNPROVEN)
        } else {
            plain("fixed", RESOLVED)
        };
        return Ok(verdict);
    }
    let last = segments.last(&runs);
    if segments.rose() && last.len() >= 3 {
        return Ok(regression(last, reading));
    }
    if witness::exists(last, stage) {
        return Ok(plain("flaky", FLAKY));
    }
    let streak = runs.iter().rev().take_while(|run| run.failed()).count();
    if streak == x && streak > 0 && x < n || x == n && n < 3 {
        return Ok(plain("new_failure", UNPROVEN));
    }
    let always = runs.iter().all(Counted::always_failed);
    if n < 5 && !(always && n >= 3) {
        return Ok(plain("insufficient_evidence", UNPROVEN));
    }
    if always && n >= 3 {
        return Ok(plain("deterministic", DETERMINISTIC));
    }
    let runs = if reading.tests_on_segment { last } else { &runs };
    Ok(tested.by_level(runs, stage)?.unwrap_or(plain("flaky_suspected", FLAKY)))
}

fn regression(last: &[Counted], reading: Reading) -> Answer {
    if last.iter().all(Counted::always_failed) {
        return regressed("deterministic", DETERMINISTIC);
    }
    for (dimension, label) in [(Dimension::Env, "some_environments"), (Dimension::Seed, "some_seeds")] {
        if dimension.splits(last, reading.pure_needs_recurrence) {
            return regressed(label, DETERMINISTIC);
        }
    }
    regressed("rate_rise", FLAKY)
}

/// What the tests found on the series that they have seen: most readings differ elsewhere.
#[derive(Default)]
struct Tested(Vec<(Vec<Counted>, Found)>);

type Found = Result<Option<Answer>, String>;

impl Tested {
    fn by_level(&mut self, runs: &[Counted], stage: &Stage) -> Found {
        if let Some((_, found)) = self.0.iter().find(|(seen, _)| seen == runs) {
            return found.clone();
        }
        let found = by_level(runs, stage);
        self.0.push((runs.to_vec(), found.clone()));
        found
    }
}

/// What environments and seeds explain.
fn by_level(runs: &[Counted], stage: &Stage) -> Found {
    for (dimension, verdict) in [(Dimension::Env, "env_dependent"), (Dimension::Seed, "seed_dependent")] {
        match dimension.effect(runs, stage)? {
            Effect::None => {}
            Effect::Always => return Ok(Some(plain(verdict, DETERMINISTIC))),
            Effect::Often => return Ok(Some(plain(verdict, FLAKY))),
        }
    }
    let differ = runs.iter().any(Counted::failed) && runs.iter().any(Counted::passed_some);
    Ok((differ && Dimension::Seed.each_once(runs)).then(|| plain("seed_unidentifiable", UNPROVEN)))
}
