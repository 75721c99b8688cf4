//! Each verdict in a sentence with its numbers, and what would change it.

use super::bench::STRONG_RUNS;
use super::draft::{Adjusted, Draft, Settled};
use super::names::{NAMED, Names, p, runs};
use super::verdict::{Label, Verdict};
use super::why_dependence;
use super::why_outages;
use super::why_planned;
use super::witness::{Ground, Witness};
use crate::stats::interval::jeffreys_95;
use crate::stats::planning::{deterministic_rate_floor, replays_needed};
use crate::text::terminal::{count, listed, plural};

/// Greatest rate of a flaky failure that replays are meant to reject.
pub(super) const FLAKY_RATE: f64 = 0.5;

/// The verdict's sentence.
pub(super) fn why(draft: &Draft, settled: Settled, adjusted: &Adjusted, names: &Names<'_>, fdr: f64) -> String {
    let (n, x) = (draft.whole.n, draft.whole.x);
    let sentence = match settled.verdict {
        Verdict::NoFailure => format!("no failure in {}", runs(n)),
        Verdict::SetAside => {
            format!(
                "it failed only in mass-failure runs, which were set aside: {}",
                listed(names.set_aside.iter(), NAMED)
            )
        }
        Verdict::NotRerun => format!(
            "{} clean at the end, {} would show a fix, but {} a failing {}",
            runs(draft.fix.shown_as_planned().map_or(draft.clean, |look| look.clean)),
            needed(
                draft.fix.shown_as_planned().map_or(draft.fix.needed_95, |look| look.needed_95).or(draft.fix.quiet_at)
            ),
            if draft.clean == 1 { "it did not run" } else { "too few of them ran" },
            draft.not_rerun.join(" or ")
        ),
        Verdict::Recovered => why_outages::recovered(draft, names),
        Verdict::Relapsed => why_outages::relapsed(draft, settled.label, names),
        Verdict::Quiet => quiet(draft, names),
        Verdict::Masked => "others failed in most runs since, so that nobody knows whether it is gone".to_owned(),
        Verdict::Fixed => match draft.fix.shown_as_planned() {
            Some(look) => why_planned::held(draft, look, names),
            None => fixed(draft),
        },
        Verdict::Regressed => {
            format!("{}{}", regressed(draft, settled.label, names), why_outages::another_reason(draft, names))
        }
        Verdict::Flaky if settled.label == Some(Label::Bursty) => why_outages::bursty(draft, names),
        Verdict::Flaky => flaky(draft, names),
        Verdict::NewFailure if settled.label == Some(Label::Again) => why_outages::again(draft, names),
        Verdict::NewFailure => new_failure(draft, names),
        Verdict::InsufficientEvidence if x == 0 => "it failed in no run whose place is known".to_owned(),
        Verdict::InsufficientEvidence => match draft.unsure {
            Some(unsure) => format!(
                "{x} of {} failed, and the last {} by their clocks did not; but {}, so that these may not be the last",
                runs(n),
                draft.clean,
                unsure.told()
            ),
            None => format!("{x} of only {} failed", runs(n)),
        },
        Verdict::Deterministic => format!(
            "all {} attempts in {} failed; a failure rate below {:.1} % is excluded at 95 %{}",
            draft.attempts,
            runs(n),
            100.0 * deterministic_rate_floor(n).unwrap_or(0.0),
            if n >= STRONG_RUNS { " (strong)" } else { "" }
        ),
        Verdict::EnvDependent => why_dependence::on_environment(draft, settled, adjusted, names),
        Verdict::SeedDependent => why_dependence::on_seed(draft, settled, adjusted, names),
        Verdict::RevisionDependent => why_dependence::on_revision(draft, settled, adjusted, names),
        Verdict::SeedUnidentifiable => {
            format!("{x} of {} failed and every seed ran once, so a bad seed and a flake look alike", runs(n))
        }
        Verdict::FlakySuspected => {
            let interval = jeffreys_95(x, n).map_or_else(String::new, |interval| {
                format!(" (rate {:.1} to {:.1} %)", 100.0 * interval.low, 100.0 * interval.high)
            });
            format!(
                "{x} of {} failed{interval}, and no environment, seed or change of rate explains it well enough",
                runs(n)
            )
        }
    };
    let calendar = ["weekday", "hour"].iter().zip(adjusted.calendar).enumerate().filter_map(|(at, (name, q))| {
        let environment = if draft.runs_elsewhere[at] {
            ", as the environments that ran do: the two cannot be told apart"
        } else {
            ""
        };
        Some(format!("; it depends on the {name} (q {}){environment}", p(Some(q.filter(|&q| q <= fdr)?))))
    });
    let calendar = calendar.collect::<String>();
    let rising = if adjusted.is_rising(settled, fdr) {
        format!("; it fails more and more often (q {})", p(adjusted.trend))
    } else {
        String::new()
    };
    let uncontrolled = if names.uncontrolled.is_empty() || matches!(settled.verdict, Verdict::NoFailure) {
        String::new()
    } else {
        format!("; not controlled: {}", names.uncontrolled.join(", "))
    };
    let unplaced = if names.unplaced.is_empty() {
        String::new()
    } else {
        format!("; left out, since their place is not known: {}", listed(names.unplaced.iter(), NAMED))
    };
    let is_by_calendar = settled.label == Some(Label::Calendar) || settled.verdict == Verdict::NotRerun;
    let by_calendar = draft.past.as_ref().and_then(|past| past.calendar.as_ref()).filter(|_| is_by_calendar);
    let explained = by_calendar.map_or_else(String::new, |calendar| format!("; {}", calendar.told()));
    let fix = why_planned::told(&draft.fix, settled.verdict, names.fixes, names.run);
    format!("{sentence}{explained}{fix}{calendar}{rising}{unplaced}{uncontrolled}")
}

