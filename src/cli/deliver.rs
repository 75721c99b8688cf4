//! What a sweep found, judged and handed out: the same whether it was read, merged or kept from before.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::error::CliError;
use super::exit::ExitStatus;
use super::nothing::Asked;
use super::output::{Outputs, pretty};
use super::output_files::{INCIDENTS, LEDGER, MARKDOWN, PAGE, RECURRENCE};
use super::{baseline, output, reports};
use crate::analysis::{Analysis, IncidentReport, Nothing, answer_digest};
use crate::archive::Ledger;
use crate::diff::{Comparison, Output};
use crate::recurrence::{Options, Recurrence, Verdict};
use crate::report::{
    Basis, Findings, LedgerReport, RecurrenceReport, Since, Summary, Tables, Weekly, html_page, markdown_page, stamped,
};
use crate::store::Answer;
use crate::sweep::{Outcome, Sweep};
use crate::text::inert::inert;

/// Where the reports go.
pub(super) struct Delivery<'d> {
    pub(super) generated_unix_ms: u64,
    /// The arguments as given.
    pub(super) inputs: &'d [String],
    pub(super) out: Option<&'d Path>,
    pub(super) json: bool,
    pub(super) allow_loss: bool,
    pub(super) begun: Instant,
}

/// What was said.
pub(super) enum Said<'s> {
    /// Just now.
    Judged(&'s Judgement),
    /// Before, of the same archives.
    Kept(&'s Answer),
}

/// What a sweep found, judged.
pub(super) struct Judgement {
    incidents: IncidentReport,
    recurrence: Recurrence,
    comparison: Option<Comparison>,
    /// The same for people.
    since: Option<Since>,
    /// The reports for people, by name; none where nobody asked for them.
    pages: Vec<(&'static str, String)>,
}

const FINDINGS: &str = "findings";
const ANSWER: &str = "answer";
const HEADLINE: &str = "headline";

/// How a sweep is judged and reported.
pub(super) struct Judging<'j> {
    pub(super) options: &'j Options,
    /// Only this packet's records were counted.
    pub(super) packet: Option<&'j str>,
    /// What an earlier sweep wrote.
    pub(super) baseline: Option<&'j Output>,
    /// Whether scenarios that never failed are listed, and not only judged.
    pub(super) lists_all: bool,
    /// What was asked for, to be told where that is nothing.
    pub(super) asked: Asked<'j>,
    /// The folder for the tables.
    pub(super) tables: Option<&'j Path>,
}

impl Judging<'_> {
    /// Judges what was read, and writes the tables where they are asked for: they are made of every cell, which no report
    /// keeps. `with_pages`: whether the reports for people are wanted.
    pub(super) fn judged(&self, sweep: &Sweep, outcome: &mut Outcome, with_pages: bool) -> Result<Judgement, CliError> {
        let pool = sweep.pool()?;
        let Analysis { mut incidents, mut recurrence } =
            pool.install(|| outcome.analyse(sweep, self.packet, self.options));
        incidents.nothing = self.asked.nothing(outcome, Some(&recurrence));
        let baseline = self.baseline.filter(|_| incidents.nothing.is_none());
        let comparison = baseline.map(|old| baseline::compare(old, &incidents, &recurrence));
        let since = comparison.as_ref().map(|comparison| reports::since(comparison, &incidents, &recurrence));
        if !self.lists_all {
            recurrence.scenarios.retain(|row| row.judged.verdict != Verdict::NoFailure);
        }
        let mut judgement = Judgement { incidents, recurrence, comparison, since, pages: Vec::new() };
        judgement.incidents.answer = pool.install(|| answer_digest(&judgement.incidents, &judgement.recurrence))?;
        let measured = std::mem::take(&mut outcome.benchmarks);
        let wanted = with_pages || self.tables.is_some();
        let benchmarks = wanted.then(|| reports::benchmarks(measured, &pool)).flatten();
        if let Some(folder) = self.tables {
            let tables = Tables {
                tally: &outcome.tally,
                order: &outcome.order,
                incidents: &judgement.incidents,
                recurrence: &judgement.recurrence,
                ledger: &outcome.ledger,
                benchmarks: benchmarks.as_ref().map(|(series, judged)| (&series[..], judged)),
            };
            reports::write_tables(folder, &pool, &tables)?;
        }
        if with_pages {
            let weekly = Weekly {
                incidents: &judgement.incidents,
                recurrence: &judgement.recurrence,
                ledger: &outcome.ledger,
                benchmarks: benchmarks.as_ref().map(|(_, judged)| judged),
                since: judgement.since.as_ref(),
            };
            let (page, text) = pool.join(|| html_page(&weekly), || markdown_page(&weekly));
            judgement.pages = vec![(PAGE, page?), (MARKDOWN, text?)];
        }
        Ok(judgement)
    }
}

impl Judgement {
    /// Why there is nothing that could have failed, where that is so.
    pub(super) fn nothing(&self) -> Option<&Nothing> {
        self.incidents.nothing.as_ref()
    }
}

