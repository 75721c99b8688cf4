//! What one archive came to, as a value that can be kept: whoever takes it in has read the archive.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::codec::{self, MOST};
use super::entries::Entries;
use super::series::Collector;
use super::tally::Tally;
use super::wire::{Broken, In, Out, one_of};
use crate::archive::{ArchiveLedger, ByReason, ByRepair, Counts, Damage, DamageKind, Format, Reject, Told, Unjudged};
use crate::reason::Reason;
use crate::repair::Repair;

/// What one archive came to. Its run has no id and its path is where it stood when it was read, until
/// [`Partial::name`] says what they are.
#[derive(Clone, Debug)]
pub struct Partial {
    /// Its account.
    pub ledger: ArchiveLedger,
    /// Marks of the sampled records.
    pub marks: BTreeSet<u64>,
    /// Least and greatest time of its records, those that were filtered too, in ms since 1970; benchmark lines without
    /// a time are at [`i64::MIN`]. `None` without records.
    pub times: Option<(i64, i64)>,
    /// What its benchmark lines measured.
    pub measured: Collector,
    /// Its runs, cells and incidents.
    pub tally: Tally,
    /// Its records row by row, where they were asked for.
    pub entries: Option<Entries>,
}

impl Partial {
    /// Says where the archive stands and which run its records belong to that name none. Nothing else can be done with
    /// it then but to take it in.
    pub fn name(&mut self, path: &str, run: &str) {
        path.clone_into(&mut self.ledger.path);
        run.clone_into(&mut self.ledger.run);
        self.tally.name_run(run);
        self.tally.name_log(path);
        if let Some(entries) = &mut self.entries {
            entries.name(run, path);
        }
    }

    /// What is left of it when a filter leaves out every record.
    #[must_use]
    pub fn without_records(mut self) -> Self {
        self.ledger.counts.filtered = self.ledger.counts.records();
        self.ledger.unjudged = Unjudged::default();
        self.measured.leave_out();
        self.tally = Tally::default();
        self.entries = self.entries.map(|_| Entries::default());
        self
    }

    /// Writes it.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        {
            let mut out = Out(&mut *out);
            write_ledger(&self.ledger, &mut out)?;
            out.len(self.marks.len())?;
            self.marks.iter().try_for_each(|&mark| out.number(mark))?;
            out.number(u64::from(self.times.is_some()))?;
            if let Some((least, greatest)) = self.times {
                out.signed(least)?;
                out.signed(greatest)?;
            }
            self.measured.write(&mut out)?;
        }
        codec::write_whole(&self.tally, out)?;
        Out(&mut *out).number(u64::from(self.entries.is_some()))?;
        self.entries.as_ref().map_or(Ok(()), |entries| entries.write(out))
    }

    /// Reads what [`Partial::write`] wrote, and trusts none of it.
    ///
    /// # Errors
    /// When the bytes are no partial.
    pub fn read(bytes: &[u8]) -> Result<Self, Broken> {
        let input = &mut In(bytes);
        let ledger = read_ledger(input)?;
        let marks = (0..input.len()?).map(|_| input.number()).collect::<Result<_, _>>()?;
        let times = match input.number()? {
            0 => None,
            _ => Some((input.signed()?, input.signed()?)),
        };
        let measured = Collector::read(input)?;
        let tally = codec::read_whole(input)?;
        let entries = match input.number()? {
            0 => None,
            _ => Some(Entries::read(input)?),
        };
        if input.is_empty() { Ok(Self { ledger, marks, times, measured, tally, entries }) } else { Err(Broken) }
    }
}

/// Writes a format, or that there is none.
///
/// # Errors
/// When the writer fails.
pub fn write_format<W: Write>(format: Option<Format>, out: &mut Out<'_, W>) -> io::Result<()> {
    out.option(format.and_then(|format| Format::ALL.iter().position(|&one| one == format)).map(|at| at as u64))
}

/// Reads what [`write_format`] wrote.
///
/// # Errors
/// When the bytes are none.
pub fn read_format(input: &mut In<'_>) -> Result<Option<Format>, Broken> {
    input.option()?.map(|at| one_of(&Format::ALL, at)).transpose()
}

