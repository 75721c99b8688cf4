//! Lines: the fast path, the tape and the judge say the same of every one, with the lines before it as they were.
//!
//! The input is a log, so that the fast path learns from its lines, and is tried on lines that nearly are as those were.

use std::sync::LazyLock;

use relapse::archive::PADDING;
use relapse::record::{Parsed, Parser, Profiles, Rejection, Texts};

static PROFILES: LazyLock<Profiles> = LazyLock::new(Profiles::builtin);

pub(crate) fn holds(log: &[u8]) {
    agree(log, &PROFILES);
}

/// Parses a log in all ways.
pub(crate) fn agree(log: &[u8], profiles: &Profiles) {
    let mut parser = Parser::new(profiles);
    // Often enough for its shapes to be learned.
    for _ in 0..3 {
        for line in log.split(|&byte| byte == b'\n') {
            let judged = parser.judge(line, 0, said);
            let mut padded = [line, &[b'"'; PADDING]].concat();
            assert_eq!(parser.parse(&mut padded, line.len(), 0, said), judged);
            assert_eq!(parser.parse_by_tape(&mut padded, line.len(), 0, said), judged);
            assert!(padded.starts_with(line));
        }
    }
}

fn said(parsed: Result<Parsed<'_>, Rejection>) -> Result<String, Rejection> {
    parsed.map(|Parsed { mut record, repeated, has_outcomes, repairs, profile }| {
        // Where they stand is no part of what they say.
        let artifacts: Vec<String> =
            std::mem::replace(&mut record.artifacts, Texts::None).iter().map(Into::into).collect();
        format!("{record:?} {artifacts:?} {repeated} {has_outcomes} {repairs:?} {profile}")
    })
}
