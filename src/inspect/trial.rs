//! What a profile makes of logs.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::sample::{self, InspectError};
use crate::archive::{Buffer, ByReason};
use crate::record::{OutcomeKind, Parser, Profiles, Record, Rejection};
use crate::role::Role;

/// Different words of outcomes that are counted.
const MOST_WORDS: usize = 200;
/// Rejected lines that are named, and records that are shown.
const NAMED: usize = 10;
const SHOWN: usize = 3;

/// What one profile makes of the lines of logs.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// Archives that were read.
    pub archives: usize,
    /// Lines.
    pub lines: u64,
    /// Blank ones.
    pub blank: u64,
    /// Those that are records.
    pub records: u64,
    /// Those that are benchmark lines.
    pub benchmarks: u64,
    /// Those that the profile says are no records.
    pub ignored: u64,
    /// Records whose cosmetic faults were repaired.
    pub repaired: u64,
    /// Those that are none, by reason.
    pub rejected: ByReason,
    /// The first rejected lines: archive, number, and why.
    pub rejects: Vec<(String, u64, Rejection)>,
    /// Words of outcomes, with what they mean and how often they stand.
    pub words: BTreeMap<String, (OutcomeKind, u64)>,
    /// Records with words beyond these.
    pub more_words: u64,
    /// The first records, by role.
    pub first: Vec<Vec<(Role, String)>>,
    /// The roles of which some record has a value.
    filled: [bool; Role::ALL.len()],
    /// Archives of which text is lost to damage.
    pub damaged: Vec<String>,
    /// Archives that could not be opened, and why.
    pub unreadable: Vec<String>,
}

impl Trial {
    /// Holds a profile against all lines of these files and folders.
    ///
    /// # Errors
    /// When there is no archive, or none can be opened.
    pub fn of(inputs: &[String], profiles: &Profiles) -> Result<Self, InspectError> {
        let mut trial = Self::default();
        let mut parser = Parser::new(profiles);
        let mut buffer = Buffer::default();
        for entry in &sample::archives(inputs)?.archives {
            let mut archive = match sample::open(entry) {
                Ok(archive) => archive,
                Err(error @ InspectError::Unreadable { .. }) => {
                    trial.unreadable.push(match std::error::Error::source(&error) {
                        Some(source) => format!("{error}: {source}"),
                        None => error.to_string(),
                    });
                    continue;
                }
                Err(error) => return Err(error),
            };
            archive.convert_utf16();
            trial.archives += 1;
            let is_damaged = sample::lines(&archive, |number, line| {
                trial.line((&entry.relative, number), line, profiles, &mut parser, &mut buffer);
                ControlFlow::Continue(())
            });
            if is_damaged {
                trial.damaged.push(entry.relative.clone());
            }
        }
        Ok(trial)
    }

    /// Holds a profile against lines of no archive.
    #[must_use]
    pub fn of_lines<'l>(lines: impl IntoIterator<Item = &'l [u8]>, profiles: &Profiles) -> Self {
        let (mut trial, mut parser, mut buffer) = (Self::default(), Parser::new(profiles), Buffer::default());
        for (number, line) in (1..).zip(lines) {
            trial.line(("", number), line, profiles, &mut parser, &mut buffer);
        }
        trial
    }

    fn line(
        &mut self,
        (archive, number): (&str, u64),
        line: &[u8],
        profiles: &Profiles,
        parser: &mut Parser<'_>,
        buffer: &mut Buffer,
    ) {
        self.lines += 1;
        let line = if number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        if profiles.is_blank(line, 0) {
            self.blank += 1;
            return;
        }
        buffer.clear(line.len());
        buffer.extend(line);
        let unread = parser.parse(buffer.padded(), line.len(), 0, |parsed| match parsed {
            Ok(parsed) => {
                self.repaired += u64::from(!parsed.repairs.is_empty());
                self.record(&parsed.record);
                None
            }
            Err(rejection) => Some(rejection),
        });
        let Some(rejection) = unread else { return };
        match profiles.benchmark(line, rejection) {
            Ok(_) => self.benchmarks += 1,
            Err(rejection) if rejection.is_ignored => self.ignored += 1,
            Err(rejection) => {
                self.rejected.count(rejection.reason);
                if self.rejects.len() < NAMED {
                    self.rejects.push((archive.to_owned(), number, rejection));
                }
            }
        }
    }

    fn record(&mut self, record: &Record<'_>) {
        self.records += 1;
        let word = record.outcome_word;
        if let Some((_, count)) = self.words.get_mut(word) {
            *count += 1;
        } else if self.words.len() < MOST_WORDS {
            self.words.insert(word.to_owned(), (record.outcome, 1));
        } else {
            self.more_words += 1;
        }
        let is_shown = self.first.len() < SHOWN;
        let mut values = Vec::new();
        for role in Role::ALL {
            // The scenario again.
            if role == Role::ScenarioId || self.filled[role as usize] && !is_shown {
                continue;
            }
            if let Some(value) = record.shown(role) {
                self.filled[role as usize] = true;
                values.push((role, value));
            }
        }
        if is_shown {
            self.first.push(values);
        }
    }

    /// Records with outcomes of this kind.
    #[must_use]
    pub fn of_kind(&self, kind: OutcomeKind) -> u64 {
        self.words.values().filter(|(of, _)| *of == kind).map(|(_, count)| count).sum()
    }

    /// Whether some record has a value of this role.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.filled[role as usize]
    }
}
