//! Findings of whole runs: what failed only where a large part of everything failed has one cause, most likely, and is one
//! row, one ticket and one escalation.

use std::collections::{BTreeMap, BTreeSet};

use crate::incident::IncidentRow;
use crate::recurrence::Standing;
use crate::taxonomy::Severity;
use crate::text::terminal::{listed, plural};

/// Incidents that failed only in the same mass-failure runs, and that are of equal concern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFinding {
    /// Ids of these runs, in order.
    pub runs: Vec<String>,
    /// Its incidents, by their places in the list that they were taken from: first the one that stands for all.
    pub incidents: Vec<usize>,
    /// What they failed with, the most common first.
    pub reasons: Vec<SharedReason>,
    /// Distinct scenarios.
    pub scenarios: u64,
    /// The gravest of all.
    pub severity: Severity,
    /// Whether it is still of concern.
    pub standing: Standing,
}

/// A reason that incidents share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedReason {
    /// Class.
    pub class: String,
    /// Reason.
    pub reason_code: String,
    /// Distinct scenarios that failed with it.
    pub scenarios: u64,
}

/// The findings of whole runs among some incidents, the most urgent first, then in the order of the incidents that stand for
/// them; `runs`: ids of the runs that `failed_in` counts in; `mass`: those of the mass-failure runs. What failed anywhere
/// else too, and what is alone, is none.
#[must_use]
pub fn run_findings<'r>(
    incidents: &[IncidentRow],
    runs: impl IntoIterator<Item = &'r str>,
    mass: &[String],
) -> Vec<RunFinding> {
    let mass: BTreeSet<&str> = mass.iter().map(String::as_str).collect();
    if mass.is_empty() {
        return Vec::new();
    }
    let named: BTreeMap<u32, &str> = (0..).zip(runs).filter(|(_, id)| mass.contains(id)).collect();
    let is_one = |row: &IncidentRow| {
        !row.failed_in.is_empty()
            && row.failed_in.len() <= named.len() as u64
            && row.failed_in.iter().all(|run| named.contains_key(&run))
    };
    let places: Vec<usize> = (0..incidents.len()).filter(|&place| is_one(&incidents[place])).collect();
    // Runs that one incident failed in are of one finding, by the first of them.
    let mut first_of: BTreeMap<u32, u32> = named.keys().map(|&run| (run, run)).collect();
    for &place in &places {
        let roots: BTreeSet<u32> = incidents[place].failed_in.iter().map(|run| root(&first_of, run)).collect();
        let least = roots.first().copied();
        for joined in roots {
            first_of.insert(joined, least.unwrap_or(joined));
        }
    }
    let mut members: BTreeMap<(Standing, u32), Vec<usize>> = BTreeMap::new();
    for place in places {
        let row = &incidents[place];
        let Some(run) = row.failed_in.iter().next() else { continue };
        members.entry((row.standing(), root(&first_of, run))).or_default().push(place);
    }
    members.retain(|_, members| members.len() > 1);
    let one = |((standing, _), members)| finding(incidents, &named, standing, members);
    let mut found: Vec<RunFinding> = members.into_iter().map(one).collect();
    found.sort_by_key(|finding| (finding.standing, finding.incidents.first().copied()));
    found
}

fn root(first_of: &BTreeMap<u32, u32>, mut run: u32) -> u32 {
    while let Some(&first) = first_of.get(&run).filter(|&&first| first != run) {
        run = first;
    }
    run
}

fn finding(
    incidents: &[IncidentRow],
    named: &BTreeMap<u32, &str>,
    standing: Standing,
    mut members: Vec<usize>,
) -> RunFinding {
    let scenario = |row: &IncidentRow| [&row.packet_id, &row.suite_id, &row.scenario_id, &row.mode].map(String::clone);
    let rows = || members.iter().map(|&place| &incidents[place]);
    let mut by_reason: BTreeMap<(&str, &str), BTreeSet<[String; 4]>> = BTreeMap::new();
    for row in rows() {
        by_reason.entry((&row.class, &row.reason_code)).or_default().insert(scenario(row));
    }
    let mut reasons: Vec<SharedReason> = by_reason
        .into_iter()
        .map(|((class, reason), of)| SharedReason {
            class: class.to_owned(),
            reason_code: reason.to_owned(),
            scenarios: of.len() as u64,
        })
        .collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.scenarios));
    let scenarios = rows().map(scenario).collect::<BTreeSet<_>>().len() as u64;
    let severity = rows().map(|row| row.severity).min_by_key(|severity| severity.rank()).unwrap_or_default();
    let runs: BTreeSet<u32> = rows().flat_map(|row| row.failed_in.iter()).collect();
    let stands_for_all = |&place: &usize| {
        let (row, common) = (&incidents[place], &reasons[0]);
        (row.class != common.class || row.reason_code != common.reason_code, place)
    };
    members.sort_by_key(stands_for_all);
    RunFinding {
        runs: runs.iter().filter_map(|run| named.get(run)).map(|&id| id.to_owned()).collect(),
        incidents: members,
        reasons,
        scenarios,
        severity,
        standing,
    }
}

/// A row of a list in which the incidents of a finding are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folded {
    /// Place of what stands for the row.
    pub place: usize,
    /// Place of the finding, where it stands for several.
    pub finding: Option<usize>,
}

