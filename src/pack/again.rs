//! What an earlier call packed: left as it is where it holds the archive's text.

use std::path::Path;

use super::crew::Driver;
use super::outcome::{PackRow, Refusal};
use super::reader::{Batch, Reader};
use super::rewrite::{Stop, Written};
use super::seek_table::SeekTable;
use super::verify::verify;
use crate::archive::FileMap;
use crate::files::settle_again;

/// Reads an archive and what was packed of it, and compares their texts.
pub(super) fn is_packed(
    packed: &Path,
    row: &mut PackRow,
    reader: &mut Reader<'_>,
    driver: &Driver<'_>,
    frame_size: usize,
) -> Result<(), Stop> {
    let (table, bytes) = table(packed).ok_or(Refusal::Taken)?;
    let read = read(reader, driver, frame_size);
    row.damage = std::mem::take(&mut reader.damage);
    row.damage_count = reader.damage_count;
    read?;
    let written = Written { digest: reader.digest(), table, bytes };
    // Before anything is decoded, so that no more is than the archive itself holds.
    if decoded(&written.table) != written.digest.len {
        return Err(Refusal::OtherText.into());
    }
    settle_again(packed)?;
    match verify(packed, &written, driver, frame_size) {
        Err(Stop::Differs(_)) => return Err(Refusal::OtherText.into()),
        verified => verified?,
    }
    row.told_of(&written.table, bytes);
    Ok(())
}

/// Whether an archive that is its own output is a packed one.
pub(super) fn is_packed_itself(packed: &Path, row: &mut PackRow) -> Result<(), Stop> {
    let (table, bytes) = table(packed).ok_or(Refusal::Itself)?;
    row.told_of(&table, bytes);
    Ok(())
}

/// The seek table of a regular file, and the file's size.
fn table(packed: &Path) -> Option<(SeekTable, u64)> {
    packed.symlink_metadata().ok().filter(std::fs::Metadata::is_file)?;
    let map = FileMap::open(packed).ok()?;
    Some((SeekTable::read(&map)?, map.len() as u64))
}

fn decoded(table: &SeekTable) -> u64 {
    table.entries.iter().map(|entry| u64::from(entry.decoded)).sum()
}

/// Reads all text, for its length and hash.
fn read(reader: &mut Reader<'_>, driver: &Driver<'_>, frame_size: usize) -> Result<(), Refusal> {
    let mut batch = Batch::default();
    loop {
        reader.fill(&mut batch, driver.share(), frame_size)?;
        if batch.is_empty() {
            return Ok(());
        }
    }
}

impl PackRow {
    fn told_of(&mut self, table: &SeekTable, bytes: u64) {
        self.bytes_decoded = decoded(table);
        self.bytes_packed = bytes;
        self.frames = table.entries.len() as u64;
    }
}
