//! What a sweep found, judged and handed out: the same whether it was read, merged or kept from before.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use relapse::analysis::{Analysis, Nothing};
use relapse::archive::{Ledger, Totals};
use relapse::diff::{Comparison, Output};
use relapse::recurrence::Options;
use relapse::report::{
    Basis, FILES, Findings, INCIDENTS, LEDGER, LedgerMetrics, LedgerReport, Metrics, RECURRENCE, Reports, Screen,
    Summary, Tables, write_reports,
};
use relapse::store::Answer;
use relapse::sweep::{Outcome, Sweep};
use relapse::text::inert::inert;

use super::error::CliError;
use super::exit::ExitStatus;
use super::output;

/// Where the reports go.
pub(super) struct Delivery<'d> {
    pub(super) generated_unix_ms: u64,
    /// What is reported, or stands for it.
    pub(super) sweep: &'d Sweep,
    pub(super) out: Option<&'d Path>,
    /// The file for the numbers.
    pub(super) metrics: Option<&'d Path>,
    pub(super) json: bool,
    /// Whether all is told that the sweep found.
    pub(super) long: bool,
    pub(super) allow_loss: bool,
    pub(super) begun: Instant,
}

/// What was said.
#[expect(clippy::large_enum_variant, reason = "a command has one")]
pub(super) enum Said<'s> {
    /// Just now.
    Judged(Reports<'s>),
    /// Before, of the same archives.
    Kept(&'s Answer),
}

const FINDINGS: &str = "findings";
const SCREEN: &str = "screen";
const IN_WORDS: &str = "in-words";
const ANSWER: &str = "answer";
const HEADLINE: &str = "headline";
const METRICS: &str = "metrics";

/// How a sweep is judged and reported.
pub(super) struct Judging<'j> {
    pub(super) options: &'j Options,
    /// What an earlier sweep wrote.
    pub(super) baseline: Option<&'j Output>,
    /// The folder for the tables.
    pub(super) tables: Option<&'j Path>,
}

impl Judging<'_> {
    /// Judges what was read, beside the baseline where there is one.
    pub(super) fn judged(&self, outcome: Outcome) -> Result<(Analysis, Option<Comparison>), CliError> {
        Ok(match self.baseline {
            Some(old) => outcome.analyse_since(self.options, old)?,
            None => (outcome.analyse(self.options)?, None),
        })
    }

    /// Writes the tables where they are asked for, and makes the reports. `with_pages`: those for people too.
    pub(super) fn reports<'a>(
        &self,
        (analysis, comparison): &'a (Analysis, Option<Comparison>),
        with_pages: bool,
    ) -> Result<Reports<'a>, CliError> {
        let benchmarks = if with_pages || self.tables.is_some() { analysis.benchmarks() } else { None };
        if let Some(folder) = self.tables {
            let tables = Tables::new(analysis, benchmarks.as_ref());
            let waiting = output::waiting(folder);
            analysis.pool().install(|| tables.write_to(folder, &waiting))?;
        }
        let reports = Reports::new(analysis, comparison.as_ref());
        Ok(if with_pages { reports.with_pages(benchmarks.as_ref())? } else { reports })
    }
}

