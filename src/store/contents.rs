//! Archives known by their text.

use std::collections::BTreeSet;
use std::io::Write;

use rayon::prelude::*;

use super::seal::{Kind, Seal};
use super::session::Known;
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

    /// Leaves those out of the archives that are gone whose text still stands somewhere: they were moved and packed anew.
    /// Archives that the store does not know are decoded for it; what they hold would be asked for later anyhow.
    pub(super) fn leave_out_moved(&self, gone: &mut Vec<(Entry, Option<Known>)>, there: &[(Entry, Option<Known>)]) {
        let text = |(_, known): &(Entry, Option<Known>)| Some(self.known(known.as_ref()?)?.text);
        let lost: Vec<Option<TextId>> = gone.iter().map(text).collect();
        if lost.iter().all(Option::is_none) {
            return;
        }
        let texts: BTreeSet<TextId> = there
            .par_iter()
            .filter_map(|(entry, known)| {
                let known = known.as_ref()?;
                let content = self.known(known).or_else(|| {
                    let content = Content::read(entry, self.max_window).filter(|_| known.is_still())?;
                    // It is decoded once more where it cannot be kept.
                    let _ = self.store.write(self.seal(known), |mut out| write_content(&content, &mut Out(&mut out)));
                    Some(content)
                });
                Some(content?.text)
            })
            .collect();
        let mut lost = lost.into_iter();
        gone.retain(|_| lost.next().flatten().is_none_or(|text| text.len == 0 || !texts.contains(&text)));
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
