//! Records as a gate counts them: row by row, by their outcomes, whatever they are classified as.

mod before;
mod rows;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use before::Seen;
pub use before::{Condition, Past};
use rows::Rows;

use super::incident::{At, Place};
use super::symbols::{Symbol, Symbols};
use crate::archive::strip_container;
use crate::record::{OutcomeKind, Record};
use crate::unit::is_unit;

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

/// Every record by run, packet, scenario and reason code. Merging is associative and commutative, and the empty one changes
/// nothing.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    symbols: Symbols,
    /// By run; `None`: the archive's, which has no id yet.
    runs: HashMap<Option<Symbol>, Rows, RandomState>,
    /// What scenarios came to in records from before the window, likewise. Nobody keeps it: what is kept is whole.
    before: HashMap<Option<Symbol>, Seen, RandomState>,
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
        // That a file was collected, or a package built, is no record that anybody counts; that it was not is a failure.
        if record.outcome == OutcomeKind::Pass && is_unit(record.scenario) {
            return;
        }
        let Self { symbols, runs, .. } = self;
        let run = record.run.or(run).map(|run| symbols.intern(run));
        let rows = runs.entry(run).or_default();
        let scenario = symbols.intern(record.scenario);
        let suite = symbols.intern(record.suite);
        let packet = rows.packets.entry(symbols.intern(record.packet)).or_default();
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
        let seen = rows.scenarios.entry(scenario).or_default();
        seen.iter_mut().zip(by).for_each(|(seen, by)| *seen |= by);
        if reason != 0 {
            *rows.reasons.entry(symbols.intern(record.reason)).or_default() |= reason;
        }
        if by[0] != 0 {
            let place = Place { log: symbols.intern(at.log), part: at.part, line: at.line };
            rows.failed.push((place, scenario, by[0]));
        }
    }

    /// Takes in another one's records.
    pub fn merge(&mut self, other: &Self) {
        let texts = (0..super::symbols::count(other.symbols.len())).map(|number| other.symbols.text(Symbol(number)));
        let mine: Vec<Symbol> = texts.map(|text| self.symbols.intern(text)).collect();
        for (run, rows) in other.sorted() {
            let here = self.runs.entry(run.map(|run| mine[run.0 as usize])).or_default();
            here.merge(rows, |symbol| mine[symbol.0 as usize]);
        }
        self.merge_before(other, |symbol| mine[symbol.0 as usize]);
    }

    /// Leaves out the records of other runs than these.
    pub fn retain_runs(&mut self, is_meant: impl Fn(&str) -> bool) {
        let Self { symbols, runs, .. } = self;
        runs.retain(|run, _| is_meant(run.map_or("", |run| symbols.text(run))));
    }

    /// Turns every place that counts within a part into one that counts from the archive's start.
    pub fn place_lines(&mut self, number: impl Fn(&str, u64, u64) -> u64) {
        for (place, ..) in self.runs.values_mut().flat_map(|rows| &mut rows.failed) {
            place.line = number(self.symbols.text(place.log), place.part, place.line);
            place.part = 0;
        }
    }

    /// Gives the run of records that name none its id, and the archive that all came from its place.
    pub fn name(&mut self, run: &str, log: &str) {
        let (run, log) = (self.symbols.intern(run), self.symbols.intern(log));
        if let Some(unnamed) = self.runs.remove(&None) {
            self.runs.entry(Some(run)).or_default().merge(&unnamed, |symbol| symbol);
        }
        for (place, ..) in self.runs.values_mut().flat_map(|rows| &mut rows.failed) {
            place.log = log;
        }
    }

    /// All records, those that neither passed nor failed too.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.all(|rows| &rows.packets).map(|(_, packet)| packet.records).sum()
    }

    /// Records that passed or failed.
    #[must_use]
    pub fn judged(&self, rule: Rule) -> u64 {
        self.all(|rows| &rows.packets).flat_map(|(_, packet)| packet.judged[rule as usize]).sum()
    }

    /// Records that failed.
    #[must_use]
    pub fn failed(&self, rule: Rule) -> u64 {
        self.all(|rows| &rows.packets).map(|(_, packet)| packet.judged[rule as usize][0]).sum()
    }

    /// The records that passed or failed, of each packet that has one.
    #[must_use]
    pub fn packets(&self, rule: Rule) -> BTreeMap<String, PacketEntries> {
        self.packets_in(rule, |_| true)
    }

    /// The same of some runs.
    pub fn packets_in(&self, rule: Rule, is_meant: impl Fn(&str) -> bool) -> BTreeMap<String, PacketEntries> {
        let mut packets: BTreeMap<Symbol, rows::OfPacket> = BTreeMap::new();
        let text = |run: Option<Symbol>| run.map_or("", |run| self.symbols.text(run));
        let meant = self.sorted().into_iter().filter(|&(run, _)| is_meant(text(run)));
        for (name, packet) in meant.flat_map(|(_, rows)| rows::sorted(&rows.packets)) {
            packets.entry(name).or_default().merge(packet, |symbol| symbol);
        }
        let of = |packet: &rows::OfPacket| {
            let [failed, passed] = packet.judged[rule as usize];
            let [suites, scenarios] =
                [&packet.suites, &packet.scenarios].map(|set| self.texts(rows::sorted(set), rule));
            PacketEntries { total: failed + passed, passed, suites, scenarios }
        };
        let judged = packets.iter().filter(|(_, packet)| packet.judged[rule as usize] != [0, 0]);
        judged.map(|(&name, packet)| (self.text(name), of(packet))).collect()
    }

    /// The runs in which a record of a packet passed or failed.
    #[must_use]
    pub fn runs_of(&self, rule: Rule, packet: &str) -> BTreeSet<&str> {
        let has_judged = |rows: &Rows| {
            let mut packets = rows.packets.iter();
            packets.any(|(&name, of)| self.symbols.text(name) == packet && of.judged[rule as usize] != [0, 0])
        };
        let runs = self.runs.iter().filter(|(_, rows)| has_judged(rows));
        runs.filter_map(|(run, _)| run.map(|run| self.symbols.text(run))).collect()
    }

    /// Whether any packet, one of its suites and one of its scenarios are such: of records that passed or failed by a
    /// rule, or of all, whatever became of them.
    pub fn any(&self, rule: Option<Rule>, is_such: impl Fn([&str; 3]) -> bool) -> bool {
        self.any_in(rule, |_| true, is_such)
    }

    /// The same of some runs.
    pub fn any_in(
        &self,
        rule: Option<Rule>,
        is_of: impl Fn(&str) -> bool,
        is_such: impl Fn([&str; 3]) -> bool,
    ) -> bool {
        let text = |symbol: Symbol| self.symbols.text(symbol);
        let is_meant = |rules: Rules| rule.is_none_or(|rule| rules & rule.bit() != 0);
        let meant = |set| rows::sorted(set).filter(|(_, rules)| is_meant(**rules)).map(|(name, _)| name);
        let runs = self.sorted().into_iter().filter(|&(run, _)| is_of(run.map_or("", text)));
        runs.flat_map(|(_, rows)| rows::sorted(&rows.packets)).any(|(packet, of)| {
            let is_such = |suite, scenario| is_such([text(packet), text(suite), text(scenario)]);
            let scenarios: Vec<Symbol> = meant(&of.scenarios).collect();
            meant(&of.suites).any(|suite| scenarios.iter().any(|&scenario| is_such(suite, scenario)))
        })
    }

    /// The distinct reason codes of the records that passed or failed; a pass need not have one.
    #[must_use]
    pub fn reasons(&self, rule: Rule) -> BTreeSet<String> {
        self.texts(self.all(|rows| &rows.reasons), rule)
    }

    /// Scenario ids of which a record passed and another failed.
    #[must_use]
    pub fn flake_suspects(&self, rule: Rule) -> BTreeSet<String> {
        let mut seen: BTreeMap<Symbol, [Rules; 2]> = BTreeMap::new();
        for (scenario, [failed, passed]) in self.all(|rows| &rows.scenarios) {
            let here = seen.entry(scenario).or_default();
            *here = [here[0] | failed, here[1] | passed];
        }
        let is_suspect = |seen: &[Rules; 2]| seen[0] & seen[1] & rule.bit() != 0;
        seen.iter().filter(|(_, seen)| is_suspect(seen)).map(|(&name, _)| self.text(name)).collect()
    }

    /// The scenario of every record that failed, in run order (as `position` gives it of a run's id), then by archive and
    /// line; [`Self::place_lines`] comes first.
    #[must_use]
    pub fn failed_scenarios(&self, rule: Rule, position: impl Fn(&str) -> usize) -> Vec<String> {
        let mut failed = Vec::new();
        for (run, rows) in self.sorted() {
            let position = position(run.map_or("", |run| self.symbols.text(run)));
            let of_rule = rows.failed.iter().filter(|(.., by)| by & rule.bit() != 0);
            failed.extend(of_rule.map(|(place, scenario, _)| {
                let log = self.symbols.text(place.log);
                ((position, strip_container(log), log, place.line), *scenario)
            }));
        }
        failed.sort_unstable();
        failed.into_iter().map(|(_, scenario)| self.text(scenario)).collect()
    }

    /// The rows by run, in an order that does not come from the map.
    fn sorted(&self) -> Vec<(Option<Symbol>, &Rows)> {
        let mut runs: Vec<_> = self.runs.iter().map(|(run, rows)| (*run, rows)).collect();
        runs.sort_unstable_by_key(|(run, _)| *run);
        runs
    }

    /// A map of every run, each in order.
    fn all<'e, V: 'e>(
        &'e self,
        map: impl Fn(&'e Rows) -> &'e HashMap<Symbol, V, RandomState> + 'e,
    ) -> impl Iterator<Item = (Symbol, &'e V)> + 'e {
        self.sorted().into_iter().flat_map(move |(_, rows)| rows::sorted(map(rows)))
    }

    fn texts<'e>(&self, set: impl Iterator<Item = (Symbol, &'e Rules)>, rule: Rule) -> BTreeSet<String> {
        let of_rule = set.filter(|(_, rules)| *rules & rule.bit() != 0).map(|(symbol, _)| symbol);
        let symbols: BTreeSet<Symbol> = of_rule.collect();
        symbols.into_iter().map(|symbol| self.text(symbol)).collect()
    }

    fn text(&self, symbol: Symbol) -> String {
        self.symbols.text(symbol).to_owned()
    }
}

#[cfg(test)]
mod tests;
