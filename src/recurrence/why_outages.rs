//! The sentences of failures that came back, were gone, or come in bursts.

use super::draft::Draft;
use super::names::{Names, runs};
use super::past::{Past, Reason, Span};
use super::verdict::Label;

/// Milliseconds of an hour, and of a day.
const HOUR_MS: f64 = 3_600_000.0;
const DAY_MS: f64 = 24.0 * HOUR_MS;

/// Since when it is back, and when it was there before.
pub(super) fn relapsed(draft: &Draft, label: Option<Label>, names: &Names<'_>) -> String {
    let Some((past, last, before)) = parts(draft) else { return String::new() };
    let away = away(past);
    let how = match label {
        Some(Label::Deterministic) => ", every attempt".to_owned(),
        Some(Label::SomeEnvironments) => format!(", every attempt in {}", names.regressed()),
        Some(Label::SomeSeeds) => format!(", every attempt with seed {}", names.regressed()),
        _ => String::new(),
    };
    let interval = last
        .start
        .1
        .map_or_else(String::new, |(from, to)| format!(" (99 %: {} to {})", (names.run)(from), (names.run)(to)));
    let times = match past.times_before {
        0 | 1 => "it had failed".to_owned(),
        times => format!("it had failed {times} times before, last"),
    };
    format!(
        "back since {}{interval}: {} of {} failed{how}; {times} in {} and stayed away for {}{}; the risk that it is no relapse \
         is {}{}",
        (names.run)(last.start.0),
        last.failed,
        runs(last.runs),
        span(before, names, true),
        runs(away),
        last.clean_before_ms
            .filter(|_| away == last.clean_before)
            .map_or_else(String::new, |ms| format!(", {}", time(ms))),
        per_cent(past.course.risk().unwrap_or(1.0)),
        reason(past, last, before, names)
    )
}

/// That it is gone, as it was before.
pub(super) fn recovered(draft: &Draft, names: &Names<'_>) -> String {
    let Some((past, last, _)) = parts(draft) else { return String::new() };
    format!(
        "{} clean since its {} ({}); it came back after {} before, so {} more would be twice its longest absence",
        runs(draft.clean),
        ordinal(past.spans.len()),
        span(last, names, false),
        runs(past.longest_away),
        past.away_needed(false).saturating_sub(draft.clean)
    )
}

/// Of a fix behind several outages, how it compares with the earlier absences.
pub(super) fn longer_than_ever(draft: &Draft) -> String {
    let several = draft.past.as_ref().filter(|past| past.is_gone());
    several.map_or_else(String::new, |past| {
        format!(
            "; twice as long since its {} as it ever stayed away ({})",
            ordinal(past.spans.len()),
            past.longest_away
        )
    })
}

/// That it fails again behind an outage.
pub(super) fn again(draft: &Draft, names: &Names<'_>) -> String {
    let Some(past) = &draft.past else { return String::new() };
    let newest = || if draft.failing == 1 { "run".to_owned() } else { runs(draft.failing) };
    let (outage, away) = match &past.spans[..] {
        [.., before, last] if draft.whole.n == past.course.outages.last().map_or(0, |last| last.end as u64) => {
            (before, last.clean_before)
        }
        [.., last] => {
            let behind = draft.whole.n - past.course.outages.last().map_or(0, |last| last.end as u64);
            (last, behind.saturating_sub(draft.failing))
        }
        [] => return String::new(),
    };
    format!("failed in its last {}, {} after its outage of {}", newest(), runs(away), span(outage, names, false))
}

