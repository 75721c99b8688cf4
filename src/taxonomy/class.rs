//! Classes: the names that rules give to failures, and what holds for a class whichever rule gave it.

use super::evidence::{self, Evidence};
use crate::definition::{Faults, Section, quoted};
use crate::words::words;

/// The number of a class within its taxonomy: the place of its first mention, rules before the fallback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u16);

impl ClassId {
    /// The number as an index.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

words! {
    /// Whether the failures of a class count in recurrence series.
    #[derive(Default)]
    Counts {
        /// They make incidents and count in the series of their scenario.
        #[default]
        Series => "series",
        /// They make incidents only: a failing infrastructure is not the test's flake.
        IncidentOnly => "incident_only",
    }
}

/// A class of failures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// Whether its failures count in recurrence series.
    pub counts: Counts,
    /// What a person needs before working on such a failure.
    pub evidence: Vec<Evidence>,
}

/// The classes of a taxonomy while it is read.
#[derive(Debug, Default)]
pub(super) struct Classes {
    list: Vec<Class>,
}

impl Classes {
    /// The number of the class of that name, new when it was not mentioned before.
    ///
    /// The rules of a taxonomy are so few that the numbers never run out.
    pub(super) fn mention(&mut self, name: &str) -> ClassId {
        let place = self.list.iter().position(|class| class.name == name).unwrap_or_else(|| {
            self.list.push(Class { name: name.to_owned(), counts: Counts::default(), evidence: Vec::new() });
            self.list.len() - 1
        });
        ClassId(u16::try_from(place).unwrap_or(u16::MAX))
    }

    /// Reads the `[[class]]` entries, after all mentions: each sets what holds for a class, once.
    pub(super) fn settle(mut self, sections: &[Section<'_>], faults: &mut Faults<'_>) -> Vec<Class> {
        let mut settled = vec![None; self.list.len()];
        for section in sections {
            section.refuse_unknown(&["name", "counts", "evidence"], faults);
            let counts = section.word("counts", "counts", &Counts::TABLE, faults).unwrap_or_default();
            let evidence = evidence::read(section, faults);
            let Some(name) = section.required_text("name", faults) else { continue };
            let Some(place) = self.list.iter().position(|class| class.name == name.value) else {
                faults
                    .add(name.at, format!("class {} is given by no rule and not by the fallback", quoted(name.value)));
                continue;
            };
            if let Some(line) = settled[place] {
                faults.add(name.at, format!("class {} is already set at line {line}", quoted(name.value)));
                continue;
            }
            settled[place] = Some(faults.line(section.at));
            self.list[place].counts = counts;
            self.list[place].evidence = evidence;
        }
        self.list
    }
}
