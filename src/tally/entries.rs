//! Records as a gate counts them: row by row, by their own words, whatever they are classified as.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use foldhash::quality::RandomState;
use hashbrown::{HashMap, HashSet};

use super::codec::MOST;
use super::incident::{At, Place};
use super::symbols::{Symbol, Symbols};
use super::wire::{Broken, In, Out};
use crate::archive::strip_container;
use crate::record::Record;

/// The one word that a gate takes for a pass.
const PASS: &str = "pass";

/// Every record by packet, scenario and reason code. Merging is associative and commutative, and the empty one changes
/// nothing.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    symbols: Symbols,
    packets: HashMap<Symbol, OfPacket, RandomState>,
    /// By scenario id alone: whether a record passed, and whether one did not.
    scenarios: HashMap<Symbol, [bool; 2], RandomState>,
    reasons: HashSet<Symbol, RandomState>,
    failed: Vec<FailedEntry>,
}

#[derive(Clone, Debug, Default)]
struct OfPacket {
    total: u64,
    passed: u64,
    suites: HashSet<Symbol, RandomState>,
    scenarios: HashSet<Symbol, RandomState>,
}

#[derive(Clone, Copy, Debug)]
struct FailedEntry {
    /// `None`: the archive's, which has no id yet.
    run: Option<Symbol>,
    place: Place,
    scenario: Symbol,
}

/// The records of one packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PacketEntries {
    /// All of them.
    pub total: u64,
    /// Those whose outcome is exactly `pass`.
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

impl Entries {
    /// Counts one record; `run` as for [`super::Tally::add_to`].
    pub fn add(&mut self, record: &Record<'_>, run: Option<&str>, at: At<'_>) {
        let passed = record.outcome_word == PASS;
        let scenario = self.symbols.intern(record.scenario);
        let packet = self.packets.entry(self.symbols.intern(record.packet)).or_default();
        packet.total += 1;
        packet.passed += u64::from(passed);
        packet.suites.insert(self.symbols.intern(record.suite));
        packet.scenarios.insert(scenario);
        self.scenarios.entry(scenario).or_default()[usize::from(passed)] = true;
        self.reasons.insert(self.symbols.intern(record.reason));
        if !passed {
            let run = record.run.or(run).map(|run| self.symbols.intern(run));
            let place = Place { log: self.symbols.intern(at.log), part: at.part, line: at.line };
            self.failed.push(FailedEntry { run, place, scenario });
        }
    }

