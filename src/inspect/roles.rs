//! Which key of a log of unknown shape likely means what.

use std::cmp::Reverse;

use serde_json::Value;

use super::key::{Key, Type};
use super::keys::Keys;
use super::names::{KINDS, OTHER_DURATIONS, plain, rank};
use super::vocabulary::{is_of_truth, meaning, truth};
use crate::record::{Kind, OutcomeKind, TimeUnit};
use crate::role::Role;

/// Keys that are joined to one environment.
const MOST_ENVS: usize = 6;
/// So much worse is a key whose values are not those that its name promises.
const UNLIKELY: usize = 10_000;
/// A log of fewer lines shows nothing of how often its values come again.
const FEW: u64 = 20;

/// The roles that are looked for once the time, the outcome and the scenario are found, in order: a key has one role.
const OTHERS: [Role; 20] = [
    Role::Run,
    Role::Branch,
    Role::Revision,
    Role::Seed,
    Role::Suite,
    Role::Message,
    Role::Reason,
    Role::Stack,
    Role::Duration,
    Role::Attempt,
    Role::File,
    Role::Url,
    Role::Job,
    Role::Replay,
    Role::Artifacts,
    Role::Mode,
    Role::Packet,
    Role::Schema,
    Role::Invariant,
    Role::Env,
];

/// A key and the role that it likely has.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The role.
    pub role: Role,
    /// Its path.
    pub path: Vec<String>,
    /// The type that its values have.
    pub kind: Kind,
    /// Whether its times state no zone.
    pub is_zoneless: bool,
    /// Whether its values are not quite those of such a key.
    pub is_doubtful: bool,
}

/// Which lines are records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Only {
    /// Those in which a key has one of these words.
    Words(Vec<String>, Vec<String>),
    /// Those in which these keys stand.
    Present(Vec<Vec<String>>),
}

/// Which key of a log likely means what.
#[derive(Clone, Debug)]
pub struct Roles {
    /// The keys that have a role, the surest first.
    pub fields: Vec<Chosen>,
    /// Paths of the keys that tell environments apart, where they are several.
    pub env: Vec<Vec<String>>,
    /// Words of the outcome that were seen, how often, and what they likely mean.
    pub words: Vec<(String, u64, Option<OutcomeKind>)>,
    /// Whether the outcome is an exit code, of which any but 0 is a failure.
    pub is_exit: bool,
    /// Which lines are records, where not all are.
    pub only: Option<Only>,
    /// Keys that hold durations in another unit, or in one that nobody states.
    pub durations: Vec<Vec<String>>,
}

impl Roles {
    /// Tells the roles of a sample's keys, of which `lines` are the lines; `None` where no key looks like an outcome, or none
    /// names what it is the outcome of.
    #[must_use]
    pub fn guess(keys: &Keys, lines: &[Vec<u8>]) -> Option<Self> {
        let all: Vec<&Key> = keys.iter().filter(|key| !key.path.iter().all(String::is_empty)).collect();
        let mut found = Self {
            fields: Vec::new(),
            env: Vec::new(),
            words: Vec::new(),
            is_exit: false,
            only: None,
            durations: Vec::new(),
        };
        let outcome = found.free(&all, outcome_rank).min_by_key(order)?.1;
        found.choose(outcome, Role::Outcome, Kind::Text, false);
        found.words = words(outcome);
        found.is_exit = is_exit(outcome) && outcome.is_only(&[Type::Unsigned, Type::Integer]);
        if let Some((_, key)) = found.free(&all, time_rank).min_by_key(order)
            && let Some((unit, is_zoneless)) = key.time()
        {
            found.choose(key, Role::Time, Kind::Time(unit), false);
            if let Some(time) = found.fields.last_mut() {
                time.is_zoneless = is_zoneless;
            }
        }
        let (rank, scenario) = found.free(&all, scenario_rank).min_by_key(order)?;
        found.choose(scenario, Role::Scenario, Kind::Text, rank >= UNLIKELY);
        found.others(&all);
        found.only = found.only(keys, lines);
        Some(found)
    }

    /// The key of a role.
    #[must_use]
    pub fn field(&self, role: Role) -> Option<&Chosen> {
        self.fields.iter().find(|field| field.role == role)
    }

    fn choose(&mut self, key: &Key, role: Role, kind: Kind, is_doubtful: bool) {
        let path = key.path.clone();
        self.fields.push(Chosen { role, path, kind, is_zoneless: false, is_doubtful });
    }

    /// Whether no other field's path leads through this one, or the other way round.
    fn is_free(&self, key: &Key) -> bool {
        let taken = self.fields.iter().map(|field| &field.path).chain(&self.env);
        taken.into_iter().all(|path| !path.starts_with(&key.path) && !key.path.starts_with(path))
    }

