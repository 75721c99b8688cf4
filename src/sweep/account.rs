//! What the archives of a sweep came to, together.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::doubts;
use super::duplicates::Distinct;
use super::holders::{Begun, Holders};
use super::row::{Lines, ReadRow, Row};
use super::sketch;
use super::usual;
use super::window::Span;
use crate::archive::{ArchiveLedger, Counts, Damage, Entry, LISTED_DAMAGE, Ledger, Skipped, Unjudged, strip_container};
use crate::tally::{Collector, FIRST_SET_CLOCK_MS, Measurements, Outside, RunOrder, by_number};
use crate::text::terminal::listed;

/// Why an archive was not read.
fn why(entry: &Entry, error: &std::io::Error) -> String {
    if entry.is_gone() && entry.path.as_ref().is_some_and(|path| path.as_os_str().is_empty()) {
        return "its part of the file makes no sense".into();
    }
    if entry.is_gone() {
        return "gone, and the store does not hold of it what is asked for: under other settings, or, for a gate, without \
            records row by row, which only gates keep"
            .into();
    }
    format!("unreadable: {error}")
}

/// What archives measured, by their names without containers, so that packing one changes no answer.
#[derive(Default)]
pub(super) struct Measured<'e>(Vec<(&'e str, usize, Arc<str>, Collector)>);

impl<'e> Measured<'e> {
    /// What the archives measured of which these are the rows.
    pub(super) fn of(rows: Vec<Row>, distinct: &'e Distinct) -> Self {
        let mut measured = Self::default();
        for ((row, &place), entry) in rows.into_iter().zip(&distinct.places).zip(&distinct.entries) {
            if let Row::Read(row) = row {
                measured.add(entry, place, row.measured);
            }
        }
        measured
    }

    fn add(&mut self, entry: &'e Entry, place: usize, points: Collector) {
        self.0.push((strip_container(&entry.relative), place, Arc::from(entry.run.as_str()), points));
    }

    pub(super) fn all(mut self, now_ms: i64) -> Measurements {
        self.0.sort_by(|(a, one, ..), (b, other, ..)| {
            by_number(a, b).then_with(|| a.as_bytes().cmp(b.as_bytes())).then(one.cmp(other))
        });
        let archives = self.0.into_iter().map(|(path, _, run, points)| (path, run, points));
        Measurements::of_archives(archives.collect(), now_ms)
    }
}

/// The archives' accounts, by their place in the byte order of the paths.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) archives: BTreeMap<usize, ArchiveLedger>,
    pub(super) lines: BTreeMap<String, Lines>,
    pub(super) measured: Measurements,
    pub(super) skipped: Vec<Skipped>,
    /// What a window left out, by run.
    pub(super) left_out: BTreeMap<String, Outside>,
    /// Times of the records of each archive, by its place.
    times: BTreeMap<usize, (i64, i64)>,
}

impl Account {
    /// The account of all that was read and of what repeats it. `now_ms`: the moment after which nothing can have been.
    pub(super) fn of(rows: Vec<Row>, distinct: &Distinct, now_ms: i64) -> Self {
        let mut account = Self::default();
        let mut sketches = Vec::new();
        let mut times = Vec::new();
        let mut read = Vec::new();
        let mut measured = Measured::default();
        for ((row, &place), entry) in rows.into_iter().zip(&distinct.places).zip(&distinct.entries) {
            match row {
                Row::Unreadable(error) => {
                    account.skipped.push(Skipped::loss(entry.relative.clone(), why(entry, &error)));
                }
                // Archives that were cut are read again.
                Row::Cut => {}
                Row::Read(row) => {
                    let ReadRow { ledger, lines, marks, times: of_records, left_out, measured: points } = *row;
                    times.push(of_records);
                    account.times.extend(of_records.map(|times| (place, times)));
                    measured.add(entry, place, points);
                    left_out.by_run(&entry.run, &mut account.left_out);
                    account.lines.insert(entry.relative.clone(), lines);
                    account.archives.insert(place, ledger);
                    sketches.push(marks);
                    read.push(place);
                }
            }
        }
        account.measured = measured.all(now_ms);
        let records = |place| -> &Counts { &account.archives[place].counts };
        let records: Vec<u64> =
            read.iter().map(records).map(|counts| counts.records() - counts.benchmark_lines).collect();
        doubts::warn(&mut account.archives);
        for (archive, others) in sketch::overlaps(&sketches, &records, &times) {
            let names = others.iter().map(|&other| &account.archives[&read[other]].path);
            let warning = format!(
                "overlaps: most of its records have the times, names and outcomes of those in {} (a copy, or a clock that \
                 stood still)",
                listed(names, 3)
            );
            if let Some(ledger) = account.archives.get_mut(&read[archive]) {
                ledger.warnings.push(warning);
            }
        }
        for (archive, warning) in usual::short(&account.archives) {
            if let Some(ledger) = account.archives.get_mut(&archive) {
                ledger.warnings.push(warning);
            }
        }
        account.relate(distinct);
        account
    }

