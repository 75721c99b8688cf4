//! A text on its way to lines of the profile `tests`.

use std::collections::BTreeMap;

use super::attempt::{Attempt, Ending};
use super::format::{Format, Kind};
use super::line;
use super::reader::{Documents, Events, Fault, Sink};
use crate::unit::is_unit;

/// Faults that are listed of one text; all are counted.
const LISTED: usize = 20;
/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What a reader made of a text, beside its records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Lines of the text.
    pub lines: u64,
    /// Those of white space alone.
    pub blank: u64,
    /// Attempts of tests.
    pub records: u64,
    /// Those of units that were fine, which are told beside the tests.
    pub units: u64,
    /// Tests without an end.
    pub unfinished: u64,
    /// Events, or parts of documents, that are no part of an attempt, by kind.
    pub ignored: BTreeMap<&'static str, u64>,
    /// Cosmetic faults that were mended, by kind.
    pub repaired: BTreeMap<&'static str, u64>,
    /// The first losses.
    pub faults: Vec<Fault>,
    /// All of them.
    pub fault_count: u64,
    /// Bytes that belong to no whole line.
    pub lost_bytes: u64,
}

/// Lines of the profile that nobody has taken yet, and the account.
#[derive(Default)]
struct Out {
    text: Vec<u8>,
    /// For every line since the start, which line of the text it was read from.
    numbers: Vec<u64>,
    account: Account,
}

impl Sink for Out {
    fn attempt(&mut self, attempt: &Attempt<'_>) {
        line::write(attempt, &mut self.text);
        self.numbers.push(attempt.line);
        self.account.records += 1;
        self.account.units += u64::from(attempt.ending == Ending::Passed && is_unit(&attempt.scenario));
    }

    fn ignored(&mut self, kind: &'static str) {
        *self.account.ignored.entry(kind).or_default() += 1;
    }

    fn unfinished(&mut self) {
        self.account.unfinished += 1;
    }

    fn repaired(&mut self, kind: &'static str) {
        *self.account.repaired.entry(kind).or_default() += 1;
    }

    fn fault(&mut self, fault: Fault) {
        self.account.fault_count += 1;
        if self.account.faults.len() < LISTED {
            self.account.faults.push(fault);
        }
    }
}

enum State {
    Events(Box<dyn Events>),
    Documents(Documents),
}

/// A text on its way. Its parts come in order; any cut between them gives the same.
pub struct Transcript {
    state: State,
    /// The line that the next part goes on with, or all of a document.
    held: Vec<u8>,
    /// Bytes that are held at most; the longest line, or the largest document.
    most: usize,
    /// Whether more came than can be held.
    is_too_long: bool,
    /// Whether text is missing before the next part.
    is_behind_gap: bool,
    is_whole: bool,
    out: Out,
}

impl Transcript {
    /// Begins one. `longest_line`, `largest_document`: bytes that are held at most.
    #[must_use]
    pub fn new(format: &Format, longest_line: usize, largest_document: usize) -> Self {
        let (state, most) = match format.kind {
            Kind::Events(begin) => (State::Events(begin()), longest_line),
            Kind::Documents(read) => (State::Documents(read), largest_document),
        };
        Self {
            state,
            held: Vec::new(),
            most,
            is_too_long: false,
            is_behind_gap: false,
            is_whole: true,
            out: Out::default(),
        }
    }

