use std::io::Write;

use proptest::prelude::*;

use super::*;
use crate::archive::damage::{Break, DamageKind};
use crate::archive::{Archive, Entry, PIECE};

const ORDERS: [Utf16; 2] = [Utf16::LittleEndian, Utf16::BigEndian];

fn encoded(text: &str, order: Utf16) -> Vec<u8> {
    let bytes = |unit: u16| match order {
        Utf16::LittleEndian => unit.to_le_bytes(),
        Utf16::BigEndian => unit.to_be_bytes(),
    };
    text.encode_utf16().flat_map(bytes).collect()
}

fn end(last: bool) -> PieceEnd {
    PieceEnd { damage: None, last, frame_at: None, unchecked: None }
}

/// The text of pieces, and where in it their frames began.
fn converted(pieces: Vec<(&[u8], PieceEnd)>, order: Utf16) -> (Vec<u8>, Vec<usize>) {
    let (mut converter, mut text, mut frames) = (Converter::new(order), Vec::new(), Vec::new());
    for (piece, mut end) in pieces {
        let mut buffer = Buffer::default();
        buffer.extend(piece);
        converter.convert(&mut buffer, &mut end);
        frames.extend(end.frame_at.map(|at| text.len() + at));
        text.extend(buffer.text());
    }
    (text, frames)
}

proptest! {
    #[test]
    fn however_a_text_is_cut_into_pieces_it_is_the_same(
        text in "[a-z{}\n\u{feff}é日😀]{0,60}",
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..6),
        frame in any::<proptest::sample::Index>(),
    ) {
        for order in ORDERS {
            let bytes = encoded(&text, order);
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|cut| (&bytes[cut[0]..cut[1]], end(cut[1] == bytes.len())));
            prop_assert_eq!(converted(pieces.collect(), order).0, text.as_bytes());
            // A frame that begins with a character begins with it still.
            let at = text.char_indices().map(|(at, _)| at).nth(frame.index(text.chars().count().max(1))).unwrap_or(0);
            let frame_at = Some(encoded(&text[..at], order).len());
            let (_, frames) = converted(vec![(&bytes, PieceEnd { frame_at, ..end(true) })], order);
            prop_assert_eq!(frames, [at]);
        }
    }

    #[test]
    fn any_bytes_are_some_text(bytes in proptest::collection::vec(any::<u8>(), 0..60), cut in 0..60_usize) {
        for order in ORDERS {
            let (first, second) = bytes.split_at(cut.min(bytes.len()));
            let damage = Some(Break::lossy(DamageKind::CorruptData, 0));
            let pieces = vec![(first, PieceEnd { damage, ..end(false) }), (second, end(true))];
            prop_assert!(String::from_utf8(converted(pieces, order).0).is_ok());
        }
    }
}

#[test]
fn behind_missing_text_units_are_found_again() {
    for order in ORDERS {
        let bytes = encoded("{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n", order);
        for missing in 1..4 {
            let damage = Some(Break::lossy(DamageKind::CorruptData, 0));
            let pieces = vec![(&bytes[..11], PieceEnd { damage, ..end(false) }), (&bytes[11 + missing..], end(true))];
            let text = String::from_utf8(converted(pieces, order).0).unwrap();
            assert!(text.ends_with("\n{\"b\":2}\n{\"c\":3}\n"), "{missing}: {text}");
        }
    }
}

#[test]
fn archives_of_any_container_are_read_as_utf_8() {
    let folder = tempfile::tempdir().unwrap();
    // Every piece's end divides a pair.
    let long = "\u{feff}".to_owned() + &"😀".repeat(PIECE / 3);
    for text in ["\u{feff}{\"a\":\"é😀\"}\n", "\u{feff}", &long] {
        for order in ORDERS {
            let bytes = encoded(text, order);
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(&bytes).unwrap();
            let halves = bytes.split_at((bytes.len() / 2) | 1);
            let frames = [halves.0, halves.1].map(|half| zstd::encode_all(half, 1).unwrap()).concat();
            for (name, bytes) in [("plain", bytes), ("gzip", gzip.finish().unwrap()), ("zstd", frames)] {
                let path = folder.path().join(name);
                std::fs::write(&path, bytes).unwrap();
                let mut archive = Archive::open(&Entry::of_file(path.to_str().unwrap()), 8 << 20).unwrap();
                archive.convert_utf16();
                assert_eq!(archive.utf16(), Some(order));
                let (mut read, mut piece, mut decoder) =
                    (Vec::new(), Buffer::default(), crate::archive::Decoder::default());
                for unit in 0..archive.units() {
                    let mut reader = archive.read_unit(unit);
                    loop {
                        let end = reader.next_piece(&mut piece, &mut decoder);
                        assert_eq!(end.damage, None);
                        read.extend_from_slice(piece.text());
                        if end.last {
                            break;
                        }
                    }
                }
                assert!(read == text.as_bytes(), "{name}, {order:?}");
            }
        }
    }
}

#[test]
fn other_texts_are_handed_out_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    for bytes in [
        &b""[..],
        b"\xff",
        b"{}",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe\0\0{\0\0\0}\0\0\0",
        &zstd::encode_all(&b"{}"[..], 1).unwrap(),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let mut archive = Archive::open(&Entry::of_file(path.to_str().unwrap()), 8 << 20).unwrap();
        archive.convert_utf16();
        assert_eq!(archive.utf16(), None);
    }
}
