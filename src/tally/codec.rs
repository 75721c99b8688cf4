//! A tally without its runs as bytes, to be read again by this process and by no other.
//!
//! Numbers are LEB128 varints (seven bits a byte, least first), lists have their length before them.

use std::io::{self, Write};

use super::cell::{Cell, CellKey, Outcome, What};
use super::incident::{First, Incident, Place};
use super::run_set::{RunSet, Written};
use super::symbols::{Symbol, count};
use super::tally::Tally;

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

/// The bytes are not those that were written.
struct Broken;

impl From<std::num::TryFromIntError> for Broken {
    fn from(_: std::num::TryFromIntError) -> Self {
        Self
    }
}

impl From<std::str::Utf8Error> for Broken {
    fn from(_: std::str::Utf8Error) -> Self {
        Self
    }
}

fn decode(input: &mut In<'_>) -> Result<Tally, Broken> {
    let mut tally = Tally::default();
    for _ in 0..input.len()? {
        tally.symbols.append(std::str::from_utf8(input.bytes()?)?);
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
    for cell in 0..count(input.len()?) {
        let key = CellKey::new(input.small()?, input.optional_symbol()?, input.option()?);
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

struct Out<'w, W>(&'w mut W);

impl<W: Write> Out<'_, W> {
    fn number(&mut self, mut value: u64) -> io::Result<()> {
        let mut bytes = [0; 10];
        let mut len = 0;
        loop {
            bytes[len] = (value & 0x7f) as u8 | if value >= 0x80 { 0x80 } else { 0 };
            len += 1;
            value >>= 7;
            if value == 0 {
                return self.0.write_all(&bytes[..len]);
            }
        }
    }

    fn len(&mut self, len: usize) -> io::Result<()> {
        self.number(len as u64)
    }

    fn symbol(&mut self, symbol: Symbol) -> io::Result<()> {
        self.number(symbol.0.into())
    }

    fn option(&mut self, value: Option<u64>) -> io::Result<()> {
        match value {
            None => self.number(0),
            // Any 64 bits may be a seed, so that presence has a byte of its own.
            Some(value) => self.number(1).and_then(|()| self.number(value)),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.len(bytes.len())?;
        self.0.write_all(bytes)
    }

    fn set(&mut self, set: &RunSet) -> io::Result<()> {
        let Written { bytes, last, last_count } = set.written();
        self.number(last_count.into())?;
        if last_count > 0 {
            self.number(last.into())?;
            self.bytes(bytes)?;
        }
        Ok(())
    }
}

/// What is left to be read.
struct In<'b>(&'b [u8]);

impl<'b> In<'b> {
    fn number(&mut self) -> Result<u64, Broken> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or(Broken)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Broken)
    }

    fn small(&mut self) -> Result<u32, Broken> {
        Ok(u32::try_from(self.number()?)?)
    }

    /// The length of a list, each of whose entries takes a byte at least.
    fn len(&mut self) -> Result<usize, Broken> {
        let len = usize::try_from(self.number()?)?;
        if len <= self.0.len() { Ok(len) } else { Err(Broken) }
    }

    fn symbol(&mut self) -> Result<Symbol, Broken> {
        self.small().map(Symbol)
    }

    fn option(&mut self) -> Result<Option<u64>, Broken> {
        match self.number()? {
            0 => Ok(None),
            _ => self.number().map(Some),
        }
    }

    fn optional_symbol(&mut self) -> Result<Option<Symbol>, Broken> {
        let number = self.option()?.map(u32::try_from).transpose()?;
        Ok(number.map(Symbol))
    }

    fn bytes(&mut self) -> Result<&'b [u8], Broken> {
        let len = self.len()?;
        let (bytes, rest) = self.0.split_at(len);
        self.0 = rest;
        Ok(bytes)
    }

    fn set(&mut self) -> Result<RunSet, Broken> {
        let last_count = self.small()?;
        if last_count == 0 {
            return Ok(RunSet::default());
        }
        let last = self.small()?;
        Ok(RunSet::from_written(&Written { bytes: self.bytes()?, last, last_count }))
    }
}
