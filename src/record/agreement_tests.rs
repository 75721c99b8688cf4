//! The fast way and the judge must say the same of any line, and a derived reader the same as both.
//!
//! `RELAPSE_CASES` sets how many lines are tried.

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use serde::de::IgnoredAny;

use self::lines::*;
use super::*;
use crate::reason::Reason;

#[path = "agreement_lines.rs"]
mod lines;

const CASES: usize = 300_000;

struct Draw(ChaCha8Rng);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next_u64() % end as u64).unwrap_or(0)
    }

    /// Once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn one<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn space(&mut self, line: &mut Vec<u8>) {
        if self.once_in(40) {
            line.extend(self.one(&[b" ".as_slice(), b"\t", b"\r", b"  \t ", b"\x0c", b"\xc2\xa0"]));
        }
    }

    fn key(&mut self, key: &str, line: &mut Vec<u8>) {
        line.push(b'"');
        for byte in key.bytes() {
            if self.once_in(300) {
                line.extend(format!("\\u{byte:04x}").bytes());
            } else {
                line.push(byte);
            }
        }
        line.push(b'"');
    }

    fn value(&mut self, line: &mut Vec<u8>) {
        let depth = match self.below(60) {
            0 => 1500,
            1 => 3,
            _ => 0,
        };
        let digits = if self.once_in(80) { self.below(400) } else { 0 };
        line.extend(std::iter::repeat_n(b'[', depth));
        line.extend(std::iter::repeat_n(b'9', digits));
        line.extend(self.one(VALUES).bytes());
        line.extend(std::iter::repeat_n(b']', depth));
    }

    /// A line that is a record, or nearly one.
    fn line(&mut self) -> Vec<u8> {
        if self.once_in(100) {
            return self.one(VALUES).into();
        }
        let fields: &[(&str, &str)] = match self.below(5) {
            0 => &NESTED,
            1 if self.once_in(2) => &ZONED,
            2 => &INTEGRATION,
            _ => &CONFORMANCE,
        };
        let hostile = self.one(&[8, 20, 60, 1000]);
        let start = if self.once_in(4) { self.below(fields.len()) } else { 0 };
        let mut line = vec![b'{'];
        for at in 0..fields.len() {
            let (key, value) = fields[(start + at) % fields.len()];
            if self.once_in(hostile * 3) {
                continue;
            }
            let times = if self.once_in(hostile * 2) { 2 } else { 1 };
            for _ in 0..times {
                let unmapped = self.once_in(hostile);
                for extra in [unmapped, false].into_iter().take(1 + usize::from(unmapped)) {
                    if line.len() > 1 {
                        line.push(b',');
                    }
                    self.space(&mut line);
                    let key = if extra { self.one(&["", "note", "mode2", "id", "a b", "\\ud800", "ü"]) } else { key };
                    self.key(key, &mut line);
                    self.space(&mut line);
                    line.push(b':');
                    self.space(&mut line);
                    if extra || self.once_in(hostile * 2) {
                        self.value(&mut line);
                    } else {
                        line.extend(value.bytes());
                    }
                    self.space(&mut line);
                }
            }
        }
        line.push(b'}');
        self.space(&mut line);
        line
    }

    fn mutate(&mut self, line: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(line.len() + 1);
        let most = self.one(&[2, 4, 12, 200]);
        let end = (at + self.below(most)).min(line.len());
        match self.below(9) {
            0 if at < line.len() => line[at] ^= 1 << self.below(8),
            1 if at < line.len() => line[at] = self.one(b"{}[],:\"\\ 0-e\0\x1f\xff"),
            2 | 3 => drop(line.splice(at..at, self.one(PIECES).iter().copied())),
            4 => drop(line.drain(at..end)),
            5 => drop(line.splice(at..end, self.one(PIECES).iter().copied())),
            6 => drop(line.splice(at..at, line[at..end].to_vec())),
            7 => line.truncate(at.max(line.len() / 2)),
            _ => {
                let from = self.below(other.len() + 1);
                let to = (from + end - at).min(other.len());
                drop(line.splice(at..at, other[from..to].iter().copied()));
            }
        }
    }

    /// What may stand behind a line: whatever it is, it must not matter.
    fn padding(&mut self, next: &[u8]) -> Vec<u8> {
        let fill = self.one(b"\0\"\\ 09}]{,\xff\x80e.u");
        let mut padding = match self.below(4) {
            0 => vec![b'\n'],
            1 => vec![b'"', b'}'],
            2 => b"00\\\"".to_vec(),
            _ => Vec::new(),
        };
        padding.extend(next);
        padding.resize(simd_json::INPUT_PADDING + self.below(3), fill);
        padding
    }
}

/// All thirteen fields, typed, as another program would read them.
#[derive(Debug, Deserialize)]
struct Model {
    schema_version: String,
    ts_unix_ms: i64,
    suite_id: String,
    scenario_id: String,
    #[serde(rename = "fixture_id")]
    _fixture_id: String,
    packet_id: String,
    mode: String,
    seed: u64,
    env_fingerprint: String,
    artifact_refs: Vec<String>,
    replay_command: String,
    outcome: String,
    reason_code: String,
}

