//! Where runs stand in the list of runs, and what failed in each.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::incident::IncidentRow;
use crate::recurrence::{Kind, Recurrence, ScenarioJudgement};

/// Where runs stand in the list.
#[derive(Debug)]
pub(super) struct RunPlaces<'r> {
    places: HashMap<&'r str, u32, RandomState>,
    /// The first run of each branch.
    begins: HashMap<Option<&'r str>, u32, RandomState>,
}

impl<'r> RunPlaces<'r> {
    pub(super) fn new(recurrence: &'r Recurrence) -> Self {
        let mut begins = HashMap::default();
        for (run, place) in recurrence.runs.iter().zip(0..) {
            begins.entry(run.branch.as_deref()).or_insert(place);
        }
        Self { places: recurrence.runs.iter().map(|run| run.id.as_str()).zip(0..).collect(), begins }
    }

    /// The place of a run; every run that a judgement names is listed.
    pub(super) fn of(&self, run: &str) -> u32 {
        self.places.get(run).copied().unwrap_or(0)
    }

    /// The first run of the timeline that a scenario is judged on: those of one branch stand together, and a scenario
    /// without one is judged on all.
    pub(super) fn begin_of(&self, branch: Option<&str>) -> u32 {
        let Some(branch) = branch else { return 0 };
        let unnamed = || self.begins.get(&None).copied().unwrap_or(0);
        self.begins.get(&Some(branch)).copied().unwrap_or_else(unnamed)
    }
}

/// Of each run the scenarios that failed: deterministic, flaky, unproven, resolved, and those set aside.
pub(super) fn failing(recurrence: &Recurrence, incidents: &[IncidentRow]) -> [Vec<u32>; 5] {
    let of_id = incidents.iter().map(|row| (row.incident_id.as_str(), row));
    let of_id: HashMap<&str, &IncidentRow, RandomState> = of_id.collect();
    let places = RunPlaces::new(recurrence);
    let mut failing = [(); 5].map(|()| vec![0; recurrence.runs.len()]);
    for row in &recurrence.scenarios {
        let kind = match row.judged.kind {
            Kind::Deterministic => 0,
            Kind::Flaky => 1,
            Kind::Unproven => 2,
            Kind::Resolved | Kind::None => 3,
        };
        let mut at = places.begin_of(row.branch.as_deref()) as usize;
        for (mark, times) in stretches(&row.timeline) {
            match mark {
                'F' => failing[kind].iter_mut().skip(at).take(times).for_each(|runs| *runs += 1),
                // It is set aside whether it failed in that run or passed.
                'M' => {
                    let stretch = failing[4].iter_mut().enumerate().skip(at).take(times);
                    stretch.filter(|(run, _)| failed_in(row, &of_id, *run)).for_each(|(_, runs)| *runs += 1);
                }
                _ => {}
            }
            at += times;
        }
    }
    failing
}

/// Whether one of a scenario's ways to fail happened in a run, given by its place in the list.
fn failed_in(row: &ScenarioJudgement, of_id: &HashMap<&str, &IncidentRow, RandomState>, run: usize) -> bool {
    let ways = row.signatures.iter().filter_map(|way| of_id.get(way.incident_id.as_str()));
    ways.into_iter().any(|incident| u32::try_from(run).is_ok_and(|run| incident.failed_in.holds(run)))
}

/// The stretches of a run-length history: `P20F5` is 20 of P, then 5 of F.
pub(super) fn stretches(history: &str) -> impl Iterator<Item = (char, usize)> + '_ {
    let starts = history.char_indices().filter(|(_, c)| !c.is_ascii_digit());
    starts.map(|(at, mark)| {
        let rest = &history[at + mark.len_utf8()..];
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        (mark, rest[..digits].parse().unwrap_or(1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_read_back() {
        let marks = |text| stretches(text).collect::<Vec<_>>();
        assert_eq!(marks("P20F5M1.3x"), [('P', 20), ('F', 5), ('M', 1), ('.', 3), ('x', 1)]);
        assert_eq!(marks(""), []);
    }
}
