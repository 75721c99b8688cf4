use std::io::Write;

use flate2::{Compression, GzBuilder};

use super::*;
use crate::archive::gzip_header::{LONGEST_NAME, group_blocks};
use crate::archive::open::LARGEST_WHOLE;

fn decode(archive: &[u8]) -> (Vec<Vec<u8>>, Vec<Break>) {
    let mut stream = GzipStream::new(0..archive.len(), LARGEST_WHOLE);
    let (mut texts, mut breaks) = (vec![Vec::new()], Vec::new());
    let (mut out, mut decoder) = (Buffer::with_capacity(777), Decoder::default());
    loop {
        out.clear(777);
        let decoded = stream.read(archive, &mut out, &mut decoder);
        texts.last_mut().unwrap().extend_from_slice(out.text());
        match decoded {
            Decoded::Full | Decoded::Frame { .. } => {}
            Decoded::Broken(broken) => {
                breaks.push(broken);
                texts.push(Vec::new());
            }
            Decoded::End => return (texts, breaks),
        }
    }
}

fn text(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed | 1;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            b"abcdefgh\n"[(state >> 33) as usize % 9]
        })
        .collect()
}

fn member(text: &[u8]) -> Vec<u8> {
    let builder = GzBuilder::new().filename("a log").comment("said of it").extra(vec![b'X', b'Y', 1, 0, 7]);
    let mut encoder = builder.write(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn bgzf_block(text: &[u8]) -> Vec<u8> {
    let mut bytes = GzBuilder::new().extra(vec![b'B', b'C', 2, 0, 0, 0]).write(Vec::new(), Compression::fast());
    bytes.write_all(text).unwrap();
    let mut bytes = bytes.finish().unwrap();
    let size = u16::try_from(bytes.len() - 1).unwrap();
    bytes[16..18].copy_from_slice(&size.to_le_bytes());
    bytes
}

#[test]
fn members_follow_each_other_and_zeros_may_follow() {
    let (a, b) = (text(1, 100_000), text(2, 10));
    let mut archive = [member(&a), member(b""), member(&b)].concat();
    assert_eq!(decode(&archive), (vec![[&a[..], &b].concat()], vec![]));
    archive.extend([0; 512]);
    assert_eq!(decode(&archive), (vec![[a, b].concat()], vec![]));
}

#[test]
fn a_member_that_holds_what_looks_like_another_is_read_to_its_end() {
    // Stored, so that the false members stand in the archive as they are.
    let inner = [&text(7, 3000)[..], &member(b"false\n"), &GZIP_MAGIC, &text(8, 3000)].concat();
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::none());
    encoder.write_all(&inner).unwrap();
    let outer = encoder.finish().unwrap();
    assert_eq!(decode(&[&outer[..], &outer].concat()), (vec![[&inner[..], &inner].concat()], vec![]));
}

#[test]
fn what_stands_between_the_end_of_a_member_and_a_copy_of_its_trailer_is_not_passed_over() {
    let a = member(&text(11, 5000));
    let mut broken = a.clone();
    broken[0] ^= 1;
    // The same member again, its magic broken: the first one's text fits the second one's trailer.
    for archive in [
        [&a[..], &broken].concat(),
        [&a[..], &broken, &member(b"other\n")].concat(),
        [&member(b"")[..], &broken, &[0; 16]].concat(),
        [&a[..], b"junk", &a[a.len() - 8..]].concat(),
    ] {
        let (texts, breaks) = decode(&archive);
        assert!(!breaks.is_empty(), "{} bytes of {} were read", texts.concat().len(), archive.len());
    }
    // A block whose stated length takes in the next one, which is its like.
    let block = bgzf_block(&text(12, 3000));
    let mut two = [&block[..], &block].concat();
    let size = u16::try_from(two.len() - 1).unwrap();
    two[16..18].copy_from_slice(&size.to_le_bytes());
    assert_eq!(decode(&two).0.concat().len(), 6000);
}

#[test]
fn a_member_in_one_go_counts_as_one_in_pieces() {
    let (a, b) = (text(9, 300_000), text(10, 20));
    let archive = [member(&a), member(&b)].concat();
    let mut stream = GzipStream::new(0..archive.len(), LARGEST_WHOLE);
    let (mut out, mut decoder) = (Buffer::with_capacity(777), Decoder::default());
    assert_eq!(stream.read(&archive, &mut out, &mut decoder), Decoded::End);
    assert_eq!((out.len(), stream.members(), stream.member_text()), (300_020, 2, 20));
    assert_eq!(stream.position(), archive.len());
    assert!(stream.inflate.is_none(), "nothing was left to be read in pieces");
}

#[test]
fn a_cut_keeps_what_decodes() {
    let a = text(3, 60_000);
    let archive = member(&a);
    let mut lengths = Vec::new();
    for cut in (1..archive.len()).step_by(97) {
        let (texts, breaks) = decode(&archive[..cut]);
        assert_eq!(breaks.len(), 1, "cut {cut}");
        assert_eq!(breaks[0].kind, DamageKind::Truncated, "cut {cut}");
        assert!(a.starts_with(&texts[0]), "cut {cut}");
        lengths.push(texts[0].len());
    }
    assert!(lengths.is_sorted());
    assert!(lengths.last().unwrap() * 100 > a.len() * 99);
}

#[test]
fn a_wrong_checksum_or_length_loses_no_text() {
    let a = text(4, 9000);
    for (back, kind) in [(5, DamageKind::ChecksumMismatch), (1, DamageKind::LengthMismatch)] {
        let mut archive = member(&a);
        let len = archive.len();
        archive[len - back] ^= 1;
        archive.extend(member(b"next\n"));
        let (texts, breaks) = decode(&archive);
        assert_eq!(texts, [a.clone(), b"next\n".to_vec()]);
        assert_eq!(breaks, [Break::lossless(kind, len - 8)]);
    }
}

#[test]
fn decoding_goes_on_behind_a_broken_member() {
    let (a, b) = (text(5, 50_000), text(6, 40_000));
    let first = member(&a);
    for at in (40..first.len() - 8).step_by(501) {
        let mut archive = first.clone();
        archive[at] ^= 0x5a;
        archive.extend(member(&b));
        let (texts, breaks) = decode(&archive);
        assert!(!breaks.is_empty(), "byte {at}");
        assert_eq!(texts.last().unwrap(), &b, "byte {at}: {breaks:?}");
    }
}

#[test]
fn bgzf_blocks_are_grouped_and_found_again() {
    let blocks: Vec<Vec<u8>> = (0..20).map(|i| bgzf_block(&text(i, 5000))).collect();
    let mut archive = blocks.concat();
    let groups = group_blocks(&archive, 12_000, |_| ()).unwrap();
    assert_eq!(groups.len(), 7);
    assert_eq!(groups.first().unwrap().start, 0);
    assert_eq!(groups.last().unwrap().end, archive.len());
    assert!(groups.windows(2).all(|pair| pair[0].end == pair[1].start));
    assert_eq!(group_blocks(&archive[..archive.len() - 1], 12_000, |_| ()), None);
    assert_eq!(group_blocks(&member(b"plain gzip"), 12_000, |_| ()), None);

    archive[blocks[0].len() + 200] ^= 0xff;
    let (texts, breaks) = decode(&archive);
    assert_eq!(breaks.len(), 1);
    let behind: Vec<u8> = (2..20).flat_map(|i| text(i, 5000)).collect();
    assert!(texts.last().unwrap().ends_with(&behind));
}

proptest::proptest! {
    #[test]
    fn members_of_any_kind_read_as_the_library_reads_them(
        members in proptest::collection::vec((0u8..4, 0usize..3000, proptest::num::u64::ANY), 1..12),
    ) {
        let (mut archive, mut whole) = (Vec::new(), Vec::new());
        for (kind, len, seed) in members {
            let mut text = text(seed, len);
            archive.extend(match kind {
                0 => bgzf_block(&text),
                1 => {
                    text.extend(GZIP_MAGIC);
                    let mut stored = GzBuilder::new().write(Vec::new(), Compression::none());
                    stored.write_all(&text).unwrap();
                    stored.finish().unwrap()
                }
                _ => member(&text),
            });
            whole.extend(text);
        }
        let mut model = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(&archive[..]), &mut model).unwrap();
        proptest::prop_assert!(model == whole);
        proptest::prop_assert_eq!(decode(&archive), (vec![whole], vec![]));
    }

    #[test]
    fn any_bytes_end(mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..2000), magic in proptest::bool::ANY) {
        if magic {
            bytes.splice(0..0, GZIP_MAGIC);
        }
        let (texts, breaks) = decode(&bytes);
        proptest::prop_assert_eq!(texts.len(), breaks.len() + 1);
    }
}

