//! Profiles: any text is refused with its faults, or can be used on any record.

use relapse::record::{BenchmarkProfile, Kind, Profile, Profiles, Shape, TimeUnit};
use relapse::sweep::Taxonomies;
use serde_json::{Value, json};

use super::definition::{accepted, text};
use super::swept::{reconciles, said, swept_with};
use super::{line, taxonomy};

pub(crate) fn holds(input: &[u8]) {
    let text = text(input);
    let Some(shape) = accepted(&text, Shape::parse("fuzzed", &text)) else { return };
    let mut log = match &shape {
        Shape::Log(profile) => records(profile),
        Shape::Benchmark(profile) => benchmark_lines(profile),
    };
    log.extend(taxonomy::LOG);
    let profiles = Profiles::of([shape]);
    if !profiles.is_empty() {
        line::agree(&log, &profiles);
    }
    // A taxonomy may be named that is none.
    let Ok(taxonomies) = Taxonomies::of(&profiles) else { return };
    let outcome = swept_with(&log, profiles, taxonomies.clone());
    reconciles(&outcome);
    said(&outcome, &taxonomies);
}

/// Records with everything, with what must be there, and with values of other types.
fn records(profile: &Profile) -> Vec<u8> {
    let mut log = Vec::new();
    for round in 0..4 {
        let mut record = json!({});
        for (at, field) in profile.fields.iter().enumerate() {
            if field.required || round != 1 {
                put(&mut record, &field.path, value(field.kind, at, round, profile));
            }
        }
        log.extend(record.to_string().bytes());
        log.push(b'\n');
    }
    log
}

fn value(kind: Kind, at: usize, round: usize, profile: &Profile) -> Value {
    let word = profile.outcome.pass.first();
    let texts = [
        "",
        "RULE-1: a \"b\" 17 {\"c\":1} 0x1f --d /e.ts:5",
        "naïve \u{1b}[31m",
        "e5a1b2c3-0000-4000-8000-000000000000",
    ];
    match kind {
        Kind::Text if round == 0 => word.map_or(Value::Null, |word| json!(word)),
        Kind::Text => json!(texts[(at + round) % texts.len()]),
        Kind::Unsigned => json!(u64::MAX - round as u64),
        Kind::Integer => json!(i64::MIN),
        Kind::Time(TimeUnit::Milliseconds) => json!(1_767_225_600_000_u64 + round as u64),
        Kind::Time(TimeUnit::Microseconds) => json!(1_767_225_600_000_001_u64),
        Kind::Time(TimeUnit::Nanoseconds) => json!("1767225600000000001"),
        Kind::Time(TimeUnit::Seconds) => json!(1_767_225_600.5),
        Kind::Time(TimeUnit::Rfc3339) => json!("2026-01-01T00:00:00.25+01:00"),
        Kind::Texts => json!(texts),
        Kind::Number => json!(-1.5e300),
        Kind::Any => json!({ "a": [null, round] }),
    }
}

fn put(record: &mut Value, path: &[String], value: Value) {
    let place = path.iter().fold(record, |object, key| {
        if !object.is_object() {
            *object = json!({});
        }
        &mut object[key.as_str()]
    });
    *place = value;
}

fn benchmark_lines(profile: &BenchmarkProfile) -> Vec<u8> {
    let mut line = json!({ "x_ns": 5, "old_ms": 2.5, "new_ms": 2, "a_per_s": 0 });
    line[profile.lane.as_str()] = json!("lane");
    let metrics = profile.metrics.iter().map(|metric| &metric.field);
    for (at, field) in metrics.enumerate() {
        line[field.as_str()] = json!(at as f64 + 0.5);
    }
    for pair in &profile.pairs {
        line[pair.incumbent.as_str()] = json!(1e300);
        line[pair.challenger.field.as_str()] = json!(1e-300);
    }
    if let Some((field, unit)) = &profile.time {
        line[field.as_str()] = match unit {
            TimeUnit::Rfc3339 => json!("2026-01-01T00:00:00Z"),
            _ => json!(1_767_225_600),
        };
    }
    format!("{line}\n{line}\n").into_bytes()
}
