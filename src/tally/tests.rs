//! The laws: whatever is split, merged or read in whatever order holds the same, and the same as a naive model.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::archive::strip_container;
use crate::record::{OutcomeKind, Record, Texts};

/// A record, owned, and all that is told with it.
#[derive(Clone, Debug)]
struct Event {
    time: i64,
    run: &'static str,
    own_run: Option<&'static str>,
    scenario: [&'static str; 4],
    env: Option<&'static str>,
    seed: Option<u64>,
    outcome: OutcomeKind,
    reason: &'static str,
    class: &'static str,
    owner: &'static str,
    severity: u8,
    revision: Option<&'static str>,
    branch: Option<&'static str>,
    replay: Option<&'static str>,
    artifacts: Option<Vec<String>>,
    log: &'static str,
    part: u64,
    line: u64,
}

impl Event {
    fn incident_only(&self) -> bool {
        self.class == "infra"
    }

    fn add_to(&self, tally: &mut Tally) {
        let [packet, suite, scenario, mode] = self.scenario;
        let record = Record {
            time: self.time,
            outcome: self.outcome,
            packet,
            suite,
            scenario,
            mode,
            env: self.env,
            seed: self.seed,
            reason: self.reason,
            run: self.own_run,
            branch: self.branch,
            revision: self.revision,
            replay: self.replay,
            artifacts: self.artifacts.as_deref().map_or(Texts::None, Texts::Owned),
            ..FAILED
        };
        let failure = (self.outcome == OutcomeKind::Fail).then(|| Failure {
            class: self.class,
            owner: self.owner,
            severity: self.severity,
            incident_only: self.incident_only(),
        });
        tally.add(&record, self.run, At { log: self.log, part: self.part, line: self.line }, failure);
    }

    fn run(&self) -> &'static str {
        self.own_run.unwrap_or(self.run)
    }
}

const FAILED: Record<'static> = Record {
    time: 0,
    outcome: OutcomeKind::Fail,
    packet: "",
    suite: "",
    scenario: "",
    mode: "",
    env: None,
    seed: None,
    reason: "",
    message: None,
    invariant: None,
    run: None,
    branch: None,
    revision: None,
    replay: None,
    artifacts: Texts::None,
    outcome_word: "",
    schema: None,
};

fn tally(events: &[Event]) -> Tally {
    let mut tally = Tally::default();
    for event in events {
        event.add_to(&mut tally);
    }
    tally
}

/// Everything that a tally says, by names alone.
#[derive(Debug, Default, PartialEq)]
struct Canon {
    runs: BTreeMap<String, RunCanon>,
    order: Vec<String>,
    cells: BTreeMap<CellName, CellCanon>,
    incidents: BTreeMap<IncidentName, (u8, bool, u64, i64)>,
    firsts: BTreeMap<(IncidentName, String), FirstCanon>,
}

type Names = [String; 4];
type CellName = (Names, Option<String>, Option<u64>);
type IncidentName = (Names, String, String);
type Runs = BTreeMap<String, u32>;

#[derive(Debug, Default, PartialEq)]
struct RunCanon {
    first_ms: Option<i64>,
    records: u64,
    revisions: Facts,
    branches: Facts,
}

#[derive(Debug, Default, PartialEq)]
struct CellCanon {
    passed: Runs,
    excluded: Runs,
    failed: BTreeMap<IncidentName, Runs>,
}

#[derive(Clone, Debug, PartialEq)]
struct FirstCanon {
    time: i64,
    log: String,
    part: u64,
    line: u64,
    rest: String,
}

/// What records say of a run: nothing, one thing, or several.
#[derive(Debug, Default, PartialEq)]
enum Facts {
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

fn canon(tally: &Tally) -> Canon {
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
            first_ms: (told.first_ms != i64::MAX).then_some(told.first_ms),
            records: told.records,
            revisions: facts(told.revision),
            branches: facts(told.branch),
        };
        assert!(canon.runs.insert(text(told.id), told_canon).is_none(), "a run stands twice");
    }
    let order = tally.run_order();
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
        let texts = [Some(first.owner), first.env, first.replay, first.artifacts].map(|symbol| symbol.map(text));
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

