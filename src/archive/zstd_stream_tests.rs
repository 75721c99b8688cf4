use super::*;

const MAX_WINDOW: u64 = 1 << 27;

/// Decodes a whole archive through a small buffer: the text before each break, and the breaks.
fn decode(archive: &[u8]) -> (Vec<Vec<u8>>, Vec<Break>) {
    let mut stream = ZstdStream::new(0..archive.len(), MAX_WINDOW);
    let (mut texts, mut breaks) = (vec![Vec::new()], Vec::new());
    let mut out = Buffer::with_capacity(1000);
    loop {
        out.clear(1000);
        let decoded = stream.read(archive, &mut out);
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

fn frame(text: &[u8], checksum: bool) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(checksum).unwrap();
    std::io::Write::write_all(&mut encoder, text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn frames_and_skippable_frames_follow_each_other() {
    let (a, b) = (text(1, 300_000), text(2, 77));
    let mut archive = frame(&a, true);
    archive.extend([0x5f, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]);
    archive.extend(frame(b"", false));
    archive.extend(frame(&b, false));
    let (texts, breaks) = decode(&archive);
    assert_eq!(texts, [[a, b].concat()]);
    assert_eq!(breaks, []);
}

#[test]
fn a_cut_keeps_every_whole_block() {
    let a = text(3, 400_000);
    let archive = frame(&a, true);
    let mut lengths = Vec::new();
    for cut in (1..archive.len()).step_by(997) {
        let (texts, breaks) = decode(&archive[..cut]);
        assert_eq!(breaks.len(), 1, "cut {cut}");
        assert_eq!(breaks[0].kind, DamageKind::Truncated, "cut {cut}");
        assert!(a.starts_with(&texts[0]), "cut {cut}");
        lengths.push(texts[0].len());
    }
    assert!(lengths.is_sorted());
    assert!(lengths.last().unwrap() >= &(3 * 128 * 1024), "whole blocks are saved");
}

#[test]
fn a_cut_keeps_what_stands_there_as_it_is() {
    // Too short to be compressed: a block of plain text.
    let a = b"one\ntwo\nthree\nfour\nfive";
    let whole = frame(a, true);
    let start = whole.windows(a.len()).position(|bytes| bytes == a).unwrap();
    let next = frame(&text(33, 5000), true);
    for cut in start..start + a.len() {
        let kept = &a[..cut - start];
        let (texts, breaks) = decode(&whole[..cut]);
        assert_eq!((&*texts.concat(), &*breaks), (kept, &[Break::lossy(DamageKind::Truncated, cut)][..]));
        // The next frame is no rest of it.
        let (texts, breaks) = decode(&[&whole[..cut], &next].concat());
        assert_eq!(texts, [kept.to_vec(), text(33, 5000)]);
        assert_eq!(breaks, [Break::lossy(DamageKind::Truncated, cut)]);
    }
    // A block that says to be longer than all that follows it.
    let mut long = whole[..start].to_vec();
    long[start - 3..].copy_from_slice(&((100_000u32 << 3) | 1).to_le_bytes()[..3]);
    let archive = [&long, &a[..], &next].concat();
    let (texts, breaks) = decode(&archive);
    assert_eq!(texts, [a.to_vec(), text(33, 5000)]);
    assert_eq!(breaks, [Break::lossy(DamageKind::Truncated, start + a.len())]);
}

#[test]
fn what_holds_a_frame_is_not_cut_there() {
    let held = [b"one\n", &*frame(b"two\n", true), b"\nthree\n"].concat();
    let (next, junk) = (frame(&text(33, 5000), true), b"no frame");
    let stored = |text: &[u8], last: u32| {
        let size = u32::try_from(text.len()).unwrap();
        [&((size << 3) | last).to_le_bytes()[..3], text].concat()
    };
    let head = [&ZSTD_MAGIC[..], &[0, 0x58]].concat();
    let holder = [head.clone(), stored(&held, 0), stored(b"four\n", 1)].concat();
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18], &u32::try_from(held.len()).unwrap().to_le_bytes()[..], &held].concat();
    // Longer than any budget of steps, with a frame in it again and again.
    let mut long = head;
    for _ in 0..1000 {
        long.extend([stored(&held, 0), stored(b"", 0).repeat(4500)].concat());
    }
    long.extend(stored(b"five\n", 1));
    for (whole, holds) in [
        (holder, [&*held, b"four\n"].concat()),
        (skippable, Vec::new()),
        (long, [held.repeat(1000), b"five\n".to_vec()].concat()),
    ] {
        assert!(decode(&[&*whole, &next].concat()) == (vec![[&*holds, &text(33, 5000)].concat()], Vec::new()));
        let (texts, breaks) = decode(&[&*whole, junk, &next].concat());
        assert!(texts == [holds, text(33, 5000)], "{breaks:?}");
        assert_eq!(breaks, [Break::lossy(DamageKind::Garbage, whole.len())]);
    }
}

#[test]
fn a_frame_that_lost_its_checksum_loses_not_the_next_one() {
    let (a, b) = (frame(&text(31, 9000), true), frame(&text(32, 7000), true));
    for lost in 1..=4 {
        let archive = [&a[..a.len() - lost], &b].concat();
        let damage = [Break::lossless(DamageKind::ChecksumMismatch, a.len() - 4)];
        let (texts, breaks) = decode(&archive);
        assert_eq!(texts.concat(), [text(31, 9000), text(32, 7000)].concat());
        assert_eq!(breaks, damage);
        // The seek table of a packed archive, behind its last frame.
        let skippable = [0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        assert_eq!(decode(&[&a[..a.len() - lost], &skippable[..]].concat()).1, damage);
    }
}

#[test]
fn a_frame_that_is_cut_anywhere_loses_not_the_next_one() {
    // Stored and compressed blocks, with and without a checksum and a size; frames that hold nothing to read, too.
    let skippable = [0x50, 0x2a, 0x4d, 0x18, 40, 0, 0, 0].into_iter().chain(1..=40).collect();
    let next = frame(&text(35, 3000), true);
    let sized = zstd::bulk::compress(&text(36, 70_000), 1).unwrap();
    for a in [frame(b"one\ntwo\n", true), frame(b"one\n", false), frame(&text(34, 700), true), skippable, sized] {
        let few = (0..a.len().min(1000)).chain(a.len().saturating_sub(20)..a.len());
        for cut in few {
            let (texts, breaks) = decode(&[&a[..cut], &next].concat());
            let all = texts.concat();
            assert!(all.ends_with(&text(35, 3000)), "cut {cut} of {}: {breaks:?}, {}", a.len(), all.len());
            assert!(cut == 0 || breaks.len() == 1, "cut {cut} of {}: {breaks:?}", a.len());
        }
    }
}

#[test]
fn a_wrong_checksum_loses_no_text() {
    let a = text(4, 5000);
    let mut archive = frame(&a, true);
    let last = archive.len() - 1;
    archive[last] ^= 1;
    archive.extend(frame(b"next\n", true));
    let (texts, breaks) = decode(&archive);
    assert_eq!(breaks, [Break::lossless(DamageKind::ChecksumMismatch, last - 3)]);
    assert_eq!(texts, [a, b"next\n".to_vec()]);
}

#[test]
fn a_cut_checksum_loses_no_text() {
    let a = text(5, 5000);
    let archive = frame(&a, true);
    let (texts, breaks) = decode(&archive[..archive.len() - 2]);
    assert_eq!(texts[0], a);
    assert_eq!(breaks, [Break::lossy(DamageKind::Truncated, archive.len() - 4)]);
}

#[test]
fn decoding_goes_on_behind_a_broken_frame() {
    let (a, b) = (text(6, 200_000), text(7, 3000));
    let first = frame(&a, true);
    // Block headers, block contents, the frame header: wherever one byte is wrong, the second frame is read.
    for at in (4..first.len()).step_by(501).chain([4, 5, 6, 7, 8, 9]) {
        let mut archive = first.clone();
        archive[at] ^= 0x5a;
        archive.extend(frame(&b, true));
        let (texts, breaks) = decode(&archive);
        if !breaks.is_empty() {
            assert_eq!(texts.last().unwrap(), &b, "byte {at}: {breaks:?}");
        }
    }
}

#[test]
fn garbage_between_frames_is_skipped_and_said() {
    let mut archive = frame(b"one\n", true);
    let at = archive.len() as u64;
    archive.extend(b"not a frame at all \x28\xb5\x2f\xfd nor this");
    archive.extend(frame(b"two\n", true));
    let (texts, breaks) = decode(&archive);
    assert_eq!(texts, [b"one\n".to_vec(), b"two\n".to_vec()]);
    assert_eq!(breaks, [Break { kind: DamageKind::Garbage, at, loses_text: true, needed_window: None }]);
}

#[test]
fn a_window_above_the_limit_is_refused_by_name() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(20).unwrap();
    std::io::Write::write_all(&mut encoder, &text(8, 3 << 20)).unwrap();
    let archive = encoder.finish().unwrap();
    let mut stream = ZstdStream::new(0..archive.len(), 1 << 17);
    let decoded = stream.read(&archive, &mut Buffer::with_capacity(100));
    let refused = Break::lossy(DamageKind::WindowTooLarge, 0);
    assert_eq!(decoded, Decoded::Broken(Break { needed_window: Some(1 << 20), ..refused }));
}

proptest::proptest! {
    #[test]
    fn any_bytes_end(mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..2000), magic in 0..3usize) {
        let start: &[u8] = [&ZSTD_MAGIC[..], &[0x50, 0x2a, 0x4d, 0x18], &[]][magic];
        bytes.splice(0..0, start.iter().copied());
        let (texts, breaks) = decode(&bytes);
        proptest::prop_assert_eq!(texts.len(), breaks.len() + 1);
    }
}

