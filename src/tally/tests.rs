//! The laws: whatever is split, merged or read in whatever order holds the same, and the same as a naive model.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{Index, select};

mod canon;
mod kept;
mod parts;

use super::*;
use crate::archive::strip_container;
use crate::record::{OutcomeKind, Record, Texts};
use canon::{Canon, canon, model};

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

    /// Counts it, or lets it wait in the tally.
    fn add_to(&self, tally: &mut Tally) {
        self.with(|record, at, failure| {
            if self.line.is_multiple_of(4) {
                tally.add(record, self.run, at, failure);
            } else {
                let mut batch = Batch::default();
                tally.add_to(&mut batch, record, Some(self.run), at, failure);
                batch.flush(tally);
            }
        });
    }

    /// Counts it as a record of an archive whose run has no id yet; `also` sees it first.
    fn add_with<'a>(
        &'a self,
        tally: &mut Tally,
        also: impl FnOnce(&Record<'a>, At<'a>, Option<Failure<'a>>) -> Option<Failure<'a>>,
    ) {
        self.with(|record, at, failure| {
            let failure = also(record, at, failure);
            let mut batch = Batch::default();
            tally.add_to(&mut batch, record, None, at, failure);
            batch.flush(tally);
        });
    }

    fn with<'a>(&'a self, see: impl FnOnce(&Record<'a>, At<'a>, Option<Failure<'a>>)) {
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
            ruling: self.owner,
            severity: self.severity,
            incident_only: self.incident_only(),
        });
        see(&record, At { log: self.log, part: self.part, line: self.line }, failure);
    }

    fn run(&self) -> &'static str {
        self.own_run.unwrap_or(self.run)
    }
}

const FAILED: Record<'static> = Record { outcome: OutcomeKind::Fail, ..Record::EMPTY };

fn tally(events: &[Event]) -> Tally {
    let mut tally = Tally::default();
    for event in events {
        event.add_to(&mut tally);
    }
    tally
}

fn event() -> impl Strategy<Value = Event> {
    let time = select(vec![-5, 0, FIRST_SET_CLOCK_MS - 1, FIRST_SET_CLOCK_MS, 1_700_000_000_000, 1_700_000_000_001]);
    let run = select(vec!["a", "b", "c", "week/d", ""]);
    let own_run = select(vec![None, None, None, Some("a"), Some("own")]);
    let scenario = (select(vec!["p", "q"]), select(vec!["", "p"]), select(vec!["s", "t", "u"]), select(vec!["", "m"]));
    let env = select(vec![None, Some(""), Some("e"), Some("s")]);
    let seed = select(vec![None, Some(0), Some(1), Some(u64::MAX)]);
    let outcome = select(vec![
        OutcomeKind::Pass,
        OutcomeKind::Fail,
        OutcomeKind::Fail,
        OutcomeKind::Excluded,
        OutcomeKind::Unknown,
    ]);
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
    // What has no set clock is not the newest.
    assert_eq!(canon(&tally(&events)).order, ["a", "z", "x", "b", "y"]);
    assert_eq!(tally(&events).run_order(i64::MAX).unplaced, 2);
}

#[test]
fn a_cell_with_many_incidents_takes_no_time() {
    const REASONS: usize = 50_000;
    let reasons: Vec<String> = (0..REASONS).map(|number| number.to_string()).collect();
    let mut tally = Tally::default();
    for _ in 0..2 {
        for reason in &reasons {
            let record = Record { reason, ..FAILED };
            let failure = Failure { class: "c", ruling: "o", severity: 0, incident_only: false };
            tally.add(&record, "r", At { log: "l", part: 0, line: 0 }, Some(failure));
        }
    }
    assert_eq!((tally.cells().len(), tally.incidents().len()), (1, REASONS));
    let outcomes: Vec<_> = tally.outcomes(tally.cells().next().unwrap()).collect();
    assert_eq!(outcomes.len(), REASONS);
    assert!(outcomes.iter().all(|outcome| outcome.runs.total() == 2));
}
