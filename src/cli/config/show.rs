//! `relapse config show`: which value every option has, and where it comes from.

use std::ffi::OsString;
use std::fmt::Write;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use serde::Serialize;

use super::given::{Given, key, leaves, settable};
use super::{Config, Value};
use crate::cli::error::CliError;
use crate::cli::exit::ExitStatus;
use crate::cli::output;
use relapse::text::inert::inert;

/// Longest value that is shown whole, in characters.
const SHOWN: usize = 200;

#[derive(Debug, Serialize)]
struct Shown {
    schema_version: &'static str,
    /// The file that was read, as seen from the working folder.
    file: Option<String>,
    commands: Vec<Section>,
}

#[derive(Debug, Serialize)]
struct Section {
    command: String,
    options: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    /// `--threads`, or the name of an argument that has none on the command line.
    name: String,
    /// What the file calls it.
    key: String,
    /// `None` when nothing gives one; `true` and `false` for options without a value.
    value: Option<Vec<String>>,
    source: Source,
    /// Line of the file that gives the value.
    line: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    CommandLine,
    File,
    Default,
    Unset,
}

/// Prints the values of every command, or those of the command line `words`. `matches` are those of the program, which
/// choose the file.
pub(in crate::cli) fn show(
    mut matches: &ArgMatches,
    words: &[OsString],
    as_json: bool,
    mut root: Command,
) -> Result<ExitStatus, CliError> {
    let unbuilt = root.clone();
    root.build();
    // Only the innermost command knows what was given behind its name.
    while let Some((_, below)) = matches.subcommand() {
        matches = below;
    }
    let config = Config::of(matches, &root)?;
    let leaves = leaves(&root);
    let lines: Vec<Vec<OsString>> = if words.is_empty() {
        leaves.iter().map(|(path, _)| path.split(' ').map(OsString::from).collect()).collect()
    } else {
        vec![words.to_vec()]
    };
    let mut commands = Vec::new();
    for line in lines {
        let words: Vec<OsString> = std::iter::once(OsString::from("relapse")).chain(line).collect();
        let given = Given::read(&unbuilt, &words);
        let found = given.as_ref().and_then(|given| leaves.iter().find(|(path, _)| *path == given.command));
        let (Some(given), Some((command, leaf))) = (&given, found) else {
            let known: Vec<&str> = leaves.iter().map(|(path, _)| path.as_str()).collect();
            return Err(CliError::Usage(format!("expected a command that has options: {}", known.join(", "))));
        };
        let options = settable(leaf).map(|arg| Row::new(arg, given, &config)).collect();
        commands.push(Section { command: command.clone(), options });
    }
    let shown = Shown { schema_version: "relapse-config-v1", file: config.shown, commands };
    if as_json {
        output::print_json(&shown)?;
    } else {
        output::print(&shown.text())?;
    }
    Ok(ExitStatus::Done)
}

impl Row {
    fn new(arg: &Arg, given: &Given, config: &Config) -> Self {
        let id = arg.get_id().as_str();
        let setting = given.setting(arg, config);
        let value = match setting.map(|setting| &setting.value) {
            Some(Value::Flag(flag)) => Some(vec![flag.to_string()]),
            Some(Value::Texts(texts)) => Some(texts.clone()),
            None => {
                given.matches.get_raw(id).map(|raw| raw.map(|value| value.to_string_lossy().into_owned()).collect())
            }
        };
        let source = match given.matches.value_source(id) {
            _ if setting.is_some() => Source::File,
            Some(ValueSource::DefaultValue) => Source::Default,
            Some(_) => Source::CommandLine,
            None => Source::Unset,
        };
        Self {
            name: arg.get_long().map_or_else(|| id.to_owned(), |long| format!("--{long}")),
            key: key(arg).to_owned(),
            value,
            source,
            line: setting.map(|setting| setting.line),
        }
    }
}

impl Shown {
    fn text(&self) -> String {
        let file = self.file.as_deref().map(|file| inert(file, SHOWN));
        let mut text = match &file {
            Some(file) => format!("settings of {file}\n"),
            None => "no relapse.toml in this folder or one above\n".to_owned(),
        };
        for section in &self.commands {
            let cells: Vec<(&Row, String)> = section.options.iter().map(|row| (row, row.cell())).collect();
            let name = cells.iter().map(|(row, _)| row.name.len()).max().unwrap_or_default();
            let value = cells.iter().map(|(_, cell)| cell.chars().count()).max().unwrap_or_default().min(40);
            let _ = writeln!(text, "\nrelapse {}", section.command);
            for (row, cell) in cells {
                let source = match (row.source, row.line, &file) {
                    (Source::File, Some(line), Some(file)) => format!("{file}:{line}"),
                    (Source::CommandLine, ..) => "command line".to_owned(),
                    (Source::Default, ..) => "default".to_owned(),
                    _ => "not set".to_owned(),
                };
                let _ = writeln!(text, "  {:name$}  {cell:value$}  {source}", row.name);
            }
        }
        text
    }
}

impl Row {
    fn cell(&self) -> String {
        let values = self.value.iter().flatten().map(|value| inert(value, SHOWN).into_owned());
        values.collect::<Vec<_>>().join(" ")
    }
}
