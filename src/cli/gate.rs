//! `relapse gate`.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::args::{GateArgs, GateFormat};
use super::baseline;
use super::error::CliError;
use super::exit::ExitStatus;
use super::inputs::Inputs;
use super::output;
use super::policy::{AnyPolicy, read};
use super::progress::Progress;
use super::store;
use super::sweep::{judging, options, read as read_all};
use relapse::benchmark::{self, Candidate};
use relapse::diff::Comparison;
use relapse::gate::reliability::{Origin, ReliabilityPolicy, ReliabilityReport};
use relapse::gate::{Decision, Facts, Terms, format, judge};
use relapse::sweep::Window;
use relapse::tally::{Keeper, Rule};
use relapse::text::inert::{inert, inert_json};

/// What is written as JSON: the report that the policy's schema asks for.
#[derive(Serialize)]
#[serde(untagged)]
enum Report {
    Reliability(Box<ReliabilityReport>),
    Native,
}

pub(super) fn run(args: &GateArgs) -> Result<ExitStatus, CliError> {
    let generated_unix_ms = output::generated_unix_ms()?;
    let policy = read(&args.policy)?;
    let mut judging = judging(&args.judging)?;
    if let AnyPolicy::Native(policy) = &policy {
        judging.fixes.extend(policy.fixes.iter().cloned());
    }
    // Only with every scenario judged can one that passed be told from one that did not run.
    let baseline = baseline::read(args.baseline.as_deref(), None)?;
    judging.all |= baseline.is_some() || args.judging.branch.is_some();
    let mut sweep = options(&args.input)?;
    sweep.branch.clone_from(&judging.branch);
    sweep.keep_clean = judging.all;
    sweep.keep_entries = true;
    sweep.keep_contents = args.store.keep_gone;
    let store = store::opened(&args.store)?;
    let progress = Progress::new();
    let mut found = sweep.discover()?;
    Inputs::of(found.files().chain(args.input.definitions()).chain([args.policy.as_path()]))
        .and_output(args.baseline.as_deref())
        .and_store(args.store.store.as_deref())
        .spare(args.output.as_deref())?;
    let session = store::session(store.as_ref(), &args.store, &sweep, &mut found, &progress)?;
    let outcome = read_all(&sweep, found, session.as_ref().map(|session| session as &dyn Keeper), &progress);
    if let Some(session) = &session {
        session.end();
    }
    let mut outcome = outcome?;
    let pool = sweep.pool()?;
    let recurrence = pool.install(|| outcome.judge(&judging));
    let nothing = outcome.nothing(Some((&recurrence, &judging))).map(|nothing| nothing.line());
    let is_narrowed = judging.branch.is_some();
    if is_narrowed {
        // All figures of a gate are of the runs that it judges.
        let judged = recurrence.run_ids();
        outcome.entries.retain_runs(|run| judged.contains(run));
    }
    let options = benchmark_options(args, &policy, day(generated_unix_ms));
    let series = std::mem::take(&mut outcome.benchmarks).into_series();
    if let Some(run) = &args.candidate
        && !series.iter().any(|series| series.holds_run(run))
    {
        return Err(CliError::NoCandidate(run.clone()));
    }
    let benchmarks = pool.install(|| benchmark::judge(&series, &options));
    let incidents = (baseline.is_some() || is_narrowed).then(|| pool.install(|| outcome.incidents(&recurrence)));
    let changes = baseline
        .as_ref()
        .zip(incidents.as_ref())
        .map(|(old, incidents)| Comparison::since(old, incidents, &recurrence));
    // Runs of other branches are everywhere; only what failed there is a doubt.
    let elsewhere =
        incidents.and_then(|found| found.elsewhere(&recurrence, str::to_owned)).filter(|(_, incidents)| *incidents > 0);
    let facts = Facts {
        outcome: &outcome,
        order: &outcome.order,
        recurrence: &recurrence,
        taxonomies: &sweep.taxonomies,
        benchmarks: &benchmarks,
        changes: changes.as_ref(),
        nothing: nothing.as_deref(),
        elsewhere: elsewhere.as_ref().map(|(told, _)| told.as_str()),
        is_narrowed,
    };
    let path = args.policy.display().to_string();
    let (decision, report) = match &policy {
        AnyPolicy::Reliability(policy) => {
            if outcome.ledger.has_loss() && !args.allow_loss {
                return Err(CliError::LossInGate(lost(&outcome.ledger, nothing.as_deref())));
            }
            let has_filter = is_narrowed || sweep.packet.is_some() || sweep.window != Window::default();
            let why = (nothing.as_deref(), has_filter);
            let report = reliability(policy, &facts, why, &path, args, generated_unix_ms);
            let decision = Decision::of_reliability(&report, &facts).with_doubts(&facts, args.allow_loss);
            (decision, Report::Reliability(Box::new(report)))
        }
        AnyPolicy::Native(policy) => {
            let terms = Terms { today: day(generated_unix_ms), allow_loss: args.allow_loss, strict: args.strict };
            (judge(policy, &facts, terms), Report::Native)
        }
    };
    say_warnings(&decision, &report, args);
    deliver(args, &decision, &report, &path)?;
    Ok(if decision.passes() { ExitStatus::Done } else { ExitStatus::GateFailed })
}

