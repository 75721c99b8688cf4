//! A tally as bytes: without its runs, to be read again by this process; with them, for whoever comes later.

use std::io::{self, Write};

use super::cell::{Cell, CellKey, Outcome, What};
use super::clock::Clock;
use super::incident::{First, Incident, Place};
use super::run::{Facet, Run};
use super::symbols::{Symbol, count};
use super::tally::Tally;
use super::wire::{Broken, In, Out};

/// Writes everything but the runs, which keep their numbers.
pub(super) fn write(tally: &Tally, out: &mut impl Write) -> io::Result<()> {
    let mut out = Out(out);
    out.len(tally.symbols.len())?;
    for symbol in 0..count(tally.symbols.len()) {
        out.bytes(tally.symbols.text(Symbol(symbol)).as_bytes())?;
    }
    out.len(tally.scenarios.len())?;
    for key in tally.scenarios.keys() {
        key.iter().try_for_each(|&symbol| out.symbol(symbol))?;
    }
    out.len(tally.incidents.len())?;
    for incident in &tally.incidents {
        out.number(incident.scenario.into())?;
        out.symbol(incident.reason)?;
        out.symbol(incident.class)?;
        out.number(u64::from(incident.severity) << 1 | u64::from(incident.incident_only))?;
        out.number(incident.occurrences)?;
        out.number(incident.last_seen_ms.cast_unsigned())?;
    }
    out.len(tally.cells.len())?;
    for cell in tally.cells() {
        out.number(cell.key.scenario.into())?;
        out.option(cell.key.env().map(|env| env.0.into()))?;
        out.option(cell.key.seed())?;
        out.set(&cell.passed)?;
        out.len(tally.outcomes(cell).count())?;
        for outcome in tally.outcomes(cell) {
            out.option(match outcome.what {
                What::Excluded => None,
                What::Failed(incident) => Some(incident.into()),
            })?;
            out.set(&outcome.runs)?;
        }
    }
    out.len(tally.firsts.len())?;
    for first in &tally.firsts {
        out.number(first.incident.into())?;
        out.number(first.run.into())?;
        out.number(first.time_ms.cast_unsigned())?;
        out.symbol(first.place.log)?;
        out.number(first.place.part)?;
        out.number(first.place.line)?;
        out.symbol(first.ruling)?;
        out.option(first.seed)?;
        for text in [first.env, first.replay, first.artifacts, first.told] {
            out.option(text.map(|text| text.0.into()))?;
        }
    }
    Ok(())
}

/// Reads what [`write()`] wrote. Nothing can be found in it by its key: it is only there to be carried elsewhere.
pub(super) fn read(bytes: &[u8]) -> io::Result<Tally> {
    decode(&mut In(bytes)).map_err(|Broken| io::ErrorKind::InvalidData.into())
}

/// Writes everything with the runs.
pub(super) fn write_whole(tally: &Tally, out: &mut impl Write) -> io::Result<()> {
    {
        let mut out = Out(&mut *out);
        out.len(tally.runs.len())?;
        out.option(tally.own_run.map(u64::from))?;
        for run in &tally.runs {
            out.symbol(run.id)?;
            out.number(run.records)?;
            let (buckets, width) = run.clock.written();
            out.number(width.into())?;
            out.len(buckets.len())?;
            for bucket in buckets {
                out.number(bucket.records)?;
                out.signed(bucket.least_ms)?;
                out.signed(bucket.greatest_ms)?;
            }
            out.option(run.clock.unset_ms().map(i64::cast_unsigned))?;
            for facet in [run.revision, run.branch] {
                match facet {
                    Facet::Unknown => out.number(0)?,
                    Facet::Several => out.number(1)?,
                    Facet::One(symbol) => out.number(u64::from(symbol.0) + 2)?,
                }
            }
        }
    }
    write(tally, out)
}

/// Reads what [`write_whole()`] wrote, and trusts none of its numbers. As [`read()`], it is only there to be carried
/// elsewhere.
pub(super) fn read_whole(input: &mut In<'_>) -> Result<Tally, Broken> {
    let runs = input.len()?;
    let own_run = input.option()?.map(u32::try_from).transpose()?;
    let mut read = Vec::new();
    for _ in 0..runs {
        let (id, records) = (input.symbol()?, input.number()?);
        let width = u8::try_from(input.number()?)?;
        let buckets = (0..input.len()?).map(|_| Ok((input.number()?, input.signed()?, input.signed()?)));
        let buckets = buckets.collect::<Result<Vec<_>, Broken>>()?;
        let unset_ms = input.option()?.map(u64::cast_signed);
        let clock = Clock::from_written(&buckets, width, unset_ms).ok_or(Broken)?;
        if buckets.iter().any(|&(records, ..)| records >= MOST) {
            return Err(Broken);
        }
        let mut facet = || {
            Ok::<_, Broken>(match input.number()? {
                0 => Facet::Unknown,
                1 => Facet::Several,
                symbol => Facet::One(Symbol(u32::try_from(symbol - 2)?)),
            })
        };
        read.push(Run { id, clock, records, revision: facet()?, branch: facet()? });
    }
    let mut tally = decode(input)?;
    (tally.runs, tally.own_run) = (read, own_run);
    if is_sound(&tally) { Ok(tally) } else { Err(Broken) }
}

