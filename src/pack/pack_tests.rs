use std::io::{Read, Seek, SeekFrom, Write};

use super::*;
use crate::observer::Silent;

const LINES: &[u8] = b"{\"one\":1}\n{\"two\":2}\nthree\n\xff\xfe\nlast";

/// A folder with one archive, and a packing of it into `out` that removes it.
fn setting() -> (tempfile::TempDir, Pack) {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("r.jsonl");
    fs::write(&input, LINES).unwrap();
    let mut pack = Pack::new(vec![input.to_str().unwrap().to_owned()], folder.path().join("out"));
    (pack.threads, pack.frame_size, pack.remove) = (1, 12, true);
    (folder, pack)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Packs while `spoil` changes what was written, before it is read back.
fn spoiled(spoil: impl Fn(&mut std::fs::File) + Sync) -> (tempfile::TempDir, Packed) {
    let (folder, pack) = setting();
    let settle = |target: &mut Target| {
        spoil(target.file());
        Ok(())
    };
    let packed = pack.run_with(&Silent, &settle).unwrap();
    (folder, packed)
}

fn flip(file: &mut std::fs::File, at: u64, bit: u8) {
    let mut byte = [0];
    file.seek(SeekFrom::Start(at)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&[byte[0] ^ 1 << bit]).unwrap();
}

#[test]
fn sound_archives_appear_and_their_originals_go() {
    let (folder, packed) = spoiled(|_| {});
    assert!(packed.failure.is_none() && matches!(packed.rows[0].fate, Fate::Packed) && packed.rows[0].removed);
    assert_eq!(names(folder.path()), ["out"]);
    let bytes = fs::read(folder.path().join("out/r.jsonl.zst")).unwrap();
    assert_eq!(zstd::decode_all(&bytes[..]).unwrap(), LINES);
    assert_eq!(packed.rows[0].bytes_packed, bytes.len() as u64);
}

#[test]
fn no_spoiled_bit_is_taken_for_sound() {
    let (folder, _) = spoiled(|_| {});
    let sound = fs::read(folder.path().join("out/r.jsonl.zst")).unwrap();
    let mut refused = 0;
    for at in 0..sound.len() {
        let bit = [0, 4, 7][at % 3];
        let (folder, packed) = spoiled(|file| flip(file, at as u64, bit));
        let path = folder.path().join("out/r.jsonl.zst");
        if packed.failure.is_none() {
            // A bit that no decoder looks at.
            assert_eq!(zstd::decode_all(&fs::read(path).unwrap()[..]).unwrap(), LINES, "byte {at}, bit {bit}");
            continue;
        }
        refused += 1;
        assert!(matches!(packed.failure, Some(PackError::Mismatch { .. })), "{:?}", packed.failure);
        assert!(matches!(packed.rows[0].fate, Fate::Failed) && !packed.rows[0].removed);
        assert_eq!(names(&folder.path().join("out")), <[&str; 0]>::default());
        assert_eq!(fs::read(folder.path().join("r.jsonl")).unwrap(), LINES);
    }
    assert!(refused + 8 > sound.len(), "{refused} of {}", sound.len());
}

#[test]
fn cut_and_longer_files_are_not_sound() {
    for change in [-1i64, -30, 1] {
        let (folder, packed) = spoiled(|file| {
            let len = file.metadata().unwrap().len();
            file.set_len(len.checked_add_signed(change).unwrap()).unwrap();
        });
        assert!(matches!(packed.failure, Some(PackError::Mismatch { .. })), "{change}: {:?}", packed.failure);
        assert_eq!(names(folder.path()), ["out", "r.jsonl"]);
    }
}

#[test]
fn other_text_is_not_sound_even_where_all_checksums_hold() {
    // What a fault of our own would write: a file that is sound in itself.
    let (folder, _) = spoiled(|_| {});
    let sound = fs::read(folder.path().join("out/r.jsonl.zst")).unwrap();
    let written = {
        let table = super::super::SeekTable::read(&sound).unwrap();
        let mut digester = super::super::intake::Digester::default();
        digester.update(b"{\"one\":1}\n{\"two\":2}\nthree\n\xff\xfe\nlasT");
        super::super::rewrite::Written { digest: digester.digest(), table, bytes: sound.len() as u64 }
    };
    let crew = Crew::new(1, 1, 3).unwrap();
    let stop = verify(&folder.path().join("out/r.jsonl.zst"), &written, &crew.join(), 12).unwrap_err();
    assert!(matches!(stop, Stop::Differs("its text differs")), "{stop:?}");
}

#[test]
fn a_disk_that_fails_ends_it_and_says_where() {
    let (folder, pack) = setting();
    let packed = pack.run_with(&Silent, &|_| Err(io::ErrorKind::StorageFull.into())).unwrap();
    assert!(matches!(packed.failure, Some(PackError::Write { .. })));
    assert_eq!(names(folder.path()), ["out", "r.jsonl"]);
}

#[test]
fn an_original_that_changes_meanwhile_stays() {
    let (folder, mut pack) = setting();
    let input = folder.path().join("r.jsonl");
    // Replaced behind the reader's back, which holds the old file open.
    let replace = |_: &mut Target| {
        fs::write(folder.path().join("new"), LINES).unwrap();
        fs::rename(folder.path().join("new"), &input)
    };
    let packed = pack.run_with(&Silent, &replace).unwrap();
    assert!(matches!(packed.rows[0].fate, Fate::Packed) && !packed.rows[0].removed);
    assert_eq!(packed.rows[0].warnings, ["not removed: it changed"]);
    // Grown.
    pack.force = true;
    let grow = |_: &mut Target| fs::File::options().append(true).open(&input)?.write_all(b"\nmore");
    let packed = pack.run_with(&Silent, &grow).unwrap();
    assert!(matches!(packed.rows[0].fate, Fate::Packed) && !packed.rows[0].removed);
    assert!(input.exists());
}
