//! Which profile, or which format, an archive is of.

use crate::archive::{Archive, Entry, PIECE, Pieces, format_of, looks_like};
use crate::format::Format;
use crate::record::{Parser, Profiles};

/// Records looked at to tell an archive's profile.
const DETECTED_ON: usize = 32;

/// The shapes that an archive's text may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shapes<'r> {
    pub(super) profiles: &'r Profiles,
    /// The format of every archive, where it is not told by content.
    pub(super) format: Option<&'static Format>,
    /// The number of the profile that readers of formats write lines of; `None` where no format is read.
    pub(super) of_formats: Option<usize>,
}

/// How an archive's text is read.
pub(super) enum Shaped {
    /// As lines of a record each, of the profile with this number.
    Lines(usize),
    /// By the reader of a format, whose lines are of the profile with this number.
    Format(&'static Format, usize),
}

impl Shapes<'_> {
    /// The profile that most of the first records of a text fit; where none does, the format that it is in.
    pub(super) fn detect(&self, text: &[u8]) -> Option<Shaped> {
        if let Some((format, profile)) = self.format.zip(self.of_formats) {
            return Some(Shaped::Format(format, profile));
        }
        let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let profile = Parser::new(self.profiles).detect(lines.take(DETECTED_ON)).map(Shaped::Lines);
        profile.or_else(|| Some(Shaped::Format(Format::named(format_of(text)?)?, self.of_formats?)))
    }

    /// Whether there is nothing to tell: every archive is of the one profile.
    pub(super) fn are_one(&self) -> bool {
        self.profiles.len() < 2 && self.of_formats.is_none()
    }
}

/// Why a file is no log, by the beginning of its text; `None` where it is one.
pub(super) fn no_log(entry: &Entry, shapes: &Shapes<'_>, max_window: u64) -> Option<String> {
    // What cannot be opened is told as any archive is.
    let mut archive = Archive::open_within(entry, max_window, PIECE).ok()?;
    archive.convert_utf16();
    let is_log = Pieces::of(&archive).next_piece().is_some_and(|piece| shapes.detect(piece.text).is_some());
    let likeness = || looks_like(&archive).unwrap_or_else(|| "something that cannot be read".to_owned());
    (!is_log).then(|| format!("no test results: it looks like {}", likeness()))
}