#[test]
fn a_member_that_is_cut_anywhere_loses_not_the_next_one() {
    for pack in [member, bgzf_block] {
        let (a, next) = (text(41, 900), text(42, 3000));
        let whole = pack(&a);
        for cut in 0..whole.len() {
            let (texts, breaks) = decode(&[&whole[..cut], &pack(&next)].concat());
            assert!(texts.concat().ends_with(&next), "cut {cut} of {}: {breaks:?}", whole.len());
            assert!(cut == 0 || breaks.len() == 1, "cut {cut} of {}: {breaks:?}", whole.len());
        }
    }
}

#[test]
fn a_header_is_held_to_its_checksum() {
    // The first bytes of a header before the empty block at the end of BGZF: with the flags of the next magic, a whole
    // member of nothing.
    let end = [&[0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0, 27, 0, 3, 0][..], &[0; 8]].concat();
    let (texts, breaks) = decode(&[&bgzf_block(b"one\n")[..], &GZIP_MAGIC, &end].concat());
    assert_eq!(texts.concat(), b"one\n");
    assert_eq!(breaks, [Break::lossy(DamageKind::BadHeader, bgzf_block(b"one\n").len())]);
    let mut checked = member(b"two\n");
    let header = MemberHeader::read(&checked).unwrap().len;
    checked[3] |= 2;
    let mut crc = Crc::new();
    crc.update(&checked[..header]);
    checked.splice(header..header, crc.sum().to_le_bytes()[..2].to_vec());
    assert_eq!(decode(&checked), (vec![b"two\n".to_vec()], vec![]));
    checked[header] ^= 1;
    assert_eq!(decode(&checked).1, [Break::lossy(DamageKind::BadHeader, 0)]);
}

