//! Damaged deflate data that runs over into the next member: that one is whole, and is read.

use flate2::{Compress, Compression, Crc, FlushCompress};
use relapse::archive::{ArchiveLedger, DamageKind};
use relapse::record::Profiles;
use relapse::sweep::{Silent, Sweep};
use relapse::taxonomy::Taxonomy;

use crate::packing::member;
use crate::program::{folder, record, text};

fn sweep(archive: &[u8]) -> ArchiveLedger {
    let folder = folder(&[("r.jsonl.gz", archive)]);
    let taxonomy = Taxonomy::CATALOG.resolve("crash-triage-v1").unwrap();
    let mut sweep = Sweep::new(vec![text(folder.path()).to_owned()], Profiles::builtin(), taxonomy);
    sweep.threads = 1;
    sweep.run(&Silent).unwrap().ledger.archives.remove(0)
}

fn lines(seeds: std::ops::Range<u64>) -> Vec<u8> {
    seeds.flat_map(|seed| (record(&[("seed", &seed.to_string())]) + "\n").into_bytes()).collect()
}

/// A member's header with a name.
fn header(name: &[u8]) -> Vec<u8> {
    [&[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3][..], name, b"\0"].concat()
}

/// A block of deflate that holds text as it is.
fn stored(is_last: bool, text: &[u8]) -> Vec<u8> {
    let len = u16::try_from(text.len()).unwrap();
    [&[u8::from(is_last)][..], &len.to_le_bytes(), &(!len).to_le_bytes(), text].concat()
}

fn trailer(text: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(text);
    [crc.sum().to_le_bytes(), crc.amount().to_le_bytes()].concat()
}

#[test]
fn a_member_that_ends_inside_the_next_one_takes_no_line_along() {
    let mut a = lines(0..3);
    let len = a.len().next_multiple_of(64);
    a.resize(len, b' ');
    // 32 bytes lie between the two texts; the second begins with what is an empty last block, if it is read as one.
    let b = [b"\x03\x00 and eight bytes\n", &lines(10..20)[..]].concat();
    let first = [header(b"a"), stored(false, &a), stored(true, b""), trailer(&a)].concat();
    let second = [header(b"abc"), stored(true, &b), trailer(&b)].concat();
    let mut archive = [&first[..], &second, &member(&lines(30..34))].concat();
    let whole = sweep(&archive).counts;
    assert_eq!((whole.parsed, whole.rejected.total()), (17, 1));
    // One bit of the length of the first text, and the same bit of its complement.
    let at = header(b"a").len() + 1;
    archive[at] ^= 32;
    archive[at + 2] ^= 32;
    let ledger = sweep(&archive);
    assert_eq!(ledger.counts.parsed, 17, "{:?}", ledger.damage);
    assert_eq!(ledger.damage.iter().map(|damage| damage.what).collect::<Vec<_>>(), [DamageKind::CorruptData]);
}

#[test]
fn whatever_a_cut_member_runs_into_is_read() {
    // Behind a part of itself: its codes fit, so that many of the parts are read on to the very end of the whole.
    let whole = member(&lines(0..60));
    for cut in (20..whole.len()).step_by(13) {
        let archive = [&whole[..cut], &whole].concat();
        let ledger = sweep(&archive);
        let decoded = sweep(&whole[..cut]).counts.lines;
        assert!(ledger.damage_count > 0, "cut at {cut}");
        // The first line behind damage is lost.
        assert!(ledger.counts.parsed >= decoded + 59, "cut at {cut}: {:?} {:?}", ledger.counts, ledger.damage);
    }
}

#[test]
fn a_member_whose_checksum_is_wrong_is_found_behind_another_broken_one() {
    let (broken, behind) = (member(&lines(0..9)), member(&lines(10..19)));
    let (half, len) = (broken.len() / 2, behind.len());
    for rest in [member(&lines(20..23)), Vec::new()] {
        let mut suspect = behind.clone();
        suspect[len - 8] ^= 1;
        let ledger = sweep(&[&broken[..half], b"garbage", &suspect, &rest].concat());
        let sure = sweep(&broken[..half]).counts.parsed + 8 + if rest.is_empty() { 0 } else { 3 };
        assert!(ledger.counts.parsed >= sure, "{:?} {:?}", ledger.counts, ledger.damage);
        assert_eq!(ledger.damage.last().unwrap().what, DamageKind::ChecksumMismatch);
    }
}

#[test]
fn members_that_all_lead_through_one_tail_are_not_all_decoded() {
    const MEMBERS: usize = 300;
    let mut deflate = Compress::new(Compression::best(), false);
    let mut tail = Vec::with_capacity(1 << 20);
    deflate.compress_vec(&vec![b' '; 1 << 20], &mut tail, FlushCompress::Sync).unwrap();
    tail.push(7); // no block
    let each = header(b"").len() + 5;
    let mut archive = Vec::new();
    for number in 1..=MEMBERS {
        archive.extend(header(b""));
        archive.extend(&stored(false, &vec![0; each * (MEMBERS - number)])[..5]);
    }
    archive.extend(tail);
    let ledger = sweep(&archive);
    assert!(ledger.damage_count > 0);
    assert!(ledger.counts.bytes_decoded >= 1 << 20);
    assert!(ledger.counts.bytes_decoded < 20 << 20, "{} bytes", ledger.counts.bytes_decoded);
}

/// Bytes of text that a cut member gives.
fn decodable(cut: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    // It ends in an error, which is what is wanted.
    let _ = std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(cut), &mut text);
    text
}

#[test]
fn what_a_cut_member_runs_into_is_read_once() {
    let text = lines(0..40);
    let whole = member(&text);
    for cut in (20..whole.len() - 1).step_by(7) {
        let ledger = sweep(&[&whole[..cut], &whole].concat());
        let before = memchr::memchr_iter(b'\n', &decodable(&whole[..cut])).count() as u64;
        let counts = &ledger.counts;
        // The first line behind the cut cannot be told from the rest of a divided one.
        assert!(counts.parsed + 1 >= 40 && counts.parsed <= before + 40, "cut at {cut}: {} of {before}", counts.parsed);
        assert_eq!(counts.rejected.total(), 0, "cut at {cut}: {:?}", ledger.rejects);
        assert!(ledger.damage_count >= 1, "cut at {cut}");
    }
}
