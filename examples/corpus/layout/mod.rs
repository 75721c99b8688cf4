//! Archives: the same bytes in every layout that logs are kept in.
#![allow(dead_code, unused_imports, reason = "each example, test or bench that includes this module uses a part of it")]

mod blocks;
pub(crate) mod gzip;
mod stream;
pub(crate) mod zstd;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use blocks::{BlockFormat, Blocks};
use stream::{Stream, StreamFormat};

/// How a corpus is laid out on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Layout {
    /// One plain file a run.
    Plain,
    /// One plain file.
    PlainSingle,
    /// One zstd file a run, one frame each.
    ZstdFiles,
    /// One zstd file of many independent frames.
    ZstdFrames,
    /// One zstd file of one frame.
    ZstdSingle,
    /// One gzip file a run, one member each.
    GzipFiles,
    /// One gzip file of many members.
    GzipMembers,
    /// One gzip file of one member.
    GzipSingle,
    /// One BGZF file: members of at most 64 KiB that tell their length.
    BgzfSingle,
}

/// Settings of the layouts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Compression level of zstd.
    pub(crate) level: i32,
    /// Compression level of gzip.
    pub(crate) gzip_level: u32,
    /// Decoded bytes of a frame or member, where there are many.
    pub(crate) frame_size: usize,
    /// Whether frames and members end at line ends.
    pub(crate) line_aligned: bool,
    /// Whether a seek table follows the frames.
    pub(crate) seek_table: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { level: 3, gzip_level: 6, frame_size: 1 << 20, line_aligned: false, seek_table: false }
    }
}

/// What a layout wrote.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    /// Files.
    pub(crate) files: u64,
    /// Frames or members with data, skippable ones and the BGZF end mark left out; 0 for plain.
    pub(crate) frames: u64,
    /// Bytes on disk.
    pub(crate) bytes_on_disk: u64,
}

/// Takes a corpus in order and lays it out.
pub(crate) trait Sink: Send {
    /// Takes the next bytes, which belong to the run of this name.
    fn write(&mut self, run: &str, bytes: &[u8]) -> io::Result<()>;

    /// Ends the last file.
    fn finish(&mut self) -> io::Result<Written>;
}

impl Layout {
    /// The layout's name, as on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::PlainSingle => "plain-single",
            Self::ZstdFiles => "zstd-files",
            Self::ZstdFrames => "zstd-frames",
            Self::ZstdSingle => "zstd-single",
            Self::GzipFiles => "gzip-files",
            Self::GzipMembers => "gzip-members",
            Self::GzipSingle => "gzip-single",
            Self::BgzfSingle => "bgzf-single",
        }
    }

    /// Opens a sink that writes into a folder of its own, emptied of an earlier corpus.
    pub(crate) fn open(self, folder: &Path, options: Options) -> io::Result<Box<dyn Sink>> {
        clear(folder)?;
        let folder = folder.to_owned();
        let zstd = StreamFormat::Zstd(options.level);
        let gzip = StreamFormat::Gzip(options.gzip_level);
        Ok(match self {
            Self::Plain => Box::new(Stream::per_run(folder, StreamFormat::Plain)),
            Self::ZstdFiles => Box::new(Stream::per_run(folder, zstd)),
            Self::GzipFiles => Box::new(Stream::per_run(folder, gzip)),
            Self::PlainSingle => Box::new(Stream::single(folder, StreamFormat::Plain)),
            Self::ZstdSingle => Box::new(Stream::single(folder, zstd)),
            Self::GzipSingle => Box::new(Stream::single(folder, gzip)),
            Self::ZstdFrames => Box::new(Blocks::open(&folder, BlockFormat::Zstd, options)?),
            Self::GzipMembers => Box::new(Blocks::open(&folder, BlockFormat::Gzip, options)?),
            Self::BgzfSingle => Box::new(Blocks::open(&folder, BlockFormat::Bgzf, options)?),
        })
    }
}

/// Makes the folder, and removes corpus files of an earlier call from it.
fn clear(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.contains(".jsonl") && (name.starts_with("run-") || name.starts_with("corpus.")) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The one file of a layout that has only one.
fn single(folder: &Path, extension: &str) -> PathBuf {
    folder.join(format!("corpus.jsonl{extension}"))
}
