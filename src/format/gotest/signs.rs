//! What the output of a package of a `go test -json` log says of the package, whatever test it is told to be of.

use memchr::memmem;

use super::test::Test;
use crate::format::attempt::Ending;
use crate::format::scan::{Mended, decode};

/// What was said.
#[derive(Default)]
pub(super) struct Signs {
    pub(super) seed: Option<u64>,
    pub(super) is_cached: bool,
    pub(super) is_timed_out: bool,
    /// Names below "running tests:", which Go prints when a package takes too long (since 1.20).
    running: Vec<Box<[u8]>>,
    is_listing: bool,
}

impl Signs {
    /// What output says of the package, whatever test it is told to be of.
    pub(super) fn listen(&mut self, piece: &[u8]) {
        if self.is_listing {
            // `\tTestName (1s)`
            let name = piece.strip_prefix(b"\\t").and_then(|rest| rest.split(|&byte| byte == b' ').next());
            match name {
                Some(name) if self.running.len() < 10_000 => self.running.push(name.into()),
                _ => self.is_listing = false,
            }
        }
        if piece.starts_with(b"panic: test timed out after ") {
            self.is_timed_out = true;
        } else if self.is_timed_out && piece.starts_with(b"running tests:") {
            self.is_listing = true;
        } else if piece.starts_with(b"ok ") && memmem::find(piece, b"(cached)").is_some() {
            self.is_cached = true;
        } else if let Some(seed) = piece.strip_prefix(b"-test.shuffle ") {
            let digits = seed.split(|byte| !byte.is_ascii_digit()).next().unwrap_or_default();
            self.seed = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        }
    }

    /// Whether a panic or a data race in a test's output is its own. Go tells output to be of the test that printed last,
    /// so that of another one may stand here: its stack names it.
    pub(super) fn died_in(&self, test: &Test) -> bool {
        if test.is_race || (test.is_panic && self.is_timed_out && self.runs(&test.name)) {
            return true;
        }
        if !test.is_panic {
            return false;
        }
        let text = test.output.text(&mut Mended::default());
        let top = decode(test.name.split(|&byte| byte == b'/').next().unwrap_or_default(), &mut Mended::default())
            .into_owned();
        let mut is_named = false;
        for at in memmem::find_iter(text.as_bytes(), ".Test") {
            let frame = text.get(at + 1..).unwrap_or_default();
            let function = frame.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next();
            if function == Some("TestMain") {
                continue;
            }
            if function == Some(top.as_str()) {
                return true;
            }
            is_named = true;
        }
        !is_named
    }

    /// Whether a test ran when the package's time was over; before Go 1.20 nothing says so.
    fn runs(&self, name: &[u8]) -> bool {
        self.running.is_empty() || self.running.iter().any(|running| **running == *name)
    }

    /// How a failed test failed.
    pub(super) fn cause(&self, test: &Test, otherwise: Ending) -> Ending {
        if self.is_timed_out && self.runs(&test.name) && (test.is_panic || test.end.is_none()) {
            Ending::TimedOut
        } else if test.is_panic {
            Ending::Crashed
        } else {
            otherwise
        }
    }
}