/// More than anything can be counted; that many together still fit into 64 bits.
pub(super) const MOST: u64 = 1 << 48;

/// Whether every number names something that is there.
fn is_sound(tally: &Tally) -> bool {
    let symbol = |symbol: Symbol| (symbol.0 as usize) < tally.symbols.len();
    let optional = |of: Option<Symbol>| of.is_none_or(symbol);
    let facet = |facet: Facet| !matches!(facet, Facet::One(one) if !symbol(one));
    let runs = count(tally.runs.len());
    let is_run = |run: &Run| symbol(run.id) && facet(run.revision) && facet(run.branch);
    let scenario = |scenario: u32| (scenario as usize) < tally.scenarios.len();
    let incident = |incident: u32| (incident as usize) < tally.incidents.len();
    // An incident is of the scenario that it happened to.
    let happened = |outcome: &Outcome| match outcome.what {
        What::Excluded => true,
        What::Failed(of) => tally
            .incidents
            .get(of as usize)
            .is_some_and(|of| of.scenario == tally.cells[outcome.cell as usize].key.scenario),
    };
    let counts = tally.runs.iter().map(|run| run.records).chain(tally.incidents.iter().map(|one| one.occurrences));
    tally.own_run.is_none_or(|run| run < runs)
        && tally.runs.iter().all(is_run)
        && counts.into_iter().all(|count| count < MOST)
        && tally.scenarios.keys().iter().flatten().all(|&part| symbol(part))
        && tally.incidents.iter().all(|one| scenario(one.scenario) && symbol(one.reason) && symbol(one.class))
        && tally
            .cells()
            .all(|cell| scenario(cell.key.scenario) && optional(cell.key.env()) && cell.passed.is_sound(runs))
        && tally.outcomes.iter().all(|outcome| happened(outcome) && outcome.runs.is_sound(runs))
        && tally.firsts.iter().all(|first| {
            let texts = [first.env, first.replay, first.artifacts, first.told];
            incident(first.incident)
                && first.run < runs
                && symbol(first.place.log)
                && symbol(first.ruling)
                && texts.into_iter().all(optional)
        })
}

fn decode(input: &mut In<'_>) -> Result<Tally, Broken> {
    let mut tally = Tally::default();
    for _ in 0..input.len()? {
        tally.symbols.append(input.text()?);
    }
    for _ in 0..input.len()? {
        tally.scenarios.push([input.symbol()?, input.symbol()?, input.symbol()?, input.symbol()?]);
    }
    for _ in 0..input.len()? {
        let (scenario, reason, class) = (input.small()?, input.symbol()?, input.symbol()?);
        let flags = input.number()?;
        tally.incidents.push(Incident {
            scenario,
            reason,
            class,
            severity: u8::try_from(flags >> 1)?,
            incident_only: flags & 1 == 1,
            occurrences: input.number()?,
            last_seen_ms: input.number()?.cast_signed(),
        });
    }
    for cell in 0..u32::try_from(input.len()?)? {
        let (scenario, env) = (input.small()?, input.optional_symbol()?);
        if env.is_some_and(|env| env.0 as usize >= tally.symbols.len()) {
            return Err(Broken);
        }
        let key = CellKey::new(scenario, env, input.option()?);
        let passed = input.set()?;
        let mut link = 0;
        for _ in 0..input.len()? {
            let what = match input.option()? {
                None => What::Excluded,
                Some(incident) => What::Failed(u32::try_from(incident)?),
            };
            tally.outcomes.push(Outcome { what, runs: input.set()?, cell, next: link });
            link = count(tally.outcomes.len());
        }
        tally.cells.push(Cell { key, passed, outcomes: link });
    }
    for _ in 0..input.len()? {
        tally.firsts.push(First {
            incident: input.small()?,
            run: input.small()?,
            time_ms: input.number()?.cast_signed(),
            place: Place { log: input.symbol()?, part: input.number()?, line: input.number()? },
            ruling: input.symbol()?,
            seed: input.option()?,
            env: input.optional_symbol()?,
            replay: input.optional_symbol()?,
            artifacts: input.optional_symbol()?,
            told: input.optional_symbol()?,
        });
    }
    Ok(tally)
}
