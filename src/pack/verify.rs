//! Reading back what was written: along its seek table, every frame with its checksum.

use std::path::Path;

use super::crew::Driver;
use super::intake::Digester;
use super::reader::Batch;
use super::rewrite::{Stop, Written};
use super::seek_table::SeekTable;
use crate::archive::FileMap;

/// Decodes a packed file and compares it with what was written: its frames by their seek table, its text by length
/// and hash.
pub(super) fn verify(path: &Path, written: &Written, driver: &Driver<'_>, frame_size: usize) -> Result<(), Stop> {
    let map = FileMap::open(path)?;
    if map.len() as u64 != written.bytes {
        return Err(Stop::Differs("its size differs"));
    }
    if SeekTable::read(&map).as_ref() != Some(&written.table) {
        return Err(Stop::Differs("its seek table differs"));
    }
    let mut digester = Digester::default();
    let (mut batch, mut decoded) = (Batch::default(), Batch::default());
    let mut entries = written.table.entries.iter().peekable();
    let mut at = 0;
    loop {
        batch.clear();
        let begun = at;
        let mut room = driver.share().saturating_mul(frame_size);
        while let Some(entry) = entries.next_if(|_| room > 0) {
            let end = at + entry.compressed as usize;
            let frame = batch.push();
            frame.packed.clear();
            frame.packed.extend_from_slice(&map[at..end]);
            frame.text.resize(entry.decoded as usize, 0);
            if frame.packed.last_chunk() != Some(&entry.checksum.to_le_bytes()) {
                return Err(Stop::Differs("a checksum differs"));
            }
            room = room.saturating_sub(frame.text.len().max(1));
            at = end;
        }
        map.release(begun..at);
        if batch.is_empty() && decoded.is_empty() {
            break;
        }
        driver.decode(batch.frames(), || decoded.frames().iter().for_each(|frame| digester.update(&frame.text)));
        if batch.frames().iter().any(|frame| frame.fault.is_some()) {
            return Err(Stop::Differs("a frame does not decode"));
        }
        std::mem::swap(&mut batch, &mut decoded);
    }
    if map.intact() < map.len() {
        return Err(Stop::Differs("it became shorter"));
    }
    if digester.digest() == written.digest { Ok(()) } else { Err(Stop::Differs("its text differs")) }
}
