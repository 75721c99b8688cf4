//! What an archive came to is the same when it was kept as bytes, wherever the archive stands by then.

use super::*;
use crate::archive::{ArchiveLedger, ByReason, Counts, Damage, DamageKind, Format, Reject, Told, Unjudged};
use crate::reason::Reason;
use crate::record::Direction;

/// A log of which the rules differ.
const PROFILE: &str = "ft-conformance-log-v1";

/// The records as those of one archive, counted by several workers.
fn archive(events: &[Event], hands: &[usize]) -> (Tally, Entries) {
    let mut workers: Vec<(Tally, Entries)> = vec![Default::default(); 3];
    for (event, &hand) in events.iter().zip(hands) {
        let (tally, entries) = &mut workers[hand];
        event.add_with(tally, |record, at, failure| {
            entries.add(record, PROFILE, None, at);
            failure
        });
    }
    let (mut tally, mut entries) = (Tally::default(), Entries::default());
    for (of_one, of_all) in workers {
        tally.merge(of_one);
        entries.merge(&of_all);
    }
    tally.fold();
    (tally, entries)
}

fn partial((tally, entries): (Tally, Entries)) -> Partial {
    let mut counts = Counts { lines: 21, parsed: 9, beside: 2, blank: 4, filtered: 3, ..Counts::default() };
    counts.rejected = ByReason::of_counts([1, 0, 2, 0, 0, 0, 0, 4, 1]);
    let damage = Damage {
        what: DamageKind::Shrank,
        compressed_offset: 5,
        decoded_offset: u64::MAX,
        lines_saved: 0,
        first_line: Some(7),
        needed_window: Some(1 << 31),
    };
    let reject = Reject { line: 3, offset: 9, reason: Reason::UnknownShape, message: "ünknown".into() };
    let ledger = ArchiveLedger {
        path: "there.jsonl".into(),
        format: Some(Format::Gzip),
        run: String::new(),
        bytes_on_disk: 77,
        counts,
        unjudged: Unjudged::of_counts(1, 3, vec![(String::new(), 1), ("PASS".into(), 2)]).unwrap(),
        duplicate_of: None,
        damage: vec![damage],
        damage_count: 1,
        is_gone: false,
        warnings: vec!["odd".into()],
        rejects: vec![reject],
        looks_like: Some("XML of <é>".into()),
        told: Some(Told {
            format: "JUnit XML".into(),
            documents: 1,
            ignored: [("text".into(), 2)].into(),
            ..Told::default()
        }),
    };
    let mut measured = Collector::default();
    let env = vec![("cpu".into(), "fast".into())];
    let texts = ["lane", "ms", "unit", "host"].map(str::to_owned);
    let [lane, metric, unit, host] = texts;
    let key = SeriesKey { lane, metric, unit, direction: Direction::HigherIsBetter, host, env };
    for run in [None, Some("r".into())] {
        let point = Point {
            unix_ms: Some(-3),
            value: 0.1,
            incumbent: Some(-0.0),
            rounds: None,
            run,
            identity: Some(1),
            is_left_out: false,
        };
        measured.add(key.clone(), point);
    }
    Partial { ledger, marks: [3, u64::MAX].into(), times: Some((i64::MIN, 5)), measured, tally, entries: Some(entries) }
}

fn written(partial: &Partial) -> Vec<u8> {
    let mut bytes = Vec::new();
    partial.write(&mut bytes).unwrap();
    bytes
}

proptest! {
    #[test]
    fn what_was_kept_is_what_was_read(
        events in events(),
        hands in prop::collection::vec(0..3usize, 60),
        run in select(vec!["a", "own", "elsewhere"]),
    ) {
        let events: Vec<Event> = events.into_iter().map(|event| Event { run, log: "here.jsonl", ..event }).collect();
        let fresh = partial(archive(&events, &hands));
        let mut kept = Partial::read(&written(&fresh)).unwrap();
        prop_assert_eq!(&kept.ledger, &fresh.ledger);
        prop_assert_eq!((&kept.marks, kept.times, &kept.measured), (&fresh.marks, fresh.times, &fresh.measured));
        kept.name("here.jsonl", run);
        // What was read can be looked into only where it was taken in.
        let partitions = Partitions::new(Room { worker: 0, limit: None }).unwrap();
        partitions.take(&mut kept.tally);
        let whole = partitions.finish(true).unwrap().tally;
        let mut alone = Entries::default();
        for event in &events {
            event.add_with(&mut Tally::default(), |record, at, failure| {
                alone.add(record, PROFILE, Some(run), at);
                failure
            });
        }
        let entries = kept.entries.take().unwrap();
        prop_assert_eq!(canon(&whole), model(&events));
        let position = |run: &str| run.len();
        prop_assert_eq!(entries.records(), alone.records());
        for rule in [Rule::Profile, Rule::Reliability] {
            prop_assert_eq!(entries.failed_scenarios(rule, position), alone.failed_scenarios(rule, position));
            prop_assert_eq!((entries.packets(rule), entries.reasons(rule)), (alone.packets(rule), alone.reasons(rule)));
            prop_assert_eq!(entries.flake_suspects(rule), alone.flake_suspects(rule));
        }
        prop_assert_eq!((kept.ledger.path.as_str(), kept.ledger.run.as_str()), ("here.jsonl", run));
    }

    /// What is not as it was written is refused, or read as something that can be taken in.
    #[test]
    fn no_bytes_do_harm(
        events in events(),
        changes in prop::collection::vec((any::<Index>(), prop_oneof![0..4u8, any::<u8>()]), 1..4),
        cut in prop::option::weighted(0.2, any::<Index>()),
    ) {
        let mut bytes = written(&partial(archive(&events, &[0; 60])));
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(mut partial) = Partial::read(&bytes) {
            partial.name("p", "r");
            let partitions = Partitions::new(Room { worker: 0, limit: None }).unwrap();
            partitions.take(&mut partial.tally);
            partitions.finish(false).unwrap();
            Entries::default().merge(&partial.entries.unwrap_or_default());
        }
    }
}