/// How its failures come and go.
pub(super) fn bursty(draft: &Draft, names: &Names<'_>) -> String {
    let Some(past) = &draft.past else { return String::new() };
    let (inside, failed) = past.inside();
    let number = past.spans.len();
    if let Some(witness) = past.by_revision {
        return format!(
            "it comes and goes, {number} times by now, and one revision passed in {} and failed in {}: no change of the code brings \
             it back",
            (names.run)(witness.passed),
            (names.run)(witness.failed)
        );
    }
    let average = |sum: u64, of: usize| sum.checked_div(of as u64).unwrap_or(0);
    match past.course.pace_chance {
        Some(pace) if past.course.comes_at_pace() => format!(
            "it comes and goes: {number} outages of {} in {}, away for {} at a time, as long as chance has it at that pace \
             ({})",
            runs(average(inside, number)),
            draft.whole.n,
            average(past.spans[1..].iter().map(|span| span.clean_before).sum(), number - 1),
            per_cent(pace)
        ),
        _ => format!(
            "its failures come in {number} bursts: {failed} of {} failed inside, {} of {} outside (odds {:.0} to 1 over chance)",
            runs(inside),
            past.strays,
            past.outside,
            past.course.ln_odds.exp()
        ),
    }
}

/// That a regression is another failure than the one before.
pub(super) fn another_reason(draft: &Draft, names: &Names<'_>) -> String {
    match parts(draft) {
        Some((past, last, before)) if !past.is_over && past.reason == Reason::Another => format!(
            "; for another reason{} than in {}{}",
            in_brackets(last, names),
            span(before, names, false),
            in_brackets(before, names)
        ),
        _ => String::new(),
    }
}

/// The outages, the last of them and the one before it that is of its kind: of everything, or its own.
fn parts(draft: &Draft) -> Option<(&Past, &Span, &Span)> {
    let past = draft.past.as_deref().filter(|past| past.came_back())?;
    let (last, earlier) = past.spans.split_last()?;
    Some((past, last, earlier.iter().rev().find(|span| span.is_mass == last.is_mass)?))
}

/// Runs between these two.
fn away(past: &Past) -> u64 {
    let Some((last, earlier)) = past.spans.split_last() else { return 0 };
    let before = earlier.iter().rposition(|span| span.is_mass == last.is_mass);
    let outages = &past.course.outages;
    before.zip(outages.last()).map_or(0, |(before, last)| (last.start - outages[before].end) as u64)
}

fn reason(past: &Past, last: &Span, before: &Span, names: &Names<'_>) -> String {
    match past.reason {
        Reason::Same if past.reason_last == Some(before.last_failed) => {
            format!("; the same reason as then{}", of(&shared(last, before), names))
        }
        Reason::Same => {
            past.reason_last.map_or_else(String::new, |run| format!("; the same reason as in {}", (names.run)(run)))
        }
        Reason::Mixed | Reason::Unknown | Reason::Another => String::new(),
    }
}

fn shared(last: &Span, before: &Span) -> Vec<u32> {
    let both = last.reasons.iter().copied().filter(|reason| before.reasons.contains(reason));
    both.collect()
}

fn of(reasons: &[u32], names: &Names<'_>) -> String {
    let name = reasons.first().map(|&way| (names.reason)(way)).filter(|name| !name.is_empty());
    name.map_or_else(String::new, |name| format!(": {name}"))
}

fn in_brackets(span: &Span, names: &Names<'_>) -> String {
    let name = span.reasons.first().map(|&way| (names.reason)(way)).filter(|name| !name.is_empty());
    name.map_or_else(String::new, |name| format!(" ({name})"))
}

/// An outage by its runs.
fn span(span: &Span, names: &Names<'_>, counts: bool) -> String {
    let (first, last) = ((names.run)(span.start.0), (names.run)(span.last_failed));
    let told = if first == last { first } else { format!("{first} to {last}") };
    if counts { format!("{told} ({} of {})", span.failed, span.runs) } else { told }
}

fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending} outage")
}

fn time(ms: i64) -> String {
    let ms = ms as f64;
    if ms < 2.0 * DAY_MS { format!("{:.1} hours", ms / HOUR_MS) } else { format!("{:.1} days", ms / DAY_MS) }
}

/// A small chance with two digits.
fn per_cent(chance: f64) -> String {
    let per_cent = 100.0 * chance;
    if per_cent >= 1.0 {
        return format!("{per_cent:.0} %");
    }
    if per_cent < 1e-6 {
        return "below 0.000001 %".to_owned();
    }
    let digits = (1.0 - per_cent.log10().floor()).clamp(0.0, 12.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
    let digits = digits as usize;
    format!("{per_cent:.digits$} %")
}
