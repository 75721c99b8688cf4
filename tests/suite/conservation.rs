//! Nothing is lost and nothing is invented: any small corpus, any container, any fault, against a naive model.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use relapse::analysis::IncidentReport;
use relapse::archive::{Format, Ledger};
use relapse::record::Profiles;
use relapse::recurrence::{Options, judge};
use relapse::sweep::{Outcome, Silent, Sweep};
use relapse::taxonomy::Taxonomy;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::packing::Packing;
use crate::program::{record, text};

/// What a text holds, read the plainest way.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Model {
    pub(crate) lines: u64,
    pub(crate) parsed: u64,
    pub(crate) blank: u64,
    pub(crate) rejected: BTreeMap<String, u64>,
    /// By packet, suite, scenario, mode and reason: failing records and their greatest time.
    pub(crate) incidents: BTreeMap<[String; 5], (u64, i64)>,
}

impl Model {
    pub(crate) fn of(mut text: &[u8]) -> Self {
        let mut model = Self::default();
        text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
        if lines.last().is_some_and(|last| last.is_empty()) {
            lines.pop();
        }
        for line in lines {
            model.lines += 1;
            if line.trim_ascii().is_empty() {
                model.blank += 1;
                continue;
            }
            match read(line) {
                Ok(None) => model.parsed += 1,
                Ok(Some((key, time))) => {
                    model.parsed += 1;
                    let incident = model.incidents.entry(key).or_insert((0, i64::MIN));
                    *incident = (incident.0 + 1, incident.1.max(time));
                }
                Err(reason) => *model.rejected.entry(reason.into()).or_default() += 1,
            }
        }
        model
    }

    /// Adds another text's records.
    pub(crate) fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.parsed += other.parsed;
        self.blank += other.blank;
        for (reason, count) in other.rejected {
            *self.rejected.entry(reason).or_default() += count;
        }
        for (key, (count, time)) in other.incidents {
            let incident = self.incidents.entry(key).or_insert((0, i64::MIN));
            *incident = (incident.0 + count, incident.1.max(time));
        }
    }
}

/// The fields that are texts.
pub(crate) const TEXTS: [&str; 10] = [
    "schema_version",
    "suite_id",
    "scenario_id",
    "fixture_id",
    "packet_id",
    "mode",
    "env_fingerprint",
    "replay_command",
    "outcome",
    "reason_code",
];

const FIELDS: [&str; 13] = [
    "schema_version",
    "ts_unix_ms",
    "suite_id",
    "scenario_id",
    "fixture_id",
    "packet_id",
    "mode",
    "seed",
    "env_fingerprint",
    "artifact_refs",
    "replay_command",
    "outcome",
    "reason_code",
];

/// The key and time of a failing record.
type Failing = ([String; 5], i64);

fn read(line: &[u8]) -> Result<Option<Failing>, &'static str> {
    let line = std::str::from_utf8(line).map_err(|_| "invalid_utf8")?;
    let whole: &RawValue = serde_json::from_str(line).map_err(|_| "invalid_json")?;
    if !whole.get().starts_with('{') {
        return Err("not_an_object");
    }
    let Fields(all) = serde_json::from_str(line).map_err(|_| "invalid_json")?;
    let get = |name: &'static str| all.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| value.get());
    // A text that is no Unicode is a fault of the grammar, wherever it stands in a field that is read.
    for (key, value) in &all {
        let strings = match value.get().as_bytes()[0] {
            b'"' => serde_json::from_str::<String>(value.get()).map(drop),
            b'[' => serde_json::from_str::<Vec<String>>(value.get()).map(drop),
            _ => Ok(()),
        };
        if FIELDS.contains(&&**key) && strings.is_err_and(|error| !error.is_data()) {
            return Err("invalid_json");
        }
    }
    let number = |name, fits: fn(&str) -> bool| match get(name) {
        None => Err("missing_field"),
        Some(value) if fits(value) => Ok(()),
        Some(value) if value.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) => {
            Err(if value == "-0" || value.contains(['.', 'e', 'E']) { "wrong_type" } else { "out_of_range" })
        }
        Some(_) => Err("wrong_type"),
    };
    let check = || {
        for name in FIELDS {
            match name {
                "seed" => number(name, |value| value.parse::<u64>().is_ok())?,
                "ts_unix_ms" => number(name, |value| value != "-0" && value.parse::<i64>().is_ok())?,
                "artifact_refs" => {
                    let value = get(name).ok_or("missing_field")?;
                    serde_json::from_str::<Vec<String>>(value).map_err(|_| "wrong_type")?;
                }
                _ => {
                    let value = get(name).ok_or("missing_field")?;
                    serde_json::from_str::<String>(value).map_err(|_| "wrong_type")?;
                }
            }
        }
        Ok(())
    };
    if let Err(reason) = check() {
        let there = FIELDS.iter().filter(|name| get(name).is_some()).count();
        return Err(if there * 1000 / FIELDS.len() >= 500 { reason } else { "unknown_shape" });
    }
    let text = |name| serde_json::from_str::<String>(get(name).unwrap_or_default()).unwrap_or_default();
    let failed = !["pass", "skip", "infra", "cached"].contains(&&*text("outcome"));
    let time = get("ts_unix_ms").and_then(|time| time.parse().ok()).unwrap_or_default();
    assert_eq!(TEXTS.len() + 3, FIELDS.len());
    Ok(failed.then(|| (["packet_id", "suite_id", "scenario_id", "mode", "reason_code"].map(text), time)))
}