#[test]
fn many_broken_frames_before_a_long_tail_take_no_time() {
    // Every frame begins well and breaks in its second block, from which a walk leads through all of the tail.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x00];
    frame.extend([2 << 3, 0, 0, b'{', b'\n']);
    let bad = (100_000u32 << 3 | 2 << 1).to_le_bytes();
    frame.extend(&bad[..3]);
    let archive = [frame.repeat(4000), vec![0; 3 << 20]].concat();
    let (_, breaks) = decode(&archive);
    assert!(!breaks.is_empty());
}

#[test]
fn a_frame_that_only_states_another_length_is_read() {
    // In one segment, and with a window of its own; small, and of several blocks.
    for len in [70_000_u32, 700_000, 3_000_000] {
        for checksum in [true, false] {
            let a = text(7, len as usize);
            let mut compressor = zstd::bulk::Compressor::new(1).unwrap();
            compressor.include_checksum(checksum).unwrap();
            let sound = compressor.compress(&a).unwrap();
            let header = FrameHeader::read(&sound).unwrap();
            assert_eq!(header.content, Some(u64::from(len)));
            let is_single = sound[4] & 0x20 != 0;
            let at = if is_single { 5 } else { 6 };
            for stated in [0, 1000, len - 257, len + 1, 0x7fff_ffff] {
                let mut wrong = sound.clone();
                wrong[at..at + 4].copy_from_slice(&stated.to_le_bytes());
                let b = text(8, 500);
                let archive = [&wrong[..], &frame(&b, true)].concat();
                let (texts, breaks) = decode(&archive);
                assert_eq!(
                    breaks.iter().map(|it| it.kind).collect::<Vec<_>>(),
                    [DamageKind::LengthMismatch],
                    "{stated}"
                );
                assert!(!breaks[0].loses_text);
                assert!(texts[0] == a && texts[1] == b, "{len} {stated}");
            }
        }
    }
}

#[test]
fn a_window_that_is_refused_says_how_large_it_is() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(28).unwrap();
    std::io::Write::write_all(&mut encoder, b"text\n").unwrap();
    let (texts, breaks) = decode(&encoder.finish().unwrap());
    assert_eq!(texts.concat(), b"");
    assert_eq!((breaks[0].kind, breaks[0].needed_window), (DamageKind::WindowTooLarge, Some(1 << 28)));
}
