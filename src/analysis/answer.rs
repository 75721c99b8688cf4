//! What tells the files of one sweep's answer from those of another.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use xxhash_rust::xxh3::Xxh3;

use super::incidents::IncidentReport;
use crate::recurrence::Recurrence;

/// A digest of all that was found: what every file of one answer carries, so that a reader tells those that do not belong
/// together. The same records give the same one, wherever and however they were read.
///
/// It is 32 hexadecimal digits (XXH3-128) over incidents and judgements as `MessagePack`, which escapes nothing. In a JSON file it is the value of `answer`,
/// the second key, so the first 200 bytes tell it; in `report.html` the content of the `meta` element of that name, in
/// `report.md` it is the last word, in a Parquet file in the metadata under `relapse.answer`.
///
/// # Errors
/// When the reports cannot be written, which no input makes them.
pub fn answer_digest(incidents: &IncidentReport, recurrence: &Recurrence) -> Result<String, rmp_serde::encode::Error> {
    let (found, judged) = rayon::join(|| hash(incidents), || hash(recurrence));
    let mut all = Xxh3::new();
    all.update(&found?.to_le_bytes());
    all.update(&judged?.to_le_bytes());
    Ok(format!("{:032x}", all.digest128()))
}

fn hash(report: &impl Serialize) -> Result<u128, rmp_serde::encode::Error> {
    let mut out = BufWriter::with_capacity(1 << 16, Hashing(Xxh3::new()));
    // With the names of fields, so that no two reports of different shapes are the same bytes.
    report.serialize(&mut rmp_serde::Serializer::new(&mut out).with_struct_map())?;
    out.flush().map_err(<rmp_serde::encode::Error as serde::ser::Error>::custom)?;
    Ok(out.get_ref().0.digest128())
}

/// Takes bytes for their hash alone.
struct Hashing(Xxh3);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
