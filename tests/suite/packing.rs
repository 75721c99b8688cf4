//! The same bytes in every container.

use std::io::Write;

use crate::layout::{gzip, zstd as frames};
use crate::records::{Config, World, run_name, write_run};

/// The runs of a corpus and their texts, each with something to be counted as blank and as rejected, and an end without
/// newline.
pub(crate) fn corpus(config: Config) -> Vec<(String, Vec<u8>)> {
    let runs = config.runs;
    let world = World::new(config);
    let run = |run| {
        let mut bytes = Vec::new();
        write_run(&world, run, &mut bytes).unwrap();
        bytes.extend(b"\n \t\r\n{\"half\":\nnull\n[1]");
        (run_name(run), bytes)
    };
    (0..runs).map(run).collect()
}

/// How a text is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// As it is.
    Plain,
    /// One zstd frame.
    Zstd,
    /// One zstd frame that does not state its content size.
    ZstdUnsized,
    /// Frames of so many bytes.
    ZstdFrames(usize),
    /// Frames of whole lines, of about so many bytes.
    ZstdLines(usize),
    /// Frames of so many bytes with skippable ones between, and a seek table.
    ZstdSeekable(usize),
    /// One gzip member.
    Gzip,
    /// Members of so many bytes.
    GzipMembers(usize),
    /// BGZF blocks of so many bytes.
    Bgzf(usize),
}

impl Packing {
    /// One of each kind; frames of `size` bytes.
    pub(crate) fn all(size: usize) -> [Self; 9] {
        [
            Self::Plain,
            Self::Zstd,
            Self::ZstdUnsized,
            Self::ZstdFrames(size),
            Self::ZstdLines(size),
            Self::ZstdSeekable(size),
            Self::Gzip,
            Self::GzipMembers(size),
            Self::Bgzf(size),
        ]
    }

    /// The ending of its name.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip | Self::GzipMembers(_) | Self::Bgzf(_) => ".gz",
            _ => ".zst",
        }
    }

    /// Packs a text.
    pub(crate) fn pack(self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::Plain => text.to_vec(),
            Self::Zstd => frame(text),
            Self::ZstdUnsized => unsized_frame(text),
            Self::ZstdFrames(size) => text.chunks(size).flat_map(frame).collect(),
            Self::ZstdLines(size) => whole_lines(text, size).into_iter().flat_map(frame).collect(),
            Self::ZstdSeekable(size) => seekable(text, size),
            Self::Gzip => member(text),
            Self::GzipMembers(size) => text.chunks(size).flat_map(member).collect(),
            Self::Bgzf(size) => {
                let blocks = text.chunks(size.min(gzip::BGZF_BLOCK));
                let mut bytes: Vec<u8> =
                    blocks.flat_map(|block| gzip::bgzf_block(block, 6).expect("deflate works")).collect();
                bytes.extend(gzip::BGZF_END);
                bytes
            }
        }
    }
}

/// One zstd frame with size and checksum.
pub(crate) fn frame(text: &[u8]) -> Vec<u8> {
    frames::compressor(3).and_then(|mut compressor| compressor.compress(text)).expect("zstd works")
}

fn unsized_frame(text: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).expect("zstd works");
    encoder.include_checksum(true).expect("zstd has checksums");
    encoder.write_all(text).expect("memory can be written");
    encoder.finish().expect("zstd works")
}

/// One gzip member.
pub(crate) fn member(text: &[u8]) -> Vec<u8> {
    gzip::member(text, 6).expect("deflate works")
}

fn whole_lines(text: &[u8], size: usize) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, &byte) in text.iter().enumerate() {
        if byte == b'\n' && at + 1 - start >= size {
            parts.push(&text[start..=at]);
            start = at + 1;
        }
    }
    if start < text.len() {
        parts.push(&text[start..]);
    }
    parts
}

fn seekable(text: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut table = Vec::new();
    for (number, part) in text.chunks(size).enumerate() {
        if number % 3 == 1 {
            let skipped = frames::skippable(2, b"\x28\xb5\x2f\xfd is no frame here\n");
            table.push((u32::try_from(skipped.len()).expect("short"), 0));
            bytes.extend(skipped);
        }
        let packed = frame(part);
        let len = |bytes: &[u8]| u32::try_from(bytes.len()).expect("short");
        table.push((len(&packed), len(part)));
        bytes.extend(packed);
    }
    bytes.extend(frames::seek_table(&table));
    bytes
}