fn profile_sets() -> [Profiles; 5] {
    let builtin = || Profile::builtin("ft-conformance-log-v1").unwrap();
    let three = [builtin(), nested(), zoned()];
    [
        Profiles { named: false, ..Profiles::named(vec![builtin()]) },
        Profiles::named(vec![nested()]),
        Profiles { named: false, ..Profiles::named(three.to_vec()) },
        Profiles::builtin(),
        Profiles { named: false, ..Profiles::named(vec![builtin()]) }.strictly(true),
    ]
}

/// What both ways say of a line, in a buffer that must stay as it is.
fn both(parser: &mut Parser<'_>, line: &[u8], padding: &[u8], guess: usize) -> Result<Read, Rejection> {
    let judged = parser.judge(line, guess, |parsed| parsed.map(|parsed| Read::of(&parsed)));
    let mut buffer = [line, padding].concat();
    let fast = parser.parse(&mut buffer, line.len(), guess, |parsed| parsed.map(|parsed| Read::of(&parsed)));
    assert_eq!(fast, judged, "fast and judge differ on {:?}", String::from_utf8_lossy(line));
    let tape = parser.parse_by_tape(&mut buffer, line.len(), guess, |parsed| parsed.map(|parsed| Read::of(&parsed)));
    assert_eq!(tape, judged, "tape and judge differ on {:?}", String::from_utf8_lossy(line));
    assert_eq!(buffer, [line, padding].concat(), "the buffer was changed");
    fast
}

/// The reasons that need no profile, by their definition.
fn reason_by_definition(line: &[u8]) -> Option<Reason> {
    let Ok(text) = std::str::from_utf8(line) else { return Some(Reason::InvalidUtf8) };
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return Some(Reason::InvalidJson);
    }
    (!text.trim().starts_with('{')).then_some(Reason::NotAnObject)
}

fn agrees_with_the_model(line: &[u8], said: &Result<Read, Rejection>) {
    let shown = || String::from_utf8_lossy(line);
    // What was repaired is another line; its own agreement is `mended_lines_are_their_twins`.
    if said.as_ref().is_ok_and(|read| !read.repaired.is_empty()) {
        return;
    }
    match (reason_by_definition(line), said) {
        (Some(reason), Err(rejection)) => assert_eq!(rejection.reason, reason, "{:?}", shown()),
        (Some(reason), Ok(_)) => panic!("a record in spite of {reason}: {:?}", shown()),
        // Escapes that stand for no character are faults in keys and mapped values alone.
        (None, Err(rejection)) => assert!(
            rejection.reason >= Reason::MissingField
                || rejection.message.contains("surrogate")
                || rejection.message.contains("hex escape"),
            "{rejection:?}: {:?}",
            shown()
        ),
        (None, Ok(_)) => {}
    }
    let model = std::str::from_utf8(line).ok().filter(|text| text.trim_start().starts_with('{'));
    let model = model.and_then(|text| serde_json::from_str::<Model>(text).ok());
    match (model, said) {
        (None, Err(_)) => {}
        (None, Ok(read)) => assert!(read.repeated > 0, "only we accept {:?}", shown()),
        (Some(_), Err(rejection)) => panic!("{rejection:?} of {:?}", shown()),
        (Some(model), Ok(read)) => {
            assert_eq!((read.repeated, read.time, read.seed), (0, model.ts_unix_ms, Some(model.seed)));
            assert_eq!(read.artifacts.as_ref(), Some(&model.artifact_refs));
            for (role, text) in [
                (Role::Schema, &model.schema_version),
                (Role::Suite, &model.suite_id),
                (Role::Scenario, &model.scenario_id),
                (Role::Packet, &model.packet_id),
                (Role::Mode, &model.mode),
                (Role::Replay, &model.replay_command),
                (Role::Outcome, &model.outcome),
                (Role::Reason, &model.reason_code),
            ] {
                assert_eq!(read.texts.get(&role), Some(text), "{role} of {:?}", shown());
            }
            let env =
                Some(model.env_fingerprint.trim_ascii()).filter(|env| !["", "undefined", "null", "None"].contains(env));
            assert_eq!(read.texts.get(&Role::Env).map(String::as_str), env, "environment of {:?}", shown());
        }
    }
}

/// A line that is a record without repair is the same one, or refused for the same reason, where nothing is repaired.
fn strictly_they_are_no_others(strict: &mut Parser<'_>, line: &[u8], said: &Result<Read, Rejection>) {
    let strictly = strict.judge(line, 0, |parsed| parsed.map(|parsed| Read::of(&parsed)));
    match (said, &strictly) {
        (Ok(read), Err(_)) => assert!(!read.repaired.is_empty(), "{:?}", String::from_utf8_lossy(line)),
        (Ok(read), Ok(strictly)) if read.repaired == ["escaped_ids"] => assert_eq!(read.time, strictly.time),
        _ => assert_eq!(said, &strictly, "{:?}", String::from_utf8_lossy(line)),
    }
}

