//! `relapse replay`.

use std::ffi::OsStr;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::args::{Expected, ReplayArgs};
use super::error::CliError;
use super::exit::ExitStatus;
use super::inputs::Inputs;
use super::{lacking, output};
use relapse::diff::Output;
use relapse::incident::IncidentRow;
use relapse::replay::{Attempt, Command, Ending, Envelope, Proof, Transcript};
use relapse::text::inert::inert;
use relapse::ticket::Cases;

/// Set when the process is asked to end.
static STOP: AtomicBool = AtomicBool::new(false);
/// Time between asking a run's processes to end and ending them.
const GRACE: Duration = Duration::from_secs(1);
/// Lines of a failing run's output that are shown.
const SHOWN: usize = 12;

pub(super) fn run(args: &ReplayArgs) -> Result<ExitStatus, CliError> {
    let found = Output::read(&args.from.from)?;
    let cases = Cases::new(&found)?;
    lacking::warn_of(&args.from.from, found.lacking.as_deref());
    let row = one(&cases, &args.id)?;
    let Some(text) = row.replay() else {
        return Err(CliError::Usage(format!(
            "failed to replay {}: its log carries no replay command, and its taxonomy has none for it",
            row.incident_id
        )));
    };
    let command = if args.shell { Command::for_shell(text)? } else { Command::split(text)? };
    let dir = match &args.dir {
        Some(dir) => dir.clone(),
        None => std::env::current_dir().map_err(|source| CliError::Unreadable { path: ".".to_owned(), source })?,
    };
    let inherited = std::env::vars_os().count();
    if !dir.is_dir() {
        return Err(CliError::Usage(format!("failed to find the folder `{}` of --dir", dir.display())));
    }
    show(row, &command, &dir, inherited, args)?;
    let allowed: Vec<Vec<String>> = args.allow.iter().map(|words| words.0.clone()).collect();
    if !args.yes && !command.is_allowed(&allowed) {
        return Err(CliError::NotTold);
    }
    // Without it an interruption would leave the command running: its group does not hear the terminal.
    ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed)).map_err(CliError::Signals)?;

    let envelope = Envelope { timeout: args.timeout, grace: GRACE, dir: dir.clone() };
    let mut transcript = Transcript {
        schema_version: "relapse-replay-v1",
        program_version: env!("CARGO_PKG_VERSION"),
        incident_id: row.incident_id.clone(),
        scenario_id: row.scenario_id.clone(),
        reason_code: row.reason_code.clone(),
        seed: row.seed,
        env_fingerprint: row.env_fingerprint.clone(),
        command,
        dir: dir.display().to_string(),
        inherited_variables: inherited as u64,
        started_at: Timestamp::now().to_string(),
        times: args.times,
        timeout_ms: u64::try_from(args.timeout.as_millis()).unwrap_or(u64::MAX),
        attempts: Vec::new(),
        proof: Proof::of(&[]),
    };
    Inputs::of([]).and_output(Some(&args.from.from)).spare(args.transcript.as_deref())?;
    // A place that cannot be written to is better found before an hour of replays.
    keep(&transcript, args)?;
    for number in 1..=args.times {
        let attempt = envelope.run(&transcript.command, &STOP);
        report(number, args.times, &attempt)?;
        let over = matches!(attempt.ending, Ending::Stopped | Ending::NotStarted(_));
        transcript.attempts.push(attempt);
        if over {
            break;
        }
    }
    let attempts = &transcript.attempts;
    let could_run = attempts.iter().all(|attempt| !matches!(attempt.ending, Ending::Stopped | Ending::NotStarted(_)));
    let proof = Proof::of(attempts);
    output::print(&format!("\n{}\n", proof.statement))?;
    let met = match args.expect {
        None => true,
        Some(Expected::Fail) => proof.failed == args.times,
        Some(Expected::Pass) => proof.failed == 0 && proof.runs == args.times,
    };
    transcript.proof = proof;
    keep(&transcript, args)?;
    Ok(match (could_run, met) {
        (false, _) => ExitStatus::Unusable,
        (true, false) => ExitStatus::GateFailed,
        (true, true) => ExitStatus::Done,
    })
}

/// Writes the transcript, where one is asked for.
fn keep(transcript: &Transcript, args: &ReplayArgs) -> Result<(), CliError> {
    let Some(path) = &args.transcript else { return Ok(()) };
    if path.extension().is_some_and(|extension| extension == OsStr::new("json")) {
        output::write_json(path, transcript)?;
    } else {
        output::write_file(path, |file| file.write_all(transcript.to_string().as_bytes()))?;
    }
    Ok(())
}

/// The incident that a name means: of several the first, if all have one command.
fn one<'o>(cases: &Cases<'o>, name: &str) -> Result<&'o IncidentRow, CliError> {
    let rows: Vec<&IncidentRow> = cases.named(name)?.iter().map(|case| case.row).collect();
    let command = |row: &IncidentRow| row.replay().map(str::to_owned);
    match rows.split_first() {
        Some((first, rest)) if rest.iter().all(|row| command(row) == command(first)) => Ok(first),
        _ => {
            let each = |row: &&IncidentRow| {
                let command = row.replay().unwrap_or("no replay command");
                format!("{}  {}", row.incident_id, inert(command, 200))
            };
            let list: Vec<String> = rows.iter().map(each).collect();
            Err(CliError::Usage(format!("several incidents are of `{name}`, name one:\n  {}", list.join("\n  "))))
        }
    }
}

/// What is about to be run, where and with what.
fn show(
    row: &IncidentRow,
    command: &Command,
    dir: &std::path::Path,
    inherited: usize,
    args: &ReplayArgs,
) -> Result<(), CliError> {
    // Writing to a string cannot fail.
    let mut text = format!("incident     {}  {}\n", row.incident_id, inert(&row.scenario_id, 200));
    let _ = writeln!(text, "command      {}", inert(&command.text, usize::MAX));
    if command.shell {
        text.push_str("read by      sh -c\n");
    } else {
        let words: Vec<String> = command.words.iter().map(|word| format!("[{}]", inert(word, usize::MAX))).collect();
        let _ = writeln!(text, "run as       {}  (no shell)", words.join(" "));
    }
    let set = command.assignments.iter().map(|(name, value)| format!(", {name}={}", inert(value, usize::MAX)));
    let _ = writeln!(text, "environment  {inherited} variables inherited{}", set.collect::<String>());
    let _ = writeln!(text, "folder       {}", inert(&dir.display().to_string(), 1000));
    let _ = write!(text, "limits       {} times, {} s each\n\n", args.times, args.timeout.as_secs_f64());
    Ok(output::print(&text)?)
}

fn report(number: u64, times: u64, attempt: &Attempt) -> Result<(), CliError> {
    let mut text = format!("{number}/{times}  {}, {:.3} s\n", attempt.ending, attempt.took().as_secs_f64());
    if attempt.ending.is_failure() {
        let written = if attempt.output.tail.is_empty() { &attempt.output.head } else { &attempt.output.tail };
        let lines: Vec<&str> = written.lines().collect();
        for line in &lines[lines.len().saturating_sub(SHOWN)..] {
            let _ = writeln!(text, "       {}", inert(line, 200));
        }
    }
    if attempt.escaped {
        text.push_str("       a process that left the group held its output open: it may still run\n");
    }
    Ok(output::print(&text)?)
}
