//! The reports of a set of archives, so that a set that did not change costs nothing.

use super::seal::{Kind, Seal};
use super::session::Session;
use super::store::Missing;
use crate::archive::ArchiveLedger;
use crate::tally::{Broken, In, Out, read_ledger, write_ledger};

/// What a sweep said, but for clocks and arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The account of every archive.
    pub archives: Vec<ArchiveLedger>,
    /// Between which moments it holds, in milliseconds since 1970: from the first, before the second.
    pub steady: (i64, i64),
    /// The reports, by name.
    pub reports: Vec<(String, Vec<u8>)>,
}

impl Answer {
    /// A report.
    #[must_use]
    pub fn report(&self, name: &str) -> Option<&[u8]> {
        self.reports.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes.as_slice())
    }

    /// Whether it is the answer at a moment, in milliseconds since 1970.
    #[must_use]
    pub fn stands_at(&self, now_ms: i64) -> bool {
        self.steady.0 <= now_ms && now_ms < self.steady.1
    }

    fn write<W: std::io::Write>(&self, out: &mut Out<'_, W>) -> std::io::Result<()> {
        out.len(self.archives.len())?;
        self.archives.iter().try_for_each(|ledger| write_ledger(ledger, out))?;
        out.signed(self.steady.0)?;
        out.signed(self.steady.1)?;
        out.len(self.reports.len())?;
        for (name, bytes) in &self.reports {
            out.bytes(name.as_bytes())?;
            out.bytes(bytes)?;
        }
        Ok(())
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, Broken> {
        let input = &mut In(bytes);
        let mut answer = Self::default();
        for _ in 0..input.len()? {
            answer.archives.push(read_ledger(input)?);
        }
        answer.steady = (input.signed()?, input.signed()?);
        for _ in 0..input.len()? {
            answer.reports.push((input.text()?.to_owned(), input.bytes()?.to_vec()));
        }
        if input.is_empty() { Ok(answer) } else { Err(Broken) }
    }
}

fn seal(key: u128) -> Seal {
    Seal { kind: Kind::Answer, key, settings: 0 }
}

impl Session<'_> {
    /// The answer of that key, if it was given before.
    #[must_use]
    pub fn answer(&self, key: u128) -> Option<Answer> {
        let why = match self.store().read(seal(key)) {
            Ok(value) => match Answer::read(&value) {
                Ok(answer) => {
                    self.store().touch(seal(key));
                    self.touch();
                    return Some(answer);
                }
                Err(Broken) => "it makes no sense".to_owned(),
            },
            Err(Missing::Absent) => return None,
            Err(Missing::Broken(why)) => why,
        };
        self.observer().warn(&format!("an answer in the store is not used: {why}; it is made anew"));
        None
    }

    /// Keeps an answer.
    pub fn keep_answer(&self, key: u128, answer: &Answer) {
        if let Err(error) = self.store().write(seal(key), |mut out| answer.write(&mut Out(&mut out))) {
            self.warn_once(&error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_what_was_said() {
        let ledger = ArchiveLedger {
            path: "a".into(),
            format: None,
            run: "r".into(),
            bytes_on_disk: 1,
            counts: crate::archive::Counts::default(),
            unjudged: crate::archive::Unjudged::default(),
            duplicate_of: Some("b".into()),
            damage: Vec::new(),
            damage_count: 0,
            is_gone: true,
            warnings: vec!["w".into()],
            rejects: Vec::new(),
            looks_like: Some("plain text".into()),
            told: None,
        };
        let reports = vec![("one".to_owned(), b"text".to_vec()), ("two".to_owned(), Vec::new())];
        let answer = Answer { archives: vec![ledger], steady: (i64::MIN, 7), reports };
        let mut bytes = Vec::new();
        answer.write(&mut Out(&mut bytes)).unwrap();
        assert_eq!(Answer::read(&bytes).unwrap(), answer);
        assert_eq!(answer.report("one"), Some(&b"text"[..]));
        for len in 0..bytes.len() {
            assert!(Answer::read(&bytes[..len]).is_err());
        }
    }
}