/// The same from the records themselves, with no thought for cost.
fn model(events: &[Event]) -> Canon {
    let mut canon = Canon::default();
    let owned = |text: &str| text.to_owned();
    for event in events {
        let run = event.run();
        let of_run = || events.iter().filter(|other| other.run() == run);
        let told = RunCanon {
            first_ms: of_run().map(|event| event.time).filter(|&time| time >= FIRST_SET_CLOCK_MS).min(),
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
            OutcomeKind::Excluded => &mut cell.excluded,
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
    let mut order: Vec<_> = canon.runs.iter().map(|(id, run)| (run.first_ms.unwrap_or(i64::MAX), id.clone())).collect();
    order.sort();
    canon.order = order.into_iter().map(|(_, id)| id).collect();
    canon
}

fn event() -> impl Strategy<Value = Event> {
    let time = select(vec![-5, 0, FIRST_SET_CLOCK_MS - 1, FIRST_SET_CLOCK_MS, 1_700_000_000_000, 1_700_000_000_001]);
    let run = select(vec!["a", "b", "c", "week/d", ""]);
    let own_run = select(vec![None, None, None, Some("a"), Some("own")]);
    let scenario = (select(vec!["p", "q"]), select(vec!["", "p"]), select(vec!["s", "t", "u"]), select(vec!["", "m"]));
    let env = select(vec![None, Some(""), Some("e"), Some("s")]);
    let seed = select(vec![None, Some(0), Some(1), Some(u64::MAX)]);
    let outcome = select(vec![OutcomeKind::Pass, OutcomeKind::Fail, OutcomeKind::Fail, OutcomeKind::Excluded]);
    let told = (select(vec!["r", "", "s"]), select(vec!["infra", "code"]), select(vec!["o1", "o2"]), 0..4u8);
    let facts = || select(vec![None, None, None, None, Some("x"), Some("x"), Some("y")]);
    let extra =
        (facts(), facts(), facts(), select(vec![None, Some(vec![]), Some(vec!["a\"b".to_owned(), "c".into()])]));
    let log = (select(vec!["a.jsonl", "a.jsonl.zst", "a.jsonl.gz", "b.jsonl"]), 0..3u64);
    (time, run, own_run, scenario, env, seed, outcome, told, extra, log).prop_map(
        |(time, run, own_run, scenario, env, seed, outcome, told, extra, (log, part))| Event {
            time,
            run,
            own_run,
            scenario: scenario.into(),
            env,
            seed,
            outcome,
            reason: told.0,
            class: told.1,
            owner: told.2,
            severity: told.3,
            revision: extra.0,
            branch: extra.1,
            replay: extra.2,
            artifacts: extra.3,
            log,
            part,
            line: 0,
        },
    )
}

/// Records in any order, no two at one place.
fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(event(), 0..60)
        .prop_map(|mut events| {
            for (line, event) in (0..).zip(&mut events) {
                event.line = line;
            }
            events
        })
        .prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_tally_says_what_the_records_say(events in events()) {
        prop_assert_eq!(canon(&tally(&events)), model(&events));
    }

    #[test]
    fn any_split_merged_in_any_order_and_shape_is_one_tally(
        events in events(),
        hands in prop::collection::vec(0..6usize, 60),
        picks in prop::collection::vec((any::<Index>(), any::<Index>()), 6),
    ) {
        let mut parts = vec![Vec::new(); 6];
        for (event, hand) in events.iter().zip(hands) {
            parts[hand].push(event.clone());
        }
        let mut parts: Vec<Tally> = parts.iter().map(|part| tally(part)).collect();
        // Any two that are left are merged, until one is: every order and every association comes up.
        for (one, other) in picks {
            if parts.len() > 1 {
                let other = parts.swap_remove(other.index(parts.len()));
                let one = one.index(parts.len());
                parts[one].merge(other);
            }
        }
        prop_assert_eq!(parts.len(), 1);
        prop_assert_eq!(canon(&parts[0]), model(&events));
    }

    #[test]
    fn the_order_of_records_changes_nothing(
        (events, shuffled) in events().prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
    ) {
        prop_assert_eq!(canon(&tally(&events)), canon(&tally(&shuffled)));
    }

    #[test]
    fn merging_is_associative_and_commutative(a in events(), b in events(), c in events()) {
        // Places must differ across the three.
        let moved = |events: Vec<Event>, by: u64| -> Vec<Event> {
            events.into_iter().map(|event| Event { line: event.line + by, ..event }).collect()
        };
        let (b, c) = (moved(b, 100), moved(c, 200));
        let [a, b, c] = [a, b, c].map(|events| tally(&events));
        let merged = |one: &Tally, other: &Tally| {
            let mut one = one.clone();
            one.merge(other.clone());
            one
        };
        prop_assert_eq!(canon(&merged(&a, &b)), canon(&merged(&b, &a)));
        prop_assert_eq!(canon(&merged(&merged(&a, &b), &c)), canon(&merged(&a, &merged(&b, &c))));
    }

    #[test]
    fn the_empty_tally_is_neutral(events in events()) {
        let mut right = tally(&events);
        right.merge(Tally::default());
        let mut left = Tally::default();
        left.merge(tally(&events));
        prop_assert_eq!(canon(&left), model(&events));
        prop_assert_eq!(canon(&right), canon(&left));
    }

    #[test]
    fn a_merged_tally_goes_on_counting(a in events(), b in events()) {
        let mut merged = Tally::default();
        merged.merge(tally(&a));
        let b: Vec<Event> = b.into_iter().map(|event| Event { line: event.line + 100, ..event }).collect();
        for event in &b {
            event.add_to(&mut merged);
        }
        prop_assert_eq!(canon(&merged), model(&[a, b].concat()));
    }

    #[test]
    fn reading_changes_nothing(events in events()) {
        let tally = tally(&events);
        prop_assert_eq!(canon(&tally), canon(&tally));
    }

    #[test]
    fn lines_are_placed_before_or_after_a_merge_alike(events in events(), cut in any::<Index>()) {
        let number = |log: &str, part: u64, line: u64| part * 1000 + line + strip_container(log).len() as u64;
        let (a, b) = events.split_at(cut.index(events.len() + 1));
        let (mut a, mut b, mut whole) = (tally(a), tally(b), tally(&events));
        a.place_lines(number);
        b.place_lines(number);
        a.merge(b);
        whole.place_lines(number);
        prop_assert_eq!(canon(&a), canon(&whole));
    }
}

#[test]
fn nothing_merged_with_nothing_is_nothing() {
    let mut tally = Tally::default();
    tally.merge(Tally::default());
    assert_eq!(canon(&tally), Canon::default());
}

fn plain() -> Event {
    Event {
        time: 0,
        run: "r",
        own_run: None,
        scenario: [""; 4],
        env: None,
        seed: None,
        outcome: OutcomeKind::Pass,
        reason: "",
        class: "",
        owner: "",
        severity: 0,
        revision: None,
        branch: None,
        replay: None,
        artifacts: None,
        log: "",
        part: 0,
        line: 0,
    }
}

#[test]
fn runs_are_ordered_by_their_first_set_clock_and_then_by_id() {
    let late = FIRST_SET_CLOCK_MS + 1;
    let events =
        [("z", 0), ("y", late), ("b", late), ("x", FIRST_SET_CLOCK_MS), ("x", late + 9), ("a", FIRST_SET_CLOCK_MS - 1)];
    let events = events.map(|(run, time)| Event { time, run, ..plain() });
    assert_eq!(canon(&tally(&events)).order, ["x", "b", "y", "a", "z"]);
}

#[test]
fn a_cell_with_many_incidents_takes_no_time() {
    const REASONS: usize = 50_000;
    let reasons: Vec<String> = (0..REASONS).map(|number| number.to_string()).collect();
    let mut tally = Tally::default();
    for _ in 0..2 {
        for reason in &reasons {
            let record = Record { reason, ..FAILED };
            let failure = Failure { class: "c", owner: "o", severity: 0, incident_only: false };
            tally.add(&record, "r", At { log: "l", part: 0, line: 0 }, Some(failure));
        }
    }
    assert_eq!((tally.cells().len(), tally.incidents().len()), (1, REASONS));
    let outcomes: Vec<_> = tally.outcomes(&tally.cells()[0]).collect();
    assert_eq!(outcomes.len(), REASONS);
    assert!(outcomes.iter().all(|outcome| outcome.runs.total() == 2));
}
