//! Members of gzip, whole ones at a time.

use std::io::{self, Write};

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};

/// Decoded bytes of a BGZF block at most, as its common writers cut them.
pub(crate) const BGZF_BLOCK: usize = 0xff00;

/// The empty block that ends a BGZF file.
pub(crate) const BGZF_END: [u8; 28] =
    [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// One gzip member.
pub(crate) fn member(bytes: &[u8], level: u32) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// One BGZF block: a gzip member whose extra field `BC` holds its length less one.
pub(crate) fn bgzf_block(bytes: &[u8], level: u32) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes)?;
    let body = encoder.finish()?;
    let mut crc = Crc::new();
    crc.update(bytes);
    let length = u16::try_from(18 + body.len() + 8 - 1).map_err(io::Error::other)?;
    let mut block = BGZF_END[..16].to_vec();
    block.extend_from_slice(&length.to_le_bytes());
    block.extend_from_slice(&body);
    block.extend_from_slice(&crc.sum().to_le_bytes());
    block.extend_from_slice(&crc.amount().to_le_bytes());
    Ok(block)
}
