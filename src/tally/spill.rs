//! Parts of a tally on disk, in a file that has no name and so vanishes however the process ends.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::sync::Mutex;

use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use super::codec;
use super::tally::Tally;
use crate::lock::lock;

/// Where a tally stands in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    offset: u64,
    pub(super) len: usize,
    /// XXH3-64 of its bytes: what comes back from a disk is checked before its numbers are believed.
    hash: u64,
    /// What the tally took in memory.
    pub(super) bytes: usize,
}

/// The file.
#[derive(Debug)]
pub(super) struct SpillFile {
    file: File,
    end: Mutex<u64>,
}

impl SpillFile {
    /// A new file in the system's temporary folder.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, end: Mutex::default() })
    }

    /// Bytes written.
    pub(super) fn len(&self) -> u64 {
        *lock(&self.end)
    }

    /// Writes a tally without its runs. Streamed, since memory is short when this is called.
    pub(super) fn write(&self, tally: &Tally) -> io::Result<Segment> {
        let mut end = lock(&self.end);
        let offset = *end;
        let tail = Tail { file: &self.file, end: offset, hash: Xxh3Default::new() };
        let mut out = BufWriter::with_capacity(1 << 16, tail);
        codec::write(tally, &mut out)?;
        let tail = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        let len = usize::try_from(tail.end - offset).map_err(io::Error::other)?;
        *end = tail.end;
        Ok(Segment { offset, len, hash: tail.hash.digest(), bytes: tally.bytes() })
    }

    /// Reads a tally again; it is only there to be carried elsewhere.
    pub(super) fn read(&self, segment: &Segment) -> io::Result<Tally> {
        let mut bytes = vec![0; segment.len];
        self.file.read_exact_at(&mut bytes, segment.offset)?;
        if xxh3_64(&bytes) != segment.hash {
            return Err(io::ErrorKind::InvalidData.into());
        }
        codec::read(&bytes)
    }
}

struct Tail<'f> {
    file: &'f File,
    end: u64,
    hash: Xxh3Default,
}

impl Write for Tail<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write_at(bytes, self.end)?;
        self.end += written as u64;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
