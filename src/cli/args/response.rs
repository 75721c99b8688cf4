//! Arguments of what a person does about an incident.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum, ValueHint};

use relapse::ticket::Form;

/// Where a sweep's output is.
#[derive(Debug, Args)]
pub(in crate::cli) struct FromArgs {
    /// The folder that a sweep wrote with --out
    #[arg(long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) from: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Without an ID and without --all, the index of all open incidents is printed.")]
pub(in crate::cli) struct RunbookArgs {
    /// Incidents by id, or by the id of their scenario
    #[arg(value_name = "ID")]
    pub(in crate::cli) ids: Vec<String>,

    #[command(flatten)]
    pub(in crate::cli) from: FromArgs,

    /// Write the pages of all incidents that are not resolved
    #[arg(long, conflicts_with = "ids")]
    pub(in crate::cli) all: bool,

    /// Write one page an incident and an index.md into this folder, instead of printing [default with --all: the folder
    /// runbook in that of --from]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) out: Option<PathBuf>,

    /// Print them as JSON, `relapse-runbook-v1`: of these incidents, or of all that are not resolved
    #[arg(long, conflicts_with = "out")]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without an ID, a ticket for each incident that is not resolved. Tickets are printed and nothing is run: \
    pipe them to a shell once you have read them, or import the JSONL."
)]
pub(in crate::cli) struct TicketArgs {
    /// Incidents by id, or by the id of their scenario
    #[arg(value_name = "ID")]
    pub(in crate::cli) ids: Vec<String>,

    #[command(flatten)]
    pub(in crate::cli) from: FromArgs,

    /// Form of the tickets: commands for bd (beads) in a POSIX shell or in PowerShell, or for gh (GitHub); beads' JSONL;
    /// Markdown
    #[arg(long, default_value = "bd", value_parser = form())]
    pub(in crate::cli) form: Form,

    /// Leave out incidents that have a ticket in this file: beads' JSONL, or what `gh issue list
    /// --state all --limit 1000 --json title,body` printed; may be repeated
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) existing: Vec<PathBuf>,

    /// Prefix of the tracker's ids, for beads-jsonl
    #[arg(long, value_name = "WORD", default_value = "bd", value_parser = prefix)]
    pub(in crate::cli) prefix: String,
}

/// By the table of forms.
fn form() -> impl TypedValueParser<Value = Form> {
    PossibleValuesParser::new(Form::names()).try_map(|name| Form::named(&name).ok_or("unknown form"))
}

fn prefix(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
    if !text.is_empty() && text.chars().all(is_plain) {
        Ok(text.to_owned())
    } else {
        Err("expected letters, digits, `-`, `_` and `.`".to_owned())
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "The command comes from a log: it is shown first, and run only with --yes, or when it begins with the words \
    of an --allow, which a relapse.toml may list as `allow` under [replay]. A run's process group is ended when \
    its first process ends, at the time limit, and on an interruption; a process that left the group is not reached. Exit status: 0 when it was run, 1 when --expect was \
    not met, 2 when it was not run."
)]
pub(in crate::cli) struct ReplayArgs {
    /// The incident by id, or by the id of its scenario
    #[arg(value_name = "ID")]
    pub(in crate::cli) id: String,

    #[command(flatten)]
    pub(in crate::cli) from: FromArgs,

    /// How often it is run; five failures in a row reject a flake of one in two
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(in crate::cli) times: u64,

    /// Time limit of each run, as 30s, 10m or 1h
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
    pub(in crate::cli) timeout: std::time::Duration,

    /// Write what was run and what came of it, as evidence: Markdown, or JSON where the name ends with .json
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) transcript: Option<PathBuf>,

    /// Run it: I have read the command
    #[arg(long)]
    pub(in crate::cli) yes: bool,

    /// Run a command that begins with these words, as 'ci/replay.sh', without --yes, whatever the log says behind them;
    /// may be repeated
    #[arg(long, value_name = "WORDS", value_parser = words)]
    pub(in crate::cli) allow: Vec<Words>,

    /// Let `sh -c` read the command, for one that means something only to a shell; needs --yes
    #[arg(long, requires = "yes")]
    pub(in crate::cli) shell: bool,

    /// Working folder of the command [default: this one]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) dir: Option<PathBuf>,

    /// Exit with 1 unless every run fails, or every run passes
    #[arg(long, value_enum, value_name = "OUTCOME")]
    pub(in crate::cli) expect: Option<Expected>,
}

/// Words that a command begins with.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Words(pub(in crate::cli) Vec<String>);

fn words(text: &str) -> Result<Words, String> {
    let words = shlex::split(text).filter(|words| !words.is_empty());
    words.map(Words).ok_or_else(|| "expected words that a command begins with".to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Expected {
    Fail,
    Pass,
}

/// A time such as `30s` or `1h 30m`, above none.
fn duration(text: &str) -> Result<std::time::Duration, String> {
    let expected = || "expected a time such as 30s, 10m or 1h".to_owned();
    let span: jiff::SignedDuration = text.parse().map_err(|_| expected())?;
    let time = std::time::Duration::try_from(span).map_err(|_| expected())?;
    if time.is_zero() { Err(expected()) } else { Ok(time) }
}
