//! A sweep's outcome, judged.

use super::incidents::IncidentReport;
use crate::recurrence::{Options, Recurrence, judge};
use crate::sweep::{Outcome, Sweep};

/// A sweep's outcome, judged. The same records give the same one, in whatever order and by however many threads they were
/// read.
#[derive(Debug)]
pub struct Analysis {
    /// Every incident, gravest first, with its verdict.
    pub incidents: IncidentReport,
    /// The verdict on every scenario, with what it rests on.
    pub recurrence: Recurrence,
}

impl Outcome {
    /// Judges what was found. Runs on the rayon pool that it is called in, as [`Sweep::pool`] gives one.
    ///
    /// `sweep` is what was swept with, or stands for it: its taxonomies and packet are told. `packet`: only this packet's
    /// records were counted.
    #[must_use]
    pub fn analyse(&self, sweep: &Sweep, packet: Option<&str>, options: &Options) -> Analysis {
        let mut recurrence = self.judge(options);
        let incidents = self.incidents(sweep, packet, &recurrence);
        incidents.hand_commands(&mut recurrence);
        Analysis { incidents, recurrence }
    }

    /// The verdicts alone, for whoever needs no incident.
    #[must_use]
    pub fn judge(&self, options: &Options) -> Recurrence {
        judge(&self.tally, &self.clean, &self.order, options)
    }

    /// The incidents beside these verdicts, as [`Self::analyse`] has them.
    #[must_use]
    pub fn incidents(&self, sweep: &Sweep, packet: Option<&str>, recurrence: &Recurrence) -> IncidentReport {
        IncidentReport::new(&self.tally, &self.clean, &self.order, recurrence, &sweep.taxonomies, packet)
    }
}