    fn free<'k, 'f>(
        &'f self,
        all: &'f [&'k Key],
        rank: impl Fn(&Key) -> Option<usize> + 'f,
    ) -> impl Iterator<Item = (usize, &'k Key)> + 'f {
        all.iter().filter(|key| self.is_free(key)).filter_map(move |&key| Some((rank(key)?, key)))
    }

    fn others(&mut self, all: &[&Key]) {
        for role in OTHERS {
            if role == Role::Env {
                self.environments(all);
                continue;
            }
            let best = self.free(all, |key| fitting(key, role).and_then(|_| rank(key, role))).min_by_key(order);
            if let Some((_, key)) = best
                && let Some(kind) = fitting(key, role)
            {
                self.choose(key, role, kind, false);
            }
        }
        let is_duration = |key: &Key| {
            key.is_only(&[Type::Unsigned, Type::Number])
                && key.path.last().is_some_and(|name| OTHER_DURATIONS.contains(&plain(name).as_str()))
        };
        let durations = all.iter().filter(|key| is_duration(key) && self.is_free(key));
        self.durations = durations.map(|key| key.path.clone()).collect();
    }

    fn environments(&mut self, all: &[&Key]) {
        let is_scalar = |key: &Key| key.is_only(&[Type::Text, Type::Unsigned, Type::Number, Type::Bool]);
        let is_within = |key: &Key| {
            let parents = &key.path[..key.path.len() - 1];
            parents.iter().any(|name| matches!(plain(name).as_str(), "env" | "environment" | "platform" | "matrix"))
        };
        let ranked = |key: &Key| {
            let by_name = rank(key, Role::Env).or_else(|| is_within(key).then_some(UNLIKELY))?;
            (is_scalar(key) && key.words().is_some()).then_some(by_name)
        };
        let mut keys: Vec<(usize, &Key)> = self.free(all, ranked).collect();
        keys.sort_by_key(order);
        keys.truncate(MOST_ENVS);
        match &keys[..] {
            [] => {}
            [(_, key)] if key.is_only(&[Type::Text]) => self.choose(key, Role::Env, Kind::Text, false),
            // In the order in which they stand in the log.
            _ => {
                let chosen = all.iter().filter(|key| keys.iter().any(|(_, one)| one.path == key.path));
                self.env = chosen.map(|key| key.path.clone()).collect();
            }
        }
    }

    /// Which lines are records, where a part of them has not what every record has.
    fn only(&self, keys: &Keys, lines: &[Vec<u8>]) -> Option<Only> {
        let needed: Vec<&Vec<String>> = [Role::Outcome, Role::Time, Role::Scenario]
            .into_iter()
            .filter_map(|role| Some(&self.field(role)?.path))
            .collect();
        let objects: Vec<Value> = lines.iter().filter_map(|line| serde_json::from_slice(line).ok()).collect();
        let lacks = |object: &Value, path: &[String]| at(object, path).is_none_or(Value::is_null);
        let is_whole = |object: &Value| needed.iter().all(|path| !lacks(object, path));
        if objects.iter().filter(|object| !is_whole(object)).count() * 20 < objects.len() {
            return None;
        }
        let kinds = keys.iter().filter(|key| {
            key.path.last().is_some_and(|name| KINDS.contains(&plain(name).as_str()))
                && key.is_only(&[Type::Text])
                && !needed.contains(&&key.path)
                && is_writable(&key.path)
        });
        for key in kinds {
            let Some(words) = key.words() else { continue };
            let share = |word: &str| {
                let of_word =
                    objects.iter().filter(|object| at(object, &key.path).and_then(Value::as_str) == Some(word));
                let (whole, others): (Vec<&Value>, Vec<&Value>) = of_word.partition(|object| is_whole(object));
                (whole.len(), others.len())
            };
            let shares: Vec<(&str, (usize, usize))> = words.iter().map(|&(word, _)| (word, share(word))).collect();
            let is_clear = shares.iter().all(|(_, (whole, others))| *whole == 0 || others * 50 <= *whole);
            let of_records: Vec<String> =
                shares.iter().filter(|(_, (whole, _))| *whole > 0).map(|(word, _)| (*word).to_owned()).collect();
            if is_clear && !of_records.is_empty() && of_records.len() < shares.len() {
                return Some(Only::Words(key.path.clone(), of_records));
            }
        }
        let lacking = needed
            .iter()
            .filter(|path| objects.iter().filter(|object| lacks(object, path)).count() * 20 >= objects.len());
        let lacking: Vec<Vec<String>> = lacking.filter(|path| is_writable(path)).map(|path| (*path).clone()).collect();
        (!lacking.is_empty()).then_some(Only::Present(lacking))
    }
}

/// Whether a path can be a key of `[only]`, which is a dotted one.
fn is_writable(path: &[String]) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "_-@ .:\\".contains(c);
    path.iter().all(|key| !key.is_empty() && key.chars().all(is_plain)) && !path[0].starts_with('.')
}

/// The surest first; of equals that of more lines, and then the one that was seen first.
fn order(ranked: &(usize, &Key)) -> (usize, Reverse<u64>) {
    (ranked.0, Reverse(ranked.1.lines))
}

/// The value at a path.
fn at<'v>(object: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(object, |value, key| value.as_object()?.get(key))
}

