//! Records as a gate counts them: row by row, by their outcomes, whatever they are classified as.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use super::incident::{At, Place};
use super::symbols::{Symbol, Symbols};
use crate::archive::strip_container;
use crate::record::{OutcomeKind, Record};

/// The log whose tool has a rule of its own, and the one word that it takes for a pass.
const TOOL: (&str, &str) = ("ft-conformance-log-v1", "pass");

/// By what a record passed or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// By its profile's words. Excluded records and those of unknown words did neither.
    Profile,
    /// As the reliability policy's own tool: each record of its log, [`ft-conformance-log-v1`](crate::record::Profile),
    /// that is not exactly `pass` failed, and reasons of passes count. Records of other logs are their profile's.
    Reliability,
}

/// Every rule, by its number.
const RULES: [Rule; 2] = [Rule::Profile, Rule::Reliability];

/// A set of rules: a bit each.
type Rules = u8;

/// Every record by packet, scenario and reason code. Merging is associative and commutative, and the empty one changes
/// nothing.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    symbols: Symbols,
    packets: HashMap<Symbol, OfPacket, RandomState>,
    /// By scenario id alone: the rules by which a record passed, and those by which one failed.
    scenarios: HashMap<Symbol, [Rules; 2], RandomState>,
    /// The rules that look at them.
    reasons: HashMap<Symbol, Rules, RandomState>,
    failed: Vec<FailedEntry>,
}

#[derive(Clone, Debug, Default)]
struct OfPacket {
    /// All records, those that neither passed nor failed too.
    records: u64,
    /// For each rule, how many failed and how many passed.
    judged: [[u64; 2]; RULES.len()],
    /// The rules by which a record of it passed or failed, which may be none.
    suites: HashMap<Symbol, Rules, RandomState>,
    scenarios: HashMap<Symbol, Rules, RandomState>,
}

#[derive(Clone, Copy, Debug)]
struct FailedEntry {
    /// `None`: the archive's, which has no id yet.
    run: Option<Symbol>,
    place: Place,
    scenario: Symbol,
    by: Rules,
}

/// The records of one packet that passed or failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PacketEntries {
    /// All of them.
    pub total: u64,
    /// Those that passed.
    pub passed: u64,
    /// Their suites.
    pub suites: BTreeSet<String>,
    /// Their scenarios.
    pub scenarios: BTreeSet<String>,
}

impl PacketEntries {
    /// Passed rows of all, 0 of none.
    #[must_use]
    pub fn pass_ratio(&self) -> f64 {
        if self.total == 0 { 0.0 } else { self.passed as f64 / self.total as f64 }
    }
}

impl Rule {
    fn bit(self) -> Rules {
        1 << self as usize
    }

    /// Whether a record of a profile passed; `None` for neither.
    fn passed(self, record: &Record<'_>, profile: &str) -> Option<bool> {
        if self.is_own(profile) {
            return Some(record.outcome_word == TOOL.1);
        }
        match record.outcome {
            OutcomeKind::Pass => Some(true),
            OutcomeKind::Fail => Some(false),
            OutcomeKind::Excluded | OutcomeKind::Unknown => None,
        }
    }

    /// Whether it looks at the reason of such a record. A pass need not have one.
    fn asks_reason(self, passed: bool, reason: &str, profile: &str) -> bool {
        !passed || !reason.is_empty() || self.is_own(profile)
    }

    /// Whether it is the rule of the tool that writes such logs.
    fn is_own(self, profile: &str) -> bool {
        self == Self::Reliability && profile == TOOL.0
    }
}

impl Entries {
    /// Counts one record of a profile; `run` as for [`super::Tally::add_to`].
    pub fn add(&mut self, record: &Record<'_>, profile: &str, run: Option<&str>, at: At<'_>) {
        let scenario = self.symbols.intern(record.scenario);
        let suite = self.symbols.intern(record.suite);
        let packet = self.packets.entry(self.symbols.intern(record.packet)).or_default();
        packet.records += 1;
        let (mut by, mut reason) = ([0; 2], 0);
        for rule in RULES {
            let Some(passed) = rule.passed(record, profile) else { continue };
            packet.judged[rule as usize][usize::from(passed)] += 1;
            by[usize::from(passed)] |= rule.bit();
            if rule.asks_reason(passed, record.reason, profile) {
                reason |= rule.bit();
            }
        }
        *packet.suites.entry(suite).or_default() |= by[0] | by[1];
        *packet.scenarios.entry(scenario).or_default() |= by[0] | by[1];
        let seen = self.scenarios.entry(scenario).or_default();
        seen.iter_mut().zip(by).for_each(|(seen, by)| *seen |= by);
        if reason != 0 {
            *self.reasons.entry(self.symbols.intern(record.reason)).or_default() |= reason;
        }
        if by[0] != 0 {
            let run = record.run.or(run).map(|run| self.symbols.intern(run));
            let place = Place { log: self.symbols.intern(at.log), part: at.part, line: at.line };
            self.failed.push(FailedEntry { run, place, scenario, by: by[0] });
        }
    }