    /// Takes the next part of the text.
    pub fn feed(&mut self, part: &[u8]) {
        let mut rest = part;
        if matches!(self.state, State::Documents(_)) {
            self.out.account.lines += memchr::memchr_iter(b'\n', part).count() as u64;
            return self.hold(part);
        }
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (first, behind) = (&rest[..end], &rest[end + 1..]);
            rest = behind;
            if std::mem::take(&mut self.is_behind_gap) {
                // It began where text is missing.
                self.out.account.lost_bytes += (self.held.len() + first.len() + 1) as u64;
                self.held.clear();
            } else if self.held.is_empty() && !self.is_too_long && first.len() <= self.most {
                self.line(first);
            } else {
                self.hold(first);
                self.held_line();
            }
        }
        self.hold(rest);
    }

    /// Says that text is missing behind what came last.
    pub fn cut(&mut self) {
        self.is_whole = false;
        if matches!(self.state, State::Events(_)) {
            self.out.account.lost_bytes += self.held.len() as u64;
            self.held.clear();
            (self.is_too_long, self.is_behind_gap) = (false, true);
        }
    }

    /// Says that nothing follows.
    pub fn end(&mut self) {
        match &mut self.state {
            State::Events(_) if self.is_behind_gap => {
                self.out.account.lost_bytes += self.held.len() as u64;
            }
            State::Events(_) if self.held.is_empty() && !self.is_too_long => {}
            State::Events(_) => self.held_line(),
            State::Documents(_) if self.is_too_long => {
                let message = format!("a document of more than {} bytes", self.most);
                self.out.fault(Fault { line: 1, message });
            }
            State::Documents(read) => {
                self.out.account.lines += u64::from(!self.held.is_empty() && self.held.last() != Some(&b'\n'));
                let text = self.held.strip_prefix(MARK).unwrap_or(&self.held);
                read(text, self.is_whole, &mut self.out);
            }
        }
        if let State::Events(events) = &mut self.state {
            events.end(self.is_whole, &mut self.out);
        }
        self.held = Vec::new();
    }

    /// Bytes of lines that nobody has taken yet.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.out.text.len()
    }

    /// The lines that nobody has taken yet; `into` is emptied first.
    pub fn take(&mut self, into: &mut Vec<u8>) {
        into.clear();
        std::mem::swap(&mut self.out.text, into);
    }

    /// The account, and for every line since the start which line of the text it was read from.
    #[must_use]
    pub fn account(self) -> (Account, Vec<u64>) {
        (self.out.account, self.out.numbers)
    }

    fn hold(&mut self, more: &[u8]) {
        if self.is_too_long || self.held.len() + more.len() > self.most {
            self.is_too_long = true;
            self.held = Vec::new();
        } else {
            self.held.extend_from_slice(more);
        }
    }

    fn held_line(&mut self) {
        if std::mem::take(&mut self.is_too_long) {
            self.out.account.lines += 1;
            let fault =
                Fault { line: self.out.account.lines, message: format!("a line of more than {} bytes", self.most) };
            return self.out.fault(fault);
        }
        let mut line = std::mem::take(&mut self.held);
        self.line(&line);
        line.clear();
        self.held = line;
    }

    fn line(&mut self, line: &[u8]) {
        let Self { state: State::Events(events), out, .. } = self else { return };
        out.account.lines += 1;
        let mark = if out.account.lines == 1 { MARK } else { &[] };
        let line = line.strip_prefix(mark).unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.trim_ascii().is_empty() {
            out.account.blank += 1;
            return;
        }
        let number = out.account.lines;
        events.line(line, number, out);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Tells each line as a test that passed.
    #[derive(Default)]
    struct Echo;

    impl Events for Echo {
        fn line(&mut self, line: &[u8], number: u64, sink: &mut dyn Sink) {
            let scenario = String::from_utf8_lossy(line);
            sink.attempt(&Attempt { line: number, scenario, ..Attempt::default() });
        }

        fn end(&mut self, is_whole: bool, sink: &mut dyn Sink) {
            sink.ignored(if is_whole { "whole" } else { "cut" });
        }
    }

    fn echo() -> Box<dyn Events> {
        Box::new(Echo)
    }

    fn document(text: &[u8], _: bool, sink: &mut dyn Sink) {
        Echo.line(text, 1, sink);
    }

    const EVENTS: Format = Format { id: "echo", name: "echo", told_by: "", kind: Kind::Events(echo) };
    const DOCUMENTS: Format = Format { id: "one", name: "one", told_by: "", kind: Kind::Documents(document) };

    fn told(format: &Format, parts: &[&[u8]]) -> (String, Account, Vec<u64>) {
        let mut transcript = Transcript::new(format, 10, 40);
        let mut text = Vec::new();
        for part in parts {
            transcript.feed(part);
            let mut taken = Vec::new();
            transcript.take(&mut taken);
            text.extend(taken);
        }
        transcript.end();
        let mut taken = Vec::new();
        transcript.take(&mut taken);
        text.extend(taken);
        let (account, numbers) = transcript.account();
        (String::from_utf8(text).unwrap(), account, numbers)
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same(text in "[ab\r\n ]{0,50}", cuts in prop::collection::vec(0_usize..50, 0..5)) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.sort_unstable();
            let mut parts = Vec::new();
            let mut start = 0;
            for cut in cuts.into_iter().chain([text.len()]) {
                parts.push(&text.as_bytes()[start..cut]);
                start = cut;
            }
            for format in [&EVENTS, &DOCUMENTS] {
                prop_assert_eq!(told(format, &parts), told(format, &[text.as_bytes()]));
            }
        }
    }

    #[test]
    fn lines_are_counted_and_none_is_held_that_is_too_long() {
        let (text, account, numbers) = told(&EVENTS, &[b"one\r\n\n", b"a line that is too long\nla", b"st"]);
        assert_eq!(text.lines().count(), 2);
        assert_eq!(numbers, [1, 4]);
        assert_eq!((account.lines, account.blank, account.records, account.fault_count), (4, 1, 2, 1));
        assert_eq!(account.faults[0].line, 3);
        let (_, account, _) = told(&DOCUMENTS, &[&[b'a'; 30], &[b'a'; 30]]);
        assert_eq!((account.records, account.fault_count), (0, 1));
    }

    #[test]
    fn a_gap_costs_the_lines_at_its_ends() {
        let mut transcript = Transcript::new(&EVENTS, 100, 100);
        transcript.feed(b"one\ntw");
        transcript.cut();
        transcript.feed(b"ree\nfour\n");
        transcript.end();
        let (account, numbers) = transcript.account();
        assert_eq!((account.records, account.lost_bytes, numbers), (2, 6, vec![1, 2]));
        assert_eq!(account.ignored.get("cut"), Some(&1));
    }
}
