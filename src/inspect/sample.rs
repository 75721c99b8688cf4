//! Lines of archives to look at.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;

use regex::Regex;
use serde::de::IgnoredAny;
use thiserror::Error;

use crate::archive::{Archive, DiscoverError, Discovery, Entry, Pieces, format_of, look, looks_like};
use crate::reason::Reason;
use crate::record::{Parser, Profiles, Rejection};

/// Lines that are looked at, of all archives, and of one at least.
const LINES: usize = 20_000;
const LEAST_LINES: usize = 200;
/// Bytes of all these lines, and of one.
const BYTES: usize = 16 << 20;
const LONGEST_LINE: usize = 1 << 20;
/// Archives that are looked into: more are passed over evenly.
const ARCHIVES: usize = 100;
/// Records by which a known profile is told.
const DETECTED_ON: usize = 32;
/// The built-in profile of benchmark lines.
const BENCHMARKS: &str = "benchmark-line-v1";
/// Largest zstd window that is decoded.
const MAX_WINDOW: u64 = 128 << 20;
/// Different texts before records that are kept to find what they have in common.
const PREFIXES: usize = 50;

/// What may stand before every record: a build server's or a cluster's moment, one word or two, something in brackets.
const PREFIX_PATTERNS: [&str; 5] = [r"\S+Z ", r"\S+\s+", r"\[[^\]]*\]\s*", r"\S+ \S+\s+", r"[^{]+"];

/// Why nothing can be said of logs.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InspectError {
    /// No archives, or an argument that cannot be read.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// An archive cannot be opened.
    #[error("failed to read `{path}`")]
    Unreadable {
        /// Its path.
        path: String,
        /// What the system said.
        source: io::Error,
    },
}

/// What can be read without a profile of one's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// Test results in a format.
    Format(&'static str),
    /// Records of a built-in profile.
    Profile(String),
}

/// Lines of logs to look at.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Lines that are JSON objects, without what stands before these.
    pub lines: Vec<Vec<u8>>,
    /// Lines that are none, and not blank.
    pub others: u64,
    /// The first line that is no JSON object: its archive, its number, and how it begins.
    pub first_other: Option<(String, u64, String)>,
    /// Lines that are longer than is looked at.
    pub long: u64,
    /// Archives that were looked into, of all that there are.
    pub archives: (usize, usize),
    /// Archives that are read without a profile of one's own.
    pub known: BTreeMap<Known, usize>,
    /// What the first archive without any JSON object looks like, and its path.
    pub likeness: Option<(String, String)>,
    /// What stands before the objects of lines, and in how many something does.
    prefixes: Vec<String>,
    prefixed: u64,
    bytes: usize,
}

impl Sample {
    /// Takes lines from these files and folders.
    ///
    /// # Errors
    /// When there is no archive, or one cannot be opened.
    pub fn of(inputs: &[String]) -> Result<Self, InspectError> {
        let found = archives(inputs)?;
        let mut sample = Self { archives: (0, found.archives.len()), ..Self::default() };
        let step = found.archives.len().div_ceil(ARCHIVES).max(1);
        let chosen: Vec<&Entry> = found.archives.iter().step_by(step).collect();
        let each = (LINES / chosen.len().max(1)).max(LEAST_LINES);
        let profiles = Profiles::builtin();
        let mut unreadable = None;
        for entry in chosen {
            match sample.look_into(entry, each, &profiles) {
                Ok(()) => sample.archives.0 += 1,
                Err(error) => unreadable = unreadable.or(Some(error)),
            }
        }
        match unreadable {
            Some(error) if sample.archives.0 == 0 => Err(error),
            _ => Ok(sample),
        }
    }

    /// Of these lines, JSON objects all.
    #[must_use]
    pub fn of_lines(lines: Vec<Vec<u8>>) -> Self {
        Self { lines, ..Self::default() }
    }

