//! What a tally holds, by names and in order, and a plain model of the same.

use super::*;

/// Everything that a tally says, by names alone.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Canon {
    runs: BTreeMap<String, RunCanon>,
    pub(super) order: Vec<String>,
    cells: BTreeMap<CellName, CellCanon>,
    incidents: BTreeMap<IncidentName, (u8, bool, u64, i64)>,
    firsts: BTreeMap<(IncidentName, String), FirstCanon>,
}

pub(super) type Names = [String; 4];
pub(super) type CellName = (Names, Option<String>, Option<u64>);
pub(super) type IncidentName = (Names, String, String);
pub(super) type Runs = BTreeMap<String, u32>;

#[derive(Debug, Default, PartialEq)]
pub(super) struct RunCanon {
    first_ms: Option<i64>,
    records: u64,
    revisions: Facts,
    branches: Facts,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct CellCanon {
    passed: Runs,
    excluded: Runs,
    failed: BTreeMap<IncidentName, Runs>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct FirstCanon {
    time: i64,
    log: String,
    part: u64,
    line: u64,
    rest: String,
}

/// What records say of a run: nothing, one thing, or several.
#[derive(Debug, Default, PartialEq)]
pub(super) enum Facts {
    #[default]
    Unknown,
    One(String),
    Several,
}

impl Facts {
    fn of(texts: &BTreeSet<&str>) -> Self {
        match texts.iter().collect::<Vec<_>>().as_slice() {
            [] => Self::Unknown,
            [one] => Self::One((**one).to_owned()),
            _ => Self::Several,
        }
    }
}

pub(super) fn canon(tally: &Tally) -> Canon {
    let mut folded = tally.clone();
    folded.fold();
    let tally = &folded;
    let text = |symbol| tally.text(symbol).to_owned();
    let facts = |facet| match facet {
        Facet::Unknown => Facts::Unknown,
        Facet::One(symbol) => Facts::One(text(symbol)),
        Facet::Several => Facts::Several,
    };
    let run = |run: u32| text(tally.runs()[run as usize].id);
    let names = |scenario| tally.scenario_names(scenario).map(str::to_owned);
    let incident = |number: u32| {
        let incident = &tally.incidents()[number as usize];
        (names(incident.scenario), text(incident.reason), text(incident.class))
    };
    let runs_of = |set: &RunSet| -> Runs { set.iter().map(|(number, count)| (run(number), count)).collect() };
    let mut canon = Canon::default();
    for told in tally.runs() {
        let told_canon = RunCanon {
            first_ms: told.clock.start(),
            records: told.records,
            revisions: facts(told.revision),
            branches: facts(told.branch),
        };
        assert!(canon.runs.insert(text(told.id), told_canon).is_none(), "a run stands twice");
    }
    let order = tally.run_order(i64::MAX);
    for (at, &number) in order.runs.iter().enumerate() {
        assert_eq!(order.position[number as usize] as usize, at);
    }
    canon.order = order.runs.iter().map(|&number| run(number)).collect();
    for cell in tally.cells() {
        let mut told = CellCanon { passed: runs_of(&cell.passed), ..CellCanon::default() };
        for outcome in tally.outcomes(cell) {
            let runs = runs_of(&outcome.runs);
            assert!(!runs.is_empty());
            let before = match outcome.what {
                What::Excluded => std::mem::replace(&mut told.excluded, runs),
                What::Failed(number) => told.failed.insert(incident(number), runs).unwrap_or_default(),
            };
            assert!(before.is_empty(), "an outcome stands twice");
        }
        let name = (names(cell.key.scenario), cell.key.env().map(text), cell.key.seed());
        assert!(canon.cells.insert(name, told).is_none(), "a cell stands twice");
    }
    for (number, told) in tally.incidents().iter().enumerate() {
        let value = (told.severity, told.incident_only, told.occurrences, told.last_seen_ms);
        let name = incident(u32::try_from(number).unwrap());
        assert!(canon.incidents.insert(name, value).is_none(), "an incident stands twice");
    }
    for first in tally.firsts() {
        let texts = [Some(first.ruling), first.env, first.replay, first.artifacts].map(|symbol| symbol.map(text));
        let value = FirstCanon {
            time: first.time_ms,
            log: text(first.place.log),
            part: first.place.part,
            line: first.place.line,
            rest: format!("{texts:?} {:?}", first.seed),
        };
        let name = (incident(first.incident), run(first.run));
        assert!(canon.firsts.insert(name, value).is_none(), "a first record stands twice");
    }
    canon
}

/// What is left of [`model`] without the scenarios that never failed.
pub(super) fn failed_only(events: &[Event]) -> Canon {
    let mut canon = model(events);
    let failed: BTreeSet<Names> = canon.incidents.keys().map(|(names, ..)| names.clone()).collect();
    canon.cells.retain(|(names, ..), _| failed.contains(names));
    canon
}

/// The same from the records themselves, with no thought for cost.
pub(super) fn model(events: &[Event]) -> Canon {
    let mut canon = Canon::default();
    let owned = |text: &str| text.to_owned();
    for event in events {
        let run = event.run();
        let of_run = || events.iter().filter(|other| other.run() == run);
        let told = RunCanon {
            first_ms: start(of_run().map(|event| event.time).filter(|&time| time >= FIRST_SET_CLOCK_MS).collect()),
            records: of_run().count() as u64,
            revisions: Facts::of(&of_run().filter_map(|event| event.revision).collect()),
            branches: Facts::of(&of_run().filter_map(|event| event.branch).collect()),
        };
        canon.runs.insert(run.into(), told);
        let names = event.scenario.map(owned);
        let cell = canon.cells.entry((names.clone(), event.env.map(owned), event.seed)).or_default();
        let incident = (names, owned(event.reason), owned(event.class));
        let runs = match event.outcome {
            OutcomeKind::Pass => &mut cell.passed,
            OutcomeKind::Excluded | OutcomeKind::Unknown => &mut cell.excluded,
            OutcomeKind::Fail => cell.failed.entry(incident.clone()).or_default(),
        };
        *runs.entry(run.into()).or_default() += 1;
        if event.outcome != OutcomeKind::Fail {
            continue;
        }
        let told = canon.incidents.entry(incident.clone()).or_insert((u8::MAX, false, 0, i64::MIN));
        *told = (told.0.min(event.severity), told.1 | event.incident_only(), told.2 + 1, told.3.max(event.time));
        let artifacts = event.artifacts.as_ref().map(|texts| serde_json::to_string(texts).unwrap());
        let texts = [Some(owned(event.owner)), event.env.map(owned), event.replay.map(owned), artifacts];
        let first = FirstCanon {
            time: event.time,
            log: event.log.into(),
            part: event.part,
            line: event.line,
            rest: format!("{texts:?} {:?}", event.seed),
        };
        let order = |first: &FirstCanon| {
            (first.time, strip_container(&first.log).to_owned(), first.log.clone(), first.part, first.line)
        };
        let known = canon.firsts.entry((incident, run.into())).or_insert_with(|| first.clone());
        if order(&first) < order(known) {
            *known = first;
        }
    }
    // No two of these names are alike, so that an undated run has no place by its name.
    let mut order: Vec<_> = canon.runs.iter().map(|(id, run)| (run.first_ms, id.clone())).collect();
    order.sort();
    canon.order = order.into_iter().map(|(_, id)| id).collect();
    canon
}

/// The first of the times without a day between them around the median one.
fn start(mut times: Vec<i64>) -> Option<i64> {
    times.sort_unstable();
    let day = |time: i64| (time - FIRST_SET_CLOCK_MS) / 86_400_000;
    let median = *times.get(times.len().saturating_sub(1) / 2)?;
    let mut start = median;
    for &time in times.iter().rev().filter(|&&time| time <= median) {
        if day(start) - day(time) > 1 {
            break;
        }
        start = time;
    }
    // Of its days, the first record.
    times.into_iter().find(|&time| day(time) == day(start))
}
