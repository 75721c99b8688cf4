//! One file of many independent frames or members, compressed in parallel.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use rayon::prelude::*;

use super::{Options, Sink, Written, gzip, single, zstd};

/// The format of the blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockFormat {
    /// Frames of zstd.
    Zstd,
    /// Members of gzip.
    Gzip,
    /// Blocks of BGZF.
    Bgzf,
}

/// Cuts what comes into blocks and compresses each on its own.
pub(super) struct Blocks {
    format: BlockFormat,
    options: Options,
    file: File,
    pending: Vec<u8>,
    table: Vec<(u32, u32)>,
    written: Written,
}

impl Blocks {
    /// Creates the file.
    pub(super) fn open(folder: &Path, format: BlockFormat, options: Options) -> io::Result<Self> {
        let extension = if format == BlockFormat::Zstd { ".zst" } else { ".gz" };
        Ok(Self {
            format,
            options,
            file: File::create(single(folder, extension))?,
            pending: Vec::new(),
            table: Vec::new(),
            written: Written::default(),
        })
    }

    fn size(&self) -> usize {
        match self.format {
            BlockFormat::Bgzf => self.options.frame_size.clamp(1, gzip::BGZF_BLOCK),
            _ => self.options.frame_size.max(1),
        }
    }

    /// Compresses the blocks that are complete, or all.
    fn drain(&mut self, all: bool) -> io::Result<()> {
        let (blocks, used) = cut(&self.pending, self.size(), self.options.line_aligned, all);
        let (format, options) = (self.format, self.options);
        let compressed: Vec<Vec<u8>> = blocks
            .par_iter()
            .map_init(
                || zstd::compressor(options.level),
                |compressor, block| match format {
                    BlockFormat::Zstd => match compressor {
                        Ok(compressor) => compressor.compress(block),
                        Err(error) => Err(io::Error::other(error.to_string())),
                    },
                    BlockFormat::Gzip => gzip::member(block, options.gzip_level),
                    BlockFormat::Bgzf => gzip::bgzf_block(block, options.gzip_level),
                },
            )
            .collect::<io::Result<_>>()?;
        for (block, bytes) in blocks.iter().zip(&compressed) {
            let length = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(io::Error::other);
            self.table.push((length(bytes)?, length(block)?));
            self.file.write_all(bytes)?;
        }
        self.pending.drain(..used);
        Ok(())
    }
}

/// Cuts bytes into blocks; returns them and how many bytes they take.
fn cut(bytes: &[u8], size: usize, line_aligned: bool, all: bool) -> (Vec<&[u8]>, usize) {
    let mut blocks = Vec::new();
    let mut used = 0;
    while bytes.len() - used >= size {
        let block = &bytes[used..used + size];
        let end = match memchr::memrchr(b'\n', block) {
            Some(newline) if line_aligned => newline + 1,
            _ => size,
        };
        blocks.push(&block[..end]);
        used += end;
    }
    if all && used < bytes.len() {
        blocks.push(&bytes[used..]);
        used = bytes.len();
    }
    (blocks, used)
}

impl Sink for Blocks {
    fn write(&mut self, _run: &str, bytes: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        self.drain(false)
    }

    fn finish(&mut self) -> io::Result<Written> {
        self.drain(true)?;
        match self.format {
            BlockFormat::Zstd if self.options.seek_table => {
                self.file.write_all(&zstd::seek_table(&self.table))?;
            }
            BlockFormat::Bgzf => self.file.write_all(&gzip::BGZF_END)?,
            _ => {}
        }
        self.written.files = 1;
        self.written.frames = self.table.len() as u64;
        self.written.bytes_on_disk = self.file.metadata()?.len();
        Ok(self.written.clone())
    }
}
