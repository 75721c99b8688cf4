//! Decoding gzip in order, member by member (RFC 1952), BGZF blocks included (SAM specification, section 4.1).

use std::ops::Range;

use flate2::{Decompress, Status};
use libdeflater::Crc;

use super::buffer::Buffer;
use super::damage::{Break, DamageKind, Decoded};
use super::format::{GZIP_MAGIC, little_endian};
use super::gzip_header::{HeaderFault, MemberHeader};
use super::gzip_member::WholeMember;
use super::gzip_search::{AHEAD, Trial, clear, scan, step};
use super::piece::{Decoder, PIECE};

/// A decoder for a range of a gzip archive.
pub(crate) struct GzipStream {
    /// Members in pieces; made for the first one that needs it.
    inflate: Option<Box<Decompress>>,
    crc: Crc,
    at: usize,
    end: usize,
    /// The member that is being decoded in pieces.
    member: Option<Member>,
    members: u64,
    member_text: u64,
    /// Bytes of the largest member that is decoded in one go.
    largest_whole: usize,
    /// Bytes that may still be decoded again behind damage: crafted members can all lead through one long tail.
    again: usize,
}

/// How often all of a range may be decoded again behind damage.
const AGAIN: usize = 4;

#[derive(Clone, Copy)]
struct Member {
    start: usize,
    stated: Option<usize>,
    /// No other member begins before this place. It is read so far, and only then what stands there is looked at: data that
    /// is cut or damaged would run over into the next member, and make lines of that one's bytes, which are read again.
    clear: usize,
}

impl GzipStream {
    /// Decodes `range` of an archive, which starts at a member; those of up to `largest_whole` bytes in one go.
    pub(crate) fn new(range: Range<usize>, largest_whole: usize) -> Self {
        Self {
            inflate: None,
            crc: Crc::new(),
            at: range.start,
            end: range.end,
            member: None,
            members: 0,
            member_text: 0,
            largest_whole,
            again: range.len().saturating_mul(AGAIN),
        }
    }

    /// Members begun so far.
    pub(crate) fn members(&self) -> u64 {
        self.members
    }

    /// Bytes of text since the newest member began.
    pub(crate) fn member_text(&self) -> u64 {
        self.member_text
    }

    /// Offset in the archive of the next byte to decode.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Appends decoded text to `out` until it is full, the range ends or damage is met.
    pub(crate) fn read(&mut self, archive: &[u8], out: &mut Buffer, decoder: &mut Decoder) -> Decoded {
        let input = &archive[..self.end.min(archive.len())];
        loop {
            let step = match self.member {
                None => self.begin(input, out, decoder),
                Some(member) => self.inflate(input, out, member),
            };
            if let Some(decoded) = step {
                return decoded;
            }
        }
    }

    fn begin(&mut self, input: &[u8], out: &mut Buffer, decoder: &mut Decoder) -> Option<Decoded> {
        let rest = &input[self.at.min(input.len())..];
        // Tapes and block devices pad with zeros, which gzip itself ignores.
        if rest.iter().all(|&byte| byte == 0) {
            self.at = input.len();
            return Some(Decoded::End);
        }
        match self.header(rest) {
            Ok(header) => self.member(input, header, out, decoder),
            Err(fault) => {
                let kind = match fault {
                    HeaderFault::Truncated => DamageKind::Truncated,
                    HeaderFault::Invalid if rest.starts_with(&GZIP_MAGIC) => DamageKind::BadHeader,
                    HeaderFault::Invalid => DamageKind::Garbage,
                };
                let damage = Break::lossy(kind, self.at);
                self.at = scan(input, self.at + 1);
                Some(Decoded::Broken(damage))
            }
        }
    }

    /// The header of the member that starts here, where no place is a guess: as long as it is.
    fn header(&mut self, rest: &[u8]) -> Result<MemberHeader, HeaderFault> {
        let read = MemberHeader::read(rest);
        let has_name = rest.starts_with(&GZIP_MAGIC) && rest.get(3).is_some_and(|flags| flags & 0x18 != 0);
        if read != Err(HeaderFault::Invalid) || !has_name {
            return read;
        }
        let long = MemberHeader::read_within(rest, usize::MAX);
        // One whose name does not end may be met again and again.
        match self.again.checked_sub(long.as_ref().map_or(rest.len(), |header| header.len)) {
            Some(again) => self.again = again,
            None => return read,
        }
        long.or(read)
    }

    /// The member that starts here: all of it, or the beginning of reading it in pieces.
    fn member(
        &mut self,
        input: &[u8],
        header: MemberHeader,
        out: &mut Buffer,
        decoder: &mut Decoder,
    ) -> Option<Decoded> {
        if let Some(whole) = WholeMember::find(input, self.at, &header, self.largest_whole) {
            if out.space().len() < whole.len {
                if !out.is_empty() {
                    return Some(Decoded::Full);
                }
                out.clear(whole.len.max(PIECE));
            }
            if let Some(end) = whole.decode(input, out, decoder.deflate()) {
                self.members += 1;
                self.member_text = whole.len as u64;
                self.at = end;
                return None;
            }
        }
        self.inflate.get_or_insert_with(|| Box::new(Decompress::new(false))).reset(false);
        self.crc = Crc::new();
        let start = self.at;
        self.at += header.len;
        self.member = Some(Member { start, stated: header.member, clear: clear(input, self.at) });
        self.members += 1;
        self.member_text = 0;
        None
    }

