//! Headers of gzip members (RFC 1952), BGZF blocks included (SAM specification, section 4.1).

use std::ops::Range;

use libdeflater::Crc;

use super::format::{GZIP_MAGIC, little_endian};
use super::zstd_frame::WALK;

/// What a member's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemberHeader {
    /// Bytes before the deflated data.
    pub(crate) len: usize,
    /// Length of the whole member, where a BGZF extra field states it.
    pub(crate) member: Option<usize>,
}

/// Longest name or comment of a member, as long as an extra field may be. Without a limit, every false magic would be
/// searched to the end of the archive.
pub(super) const LONGEST_NAME: usize = 1 << 16;

/// Why a header could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeaderFault {
    Truncated,
    Invalid,
}

impl MemberHeader {
    /// Reads the header at the start of `input`.
    pub(super) fn read(input: &[u8]) -> Result<Self, HeaderFault> {
        Self::read_within(input, LONGEST_NAME)
    }

    /// The same where a name and a comment may be so long.
    pub(super) fn read_within(input: &[u8], longest: usize) -> Result<Self, HeaderFault> {
        let cut = HeaderFault::Truncated;
        if !input.starts_with(&GZIP_MAGIC) {
            let prefix = input.len() < GZIP_MAGIC.len() && GZIP_MAGIC.starts_with(input);
            return Err(if prefix { cut } else { HeaderFault::Invalid });
        }
        let flags = *input.get(3).ok_or(cut)?;
        if flags & 0xe0 != 0 {
            return Err(HeaderFault::Invalid);
        }
        let mut at = 10;
        let mut member = None;
        if flags & 0x04 != 0 {
            let len = usize::try_from(little_endian(input, at, 2).ok_or(cut)?).map_err(|_| cut)?;
            let extra = input.get(at + 2..at + 2 + len).ok_or(cut)?;
            member = bgzf_size(extra);
            at += 2 + len;
        }
        for flag in [0x08, 0x10] {
            if flags & flag != 0 {
                let rest = input.get(at..).ok_or(cut)?;
                let name = &rest[..rest.len().min(longest)];
                let fault = if name.len() < longest { cut } else { HeaderFault::Invalid };
                at += memchr::memchr(0, name).ok_or(fault)? + 1;
            }
        }
        if flags & 0x02 != 0 {
            let mut crc = Crc::new();
            crc.update(input.get(..at).ok_or(cut)?);
            if little_endian(input, at, 2).ok_or(cut)? != u64::from(crc.sum() & 0xffff) {
                return Err(HeaderFault::Invalid);
            }
            at += 2;
        }
        if at > input.len() || input.len() < 10 { Err(cut) } else { Ok(Self { len: at, member }) }
    }
}

/// The member length in a BGZF `BC` subfield of a gzip extra field.
fn bgzf_size(mut extra: &[u8]) -> Option<usize> {
    while extra.len() >= 4 {
        let len = usize::from(u16::from_le_bytes([extra[2], extra[3]]));
        let data = extra.get(4..4 + len)?;
        if extra.starts_with(b"BC") && len == 2 {
            return Some(usize::from(u16::from_le_bytes([data[0], data[1]])) + 1);
        }
        extra = &extra[4 + len..];
    }
    None
}

/// Groups the blocks of a BGZF archive into independent ranges of about `target` decoded bytes; `None` when any
/// member does not state its length. `walked` is told which parts of the input have been walked over.
pub(crate) fn group_blocks(input: &[u8], target: usize, walked: impl Fn(Range<usize>)) -> Option<Vec<Range<usize>>> {
    let mut groups = Vec::new();
    let (mut start, mut at, mut decoded, mut told) = (0, 0, 0usize, 0);
    while at < input.len() {
        if at - told >= WALK {
            walked(told..at);
            told = at;
        }
        let end = at + MemberHeader::read(&input[at..]).ok()?.member?;
        let stated = little_endian(input, end.checked_sub(4)?, 4).filter(|_| end <= input.len())?;
        decoded = decoded.saturating_add(usize::try_from(stated).ok()?);
        at = end;
        if decoded >= target || at - start >= target {
            groups.push(start..at);
            (start, decoded) = (at, 0);
        }
    }
    if start < at {
        groups.push(start..at);
    }
    walked(told..at);
    Some(groups)
}