impl Said<'_> {
    fn nothing(&self) -> Option<&Nothing> {
        match self {
            Self::Judged(judged) => judged.nothing(),
            // Of nothing no answer is kept.
            Self::Kept(_) => None,
        }
    }

    /// Writes a report as a file has it, but for the moment of the reports for people.
    fn write(&self, name: &str, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Judged(judged) => match name {
                INCIDENTS => {
                    pretty(&IncidentFile { report: &judged.incidents, comparison: judged.comparison.as_ref() }, out)
                }
                RECURRENCE => pretty(
                    &RecurrenceReport::new(&judged.recurrence, &judged.incidents.answer).with_nothing(judged.nothing()),
                    out,
                ),
                page => {
                    let text = judged.pages.iter().find(|(name, _)| *name == page).map(|(_, text)| text.as_bytes());
                    out.write_all(text.unwrap_or_default())
                }
            },
            Self::Kept(answer) => out.write_all(answer.report(name).unwrap_or_default()),
        }
    }

    /// What every file of the answer carries.
    fn digest(&self) -> Cow<'_, str> {
        match self {
            Self::Judged(judged) => judged.incidents.answer.as_str().into(),
            Self::Kept(answer) => String::from_utf8_lossy(answer.report(ANSWER).unwrap_or_default()),
        }
    }

    fn findings(&self, ledger: &Ledger) -> Cow<'_, str> {
        match self {
            Self::Judged(Judgement { incidents, recurrence, since, .. }) => {
                let unjudged = &ledger.totals().unjudged;
                let is_whole = !ledger.has_lost_text();
                Findings { incidents, recurrence, since: since.as_ref(), unjudged, is_whole }.to_string().into()
            }
            Self::Kept(answer) => String::from_utf8_lossy(answer.report(FINDINGS).unwrap_or_default()),
        }
    }

    /// How many incidents, in which runs.
    fn headline(&self) -> Cow<'_, str> {
        match self {
            Self::Judged(Judgement { incidents, recurrence, .. }) => {
                Basis { incidents, recurrence }.headline(|name| inert(name, 60).into_owned()).into()
            }
            Self::Kept(answer) => String::from_utf8_lossy(answer.report(HEADLINE).unwrap_or_default()),
        }
    }

    /// To be kept.
    pub(super) fn answer(&self, outcome: &Outcome) -> io::Result<Answer> {
        let texts = [(FINDINGS, self.findings(&outcome.ledger)), (HEADLINE, self.headline()), (ANSWER, self.digest())];
        let mut reports = texts.map(|(name, text)| (name.to_owned(), text.into_owned().into_bytes())).to_vec();
        for name in [INCIDENTS, RECURRENCE, PAGE, MARKDOWN] {
            let mut bytes = Vec::new();
            self.write(name, &mut bytes)?;
            reports.push((name.to_owned(), bytes));
        }
        let archives = outcome.ledger.archives.clone();
        Ok(Answer { archives, steady: outcome.steady, numbers: Vec::new(), reports })
    }
}

impl Delivery<'_> {
    pub(super) fn hand_out(&self, said: &Said<'_>, ledger: &Ledger, spilled: u64) -> Result<ExitStatus, CliError> {
        let digest = said.digest();
        let report = LedgerReport::new(ledger, self.inputs, self.generated_unix_ms, spilled, &digest);
        if let Some(out) = self.out {
            let pool = crate::threads::pool(0, 0)?;
            Outputs::write(out, |out| {
                let file = |name: &str| out.file(name, |out| said.write(name, out));
                let page = |name: &str| {
                    let mut text = Vec::new();
                    let written = said.write(name, &mut text);
                    let text = stamped(&String::from_utf8_lossy(&text), self.generated_unix_ms);
                    out.file(name, |out| written.and_then(|()| out.write_all(text.as_bytes())))
                };
                // Not the pool of the whole process, which panics where it cannot be started.
                let (one, others) = pool.join(
                    || file(INCIDENTS),
                    || file(RECURRENCE).and_then(|()| out.file(LEDGER, |out| pretty(&report, out))),
                );
                one.and(others)?;
                page(PAGE)?;
                page(MARKDOWN)
            })?;
        }
        if self.json {
            output::print_json_text(&String::from_utf8_lossy(&whole(said, &report)?))?;
            if let Some(nothing) = said.nothing() {
                output::say(&inert(&nothing.line(), 2000));
            }
        } else {
            let out = self.out.map(|out| out.display().to_string());
            let summary = Summary {
                headline: &said.headline(),
                nothing: said.nothing(),
                findings: &said.findings(ledger),
                ledger,
                spilled,
                took: self.begun.elapsed(),
                out: out.as_deref(),
            };
            output::print(&summary.to_string())?;
        }
        Ok(if said.nothing().is_some() { ExitStatus::Unusable } else { self.status(ledger) })
    }

    pub(super) fn status(&self, ledger: &Ledger) -> ExitStatus {
        if ledger.has_loss() && !self.allow_loss { ExitStatus::Loss } else { ExitStatus::Done }
    }
}

/// `incidents.json`: beside the report what changed since the baseline, so that it is still known when the same runs are swept
/// again with this output as the baseline.
#[derive(Serialize)]
struct IncidentFile<'f> {
    #[serde(flatten)]
    report: &'f IncidentReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<&'f Comparison>,
}

/// All reports as one document.
fn whole(said: &Said<'_>, ledger: &LedgerReport<'_>) -> Result<Vec<u8>, CliError> {
    let mut text = b"{".to_vec();
    let mut add = |name: &str, report: Vec<u8>| {
        text.extend_from_slice(if text.len() > 1 { b",\n  " } else { b"\n  " });
        text.extend_from_slice(format!("\"{name}\": ").as_bytes());
        // Two spaces further in: no string of a JSON text holds a newline.
        for line in report.trim_ascii_end().split_inclusive(|&byte| byte == b'\n') {
            text.extend_from_slice(line);
            if line.ends_with(b"\n") {
                text.extend_from_slice(b"  ");
            }
        }
    };
    for (name, file) in [("incidents", INCIDENTS), ("recurrence", RECURRENCE)] {
        let mut report = Vec::new();
        said.write(file, &mut report).map_err(serde_json::Error::io)?;
        add(name, report);
    }
    add("ledger", serde_json::to_vec_pretty(ledger)?);
    text.extend_from_slice(b"\n}\n");
    Ok(text)
}
