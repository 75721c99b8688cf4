//! The file: every key is an argument of a command, and its value is checked as that argument's is.

use std::collections::BTreeMap;
use std::path::Path;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command, ValueHint};

use super::given::{key, leaves, settable};
use super::{Setting, Value};
use relapse::definition::{Entry, Faults, Section, looks_like_a_path, quoted, unknown};

pub(super) type Settings = BTreeMap<(String, String), Setting>;

/// The settings of a file whose paths start from `folder`.
#[expect(clippy::unnecessary_wraps, reason = "what a definition is built by")]
pub(super) fn settings(file: &Section<'_>, folder: &Path, root: &Command, faults: &mut Faults<'_>) -> Option<Settings> {
    let leaves = leaves(root);
    let mut reading = Reading { folder, faults, settings: Settings::new() };
    let (tables, shared): (Vec<_>, Vec<_>) = file.entries().into_iter().partition(|(_, entry)| entry.is_table());
    for (name, entry) in shared {
        let options = leaves.iter().filter_map(|(path, command)| {
            let arg = settable(command).find(|arg| arg.get_long() == Some(name.value));
            arg.map(|arg| (path, command, arg))
        });
        let mut options = options.peekable();
        if options.peek().is_none() {
            let message = "is neither an option of a command nor, as a table, a command";
            reading.faults.add(name.at, format!("{} {message}", quoted(name.value)));
        }
        for (path, command, arg) in options {
            if !reading.set(path, command, arg, entry) {
                break; // What is wrong for one command need not be told of each.
            }
        }
    }
    // A command's own table goes before what is set for all.
    let has_options = |name: &str| leaves.iter().any(|(path, _)| path.split(' ').next() == Some(name));
    for (name, entry) in tables {
        if let Some(command) = root.find_subcommand(name.value).filter(|_| has_options(name.value)) {
            reading.table(name.value, command, entry);
        } else {
            let known = root.get_subcommands().map(Command::get_name).filter(|name| has_options(name));
            reading.faults.add(name.at, unknown("command", name.value, known));
        }
    }
    Some(reading.settings)
}

struct Reading<'r, 't> {
    folder: &'r Path,
    faults: &'r mut Faults<'t>,
    settings: Settings,
}

impl Reading<'_, '_> {
    /// Takes the table of a command, and those of the commands below it.
    fn table(&mut self, path: &str, command: &Command, entry: Entry<'_>) {
        let Some(section) = entry.section(path, self.faults) else { return };
        for (name, entry) in section.entries() {
            if let Some(below) = command.find_subcommand(name.value) {
                self.table(&format!("{path} {}", name.value), below, entry);
            } else if let Some(arg) = settable(command).find(|arg| key(arg) == name.value && !command.has_subcommands())
            {
                self.set(path, command, arg, entry);
            } else if path == "replay" && name.value == "yes" {
                let message =
                    "`yes` says that a command was read, which no file can; `allow` lists what may run unread";
                self.faults.add(name.at, message);
            } else {
                let below = command.get_subcommands().map(Command::get_name).filter(|&name| name != "help");
                let own = settable(command).map(key).filter(|_| !command.has_subcommands());
                self.faults.add(name.at, unknown("key", name.value, below.chain(own)));
            }
        }
    }

    /// Takes the value of an argument; false where something is wrong with it, which is noted.
    fn set(&mut self, path: &str, command: &Command, arg: &Arg, entry: Entry<'_>) -> bool {
        match self.value(command, arg, entry) {
            Ok(value) => {
                let line = self.faults.line(entry.at());
                self.settings.insert((path.to_owned(), arg.get_id().to_string()), Setting { value, line });
                true
            }
            Err((at, message)) => {
                self.faults.add(at, message);
                false
            }
        }
    }

    fn value(&self, command: &Command, arg: &Arg, entry: Entry<'_>) -> Result<Value, (usize, String)> {
        if !arg.get_action().takes_values() {
            let flag = entry.as_flag().ok_or_else(|| (entry.at(), entry.wrong(key(arg), "true or false")))?;
            return Ok(Value::Flag(flag));
        }
        let items = match entry.items().filter(|_| matches!(arg.get_action(), ArgAction::Append)) {
            Some(items) if items.is_empty() => {
                return Err((entry.at(), format!("{} is an empty list", quoted(key(arg)))));
            }
            Some(items) => items,
            None => vec![entry],
        };
        let text = |item: Entry<'_>| {
            let (text, wanted) = if is_table(arg) {
                (item.as_inline_table(), "a table of strings")
            } else {
                (item.as_plain(), "a string or a number")
            };
            let text = text.ok_or_else(|| (item.at(), item.wrong(key(arg), wanted)))?;
            let text = self.placed(arg, text);
            check(command, arg, &text).map_err(|message| (item.at(), message))?;
            Ok(text)
        };
        items.into_iter().map(text).collect::<Result<_, _>>().map(Value::Texts)
    }

    /// A value as the working folder needs it: a relative path of the file starts where the file is.
    fn placed(&self, arg: &Arg, text: String) -> String {
        let is_path = match arg.get_value_hint() {
            ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath => text != "-",
            _ => is_name_or_file(arg) && looks_like_a_path(&text),
        };
        // Both are text: the folder is made of `..`, or was given on the command line.
        if is_path { self.folder.join(text).to_string_lossy().into_owned() } else { text }
    }
}

fn is_name_or_file(arg: &Arg) -> bool {
    arg.get_value_names().is_some_and(|names| names.iter().any(|name| name.contains("|FILE")))
}

/// Whether its value is an inline table, which a file may spell as one of its own.
fn is_table(arg: &Arg) -> bool {
    arg.get_value_names().is_some_and(|names| names.iter().any(|name| name == "TABLE"))
}

/// What the argument's own parser has against a value.
fn check(command: &Command, arg: &Arg, text: &str) -> Result<(), String> {
    let words = match arg.get_long() {
        Some(long) => vec!["relapse".to_owned(), format!("--{long}={text}")],
        None => vec!["relapse".to_owned(), "--".to_owned(), text.to_owned()],
    };
    let Err(error) = command.clone().try_get_matches_from(words) else { return Ok(()) };
    if matches!(error.kind(), ErrorKind::MissingRequiredArgument | ErrorKind::ArgumentConflict) {
        return Ok(()); // Other arguments are for the command line to judge.
    }
    let shown = error.render().to_string();
    let said: Vec<&str> = shown.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    Err(said.join(" ").trim_start_matches("error: ").to_owned())
}
