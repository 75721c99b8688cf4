//! Comparing two sweeps: a join of their incidents by id.

use std::collections::{BTreeMap, BTreeSet};

use super::baseline::Output;
use super::case::{Case, LEVEL, Pair};
use super::change::{ByKind, Change, ChangeKind, Comparison, Summary};
use super::history::Side;
use super::row::Run;
use super::why::why;
use crate::analysis::TimeWindow;
use crate::incident::IncidentRow;
use crate::recurrence::{Standing, UNKNOWN_BRANCH, Verdict};
use crate::stats::Test;
use crate::stats::fdr::family;
use crate::stats::fisher::{greater, least_attainable_greater};
use crate::sweep::Words;
use crate::text::number::Rounded;
use crate::text::terminal::listed;

/// Branches that a warning names.
const NAMED: usize = 4;
/// Runs from which on the branch of most is said to be the main line.
const LEAST_OF_MAIN: usize = 10;

/// How `new` differs from its baseline `old`: incidents in the runs of `new` whose ids `old` does not hold, beside all
/// runs of `old`. Neither the order of rows nor that of runs of one moment matters.
///
/// The family of the test is every incident that both know, that failed in the runs compared and whose scenario both
/// list, less those whose counts could not be significant however they fell (Tarone).
#[must_use]
pub fn compare(old: &Output, new: &Output) -> Comparison {
    let (old, new) = (Side::new(old), Side::new(new));
    let is_compared: Vec<bool> = new.output.runs.iter().map(|run| !old.places.contains_key(run.id.as_str())).collect();
    let pair = Pair { old: &old, new: &new, is_compared: &is_compared, is_like: is_like(old.output, new.output) };
    let ids: BTreeSet<&str> = old.incidents.keys().chain(new.incidents.keys()).copied().collect();
    let has_runs = is_compared.contains(&true);
    let cases = ids.iter().flat_map(|id| pair.cases(id)).filter(|case| has_runs || !case.late.is_empty());
    let (over, mut cases): (Vec<_>, Vec<Case<'_>>) =
        cases.partition(|case| case.is_set_aside && !case.fails() && case.ran == Some(true));
    let (tested, kept) = test(&mut cases);
    // Branches on which the same became of an incident are told as one.
    cases.sort_by(|a, b| a.row.incident_id.cmp(&b.row.incident_id).then(a.kind().cmp(&b.kind())));
    cases.dedup_by(|later, first| {
        let is_same = later.row.incident_id == first.row.incident_id && later.kind() == first.kind();
        first.also_on.extend(is_same.then_some(later.part));
        is_same
    });
    let unseen = unseen(&pair, &cases);
    let mut changes: Vec<Change> = cases.iter().map(|case| change(&pair, case)).collect();
    changes.sort_by(|a, b| {
        let key = |change: &Change| (change.kind, change.severity.rank());
        key(a).cmp(&key(b)).then_with(|| a.incident_id.cmp(&b.incident_id))
    });
    let mut compared: Vec<u32> = (0..).zip(&is_compared).filter(|(_, is)| **is).map(|(run, _)| run).collect();
    compared = new.newest_first(compared);
    let summary = Summary {
        baseline_runs: old.output.runs.len() as u64,
        baseline_last_unix_ms: old.output.runs.iter().filter_map(|run| run.first_unix_ms).max(),
        compared_runs: compared.iter().rev().map(|&run| new.run_id(run)).collect(),
        runs_in_both: is_compared.iter().filter(|is| !**is).count() as u64,
        runs_gone: old.places.keys().filter(|id| !new.places.contains_key(*id)).count() as u64,
        by_kind: ByKind::count(&changes),
        tested,
        kept,
    };
    let ours: BTreeSet<&str> = changes.iter().map(|change| change.incident_id.as_str()).collect();
    let over_ids: BTreeSet<&str> = over.iter().map(|case| case.row.incident_id.as_str()).collect();
    let over = over_ids.difference(&ours).count() as u64;
    let is_unexplained = |(id, _): &(&&str, &&IncidentRow)| {
        !old.incidents.contains_key(**id) && !ours.contains(**id) && !over_ids.contains(**id)
    };
    let unexplained = new.incidents.iter().filter(is_unexplained).map(|(_, row)| row.scenario_id.as_str());
    let mut warnings = warnings(&pair, &summary, &unexplained.collect(), !changes.is_empty());
    warnings.extend(other_classes(&pair, &changes));
    warnings.extend(early(&pair));
    warnings.extend(replaced(&pair));
    warnings.extend(unseen);
    warnings.extend(without_main_line(&pair));
    Comparison::new(summary.clone(), notes(&summary, over), warnings, changes)
}

/// What a reader should know of the runs, and of `over` incidents that are not listed.
fn notes(summary: &Summary, over: u64) -> Vec<String> {
    let both = format!("runs that both hold, which count as the baseline's: {}", summary.runs_in_both);
    let gone = format!("runs of the baseline that the new sweep does not hold: {}", summary.runs_gone);
    let over_note = format!(
        "incidents that are not listed, since they only failed in mass-failure runs of the baseline that were set aside, and not since: {over}"
    );
    [(summary.runs_in_both, both), (summary.runs_gone, gone), (over, over_note)]
        .into_iter()
        .filter_map(|(number, note)| (number > 0).then_some(note))
        .collect()
}

fn change(pair: &Pair<'_>, case: &Case<'_>) -> Change {
    let kind = case.kind();
    let row = case.row;
    let name = |run: Option<&u32>| run.map(|&run| pair.new.run_id(run));
    Change {
        incident_id: row.incident_id.clone(),
        kind,
        proof: case.proof.filter(|_| kind == ChangeKind::Returned),
        class: row.class.clone(),
        severity: row.severity,
        owner_hint: row.owner_hint.clone(),
        packet_id: row.packet_id.clone(),
        suite_id: row.suite_id.clone(),
        scenario_id: row.scenario_id.clone(),
        mode: row.mode.clone(),
        reason_code: row.reason_code.clone(),
        old: case.old,
        new: case.new,
        ran: case.ran,
        first_failed_run: name(case.failed.last()),
        last_failed_run: name(case.failed.first()),
        clean_since_run: name(case.clean.first()),
        p: case.p.map(Rounded),
        q: case.q.map(Rounded),
        regressed_before: pair.is_regressed_before(case),
        branch: case.part.branch().map(str::to_owned),
        also_on: case.also_on.iter().map(|part| part.branch().unwrap_or(UNKNOWN_BRANCH).to_owned()).collect(),
        baseline_branch: case.beside.branch().filter(|_| case.beside != case.part).map(str::to_owned),
        verdict: case.verdict,
        headline: case.new_row.and_then(|row| row.kind),
        standing: case.new_row.map_or(Standing::Stale, IncidentRow::standing),
        why: why(pair, case, row, kind),
        replay_command: row.replay_command.clone(),
        artifact_refs: row.artifact_refs.clone(),
    }
}

/// What makes the comparison doubtful or empty.
fn warnings(pair: &Pair<'_>, summary: &Summary, unexplained: &BTreeSet<&str>, is_late: bool) -> Vec<String> {
    let (old, new) = (pair.old.output, pair.new.output);
    let mut warnings = Vec::new();
    let mut warn = |when: bool, what: String| warnings.extend(when.then_some(what));
    warn(
        summary.compared_runs.is_empty() && !new.runs.is_empty(),
        format!(
            "no new runs: the baseline holds every run of the new sweep, so {} compared",
            if is_late { "only records that came to these later were" } else { "nothing was" }
        ),
    );
    let holds = |which: &str| format!("the {which} holds no run of tests, so that nothing can be told of it");
    warn(old.runs.is_empty(), holds("baseline"));
    warn(new.runs.is_empty(), holds("new sweep"));
    // A window, and another packet, begin a run later.
    let [before, now] = [old, new].map(|output| output.window.clone().unwrap_or_default());
    let is_whole = |run: &Run, other: &Run| {
        let began = run.first_unix_ms.min(other.first_unix_ms);
        old.packet_filter == new.packet_filter && before.begins_by(began) && now.begins_by(began)
    };
    let differing = old.runs.iter().filter(|run| {
        let place = pair.new.places.get(run.id.as_str());
        place
            .and_then(|&place| new.runs.get(place as usize))
            .is_some_and(|other| other.first_unix_ms != run.first_unix_ms && is_whole(run, other))
    });
    let differing: Vec<&str> = differing.map(|run| run.id.as_str()).collect();
    warn(
        !differing.is_empty(),
        format!(
            "runs that both hold and that began at another moment in each: {}, the first `{}`; if these are different \
             runs of one id, what names runs must tell them apart",
            differing.len(),
            differing.first().unwrap_or(&"")
        ),
    );
    let gone = old.runs.iter().filter(|run| !pair.new.places.contains_key(run.id.as_str()));
    let gone: BTreeMap<i64, &str> = gone.filter_map(|run| Some((run.first_unix_ms?, run.id.as_str()))).collect();
    let compared = new.runs.iter().filter(|run| !pair.old.places.contains_key(run.id.as_str()));
    let twins = compared.filter_map(|run| Some((gone.get(&run.first_unix_ms?)?, &run.id)));
    let twins: Vec<(&&str, &String)> = twins.collect();
    if let Some((before, now)) = twins.first() {
        warnings.push(format!(
            "runs that began with one that the new sweep does not hold: {}, the first `{now}` with `{before}`; if these \
             are one run under two ids, what names runs must give it one",
            twins.len()
        ));
    }
    let mut warn = |when: bool, what: String| warnings.extend(when.then_some(what));
    let times = |output: &Output, wanted: &dyn Fn(&str) -> bool| -> Vec<i64> {
        output.runs.iter().filter(|run| wanted(&run.id)).filter_map(|run| run.first_unix_ms).collect()
    };
    let compared = times(new, &|id| !pair.old.places.contains_key(id));
    let is_before = compared.iter().max() < times(old, &|_| true).iter().min();
    warn(
        !compared.is_empty() && is_before,
        "every run that was compared began before the baseline's: the two may be swapped".to_owned(),
    );
    warn(
        old.taxonomy != new.taxonomy,
        format!(
            "taxonomies differ, and ids with them: `{}` in the baseline, `{}` in the new sweep",
            old.taxonomy, new.taxonomy
        ),
    );
    let words = other_words(old, new);
    warn(words.is_some(), words.unwrap_or_default());
    let packet =
        |output: &Output| output.packet_filter.as_ref().map_or("all".to_owned(), |packet| format!("`{packet}`"));
    warn(
        old.packet_filter != new.packet_filter,
        format!("packets differ: {} in the baseline, {} in the new sweep", packet(old), packet(new)),
    );
    // A window that moved on since, as one of the last weeks does, leaves out what is older alone.
    let moved_on = before.moves_on_to(&now);
    let window = |output: &Output| output.window.as_ref().map_or("all times".to_owned(), TimeWindow::told);
    warn(!moved_on, format!("windows differ: {} in the baseline, {} in the new sweep", window(old), window(new)));
    let named = |runs: &mut dyn Iterator<Item = &Run>| -> BTreeSet<String> {
        runs.filter_map(|run| run.branch.as_ref()).map(|branch| format!("`{branch}`")).collect()
    };
    let before = named(&mut old.runs.iter());
    let now = named(&mut new.runs.iter().filter(|run| !pair.old.places.contains_key(run.id.as_str())));
    warn(
        !before.is_empty() && !now.is_empty() && before.is_disjoint(&now),
        format!(
            "branches differ: {} in the baseline, {} in the new runs, which are compared with its runs of {}",
            listed(before.iter(), NAMED),
            listed(now.iter(), NAMED),
            pair.old.main_line.branch().unwrap_or(UNKNOWN_BRANCH)
        ),
    );
    warn(
        !unexplained.is_empty(),
        format!(
            "incidents that the baseline does not know failed in its own runs only, or in none that is listed: of {}",
            listed(unexplained.iter(), NAMED)
        ),
    );
    warnings
}

/// New runs whose clocks are before all of the baseline's, where others are not.
fn early(pair: &Pair<'_>) -> Option<String> {
    let oldest = pair.old.output.runs.iter().filter_map(|run| run.first_unix_ms).min()?;
    let new = pair.new.output.runs.iter().filter(|run| !pair.old.places.contains_key(run.id.as_str()));
    let dated = new.filter_map(|run| Some((run.first_unix_ms?, run.id.as_str())));
    let (early, others): (Vec<_>, Vec<_>) = dated.partition(|&(began, _)| began < oldest);
    (!early.is_empty() && !others.is_empty()).then(|| {
        format!(
            "new runs that began before all of the baseline's, by their clocks: {}; what failed in them may look mended since",
            listed(early.iter().map(|(_, id)| id), NAMED)
        )
    })
}

/// Failures that the baseline has of runs that both hold, and the new sweep does not: a job that was run again in place of one
/// that failed, and passed, hides a flake.
fn replaced<'o>(pair: &Pair<'o>) -> Option<String> {
    let rows = pair.old.incidents.values().copied();
    let runs = |row: &'o IncidentRow| pair.replaced(row).into_iter().map(move |run| (row, run));
    let gone: BTreeSet<(&str, &str)> = rows.flat_map(runs).map(|(row, run)| (row.scenario_id.as_str(), run)).collect();
    (!gone.is_empty()).then(|| {
        format!(
            "failures of runs that both hold are in the baseline alone: of {}; what was run again in place of them and passed \
             may be flaky",
            listed(gone.iter().map(|(scenario, run)| format!("{scenario} in {run}")), NAMED)
        )
    })
}

