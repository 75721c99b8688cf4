//! One archive while it is being read.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use super::assembly::{Assembly, Fragment, PieceId, Report};
use super::detect::{Shaped, Shapes};
use super::findings::Findings;
use super::per_archive::PerArchive;
use super::row::ReadRow;
use super::sketch::Threshold;
use super::worker::{Origin, Worker};
use crate::archive::{
    Archive, ArchiveLedger, Buffer, Decoder, Entry, PADDING, PieceEnd, Told, UnitReader, Utf16, looks_like,
};
use crate::format::Format;
use crate::lock::lock;
use crate::record::Profiles;
use crate::repair::{Repair, Repairs};

/// What lines are called that a profile's `only` leaves out.
const LEFT_OUT: &str = "left out by only";

/// An open archive, its work and its account.
pub(super) struct Reading<'e> {
    pub(super) entry: &'e Entry,
    /// Its place among the archives.
    pub(super) index: usize,
    pub(super) archive: Archive,
    /// Number of the profile that its first records fit.
    guess: OnceLock<usize>,
    threshold: Threshold,
    /// When its run began, by what stands outside of its records.
    began: Option<i64>,
    next_unit: AtomicU32,
    assembly: Mutex<Assembly>,
    /// What workers handed in of it, where archives are kept apart.
    pub(super) apart: Option<Arc<PerArchive<'e>>>,
}

impl<'e> Reading<'e> {
    pub(super) fn new(entry: &'e Entry, index: usize, archive: Archive, is_apart: bool) -> Self {
        Self {
            entry,
            index,
            archive,
            guess: OnceLock::new(),
            threshold: Threshold::default(),
            // What is no time was refused when it was read.
            began: entry.context().and_then(|context| context.time_ms().ok().flatten()),
            next_unit: AtomicU32::new(0),
            assembly: Mutex::new(Assembly::default()),
            apart: is_apart.then(|| Arc::new(PerArchive::new(entry, index))),
        }
    }

    /// Tells from its first piece which profile its records fit, before any piece is parsed; or which format it is of,
    /// that a reader must be had for.
    pub(super) fn tell_shape(&self, first: &[u8], shapes: &Shapes<'_>) -> Option<&'static Format> {
        let shaped = if shapes.are_one() { None } else { shapes.detect(first) };
        let (profile, format) = match shaped {
            None => (0, None),
            Some(Shaped::Lines(profile)) => (profile, None),
            Some(Shaped::Format(format, profile)) => (profile, Some(format)),
        };
        let _ = self.guess.set(profile);
        format
    }

    /// The next unit that nobody reads yet.
    pub(super) fn claim(&self) -> Option<u32> {
        let unit = self.next_unit.fetch_add(1, Ordering::Relaxed);
        (unit < self.units()).then_some(unit)
    }

    pub(super) fn units(&self) -> u32 {
        u32::try_from(self.archive.units()).unwrap_or(u32::MAX)
    }

    /// The account of an archive without text, or of a complete one.
    pub(super) fn take_assembly(&self) -> Assembly {
        std::mem::take(&mut lock(&self.assembly))
    }

    /// Where its lines come from.
    pub(super) fn origin(&self) -> Origin<'_> {
        Origin {
            log: &self.entry.relative,
            run: self.apart.is_none().then_some(&self.entry.run),
            guess: self.guess.get().copied().unwrap_or(0),
            repairs: self.archive.utf16().map_or(Repairs::NONE, |_| Repair::Encoding.into()),
            threshold: &self.threshold,
            outside: self.entry.context().map(|context| (context, self.began)),
        }
    }

    /// Parses a piece, hands it in, and gives the account when the archive is complete.
    pub(super) fn parse(&self, piece: Piece<'_>, worker: &mut Worker<'_>, max_line: usize) -> Option<Assembly> {
        let origin = self.origin();
        let report = piece.parse(&origin, worker, max_line);
        let mut assembly = lock(&self.assembly);
        let complete = assembly.take(report, self.units(), &origin, worker, max_line);
        complete.then(|| std::mem::take(&mut *assembly))
    }

