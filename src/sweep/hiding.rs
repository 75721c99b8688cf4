//! Records of an archive that may hide failures.

use crate::text::terminal::plural;

/// How many records there are of each kind that may hide a failure.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hiding {
    /// Those whose outcome stands more than once, in words that may differ.
    pub(super) outcomes: u64,
    /// Those that failed and name no packet, where one packet's records count.
    pub(super) no_packet: u64,
}

impl Hiding {
    /// Counts what another part of the archive has.
    pub(super) fn add(&mut self, other: Self) {
        self.outcomes += other.outcomes;
        self.no_packet += other.no_packet;
    }

    /// What a reader should know of them.
    pub(super) fn warnings(self) -> impl Iterator<Item = String> {
        let outcomes = (self.outcomes > 0).then(|| {
            let records = plural(self.outcomes, "record");
            format!("several outcomes in one record: {records}; the last one counts, and may hide a failure")
        });
        let no_packet = (self.no_packet > 0).then(|| {
            let records = plural(self.no_packet, "record");
            format!("failed without a packet: {records}, which --packet leaves out")
        });
        outcomes.into_iter().chain(no_packet)
    }
}