/// Writes an archive's account.
///
/// # Errors
/// When the writer fails.
pub fn write_ledger<W: Write>(ledger: &ArchiveLedger, out: &mut Out<'_, W>) -> io::Result<()> {
    out.bytes(ledger.path.as_bytes())?;
    out.bytes(ledger.run.as_bytes())?;
    write_format(ledger.format, out)?;
    out.number(ledger.bytes_on_disk)?;
    let counts = &ledger.counts;
    numbers(counts).into_iter().try_for_each(|number| out.number(number))?;
    Reason::ALL.into_iter().try_for_each(|reason| out.number(counts.rejected.of(reason)))?;
    out.number(counts.repaired.lines())?;
    Repair::ALL.into_iter().try_for_each(|repair| out.number(counts.repaired.of(repair)))?;
    let unjudged = &ledger.unjudged;
    [unjudged.excluded(), unjudged.unknown_outcomes()].into_iter().try_for_each(|number| out.number(number))?;
    out.len(unjudged.words().len())?;
    for (word, records) in unjudged.words() {
        out.bytes(word.as_bytes())?;
        out.number(*records)?;
    }
    out.number(u64::from(ledger.duplicate_of.is_some()))?;
    out.bytes(ledger.duplicate_of.as_deref().unwrap_or_default().as_bytes())?;
    out.number(ledger.damage_count)?;
    out.len(ledger.damage.len())?;
    for damage in &ledger.damage {
        out.number(damage.what as u64)?;
        [damage.compressed_offset, damage.decoded_offset, damage.lines_saved]
            .into_iter()
            .try_for_each(|number| out.number(number))?;
        out.option(damage.first_line)?;
        out.option(damage.needed_window)?;
    }
    out.number(u64::from(ledger.is_gone))?;
    out.len(ledger.warnings.len())?;
    ledger.warnings.iter().try_for_each(|warning| out.bytes(warning.as_bytes()))?;
    out.len(ledger.rejects.len())?;
    for reject in &ledger.rejects {
        [reject.line, reject.offset, reject.reason as u64].into_iter().try_for_each(|number| out.number(number))?;
        out.bytes(reject.message.as_bytes())?;
    }
    out.number(u64::from(ledger.looks_like.is_some()))?;
    out.bytes(ledger.looks_like.as_deref().unwrap_or_default().as_bytes())?;
    out.number(u64::from(ledger.told.is_some()))?;
    ledger.told.as_ref().map_or(Ok(()), |told| write_told(told, out))
}

fn write_told<W: Write>(told: &Told, out: &mut Out<'_, W>) -> io::Result<()> {
    out.bytes(told.format.as_bytes())?;
    [told.documents, told.events, told.records, told.unfinished].into_iter().try_for_each(|count| out.number(count))?;
    out.len(told.ignored.len())?;
    told.ignored.iter().try_for_each(|(kind, count)| {
        out.bytes(kind.as_bytes())?;
        out.number(*count)
    })
}

fn read_told(input: &mut In<'_>) -> Result<Told, Broken> {
    let format = input.text()?.to_owned();
    let [documents, events, records, unfinished] = [counted(input)?, counted(input)?, counted(input)?, counted(input)?];
    let kinds = input.len()?;
    let ignored = (0..kinds).map(|_| Ok((input.text()?.to_owned(), counted(input)?))).collect::<Result<_, Broken>>()?;
    Ok(Told { format, documents, events, ignored, records, unfinished })
}

fn numbers(counts: &Counts) -> [u64; 11] {
    [
        counts.bytes_decoded,
        counts.lost_bytes,
        counts.frames,
        counts.lines,
        counts.parsed,
        counts.beside,
        counts.benchmark_lines,
        counts.rejected_metrics,
        counts.blank,
        counts.duplicate_fields,
        counts.filtered,
    ]
}