    /// Its account, from the one that was put together.
    pub(super) fn account(&self, mut assembly: Assembly, profiles: &Profiles) -> ReadRow {
        let mut warnings = Vec::new();
        let order = self.archive.utf16().map(|order| match order {
            Utf16::LittleEndian => "little-endian",
            Utf16::BigEndian => "big-endian",
        });
        if let Some(order) = order {
            warnings.push(format!("{order} UTF-16 read as UTF-8, to which offsets of lines refer"));
        } else if assembly.has_mark {
            warnings.push("byte order mark at the start skipped".to_owned());
        }
        if self.archive.changed() {
            warnings.push("changed while it was read: what came later may be missing".to_owned());
        }
        warnings.extend(assembly.hiding.warnings());
        let counts = &assembly.counts;
        if assembly.told.is_none() && counts.beside > 0 {
            let format = profiles.get(self.guess.get().copied().unwrap_or(0)).map_or("", |profile| &profile.name);
            assembly.told = Some(Told {
                format: format.to_owned(),
                events: counts.parsed,
                ignored: [(LEFT_OUT.to_owned(), counts.beside)].into(),
                records: counts.records() - counts.benchmark_lines,
                ..Told::default()
            });
        }
        let ledger = ArchiveLedger {
            path: self.entry.relative.clone(),
            format: Some(self.archive.format),
            run: self.entry.run.clone(),
            bytes_on_disk: self.archive.len() as u64,
            counts: assembly.counts,
            unjudged: std::mem::take(&mut assembly.unjudged),
            duplicate_of: None,
            damage: std::mem::take(&mut assembly.damage),
            damage_count: assembly.damage_count,
            is_gone: false,
            warnings,
            rejects: std::mem::take(&mut assembly.rejects),
            // What is read costs nothing for what is not.
            looks_like: if assembly.counts.records() == 0 { looks_like(&self.archive) } else { None },
            told: std::mem::take(&mut assembly.told),
        };
        let marks = std::mem::take(&mut assembly.marks).into_iter().collect();
        let measured = std::mem::take(&mut assembly.measured);
        let (times, left_out) = (assembly.times, std::mem::take(&mut assembly.left_out));
        ReadRow { ledger, lines: assembly.into_lines(), marks, times, left_out, measured }
    }
}

/// A piece of decoded text on its way to a parser.
pub(super) struct Piece<'b> {
    pub(super) id: PieceId,
    pub(super) text: &'b mut Buffer,
    pub(super) end: PieceEnd,
    /// Frames begun in it.
    pub(super) frames: u64,
}

impl<'b> Piece<'b> {
    /// Decodes the next piece of a unit into a buffer; also how many bytes of the archive that took.
    pub(super) fn next(
        reader: &mut UnitReader<'_>,
        decoder: &mut Decoder,
        id: PieceId,
        text: &'b mut Buffer,
    ) -> (Self, u64) {
        let (frames, consumed) = (reader.frames(), reader.consumed());
        let end = reader.next_piece(text, decoder);
        let piece = Self { id, text, end, frames: reader.frames() - frames };
        (piece, (reader.consumed() - consumed) as u64)
    }

    fn parse(self, origin: &Origin<'_>, worker: &mut Worker<'_>, max_line: usize) -> Report {
        let mut report = Report {
            id: self.id,
            last: self.end.last,
            len: self.text.len() as u64,
            frames: self.frames,
            damage: self.end.damage,
            ..Report::default()
        };
        let text = self.text.text();
        let Some((first, last)) = memchr::memchr(b'\n', text).zip(memchr::memrchr(b'\n', text)) else {
            report.head = Fragment::new(text, max_line);
            report.newlines_of_frame = self.end.frame_at.map(|_| 0);
            return report;
        };
        report.head = Fragment::new(&text[..first], max_line);
        // Most pieces begin with their frame, and the lines between are counted anyhow.
        let counted = self.end.frame_at.filter(|&at| at > first);
        let counted = counted.map(|at| memchr::memchr_iter(b'\n', &text[at..]).count() as u64);
        report.tail = Some(Fragment::new(&text[last + 1..], max_line));
        let mut found = Findings::default();
        let inner = &mut self.text.padded()[first + 1..last + 1 + PADDING];
        worker.lines(inner, first as u64 + 1, origin, self.id.part(), &mut found);
        report.newlines_of_frame = self.end.frame_at.map(|_| counted.unwrap_or(found.counts.lines + 1));
        report.found = found;
        report
    }
}