impl Said<'_> {
    pub(super) fn nothing(&self) -> Option<&Nothing> {
        match self {
            Self::Judged(reports) => reports.analysis.incidents.nothing.as_ref(),
            // Of nothing no answer is kept.
            Self::Kept(_) => None,
        }
    }

    /// Writes a report as a file has it, but for the moment of the reports for people.
    fn write(&self, name: &str, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Judged(reports) => reports.write(name, out),
            Self::Kept(answer) => out.write_all(answer.report(name).unwrap_or_default()),
        }
    }

    /// What every file of the answer carries.
    fn digest(&self) -> Cow<'_, str> {
        match self {
            Self::Judged(reports) => reports.analysis.incidents.answer.as_str().into(),
            Self::Kept(answer) => String::from_utf8_lossy(answer.report(ANSWER).unwrap_or_default()),
        }
    }

    /// What was found, on one screen, or at length.
    fn findings(&self, ledger: &Ledger, long: bool) -> Cow<'_, str> {
        match self {
            Self::Judged(reports) if long => {
                let totals = ledger.totals();
                let Screen { incidents, recurrence, since, unjudged, is_whole } = screen(reports, &totals, ledger);
                Findings { incidents, recurrence, since, unjudged, is_whole }.to_string().into()
            }
            Self::Judged(reports) => screen(reports, &ledger.totals(), ledger).to_string().into(),
            Self::Kept(answer) => {
                let name = if long { FINDINGS } else { SCREEN };
                String::from_utf8_lossy(answer.report(name).unwrap_or_default())
            }
        }
    }

    /// The same in some words.
    fn in_words(&self, ledger: &Ledger) -> Cow<'_, str> {
        match self {
            Self::Judged(reports) => screen(reports, &ledger.totals(), ledger).answer().into(),
            Self::Kept(answer) => String::from_utf8_lossy(answer.report(IN_WORDS).unwrap_or_default()),
        }
    }

    /// How many incidents, in which runs.
    fn headline(&self) -> Cow<'_, str> {
        match self {
            Self::Judged(Reports { analysis: Analysis { incidents, recurrence, .. }, .. }) => {
                Basis { incidents, recurrence }.headline(|name| inert(name, 60).into_owned()).into()
            }
            Self::Kept(answer) => String::from_utf8_lossy(answer.report(HEADLINE).unwrap_or_default()),
        }
    }

    /// The same as numbers.
    fn metrics(&self) -> Cow<'_, str> {
        match self {
            Self::Judged(Reports { analysis: Analysis { incidents, recurrence, .. }, .. }) => {
                Metrics { incidents, recurrence }.to_string().into()
            }
            Self::Kept(answer) => String::from_utf8_lossy(answer.report(METRICS).unwrap_or_default()),
        }
    }

    /// To be kept.
    pub(super) fn answer(&self, outcome: &Outcome) -> io::Result<Answer> {
        let texts = [
            (FINDINGS, self.findings(&outcome.ledger, true)),
            (SCREEN, self.findings(&outcome.ledger, false)),
            (IN_WORDS, self.in_words(&outcome.ledger)),
            (HEADLINE, self.headline()),
            (METRICS, self.metrics()),
            (ANSWER, self.digest()),
        ];
        let mut reports = texts.map(|(name, text)| (name.to_owned(), text.into_owned().into_bytes())).to_vec();
        // All but what is said of the files as they were read this time.
        for name in FILES.into_iter().filter(|&name| name != LEDGER) {
            let mut bytes = Vec::new();
            self.write(name, &mut bytes)?;
            reports.push((name.to_owned(), bytes));
        }
        let archives = outcome.ledger.archives.clone();
        Ok(Answer { archives, steady: outcome.steady, reports })
    }
}

fn screen<'s>(reports: &'s Reports<'_>, totals: &'s Totals, ledger: &Ledger) -> Screen<'s> {
    let Reports { analysis: Analysis { incidents, recurrence, .. }, since, .. } = reports;
    let is_whole = !ledger.has_lost_text();
    Screen { incidents, recurrence, since: since.as_ref(), unjudged: &totals.unjudged, is_whole }
}

impl Delivery<'_> {
    pub(super) fn hand_out(&self, said: &Said<'_>, ledger: &Ledger, spilled: u64) -> Result<ExitStatus, CliError> {
        let digest = said.digest();
        let report = LedgerReport::new(ledger, self.sweep, self.generated_unix_ms, spilled, &digest);
        if let Some(out) = self.out {
            let write = |name: &str, out: &mut dyn Write| said.write(name, out);
            write_reports(out, &self.sweep.pool()?, &report, &write, &output::waiting(out))?;
        }
        if let Some(file) = self.metrics {
            let totals = &ledger.totals();
            let read = LedgerMetrics { totals, generated_unix_ms: self.generated_unix_ms };
            output::write_file(file, |out| write!(out, "{}{read}", said.metrics()))?;
        }
        if self.json {
            output::print_json_text(&String::from_utf8_lossy(&whole(said, &report)?))?;
            if let Some(nothing) = said.nothing() {
                output::say(&inert(&nothing.line(), 2000));
            }
        } else {
            let out = self.out.map(|out| out.display().to_string());
            let in_words = (!self.long).then(|| said.in_words(ledger));
            let summary = Summary {
                headline: &said.headline(),
                nothing: said.nothing(),
                findings: &said.findings(ledger, self.long),
                answer: in_words.as_deref(),
                ledger,
                spilled,
                took: self.begun.elapsed(),
                out: out.as_deref(),
            };
            output::print_broken(&summary.to_string())?;
        }
        Ok(if said.nothing().is_some() { ExitStatus::Unusable } else { self.status(ledger) })
    }

    pub(super) fn status(&self, ledger: &Ledger) -> ExitStatus {
        if ledger.has_loss() && !self.allow_loss { ExitStatus::Loss } else { ExitStatus::Done }
    }
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
