//! Profiles of benchmark lines: which field of a line is the lane, the host, the moment and what was measured.

use std::collections::BTreeMap;

use super::metric::Direction;
use super::pathlike;
use super::profile::TimeUnit;
use super::profile_file::UNITS;
use crate::definition::{self, DefinitionError, Faults, Section, Spot, quoted};

/// Maps the fields of benchmark lines; checked whole. Fields are keys of the record itself: a path (`tests[].name`,
/// `$.id`, `.id`) is a fault.
///
/// # Format
/// ```toml
/// name = "nightly-benchmarks"                     # required
/// description = "What writes it."                 # optional
///
/// [benchmark]                                     # tells it from the profile of a log
/// lane = "bench"                                  # required, and every line must have it: a text
/// time = "at"                                     # optional: when it was recorded
/// time_unit = "s"                                 # "s", "ms", "us", "ns" or "rfc3339"; required with `time`
/// host = "machine"                                # optional: the declared class of the host, a text
/// env = ["compiler"]                              # optional: further declared fields of the key, texts or numbers
/// run = "job"                                     # optional: the run that recorded it, a text or a whole number
/// rounds = "n"                                    # optional: of how many rounds the values are estimates
/// suffixes = true                                 # optional: numbers whose names end in _ns _us _ms _s _bytes, or
///                                                 # in _per_s _bps _gbps _ops (rates), are metrics
/// pair_prefixes = ["incumbent_", "challenger_"]   # optional: metrics by suffix that are called alike behind these
///                                                 # make one paired metric
/// ignore = ["setup_ms"]                           # optional: no metrics, whatever their ending
///
/// [[metric]]                                      # a metric by name
/// field = "latency"
/// unit = "ms"
/// direction = "lower_is_better"                   # or "higher_is_better"
///
/// [[pair]]                                        # two fields that were measured in turns
/// incumbent = "old"
/// challenger = "new"
/// unit = "ms"
/// direction = "lower_is_better"
/// ```
/// A line fits when it has its lane and at least one metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BenchmarkProfile {
    /// The name that the file gives itself.
    pub name: String,
    /// What it is for; empty when the file does not say.
    pub description: String,
    /// Field of the benchmark's name.
    pub lane: String,
    /// Field and unit of the moment of recording.
    pub time: Option<(String, TimeUnit)>,
    /// Field of the host's class.
    pub host: Option<String>,
    /// Further declared fields of the key, in this order.
    pub env: Vec<String>,
    /// Field of the run's id.
    pub run: Option<String>,
    /// Field of the number of rounds.
    pub rounds: Option<String>,
    /// Whether numbers are metrics by the endings of their names.
    pub suffixes: bool,
    /// Beginnings of the names of an incumbent and a challenger.
    pub pair_prefixes: Option<[String; 2]>,
    /// Fields that are no metrics.
    pub ignore: Vec<String>,
    /// Metrics by name.
    pub metrics: Vec<NamedMetric>,
    /// Pairs by name.
    pub pairs: Vec<NamedPair>,
}

/// A metric that a profile names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedMetric {
    /// Its field.
    pub field: String,
    /// Its unit.
    pub unit: String,
    /// Which way is good.
    pub direction: Direction,
}

/// Two fields that a profile compares line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPair {
    /// Field of the incumbent.
    pub incumbent: String,
    /// The challenger, which gives the pair its name.
    pub challenger: NamedMetric,
}

impl BenchmarkProfile {
    /// Reads a profile; `name` is how the faults call the text.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn parse(name: &str, text: &str) -> Result<Self, DefinitionError> {
        definition::read(name, text, &[], read)
    }

    /// The fields that mean something other than a measured value.
    pub(super) fn roles(&self) -> impl Iterator<Item = &str> {
        let time = self.time.as_ref().map(|(field, _)| field);
        let one = [Some(&self.lane), time, self.host.as_ref(), self.run.as_ref(), self.rounds.as_ref()];
        one.into_iter().flatten().chain(&self.env).map(String::as_str)
    }
}

