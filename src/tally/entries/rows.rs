//! The records of one run, row by row.

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use super::{RULES, Rules};
use crate::tally::incident::Place;
use crate::tally::symbols::Symbol;

/// Symbols, each with what is known of it.
pub(super) type Map<V> = HashMap<Symbol, V, RandomState>;

/// The records of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) packets: Map<OfPacket>,
    /// By scenario id alone: the rules by which a record failed, and those by which one passed.
    pub(super) scenarios: Map<[Rules; 2]>,
    /// The rules that look at them.
    pub(super) reasons: Map<Rules>,
    /// The place and the scenario of each record that failed, and the rules by which it did.
    pub(super) failed: Vec<(Place, Symbol, Rules)>,
}

/// The records of a packet.
#[derive(Clone, Debug, Default)]
pub(super) struct OfPacket {
    /// All records, those that neither passed nor failed too.
    pub(super) records: u64,
    /// For each rule, how many failed and how many passed.
    pub(super) judged: [[u64; 2]; RULES.len()],
    /// The rules by which a record of it passed or failed, which may be none.
    pub(super) suites: Map<Rules>,
    pub(super) scenarios: Map<Rules>,
}

impl Rows {
    /// Takes in another one's records; `here`: the symbols of its symbols.
    pub(super) fn merge(&mut self, other: &Self, here: impl Fn(Symbol) -> Symbol) {
        for (packet, theirs) in sorted(&other.packets) {
            self.packets.entry(here(packet)).or_default().merge(theirs, &here);
        }
        for (scenario, theirs) in sorted(&other.scenarios) {
            let mine = self.scenarios.entry(here(scenario)).or_default();
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine |= theirs);
        }
        join(&mut self.reasons, &other.reasons, &here);
        let placed = |&(place, scenario, by): &(Place, Symbol, Rules)| {
            (Place { log: here(place.log), ..place }, here(scenario), by)
        };
        self.failed.extend(other.failed.iter().map(placed));
    }
}

impl OfPacket {
    /// Takes in another one's records, as [`Rows::merge`].
    pub(super) fn merge(&mut self, other: &Self, here: impl Fn(Symbol) -> Symbol) {
        self.records += other.records;
        for (mine, theirs) in self.judged.iter_mut().flatten().zip(other.judged.iter().flatten()) {
            *mine += theirs;
        }
        join(&mut self.suites, &other.suites, &here);
        join(&mut self.scenarios, &other.scenarios, &here);
    }
}

fn join(mine: &mut Map<Rules>, theirs: &Map<Rules>, here: impl Fn(Symbol) -> Symbol) {
    for (symbol, rules) in sorted(theirs) {
        *mine.entry(here(symbol)).or_default() |= rules;
    }
}

/// A map's entries in an order that does not come from the map.
pub(super) fn sorted<V>(map: &Map<V>) -> impl Iterator<Item = (Symbol, &V)> {
    let mut entries: Vec<(Symbol, &V)> = map.iter().map(|(symbol, value)| (*symbol, value)).collect();
    entries.sort_unstable_by_key(|(symbol, _)| symbol.0);
    entries.into_iter()
}
