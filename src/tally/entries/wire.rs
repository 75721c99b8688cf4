//! Entries as bytes, for whoever comes later.

use std::io::{self, Write};

use super::rows::{Map, OfPacket, Rows, sorted};
use super::{Entries, RULES, Rules};
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
        let runs = self.sorted();
        out.len(runs.len())?;
        for (run, rows) in runs {
            out.option(run.map(|run| run.0.into()))?;
            rows.write(&mut out)?;
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
            let run = input.optional_symbol()?;
            if run.is_some_and(|run| run.0 as usize >= known) {
                return Err(Broken);
            }
            entries.runs.insert(run, Rows::read(input, known)?);
        }
        Ok(entries)
    }
}

impl Rows {
    fn write<W: Write>(&self, out: &mut Out<'_, W>) -> io::Result<()> {
        out.len(self.packets.len())?;
        for (packet, of) in sorted(&self.packets) {
            out.symbol(packet)?;
            out.number(of.records)?;
            of.judged.iter().flatten().try_for_each(|&number| out.number(number))?;
            [&of.suites, &of.scenarios].into_iter().try_for_each(|set| write_set(set, out))?;
        }
        out.len(self.scenarios.len())?;
        for (scenario, [failed, passed]) in sorted(&self.scenarios) {
            out.symbol(scenario)?;
            [*failed, *passed].into_iter().try_for_each(|rules| out.number(rules.into()))?;
        }
        write_set(&self.reasons, out)?;
        out.len(self.failed.len())?;
        for (place, scenario, by) in &self.failed {
            out.symbol(place.log)?;
            out.number(place.part)?;
            out.number(place.line)?;
            out.symbol(*scenario)?;
            out.number((*by).into())?;
        }
        Ok(())
    }

    /// Reads what [`Rows::write`] wrote; `known`: how many symbols there are.
    fn read(input: &mut In<'_>, known: usize) -> Result<Self, Broken> {
        let mut rows = Self::default();
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
            rows.packets.insert(name, OfPacket { records, judged, suites, scenarios });
        }
        for _ in 0..input.len()? {
            let scenario = symbol(input, known)?;
            rows.scenarios.insert(scenario, [rules(input)?, rules(input)?]);
        }
        rows.reasons = read_set(input, known)?;
        for _ in 0..input.len()? {
            let place = Place { log: symbol(input, known)?, part: input.number()?, line: input.number()? };
            rows.failed.push((place, symbol(input, known)?, rules(input)?));
        }
        Ok(rows)
    }
}

fn write_set<W: Write>(set: &Map<Rules>, out: &mut Out<'_, W>) -> io::Result<()> {
    out.len(set.len())?;
    sorted(set).try_for_each(|(symbol, &rules)| out.symbol(symbol).and_then(|()| out.number(rules.into())))
}

fn read_set(input: &mut In<'_>, known: usize) -> Result<Map<Rules>, Broken> {
    (0..input.len()?).map(|_| Ok((symbol(input, known)?, rules(input)?))).collect()
}

fn symbol(input: &mut In<'_>, known: usize) -> Result<Symbol, Broken> {
    Some(input.symbol()?).filter(|one| (one.0 as usize) < known).ok_or(Broken)
}

fn rules(input: &mut In<'_>) -> Result<Rules, Broken> {
    Rules::try_from(input.number()?).ok().filter(|&rules| rules < 1 << RULES.len()).ok_or(Broken)
}
