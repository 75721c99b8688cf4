//! `relapse profiles`.

use std::fmt::Write;

use super::args::ProfileCommand;
use super::definitions::line;
use super::error::CliError;
use super::exit::ExitStatus;
use super::output;
use relapse::inspect::{Draft, Keys, Known, Roles, Sample, Trial};
use relapse::reason::Reason;
use relapse::record::{OutcomeKind, Profile, Profiles, Shape};
use relapse::role::Role;
use relapse::sweep::Taxonomies;
use relapse::text::inert::inert;
use relapse::text::shell::posix;

/// Characters of a value, and of a path, that are shown.
const SHOWN: usize = 100;

/// A profile may be made before the first failure was seen.
const NOTHING_FAILS: &str = "note: no word of [outcome] means a failure: name such words in `fail`, or take all others for one with \
                             `other = \"fail\"`; until then they are told as unknown\n";

pub(super) fn run(command: &ProfileCommand) -> Result<ExitStatus, CliError> {
    let text = match command {
        ProfileCommand::List => Shape::CATALOG
            .names()
            .filter_map(|name| Shape::CATALOG.builtin(name))
            .map(|profile| line(profile.name(), profile.description()))
            .collect(),
        ProfileCommand::Show { name } => Shape::CATALOG.source(name)?.to_owned(),
        ProfileCommand::Check { file, on } => return check(file, on),
        ProfileCommand::Guess { logs } => return guess(logs),
    };
    output::print(&text)?;
    Ok(ExitStatus::Done)
}

fn check(file: &str, on: &[String]) -> Result<ExitStatus, CliError> {
    let profile = Shape::CATALOG.resolve(file)?;
    let profiles = Profiles::of([profile.clone()]);
    // What it names must be there, too.
    Taxonomies::of(&profiles)?;
    let note = if fails(&profile) { "" } else { NOTHING_FAILS };
    let mut text = format!("{file}: profile `{}` with {} fields is sound\n{note}", profile.name(), profile.fields());
    if on.is_empty() {
        output::print(&text)?;
        return Ok(ExitStatus::Done);
    }
    let trial = Trial::of(on, &profiles)?;
    account(&mut text, &trial);
    if let Shape::Log(profile) = &profile {
        words(&mut text, &trial);
        roles(&mut text, &trial, profile);
    }
    let is_read = trial.records + trial.benchmarks > 0;
    if !is_read {
        text.push_str("\nnot one record was read\n");
    }
    output::print(&text)?;
    Ok(if is_read { ExitStatus::Done } else { ExitStatus::Unusable })
}

/// What became of the lines.
fn account(text: &mut String, trial: &Trial) {
    let archives = if trial.archives == 1 { "archive" } else { "archives" };
    let rejected = trial.rejected.total();
    let records = trial.records + trial.benchmarks;
    let _ = writeln!(
        text,
        "\n{} lines of {} {archives} = {records} records + {} ignored + {} blank + {rejected} rejected",
        trial.lines, trial.archives, trial.ignored, trial.blank
    );
    if trial.repaired > 0 {
        let _ = writeln!(text, "  {} records have cosmetic faults, which were repaired", trial.repaired);
    }
    for reason in Reason::ALL.into_iter().filter(|&reason| trial.rejected.of(reason) > 0) {
        let _ = writeln!(text, "  {} rejected: {}", trial.rejected.of(reason), reason.name());
    }
    for (archive, number, rejection) in &trial.rejects {
        let [archive, message] = [archive, &rejection.message].map(|text| inert(text, SHOWN));
        let _ = writeln!(text, "    {archive}:{number}: {message}");
    }
    if rejected > trial.rejects.len() as u64 && !trial.rejects.is_empty() {
        let _ = writeln!(text, "    and {} more", rejected - trial.rejects.len() as u64);
    }
    for path in &trial.damaged {
        let _ = writeln!(text, "  damaged, so that lines of it are missing: {}", inert(path, SHOWN));
    }
    for why in &trial.unreadable {
        let _ = writeln!(text, "  {}", inert(why, 2 * SHOWN));
    }
}

/// The words of outcomes.
fn words(text: &mut String, trial: &Trial) {
    if trial.words.is_empty() {
        return;
    }
    text.push_str("\noutcomes\n");
    let mut words: Vec<_> = trial.words.iter().collect();
    words.sort_by_key(|(word, (_, count))| (std::cmp::Reverse(*count), *word));
    for (word, (kind, count)) in words {
        let means = match kind {
            OutcomeKind::Pass => "passed",
            OutcomeKind::Fail => "failed",
            OutcomeKind::Excluded => "excluded: neither passed nor failed",
            OutcomeKind::Unknown => "unknown: name it in `pass`, `fail` or `excluded` of [outcome]",
        };
        let _ = writeln!(text, "  {count:>9}  `{}`  {means}", inert(word, SHOWN));
    }
    if trial.more_words > 0 {
        let _ = writeln!(text, "  {:>9}  with more words: is this the field of the outcome?", trial.more_words);
    }
    if trial.of_kind(OutcomeKind::Fail) == 0 {
        text.push_str("  nothing failed: look whether that is so\n");
    } else if trial.of_kind(OutcomeKind::Pass) == 0 {
        text.push_str("  nothing passed: look whether that is so\n");
    }
}

