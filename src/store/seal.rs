//! A sealed value: what it is, what it was made of, and a checksum over everything.
//!
//! ```text
//!   bytes    0   8  "relapse" and 0x1a
//!            8   4  version of the format
//!           12   4  kind
//!           16  16  key: what it was made of
//!           32  16  settings that it was made with
//!           48   8  bytes of the value
//!           56   8  bytes of the value as it stands here, a zstd frame: N
//!           64   N  the frame, with a skippable one behind it where the value is more than 64 N long without
//!         64+N  16  XXH3-128 of all bytes before
//! ```
//! All numbers are little-endian. Sealed values may stand one behind the other.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use crate::words::words;

/// Version of the format, of the values too: a value of another version is made anew.
pub const VERSION: u32 = 9;

const MAGIC: [u8; 8] = *b"relapse\x1a";
const HEAD: usize = 64;
const CHECKSUM: usize = 16;
/// The largest value. Numbers of things within are below 2^32.
const LARGEST: u64 = u32::MAX as u64;
/// A value is at most so many times as long as what it stands in: whoever takes a stranger's few bytes must not need
/// much memory to find out what they are. Values of real archives are three to seven times as long.
const RATIO: u64 = 64;
/// First bytes of a skippable zstd frame (RFC 8878, section 3.1.2).
const SKIPPABLE: [u8; 4] = [0x50, 0x2a, 0x4d, 0x18];
/// Fast: the values are written in the course of a sweep.
const LEVEL: i32 = 1;

words! {
    /// What a sealed value is, in the order of the numbers that say so, from 1.
    Kind {
        /// What one archive came to.
        Partial => "partial",
        /// The content of one archive.
        Content => "content",
        /// The reports of a set of archives.
        Answer => "answer",
        /// The head of a file of partials.
        Set => "set",
        /// Which file holds which bytes.
        Index => "index",
    }
}

impl Kind {
    const fn number(self) -> u32 {
        self as u32 + 1
    }
}

/// What stands on a sealed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// What it is.
    pub kind: Kind,
    /// What it was made of.
    pub key: u128,
    /// The settings that it was made with.
    pub settings: u128,
}

/// Why a value cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsealed {
    /// It is of another version.
    #[error("it is of version {0} of the format, this program writes {VERSION}")]
    Version(u32),
    /// It ends too early.
    #[error("it is cut short")]
    Short,
    /// It is something else.
    #[error("it is not what its name says")]
    Other,
    /// Its checksum is another.
    #[error("its checksum is wrong")]
    Checksum,
    /// Its checksum holds, but not what it says.
    #[error("it makes no sense")]
    Senseless,
}

/// Seals a value.
///
/// # Errors
/// When `write` fails, or writes 4 GiB.
pub(super) fn seal(seal: Seal, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; HEAD];
    let mut counted = Counted { encoder: zstd::Encoder::new(&mut bytes, LEVEL)?, bytes: 0 };
    // Values are written a few bytes at a time, and the encoder is far away.
    let mut gathered = BufWriter::with_capacity(GATHERED, &mut counted);
    write(&mut gathered)?;
    gathered.flush()?;
    drop(gathered);
    let value = counted.bytes;
    counted.encoder.finish()?;
    if value > LARGEST {
        return Err(io::Error::other("it is larger than 4 GiB"));
    }
    let lacking = value.div_ceil(RATIO).saturating_sub((bytes.len() - HEAD) as u64);
    if let Ok(lacking @ 1..) = u32::try_from(lacking) {
        bytes.extend_from_slice(&SKIPPABLE);
        bytes.extend_from_slice(&lacking.to_le_bytes());
        bytes.resize(bytes.len() + lacking as usize, 0);
    }
    let frame = (bytes.len() - HEAD) as u64;
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
    bytes[12..16].copy_from_slice(&seal.kind.number().to_le_bytes());
    bytes[16..32].copy_from_slice(&seal.key.to_le_bytes());
    bytes[32..48].copy_from_slice(&seal.settings.to_le_bytes());
    bytes[48..56].copy_from_slice(&value.to_le_bytes());
    bytes[56..64].copy_from_slice(&frame.to_le_bytes());
    let checksum = xxh3_128(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    Ok(bytes)
}

/// Bytes that are handed to the encoder at once.
const GATHERED: usize = 64 << 10;

struct Counted<'b> {
    encoder: zstd::Encoder<'static, &'b mut Vec<u8>>,
    bytes: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.encoder.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bytes of a file of sealed values; no more than the first of them where it is none, or where `is_one` value and its
/// length is not the file's.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn read_file(path: &Path, is_one: bool) -> io::Result<Vec<u8>> {
    // A single value stands in a store, where nobody else puts a pipe; many may come out of one.
    let mut file = if is_one { crate::files::open(path)? } else { File::open(path)? };
    let mut bytes = Vec::new();
    Read::by_ref(&mut file).take(HEAD as u64).read_to_end(&mut bytes)?;
    let packed = bytes.get(56..HEAD).and_then(|packed| packed.try_into().ok()).map(u64::from_le_bytes);
    let whole = packed.map(|packed| packed.saturating_add((HEAD + CHECKSUM) as u64));
    let fits = !is_one || file.metadata()?.len() == whole.unwrap_or_default();
    if bytes.starts_with(&MAGIC) && fits {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// A value of which every byte was checked.
#[derive(Clone, Debug)]
pub(super) struct Opened<'b> {
    /// What stands on it.
    pub(super) seal: Seal,
    /// Bytes of the value.
    value: u64,
    frame: &'b [u8],
    /// What stands behind it.
    pub(super) rest: &'b [u8],
}

