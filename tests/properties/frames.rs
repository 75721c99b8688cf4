//! Frames: a text packed in any way is the text.
//!
//! The input's first byte says how frames are written, one bit for each of every seven. The others are the text, but for
//! marks: where a frame ends, where one that is to be skipped stands, and where many blanks do, so that a short input
//! has seams in pieces of work, too.

use std::io::Write;

use relapse::archive::{ArchiveLedger, Format};
use relapse::sweep::Outcome;

use super::swept::{is_for_several, reconciles, said_by_default, swept};

const BLANKS: u8 = 0;
const END_OF_FRAME: u8 = 1;
const SKIPPABLE: u8 = 2;

/// Two of them are longer than a piece of work.
const MANY: usize = 600_000;
const MOST_BLANKS: usize = 2;

/// A skippable frame with a magic number in it.
const SKIPPED: &[u8] = b"\x52\x2a\x4d\x18\x06\x00\x00\x00\x28\xb5\x2f\xfd\n\n";

pub(crate) fn holds(input: &[u8]) {
    let Some((&how, marked)) = input.split_first() else { return };
    let mut plain = Vec::new();
    let mut packed = Vec::new();
    let mut frames = 0..;
    let mut frame = |text: &[u8], packed: &mut Vec<u8>| {
        let is_other = how >> (frames.next().unwrap_or(0) % 7) & 1 != 0;
        if how & 0x80 != 0 { member(text, is_other, packed) } else { zstd_frame(text, is_other, packed) }
    };
    let (mut start, mut blanks) = (0, 0);
    for &byte in marked {
        match byte {
            BLANKS if blanks < MOST_BLANKS => {
                blanks += 1;
                plain.resize(plain.len() + MANY, b' ');
            }
            END_OF_FRAME | SKIPPABLE => {
                frame(&plain[start..], &mut packed);
                start = plain.len();
                if byte == SKIPPABLE && how & 0x80 == 0 {
                    packed.extend(SKIPPED);
                }
            }
            other => plain.push(other),
        }
    }
    frame(&plain[start..], &mut packed);
    if Format::detect(&plain) == Format::Plain {
        let (plain, packed) = (swept(&plain, 1), swept(&packed, if is_for_several(input) { 3 } else { 1 }));
        reconciles(&plain);
        reconciles(&packed);
        assert_eq!(account(&packed), account(&plain));
        assert_eq!(said_by_default(&packed), said_by_default(&plain));
    }
}

/// What of the account is the text's and not the container's.
fn account(outcome: &Outcome) -> ArchiveLedger {
    let mut account = outcome.ledger.archives[0].clone();
    assert_eq!((account.damage_count, account.counts.lost_bytes), (0, 0), "{account:?}");
    account.format = None;
    account.bytes_on_disk = 0;
    account.counts.frames = 0;
    account
}

fn zstd_frame(text: &[u8], is_unsized: bool, packed: &mut Vec<u8>) {
    let mut encoder = zstd::Encoder::new(packed, 1).expect("zstd works");
    encoder.include_checksum(text.len().is_multiple_of(2)).expect("zstd has checksums");
    if !is_unsized {
        encoder.set_pledged_src_size(Some(text.len() as u64)).expect("zstd has sizes");
    }
    encoder.write_all(text).expect("memory can be written");
    encoder.finish().expect("zstd works");
}

/// Members, BGZF blocks among them.
fn member(text: &[u8], is_block: bool, packed: &mut Vec<u8>) {
    for text in text.chunks(if is_block { 0xff00 } else { usize::MAX }).chain(text.is_empty().then_some(text)) {
        let mut builder = flate2::GzBuilder::new();
        let start = packed.len();
        if is_block {
            builder = builder.extra(&b"BC\x02\0\0\0"[..]);
        }
        let mut encoder = builder.write(&mut *packed, flate2::Compression::new(1));
        encoder.write_all(text).expect("memory can be written");
        encoder.finish().expect("deflate works");
        if is_block {
            // The block's length, less one, behind twelve bytes of head and four of its own.
            let len = u16::try_from(packed.len() - start - 1).expect("blocks are short");
            packed[start + 16..start + 18].copy_from_slice(&len.to_le_bytes());
        }
    }
}
