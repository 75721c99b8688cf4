//! What a reader is, and where its attempts go.

use std::collections::BTreeMap;

use super::attempt::Attempt;

/// What is counted of failures that a report's sums have and no element tells of.
pub const UNTOLD: &str = "failure of no test";

/// Something that could not be read: one loss, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line of the text, from 1.
    pub line: u64,
    /// What is wrong.
    pub message: String,
}

/// Where a reader's results go.
pub trait Sink {
    /// An attempt of a test.
    fn attempt(&mut self, attempt: &Attempt<'_>);
    /// An event, or a part of a document, that is no part of an attempt and needs none: counted by kind.
    fn ignored(&mut self, kind: &'static str);
    /// A test that began and of which no end is told (it is an attempt as well, where it counts as one).
    fn unfinished(&mut self);
    /// A cosmetic fault that was mended (`kind`: the name of a
    /// [`Repair`](crate::repair::Repair)): counted by kind.
    fn repaired(&mut self, kind: &'static str);
    /// A loss.
    fn fault(&mut self, fault: Fault);
}

/// A reader of events, a line each. Lines come in order, without their ends; the bytes may be no UTF-8.
pub trait Events: Send {
    /// Takes the line with this number, from 1.
    fn line(&mut self, line: &[u8], number: u64, sink: &mut dyn Sink);
    /// Behind the last line. `is_whole`: whether no text is missing (an archive that is cut off or damaged is not whole).
    fn end(&mut self, is_whole: bool, sink: &mut dyn Sink);
}

/// A reader of documents: a whole text at once, which holds one document or several behind each other.
/// `is_whole` as in [`Events::end`]: what stands before the place where the text breaks off still counts.
pub type Documents = fn(text: &[u8], is_whole: bool, sink: &mut dyn Sink);

/// A sink that keeps everything, for tests.
#[derive(Debug, Default)]
pub struct Kept {
    /// Attempts, in order.
    pub attempts: Vec<Attempt<'static>>,
    /// Ignored events by kind.
    pub ignored: BTreeMap<&'static str, u64>,
    /// Tests without an end.
    pub unfinished: u64,
    /// Repairs by kind.
    pub repaired: BTreeMap<&'static str, u64>,
    /// Losses.
    pub faults: Vec<Fault>,
}

impl Sink for Kept {
    fn attempt(&mut self, attempt: &Attempt<'_>) {
        self.attempts.push(attempt.to_static());
    }

    fn ignored(&mut self, kind: &'static str) {
        *self.ignored.entry(kind).or_default() += 1;
    }

    fn unfinished(&mut self) {
        self.unfinished += 1;
    }

    fn repaired(&mut self, kind: &'static str) {
        *self.repaired.entry(kind).or_default() += 1;
    }

    fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }
}
