//! Files of one frame or member each, written as the bytes come.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Sink, Written, single};

/// The format of a streamed file.
#[derive(Clone, Copy, Debug)]
pub(super) enum StreamFormat {
    /// As it is.
    Plain,
    /// One zstd frame of this level, with its checksum.
    Zstd(i32),
    /// One gzip member of this level.
    Gzip(u32),
}

impl StreamFormat {
    const fn extension(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Zstd(_) => ".zst",
            Self::Gzip(_) => ".gz",
        }
    }
}

enum Writer {
    Plain(BufWriter<File>),
    Zstd(zstd::Encoder<'static, File>),
    Gzip(GzEncoder<File>),
}

impl Writer {
    fn open(format: StreamFormat, file: File) -> io::Result<Self> {
        Ok(match format {
            StreamFormat::Plain => Self::Plain(BufWriter::with_capacity(1 << 20, file)),
            StreamFormat::Zstd(level) => {
                let mut encoder = zstd::Encoder::new(file, level)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
            StreamFormat::Gzip(level) => Self::Gzip(GzEncoder::new(file, Compression::new(level))),
        })
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(writer) => writer.write_all(bytes),
            Self::Zstd(writer) => writer.write_all(bytes),
            Self::Gzip(writer) => writer.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<File> {
        match self {
            Self::Plain(writer) => writer.into_inner().map_err(io::IntoInnerError::into_error),
            Self::Zstd(writer) => writer.finish(),
            Self::Gzip(writer) => writer.finish(),
        }
    }
}

/// Writes one file a run, or one for all.
pub(super) struct Stream {
    folder: PathBuf,
    format: StreamFormat,
    per_run: bool,
    current: Option<(String, Writer)>,
    written: Written,
}

impl Stream {
    /// One file a run.
    pub(super) fn per_run(folder: PathBuf, format: StreamFormat) -> Self {
        Self::new(folder, format, true)
    }

    /// One file for all runs.
    pub(super) fn single(folder: PathBuf, format: StreamFormat) -> Self {
        Self::new(folder, format, false)
    }

    fn new(folder: PathBuf, format: StreamFormat, per_run: bool) -> Self {
        Self { folder, format, per_run, current: None, written: Written::default() }
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some((_, writer)) = self.current.take() {
            let file = writer.finish()?;
            self.written.files += 1;
            self.written.frames += u64::from(!matches!(self.format, StreamFormat::Plain));
            self.written.bytes_on_disk += file.metadata()?.len();
        }
        Ok(())
    }
}

impl Sink for Stream {
    fn write(&mut self, run: &str, bytes: &[u8]) -> io::Result<()> {
        let other = |(name, _): &(String, Writer)| self.per_run && name != run;
        if self.current.as_ref().is_none_or(other) {
            self.close()?;
            let extension = self.format.extension();
            let path = if self.per_run {
                self.folder.join(format!("{run}.jsonl{extension}"))
            } else {
                single(&self.folder, extension)
            };
            let writer = Writer::open(self.format, File::create(path)?)?;
            self.current = Some((run.to_owned(), writer));
        }
        match &mut self.current {
            Some((_, writer)) => writer.write_all(bytes),
            None => Ok(()),
        }
    }

    fn finish(&mut self) -> io::Result<Written> {
        self.close()?;
        Ok(self.written.clone())
    }
}