/// The rows of a list as people read it: what is not over first, and the incidents of a finding as one row, at the place of
/// the first of them. The order is otherwise kept.
#[must_use]
pub fn folded<T>(list: &[T], finding: impl Fn(&T) -> Option<usize>, standing: impl Fn(&T) -> Standing) -> Vec<Folded> {
    let mut members: BTreeMap<usize, usize> = BTreeMap::new();
    for of in list.iter().filter_map(&finding) {
        *members.entry(of).or_default() += 1;
    }
    let mut told = BTreeSet::new();
    let mut rows = Vec::new();
    for (place, one) in list.iter().enumerate() {
        // One that is alone in this list is itself.
        let finding = finding(one).filter(|of| members[of] > 1);
        if finding.is_none_or(|of| told.insert(of)) {
            rows.push(Folded { place, finding });
        }
    }
    rows.sort_by_key(|row| standing(&list[row.place]));
    rows
}

/// The ids of the incidents that findings tell of.
#[must_use]
pub fn told<'r>(findings: &[RunFinding], incidents: &'r [IncidentRow]) -> BTreeSet<&'r str> {
    let places = findings.iter().flat_map(|finding| &finding.incidents);
    places.map(|&place| incidents[place].incident_id.as_str()).collect()
}

/// The place of the finding that each of so many incidents is of.
#[must_use]
pub fn finding_of(findings: &[RunFinding], incidents: usize) -> Vec<Option<usize>> {
    let mut of = vec![None; incidents];
    for (place, finding) in findings.iter().enumerate() {
        for &member in &finding.incidents {
            of[member] = Some(place);
        }
    }
    of
}

/// Runs and reasons that are named.
const NAMED: usize = 3;

impl RunFinding {
    /// What happened: `31 scenarios failed at once in r10`. `show` makes a text from a log fit for where it is shown.
    #[must_use]
    pub fn title(&self, show: impl Fn(&str) -> String) -> String {
        let runs = listed(self.runs.iter().map(|run| show(run)), NAMED);
        format!("{} failed at once in {runs}", plural(self.scenarios, "scenario"))
    }

    /// The reason that its failures share: `database db_down in all of them`.
    #[must_use]
    pub fn shared(&self, show: impl Fn(&str) -> String) -> String {
        let one = |reason: &SharedReason| {
            let of = if reason.scenarios == self.scenarios { "all".to_owned() } else { reason.scenarios.to_string() };
            format!("{} {} in {of} of them", show(&reason.class), show(&reason.reason_code))
        };
        listed(self.reasons.iter().map(one), NAMED)
    }

    /// Whether it is still of concern, in words.
    #[must_use]
    pub fn state(&self) -> &'static str {
        state(self.standing)
    }
}

/// What a standing means, in some words.
#[must_use]
pub const fn state(standing: Standing) -> &'static str {
    match standing {
        Standing::Live => "it is not over",
        Standing::Stale => "stale: its scenarios were not in the latest runs",
        Standing::Over => "it is over: its scenarios passed since",
        Standing::Elsewhere => "only on branches that are not judged",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNS: [&str; 6] = ["r0", "r1", "r2", "r3", "r4", "r5"];

    fn row(scenario: &str, reason: &str, failed_in: &[u32], standing: Standing) -> IncidentRow {
        IncidentRow {
            scenario_id: scenario.to_owned(),
            class: "c".to_owned(),
            reason_code: reason.to_owned(),
            failed_in: failed_in.iter().copied().collect(),
            standing: Some(standing),
            severity: if reason == "db" { Severity::Critical } else { Severity::Low },
            ..Default::default()
        }
    }

    #[test]
    fn an_outage_is_one_finding_with_the_reason_that_its_failures_share() {
        let mut rows = vec![row("odd", "other", &[2], Standing::Over)];
        rows.extend((0..30).map(|at| row(&format!("s{at}"), "db", &[2], Standing::Over)));
        // Failed in an ordinary run too, in another outage, and still fails.
        rows.push(row("both", "db", &[2, 3], Standing::Live));
        rows.push(row("alone", "db", &[5], Standing::Live));
        let found = run_findings(&rows, RUNS, &["r2".to_owned(), "r5".to_owned()]);
        let [outage] = &found[..] else { panic!("{found:?}") };
        assert_eq!((outage.incidents.len(), outage.incidents[0], outage.scenarios), (31, 1, 31));
        assert_eq!(outage.title(str::to_owned), "31 scenarios failed at once in r2");
        assert_eq!(outage.shared(str::to_owned), "c db in 30 of them, c other in 1 of them");
        assert_eq!((outage.severity, outage.standing), (Severity::Critical, Standing::Over));
    }

    #[test]
    fn outages_with_an_incident_in_common_are_one_and_what_is_not_over_is_another() {
        let rows = [
            row("a", "db", &[1], Standing::Over),
            row("b", "db", &[1, 4], Standing::Over),
            row("c", "db", &[4], Standing::Over),
            row("d", "db", &[4], Standing::Live),
            row("e", "db", &[4], Standing::Live),
        ];
        let found = run_findings(&rows, RUNS, &["r1".to_owned(), "r4".to_owned()]);
        let seen: Vec<_> = found.iter().map(|one| (one.standing, one.runs.len(), one.incidents.clone())).collect();
        assert_eq!(seen, [(Standing::Live, 1, vec![3, 4]), (Standing::Over, 2, vec![0, 1, 2])]);
        assert_eq!(found[1].shared(str::to_owned), "c db in all of them");
        assert_eq!(run_findings(&rows, RUNS, &[]), []);
        let of = finding_of(&found, rows.len());
        let places: Vec<usize> = (0..rows.len()).collect();
        let shown = folded(&places, |&place| of[place], |&place| rows[place].standing());
        assert_eq!(shown, [Folded { place: 3, finding: Some(0) }, Folded { place: 0, finding: Some(1) }]);
        // What is not over comes first; one that is alone in a list is itself.
        let shown = folded(&places[2..4], |&place| of[place], |&place| rows[place].standing());
        assert_eq!(shown, [Folded { place: 1, finding: None }, Folded { place: 0, finding: None }]);
    }
}