#[test]
fn fast_judge_and_model_agree_on_mutated_lines() {
    agree(std::env::var("RELAPSE_CASES").map_or(CASES, |cases| cases.parse().unwrap()));
}

#[test]
fn without_simd_they_agree_too() {
    crate::record::plain::without_simd(|| agree(CASES / 10));
}

fn agree(cases: usize) {
    let seed = std::env::var("RELAPSE_SEED").map_or(1, |seed| seed.parse().unwrap());
    let mut draw = Draw(ChaCha8Rng::seed_from_u64(seed));
    let sets = profile_sets();
    let mut parsers = sets.each_ref().map(Parser::new);
    let mut said: BTreeMap<Option<Reason>, usize> = BTreeMap::new();
    let mut line = draw.line();
    for _ in 0..cases {
        let next = draw.line();
        for _ in 0..draw.one(&[0, 0, 1, 1, 2, 5]) {
            draw.mutate(&mut line, &next);
        }
        let padding = draw.padding(&next);
        let set = draw.one(&[0, 0, 1, 2, 2, 3, 3, 4]);
        let guess = draw.below(sets[set].len());
        let read = both(&mut parsers[set], &line, &padding, guess);
        if set == 0 {
            agrees_with_the_model(&line, &read);
            strictly_they_are_no_others(&mut parsers[4], &line, &read);
        }
        if set == 4 {
            assert!(read.as_ref().map_or(true, |read| read.repaired.is_empty()));
            agrees_with_the_model(&line, &read);
        }
        *said.entry(read.err().map(|rejection| rejection.reason)).or_default() += 1;
        line = next;
    }
    if cases >= CASES {
        // The lines must be worth it: each outcome that a parser can have came up often.
        let of_lines = |reason: &Reason| ![Reason::LineTooLong, Reason::BrokenDocument].contains(reason);
        for outcome in Reason::ALL.into_iter().filter(of_lines).map(Some).chain([None]) {
            assert!(said.get(&outcome).is_some_and(|&times| times > cases / 3000), "{outcome:?} in {said:?}");
        }
        let vouched = parsers.iter().map(Parser::vouched).sum::<u64>();
        let records = said[&None] as u64;
        assert!(vouched > records / 4, "the fast path read {vouched} of {records} records");
        assert!(vouched < records, "the fast path gave up on nothing");
    }
}

#[test]
fn every_value_in_every_field_and_every_cut() {
    let sets = profile_sets();
    let mut parsers = sets.each_ref().map(Parser::new);
    for (set, fields) in [CONFORMANCE.as_slice(), &NESTED, &ZONED, &INTEGRATION].into_iter().enumerate() {
        let line_with = |field: usize, value: &str| {
            let texts = fields
                .iter()
                .enumerate()
                .map(|(at, (key, good))| format!("\"{key}\":{}", if at == field { value } else { good }));
            format!("{{{}}}", texts.collect::<Vec<_>>().join(","))
        };
        for field in 0..=fields.len() {
            for value in VALUES {
                let line = line_with(field, value);
                let read = both(&mut parsers[set], line.as_bytes(), &[b'"'; 64], 0);
                if set == 0 {
                    agrees_with_the_model(line.as_bytes(), &read);
                }
            }
        }
        let whole = line_with(0, fields[0].1);
        for cut in 0..=whole.len() {
            let (line, rest) = whole.as_bytes().split_at(cut);
            let padding = [rest, &[b'}'; 64]].concat();
            let read = both(&mut parsers[set], line, &padding, 0);
            assert_eq!(read.is_ok(), cut == whole.len(), "{cut}");
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_texts_come_out_as_they_went_in(
        texts in proptest::array::uniform4(".{0,40}"),
        seed in proptest::num::u64::ANY,
        time in proptest::num::i64::ANY,
        artifacts in proptest::collection::vec(".{0,9}", 0..4),
    ) {
        let [suite, scenario, reason, outcome] = &texts;
        let line = serde_json::json!({
            "schema_version": "s", "ts_unix_ms": time, "suite_id": suite, "scenario_id": scenario, "fixture_id": "f",
            "packet_id": "p", "mode": "m", "seed": seed, "env_fingerprint": "e", "artifact_refs": artifacts,
            "replay_command": "r", "outcome": outcome, "reason_code": reason,
        })
        .to_string();
        let profiles = Profiles::builtin();
        let read = both(&mut Parser::new(&profiles), line.as_bytes(), &[b'\\'; 64], 0);
        agrees_with_the_model(line.as_bytes(), &read);
        assert_eq!(read.unwrap().texts[&Role::Reason], *reason);
    }
}

#[path = "followed_tests.rs"]
mod followed;
