//! Archives known by their text.

use std::collections::BTreeSet;
use std::io::Write;

use rayon::prelude::*;

use super::known::{Found, Known};
use super::seal::{Kind, Seal};
use super::store::Store;
use crate::archive::{Content, DamageKind, Entry, Format, TextId};
use crate::tally::{Broken, In, Out, one_of, read_format, write_format};

/// What the texts of archives are, as far as the store knows it.
pub(super) struct Contents<'s> {
    pub(super) store: &'s Store,
    pub(super) settings: u128,
    /// Largest zstd window that is decoded, in bytes.
    pub(super) max_window: u64,
}

impl Contents<'_> {
    fn seal(&self, known: &Known) -> Seal {
        Seal { kind: Kind::Content, key: known.sighting.bytes, settings: self.settings }
    }

    fn known(&self, known: &Known) -> Option<Content> {
        let value = self.store.read(self.seal(known)).ok()?;
        whole_content(&value).ok()
    }

    /// Divides archives that are not there any more into those that are gone and those whose bytes or text stand at a new
    /// place: they were moved, and perhaps packed anew. New archives that the store does not know are decoded for it; what
    /// they hold would be asked for later anyhow. Without `by_text`, bytes alone tell.
    pub(super) fn divide(&self, gone: Vec<Found>, new: &[&Found], by_text: bool) -> (Vec<Found>, Vec<Found>) {
        if gone.is_empty() || new.is_empty() {
            return (gone, Vec::new());
        }
        let bytes: BTreeSet<u128> = new.iter().filter_map(|(_, known)| Some(known.as_ref()?.sighting.bytes)).collect();
        let by_text: &[&Found] = if by_text { new } else { &[] };
        let texts: BTreeSet<TextId> =
            by_text.par_iter().filter_map(|(entry, known)| self.text(entry, known.as_ref()?)).collect();
        let (mut stay, mut went) = (Vec::new(), Vec::new());
        for (entry, known) in gone {
            let is_there = known.as_ref().is_some_and(|known| {
                let text = || self.known(known).is_some_and(|content| texts.contains(&content.text));
                bytes.contains(&known.sighting.bytes) || text()
            });
            if is_there { &mut went } else { &mut stay }.push((entry, known));
        }
        (stay, went)
    }

    /// The text of an archive that is there, decoded where the store does not know it.
    fn text(&self, entry: &Entry, known: &Known) -> Option<TextId> {
        let content = self.known(known).or_else(|| {
            let content = Content::read(entry, self.max_window).filter(|_| known.is_still())?;
            // It is decoded once more where it cannot be kept.
            let _ = self.store.write(self.seal(known), |mut out| write_content(&content, &mut Out(&mut out)));
            Some(content)
        });
        content.map(|content| content.text)
    }
}

pub(super) fn write_content<W: Write>(content: &Content, out: &mut Out<'_, W>) -> std::io::Result<()> {
    let Content { text, format, bytes_on_disk, damage } = content;
    [text.len, text.losses, *bytes_on_disk].into_iter().try_for_each(|number| out.number(number))?;
    out.wide(text.hash)?;
    write_format(Some(*format), out)?;
    out.len(damage.len())?;
    for &(kind, at, in_text) in damage {
        [kind as u64, at, in_text].into_iter().try_for_each(|number| out.number(number))?;
    }
    Ok(())
}

/// Reads the content that is all of a value.
pub(super) fn whole_content(bytes: &[u8]) -> Result<Content, Broken> {
    let input = &mut In(bytes);
    read_content(input).and_then(|content| if input.is_empty() { Ok(content) } else { Err(Broken) })
}

pub(super) fn read_content(input: &mut In<'_>) -> Result<Content, Broken> {
    let [len, losses, bytes_on_disk] = [input.number()?, input.number()?, input.number()?];
    let text = TextId { len, hash: input.wide()?, losses };
    let format: Format = read_format(input)?.ok_or(Broken)?;
    let len = input.len()?;
    let place = |_| Ok((one_of(&DamageKind::ALL, input.number()?)?, input.number()?, input.number()?));
    let damage = (0..len).map(place).collect::<Result<_, Broken>>()?;
    Ok(Content { text, format, bytes_on_disk, damage })
}