    /// A pattern of what stands before the record in most lines.
    #[must_use]
    pub fn prefix(&self) -> Option<&'static str> {
        if self.prefixed * 2 < self.lines.len() as u64 || self.prefixed == 0 {
            return None;
        }
        PREFIX_PATTERNS.into_iter().find(|pattern| {
            let whole = Regex::new(&format!("^(?:{pattern})$"));
            whole.is_ok_and(|whole| self.prefixes.iter().all(|prefix| whole.is_match(prefix)))
        })
    }

    fn look_into(&mut self, entry: &Entry, most: usize, profiles: &Profiles) -> Result<(), InspectError> {
        let mut archive = open(entry)?;
        archive.convert_utf16();
        if let Some(known) = Pieces::of(&archive).next_piece().and_then(|piece| known(piece.text, profiles)) {
            *self.known.entry(known).or_default() += 1;
            return Ok(());
        }
        let mut objects = 0;
        lines(&archive, |number, line| {
            if self.line(entry, number, line) {
                objects += 1;
            }
            // Of text without an object nobody has to see all.
            let is_enough = objects >= most || number >= 10 * most as u64 || self.bytes >= BYTES;
            if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if objects == 0 && self.likeness.is_none() {
            let likeness = looks_like(&archive).unwrap_or_else(|| "something that cannot be read".to_owned());
            self.likeness = Some((entry.log().to_owned(), likeness));
        }
        Ok(())
    }

    /// Takes a line; whether it is one to look at.
    fn line(&mut self, entry: &Entry, number: u64, line: &[u8]) -> bool {
        if line.trim_ascii().is_empty() {
            return false;
        }
        if line.len() > LONGEST_LINE {
            self.long += 1;
            return false;
        }
        let is_object = |text: &[u8]| text.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(text).is_ok();
        let start = memchr::memchr(b'{', line).unwrap_or(line.len());
        let (before, object) = line.split_at(start);
        if !is_object(object) {
            self.others += 1;
            if self.first_other.is_none() {
                let text = String::from_utf8_lossy(&line[..line.len().min(200)]).into_owned();
                self.first_other = Some((entry.log().to_owned(), number, text));
            }
            return false;
        }
        let before = String::from_utf8_lossy(before);
        let before = before.trim_start_matches('\u{feff}');
        if !before.trim().is_empty() {
            self.prefixed += 1;
            if self.prefixes.len() < PREFIXES {
                self.prefixes.push(before.to_owned());
            }
        }
        self.bytes += object.len();
        self.lines.push(object.to_vec());
        true
    }
}

/// The archives that inputs lead to: files that hold a JSON object, or results in a known format, whatever they are called.
pub(super) fn archives(inputs: &[String]) -> Result<Discovery, DiscoverError> {
    look(inputs, &|entry| {
        let archive = open(entry).ok()?;
        let mut pieces = Pieces::of(&archive);
        let text = pieces.next_piece().map_or(&[][..], |piece| piece.text).to_vec();
        let is_log = format_of(&text).is_some() || memchr::memchr(b'{', &text).is_some();
        (!is_log).then(|| "no line of it is a JSON object".to_owned())
    })
}

/// Opens an archive.
pub(super) fn open(entry: &Entry) -> Result<Archive, InspectError> {
    let unreadable = |source| InspectError::Unreadable { path: entry.log().to_owned(), source };
    Archive::open(entry, MAX_WINDOW).map_err(unreadable)
}

/// The lines of an archive's text with their numbers, until one is enough; whether text was lost to damage before that.
pub(super) fn lines(archive: &Archive, mut each: impl FnMut(u64, &[u8]) -> ControlFlow<()>) -> bool {
    let (mut pieces, mut kept, mut number) = (Pieces::of(archive), Vec::new(), 0);
    let mut is_damaged = false;
    while let Some(piece) = pieces.next_piece() {
        is_damaged |= piece.damage.is_some_and(|damage| damage.loses_text);
        let mut text = piece.text;
        while let Some(end) = memchr::memchr(b'\n', text) {
            number += 1;
            let flow = if kept.is_empty() {
                each(number, &text[..end])
            } else {
                kept.extend_from_slice(&text[..end]);
                each(number, &std::mem::take(&mut kept))
            };
            if flow.is_break() {
                return is_damaged;
            }
            text = &text[end + 1..];
        }
        kept.extend_from_slice(text);
        // A line without an end is no line to look at, and may be all of a file.
        if kept.len() > 64 * LONGEST_LINE {
            kept.truncate(LONGEST_LINE + 1);
        }
    }
    if !kept.is_empty() {
        let _ = each(number + 1, &kept);
    }
    is_damaged
}

fn known(text: &[u8], profiles: &Profiles) -> Option<Known> {
    let mut lines = text.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).take(DETECTED_ON);
    let profile = Parser::new(profiles).detect(lines.clone()).and_then(|number| profiles.get(number));
    let unknown = || Rejection::new(Reason::UnknownShape, String::new());
    let is_benchmark = |line: &[u8]| profiles.benchmark(line, unknown()).is_ok();
    profile
        .map(|profile| Known::Profile(profile.name.clone()))
        .or_else(|| format_of(text).map(Known::Format))
        .or_else(|| lines.any(is_benchmark).then(|| Known::Profile(BENCHMARKS.to_owned())))
}