    /// Takes in another one's records.
    pub fn merge(&mut self, other: &Self) {
        let texts = (0..super::symbols::count(other.symbols.len())).map(|number| other.symbols.text(Symbol(number)));
        let mine: Vec<Symbol> = texts.map(|text| self.symbols.intern(text)).collect();
        let of = |symbol: Symbol| mine[symbol.0 as usize];
        for (packet, theirs) in sorted(&other.packets) {
            let here = self.packets.entry(of(packet)).or_default();
            here.total += theirs.total;
            here.passed += theirs.passed;
            here.suites.extend(sorted_set(&theirs.suites).map(of));
            here.scenarios.extend(sorted_set(&theirs.scenarios).map(of));
        }
        for (scenario, seen) in sorted(&other.scenarios) {
            let here = self.scenarios.entry(of(scenario)).or_default();
            for (here, seen) in here.iter_mut().zip(seen) {
                *here |= *seen;
            }
        }
        self.reasons.extend(sorted_set(&other.reasons).map(of));
        self.failed.extend(other.failed.iter().map(|entry| FailedEntry {
            run: entry.run.map(of),
            place: Place { log: of(entry.place.log), ..entry.place },
            scenario: of(entry.scenario),
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

    /// All records.
    #[must_use]
    pub fn total(&self) -> u64 {
        sorted(&self.packets).map(|(_, packet)| packet.total).sum()
    }

    /// Records whose outcome is not exactly `pass`.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failed.len() as u64
    }

    /// The records of each packet.
    #[must_use]
    pub fn packets(&self) -> BTreeMap<String, PacketEntries> {
        let texts = |set: &HashSet<Symbol, RandomState>| sorted_set(set).map(|symbol| self.text(symbol)).collect();
        let of = |packet: &OfPacket| PacketEntries {
            total: packet.total,
            passed: packet.passed,
            suites: texts(&packet.suites),
            scenarios: texts(&packet.scenarios),
        };
        sorted(&self.packets).map(|(name, packet)| (self.text(name), of(packet))).collect()
    }

    /// The distinct reason codes of all records.
    #[must_use]
    pub fn reasons(&self) -> BTreeSet<String> {
        sorted_set(&self.reasons).map(|reason| self.text(reason)).collect()
    }

    /// Scenario ids of which a record passed and another did not.
    #[must_use]
    pub fn flake_suspects(&self) -> BTreeSet<String> {
        sorted(&self.scenarios).filter(|(_, seen)| **seen == [true, true]).map(|(name, _)| self.text(name)).collect()
    }

    /// The scenario of every record that did not pass, in run order (as `position` gives it of a run's id), then by
    /// archive and line; [`Self::place_lines`] comes first.
    #[must_use]
    pub fn failed_scenarios(&self, position: impl Fn(&str) -> usize) -> Vec<String> {
        let mut failed: Vec<_> = self
            .failed
            .iter()
            .map(|entry| {
                let log = self.symbols.text(entry.place.log);
                let run = entry.run.map_or("", |run| self.symbols.text(run));
                ((position(run), strip_container(log), log, entry.place.line), entry.scenario)
            })
            .collect();
        failed.sort_unstable();
        failed.into_iter().map(|(_, scenario)| self.text(scenario)).collect()
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

fn sorted_set(set: &HashSet<Symbol, RandomState>) -> impl Iterator<Item = Symbol> {
    let mut symbols: Vec<Symbol> = set.iter().copied().collect();
    symbols.sort_unstable_by_key(|symbol| symbol.0);
    symbols.into_iter()
}

impl Entries {
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut out = Out(out);
        out.len(self.symbols.len())?;
        for symbol in 0..super::symbols::count(self.symbols.len()) {
            out.bytes(self.symbols.text(Symbol(symbol)).as_bytes())?;
        }
        out.len(self.packets.len())?;
        for (packet, of) in sorted(&self.packets) {
            [packet.0.into(), of.total, of.passed].into_iter().try_for_each(|number| out.number(number))?;
            for set in [&of.suites, &of.scenarios] {
                out.len(set.len())?;
                sorted_set(set).try_for_each(|symbol| out.symbol(symbol))?;
            }
        }
        out.len(self.scenarios.len())?;
        for (scenario, [failed, passed]) in sorted(&self.scenarios) {
            out.symbol(scenario)?;
            out.number(u64::from(*failed) << 1 | u64::from(*passed))?;
        }
        out.len(self.reasons.len())?;
        sorted_set(&self.reasons).try_for_each(|symbol| out.symbol(symbol))?;
        out.len(self.failed.len())?;
        for FailedEntry { run, place, scenario } in &self.failed {
            out.option(run.map(|run| run.0.into()))?;
            out.symbol(place.log)?;
            out.number(place.part)?;
            out.number(place.line)?;
            out.symbol(*scenario)?;
        }
        Ok(())
    }

    /// Reads what [`Entries::write`] wrote, and trusts none of its numbers.
    pub(super) fn read(input: &mut In<'_>) -> Result<Self, Broken> {
        let mut entries = Self::default();
        // Texts may stand twice only in what was never written; then one of them is never meant.
        for _ in 0..input.len()? {
            entries.symbols.append(input.text()?);
        }
        let known = entries.symbols.len();
        let symbol = |input: &mut In<'_>| Some(input.symbol()?).filter(|one| (one.0 as usize) < known).ok_or(Broken);
        let set = |input: &mut In<'_>| (0..input.len()?).map(|_| symbol(input)).collect::<Result<_, _>>();
        for _ in 0..input.len()? {
            let name = symbol(input)?;
            let [total, passed] = [input.number()?, input.number()?];
            if total >= MOST || passed > total {
                return Err(Broken);
            }
            entries.packets.insert(name, OfPacket { total, passed, suites: set(input)?, scenarios: set(input)? });
        }
        for _ in 0..input.len()? {
            let (scenario, seen) = (symbol(input)?, input.number()?);
            entries.scenarios.insert(scenario, [seen & 2 != 0, seen & 1 != 0]);
        }
        entries.reasons = set(input)?;
        for _ in 0..input.len()? {
            let run = input.optional_symbol()?;
            let place = Place { log: symbol(input)?, part: input.number()?, line: input.number()? };
            if run.is_some_and(|run| run.0 as usize >= known) {
                return Err(Broken);
            }
            entries.failed.push(FailedEntry { run, place, scenario: symbol(input)? });
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::OutcomeKind;

    fn add(entries: &mut Entries, (run, line): (&str, u64), names: [&str; 5]) {
        let [packet, suite, scenario, word, reason] = names;
        let outcome = if word == "pass" { OutcomeKind::Pass } else { OutcomeKind::Fail };
        let record = Record { outcome, outcome_word: word, packet, suite, scenario, reason, ..Record::EMPTY };
        entries.add(&record, Some(run), At { log: run, part: 0, line });
    }

    fn sample(which: impl Fn(usize) -> bool) -> Entries {
        let mut entries = Entries::default();
        let rows = [
            (("b", 1), ["P", "s", "one", "fail", "x"]),
            (("a", 9), ["P", "s", "two", "error", "y"]),
            (("a", 2), ["P", "t", "one", "pass", "x"]),
            (("a", 3), ["Q", "s", "two", "Pass", "z"]),
            (("b", 1), ["P", "s", "one", "fail", "x"]),
        ];
        for (number, (at, names)) in rows.into_iter().enumerate() {
            if which(number) {
                add(&mut entries, at, names);
            }
        }
        entries
    }

    type Shown = (u64, u64, BTreeMap<String, PacketEntries>, BTreeSet<String>, BTreeSet<String>, Vec<String>);

    fn shown(entries: &Entries) -> Shown {
        let failed = entries.failed_scenarios(|run| usize::from(run == "a"));
        let sets = (entries.reasons(), entries.flake_suspects());
        (entries.total(), entries.failed(), entries.packets(), sets.0, sets.1, failed)
    }

    #[test]
    fn rows_are_counted_by_their_own_words() {
        let (total, failed, packets, reasons, suspects, failing) = shown(&sample(|_| true));
        assert_eq!((total, failed), (5, 4));
        assert_eq!((packets["P"].total, packets["P"].passed, packets["P"].suites.len()), (4, 1, 2));
        assert_eq!(reasons.into_iter().collect::<String>(), "xyz");
        assert_eq!(suspects.into_iter().collect::<Vec<_>>(), ["one"]);
        // Run b comes first here; repeats stay.
        assert_eq!(failing, ["one", "one", "two", "two"]);
    }

    #[test]
    fn any_split_in_any_order_is_the_same() {
        let whole = shown(&sample(|_| true));
        for mask in 0..32 {
            let (mut one, other) = (sample(|row| mask >> row & 1 == 1), sample(|row| mask >> row & 1 == 0));
            one.merge(&other);
            one.merge(&Entries::default());
            assert_eq!(shown(&one), whole, "{mask:b}");
        }
    }
}
