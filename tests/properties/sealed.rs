//! Sealed values as docs/partials.md describes them, written and read without the program's own code: what a stranger
//! can write, checksums included.

use std::io::Read;

use relapse::store::VERSION;
use xxhash_rust::xxh3::xxh3_128;

/// Bytes before the frame.
const HEAD: usize = 64;
const CHECKSUM: usize = 16;
/// The largest value that is unsealed here.
const MOST: u64 = 1 << 20;

pub(crate) const PARTIAL: u32 = 1;
pub(crate) const CONTENT: u32 = 2;
pub(crate) const ANSWER: u32 = 3;
pub(crate) const SET: u32 = 4;
pub(crate) const INDEX: u32 = 5;

/// Seals a value.
pub(crate) fn seal(kind: u32, key: u128, settings: u128, value: &[u8]) -> Vec<u8> {
    let mut frame = zstd::bulk::compress(value, 1).expect("zstd works");
    // A value is at most 64 times as long.
    if let Some(lacking) = value.len().div_ceil(64).checked_sub(frame.len()) {
        frame.extend([0x50, 0x2a, 0x4d, 0x18]);
        frame.extend(u32::try_from(lacking).expect("values are short").to_le_bytes());
        frame.resize(frame.len() + lacking, 0);
    }
    let mut bytes = b"relapse\x1a".to_vec();
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend(kind.to_le_bytes());
    bytes.extend(key.to_le_bytes());
    bytes.extend(settings.to_le_bytes());
    bytes.extend((value.len() as u64).to_le_bytes());
    bytes.extend((frame.len() as u64).to_le_bytes());
    bytes.extend(frame);
    let checksum = xxh3_128(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// The values that stand in bytes one behind the other, and what stands behind the last.
pub(crate) fn unseal(mut bytes: &[u8]) -> (Vec<Vec<u8>>, &[u8]) {
    let mut values = Vec::new();
    while let Some((value, rest)) = first(bytes) {
        values.push(value);
        bytes = rest;
    }
    (values, bytes)
}

fn first(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let len = u64::from_le_bytes(bytes.get(56..HEAD)?.try_into().ok()?);
    let end = HEAD.checked_add(usize::try_from(len).ok()?)?;
    let frame = bytes.get(HEAD..end)?;
    let rest = bytes.get(end.checked_add(CHECKSUM)?..)?;
    let mut value = Vec::new();
    zstd::Decoder::new(frame).ok()?.take(MOST).read_to_end(&mut value).ok()?;
    Some((value, rest))
}

/// The bytes with the checksums of all sealed values put right.
pub(crate) fn mended(bytes: &[u8]) -> Vec<u8> {
    let mut mended = bytes.to_vec();
    let mut start = 0;
    while let Some(len) = mended.get(start + 56..start + HEAD) {
        let len = u64::from_le_bytes(len.try_into().unwrap_or_default());
        let end = usize::try_from(len.min(1 << 40)).ok().and_then(|len| len.checked_add(start + HEAD));
        let Some(end) = end.filter(|end| end + CHECKSUM <= mended.len()) else { break };
        let checksum = xxh3_128(&mended[start..end]);
        mended[end..end + CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
        start = end + CHECKSUM;
    }
    mended
}
