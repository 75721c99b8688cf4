//! Entries as bytes, for whoever comes later.

use std::io::{self, Write};

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use super::{Entries, FailedEntry, OfPacket, RULES, Rules, sorted};
use crate::tally::codec::MOST;
use crate::tally::incident::Place;
use crate::tally::symbols::{Symbol, count};
use crate::tally::wire::{Broken, In, Out};

impl Entries {
    pub(in crate::tally) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut out = Out(out);
        out.len(self.symbols.len())?;
        for symbol in 0..count(self.symbols.len()) {
            out.bytes(self.symbols.text(Symbol(symbol)).as_bytes())?;
        }
        out.len(self.packets.len())?;
        for (packet, of) in sorted(&self.packets) {
            out.symbol(packet)?;
            out.number(of.records)?;
            of.judged.iter().flatten().try_for_each(|&number| out.number(number))?;
            [&of.suites, &of.scenarios].into_iter().try_for_each(|set| write_set(set, &mut out))?;
        }
        out.len(self.scenarios.len())?;
        for (scenario, [failed, passed]) in sorted(&self.scenarios) {
            out.symbol(scenario)?;
            [*failed, *passed].into_iter().try_for_each(|rules| out.number(rules.into()))?;
        }
        write_set(&self.reasons, &mut out)?;
        out.len(self.failed.len())?;
        for FailedEntry { run, place, scenario, by } in &self.failed {
            out.option(run.map(|run| run.0.into()))?;
            out.symbol(place.log)?;
            out.number(place.part)?;
            out.number(place.line)?;
            out.symbol(*scenario)?;
            out.number((*by).into())?;
        }
        Ok(())
    }

    /// Reads what [`Entries::write`] wrote, and trusts none of its numbers.
    pub(in crate::tally) fn read(input: &mut In<'_>) -> Result<Self, Broken> {
        let mut entries = Self::default();
        // Texts may stand twice only in what was never written; then one of them is never meant.
        for _ in 0..input.len()? {
            entries.symbols.append(input.text()?);
        }
        let known = entries.symbols.len();
        for _ in 0..input.len()? {
            let name = symbol(input, known)?;
            let records = Some(input.number()?).filter(|&records| records < MOST).ok_or(Broken)?;
            let mut judged = [[0; 2]; RULES.len()];
            for of_rule in &mut judged {
                *of_rule = [input.number()?, input.number()?];
                if of_rule.iter().try_fold(0_u64, |sum, &one| sum.checked_add(one)).is_none_or(|sum| sum > records) {
                    return Err(Broken);
                }
            }
            let (suites, scenarios) = (read_set(input, known)?, read_set(input, known)?);
            entries.packets.insert(name, OfPacket { records, judged, suites, scenarios });
        }
        for _ in 0..input.len()? {
            let scenario = symbol(input, known)?;
            entries.scenarios.insert(scenario, [rules(input)?, rules(input)?]);
        }
        entries.reasons = read_set(input, known)?;
        for _ in 0..input.len()? {
            let run = input.optional_symbol()?;
            let place = Place { log: symbol(input, known)?, part: input.number()?, line: input.number()? };
            if run.is_some_and(|run| run.0 as usize >= known) {
                return Err(Broken);
            }
            let scenario = symbol(input, known)?;
            entries.failed.push(FailedEntry { run, place, scenario, by: rules(input)? });
        }
        Ok(entries)
    }
}

fn write_set<W: Write>(set: &HashMap<Symbol, Rules, RandomState>, out: &mut Out<'_, W>) -> io::Result<()> {
    out.len(set.len())?;
    sorted(set).try_for_each(|(symbol, &rules)| out.symbol(symbol).and_then(|()| out.number(rules.into())))
}

fn read_set(input: &mut In<'_>, known: usize) -> Result<HashMap<Symbol, Rules, RandomState>, Broken> {
    (0..input.len()?).map(|_| Ok((symbol(input, known)?, rules(input)?))).collect()
}

fn symbol(input: &mut In<'_>, known: usize) -> Result<Symbol, Broken> {
    Some(input.symbol()?).filter(|one| (one.0 as usize) < known).ok_or(Broken)
}

fn rules(input: &mut In<'_>) -> Result<Rules, Broken> {
    Rules::try_from(input.number()?).ok().filter(|&rules| rules < 1 << RULES.len()).ok_or(Broken)
}