#[test]
fn many_false_magics_take_no_time() {
    // Each names itself without an end: searched to the end of the archive, 2 MB would take half a minute.
    let archive = [member(b"one\n"), b"\x1f\x8b\x08\x08".repeat(500_000)].concat();
    let (texts, breaks) = decode(&archive);
    assert_eq!(texts[0], b"one\n");
    assert_eq!(breaks.len(), 1);
}

#[test]
fn a_name_may_be_longer_than_any_path() {
    let (a, b) = (text(4, 50_000), text(5, 60));
    for len in [LONGEST_NAME - 1, LONGEST_NAME, LONGEST_NAME + 1, 500_000] {
        let builder = || GzBuilder::new().filename(vec![b'n'; len]).comment(vec![b'c'; len]);
        let mut encoder = builder().write(Vec::new(), Compression::fast());
        encoder.write_all(&a).unwrap();
        let long = encoder.finish().unwrap();
        assert_eq!(decode(&[&long[..], &member(&b)].concat()), (vec![[&a[..], &b].concat()], vec![]), "{len}");
        assert_eq!(decode(&[&member(&b), &long[..]].concat()), (vec![[&b[..], &a].concat()], vec![]), "{len}");
        // Without its end nothing is there.
        let (texts, breaks) = decode(&long[..len + 10]);
        assert_eq!((texts.concat().len(), breaks.len()), (0, 1));
    }
}