/// Checks the first sealed value of some bytes.
///
/// # Errors
/// When there is none that this program wrote.
pub(super) fn open(bytes: &[u8]) -> Result<Opened<'_>, Unsealed> {
    let (head, behind) = bytes.split_first_chunk::<HEAD>().ok_or(Unsealed::Short)?;
    if head[..8] != MAGIC {
        return Err(Unsealed::Other);
    }
    let four = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let wide = |at: usize| head[at..at + 16].iter().rev().fold(0, |value: u128, &byte| value << 8 | u128::from(byte));
    let eight = |at: usize| u64::from(four(at)) | u64::from(four(at + 4)) << 32;
    if four(8) != VERSION {
        return Err(Unsealed::Version(four(8)));
    }
    let len = usize::try_from(eight(56)).map_err(|_| Unsealed::Short)?;
    let (frame, behind) = behind.split_at_checked(len).ok_or(Unsealed::Short)?;
    let (checksum, rest) = behind.split_first_chunk::<CHECKSUM>().ok_or(Unsealed::Short)?;
    if xxh3_128(&bytes[..HEAD + len]).to_le_bytes() != *checksum {
        return Err(Unsealed::Checksum);
    }
    let kind = Kind::ALL.into_iter().find(|kind| kind.number() == four(12)).ok_or(Unsealed::Other)?;
    if eight(48) > LARGEST.min(eight(56).saturating_mul(RATIO)) {
        return Err(Unsealed::Senseless);
    }
    Ok(Opened { seal: Seal { kind, key: wide(16), settings: wide(32) }, value: eight(48), frame, rest })
}

impl Opened<'_> {
    /// The value.
    ///
    /// # Errors
    /// When the frame does not hold what the head says.
    pub(super) fn value(&self) -> Result<Vec<u8>, Unsealed> {
        let mut value = Vec::new();
        let decoder = zstd::Decoder::new(self.frame).map_err(|_| Unsealed::Senseless)?;
        let limit = self.value + 1;
        decoder.take(limit).read_to_end(&mut value).map_err(|_| Unsealed::Senseless)?;
        if value.len() as u64 == self.value { Ok(value) } else { Err(Unsealed::Senseless) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEAL: Seal = Seal { kind: Kind::Content, key: 7 << 100, settings: 9 };

    fn sealed(value: &[u8]) -> Vec<u8> {
        seal(SEAL, |out| out.write_all(value)).unwrap()
    }

    #[test]
    fn what_was_sealed_is_opened_one_behind_the_other() {
        for value in [&b""[..], b"value", &vec![7; 100_000]] {
            let mut bytes = sealed(value);
            bytes.extend(sealed(b"next"));
            let first = open(&bytes).unwrap();
            assert_eq!((first.seal, first.value().unwrap().as_slice()), (SEAL, value));
            let second = open(first.rest).unwrap();
            assert_eq!((second.value().unwrap().as_slice(), second.rest.len()), (&b"next"[..], 0));
        }
    }

    #[test]
    fn no_byte_can_be_another_and_none_can_be_missing() {
        let bytes = sealed(b"a value of some length");
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut broken = bytes.clone();
                broken[at] ^= 1 << bit;
                assert!(open(&broken).is_err(), "bit {bit} of byte {at}");
            }
            assert_eq!(open(&bytes[..at]).unwrap_err(), Unsealed::Short);
        }
    }

    #[test]
    fn few_bytes_are_no_long_value() {
        // Most of the frame is padding, without which it would be refused.
        let value = vec![0; 1 << 20];
        let bytes = sealed(&value);
        assert!((1 << 14..(1 << 14) + 200).contains(&bytes.len()), "{} bytes", bytes.len());
        assert_eq!(open(&bytes).unwrap().value().unwrap(), value);
        let frame = zstd::bulk::compress(&value, 1).unwrap();
        let mut bytes = bytes[..HEAD].to_vec();
        bytes[56..64].copy_from_slice(&(frame.len() as u64).to_le_bytes());
        bytes.extend(frame);
        bytes.extend(xxh3_128(&bytes).to_le_bytes());
        assert_eq!(open(&bytes).unwrap_err(), Unsealed::Senseless);
    }

    #[test]
    fn a_value_that_is_not_as_long_as_it_says_is_refused() {
        for len in [0, 4, 6, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = sealed(b"value");
            bytes[48..56].copy_from_slice(&len.to_le_bytes());
            let end = bytes.len() - CHECKSUM;
            let checksum = xxh3_128(&bytes[..end]);
            bytes[end..].copy_from_slice(&checksum.to_le_bytes());
            let opened = open(&bytes).and_then(|opened| opened.value());
            assert_eq!(opened.unwrap_err(), Unsealed::Senseless, "{len}");
        }
    }
}
