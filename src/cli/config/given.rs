//! What a command line gives, before a file adds to it.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::{Completed, Config, Setting, Value};

/// Commands that no file sets anything of: about the program itself.
const WITHOUT: [&str; 4] = ["completions", "config", "help", "man"];
/// Arguments of which a file says nothing: where the file is, and what is consent to one run.
const NEVER: [&str; 5] = ["config", "help", "no_config", "version", "yes"];

/// Every command that a file can set options of, with the words it is called by.
pub(super) fn leaves(root: &Command) -> Vec<(String, &Command)> {
    fn walk<'c>(path: &str, command: &'c Command, found: &mut Vec<(String, &'c Command)>) {
        let mut inner = command.get_subcommands().peekable();
        if inner.peek().is_none() {
            found.push((path.to_owned(), command));
        }
        for below in inner.filter(|below| !WITHOUT.contains(&below.get_name())) {
            walk(format!("{path} {}", below.get_name()).trim_start(), below, found);
        }
    }
    let mut found = Vec::new();
    walk("", root, &mut found);
    found
}

/// The arguments of a command that a file can set.
pub(super) fn settable(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| !arg.is_hide_set() && !NEVER.contains(&arg.get_id().as_str()))
}

/// How a file calls an argument: by the option's name, else by its id.
pub(super) fn key(arg: &Arg) -> &str {
    arg.get_long().unwrap_or(arg.get_id().as_str())
}

/// A command line as far as it can be read without the file.
pub(super) struct Given {
    /// The command's words: `sweep`, `store prune`.
    pub(super) command: String,
    /// What is given to it, and the defaults.
    pub(super) matches: ArgMatches,
}

impl Given {
    /// Reads a command line; `None` where it asks for help or the version. What is missing or wrong is not told here.
    ///
    /// `root` is not built yet: what is set of it now holds for the commands below it too.
    pub(super) fn read(root: &Command, words: &[OsString]) -> Option<Self> {
        let mut matches = root.clone().ignore_errors(true).try_get_matches_from(words).ok()?;
        let mut command = Vec::new();
        while let Some((name, below)) = matches.remove_subcommand() {
            command.push(name);
            matches = below;
        }
        Some(Self { command: command.join(" "), matches })
    }

    /// Whether the command line itself gives the argument.
    pub(super) fn says(&self, arg: &Arg) -> bool {
        self.matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
    }

    /// What a file sets for an argument that the command line does not give.
    pub(super) fn setting<'c>(&self, arg: &Arg, config: &'c Config) -> Option<&'c Setting> {
        let key = (self.command.clone(), arg.get_id().to_string());
        config.settings.get(&key).filter(|_| !self.says(arg))
    }

    /// The command line with what the file adds to its command.
    pub(super) fn completed(&self, mut words: Vec<OsString>, config: &Config, command: &Command) -> Completed {
        let (mut options, mut plain, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for arg in settable(command) {
            let Some(setting) = self.setting(arg, config) else { continue };
            let option = arg.get_long().map(|long| format!("--{long}"));
            match (&setting.value, option) {
                (Value::Flag(false), _) => continue,
                (Value::Flag(true), Some(option)) => options.push(OsString::from(option)),
                (Value::Flag(true), None) => {}
                (Value::Texts(texts), Some(option)) => {
                    options.extend(texts.iter().map(|text| OsString::from(format!("{option}={text}"))));
                }
                (Value::Texts(texts), None) => plain.extend(texts.iter().map(OsString::from)),
            }
            notes.push(format!("`{}` (line {})", key(arg), setting.line));
        }
        // Options stand before a `--`, and what has no name behind one: it may begin with a dash.
        let escape = words.iter().position(|word| word == "--").unwrap_or(words.len());
        let mut rest = words.split_off(escape);
        if rest.is_empty() && !plain.is_empty() {
            rest.push("--".into());
        }
        words.extend(options);
        words.extend(rest);
        words.extend(plain);
        let note = match (&config.shown, notes.is_empty()) {
            (Some(shown), false) => format!("note: {shown} sets {}; without them: --no-config", notes.join(", ")),
            _ => String::new(),
        };
        Completed { words, note }
    }
}
