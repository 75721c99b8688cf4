//! A sweep's outcome, judged.

use rayon::ThreadPool;
use thiserror::Error;

use super::answer::answer_digest;
use super::incidents::IncidentReport;
use crate::benchmark::{self, Benchmarks, REPORT_PERMUTATIONS};
use crate::recurrence::{Options, Recurrence, judge};
use crate::sweep::Outcome;
use crate::tally::Series;

/// A sweep's outcome, judged. The same records give the same one, in whatever order and by however many threads they were
/// read.
#[derive(Debug)]
pub struct Analysis {
    /// What was judged; its benchmarks are among [`Self::series`].
    pub found: Outcome,
    /// Every incident, gravest first, with its verdict.
    pub incidents: IncidentReport,
    /// The verdict on every scenario, with what it rests on.
    pub recurrence: Recurrence,
    /// What benchmark lines measured, by key.
    pub series: Vec<Series>,
    pool: ThreadPool,
}

/// Why an outcome could not be judged.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AnalysisError {
    /// Threads could not be started.
    #[error("failed to start a thread: raise the limit of processes (ulimit -u), or end others")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The digest of the answer could not be made.
    #[error("failed to make the digest of the answer")]
    Digest(#[from] rmp_serde::encode::Error),
}

impl Outcome {
    /// Judges what was found, on as many threads as read it.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn analyse(self, options: &Options) -> Result<Analysis, AnalysisError> {
        self.analyse_unsealed(options)?.seal()
    }

    /// The same, but that no digest is made yet: more may become of it.
    pub(crate) fn analyse_unsealed(mut self, options: &Options) -> Result<Analysis, AnalysisError> {
        let pool = self.sweep.pool()?;
        let (mut incidents, recurrence) = pool.install(|| {
            let mut recurrence = self.judge(options);
            let incidents = self.incidents(&recurrence);
            incidents.hand_commands(&mut recurrence);
            (incidents, recurrence)
        });
        incidents.nothing = self.nothing(Some((&recurrence, options)));
        let mut series = std::mem::take(&mut self.benchmarks).into_series();
        series.retain(|series| !series.points.is_empty() || series.rejected > 0);
        series.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(Analysis { found: self, incidents, recurrence, series, pool })
    }

    /// The verdicts alone, for whoever needs no incident. Runs on the rayon pool that it is called in, as
    /// [`crate::sweep::Sweep::pool`] gives one.
    #[must_use]
    pub fn judge(&self, options: &Options) -> Recurrence {
        judge(&self.tally, &self.clean, &self.order, options)
    }

    /// The incidents beside these verdicts, as [`Self::analyse`] has them. Runs on the rayon pool that it is called in.
    #[must_use]
    pub fn incidents(&self, recurrence: &Recurrence) -> IncidentReport {
        let sweep = &self.sweep;
        let packet = sweep.packet.as_deref();
        let mut report =
            IncidentReport::new(&self.tally, &self.clean, &self.order, recurrence, &sweep.taxonomies, packet);
        report.filter = self.filter();
        report.words = sweep.words();
        report.window.clone_from(&report.filter.window);
        report
    }
}

impl Analysis {
    /// Gives the incidents the digest that every file of the answer carries.
    pub(crate) fn seal(mut self) -> Result<Self, AnalysisError> {
        self.incidents.answer = self.pool.install(|| answer_digest(&self.incidents, &self.recurrence))?;
        Ok(self)
    }

    /// What the benchmark lines among the records show; `None` where there are none. It is judged anew each time.
    #[must_use]
    pub fn benchmarks(&self) -> Option<Benchmarks> {
        let options = benchmark::Options { permutations: REPORT_PERMUTATIONS, ..benchmark::Options::default() };
        (!self.series.is_empty()).then(|| self.pool.install(|| benchmark::judge(&self.series, &options)))
    }

    /// The threads that it was judged on.
    #[must_use]
    pub fn pool(&self) -> &ThreadPool {
        &self.pool
    }
}
