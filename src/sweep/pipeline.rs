//! The threads of a sweep.
//!
//! ```text
//!                    +-- small archives, units of large ones: decoded and parsed by the same worker, hot in cache
//!   archives --open--+
//!      in order      +-- large frames that only decode in order --> decoder threads --> their checkers
//!                                                                     pieces in recycled buffers (bounded)
//!                                                                                            v
//!                                                                               tasks of the same workers
//! ```
//!
//! Workers are the threads of a rayon pool and never wait: work is taken from counters, and decoders, which do wait
//! for a free buffer, run on threads of their own. Pieces are started in order, so that few of them are ever out of
//! order, and [`Assembly`](super::assembly::Assembly) puts them right.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use rayon::prelude::*;
use rayon::{Scope, ThreadPool};

use super::assembly::{Assembly, PieceId};
use super::keeping::Keeping;
use super::loan::{Decoded, Loan};
use super::observer::Observer;
use super::per_archive::PerArchive;
use super::reading::{Piece, Reading};
use super::row::Row;
use super::rules::Rules;
use super::transcribe::Transcription;
use super::worker::Worker;
use crate::archive::{Archive, Buffer, Decoder, Entry, FrameCheck, Plan};
use crate::format::Format;
use crate::lock::lock;
use crate::tally::{Entries, Partitions};

/// An archive that must be decoded in order is handed to a decoder thread from this size on; a smaller one is not
/// worth the hand-over.
const SMALL_STREAM: usize = 4 << 20;

/// A sweep's shared state.
pub(super) struct Pipeline<'s> {
    entries: &'s [Entry],
    rules: Rules<'s>,
    max_window: u64,
    partitions: &'s Partitions,
    observer: &'s dyn Observer,
    /// Where archives are kept apart.
    keeping: Option<Keeping<'s>>,
    next_entry: AtomicUsize,
    opened: AtomicUsize,
    /// Archives with units that nobody reads yet.
    divided: Mutex<VecDeque<Arc<Reading<'s>>>>,
    workers: Vec<Mutex<Worker<'s>>>,
    /// Which pool threads are working, so that none begins again further down its stack.
    working: Vec<AtomicBool>,
    rows: Vec<OnceLock<Row>>,
    /// To the decoder threads; dropped when every archive is open.
    streams: Mutex<Option<Sender<Arc<Reading<'s>>>>>,
}

/// Reads all entries into the partitions; what each came to, and their records row by row if the rules ask for that.
pub(super) fn read(
    entries: &[Entry],
    rules: Rules<'_>,
    max_window: u64,
    partitions: &Partitions,
    keeping: Option<Keeping<'_>>,
    pool: &ThreadPool,
    observer: &dyn Observer,
) -> (Vec<Row>, Entries) {
    let threads = pool.current_num_threads();
    let (streams, to_decode) = unbounded();
    let pipeline = Pipeline {
        entries,
        rules,
        max_window,
        partitions,
        observer,
        keeping,
        next_entry: AtomicUsize::new(0),
        opened: AtomicUsize::new(0),
        divided: Mutex::default(),
        workers: (0..threads).map(|_| Mutex::new(Worker::new(rules))).collect(),
        working: (0..threads).map(|_| AtomicBool::new(false)).collect(),
        rows: entries.iter().map(|_| OnceLock::new()).collect(),
        streams: Mutex::new((!entries.is_empty()).then_some(streams)),
    };
    let (give_back, free) = bounded(2 * threads + 2);
    for _ in 0..2 * threads + 2 {
        // The channel holds as many as are sent.
        let _ = give_back.send(Buffer::default());
    }
    pool.in_place_scope(|tasks| {
        // On every thread: of tasks that any of them may take, the first one awake would take all.
        tasks.spawn_broadcast(|tasks, _| pipeline.work(tasks));
        std::thread::scope(|decoders| {
            // Each of them may decode an archive that has to be decoded in order.
            for _ in 1..threads.min(entries.len()) {
                let decode = || pipeline.decode(&to_decode, &free, &give_back, tasks);
                if std::thread::Builder::new().spawn_scoped(decoders, decode).is_err() {
                    // Where no more can be started, those that there are do it.
                    break;
                }
            }
            pipeline.decode(&to_decode, &free, &give_back, tasks);
        });
    });
    let unread = || Row::Unreadable(std::io::Error::other("it was not read to its end"));
    let mut entries = Entries::default();
    for worker in &pipeline.workers {
        pipeline.let_go(&mut lock(worker));
        entries.merge(&std::mem::take(&mut lock(worker).entries));
    }
    if let Some(keeping) = &pipeline.keeping {
        entries.merge(&lock(&keeping.entries));
    }
    pool.install(|| {
        pipeline.workers.into_par_iter().for_each(|worker| partitions.take(&mut lock(&worker).tally));
    });
    (pipeline.rows.into_iter().map(|row| row.into_inner().unwrap_or_else(unread)).collect(), entries)
}