/// What was open in the baseline, and of whose scenario the new sweep holds nothing: archives that were deleted took it along.
/// One that looks at other packets or branches says nothing of it.
fn unseen(pair: &Pair<'_>, cases: &[Case<'_>]) -> Option<String> {
    let (old, new) = (pair.old, pair.new);
    let known: BTreeSet<[&str; 4]> = new.output.incidents.iter().map(IncidentRow::names).collect();
    let is_unseen = |case: &&Case<'_>| {
        let is_open = case.new_row.is_none() && case.row.standing() == Standing::Live && !case.is_set_aside;
        let has_result = case.ran != Some(false) || known.contains(&case.row.names()) || !new.rows(case.row).is_empty();
        is_open && !has_result && old.branches(case.row).iter().any(|branch| new.has_branch(*branch))
    };
    let unseen = cases.iter().filter(|_| pair.is_like).filter(is_unseen);
    let unseen: BTreeSet<&str> = unseen.map(|case| case.row.scenario_id.as_str()).collect();
    (!unseen.is_empty()).then(|| {
        format!(
            "what the baseline told as open, and of which the new sweep holds no result, neither a failure nor a pass: of {}",
            listed(unseen.iter(), NAMED)
        )
    })
}

/// What was open on the branch of most of the baseline's runs, of which the new sweep has none, though it has others: what these
/// say of it is not what that branch would. Branches of one change end; the main line does not.
fn without_main_line(pair: &Pair<'_>) -> Option<String> {
    let (old, new) = (pair.old, pair.new);
    let part = old.main_line;
    let main = part.branch()?;
    let runs = old.runs_of(part);
    let is_gone = runs >= LEAST_OF_MAIN && old.has_several() && new.has_named() && !new.has_branch(Some(main));
    let is_live = |verdict: Verdict| Standing::of(verdict.kind(None, false), false).is_live();
    let is_open =
        |row: &&&IncidentRow| !old.history(row, part).failed.is_empty() && old.verdict(row, part).is_some_and(is_live);
    let open = old.incidents.values().filter(|_| pair.is_like && is_gone).filter(is_open);
    let open: BTreeSet<&str> = open.map(|row| row.scenario_id.as_str()).collect();
    (!open.is_empty()).then(|| {
        format!(
            "the new sweep has no run of branch {main}, of which the baseline has {runs}, more than of any other; what was open there \
             is judged by other branches alone: of {}",
            listed(open.iter(), NAMED)
        )
    })
}

