//! `relapse ticket`.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::args::TicketArgs;
use super::error::CliError;
use super::exit::ExitStatus;
use super::{lacking, output, runbook};
use relapse::diff::Output;
use relapse::text::terminal::plural;
use relapse::ticket::{Cases, Setting, Ticket, references};

pub(super) fn run(args: &TicketArgs) -> Result<ExitStatus, CliError> {
    let found = Output::read(&args.from.from)?;
    let cases = Cases::new(&found)?;
    lacking::warn_of(&args.from.from, found.lacking.as_deref());
    let mut known = BTreeSet::new();
    for path in &args.existing {
        let text =
            std::fs::read(path).map_err(|source| CliError::Unreadable { path: path.display().to_string(), source })?;
        known.extend(references(&decoded(&text)));
    }
    let meant = runbook::named(&cases, &args.ids)?;
    let all = meant.len();
    // A finding of whole runs has one where any of its incidents has.
    let fresh: Vec<_> = meant.iter().filter(|case| !case.ids().any(|id| known.contains(id))).collect();
    let new = fresh.len();
    let created = i64::try_from(output::generated_unix_ms()?).ok();
    let created = created.and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default().to_string();
    let setting = Setting { prefix: &args.prefix, created_at: &created };
    output::print_each(args.form.write(fresh.into_iter().map(Ticket::new), &setting))?;
    if new < all {
        let (known, all) = (all - new, plural(all as u64, "incident"));
        output::say(&format!("{known} of {all} {} a ticket already", if known == 1 { "has" } else { "have" }));
    }
    Ok(ExitStatus::Done)
}

/// A text, also as Windows PowerShell writes one: UTF-16 with its mark.
fn decoded(bytes: &[u8]) -> String {
    let Some(units) = bytes.strip_prefix(b"\xff\xfe") else {
        return String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned();
    };
    let units = units.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