/// That records of a scenario count as neither a pass nor a failure, to be added to a sentence.
pub(super) fn uncounted(records: u64) -> String {
    let (one, its) = if records == 1 { ("record counts", "its") } else { ("records count", "their") };
    format!("; {} more {one} as neither by {its} outcome (skipped, of infrastructure or unknown)", count(records))
}

/// What would change the verdict.
pub(super) fn would_change(draft: &Draft, settled: Settled) -> String {
    let clean = || match draft.fix.more() {
        Some((0, _)) => "a failure would reopen it".to_owned(),
        Some((more, true)) => format!("{} in a row would show that its fix holds", draft.fix.told_more(more)),
        Some((more, false)) => format!("{} in a row would show a fix", draft.fix.told_more(more)),
        None => "it failed once, so that no clean runs show a fix".to_owned(),
    };
    match settled.verdict {
        Verdict::NoFailure | Verdict::SetAside => "a failure in an ordinary run".into(),
        Verdict::NotRerun => format!("clean runs of a failing {} would show a fix", draft.not_rerun.join(" and ")),
        Verdict::Recovered => {
            let longest = draft.past.as_ref().map_or(0, |past| past.away_needed(false)).saturating_sub(draft.clean);
            let fix = draft.fix.needed_95.filter(|_| !draft.fix.by_revision).unwrap_or(0).saturating_sub(draft.clean);
            let clean = |number: u64| plural(number, "more clean run");
            if fix <= longest {
                format!("{} in a row would be twice its longest absence, and show a fix", clean(longest))
            } else {
                format!("{} in a row would show a fix; {} would be twice its longest absence", clean(fix), longest)
            }
        }
        Verdict::Relapsed => match draft.past.as_ref().and_then(|past| past.needed_95) {
            Some(needed) if needed > draft.clean => {
                let more = needed - draft.clean;
                format!("{more} more clean run{} in a row would show that it is over", if more == 1 { "" } else { "s" })
            }
            _ => "clean runs would show that it is over".into(),
        },
        Verdict::Fixed => "a failure would reopen it".into(),
        Verdict::NewFailure if settled.label == Some(Label::Again) => match draft.more_failures {
            Some(more) => format!("{} in a row would show that it is back", failures(more)),
            None => "no number of further failures up to 60 would show that it is back".into(),
        },
        Verdict::Regressed | Verdict::Flaky | Verdict::Quiet | Verdict::Masked => clean(),
        Verdict::NewFailure => match draft.more_failures {
            Some(more) => {
                format!("{} in a row would prove it a regression or deterministic; a pass would not", failures(more))
            }
            None => {
                "no number of further failures up to 60 would tell it from its start; replays or a pass would".into()
            }
        },
        Verdict::InsufficientEvidence if draft.whole.x == 0 => {
            "the true times of the runs that are left out, or a failure in another one".into()
        }
        Verdict::InsufficientEvidence if let Some(unsure) = draft.unsure => unsure.would_tell().into(),
        Verdict::InsufficientEvidence => format!("{} more", runs(5u64.saturating_sub(draft.whole.n))),
        Verdict::Deterministic => "one pass of a failing environment and seed".into(),
        Verdict::EnvDependent | Verdict::SeedDependent => {
            format!("a pass and a failure of one environment and seed would make it flaky; {}", clean())
        }
        Verdict::RevisionDependent => {
            format!("a pass and a failure of one revision, environment and seed would make it flaky; {}", clean())
        }
        Verdict::SeedUnidentifiable => format!(
            "replay each failing seed {} times: if all fail, the seed is at fault",
            replays_needed(FLAKY_RATE).unwrap_or(0)
        ),
        Verdict::FlakySuspected => {
            format!("a retry that passes would make it flaky; {}", clean())
        }
    }
}

fn fixed(draft: &Draft) -> String {
    let level = draft.fix.level();
    format!(
        "{} clean since its last failure, a fix at {level} %: an unfixed failure of this rate shows a clean spell this long in at most \
         {} % of such histories; {}{}",
        draft.fix.told(draft.fix.clean),
        100 - level,
        asked(draft),
        why_outages::longer_than_ever(draft)
    )
}

fn quiet(draft: &Draft, names: &Names<'_>) -> String {
    let told = draft.fix.told(draft.fix.clean);
    let together = names.together.zip(draft.fix.together).map_or_else(String::new, |((group, run), clean)| {
        format!(
            "; {group}, which fails with it, failed in {}, and {} clean since",
            (names.run)(run),
            draft.fix.told_are(clean)
        )
    });
    format!(
        "{told} clean since its last failure, longer than is usual for it, which shows no fix yet; {}{together}",
        asked(draft)
    )
}

