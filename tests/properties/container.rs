//! Containers: of any bytes a sweep says what is there and what is not, and any number of threads says the same.

use std::io::Read;

use relapse::archive::{Archive, Buffer, Content, Decoder, Format, FrameCheck, PIECE, PieceEnd, Plan, UnitReader};

use super::swept::{Folder, is_for_several, reconciles, said_by_default, swept};

const MAX_WINDOW: u64 = 128 << 20;
/// More text than this is not decoded a second time by others.
const MOST: usize = 8 << 20;

pub(crate) fn zstd_holds(input: &[u8]) {
    if Format::detect(input) == Format::Zstd {
        holds(input, |input| zstd::Decoder::new(input).and_then(read));
    }
}

pub(crate) fn gzip_holds(input: &[u8]) {
    if Format::detect(input) == Format::Gzip {
        holds(input, |input| read(flate2::read::MultiGzDecoder::new(input)));
    }
}

/// At most so much of a text that it is known to be longer than [`MOST`].
fn read(decoder: impl Read) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    decoder.take(MOST as u64 + 1).read_to_end(&mut text)?;
    Ok(text)
}

fn holds(input: &[u8], decode: fn(&[u8]) -> std::io::Result<Vec<u8>>) {
    let one = swept(input, 1);
    reconciles(&one);
    if is_for_several(input) {
        let several = swept(input, 3);
        assert_eq!(one.ledger, several.ledger);
        assert_eq!(said_by_default(&one), said_by_default(&several));
    }
    let account = &one.ledger.archives[0];
    let records: u64 = one.tally.runs().iter().map(|run| run.records).sum();
    assert_eq!(
        (account.bytes_on_disk, records),
        (input.len() as u64, account.counts.parsed - account.counts.benchmark_lines)
    );

    let folder = Folder::with(input);
    let content = Content::read(&folder.entry(), MAX_WINDOW).expect("it is there");
    assert_eq!(content.text.len, account.counts.bytes_decoded);
    assert_eq!(content.damage.len() as u64, account.damage_count);
    for (&(kind, at, in_text), listed) in content.damage.iter().zip(&account.damage) {
        assert_eq!((kind, at, in_text), (listed.what, listed.compressed_offset, listed.decoded_offset));
    }
    if content.text.len > MOST as u64 {
        return;
    }
    let archive = Archive::open(&folder.entry(), MAX_WINDOW).expect("it is there");
    let units =
        |archive: &Archive| (0..archive.units()).flat_map(|unit| pieces(archive.read_unit(unit), None).0).collect();
    let text: Vec<u8> = units(&archive);
    let small = Archive::open_within(&folder.entry(), MAX_WINDOW, 2 * PIECE).expect("it is there");
    assert_eq!(units(&small), text, "in small buffers");
    if matches!(archive.plan, Plan::Stream) {
        let apart = pieces(archive.read_unchecked(), Some(FrameCheck::default()));
        assert!(apart == pieces(archive.read_unit(0), None), "checked by another thread");
    }
    // Somebody else's decoder.
    if account.damage_count == 0 {
        assert!(decode(input).is_ok_and(|theirs| theirs == text), "nothing is damaged");
    } else {
        assert!(decode(input).is_err(), "{:?}", account.damage);
    }
}

/// Text and damage of a unit.
fn pieces(mut reader: UnitReader<'_>, mut check: Option<FrameCheck>) -> (Vec<u8>, Vec<String>) {
    let (mut text, mut damage) = (Vec::new(), Vec::new());
    let (mut buffer, mut decoder) = (Buffer::default(), Decoder::default());
    loop {
        let mut end = reader.next_piece(&mut buffer, &mut decoder);
        if let Some(check) = &mut check {
            check.check(buffer.text(), &mut end);
        }
        text.extend(buffer.text());
        damage.extend(broken(end));
        if end.last {
            return (text, damage);
        }
    }
}

/// The damage behind a piece, which it shows and does not hand out.
fn broken(end: PieceEnd) -> Option<String> {
    let shown = format!("{end:?}");
    let damage = shown.split(", last:").next().unwrap_or_default().to_owned();
    (!damage.contains("damage: None")).then_some(damage)
}