/// That what is new has the scenario and reason of what the baseline had in another class, and the new sweep has no more: it
/// may be old, and be classified otherwise.
fn other_classes(pair: &Pair<'_>, changes: &[Change]) -> Option<String> {
    let gone = pair.old.incidents.values().filter(|row| !pair.new.incidents.contains_key(row.incident_id.as_str()));
    let gone: BTreeMap<_, &str> =
        gone.map(|row| ((row.names(), row.reason_code.as_str()), row.class.as_str())).collect();
    let moved = changes.iter().filter(|change| change.kind == ChangeKind::New).filter_map(|change| {
        let before = gone.get(&(change.names(), change.reason_code.as_str()))?;
        Some(format!("`{}` (`{before}`, now `{}`)", change.scenario_id, change.class))
    });
    let moved: BTreeSet<String> = moved.collect();
    (!moved.is_empty()).then(|| {
        format!(
            "what is new had another class in the baseline, with the same reason: {}; if the taxonomy was changed, it is not new",
            listed(moved.iter(), NAMED)
        )
    })
}

/// Whether two sweeps looked at the same records in the same way, but for what came since.
fn is_like(old: &Output, new: &Output) -> bool {
    let [before, now] = [old, new].map(|output| output.window.clone().unwrap_or_default());
    other_words(old, new).is_none()
        && old.taxonomy == new.taxonomy
        && old.packet_filter == new.packet_filter
        && before.moves_on_to(&now)
}

