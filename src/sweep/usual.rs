//! What is usual: archives that hold far less than those like them, and scenarios of which each is met once.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::{ArchiveLedger, strip_container};
use crate::record::mask;
use crate::tally::{Clean, RunSet, Tally, name_shape};
use crate::text::terminal::{count, plural};

/// Archives that must be alike before one of them is called short.
const LEAST_ALIKE: usize = 5;
/// Runs, and scenarios that failed, before ids are said to differ.
const LEAST_RUNS: usize = 3;
const LEAST_SCENARIOS: usize = 3;
/// Reasons of one scenario before they are said to differ in numbers alone, and those that are looked at.
const LEAST_REASONS: usize = 5;
const MOST_REASONS: usize = 64;
/// Environments of one run alone before that is said to be the rule.
const LEAST_FLEETING: usize = 10;
/// Bytes of a masked id.
const MASKED: usize = 200;

/// Archives that hold no record, or fewer than half as many as is usual among those whose paths differ from theirs in
/// numbers alone; each with what to say of it. Where more than one in ten are short, that is usual too.
pub(super) fn short(archives: &BTreeMap<usize, ArchiveLedger>) -> Vec<(usize, String)> {
    let mut alike: BTreeMap<String, Vec<(usize, u64)>> = BTreeMap::new();
    let mut found = Vec::new();
    for (&place, ledger) in archives {
        let counts = &ledger.counts;
        if counts.lines == counts.blank && ledger.damage_count == 0 && ledger.duplicate_of.is_none() {
            let what = match &ledger.told {
                Some(_) => "it holds no test",
                None if counts.lines == 0 => "it holds no line",
                None => "all of its lines are blank",
            };
            found.push((place, format!("empty: {what}")));
        }
        let records = ledger.counts.records();
        alike.entry(name_shape(strip_container(&ledger.path))).or_default().push((place, records));
    }
    for mut alike in alike.into_values().filter(|alike| alike.len() >= LEAST_ALIKE) {
        alike.sort_by_key(|&(_, records)| records);
        let usual = alike[alike.len() / 2].1;
        let shorter = alike.partition_point(|&(_, records)| records * 2 < usual);
        if shorter <= (alike.len() / 10).max(1) {
            let told = alike[..shorter].iter().filter(|(_, records)| *records > 0);
            found.extend(told.map(|&(place, records)| (place, ended(records, usual))));
        }
    }
    found.sort();
    found
}

fn ended(records: u64, usual: u64) -> String {
    format!("ended after {} of {}, which are usual here", count(records), plural(usual, "record"))
}

/// A warning where no scenario is in two runs, and masking numbers and the like in their ids would change that.
pub(super) fn once(tally: &Tally, clean: &Clean) -> Option<String> {
    let runs = u32::try_from(tally.runs().len()).ok()?;
    let is_in_many = |set: &RunSet| set.iter().nth(1).is_some();
    let passed: u64 = (0..runs).map(|run| clean.ran(run)).sum();
    // Most logs are left here, at their first scenario.
    if (runs as usize) < LEAST_RUNS
        || passed > clean.scenarios
        || tally.cells().any(|cell| is_in_many(&cell.passed) || tally.outcomes(cell).any(|one| is_in_many(&one.runs)))
    {
        return None;
    }
    let by_scenario = tally.cells_by_scenario();
    let mut of_masked: BTreeMap<[String; 4], BTreeSet<u32>> = BTreeMap::new();
    for scenario in 0..by_scenario.scenarios() {
        let cells = by_scenario.of(scenario).iter();
        let sets = cells.flat_map(|cell| tally.outcomes(cell).map(|one| &one.runs).chain([&cell.passed]));
        let ran: BTreeSet<u32> = sets.flat_map(RunSet::iter).map(|(run, _)| run).collect();
        if ran.len() > 1 {
            return None;
        }
        let [packet, suite, name, mode] = tally.scenario_names(scenario);
        of_masked.entry([packet.into(), suite.into(), masked(name), mode.into()]).or_default().extend(ran);
    }
    let scenarios = by_scenario.scenarios() as usize;
    let recur = of_masked.values().filter(|runs| runs.len() > 1).count();
    let (names, _) = of_masked.iter().max_by_key(|(_, runs)| runs.len())?;
    (scenarios >= LEAST_SCENARIOS && of_masked.len() * 2 <= scenarios && recur * 2 > of_masked.len()).then(|| {
        format!(
            "ids differ in every run, so that no scenario has a history: mask them, as to `{}`, with this in the profile: \
            [[derive]] role = \"scenario\" from = [{{ role = \"scenario\", mask = 1 }}]",
            names[2]
        )
    })
}

