//! The text of an archive as a few numbers, by which archives with the same text are found.

use xxhash_rust::xxh3::Xxh3;

use super::damage::DamageKind;
use super::entry::Entry;
use super::format::Format;
use super::open::Archive;
use super::pieces::Pieces;

/// Length and XXH3-128 of an archive's decoded text. What is missing has its part in it, so that a broken copy is no
/// copy; a wrong checksum alone is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextId {
    /// Bytes of text.
    pub len: u64,
    /// XXH3-128 of the text.
    pub hash: u128,
    /// Places where text is missing.
    pub losses: u64,
}

/// What an archive holds, without what its lines say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The text.
    pub text: TextId,
    /// The container.
    pub format: Format,
    /// Size of the file.
    pub bytes_on_disk: u64,
    /// What is damaged: what, where in the file, and where in the text.
    pub damage: Vec<(DamageKind, u64, u64)>,
}

impl Content {
    /// Decodes an archive. `None` when it cannot be opened, or is a stream which can be read once only.
    #[must_use]
    pub fn read(entry: &Entry, max_window: u64) -> Option<Self> {
        if !entry.can_be_read_again() {
            return None;
        }
        let archive = Archive::open(entry, max_window).ok()?;
        let mut hash = Xxh3::new();
        let mut text = TextId::default();
        let mut damage = Vec::new();
        let mut pieces = Pieces::of(&archive);
        while let Some(piece) = pieces.next_piece() {
            hash.update(piece.text);
            text.len += piece.text.len() as u64;
            if let Some(found) = piece.damage {
                text.losses += u64::from(found.loses_text);
                damage.push((found.kind, found.at, text.len));
            }
        }
        text.hash = hash.digest128();
        Some(Self { text, format: archive.format, bytes_on_disk: archive.len() as u64, damage })
    }
}
