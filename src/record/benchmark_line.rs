//! Benchmark lines: records with at least one metric field.
//!
//! They are few beside the lines of a log, so `serde_json` reads them, and only once a line fits no log profile: the
//! fast path never meets them.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::benchmark_profile::BenchmarkProfile;
use super::judge::{OwnedSlot, invalid, slot};
use super::mend::{NotFinite, mend};
use super::metric::{Direction, Metric, by_suffix};
use super::profile::Kind;
use super::profiles::Profiles;
use super::rejection::Rejection;
use super::slot::Misfit;
use crate::reason::Reason;
use crate::repair::Repairs;

/// What a benchmark line says.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchmarkLine {
    /// The benchmark.
    pub lane: String,
    /// Declared class of the host; empty where the line carries none.
    pub host: String,
    /// The other declared fields that the line has, in the profile's order.
    pub env: Vec<(String, String)>,
    /// When it was recorded, in ms since 1970.
    pub unix_ms: Option<i64>,
    /// The run that recorded it.
    pub run: Option<String>,
    /// Rounds that its values are estimates of.
    pub rounds: Option<u64>,
    /// Its metrics, by name; at least one is valid.
    pub metrics: Vec<Metric>,
    /// Mapped fields that stood more than once; the last value counts.
    pub repeated: u64,
}

/// Why a line is no benchmark line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is meant to be one, and has a fault.
    Faulty(Rejection),
    /// It lacks a lane or a metric; with what to say of it where it has the other.
    Other(Option<String>),
}

impl From<Misfit> for Unfit {
    fn from(misfit: Misfit) -> Self {
        Self::Faulty(Rejection::new(misfit.reason, misfit.message))
    }
}

impl Profiles {
    /// Reads a line that fits no log profile as a benchmark line, and what was repaired in it; `rejection` is why it fits
    /// none. What a log's line may be is thus decided before what a benchmark's may be, wherever the line stands.
    ///
    /// # Errors
    /// Why it is neither: its fault as the shape that it is meant to have.
    pub fn benchmark(&self, line: &[u8], rejection: Rejection) -> Result<(BenchmarkLine, Repairs), Rejection> {
        if rejection.is_ignored {
            let read = self.benchmarks.iter().find_map(|profile| profile.read(line).ok());
            return read.map(|line| (line, Repairs::NONE)).ok_or(rejection);
        }
        let is_of_another_shape = match rejection.reason {
            Reason::UnknownShape => true,
            Reason::MissingField | Reason::WrongType | Reason::OutOfRange => false,
            _ => return self.mended_benchmark(line, rejection),
        };
        let mut other = None;
        for profile in &self.benchmarks {
            match profile.read(line) {
                Ok(line) => return Ok((line, Repairs::NONE)),
                Err(Unfit::Faulty(fault)) if is_of_another_shape => return self.mended_benchmark(line, fault),
                Err(Unfit::Faulty(_)) => {}
                Err(Unfit::Other(lacks)) => other = other.or(lacks),
            }
        }
        Err(match other.filter(|_| is_of_another_shape) {
            Some(lacks) => Rejection { message: format!("resembles no profile: {lacks}"), ..rejection },
            None => rejection,
        })
    }

    /// The benchmark line that this one is but for cosmetic faults.
    fn mended_benchmark(&self, line: &[u8], rejection: Rejection) -> Result<(BenchmarkLine, Repairs), Rejection> {
        let mended = if rejection.may_be_cosmetic() && !self.is_strict() && !self.benchmarks.is_empty() {
            mend(line, NotFinite::Named)
        } else {
            None
        };
        let read = mended.and_then(|mended| {
            let read = |line: &[u8]| self.benchmarks.iter().find_map(|profile| profile.read(line).ok());
            let holds_two = mended.before.iter().any(|before| read(&line[before.clone()]).is_some());
            Some((read(&mended.line).filter(|_| !holds_two)?, mended.repairs))
        });
        read.ok_or(rejection)
    }
}

impl BenchmarkProfile {
    /// Reads a line.
    ///
    /// # Errors
    /// What keeps it from being a benchmark line: first what is no JSON object, then the first faulty field (lane, time,
    /// host, env, run, rounds), then `out_of_range` when none of its metrics is finite and above 0.
    pub fn read(&self, line: &[u8]) -> Result<BenchmarkLine, Unfit> {
        let fields = Fields::of(line)?;
        let metrics = self.metrics(&fields);
        if fields.get(&self.lane).is_none() {
            let missing = || format!("missing field `{}`", self.lane);
            return Err(Unfit::Other((!metrics.is_empty()).then(missing)));
        }
        if metrics.is_empty() {
            return Err(Unfit::Other(Some("no field is a metric".into())));
        }
        let text = |field: &str| fields.text(field, &[Kind::Text]);
        let lane = fields.slot(&self.lane, Kind::Text, true)?.borrow().text().unwrap_or_default().to_owned();
        let unix_ms = match &self.time {
            Some((field, unit)) => fields.slot(field, Kind::Time(*unit), false)?.borrow().time(*unit),
            None => None,
        };
        let host = self.host.as_deref().map(text).transpose()?.flatten().unwrap_or_default();
        let mut env = Vec::new();
        for field in &self.env {
            let value = fields.text(field, &[Kind::Text, Kind::Number])?;
            env.extend(value.map(|value| (field.clone(), value)));
        }
        let run = self.run.as_deref().map(|field| fields.text(field, &[Kind::Text, Kind::Unsigned])).transpose()?;
        let rounds = match &self.rounds {
            Some(field) => fields.slot(field, Kind::Unsigned, false)?.borrow().unsigned(),
            None => None,
        };
        if !metrics.iter().any(Metric::is_valid) {
            let bad = &metrics[0];
            let message = format!("metric `{}` is {}, expected a finite number above 0", bad.name, bad.value);
            return Err(Misfit { reason: Reason::OutOfRange, message }.into());
        }
        let mapped = self.roles().chain(metrics.iter().map(|metric| metric.name.as_str()));
        let repeated = mapped.map(|field| fields.repeated.get(field).copied().unwrap_or(0)).sum();
        Ok(BenchmarkLine { lane, host, env, unix_ms, run: run.flatten(), rounds, metrics, repeated })
    }

