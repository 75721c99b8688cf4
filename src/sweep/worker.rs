//! One worker: it turns text into tallied records with buffers of its own.

use std::sync::Arc;

use super::class_cache::ClassCache;
use super::findings::{Findings, hull};
use super::measured::measured;
use super::per_archive::PerArchive;
use super::rules::Rules;
use super::sketch::Threshold;
use crate::archive::{Buffer, Context, Decoder, PADDING};
use crate::reason::Reason;
use crate::record::{OutcomeKind, Parsed, Parser, Record, Rejection, history_of_branch};
use crate::repair::Repairs;
use crate::tally::{At, Batch, Entries, FIRST_SET_CLOCK_MS, Failure, Tally};
use crate::unit::is_unit;

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
    /// What stands outside of its records, and when its run began by that.
    pub(super) outside: Option<(&'a Context, Option<i64>)>,
}

/// A record with what it does not say itself.
fn filled<'r>(record: &Record<'r>, (context, time): (&'r Context, Option<i64>)) -> Record<'r> {
    Record {
        branch: record.branch.or_else(|| history_of_branch(context.branch.as_deref()?)),
        revision: record.revision.or(context.revision.as_deref()),
        env: record.env.or(context.env.as_deref()),
        time: time.filter(|_| record.time < FIRST_SET_CLOCK_MS).unwrap_or(record.time),
        ..*record
    }
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
    pub(super) holds: Option<Arc<PerArchive<'r>>>,
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

    /// Whether what it has tallied is of this archive.
    pub(super) fn is_of(&self, archive: &Arc<PerArchive<'r>>) -> bool {
        self.holds.as_ref().is_some_and(|held| Arc::ptr_eq(held, archive))
    }

    /// The whole lines of `padded` (text and [`PADDING`] bytes), which ends behind a newline. They count from 1 in
    /// `part`; `offset` is where the text starts in its part.
    // A name of its own in a release build: `scripts/instructions` counts by it.
    #[inline(never)]
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
        for line in 1.. {
            let (rest, left, offset) = (&mut padded[start..], end - start, offset + start as u64);
            let Some(len) = self.first_line(rest, left, (line, offset), origin, part, found) else { break };
            start += len + 1;
        }
        self.batch.flush(&mut self.tally);
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
        self.batch.flush(&mut self.tally);
        self.stitched = stitched;
    }

    /// A line of which only the length is known; its number within its part is 0 where it lies across pieces.
    pub(super) fn oversized_line(&self, line: u64, len: u64, offset: u64, found: &mut Findings) {
        found.counts.lines += 1;
        let message = format!("line of {len} bytes, limit {}", self.rules.max_line);
        found.reject(line, offset, Rejection::new(Reason::LineTooLong, message));
    }

    /// The first line of a text of `left` bytes; its length.
    fn first_line(
        &mut self,
        padded: &mut [u8],
        left: usize,
        (line, offset): (u64, u64),
        origin: &Origin<'_>,
        part: u64,
        found: &mut Findings,
    ) -> Option<usize> {
        let Self { rules, parser, classes, tally, batch, entries, .. } = self;
        let followed = parser.follow(padded, left, origin.guess, |len, parsed| {
            if len <= rules.max_line {
                found.counts.lines += 1;
                let at = At { log: origin.log, part, line };
                Counting { rules, classes, tally, batch, entries, origin, found }.count(parsed, at);
            }
            len
        });
        if let Some(len) = followed {
            if len > self.rules.max_line {
                self.oversized_line(line, len as u64, offset, found);
            }
            return Some(len);
        }
        let len = memchr::memchr(b'\n', &padded[..left])?;
        self.line(padded, len, (line, offset), origin, part, found);
        Some(len)
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
            return self.oversized_line(line, len as u64, offset, found);
        }
        found.counts.lines += 1;
        if self.rules.profiles.is_blank(&padded[..len], origin.guess) {
            found.counts.blank += 1;
            return;
        }
        let Self { rules, parser, classes, tally, batch, entries, .. } = self;
        let unread = parser.parse(padded, len, origin.guess, |parsed| match &parsed {
            Err(_) => parsed.err(),
            // Where it lies: only one that failed is worth a copy.
            Ok(parsed) => {
                let at = At { log: origin.log, part, line };
                Counting { rules, classes, tally, batch, entries, origin, found }.count(parsed, at);
                None
            }
        });
        if let Some(rejection) = unread
            && let Err(rejection) = measured(&padded[..len], rejection, origin.repairs, rules, found)
        {
            if rejection.is_ignored {
                found.counts.parsed += 1;
                found.counts.beside += 1;
            } else {
                found.reject(line, offset, rejection);
            }
        }
    }
}

/// What takes in the records of an archive.
struct Counting<'w, 'r> {
    rules: &'w Rules<'r>,
    classes: &'w mut [ClassCache<'r>],
    tally: &'w mut Tally,
    batch: &'w mut Batch,
    entries: &'w mut Entries,
    origin: &'w Origin<'w>,
    found: &'w mut Findings,
}

impl Counting<'_, '_> {
    #[inline]
    fn count(self, parsed: &Parsed<'_>, at: At<'_>) {
        let Self { rules, classes, tally, batch, entries, origin, found } = self;
        let (mut judged, whole);
        let mut record = &parsed.record;
        if let Some(outside) = origin.outside {
            whole = filled(record, outside);
            record = &whole;
        }
        found.counts.parsed += 1;
        found.counts.duplicate_fields += parsed.repeated;
        found.hiding.outcomes += u64::from(parsed.has_outcomes);
        found.counts.repaired.count(parsed.repairs | origin.repairs);
        origin.threshold.sample(record, &mut found.marks);
        found.times = hull(found.times, Some((record.time, record.time)));
        let is_meant = rules.packet.is_none_or(|packet| packet == record.packet);
        if !is_meant || !rules.span.holds(record.time) {
            found.counts.filtered += u64::from(record.failed() || !is_unit(record.scenario));
            if is_meant {
                found.left_out.see(record.run, record.branch, record.time);
                if rules.keep_entries && rules.span.is_before(record.time) {
                    let mut record = *record;
                    let counts = record.outcome == OutcomeKind::Pass
                        || record.failed() && !classes[parsed.profile].classify(&mut record).incident_only;
                    if counts {
                        entries.add_before(&record, origin.run);
                    }
                }
            } else if record.packet.is_empty() && record.failed() {
                found.hiding.no_packet += 1;
            }
            return;
        }
        match record.outcome {
            OutcomeKind::Pass | OutcomeKind::Fail => {}
            OutcomeKind::Excluded => found.unjudged.exclude(),
            OutcomeKind::Unknown => found.unjudged.unknown(record.outcome_word),
        }
        let mut failure: Option<Failure<'_>> = None;
        if record.failed() {
            judged = *record;
            failure = Some(classes[parsed.profile].classify(&mut judged));
            record = &judged;
        }
        if rules.keep_entries {
            let profile = rules.profiles.get(parsed.profile).map_or("", |profile| &profile.name);
            entries.add(record, profile, origin.run, at);
        }
        tally.add_to(batch, record, origin.run, at, failure);
    }
}