    /// Takes in another one's records.
    pub fn merge(&mut self, other: &Self) {
        let texts = (0..super::symbols::count(other.symbols.len())).map(|number| other.symbols.text(Symbol(number)));
        let mine: Vec<Symbol> = texts.map(|text| self.symbols.intern(text)).collect();
        let of = |symbol: Symbol| mine[symbol.0 as usize];
        let join = |here: &mut HashMap<Symbol, Rules, RandomState>, theirs: &HashMap<Symbol, Rules, RandomState>| {
            for (symbol, rules) in sorted(theirs) {
                *here.entry(of(symbol)).or_default() |= rules;
            }
        };
        for (packet, theirs) in sorted(&other.packets) {
            let here = self.packets.entry(of(packet)).or_default();
            here.records += theirs.records;
            for (mine, theirs) in here.judged.iter_mut().flatten().zip(theirs.judged.iter().flatten()) {
                *mine += theirs;
            }
            join(&mut here.suites, &theirs.suites);
            join(&mut here.scenarios, &theirs.scenarios);
        }
        for (scenario, seen) in sorted(&other.scenarios) {
            let here = self.scenarios.entry(of(scenario)).or_default();
            for (here, seen) in here.iter_mut().zip(seen) {
                *here |= *seen;
            }
        }
        join(&mut self.reasons, &other.reasons);
        self.failed.extend(other.failed.iter().map(|entry| FailedEntry {
            run: entry.run.map(of),
            place: Place { log: of(entry.place.log), ..entry.place },
            scenario: of(entry.scenario),
            by: entry.by,
        }));
    }

    /// Turns every place that counts within a part into one that counts from the archive's start.
    pub fn place_lines(&mut self, number: impl Fn(&str, u64, u64) -> u64) {
        for FailedEntry { place, .. } in &mut self.failed {
            place.line = number(self.symbols.text(place.log), place.part, place.line);
            place.part = 0;
        }
    }

    /// Gives the run of records that name none its id, and the archive that all came from its place.
    pub fn name(&mut self, run: &str, log: &str) {
        let (run, log) = (self.symbols.intern(run), self.symbols.intern(log));
        for entry in &mut self.failed {
            entry.run.get_or_insert(run);
            entry.place.log = log;
        }
    }

    /// All records, those that neither passed nor failed too.
    #[must_use]
    pub fn records(&self) -> u64 {
        sorted(&self.packets).map(|(_, packet)| packet.records).sum()
    }

    /// Records that passed or failed.
    #[must_use]
    pub fn judged(&self, rule: Rule) -> u64 {
        sorted(&self.packets).flat_map(|(_, packet)| packet.judged[rule as usize]).sum()
    }

    /// Records that failed.
    #[must_use]
    pub fn failed(&self, rule: Rule) -> u64 {
        sorted(&self.packets).map(|(_, packet)| packet.judged[rule as usize][0]).sum()
    }

    /// The records that passed or failed, of each packet that has one.
    #[must_use]
    pub fn packets(&self, rule: Rule) -> BTreeMap<String, PacketEntries> {
        let of = |packet: &OfPacket| {
            let [failed, passed] = packet.judged[rule as usize];
            let [suites, scenarios] = [&packet.suites, &packet.scenarios].map(|set| self.texts(set, rule));
            PacketEntries { total: failed + passed, passed, suites, scenarios }
        };
        let judged = sorted(&self.packets).filter(|(_, packet)| packet.judged[rule as usize] != [0, 0]);
        judged.map(|(name, packet)| (self.text(name), of(packet))).collect()
    }

    /// Whether any packet, one of its suites and one of its scenarios are such, whatever became of their records.
    pub fn any(&self, is_such: impl Fn([&str; 3]) -> bool) -> bool {
        let text = |symbol: &Symbol| self.symbols.text(*symbol);
        self.packets.iter().any(|(packet, of)| {
            let is_such = |suite, scenario| is_such([text(packet), text(suite), text(scenario)]);
            of.suites.keys().any(|suite| of.scenarios.keys().any(|scenario| is_such(suite, scenario)))
        })
    }

    /// The distinct reason codes of the records that passed or failed; a pass need not have one.
    #[must_use]
    pub fn reasons(&self, rule: Rule) -> BTreeSet<String> {
        self.texts(&self.reasons, rule)
    }

    /// Scenario ids of which a record passed and another failed.
    #[must_use]
    pub fn flake_suspects(&self, rule: Rule) -> BTreeSet<String> {
        let is_suspect = |seen: &[Rules; 2]| seen[0] & seen[1] & rule.bit() != 0;
        sorted(&self.scenarios).filter(|(_, seen)| is_suspect(seen)).map(|(name, _)| self.text(name)).collect()
    }

    /// The scenario of every record that failed, in run order (as `position` gives it of a run's id), then by archive and
    /// line; [`Self::place_lines`] comes first.
    #[must_use]
    pub fn failed_scenarios(&self, rule: Rule, position: impl Fn(&str) -> usize) -> Vec<String> {
        let mut failed: Vec<_> = self
            .failed
            .iter()
            .filter(|entry| entry.by & rule.bit() != 0)
            .map(|entry| {
                let log = self.symbols.text(entry.place.log);
                let run = entry.run.map_or("", |run| self.symbols.text(run));
                ((position(run), strip_container(log), log, entry.place.line), entry.scenario)
            })
            .collect();
        failed.sort_unstable();
        failed.into_iter().map(|(_, scenario)| self.text(scenario)).collect()
    }

    fn texts(&self, set: &HashMap<Symbol, Rules, RandomState>, rule: Rule) -> BTreeSet<String> {
        let of_rule = sorted(set).filter(|(_, rules)| *rules & rule.bit() != 0);
        of_rule.map(|(symbol, _)| self.text(symbol)).collect()
    }

    fn text(&self, symbol: Symbol) -> String {
        self.symbols.text(symbol).to_owned()
    }
}

/// A map's entries in an order that does not come from the map.
fn sorted<V>(map: &HashMap<Symbol, V, RandomState>) -> impl Iterator<Item = (Symbol, &V)> {
    let mut entries: Vec<(Symbol, &V)> = map.iter().map(|(symbol, value)| (*symbol, value)).collect();
    entries.sort_unstable_by_key(|(symbol, _)| symbol.0);
    entries.into_iter()
}

#[cfg(test)]
mod tests;