/// Which roles stay empty, and the first records.
fn roles(text: &mut String, trial: &Trial, profile: &Profile) {
    if trial.records == 0 {
        return;
    }
    let is_mapped = |role: Role| {
        profile.field(role).is_some() || profile.derivations.iter().any(|derivation| derivation.role == role)
    };
    let names = |roles: Vec<Role>| roles.into_iter().map(Role::name).collect::<Vec<_>>().join(", ");
    let empty: Vec<Role> = Role::ALL.into_iter().filter(|&role| is_mapped(role) && !trial.has(role)).collect();
    if !empty.is_empty() {
        let _ = writeln!(text, "\nmapped, and empty in all records: {}", names(empty));
    }
    let told_by_few = [Role::Time, Role::Run, Role::Branch, Role::Revision, Role::Env, Role::Seed];
    let unmapped: Vec<Role> = told_by_few.into_iter().filter(|&role| !is_mapped(role)).collect();
    if !unmapped.is_empty() {
        let _ = writeln!(text, "\nnot mapped, though verdicts are surer with it: {}", names(unmapped));
    }
    for (number, record) in (1..).zip(&trial.first) {
        let _ = writeln!(text, "\nrecord {number}");
        for (role, value) in record {
            let _ = writeln!(text, "  {:<10} = {}", role.name(), inert(value, SHOWN));
        }
    }
}

/// Whether any record can be a failure.
fn fails(shape: &Shape) -> bool {
    match shape {
        Shape::Log(profile) => !profile.outcome.fail.is_empty() || profile.outcome.other == OutcomeKind::Fail,
        Shape::Benchmark(_) => true,
    }
}

fn guess(logs: &[String]) -> Result<ExitStatus, CliError> {
    let sample = Sample::of(logs)?;
    let arguments = logs.iter().map(|log| inert(&posix(log), SHOWN).into_owned()).collect::<Vec<_>>().join(" ");
    let mut text = known(&sample, &arguments);
    if sample.lines.is_empty() {
        if sample.known.is_empty() {
            return Err(CliError::Usage(nothing(&sample)));
        }
        output::print(&text)?;
        return Ok(ExitStatus::Done);
    }
    let mut keys = Keys::default();
    for line in &sample.lines {
        keys.see(line);
    }
    let roles = Roles::guess(&keys, &sample.lines);
    let draft = Draft::new(&sample, &keys, roles.as_ref());
    let (looked, all) = sample.archives;
    let of = if looked == all { String::new() } else { format!(" of {all}") };
    let archives = if looked == 1 && all == 1 { "archive" } else { "archives" };
    let mut head = format!("# {} lines of {looked}{of} {archives} were looked at.\n", keys.lines);
    for key in keys.iter().filter(|key| key.holds_json()).take(3) {
        let key = inert(&key.dotted(), SHOWN).into_owned();
        let _ = writeln!(
            head,
            "# `{key}` holds JSON as a text: take it out of there, as jq -r does, to have it looked at."
        );
    }
    if sample.others + sample.long > 0 {
        let _ = writeln!(
            head,
            "# {} others are no JSON objects, or longer than is looked at.",
            sample.others + sample.long
        );
    }
    if let Some((archive, number, text)) = &sample.first_other {
        let [archive, text] = [archive, text].map(|text| inert(text, SHOWN));
        let _ = writeln!(head, "#   the first: {archive}:{number}: {text}");
    }
    let table = draft.table();
    let Some(profile) = draft.profile("guessed") else {
        let _ = write!(text, "{head}#\n# Their keys:\n{table}");
        output::print(&text)?;
        return Err(CliError::Usage(
            "no key of these lines looks like an outcome, or like the name of what it is of: name them in a profile of your \
             own (`relapse profiles show ft-conformance-log-v1` is one to start from)"
                .into(),
        ));
    };
    text.push_str(
        "# A profile to start from, by `relapse profiles guess`. Look at it, above all where it says CHECK; then\n",
    );
    let _ = writeln!(
        text,
        "#   relapse profiles check THIS-FILE --on {arguments}\n#   relapse sweep {arguments} --profile THIS-FILE\n#"
    );
    text.push_str(&head);
    let read = Profile::parse("guess", &profile)
        .map_err(|error| CliError::Usage(format!("the guessed profile is none: {error}")))?;
    let trial = draft.trial(&read);
    let kinds = [OutcomeKind::Pass, OutcomeKind::Fail, OutcomeKind::Excluded, OutcomeKind::Unknown]
        .map(|kind| trial.of_kind(kind));
    let [passed, failed, excluded, unknown] = kinds;
    let _ = writeln!(
        text,
        "# With this profile {} of them are records ({passed} passed, {failed} failed, {excluded} excluded, {unknown} with a word \
         in no list),\n# {} are ignored and {} rejected.\n#\n# Their keys, in how many lines each stands, its types and values:",
        trial.records,
        trial.ignored,
        trial.rejected.total()
    );
    let _ = write!(text, "{table}\n{profile}");
    output::print(&text)?;
    Ok(ExitStatus::Done)
}

/// What needs no profile of its own.
fn known(sample: &Sample, arguments: &str) -> String {
    let mut text = String::new();
    for (known, count) in &sample.known {
        let (archives, are) = if *count == 1 { ("archive", "is") } else { ("archives", "are") };
        let what = match known {
            Known::Format(name) => format!("test results in the format {name}"),
            Known::Profile(name) => format!("records of the built-in profile `{name}`"),
        };
        let _ = writeln!(text, "# {count} {archives} {are} {what}, which needs no profile: relapse sweep {arguments}");
    }
    text
}

fn nothing(sample: &Sample) -> String {
    let mut text = "no line is a JSON object, so that there is no key to tell of".to_owned();
    if let Some((path, likeness)) = &sample.likeness {
        let next = relapse::archive::next_step(likeness, &posix(path));
        let _ = write!(text, "\n  {path} looks like {likeness}; next: {next}");
    }
    text
}
