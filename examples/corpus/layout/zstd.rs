//! Frames of zstd, whole ones at a time.

use std::io;

use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

/// A compressor of frames that carry their content size and checksum.
pub(crate) fn compressor(level: i32) -> io::Result<Compressor<'static>> {
    let mut compressor = Compressor::new(level)?;
    compressor.set_parameter(CParameter::ContentSizeFlag(true))?;
    compressor.set_parameter(CParameter::ChecksumFlag(true))?;
    Ok(compressor)
}

/// A skippable frame; `kind` is 0 to 15.
pub(crate) fn skippable(kind: u32, content: &[u8]) -> Vec<u8> {
    let mut frame = (0x184d_2a50 + kind).to_le_bytes().to_vec();
    let length = u32::try_from(content.len()).expect("a skippable frame is below 4 GiB");
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(content);
    frame
}

/// The seek table of the zstd seekable format: (compressed, decoded) bytes of each frame before it.
pub(crate) fn seek_table(frames: &[(u32, u32)]) -> Vec<u8> {
    let mut content = Vec::with_capacity(frames.len() * 8 + 9);
    for (compressed, decoded) in frames {
        content.extend_from_slice(&compressed.to_le_bytes());
        content.extend_from_slice(&decoded.to_le_bytes());
    }
    let count = u32::try_from(frames.len()).expect("fewer than 2^32 frames");
    content.extend_from_slice(&count.to_le_bytes());
    // No checksums in the table: each frame has its own.
    content.push(0);
    content.extend_from_slice(&0x8f92_eab1_u32.to_le_bytes());
    skippable(14, &content)
}