/// How sure it is that a key is the outcome: by its words first, then by its name.
fn outcome_rank(key: &Key) -> Option<usize> {
    let words = words(key);
    if words.is_empty() {
        return None;
    }
    let count = |of: &dyn Fn(Option<OutcomeKind>) -> bool| {
        words.iter().filter(|(_, _, kind)| of(*kind)).map(|(_, count, _)| count).sum::<u64>()
    };
    let (total, known) = (count(&|_| true), count(&|kind| kind.is_some()));
    let judged = count(&|kind| matches!(kind, Some(OutcomeKind::Pass | OutcomeKind::Fail)));
    if judged == 0 || known * 2 < total {
        // A name that only an outcome has, and words in another language.
        let is_named =
            key.path.last().is_some_and(|name| matches!(plain(name).as_str(), "outcome" | "verdict" | "result"));
        return (is_named && key.is_only(&[Type::Text])).then_some(2 * UNLIKELY);
    }
    match rank(key, Role::Outcome) {
        Some(rank) => Some(rank),
        // Words that are all known make up for a name that is not.
        None => (known * 10 >= total * 9 && words.len() > 1 && key.is_only(&[Type::Text])).then_some(UNLIKELY),
    }
}

/// The words of a key that may be the outcome, with what they likely mean; none where it cannot be.
fn words(key: &Key) -> Vec<(String, u64, Option<OutcomeKind>)> {
    let Some(words) = key.words() else { return Vec::new() };
    let name = key.path.last().map_or_else(String::new, |name| plain(name));
    let truth = truth(&name);
    let opposite = if truth == OutcomeKind::Pass { OutcomeKind::Fail } else { OutcomeKind::Pass };
    let are_numbers = key.is_only(&[Type::Unsigned, Type::Integer]);
    if are_numbers && !is_exit(key) && !words.iter().all(|(word, _)| matches!(*word, "0" | "1")) {
        return Vec::new();
    }
    if !(are_numbers || key.is_only(&[Type::Bool]) || key.is_only(&[Type::Text])) {
        return Vec::new();
    }
    let of = |word: &str| match word {
        "true" => Some(truth),
        "false" => Some(opposite),
        "yes" | "Yes" | "YES" | "y" | "Y" if is_of_truth(&name) => Some(truth),
        "no" | "No" | "NO" | "n" | "N" if is_of_truth(&name) => Some(opposite),
        "0" if are_numbers => Some(opposite),
        _ if are_numbers => Some(truth),
        _ => meaning(word),
    };
    words.into_iter().map(|(word, count)| (word.to_owned(), count, of(word))).collect()
}

/// Whether a key is called as exit codes are.
fn is_exit(key: &Key) -> bool {
    let name = key.path.last().map_or_else(String::new, |name| plain(name));
    ["exit", "return"].iter().any(|part| name.contains(part)) || name == "rc"
}

fn time_rank(key: &Key) -> Option<usize> {
    key.time()?;
    // A number may be anything, a text that is a moment is one.
    let is_text = matches!(key.time(), Some((TimeUnit::Rfc3339, _)));
    rank(key, Role::Time).or_else(|| is_text.then_some(UNLIKELY))
}

fn scenario_rank(key: &Key) -> Option<usize> {
    if key.of(Type::Text) * 50 < key.values() * 49 || key.values() == 0 || key.time().is_some() {
        return None;
    }
    let (distinct, is_more) = key.distinct();
    let comes_again = (distinct as u64) * 10 < key.values() * 9 && !is_more;
    let is_likely = key.values() < FEW || comes_again && distinct > 1;
    match rank(key, Role::Scenario) {
        Some(rank) if is_likely => Some(rank),
        Some(rank) => Some(UNLIKELY + rank),
        None => (comes_again && distinct > 1).then(|| 2 * UNLIKELY + UNLIKELY.saturating_sub(distinct)),
    }
}

/// The type of a role's field that all values of a key have, where it can have that role.
fn fitting(key: &Key, role: Role) -> Option<Kind> {
    let only = |types: &[Type], kind: Kind| key.is_only(types).then_some(kind);
    let is_one_a_line = || key.values() >= FEW && key.distinct().0 as u64 == key.values();
    let begins = |with: &str| key.examples.iter().all(|example| example.starts_with(with));
    match role {
        Role::Seed | Role::Attempt => only(&[Type::Unsigned], Kind::Unsigned),
        Role::Duration => only(&[Type::Unsigned, Type::Number], Kind::Number),
        Role::Artifacts => only(&[Type::Texts], Kind::Texts),
        Role::Run if key.time().is_some() || is_one_a_line() => None,
        Role::Run => only(&[Type::Text], Kind::Text).or_else(|| only(&[Type::Unsigned], Kind::Unsigned)),
        Role::Schema if key.distinct().0 > 3 => None,
        Role::Schema => only(&[Type::Text], Kind::Text).or_else(|| only(&[Type::Unsigned], Kind::Unsigned)),
        Role::Revision | Role::Branch | Role::Suite | Role::Packet | Role::Job if is_one_a_line() => None,
        Role::Mode if key.words().is_none() => None,
        Role::Url if !begins("http") => None,
        _ => only(&[Type::Text], Kind::Text),
    }
}
