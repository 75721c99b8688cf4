//! A profile to start from, with what it rests on.

use std::fmt::Write;

use super::key::{Key, Type};
use super::keys::Keys;
use super::roles::{Chosen, Only, Roles};
use super::sample::Sample;
use super::toml::{path, string, strings};
use super::trial::Trial;
use crate::record::{Kind, OutcomeKind, Profile, Profiles, TimeUnit};
use crate::role::Role;
use crate::text::inert::inert;

/// Keys that are listed, and characters of a key and of a value there.
const LISTED: usize = 80;
const KEY_SHOWN: usize = 40;
const VALUE_SHOWN: usize = 40;
/// Characters of all values of a key that are shown, about.
const LINE_SHOWN: usize = 60;
/// Words of a key that are listed.
const WORDS_LISTED: usize = 12;

/// A profile to start from, with what it rests on.
#[derive(Debug)]
pub struct Draft<'d> {
    sample: &'d Sample,
    keys: &'d Keys,
    roles: Option<&'d Roles>,
}

impl<'d> Draft<'d> {
    /// Of a sample, its keys, and the roles that these likely have.
    #[must_use]
    pub fn new(sample: &'d Sample, keys: &'d Keys, roles: Option<&'d Roles>) -> Self {
        Self { sample, keys, roles }
    }

    /// The keys of the lines, as comments of TOML: how often each stands, its types and values.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = String::new();
        let keys: Vec<&Key> = self.keys.iter().collect();
        let shown = |key: &Key| inert(&key.dotted(), KEY_SHOWN).into_owned();
        let width = keys.iter().take(LISTED).map(|key| shown(key).chars().count()).max().unwrap_or(0);
        for key in keys.iter().take(LISTED) {
            let types: Vec<&str> = key.types().into_iter().map(Type::name).collect();
            let share = format!("{} %", share(key.lines, self.keys.lines));
            let _ = writeln!(out, "#   {:<width$}  {share:>6}  {:<16}  {}", shown(key), types.join("/"), values(key));
        }
        if keys.len() > LISTED || self.keys.has_more {
            let more = if self.keys.has_more { "more".to_owned() } else { format!("{} more", keys.len() - LISTED) };
            let _ = writeln!(out, "#   and {more} keys, which are not looked at here");
        }
        let repeated: Vec<String> = keys.iter().filter(|key| key.repeated > 0).take(5).map(|key| shown(key)).collect();
        if !repeated.is_empty() {
            let _ = writeln!(out, "# Repeated within a line, where the last one counts: {}", repeated.join(", "));
        }
        out
    }

    /// The profile as TOML; `None` where nothing looks like an outcome, or names what it is of.
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<String> {
        let roles = self.roles?;
        let mut out = String::new();
        let _ = writeln!(out, "name = {}", string(name));
        out.push_str("description = \"Guessed; say here what writes these logs.\"\n");
        out.push_str(
            "# Classes of failures by their messages; `relapse taxonomies list` names others.\ntaxonomy = \"tests\"\n",
        );
        if let Some(prefix) = self.sample.prefix() {
            let _ = writeln!(out, "# What stands before the record in every line.\nprefix = '{prefix}'");
        }
        match &roles.only {
            None => {}
            Some(Only::Words(key, words)) => {
                out.push_str("# Only these lines are records; others are counted as ignored.\n");
                let words = strings(words.iter().map(String::as_str));
                let _ = writeln!(out, "[only]\n{} = {words}", key_of(key));
            }
            Some(Only::Present(keys)) => {
                out.push_str(
                    "# CHECK: only lines that have this are records; others are counted as ignored.\n[only]\n",
                );
                for key in keys {
                    let _ = writeln!(out, "{} = true", key_of(key));
                }
            }
        }
        for field in &roles.fields {
            self.field(&mut out, field);
        }
        if roles.field(Role::Time).is_none() {
            out.push_str(
                "\n# No key looks like a time. Runs stand by what --runs, --from-path or relapse-run.json say, else by their names.\n\
                 # [[field]]\n# role = \"time\"\n# path = \"..\"\n# type = \"time\"\n# unit = \"ms\"\n",
            );
        }
        environments(&mut out, &roles.env);
        for duration in &roles.durations {
            let _ = writeln!(
                out,
                "\n# A duration, if these are milliseconds; in another unit it cannot be read yet.\n# [[field]]\n# role = \"duration\"\n\
                 # path = {}\n# type = \"number\"\n# required = false",
                path(duration)
            );
        }
        outcome(&mut out, roles);
        reason(&mut out, roles);
        Some(out)
    }

    /// What the profile makes of the sample's lines.
    #[must_use]
    pub fn trial(&self, profile: &Profile) -> Trial {
        let without_prefix = Profile { prefix: None, ..profile.clone() };
        let profiles = Profiles::named(vec![without_prefix]);
        Trial::of_lines(self.sample.lines.iter().map(Vec::as_slice), &profiles)
    }

    fn field(&self, out: &mut String, field: &Chosen) {
        let key = self.keys.iter().find(|key| key.path == field.path);
        let _ = write!(
            out,
            "\n[[field]]\nrole = \"{}\"\npath = {}\ntype = \"{}\"",
            field.role,
            path(&field.path),
            field.kind.name()
        );
        if let Some(key) = key {
            let _ = write!(out, "  # {}", values(key));
        }
        out.push('\n');
        if let Kind::Time(unit) = field.kind {
            let name = match unit {
                TimeUnit::Seconds => "s",
                TimeUnit::Milliseconds => "ms",
                TimeUnit::Microseconds => "us",
                TimeUnit::Nanoseconds => "ns",
                TimeUnit::Rfc3339 => "rfc3339",
            };
            let _ = writeln!(out, "unit = \"{name}\"");
            if field.is_zoneless {
                out.push_str("zone = \"UTC\"  # CHECK: these times state no zone; as \"+02:00\" where it is another\n");
            }
        }
        if field.is_doubtful {
            out.push_str("# CHECK: its values differ in nearly every line; a test has one name in all runs\n");
        }
        if !matches!(field.role, Role::Time | Role::Outcome | Role::Scenario) {
            out.push_str("required = false\n");
        }
    }
}

