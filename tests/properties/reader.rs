//! Readers: whatever a text in a format of test results holds, what comes out are records of the profile `tests`, the same however
//! the text was cut, and no more than the account says.
//!
//! The first byte says which reader, the second where the text is cut. With `RELAPSE_FUZZ_READER` it is that reader whatever the
//! first byte says.

use std::sync::LazyLock;

use relapse::archive::PADDING;
use relapse::format::{Account, Format, Transcript};
use relapse::record::{Parser, Profiles};

static PROFILES: LazyLock<Profiles> = LazyLock::new(Profiles::builtin);

static ONLY: LazyLock<Option<&Format>> = LazyLock::new(|| {
    let id = std::env::var("RELAPSE_FUZZ_READER").ok()?;
    Some(Format::asked_for(&id).expect("it is a format"))
});

/// Bytes of the longest line and of the largest document: less than an input may have.
const MOST: usize = 4096;

pub(crate) fn holds(input: &[u8]) {
    let [reader, cut, text @ ..] = input else { return };
    let format = ONLY.unwrap_or_else(|| &Format::ALL[usize::from(*reader) % Format::ALL.len()]);
    let (first, second) = text.split_at(usize::from(*cut) * text.len() / 256);
    let (lines, account) = told(format, &[text], false);
    assert_eq!(told(format, &[first, second], false), (lines.clone(), account.clone()), "{}", format.id);
    let mut parser = Parser::new(&PROFILES);
    let records = || lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    assert_eq!(records().count() as u64, account.records);
    for line in records() {
        let mut padded = [line, &[b'"'; PADDING]].concat();
        parser.parse(&mut padded, line.len(), 0, |parsed| {
            assert!(parsed.is_ok(), "{}: {}", format.id, String::from_utf8_lossy(line));
        });
    }
    // A text that is known to lack its end is no reason to panic, either.
    told(format, &[first, second], true);
}

fn told(format: &Format, parts: &[&[u8]], is_cut: bool) -> (Vec<u8>, Account) {
    let mut transcript = Transcript::new(format, MOST, MOST);
    for part in parts {
        transcript.feed(part);
        if is_cut {
            transcript.cut();
        }
    }
    transcript.end();
    let mut lines = Vec::new();
    transcript.take(&mut lines);
    (lines, transcript.account().0)
}