pub(super) fn read(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<BenchmarkProfile> {
    root.refuse_unknown(&["name", "description", "benchmark", "metric", "pair"], faults);
    let name = root.required_text("name", faults);
    let description = root.text("description", faults);
    let section = root.required_section("benchmark", faults)?;
    section.refuse_unknown(
        &["lane", "time", "time_unit", "host", "env", "run", "rounds", "suffixes", "pair_prefixes", "ignore"],
        faults,
    );
    let mut fields = Fields::default();
    let lane = section.required_text("lane", faults);
    let lane = fields.take(lane, faults);
    let time = read_time(&section, &mut fields, faults);
    let [host, run, rounds] = ["host", "run", "rounds"].map(|key| {
        let field = section.readable_text(key, faults);
        fields.take(field, faults)
    });
    let env = texts(&section, "env", faults).into_iter().filter_map(|field| fields.take(Some(field), faults)).collect();
    let suffixes = section.flag("suffixes", faults).unwrap_or(false);
    let prefixes = texts(&section, "pair_prefixes", faults);
    let pair_prefixes = match prefixes.as_slice() {
        [] => None,
        [incumbent, challenger] if incumbent.value != challenger.value => {
            Some([incumbent.value.to_owned(), challenger.value.to_owned()])
        }
        _ => {
            faults.add(prefixes[0].at, "`pair_prefixes` are two: how an incumbent and how a challenger begins");
            None
        }
    };
    let ignore = texts(&section, "ignore", faults).into_iter().filter_map(|field| fields.take(Some(field), faults));
    let ignore = ignore.collect();
    let mut metrics = Vec::new();
    for section in root.sections("metric", faults) {
        section.refuse_unknown(&["field", "unit", "direction"], faults);
        metrics.extend(read_metric(&section, "field", &mut fields, faults));
    }
    let mut pairs = Vec::new();
    for section in root.sections("pair", faults) {
        section.refuse_unknown(&["incumbent", "challenger", "unit", "direction"], faults);
        let incumbent = section.required_text("incumbent", faults);
        let incumbent = fields.take(incumbent, faults);
        let challenger = read_metric(&section, "challenger", &mut fields, faults);
        pairs.extend(incumbent.zip(challenger).map(|(incumbent, challenger)| NamedPair { incumbent, challenger }));
    }
    if !suffixes && metrics.is_empty() && pairs.is_empty() {
        faults.add(section.at, "nothing is a metric: set `suffixes`, or name a `[[metric]]` or a `[[pair]]`");
    }
    Some(BenchmarkProfile {
        name: name?.value.to_owned(),
        description: description.map_or_else(String::new, |text| text.value.to_owned()),
        lane: lane?,
        time,
        host,
        env,
        run,
        rounds,
        suffixes,
        pair_prefixes,
        ignore,
        metrics,
        pairs,
    })
}

fn read_time(section: &Section<'_>, fields: &mut Fields, faults: &mut Faults<'_>) -> Option<(String, TimeUnit)> {
    let field = section.readable_text("time", faults);
    let Some(field) = fields.take(field, faults) else {
        if let Some(unit) = section.entry("time_unit") {
            faults.add(unit.at(), "`time_unit` without `time`");
        }
        return None;
    };
    Some((field, section.required_word("time_unit", "unit", &UNITS, faults)?))
}

fn read_metric(section: &Section<'_>, key: &str, fields: &mut Fields, faults: &mut Faults<'_>) -> Option<NamedMetric> {
    let field = section.required_text(key, faults);
    let field = fields.take(field, faults);
    let unit = section.required_text("unit", faults);
    let direction = section.required_word("direction", "direction", &Direction::TABLE, faults);
    Some(NamedMetric { field: field?, unit: unit?.value.to_owned(), direction: direction? })
}

/// A list of texts; empty when it is absent.
fn texts<'d>(section: &Section<'d>, key: &str, faults: &mut Faults<'_>) -> Vec<Spot<&'d str>> {
    match section.entry(key) {
        Some(entry) if !entry.is_empty_array() => section.texts(key, faults).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Fields that were named already, by their lines.
#[derive(Default)]
struct Fields(BTreeMap<String, usize>);

impl Fields {
    /// Takes a field, unless it is named twice or can be none.
    fn take(&mut self, field: Option<Spot<&str>>, faults: &mut Faults<'_>) -> Option<String> {
        let field = field?;
        if let Some(why) = pathlike::of_key(field.value) {
            faults.add(field.at, format!("field {} {why}", quoted(field.value)));
            return None;
        }
        if let Some(line) = self.0.get(field.value) {
            faults.add(field.at, format!("field {} is already named at line {line}", quoted(field.value)));
            return None;
        }
        self.0.insert(field.value.to_owned(), faults.line(field.at));
        Some(field.value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_named_at_once() {
        let text = "name = \"x\"\nlane = 1\n[benchmark]\ntime = \"at\"\nhost = \"at\"\nenv = [\"a\", \"a\"]\n\
                    pair_prefixes = [\"a\"]\n[[metric]]\nfield = \"m\"\ndirection = \"up\"\n";
        let said = BenchmarkProfile::parse("p", text).unwrap_err().to_string();
        for fault in [
            "p:2:1: unknown key `lane`",
            "missing key `lane`",
            "missing key `time_unit`",
            "p:5:8: field `at` is already named at line 4",
            "p:6:13: field `a` is already named at line 6",
            "`pair_prefixes` are two",
            "missing key `unit`",
            "unknown direction `up`, known: lower_is_better, higher_is_better",
        ] {
            assert!(said.contains(fault), "{fault}: {said}");
        }
        let said = BenchmarkProfile::parse("p", "name = \"x\"\n[benchmark]\nlane = \"l\"").unwrap_err().to_string();
        assert_eq!(said, "p:2:1: nothing is a metric: set `suffixes`, or name a `[[metric]]` or a `[[pair]]`");
    }

    #[test]
    fn a_path_is_no_field() {
        let text = "name = \"x\"\n[benchmark]\nlane = \"tests[].name\"\nhost = \"$.host\"\nenv = [\".a\", \"\"]\n\
                    ignore = [\"a[0]\"]\nsuffixes = true\n[[metric]]\nfield = \"latency[ms]\"\nunit = \"ms\"\n\
                    direction = \"lower_is_better\"\n[[pair]]\nincumbent = \"$\"\nchallenger = \"b[*]\"\n\
                    unit = \"ms\"\ndirection = \"lower_is_better\"\n";
        let why = "is a path, and fields are keys of the record itself, as \"latency_ms\"";
        assert_eq!(
            BenchmarkProfile::parse("p", text).unwrap_err().to_string().lines().collect::<Vec<_>>(),
            [
                format!("p:3:8: field `tests[].name` {why}"),
                format!("p:4:8: field `$.host` {why}"),
                format!("p:5:8: field `.a` {why}"),
                "p:5:14: field `` is empty".to_owned(),
                format!("p:6:11: field `a[0]` {why}"),
                format!("p:13:13: field `$` {why}"),
                format!("p:14:14: field `b[*]` {why}"),
            ]
        );
    }

    #[test]
    fn a_whole_file_is_read() {
        let text = "name = \"x\"\n[benchmark]\nlane = \"l\"\ntime = \"t\"\ntime_unit = \"rfc3339\"\nrun = \"r\"\n\
                    env = [\"e\"]\n[[pair]]\nincumbent = \"i\"\nchallenger = \"c\"\nunit = \"ms\"\n\
                    direction = \"lower_is_better\"\n";
        let profile = BenchmarkProfile::parse("p", text).unwrap();
        assert_eq!(profile.roles().collect::<Vec<_>>(), ["l", "t", "r", "e"]);
        assert_eq!((profile.pairs[0].incumbent.as_str(), profile.pairs[0].challenger.field.as_str()), ("i", "c"));
        assert!(!profile.suffixes && profile.host.is_none());
    }
}