/// Prints the decision, and writes it where that is asked for.
fn deliver(args: &GateArgs, decision: &Decision, report: &Report, policy: &str) -> Result<(), CliError> {
    let written = |format| written(format, decision, report, policy);
    if let Some(file) = &args.output {
        let text = written(args.form().unwrap_or(GateFormat::Json))?;
        output::write_file(Path::new(file), |out| out.write_all(text.as_bytes()))?;
        output::print(&format::human(decision))?;
    } else {
        match args.form().unwrap_or(GateFormat::Human) {
            GateFormat::Human => output::print(&format::human(decision))?,
            format => {
                let text = format!("{}\n", written(format)?.trim_end_matches('\n'));
                match format {
                    GateFormat::Json | GateFormat::Sarif => output::print_json_text(&text)?,
                    _ => output::print_raw(text.as_bytes())?,
                }
            }
        }
    }
    Ok(())
}

/// What the policy asks of benchmarks, and what of them is judged.
fn benchmark_options(args: &GateArgs, policy: &AnyPolicy, today: Date) -> benchmark::Options {
    let candidate = match (&args.candidate, args.last) {
        (Some(run), _) => Candidate::Run(run.clone()),
        (None, Some(last)) => Candidate::Last(last as usize),
        (None, None) => Candidate::Newest,
    };
    let asked = match policy {
        AnyPolicy::Native(policy) => policy.benchmark.options(today),
        AnyPolicy::Reliability(_) => benchmark::Options::default(),
    };
    benchmark::Options { candidate, ..asked }
}

/// The reliability report. `why`: why nothing was judged, where that is so, and whether a filter was asked for.
fn reliability(
    policy: &ReliabilityPolicy,
    facts: &Facts<'_>,
    (why, has_filter): (Option<&str>, bool),
    policy_path: &str,
    args: &GateArgs,
    generated_unix_ms: u64,
) -> ReliabilityReport {
    let e2e_path = args.input.paths.first().map_or("", String::as_str);
    let (rule, entries) = (Rule::Reliability, &facts.outcome.entries);
    let failed = facts.failed_scenarios(rule);
    let mut report = policy.judge(entries, failed, Origin { generated_unix_ms, policy_path, e2e_path });
    // Of an empty log the report is the reference's, if that fails.
    let empty = (entries.judged(rule) == 0).then_some("there is no record that the policy counts");
    if let Some(nothing) = why.or(empty).filter(|_| has_filter || report.passes()) {
        policy.add_nothing(&mut report, nothing);
    }
    report
}

/// Says the warnings of a decision where a report is all that is printed, and has no place for them.
fn say_warnings(decision: &Decision, report: &Report, args: &GateArgs) {
    let is_alone = args.output.is_none() && args.form() == Some(GateFormat::Json);
    if matches!(report, Report::Reliability(_)) && is_alone {
        for found in &decision.warnings {
            output::say(&format!("warning: {}", inert(&found.message, 400)));
        }
    }
}

/// Without a final newline, as the reference writes its report.
fn written(format: GateFormat, decision: &Decision, report: &Report, policy: &str) -> Result<String, CliError> {
    Ok(match (format, report) {
        (GateFormat::Human, _) => anstream::adapter::strip_str(&format::human(decision)).to_string(),
        (GateFormat::Json, Report::Reliability(report)) => serde_json::to_string_pretty(report)?,
        (GateFormat::Json, Report::Native) => inert_json(&serde_json::to_string_pretty(decision)?).into_owned(),
        (GateFormat::Github, _) => format::github(decision),
        (GateFormat::Junit, _) => format::junit(decision)?,
        (GateFormat::Sarif, _) => {
            inert_json(&serde_json::to_string_pretty(&format::sarif(decision, policy))?).into_owned()
        }
    })
}

/// The day, in UTC, of a report.
pub(super) fn day(unix_ms: u64) -> Date {
    let moment = i64::try_from(unix_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default();
    moment.to_zoned(TimeZone::UTC).date()
}

/// What was lost, in one line.
fn lost(ledger: &relapse::archive::Ledger, nothing: Option<&str>) -> String {
    let totals = ledger.totals();
    let unreadable = ledger.skipped.iter().filter(|skipped| skipped.is_loss).count();
    let first =
        ledger.archives.iter().find(|archive| archive.loses()).map(|archive| format!(", first in {}", archive.path));
    let unknown = match totals.unjudged.unknown_outcomes() {
        0 => String::new(),
        _ => format!(", records of unknown outcome: {}", totals.unjudged.listed()),
    };
    format!(
        "{} rejected lines, {} damaged archives, {unreadable} unreadable{}{}{}",
        totals.counts.rejected.total(),
        totals.damaged_archives,
        unknown,
        first.unwrap_or_default(),
        nothing.map_or_else(String::new, |nothing| format!("; {nothing}")),
    )
}