/// All fields of an object in their order.
#[derive(Deserialize)]
#[serde(transparent)]
struct Fields<'a>(#[serde(borrow, deserialize_with = "pairs")] Vec<(Cow<'a, str>, &'a RawValue)>);

fn pairs<'de, D: serde::Deserializer<'de>>(object: D) -> Result<Vec<(Cow<'de, str>, &'de RawValue)>, D::Error> {
    struct Pairs;
    impl<'de> serde::de::Visitor<'de> for Pairs {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = map.next_entry()? {
                pairs.push(pair);
            }
            Ok(pairs)
        }
    }
    object.deserialize_map(Pairs)
}

/// A sweep of one archive that repairs nothing: the model does not, either.
fn sweep(bytes: &[u8], threads: usize) -> Outcome {
    sweep_by(bytes, threads, true)
}

fn sweep_by(bytes: &[u8], threads: usize, is_strict: bool) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.jsonl");
    fs::write(&path, bytes).unwrap();
    let mut sweep = Sweep::new(vec![text(&path).to_owned()], Profiles::builtin().strictly(is_strict), taxonomy());
    sweep.threads = threads;
    sweep.run(&Silent).unwrap()
}

fn taxonomy() -> Taxonomy {
    Taxonomy::CATALOG.resolve("crash-triage-v1").unwrap()
}

fn found(outcome: &Outcome) -> Model {
    let counts = &outcome.ledger.archives[0].counts;
    let rejected: BTreeMap<String, u64> =
        serde_json::from_value(serde_json::to_value(counts.rejected).unwrap()).unwrap();
    let order = outcome.tally.run_order(i64::MAX);
    let recurrence = judge(&outcome.tally, &outcome.clean, &order, &Options::default());
    let report = IncidentReport::new(&outcome.tally, &outcome.clean, &order, &recurrence, &taxonomy().into(), None);
    let incidents = report
        .incidents
        .iter()
        .map(|row| {
            let key = [&row.packet_id, &row.suite_id, &row.scenario_id, &row.mode, &row.reason_code].map(Clone::clone);
            (key, (row.occurrences, row.last_seen_unix_ms))
        })
        .collect();
    Model { lines: counts.lines, parsed: counts.parsed, blank: counts.blank, rejected, incidents }
}

fn reconciles(ledger: &Ledger) -> bool {
    let counts = &ledger.archives[0].counts;
    counts.lines == counts.parsed + counts.blank + counts.rejected.total()
}

/// A value of JSON, or nearly.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::from("null")),
        Just(String::from("true")),
        Just(String::from("-0")),
        Just(String::from("-7")),
        Just(String::from("1.0")),
        Just(String::from("1e2")),
        Just(String::from("01")),
        Just(String::from("18446744073709551616")),
        Just(String::from("9223372036854775808")),
        Just(String::from("1e999")),
        Just(String::from("[\"a\",\"b\\n\"]")),
        Just(String::from("[\"a\",1]")),
        Just(String::from("[]")),
        Just(String::from("{\"mode\":\"x\"}")),
        Just(String::from("\"\\ud83d\\ude00\"")),
        Just(String::from("\"\\ud800\"")),
        Just(String::from("\"\\u00e9\\/\"")),
        Just(String::from("\"tab\there\"")),
        any::<u64>().prop_map(|value| value.to_string()),
        "[a-zé\u{2028}]{0,6}".prop_map(|text| format!("\"{text}\"")),
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => proptest::sample::select(&FIELDS[..]).prop_map(str::to_owned),
        1 => Just(String::from("m\\u006fde")),
        1 => Just(String::from("other")),
        1 => Just(String::new()),
    ]
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    let outcome = prop_oneof![Just("\"pass\""), Just("\"fail\""), Just("\"skip\""), Just("\"Pass\"")];
    let plain = (outcome, 0..3u8, 1_767_225_600_000..1_767_225_600_009u64).prop_map(|(outcome, scenario, time)| {
        record(&[("outcome", outcome), ("scenario_id", &format!("\"s{scenario}\"")), ("ts_unix_ms", &time.to_string())])
    });
    let odd = proptest::collection::vec((key(), value()), 1..3).prop_map(|fields| {
        let more: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        record(&[]).replacen('{', &format!("{{{},", more.join(",")), 1)
    });
    let changed = (key(), value()).prop_map(|(key, value)| record(&[(&key, &value)]));
    let repeated = (key(), value()).prop_map(|(key, value)| {
        let line = record(&[]);
        format!("{},\"{key}\":{value}}}", &line[..line.len() - 1])
    });
    let cut = any::<proptest::sample::Index>().prop_map(|at| {
        let line = record(&[]);
        line[..at.index(line.len())].to_owned()
    });
    prop_oneof![
        8 => plain.prop_map(String::into_bytes),
        3 => odd.prop_map(String::into_bytes),
        3 => changed.prop_map(String::into_bytes),
        3 => repeated.prop_map(String::into_bytes),
        1 => cut.prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..30),
        1 => "[ \t\r\u{b}\u{c}]{0,4}".prop_map(String::into_bytes),
        1 => Just(b"\xef\xbb\xbf".to_vec()),
        1 => value().prop_map(String::into_bytes),
    ]
}

