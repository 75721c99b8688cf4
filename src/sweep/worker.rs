//! One worker: it turns text into tallied records with buffers of its own.

use std::sync::Arc;

use super::class_cache::ClassCache;
use super::left_out::LeftOut;
use super::measured::measured;
use super::reading::Reading;
use super::sketch::{Marks, Threshold};
use super::taxonomies::Classifiers;
use super::window::Span;
use crate::archive::{Buffer, Counts, Decoder, LISTED_REJECTS, PADDING, Unjudged};
use crate::reason::Reason;
use crate::record::{OutcomeKind, Parser, Profiles, Rejection};
use crate::repair::Repairs;
use crate::tally::{At, Batch, Entries, Failure, Point, SeriesKey, Tally};

/// What is asked of every line of a sweep.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'r> {
    pub(super) profiles: &'r Profiles,
    pub(super) classifiers: &'r Classifiers,
    pub(super) packet: Option<&'r str>,
    pub(super) span: Span,
    pub(super) max_line: usize,
    /// Bytes of the largest frame or member that is decoded in one go.
    pub(super) largest_whole: usize,
    /// Whether records are also counted row by row, as a gate asks for.
    pub(super) keep_entries: bool,
}

/// The archive that a line comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    /// Its relative path.
    pub(super) log: &'a str,
    /// Its run; `None` where the id is given later.
    pub(super) run: Option<&'a str>,
    /// Number of the profile that its first records fit.
    pub(super) guess: usize,
    /// What was repaired in the text of each of its lines.
    pub(super) repairs: Repairs,
    /// Which of its records are sampled.
    pub(super) threshold: &'a Threshold,
}

/// A line refused, by its place in a part of its archive.
#[derive(Clone, Debug)]
pub(super) struct LocalReject {
    pub(super) line: u64,
    pub(super) offset: u64,
    pub(super) rejection: Rejection,
}

/// What some lines of one archive came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings {
    pub(super) counts: Counts,
    pub(super) unjudged: Unjudged,
    pub(super) rejects: Vec<LocalReject>,
    pub(super) marks: Marks,
    /// What benchmark lines measured, in the order of the lines.
    pub(super) measured: Vec<(SeriesKey, Point)>,
    /// Least and greatest time of all records.
    pub(super) times: Option<(i64, i64)>,
    /// When those were that a window left out.
    pub(super) left_out: LeftOut,
}

/// A worker and what it has tallied.
pub(super) struct Worker<'r> {
    rules: Rules<'r>,
    parser: Parser<'r>,
    /// By the profile's number.
    classes: Vec<ClassCache<'r>>,
    /// What it has tallied, but for the passes in `batch`.
    pub(super) tally: Tally,
    batch: Batch,
    pub(super) entries: Entries,
    /// The archive that all of these came from, where archives are kept apart.
    pub(super) holds: Option<Arc<Reading<'r>>>,
    /// Decoded text of the unit at hand.
    pub(super) buffer: Buffer,
    pub(super) decoder: Decoder,
    /// A line that was put together from pieces.
    stitched: Buffer,
}

impl<'r> Worker<'r> {
    pub(super) fn new(rules: Rules<'r>) -> Self {
        Self {
            rules,
            parser: Parser::new(rules.profiles),
            classes: rules.classifiers.by_profile().map(ClassCache::new).collect(),
            tally: Tally::default(),
            batch: Batch::default(),
            entries: Entries::default(),
            holds: None,
            buffer: Buffer::default(),
            decoder: Decoder::default(),
            stitched: Buffer::default(),
        }
    }

    /// The whole lines of `padded` (text and [`PADDING`] bytes), which ends behind a newline. They count from 1 in
    /// `part`; `offset` is where the text starts in its part.
    pub(super) fn lines(
        &mut self,
        padded: &mut [u8],
        offset: u64,
        origin: &Origin<'_>,
        part: u64,
        found: &mut Findings,
    ) {
        let end = padded.len() - PADDING;
        let mut start = 0;
        let mut line = 0;
        while let Some(len) = memchr::memchr(b'\n', &padded[start..end]) {
            line += 1;
            self.line(&mut padded[start..], len, (line, offset + start as u64), origin, part, found);
            start += len + 1;
        }
        self.batch.count(&mut self.tally);
    }