fn environments(out: &mut String, env: &[Vec<String>]) {
    if !env.is_empty() {
        let from: Vec<String> = env.iter().map(|key| path(key)).collect();
        let _ = writeln!(
            out,
            "\n# The environment: these keys joined, as `os=linux python=3.12`.\n[[derive]]\nrole = \"env\"\nfrom = [{{ labels = [{}] }}]",
            from.join(", ")
        );
    }
}

fn outcome(out: &mut String, roles: &Roles) {
    out.push_str("\n# How often each word stood in the sample. A word in no list is neither a failure nor a pass, and is told of.\n[outcome]\n");
    let of = |kind: OutcomeKind| {
        let words = roles.words.iter().filter(move |(_, _, of)| *of == Some(kind));
        words.collect::<Vec<_>>()
    };
    let pass = of(OutcomeKind::Pass);
    if pass.is_empty() {
        out.push_str("pass = [\"pass\"]  # CHECK: no word that was seen means a pass\n");
    }
    for (name, words) in [("pass", pass), ("fail", of(OutcomeKind::Fail)), ("excluded", of(OutcomeKind::Excluded))] {
        if !words.is_empty() {
            let list = strings(words.iter().map(|(word, _, _)| word.as_str()));
            let counts: Vec<String> =
                words.iter().map(|(word, count, _)| format!("{} {count}", inert(word, VALUE_SHOWN))).collect();
            let _ = writeln!(out, "{name} = {list}  # {}", counts.join(", "));
        }
    }
    if roles.is_exit {
        out.push_str("other = \"fail\"  # any other exit code\n");
    }
    let unknown: Vec<String> = roles
        .words
        .iter()
        .filter(|(_, _, kind)| kind.is_none())
        .map(|(word, count, _)| format!("{} {count}", inert(word, VALUE_SHOWN)))
        .collect();
    if !unknown.is_empty() {
        let _ = writeln!(out, "# CHECK: in no list yet: {}", unknown.join(", "));
    }
}

fn reason(out: &mut String, roles: &Roles) {
    let source = [Role::Reason, Role::Message].into_iter().find(|&role| roles.field(role).is_some());
    if source == Some(Role::Message) {
        out.push_str(
            "\n# One defect is one incident: the reason is the code of the class, else the message without numbers, quoted texts and so on.\n\
             [[derive]]\nrole = \"reason\"\nfrom = [{ code = true }, { role = \"message\", mask = 1 }]\n",
        );
    }
}

/// A path as a key of `[only]`.
fn key_of(keys: &[String]) -> String {
    if let [key] = keys
        && !key.is_empty()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        return key.clone();
    }
    let dotted: Vec<String> = keys.iter().map(|key| key.replace('\\', "\\\\").replace('.', "\\.")).collect();
    string(&dotted.join("."))
}