/// What a fix asks for.
fn asked(draft: &Draft) -> String {
    let fix = &draft.fix;
    let (Some(at_95), Some(at_99)) = (fix.needed_95, fix.needed_99) else {
        return format!("it failed once in {}, and what was seen once is never called fixed", fix.told(fix.counts.n));
    };
    let twice = if fix.longest_spell > 0 && at_95 == 2 * fix.longest_spell {
        format!(", twice its longest clean spell between two failures ({})", fix.longest_spell)
    } else if fix.longest_spell > 0 && at_95 == fix.outlasting {
        let number = if fix.alike == 1 { "one of its kind".to_owned() } else { format!("{} of its kind", fix.alike) };
        format!(", to outlast its longest clean spell between two failures ({}, {number})", fix.longest_spell)
    } else {
        String::new()
    };
    format!(
        "{} of {} failed before, so {at_95} would do for 95 %{twice} and {at_99} for 99 %",
        fix.counts.x,
        fix.told(fix.counts.n)
    )
}

fn new_failure(draft: &Draft, names: &Names<'_>) -> String {
    let (n, x) = (draft.whole.n, draft.whole.x);
    let last = |number: u64| if number == 1 { "run".to_owned() } else { number.to_string() };
    if let Some((_, _, level)) = draft.new_in {
        return format!(
            "only its last {} in {} failed, of {} there, and it did not run there since: too few to tell a regression from a flake",
            last(level.x),
            listed(names.levels.regressed_in.iter(), NAMED),
            level.n
        );
    }
    match (n, n == x) {
        (1, _) => "its only run failed, too few to call it deterministic".to_owned(),
        (_, true) => format!("all of its {} failed, too few to call it deterministic", runs(n)),
        _ => format!(
            "only its last {} failed, of {}: too few to tell a regression from a flake",
            last(draft.failing),
            runs(n)
        ),
    }
}

fn regressed(draft: &Draft, label: Option<Label>, names: &Names<'_>) -> String {
    let (before, run) = (draft.before.unwrap_or_default(), names.run);
    let others_fail = draft.is_complete || draft.how.as_ref().is_some_and(|how| how.others_fail);
    let failing = listed(names.levels.regressed_in.iter(), NAMED);
    let how = match label {
        Some(Label::Deterministic) => "every attempt fails".to_owned(),
        Some(Label::SomeEnvironments) if others_fail => format!("every attempt in {failing} fails"),
        Some(Label::SomeSeeds) if others_fail => format!("every attempt with seed {failing} fails"),
        Some(Label::SomeEnvironments) => format!("every attempt in {failing} fails, none in another environment"),
        Some(Label::SomeSeeds) => format!("every attempt with seed {failing} fails, none with another"),
        _ => "it fails more often".to_owned(),
    };
    let new = if draft.how.as_ref().is_some_and(|how| how.is_new) { ", new since then" } else { "" };
    let same_code = match draft.witness {
        Some(witness) if label == Some(Label::SameCode) => {
            format!("; {}: no change of the code did that", told_of_cell(witness, names))
        }
        _ => String::new(),
    };
    let place = draft.changes.last().map_or_else(String::new, |change| {
        format!(" since {} (99 %: {} to {})", run(change.run), run(change.from), run(change.to))
    });
    let (x, n) = (draft.current.x, runs(draft.current.n));
    if draft.is_complete {
        return format!("{how}{place}: in {x} of {n}, and in {} of {} before{same_code}", before.x, before.n);
    }
    format!("{how}{place}{new}: {x} of {n} failed, {} of {} before{same_code}", before.x, before.n)
}

fn flaky(draft: &Draft, names: &Names<'_>) -> String {
    let Some(witness) = draft.witness else { return String::new() };
    format!("{}; {} of {} failed", told_of_cell(witness, names), draft.whole.x, runs(draft.whole.n))
}

/// The witness in words, with its cell.
fn told_of_cell(witness: Witness, names: &Names<'_>) -> String {
    let cell = &names.levels.witness_cell;
    let cell = if cell.is_empty() { String::new() } else { format!(" with {cell}") };
    format!("{}{cell}", told(witness, names.run))
}

/// A witness in words.
pub(super) fn told(witness: Witness, run: &dyn Fn(u32) -> String) -> String {
    let (failed, passed) = (run(witness.failed), run(witness.passed));
    match witness.ground {
        Ground::SameRun => format!("it passed and failed in {failed}"),
        Ground::SameRevision => format!("it failed in {failed} and passed in {passed} of one revision"),
        Ground::Interleaved => {
            format!("it failed in {failed} and passed in {passed}, in a history of fail, pass, fail")
        }
    }
}

fn failures(count: u64) -> String {
    format!("{count} more failing run{}", if count == 1 { "" } else { "s" })
}

fn needed(count: Option<u64>) -> String {
    count.map_or_else(|| "an unknown number".into(), |count| count.to_string())
}