/// Reads what [`write_ledger`] wrote.
///
/// # Errors
/// When the bytes are none.
pub fn read_ledger(input: &mut In<'_>) -> Result<ArchiveLedger, Broken> {
    let path = input.text()?.to_owned();
    let run = input.text()?.to_owned();
    let format = read_format(input)?;
    let bytes_on_disk = counted(input)?;
    let mut read = [0; 11];
    for number in &mut read {
        *number = counted(input)?;
    }
    let mut rejected = [0; Reason::ALL.len()];
    for number in &mut rejected {
        *number = counted(input)?;
    }
    let repaired = counted(input)?;
    let mut repairs = [0; Repair::ALL.len()];
    for number in &mut repairs {
        *number = counted(input)?;
    }
    let [
        bytes_decoded,
        lost_bytes,
        frames,
        lines,
        parsed,
        beside,
        benchmark_lines,
        rejected_metrics,
        blank,
        duplicate_fields,
        filtered,
    ] = read;
    let counts = Counts {
        bytes_decoded,
        lost_bytes,
        frames,
        lines,
        parsed,
        beside,
        benchmark_lines,
        rejected_metrics,
        blank,
        rejected: ByReason::of_counts(rejected),
        duplicate_fields,
        repaired: ByRepair::of_counts(repaired, repairs),
        filtered,
    };
    // It always reconciles, and no records are more than their lines.
    if lines != parsed + blank + counts.rejected.total()
        || beside > parsed
        || benchmark_lines > parsed - beside
        || filtered > parsed - beside
        || repaired > parsed
    {
        return Err(Broken);
    }
    let unjudged = read_unjudged(input)?;
    // Each is one record of the log that counts.
    if unjudged.excluded() + unjudged.unknown_outcomes() > counts.records() - benchmark_lines.max(filtered) {
        return Err(Broken);
    }
    let is_duplicate = input.number()? != 0;
    let duplicate_of = Some(input.text()?.to_owned()).filter(|_| is_duplicate);
    let damage_count = counted(input)?;
    let damage = (0..input.len()?).map(|_| read_damage(input)).collect::<Result<_, Broken>>()?;
    let is_gone = input.number()? != 0;
    let warnings = (0..input.len()?).map(|_| input.text().map(str::to_owned)).collect::<Result<_, _>>()?;
    let rejects = (0..input.len()?).map(|_| read_reject(input)).collect::<Result<_, Broken>>()?;
    let has_likeness = input.number()? != 0;
    let looks_like = Some(input.text()?.to_owned()).filter(|_| has_likeness);
    let told = match input.number()? {
        0 => None,
        _ => Some(read_told(input)?),
    };
    Ok(ArchiveLedger {
        path,
        format,
        run,
        bytes_on_disk,
        counts,
        unjudged,
        duplicate_of,
        damage,
        damage_count,
        is_gone,
        warnings,
        rejects,
        looks_like,
        told,
    })
}

fn read_damage(input: &mut In<'_>) -> Result<Damage, Broken> {
    Ok(Damage {
        what: one_of(&DamageKind::ALL, input.number()?)?,
        compressed_offset: input.number()?,
        decoded_offset: input.number()?,
        lines_saved: input.number()?,
        first_line: input.option()?,
        needed_window: input.option()?,
    })
}

fn read_reject(input: &mut In<'_>) -> Result<Reject, Broken> {
    Ok(Reject {
        line: input.number()?,
        offset: input.number()?,
        reason: one_of(&Reason::ALL, input.number()?)?,
        message: input.text()?.to_owned(),
    })
}

fn read_unjudged(input: &mut In<'_>) -> Result<Unjudged, Broken> {
    let [excluded, unknown] = [counted(input)?, counted(input)?];
    let len = input.len()?;
    let word = |_| Ok((input.text()?.to_owned(), input.number()?));
    let words = (0..len).map(word).collect::<Result<_, Broken>>()?;
    Unjudged::of_counts(excluded, unknown, words).ok_or(Broken)
}

/// A number of things.
fn counted(input: &mut In<'_>) -> Result<u64, Broken> {
    Some(input.number()?).filter(|&number| number < MOST).ok_or(Broken)
}