fn share(lines: u64, of: u64) -> u64 {
    let rounded = (lines * 100 + of / 2) / of.max(1);
    // Not quite all is not all, and seen is not never.
    rounded.min(if lines < of { 99 } else { 100 }).max(u64::from(lines > 0))
}

/// The values of a key in a few words.
fn values(key: &Key) -> String {
    let shown = |word: &str| inert(word, VALUE_SHOWN).into_owned();
    match key.words() {
        Some(words) if words.len() <= WORDS_LISTED && words.iter().any(|&(_, count)| count > 1) => {
            let all = words.len();
            let mut text = String::new();
            for (number, (word, count)) in words.into_iter().enumerate() {
                if text.len() > LINE_SHOWN {
                    let _ = write!(text, ", and {} more", all - number);
                    break;
                }
                let _ = write!(text, "{}{} {count}", if number > 0 { ", " } else { "" }, shown(word));
            }
            text
        }
        _ => {
            let (distinct, is_more) = key.distinct();
            let examples: Vec<String> = key.examples.iter().map(|example| shown(example)).collect();
            match distinct {
                0 => String::new(),
                1 => examples.join(""),
                _ => format!(
                    "{}.. ({}{distinct} different)",
                    examples.join(", ") + ", ",
                    if is_more { "over " } else { "" }
                ),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::{Draft, Profile, share};
    use crate::inspect::{Keys, Roles, Sample};
    use crate::role::Role;

    #[test]
    fn not_quite_all_is_not_all() {
        let shares = [(0, 10), (1, 10_000), (5, 10), (9_999, 10_000), (7, 7)].map(|(lines, of)| share(lines, of));
        assert_eq!(shares, [0, 1, 50, 99, 100]);
    }

    fn key() -> impl Strategy<Value = String> {
        let usual = [
            "test",
            "name",
            "result",
            "status",
            "ok",
            "exit_code",
            "time",
            "ts",
            "env",
            "os",
            "event",
            "error",
            "run.id",
            "",
            "seed",
        ];
        prop_oneof![4 => proptest::sample::select(usual.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,6}|[\\x00-\\x7f]{0,4}"]
    }

    fn value() -> impl Strategy<Value = Value> {
        let plain = vec![
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!(-1),
            json!(1),
            json!(1_767_225_600),
            json!(1_767_225_600_123_u64),
            json!(1.5),
            json!("pass"),
            json!("fail"),
            json!("skip"),
            json!("x"),
            json!("2026-01-01T00:00:00Z"),
            json!("2026-01-01 00:00"),
            json!("\u{1b}[31m\n##[x]"),
            json!(["a"]),
            json!([1]),
            json!("yes"),
            json!(u64::MAX),
        ];
        proptest::sample::select(plain)
    }

    fn object() -> impl Strategy<Value = Value> {
        let inner = proptest::collection::vec((key(), value()), 0..4);
        let inner = inner.prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>()));
        let value = prop_oneof![3 => value(), 1 => inner];
        proptest::collection::vec((key(), value), 0..7).prop_map(|entries| Value::Object(entries.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn whatever_is_guessed_is_a_profile(shapes in proptest::collection::vec(object(), 1..5), times in 1usize..15) {
            let lines: Vec<Vec<u8>> = (0..times * shapes.len()).map(|at| shapes[at % shapes.len()].to_string().into_bytes()).collect();
            let sample = Sample::of_lines(lines);
            let mut keys = Keys::default();
            for line in &sample.lines {
                prop_assert!(keys.see(line));
            }
            let roles = Roles::guess(&keys, &sample.lines);
            let draft = Draft::new(&sample, &keys, roles.as_ref());
            let table = draft.table();
            prop_assert!(table.lines().all(|line| line.starts_with('#')), "{}", table);
            let Some(text) = draft.profile("own") else { return Ok(()) };
            let text = table + &text;
            prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{}", text);
            let profile = Profile::parse("guess", &text);
            prop_assert!(profile.is_ok(), "{:?}\n{}", profile, text);
            let profile = profile.unwrap();
            prop_assert!(profile.field(Role::Scenario).is_some() && profile.field(Role::Outcome).is_some());
            let trial = draft.trial(&profile);
            prop_assert_eq!(trial.lines, trial.records + trial.ignored + trial.blank + trial.rejected.total());
        }
    }
}
