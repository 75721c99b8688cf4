//! The command line: the only place that prints, ends the process or reads the environment.

mod args;
mod backtest;
mod baseline;
mod bench;
mod caret;
mod check;
mod config;
mod definitions;
mod deliver;
mod diff;
mod error;
mod exit;
mod explain;
mod gate;
mod inputs;
mod lacking;
mod merge;
mod output;
mod pack;
mod policy;
mod profiles;
mod progress;
mod replay;
mod run_info;
mod runbook;
mod schema;
mod store;
mod sweep;
mod ticket;
mod triage;

use std::borrow::Cow;
use std::error::Error;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::{CommandFactory, FromArgMatches};
use clap_mangen::Man;

use args::{Cli, Colour, Command, ConfigCommand};
use error::CliError;
use exit::ExitStatus;
use output::OutputError;

use relapse::files::{FileSet, WriteError};
use relapse::text::inert::inert;

/// Longest line of a message, in characters.
const LONGEST: usize = 2000;

/// Runs the program with the process' arguments.
pub(crate) fn run() -> ExitCode {
    hear_of_large_files();
    let line = match config::complete(std::env::args_os().collect(), Cli::command()) {
        Ok(line) => line,
        Err(error) => return fail(&error),
    };
    let matches = match Cli::command().try_get_matches_from(line.words) {
        Ok(matches) => matches,
        Err(error) => return refuse(&error, &line.note),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, &line.note),
    };
    match cli.color {
        Colour::Auto => {}
        Colour::Always => anstream::ColorChoice::Always.write_global(),
        Colour::Never => anstream::ColorChoice::Never.write_global(),
    }
    let result = match &cli.command {
        Command::Sweep(args) => sweep::run(args),
        Command::Merge(args) => merge::run(args),
        Command::Store(command) => store::run(command),
        Command::Explain(args) => explain::run(args),
        Command::Gate(args) => gate::run(args),
        Command::Policy(command) => policy::run(command),
        Command::Check(args) => check::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Backtest(args) => backtest::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Triage(args) => triage::run(args),
        Command::Runbook(args) => runbook::run(args),
        Command::Ticket(args) => ticket::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Pack(args) => pack::run(args),
        Command::Taxonomies(command) => definitions::taxonomies(command),
        Command::Profiles(command) => profiles::run(command),
        Command::Formats => definitions::formats(),
        Command::Schema { name, out } => schema::run(name.as_deref(), out.as_deref()),
        Command::RunInfo => run_info::run(),
        Command::Config(ConfigCommand::Show { json, command }) => {
            config::show(&matches, command, *json, Cli::command())
        }
        Command::Man { out } => man(out.as_deref()),
        Command::Completions { shell } => completions(*shell),
    };
    match result {
        Ok(status) => status.into(),
        Err(error) => fail(&error),
    }
}

/// Lets a write beyond the largest file that is allowed (`ulimit -f`) fail with its error, where the signal would end the
/// process without a word. A handler, and not to ignore it: what a replay starts would inherit that.
fn hear_of_large_files() {
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
}

/// Says what is wrong with the command line. Help and version go to standard output with 0; a closed pipe is no fault.
fn refuse(error: &clap::Error, note: &str) -> ExitCode {
    if !error.use_stderr() {
        return match error.print() {
            Err(source) if source.kind() != ErrorKind::BrokenPipe => fail(&OutputError::Stdout(source).into()),
            _ => ExitStatus::Done.into(),
        };
    }
    // An argument may be a file's name.
    let plain = error.render().to_string();
    let lines: Vec<_> = plain.lines().map(|line| inert(line, LONGEST)).collect();
    if lines.iter().any(|line| matches!(line, Cow::Owned(_))) {
        output::say(&lines.join("\n"));
    } else {
        let _ = error.print();
    }
    if !note.is_empty() {
        output::say(&format!("\n{}", inert(note, LONGEST)));
    }
    ExitStatus::Unusable.into()
}

fn man(out: Option<&Path>) -> Result<ExitStatus, CliError> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    if let Some(folder) = out {
        output::write_set(folder, |out| pages(&command, out))?;
    } else {
        let mut page = Vec::new();
        Man::new(command).render(&mut page).map_err(OutputError::Stdout)?;
        output::print_raw(&page)?;
    }
    Ok(ExitStatus::Done)
}

/// Writes the pages of a command and of those below it.
fn pages(command: &clap::Command, out: &FileSet) -> Result<(), WriteError> {
    let page = Man::new(command.clone());
    out.file(&page.get_filename(), |mut out| page.render(&mut out))?;
    command.get_subcommands().try_for_each(|below| pages(below, out))
}

fn completions(shell: clap_complete::Shell) -> Result<ExitStatus, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "relapse", &mut script);
    output::print_raw(&script)?;
    Ok(ExitStatus::Done)
}

/// Says why a command failed, and with which status it ends.
fn fail(error: &CliError) -> ExitCode {
    complain(error);
    error.status().into()
}

/// An error and its causes on standard error.
fn complain(error: &CliError) {
    if let CliError::Faulty(shown) = error {
        output::say(shown);
        return;
    }
    let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let said = source.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = source.source();
    }
    let text: Vec<_> = text.lines().map(|line| inert(line, LONGEST).into_owned()).collect();
    output::say(&format!("{red}error:{red:#} {}", text.join("\n")));
}
