//! Lines of the real shape are read by the fast path, and say there what they say on the tape.

use relapse::archive::PADDING;
use relapse::record::{Parsed, Parser, Profiles, Rejection};

use crate::records::{Config, World, write_run};

fn said(parsed: Result<Parsed<'_>, Rejection>) -> String {
    let parsed = parsed.expect("a record");
    let record = &parsed.record;
    let artifacts = record.artifacts.iter().collect::<Vec<_>>();
    let rest = relapse::record::Record { artifacts: relapse::record::Texts::None, ..*record };
    format!("{rest:?} {artifacts:?} {} {}", parsed.repeated, parsed.profile)
}

#[test]
fn nearly_all_lines_take_the_fast_path() {
    let world = World::new(Config { bytes: 4_000_000, runs: 2, fail_rate: 0.1, ..Config::default() });
    let mut bytes = Vec::new();
    let mut lines = 0;
    for run in 0..2 {
        lines += write_run(&world, run, &mut bytes).unwrap().lines;
    }
    bytes.resize(bytes.len() + PADDING, b'"');
    let profiles = Profiles::builtin();
    let mut parser = Parser::new(&profiles);
    let (mut start, end) = (0, bytes.len() - PADDING);
    while let Some(len) = memchr::memchr(b'\n', &bytes[start..end]) {
        let line = &mut bytes[start..];
        let fast = parser.parse(line, len, 0, said);
        assert_eq!(fast, parser.parse_by_tape(line, len, 0, said));
        start += len + 1;
    }
    assert!(parser.vouched() * 100 > lines * 99, "{} of {lines}", parser.vouched());
}