pub(crate) fn log() -> impl Strategy<Value = Vec<u8>> {
    let ended = (line(), any::<bool>()).prop_map(|(mut line, crlf)| {
        line.extend(if crlf { &b"\r\n"[..] } else { b"\n" });
        line
    });
    (any::<bool>(), proptest::collection::vec(ended, 0..14), proptest::option::of(line())).prop_map(
        |(mark, lines, last)| {
            let mut text = if mark { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
            text.extend(lines.concat());
            text.extend(last.unwrap_or_default());
            text
        },
    )
}

pub(crate) fn packing() -> impl Strategy<Value = Packing> {
    (prop_oneof![Just(1usize), 2..40usize, 40..3000usize], 0..9usize).prop_map(|(size, kind)| Packing::all(size)[kind])
}

/// Whether a text would be taken for an archive by its first bytes, or an empty archive is written for an empty text.
pub(crate) fn is_strange(text: &[u8], packing: Packing) -> bool {
    packing == Packing::Plain && Format::detect(text) != Format::Plain
}

pub(crate) fn config(cases: u32) -> ProptestConfig {
    let cases = if std::env::var_os("RELAPSE_FULL").is_some() { cases * 20 } else { cases };
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn without_damage_every_container_gives_what_the_model_gives(
        text in log(), packing in packing(), threads in 1..4usize,
    ) {
        prop_assume!(!is_strange(&text, packing));
        let outcome = sweep(&packing.pack(&text), threads);
        prop_assert_eq!(&outcome.ledger.archives[0].damage, &vec![]);
        prop_assert_eq!(outcome.ledger.archives[0].counts.bytes_decoded, text.len() as u64);
        prop_assert_eq!(outcome.ledger.archives[0].counts.lost_bytes, 0);
        prop_assert_eq!(found(&outcome), Model::of(&text));
        // What is repaired was rejected before, and nothing else is another line.
        prop_assume!(!text.starts_with(b"\xff\xfe") && !text.starts_with(b"\xfe\xff"));
        let tolerant = sweep_by(&packing.pack(&text), threads, false);
        prop_assert!(reconciles(&tolerant.ledger));
        let [strict, tolerant] = [&outcome, &tolerant].map(|outcome| outcome.ledger.archives[0].counts);
        prop_assert_eq!((tolerant.lines, tolerant.blank), (strict.lines, strict.blank));
        prop_assert_eq!(tolerant.parsed, strict.parsed + tolerant.repaired.lines());
        prop_assert_eq!(strict.repaired.lines(), 0);
    }

    #[test]
    fn with_a_cut_or_a_flipped_bit_the_ledger_reconciles_and_tells(
        text in log(), packing in packing(), at in any::<proptest::sample::Index>(), flip in 0..9u8,
    ) {
        let mut bytes = packing.pack(&text);
        prop_assume!(!bytes.is_empty());
        let format = Format::detect(&bytes);
        let at = at.index(bytes.len());
        match flip {
            8 => bytes.truncate(at),
            bit => bytes[at] ^= 1 << bit,
        }
        let outcome = sweep(&bytes, 1);
        prop_assert!(reconciles(&outcome.ledger));
        let archive = &outcome.ledger.archives[0];
        prop_assert!(archive.counts.lost_bytes <= archive.counts.bytes_decoded);
        prop_assert_eq!(archive.damage_count > 0, !archive.damage.is_empty());
        let records: u64 = outcome.tally.runs().iter().map(|run| run.records).sum();
        prop_assert_eq!(records, archive.counts.parsed);
        // Every container here carries checksums: what is not told of is not there.
        if flip < 8 && format != Format::Plain && archive.format == Some(format) && archive.damage_count == 0 {
            prop_assert_eq!(found(&outcome), Model::of(&text));
        }
    }
}

#[test]
fn the_model_knows_the_fixture() {
    let facts = crate::program::expected("malformed");
    let text = fs::read(crate::program::fixture("malformed").join("malformed.jsonl")).unwrap();
    let model = Model::of(&text);
    assert_eq!(serde_json::to_value(&model.rejected).unwrap(), facts["strict_rejected_by_reason"]);
    assert_eq!(
        model.parsed,
        crate::program::number(&facts, "parsed") - crate::program::number(&facts, "repaired_lines")
    );
}
