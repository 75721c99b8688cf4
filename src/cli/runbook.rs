//! `relapse runbook`.

use std::collections::BTreeSet;

use super::args::RunbookArgs;
use super::error::CliError;
use super::exit::ExitStatus;
use super::lacking;
use super::output;
use relapse::diff::Output;
use relapse::files::WriteError;
use relapse::ticket::{Case, Cases, Index, LeftOut, Runbook, RunbookReport, file_name};

pub(super) fn run(args: &RunbookArgs) -> Result<ExitStatus, CliError> {
    let found = Output::read(&args.from.from)?;
    let cases = Cases::new(&found)?;
    lacking::warn_of(&args.from.from, found.lacking.as_deref());
    let from = args.from.from.display().to_string();
    let lacking = found.lacking.as_deref();
    let page = |case: &Case<'_>| Runbook { case, from: &from, lacking }.to_string();
    let meant = named(&cases, &args.ids)?;
    let left_out = if args.ids.is_empty() { cases.left_out() } else { LeftOut::default() };
    let index = |cases, has_pages| Index { cases, has_pages, left_out, lacking }.to_string();
    if args.json {
        output::print_json(&RunbookReport::new(&meant, &from, lacking))?;
        return Ok(ExitStatus::Done);
    }
    let out = args.out.clone().or_else(|| args.all.then(|| args.from.from.join("runbook")));
    if let Some(out) = out {
        output::write_set(&out, |out| -> Result<(), WriteError> {
            for case in &meant {
                out.file(&file_name(&case.row.incident_id), |file| file.write_all(page(case).as_bytes()))?;
            }
            let index = index(meant.clone(), true);
            out.file("index.md", |file| file.write_all(index.as_bytes()))
        })?;
    } else if args.ids.is_empty() {
        output::print(&index(meant, false))?;
    } else {
        let pages: Vec<String> = meant.iter().map(page).collect();
        output::print(&pages.join("\n---\n\n"))?;
    }
    Ok(ExitStatus::Done)
}

/// The incidents of these names, each once; without a name, those that are not resolved.
pub(super) fn named<'o>(cases: &Cases<'o>, ids: &[String]) -> Result<Vec<Case<'o>>, CliError> {
    if ids.is_empty() {
        return Ok(cases.open().collect());
    }
    let (mut meant, mut known) = (Vec::new(), BTreeSet::new());
    for id in ids {
        meant.extend(cases.named(id)?.into_iter().filter(|case| known.insert(case.row.incident_id.as_str())));
    }
    Ok(meant)
}