    /// A line that lay across pieces: line 0 of `part`.
    pub(super) fn stitched_line(
        &mut self,
        pieces: [&[u8]; 2],
        offset: u64,
        origin: &Origin<'_>,
        part: u64,
        found: &mut Findings,
    ) {
        let mut stitched = std::mem::take(&mut self.stitched);
        stitched.clear(0);
        for piece in pieces {
            stitched.extend(piece);
        }
        let len = stitched.len();
        self.line(stitched.padded(), len, (0, offset), origin, part, found);
        self.batch.count(&mut self.tally);
        self.stitched = stitched;
    }

    /// A line of which only the length is known.
    pub(super) fn oversized_line(&self, len: u64, offset: u64, found: &mut Findings) {
        found.counts.lines += 1;
        let message = format!("line of {len} bytes, limit {}", self.rules.max_line);
        found.reject(0, offset, Rejection { reason: Reason::LineTooLong, message });
    }

    fn line(
        &mut self,
        padded: &mut [u8],
        len: usize,
        (line, offset): (u64, u64),
        origin: &Origin<'_>,
        part: u64,
        found: &mut Findings,
    ) {
        if len > self.rules.max_line {
            found.counts.lines += 1;
            let message = format!("line of {len} bytes, limit {}", self.rules.max_line);
            found.reject(line, offset, Rejection { reason: Reason::LineTooLong, message });
            return;
        }
        found.counts.lines += 1;
        if self.rules.profiles.is_blank(&padded[..len], origin.guess) {
            found.counts.blank += 1;
            return;
        }
        let Self { rules, parser, classes, tally, batch, entries, .. } = self;
        let unread = parser.parse(padded, len, origin.guess, |parsed| match parsed {
            Err(rejection) => Some(rejection),
            Ok(parsed) => {
                let mut record = parsed.record;
                found.counts.parsed += 1;
                found.counts.duplicate_fields += parsed.repeated;
                found.counts.repaired.count(parsed.repairs | origin.repairs);
                origin.threshold.sample(&record, &mut found.marks);
                found.times = hull(found.times, Some((record.time, record.time)));
                let is_meant = rules.packet.is_none_or(|packet| packet == record.packet);
                if !is_meant || !rules.span.holds(record.time) {
                    found.counts.filtered += 1;
                    if is_meant {
                        found.left_out.see(record.run, record.time);
                    }
                    return None;
                }
                match record.outcome {
                    OutcomeKind::Pass | OutcomeKind::Fail => {}
                    OutcomeKind::Excluded => found.unjudged.exclude(),
                    OutcomeKind::Unknown => found.unjudged.unknown(record.outcome_word),
                }
                let failure: Option<Failure<'_>> =
                    if record.failed() { Some(classes[parsed.profile].classify(&mut record)) } else { None };
                let at = At { log: origin.log, part, line };
                if rules.keep_entries {
                    let profile = rules.profiles.get(parsed.profile).map_or("", |profile| &profile.name);
                    entries.add(&record, profile, origin.run, at);
                }
                tally.add_to(batch, &record, origin.run, at, failure);
                None
            }
        });
        if let Some(rejection) = unread
            && let Err(rejection) = measured(&padded[..len], rejection, origin.repairs, rules, found)
        {
            found.reject(line, offset, rejection);
        }
    }
}

/// The least and the greatest of two pairs of times.
pub(super) fn hull(one: Option<(i64, i64)>, other: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (one, other) {
        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
        (one, other) => one.or(other),
    }
}

impl Findings {
    fn reject(&mut self, line: u64, offset: u64, rejection: Rejection) {
        self.counts.rejected.count(rejection.reason);
        if self.rejects.len() < LISTED_REJECTS {
            self.rejects.push(LocalReject { line, offset, rejection });
        }
    }
}