impl<'s> Pipeline<'s> {
    /// The work of one pool thread, until nothing is left to begin.
    fn work<'t>(&'t self, tasks: &Scope<'t>) {
        let working = &self.working[rayon::current_thread_index().unwrap_or(0) % self.working.len()];
        while !working.swap(true, Ordering::SeqCst) {
            while self.begin(tasks) {}
            working.store(false, Ordering::SeqCst);
            // Whoever divided an archive since this thread looked still took it for a working one.
            if lock(&self.divided).is_empty() {
                return;
            }
        }
    }

    /// Reads the next unit, or opens the next archive; `false` when there is neither.
    fn begin<'t>(&'t self, tasks: &Scope<'t>) -> bool {
        // Pieces that a decoder has ready come first: they hold its buffers.
        rayon::yield_now();
        if self.partitions.has_failed() {
            // Nobody is to wait for, or look for, work that nobody will do.
            lock(&self.streams).take();
            lock(&self.divided).clear();
            return false;
        }
        if let Some((reading, unit)) = self.next_unit() {
            self.read_unit(&reading, unit, tasks);
            return true;
        }
        let index = self.next_entry.fetch_add(1, Ordering::Relaxed);
        let Some(entry) = self.entries.get(index) else { return false };
        self.open(entry, index, tasks);
        if self.opened.fetch_add(1, Ordering::AcqRel) + 1 == self.entries.len() {
            lock(&self.streams).take();
        }
        true
    }

    fn open<'t>(&'t self, entry: &'s Entry, index: usize, tasks: &Scope<'t>) {
        let mut archive = match Archive::open_within(entry, self.max_window, self.rules.largest_whole) {
            Ok(archive) => archive,
            Err(error) => {
                let _ = self.rows[index].set(Row::Unreadable(error));
                return;
            }
        };
        if !self.rules.profiles.is_strict() {
            archive.convert_utf16();
        }
        let reading = Arc::new(Reading::new(entry, index, archive, self.keeping.is_some()));
        match &reading.archive.plan {
            Plan::Units(units) if units.is_empty() => self.close(&reading, reading.take_assembly(), &mut self.worker()),
            Plan::Stream if reading.archive.len() > SMALL_STREAM => {
                if let Some(streams) = &*lock(&self.streams) {
                    // Decoders listen until this sender is dropped.
                    let _ = streams.send(reading);
                }
            }
            Plan::Units(_) | Plan::Stream => {
                if let Some(first) = reading.claim() {
                    self.read_unit(&reading, first, tasks);
                }
            }
        }
    }

    /// Lets all workers read the units of an archive.
    fn divide<'t>(&'t self, reading: &Arc<Reading<'s>>, tasks: &Scope<'t>) {
        lock(&self.divided).push_back(Arc::clone(reading));
        // Workers that found nothing to begin have gone.
        if self.working.iter().any(|working| !working.load(Ordering::SeqCst)) {
            tasks.spawn_broadcast(|tasks, _| self.work(tasks));
        }
    }

    fn next_unit(&self) -> Option<(Arc<Reading<'s>>, u32)> {
        let mut divided = lock(&self.divided);
        loop {
            let reading = divided.front()?;
            match reading.claim() {
                Some(unit) => return Some((Arc::clone(reading), unit)),
                None => divided.pop_front(),
            };
        }
    }

    /// Decodes and parses a unit on this thread.
    fn read_unit<'t>(&'t self, reading: &Arc<Reading<'s>>, unit: u32, tasks: &Scope<'t>) {
        let mut worker = self.worker();
        let (mut text, mut decoder) = (std::mem::take(&mut worker.buffer), std::mem::take(&mut worker.decoder));
        let mut reader = reading.archive.read_unit(unit as usize);
        for sub in 0.. {
            let (piece, bytes) = Piece::next(&mut reader, &mut decoder, PieceId { unit, sub }, &mut text);
            if piece.id.is_first() {
                if let Some(format) = reading.tell_shape(piece.text.text(), &self.rules.shapes) {
                    (worker.buffer, worker.decoder) = (text, decoder);
                    return self.transcribe(reading, format, &mut worker);
                }
                if reading.units() > 1 {
                    self.divide(reading, tasks);
                }
            }
            self.observer.read(bytes);
            let last = piece.end.last;
            self.parse(reading, piece, &mut worker);
            if last || self.partitions.has_failed() {
                break;
            }
        }
        (worker.buffer, worker.decoder) = (text, decoder);
    }

    /// The work of one decoder thread: pieces of archives that decode in order, each parsed as a task of the pool.
    fn decode<'t>(
        &'t self,
        streams: &Receiver<Arc<Reading<'s>>>,
        free: &Receiver<Buffer>,
        give_back: &'t Sender<Buffer>,
        tasks: &Scope<'t>,
    ) {
        let mut decoder = Decoder::default();
        for reading in streams {
            let (to_check, decoded) = bounded::<Decoded<'t>>(1);
            let is_of_format = AtomicBool::new(false);
            let parse = |reading: &Arc<Reading<'s>>, Decoded { id, mut loan, end, frames }: Decoded<'t>| {
                if id.is_first()
                    && let Some(format) = reading.tell_shape(loan.text.text(), &self.rules.shapes)
                {
                    is_of_format.store(true, Ordering::SeqCst);
                    let reading = Arc::clone(reading);
                    // Its reader takes the text in order, from the start.
                    tasks.spawn(move |_| self.transcribe(&reading, format, &mut self.worker()));
                }
                if is_of_format.load(Ordering::SeqCst) {
                    return;
                }
                let reading = Arc::clone(reading);
                tasks.spawn(move |_| {
                    let piece = Piece { id, text: &mut loan.text, end, frames };
                    self.parse(&reading, piece, &mut self.worker());
                });
            };
            std::thread::scope(|checker| {
                // Everything waits for decoding, so that nothing else is done there, if another thread can be had.
                let check = || {
                    let mut check = FrameCheck::default();
                    for mut piece in decoded {
                        check.check(piece.loan.text.text(), &mut piece.end);
                        parse(&reading, piece);
                    }
                };
                let is_checked_apart = std::thread::Builder::new().spawn_scoped(checker, check).is_ok();
                let archive = &reading.archive;
                let mut reader = if is_checked_apart { archive.read_unchecked() } else { archive.read_unit(0) };
                for sub in 0.. {
                    let Ok(text) = free.recv() else { break };
                    let mut loan = Loan { text, home: give_back };
                    let id = PieceId { unit: 0, sub };
                    let (Piece { end, frames, .. }, bytes) = Piece::next(&mut reader, &mut decoder, id, &mut loan.text);
                    self.observer.read(bytes);
                    let piece = Decoded { id, loan, end, frames };
                    let gone = if is_checked_apart {
                        to_check.send(piece).is_err()
                    } else {
                        parse(&reading, piece);
                        false
                    };
                    if end.last || gone || is_of_format.load(Ordering::SeqCst) || self.partitions.has_failed() {
                        break;
                    }
                }
                drop(to_check);
            });
        }
    }

    /// Reads an archive of a format, whole and in order, on this thread.
    fn transcribe(&self, reading: &Reading<'s>, format: &'static Format, worker: &mut Worker<'s>) {
        self.turn_to(reading, worker);
        let transcription = Transcription::new(reading, format, (self.rules.max_line, self.rules.largest_document));
        let assembly = transcription.read(worker, self.observer, |worker| {
            if self.keeping.is_none() {
                self.partitions.relieve(&mut worker.tally);
            }
            self.partitions.has_failed()
        });
        self.close(reading, assembly, worker);
    }

    /// Where archives are kept apart: lets a worker hold what it will read of this one.
    fn turn_to(&self, reading: &Reading<'s>, worker: &mut Worker<'s>) {
        if let (Some(keeping), Some(archive)) = (&self.keeping, &reading.apart)
            && (!worker.is_of(archive) || keeping.is_full(&worker.tally))
        {
            self.let_go(worker);
            archive.hold();
            worker.holds = Some(Arc::clone(archive));
        }
    }

    fn parse(&self, reading: &Reading<'s>, piece: Piece<'_>, worker: &mut Worker<'s>) {
        self.turn_to(reading, worker);
        if let Some(assembly) = reading.parse(piece, worker, self.rules.max_line) {
            self.close(reading, assembly, worker);
        }
        if self.keeping.is_none() {
            self.partitions.relieve(&mut worker.tally);
        }
    }

    /// Hands in what a worker holds of an archive that is kept apart.
    fn let_go(&self, worker: &mut Worker<'s>) {
        if let (Some(keeping), Some(archive)) = (&self.keeping, worker.holds.take()) {
            let (tally, entries) = (std::mem::take(&mut worker.tally), std::mem::take(&mut worker.entries));
            keeping.hand_in(&archive, tally, &entries, self.partitions);
            self.settle(keeping, &archive);
        }
    }

    /// Settles an archive that is kept apart, once it was read and nobody holds anything of it.
    fn settle(&self, keeping: &Keeping<'_>, archive: &PerArchive<'_>) {
        if let Some(row) = keeping.settle(archive, self.rules.keep_entries, self.partitions) {
            let _ = self.rows[archive.index].set(row);
        }
    }

    /// The worker of this pool thread.
    fn worker(&self) -> MutexGuard<'_, Worker<'s>> {
        lock(&self.workers[rayon::current_thread_index().unwrap_or(0) % self.workers.len()])
    }

    /// Writes an archive's account.
    fn close(&self, reading: &Reading<'s>, assembly: Assembly, worker: &mut Worker<'s>) {
        let row = reading.account(assembly, self.rules.profiles);
        match (&self.keeping, &reading.apart) {
            (Some(keeping), Some(archive)) => {
                lock(&archive.held).read = Some(row);
                if worker.is_of(archive) {
                    self.let_go(worker);
                } else {
                    self.settle(keeping, archive);
                }
            }
            _ => {
                let _ = self.rows[reading.index].set(Row::Read(Box::new(row)));
            }
        }
    }
}