    fn inflate(&mut self, input: &[u8], out: &mut Buffer, member: Member) -> Option<Decoded> {
        if out.is_full() {
            return Some(Decoded::Full);
        }
        let inflate = self.inflate.get_or_insert_with(|| Box::new(Decompress::new(false)));
        let (result, read, written) = step(inflate, &input[self.at..member.clear], out.space());
        self.crc.update(&out.space()[..written]);
        out.advance(written);
        self.member_text += written as u64;
        self.at += read;
        match result {
            Ok(Status::StreamEnd) => self.trailer(input, member),
            Ok(_) if read > 0 || written > 0 => None,
            Ok(_) if member.clear < input.len() => self.cross(input, member),
            Ok(_) => Some(self.give_up(input, DamageKind::Truncated, member)),
            Err(_) => Some(self.give_up(input, DamageKind::CorruptData, member)),
        }
    }

    /// The member goes on where another one may begin: reads on, unless that one is true and this one is cut.
    fn cross(&mut self, input: &[u8], member: Member) -> Option<Decoded> {
        let place = member.clear;
        if !input[place..].starts_with(&GZIP_MAGIC) {
            self.member = Some(Member { clear: clear(input, place), ..member });
        } else if !Trial::default().decodes(&input[place..]) {
            self.member = Some(Member { clear: clear(input, place + 1), ..member });
        } else if self.is_whole(input, member) {
            // It holds the other one, as a gzip of a gzip does.
            self.member = Some(Member { clear: input.len(), ..member });
        } else {
            return Some(self.give_up(input, DamageKind::CorruptData, member));
        }
        None
    }

    /// Whether a member decodes to its end and has the right checksum, whatever stands within.
    fn is_whole(&mut self, input: &[u8], member: Member) -> bool {
        let Ok(header) = MemberHeader::read_within(&input[member.start..], usize::MAX) else { return false };
        let (mut inflate, mut crc, mut text) = (Decompress::new(false), Crc::new(), vec![0; PIECE]);
        let mut at = member.start + header.len;
        loop {
            let most = input.len().min(at + AHEAD);
            let (status, read, written) = step(&mut inflate, &input[at..most], &mut text);
            crc.update(&text[..written]);
            at += read;
            let Some(again) = self.again.checked_sub(read) else { return false };
            self.again = again;
            match status {
                Ok(Status::StreamEnd) => return little_endian(input, at, 4) == Some(u64::from(crc.sum())),
                Ok(_) if read > 0 || written > 0 => {}
                _ => return false,
            }
        }
    }

    /// All text of the member is out; compares its checksum and length.
    fn trailer(&mut self, input: &[u8], member: Member) -> Option<Decoded> {
        let (at, end) = (self.at, self.at + 8);
        let Some((crc, len)) = little_endian(input, at, 4).zip(little_endian(input, at + 4, 4)) else {
            // What followed the member is missing, so that its last line may be incomplete.
            return Some(self.give_up(input, DamageKind::Truncated, member));
        };
        let kind = if crc != u64::from(self.crc.sum()) {
            if !Self::can_end(input, member, end) {
                return Some(self.give_up(input, DamageKind::CorruptData, member));
            }
            DamageKind::ChecksumMismatch
        } else if len != self.member_text & 0xffff_ffff {
            // The length is stated modulo 2^32.
            DamageKind::LengthMismatch
        } else {
            self.member = None;
            self.at = end;
            return None;
        };
        self.member = None;
        // Where a part of the trailer is missing, the next member begins within it.
        self.at = if leads_on(input, end) { end } else { end.min(scan(input, at)) };
        Some(Decoded::Broken(Break::lossless(kind, at)))
    }

    /// Whether a member whose checksum is wrong may end at `end`: where its header says, if that leads on, else where
    /// another one, padding or nothing follows and no other one begins before. Damaged data can end early, or run over
    /// into another member and end there, even at that one's own end.
    fn can_end(input: &[u8], member: Member, end: usize) -> bool {
        if let Some(len) = member.stated {
            // Its trailer may be missing, too.
            return end == member.start + len && leads_on(input, end);
        }
        leads_on(input, end) && scan(&input[..end], member.start + 1) == end
    }

    /// Damage inside `member`, at the current position; goes on at the next member: where a BGZF header says, else at the
    /// next magic that decodes, which may lie in what the damaged data ran over.
    fn give_up(&mut self, input: &[u8], kind: DamageKind, member: Member) -> Decoded {
        let damage = Break::lossy(kind, self.at);
        self.member = None;
        let stated = member.stated.map(|len| member.start + len).filter(|&next| leads_on(input, next));
        let from = stated.unwrap_or(member.start + 1);
        let left = self.again.checked_sub(self.at.saturating_sub(from));
        self.again = left.unwrap_or(self.again);
        self.at = match (left, stated) {
            (Some(_), Some(_)) => from,
            (Some(_), None) => scan(input, from),
            (None, _) => scan(input, self.at),
        };
        Decoded::Broken(damage)
    }
}

/// Whether a member, padding or nothing stands at `at`.
fn leads_on(input: &[u8], at: usize) -> bool {
    input.get(at..).is_some_and(|rest| rest.starts_with(&GZIP_MAGIC) || rest.iter().all(|&byte| byte == 0))
}

#[cfg(test)]
#[path = "gzip_stream_tests.rs"]
mod tests;
