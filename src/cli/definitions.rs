//! `relapse taxonomies` and `relapse profiles`.

use super::args::Definitions;
use super::error::CliError;
use super::exit::ExitStatus;
use super::output;
use relapse::format::Format;
use relapse::record::{OutcomeKind, Profiles, Shape};
use relapse::sweep::Taxonomies;
use relapse::taxonomy::Taxonomy;

pub(super) fn taxonomies(command: &Definitions) -> Result<ExitStatus, CliError> {
    let text = match command {
        Definitions::List => Taxonomy::CATALOG
            .names()
            .filter_map(|name| Taxonomy::CATALOG.builtin(name))
            .map(|taxonomy| line(taxonomy.name(), taxonomy.description()))
            .collect(),
        Definitions::Show { name } => Taxonomy::CATALOG.source(name)?.to_owned(),
        Definitions::Check { file } => {
            let taxonomy = Taxonomy::CATALOG.resolve(file)?;
            let (rules, classes) = (taxonomy.rules().len(), taxonomy.classes().len());
            format!("{file}: taxonomy `{}` with {rules} rules and {classes} classes is sound\n", taxonomy.name())
        }
    };
    output::print(&text)?;
    Ok(ExitStatus::Done)
}

pub(super) fn profiles(command: &Definitions) -> Result<ExitStatus, CliError> {
    let text = match command {
        Definitions::List => Shape::CATALOG
            .names()
            .filter_map(|name| Shape::CATALOG.builtin(name))
            .map(|profile| line(profile.name(), profile.description()))
            .collect(),
        Definitions::Show { name } => Shape::CATALOG.source(name)?.to_owned(),
        Definitions::Check { file } => {
            let profile = Shape::CATALOG.resolve(file)?;
            // What it names must be there, too.
            Taxonomies::of(&Profiles::of([profile.clone()]))?;
            let note = if fails(&profile) { "" } else { NOTHING_FAILS };
            format!("{file}: profile `{}` with {} fields is sound\n{note}", profile.name(), profile.fields())
        }
    };
    output::print(&text)?;
    Ok(ExitStatus::Done)
}

pub(super) fn formats() -> Result<ExitStatus, CliError> {
    let row = |format: &Format| {
        format!("{:<18} {:<10} {:<28} {}\n", format.id, format.kind.name(), format.name, format.told_by)
    };
    output::print(&Format::ALL.iter().map(row).collect::<String>())?;
    Ok(ExitStatus::Done)
}

/// A profile may be made before the first failure was seen.
const NOTHING_FAILS: &str = "note: no word of [outcome] means a failure: name such words in `fail`, or take all others for one with \
                             `other = \"fail\"`; until then they are told as unknown\n";

/// Whether any record can be a failure.
fn fails(shape: &Shape) -> bool {
    match shape {
        Shape::Log(profile) => !profile.outcome.fail.is_empty() || profile.outcome.other == OutcomeKind::Fail,
        Shape::Benchmark(_) => true,
    }
}

fn line(name: &str, description: &str) -> String {
    format!("{name:<24} {description}\n")
}