/// That the words of outcomes meant something else, so that what passed may have failed: with another profile, or with
/// another definition of it.
pub(super) fn other_words(old: &Output, new: &Output) -> Option<String> {
    let (before, now) = (&old.words, &new.words);
    if before.is_empty() || now.is_empty() {
        return None;
    }
    let named = |words: &Words| listed(words.keys().map(|name| format!("`{name}`")), NAMED);
    let both = || before.iter().filter_map(|(name, before)| Some((name, before, now.get(name)?)));
    if both().next().is_none() {
        let [before, now] = [before, now].map(named);
        return Some(format!(
            "profiles differ, and with them what failed: {before} in the baseline, {now} in the new sweep"
        ));
    }
    let (name, before, now) = both().find(|(_, before, now)| before != now)?;
    Some(format!("the words of profile `{name}` differ: {before} in the baseline, {now} in the new sweep"))
}

/// Tests what can be tested for failing more often. How many were tested, and how many make the family.
fn test(cases: &mut [Case<'_>]) -> (u64, u64) {
    let test = |case: &mut Case<'_>| {
        let (new, old) = case.levels()?;
        case.p = greater(new, old);
        Some(Test { p: case.p?, least_attainable: least_attainable_greater(new, old)? })
    };
    let tests: Vec<Option<Test>> = cases.iter_mut().map(test).collect();
    let family = family(&tests, LEVEL);
    for (case, q) in cases.iter_mut().zip(family.q) {
        case.q = q;
    }
    (family.tested as u64, family.kept as u64)
}
