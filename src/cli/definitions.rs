//! `relapse taxonomies` and `relapse formats`.

use super::args::TaxonomyCommand;
use super::error::CliError;
use super::exit::ExitStatus;
use super::output;
use relapse::format::Format;
use relapse::taxonomy::Taxonomy;

pub(super) fn taxonomies(command: &TaxonomyCommand) -> Result<ExitStatus, CliError> {
    let text = match command {
        TaxonomyCommand::List => Taxonomy::CATALOG
            .names()
            .filter_map(|name| Taxonomy::CATALOG.builtin(name))
            .map(|taxonomy| line(taxonomy.name(), taxonomy.description()))
            .collect(),
        TaxonomyCommand::Show { name } => Taxonomy::CATALOG.source(name)?.to_owned(),
        TaxonomyCommand::Check { file } => {
            let taxonomy = Taxonomy::CATALOG.resolve(file)?;
            let (rules, classes) = (taxonomy.rules().len(), taxonomy.classes().len());
            format!("{file}: taxonomy `{}` with {rules} rules and {classes} classes is sound\n", taxonomy.name())
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

/// A name and what it is for.
pub(super) fn line(name: &str, description: &str) -> String {
    format!("{name:<24} {description}\n")
}