    /// The account as it is told; `skipped`: what was passed over besides.
    pub(super) fn ledger(&mut self, skipped: Vec<Skipped>) -> Ledger {
        let mut all = std::mem::take(&mut self.skipped);
        all.extend(skipped);
        all.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
        Ledger { archives: std::mem::take(&mut self.archives).into_values().collect(), skipped: all }
    }

    /// That the newest runs have no record of the packet that alone counts, or hold benchmark lines alone. `judged`: as of
    /// [`Holders::new`].
    pub(super) fn missing<'a>(
        &'a self,
        packet: Option<&str>,
        span: Span,
        order: &'a RunOrder,
        judged: Option<Begun<'a>>,
    ) -> impl Iterator<Item = String> {
        let holders = |holds: fn(&Counts) -> bool| Holders::new(self.dated(span, order), holds, judged);
        let of_packet = packet.and_then(|packet| {
            holders(|counts| counts.records() - counts.benchmark_lines > counts.filtered)?.gone_packet(packet)
        });
        let tested = holders(|counts| counts.records() > counts.benchmark_lines);
        of_packet.into_iter().chain(tested.and_then(|tested| tested.untested()))
    }

    /// The times of the first and the last record of each archive.
    pub(super) fn times(&self) -> impl Iterator<Item = (i64, i64)> {
        self.times.values().copied()
    }

    /// The archives with the time of their first line, but for those whose time cannot be, or is not within the window.
    fn dated<'a>(&'a self, span: Span, order: &'a RunOrder) -> impl Iterator<Item = (&'a ArchiveLedger, i64)> {
        self.archives.iter().filter_map(move |(place, archive)| {
            let &(least, greatest) = self.times.get(place)?;
            let can_be = least >= FIRST_SET_CLOCK_MS && order.can_be(greatest);
            (can_be && span.holds_all((least, greatest)) != Some(false)).then_some((archive, least))
        })
    }

    /// Accounts for archives that others are the same as, or share a run with.
    fn relate(&mut self, Distinct { kinship, duplicates, .. }: &Distinct) {
        for (index, entry) in duplicates {
            let Some(duplicate) = kinship.duplicates.get(index) else { continue };
            let content = &duplicate.content;
            let listed =
                content.damage.iter().take(LISTED_DAMAGE).map(|&(what, compressed_offset, decoded_offset)| Damage {
                    what,
                    compressed_offset,
                    decoded_offset,
                    lines_saved: 0,
                    first_line: None,
                    needed_window: None,
                });
            let row = ArchiveLedger {
                path: entry.relative.clone(),
                format: Some(content.format),
                run: entry.run.clone(),
                bytes_on_disk: content.bytes_on_disk,
                counts: Counts::default(),
                unjudged: Unjudged::default(),
                duplicate_of: self.archives.get(&duplicate.of).map(|ledger| ledger.path.clone()),
                damage: listed.collect(),
                damage_count: content.damage.len() as u64,
                is_gone: false,
                warnings: Vec::new(),
                rejects: Vec::new(),
                looks_like: None,
                told: None,
            };
            self.archives.insert(*index, row);
        }
        for (index, other) in &kinship.shares_run_with {
            let other = self.archives.get(other).map(|ledger| ledger.path.clone());
            if let (Some(ledger), Some(other)) = (self.archives.get_mut(index), other) {
                ledger.warnings.push(format!("run {} has another archive with other text: {other}", ledger.run));
            }
        }
    }
}