    /// The metrics of a line, good or not.
    fn metrics(&self, fields: &Fields<'_>) -> Vec<Metric> {
        let mut found: BTreeMap<&str, Metric> = BTreeMap::new();
        let metric = |name: &str, unit: &str, direction: Direction, value: f64| Metric {
            name: name.to_owned(),
            unit: unit.to_owned(),
            direction,
            value,
            incumbent: None,
        };
        if self.suffixes {
            for (name, value) in &fields.values {
                let is_other = || self.roles().any(|role| role == name) || self.ignore.contains(name);
                if let Some((unit, direction)) = by_suffix(name)
                    && let Some(value) = number(value.get())
                    && !is_other()
                {
                    found.insert(name, metric(name, unit, direction, value));
                }
            }
        }
        if let Some([incumbent, challenger]) = &self.pair_prefixes {
            let names: Vec<&str> = found.keys().copied().filter(|name| name.starts_with(challenger)).collect();
            for name in names {
                let twin = found.remove(format!("{incumbent}{}", &name[challenger.len()..]).as_str());
                if let Some((pair, twin)) = found.get_mut(name).zip(twin) {
                    pair.incumbent = Some(twin.value);
                }
            }
        }
        // What a profile names is a metric whatever it holds, but nothing.
        let named = |field: &str| fields.get(field).map(|value| number(value).unwrap_or(f64::NAN));
        for row in &self.metrics {
            if let Some(value) = named(&row.field) {
                found.insert(&row.field, metric(&row.field, &row.unit, row.direction, value));
            }
        }
        for pair in &self.pairs {
            let row = &pair.challenger;
            let values = [&pair.incumbent, &row.field].map(|field| named(field));
            for (field, value) in [&pair.incumbent, &row.field].into_iter().zip(values) {
                if let Some(value) = value {
                    found.insert(field, metric(field, &row.unit, row.direction, value));
                }
            }
            if let [Some(incumbent), Some(_)] = values
                && let Some(challenger) = found.get_mut(row.field.as_str())
            {
                challenger.incumbent = Some(incumbent);
                found.remove(pair.incumbent.as_str());
            }
        }
        found.into_values().collect()
    }
}

/// The number of a value's text, or the NaN or infinity that a text names; `None` when it is neither.
fn number(value: &str) -> Option<f64> {
    match value.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => value.parse().ok(),
        Some(b'"') => value.trim_matches('"').parse().ok().filter(|value: &f64| !value.is_finite()),
        _ => None,
    }
}

/// The values of a line's fields, by name.
struct Fields<'l> {
    values: BTreeMap<String, &'l RawValue>,
    /// How often one stood again.
    repeated: BTreeMap<String, u64>,
}

impl<'l> Fields<'l> {
    fn of(line: &'l [u8]) -> Result<Self, Misfit> {
        let text = std::str::from_utf8(line)
            .map_err(|error| Misfit { reason: Reason::InvalidUtf8, message: error.to_string() })?;
        if !text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{') {
            return Err(match serde_json::from_str::<IgnoredAny>(text) {
                Ok(_) => Misfit { reason: Reason::NotAnObject, message: "expected an object".into() },
                Err(error) => invalid(&error),
            });
        }
        let mut fields = Self { values: BTreeMap::new(), repeated: BTreeMap::new() };
        let mut parser = serde_json::Deserializer::from_str(text);
        parser.deserialize_map(&mut fields).and_then(|()| parser.end()).map_err(|error| invalid(&error))?;
        Ok(fields)
    }

    /// The text of a value that is there and not null.
    fn get(&self, field: &str) -> Option<&'l str> {
        self.values.get(field).map(|value| value.get()).filter(|value| *value != "null")
    }

    /// A field's value, which must be of this kind.
    fn slot(&self, field: &str, kind: Kind, required: bool) -> Result<OwnedSlot, Misfit> {
        let value = self.get(field).map(slot).transpose().map_err(|error| invalid(&error))?.unwrap_or_default();
        value.borrow().check(kind, required, || field.to_owned())?;
        Ok(value)
    }

    /// A field's value as a text, of one of these kinds; numbers as they stand.
    fn text(&self, field: &str, kinds: &[Kind]) -> Result<Option<String>, Misfit> {
        let Some(raw) = self.get(field) else { return Ok(None) };
        let value = slot(raw).map_err(|error| invalid(&error))?;
        let fits = |kind: &&Kind| value.borrow().check(**kind, true, String::new).is_ok();
        if kinds.iter().find(fits).is_none() {
            value.borrow().check(kinds[0], true, || field.to_owned())?;
        }
        Ok(Some(value.borrow().text().unwrap_or(raw).to_owned()))
    }
}

impl<'de> Visitor<'de> for &mut Fields<'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
            if self.values.insert(key.clone(), value).is_some() {
                *self.repeated.entry(key).or_default() += 1;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "benchmark_line_tests.rs"]
mod tests;