/// A warning where nearly every environment of what failed is of one run alone, so that no failure can be told to be of one.
pub(super) fn fleeting_environments(tally: &Tally) -> Option<String> {
    let mut runs: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    for cell in tally.cells() {
        let Some(environment) = cell.key.env() else { continue };
        let known = runs.entry(tally.text(environment)).or_default();
        let sets = tally.outcomes(cell).map(|one| &one.runs).chain([&cell.passed]);
        // Two tell that it comes again.
        for (run, _) in sets.flat_map(|set| set.iter().take(2)) {
            if known.len() < 2 {
                known.insert(run);
            }
        }
    }
    let fleeting: Vec<&str> = runs.iter().filter(|(_, runs)| runs.len() < 2).map(|(name, _)| *name).collect();
    let is_rule = fleeting.len() >= LEAST_FLEETING && fleeting.len() * 10 > runs.len() * 9;
    is_rule.then(|| {
        format!(
            "{} of {} of what failed ran in one run alone, as `{}`, so that nothing can be told to fail in one of them: mask what \
             differs, as with this in the profile: [[derive]] role = \"env\" from = [{{ role = \"env\", mask = 1 }}]",
            count(fleeting.len() as u64),
            plural(runs.len() as u64, "environment"),
            fleeting[0],
        )
    })
}

/// A warning where a scenario's reasons differ in numbers and the like alone, so that what is one defect has many incidents and
/// none a history.
pub(super) fn unmasked_reasons(tally: &Tally) -> Option<String> {
    let mut reasons: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for incident in tally.incidents() {
        let of_scenario = reasons.entry(incident.scenario).or_default();
        if of_scenario.len() < MOST_REASONS {
            of_scenario.push(tally.text(incident.reason));
        }
    }
    let mut found: Vec<[&str; 3]> = Vec::new();
    for (scenario, mut reasons) in reasons.into_iter().filter(|(_, reasons)| reasons.len() >= LEAST_REASONS) {
        reasons.sort_unstable();
        reasons.dedup();
        let mut of_masked: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for reason in reasons {
            of_masked.entry(masked(reason)).or_default().push(reason);
        }
        if let Some(alike) = of_masked.into_values().find(|alike| alike.len() >= LEAST_REASONS) {
            found.push([alike[0], alike[1], tally.scenario_names(scenario)[2]]);
        }
    }
    let [first, second, name] = found.iter().min()?;
    Some(format!(
        "reasons of {} differ in numbers and the like alone, so that what may be one defect is many incidents, as `{first}` and \
         `{second}` of {name}: mask them with this in the profile: [[derive]] role = \"reason\" from = [{{ role = \"reason\", mask = 1 }}]",
        plural(found.len() as u64, "scenario"),
    ))
}

/// A text with its numbers and the like masked.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    mask(text, MASKED, &mut masked);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Counts;

    fn told(records: &[u64]) -> Vec<(usize, String)> {
        let ledger = |(at, &records): (usize, &u64)| {
            let counts = Counts { lines: records, parsed: records, ..Counts::default() };
            let path = format!("r{at:02}.jsonl{}", if at % 2 == 0 { "" } else { ".zst" });
            (at, ArchiveLedger { path, counts, ..ArchiveLedger::default() })
        };
        short(&records.iter().enumerate().map(ledger).collect())
    }

    #[test]
    fn what_ends_early_is_short_of_what_is_usual() {
        let one = |at: usize, text: &str| vec![(at, text.to_owned())];
        assert_eq!(told(&[20, 20, 20, 9, 20, 21]), one(3, "ended after 9 of 20 records, which are usual here"));
        assert_eq!(told(&[20, 20, 20, 0, 20, 21]), one(3, "empty: it holds no line"));
        assert_eq!(told(&[20, 20, 20, 10, 20, 21]), []);
        // Few, or sizes that differ, have no usual one.
        assert_eq!(told(&[20, 20, 20, 9]), []);
        assert_eq!(told(&[20, 20, 20, 9, 9, 21]), []);
        assert_eq!(told(&[0, 5]), one(0, "empty: it holds no line"));
    }
}
