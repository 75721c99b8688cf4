//! `relapse store`, and what sweeps and gates need of one.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::args::{StoreArgs, StoreCommand};
use super::error::CliError;
use super::exit::ExitStatus;
use super::output;
use relapse::archive::Discovery;
use relapse::observer::Observer;
use relapse::store::{Entry, Kind, Listing, Prune, Pruned, Session, Store, Use};
use relapse::sweep::Sweep;
use relapse::text::inert::inert;
use relapse::text::terminal::{bytes, count, plural};

/// Opens the store that was asked for.
pub(super) fn opened(args: &StoreArgs) -> Result<Option<Store>, CliError> {
    Ok(args.store.as_deref().map(Store::open).transpose()?)
}

/// Begins a sweep's use of its store.
pub(super) fn session<'s>(
    store: Option<&'s Store>,
    args: &StoreArgs,
    sweep: &Sweep,
    found: &mut Discovery,
    observer: &'s dyn Observer,
) -> Result<Option<Session<'s>>, CliError> {
    let Some(store) = store else { return Ok(None) };
    let how = Use {
        settings: sweep.configuration().fingerprint(),
        verify: args.verify,
        keep_gone: args.keep_gone,
        run_from: &sweep.run_from,
        max_window: sweep.max_window,
    };
    Ok(Some(sweep.pool()?.install(|| Session::begin(store, found, how, observer))))
}

pub(super) fn run(command: &StoreCommand) -> Result<ExitStatus, CliError> {
    match command {
        StoreCommand::Ls { of } => {
            let listing = upkeep(&of.dir, Store::existing(&of.dir)?.list())?;
            show(of.json, &listing, || table(&listing))?;
            Ok(ExitStatus::Done)
        }
        StoreCommand::Verify { of } => {
            let mut listing = upkeep(&of.dir, Store::existing(&of.dir)?.verify())?;
            // A sweep that has the answer looks at nothing else, and what is broken would stay.
            let stays = if listing.entries.iter().any(|entry| entry.fault.is_some()) {
                mended(&of.dir).map(|mended| listing = mended).err()
            } else {
                None
            };
            if let Some(why) = stays.as_ref().filter(|_| of.json) {
                output::say(&format!("warning: what is broken stays: {}", inert(&why.to_string(), 400)));
            }
            show(of.json, &listing, || faults(&listing, stays.as_ref()))?;
            Ok(if listing.broken() == 0 { ExitStatus::Done } else { ExitStatus::Loss })
        }
        StoreCommand::Prune { of, older_than, gone, yes } => {
            let store = Store::alone(&of.dir)?;
            let which = Prune { older_than: *older_than, gone: *gone, dry: *gone && !yes };
            let mut pruned = upkeep(&of.dir, store.prune(which))?;
            let lost = pruned.gone().len() as u64;
            if which.dry && lost == 0 {
                // Nothing that cannot be made anew.
                pruned = upkeep(&of.dir, store.prune(Prune { dry: false, ..which }))?;
            }
            show(of.json, &pruned, || removed(&pruned))?;
            if pruned.dry_run {
                return Err(CliError::Usage(format!(
                    "nothing was removed: {} gone, and what the store keeps is all that is left of {}: --keep-gone would count \
                     {} no more; say --yes to remove it",
                    plural_are(lost, "archive"),
                    if lost == 1 { "it" } else { "them" },
                    if lost == 1 { "it" } else { "them" },
                )));
            }
            Ok(ExitStatus::Done)
        }
    }
}

/// Removes what is broken; the listing of before that.
fn mended(dir: &Path) -> Result<Listing, CliError> {
    let store = Store::alone(dir)?;
    let mut listing = upkeep(dir, store.verify())?;
    upkeep(dir, store.mend(&mut listing))?;
    Ok(listing)
}

fn plural_are(number: u64, what: &str) -> String {
    format!("{} {}", plural(number, what), if number == 1 { "is" } else { "are" })
}

/// Archives of a list that are named.
const NAMED: usize = 20;

fn removed(pruned: &Pruned) -> String {
    let (entries, kept) = (plural_entries(pruned.removed.len() as u64), plural_entries(pruned.kept));
    let what = if pruned.dry_run { "would be removed" } else { "removed" };
    let mut text = format!("{entries} of {} {what}, {kept} left\n", bytes(pruned.bytes as f64));
    let gone = pruned.gone();
    if !gone.is_empty() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} gone, of which nothing is left then:", plural_are(gone.len() as u64, "archive"));
        for path in gone.iter().take(NAMED) {
            let _ = writeln!(text, "  {}", inert(path, 200));
        }
        if let more @ 1.. = gone.len().saturating_sub(NAMED) {
            let _ = writeln!(text, "  and {} more", count(more as u64));
        }
    }
    text
}

fn upkeep<T>(path: &Path, done: std::io::Result<T>) -> Result<T, CliError> {
    done.map_err(|source| CliError::Upkeep { path: path.display().to_string(), source })
}

fn show(json: bool, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), CliError> {
    if json {
        output::print_json(value)?;
    } else {
        output::print(&text())?;
    }
    Ok(())
}

fn plural_entries(number: u64) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{} entries", count(number)) }
}

/// Where an entry comes from, in a few words.
fn origin(entry: &Entry) -> String {
    let archive = entry.archive.as_deref().map(|path| inert(path, 200).into_owned());
    let archive =
        archive.unwrap_or_else(|| if entry.kind == Kind::Answer { "-" } else { "not swept to the end" }.to_owned());
    if entry.is_gone { format!("{archive} (gone)") } else { archive }
}

fn table(listing: &Listing) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut text = format!("{:<8} {:>9} {:>9}  archive\n", "kind", "size", "used");
    for entry in &listing.entries {
        let age = now.saturating_sub(Duration::from_millis(entry.used_unix_ms)).as_secs() / 86_400;
        let used = if age == 0 { "today".to_owned() } else { format!("{age} d ago") };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<8} {:>9} {used:>9}  {}", entry.kind, bytes(entry.bytes as f64), origin(entry));
    }
    let entries = plural_entries(listing.entries.len() as u64);
    let _ = writeln!(text, "{entries}, {}", bytes(listing.bytes as f64));
    text
}

/// What is wrong, and what becomes of it; `stays`: why what is broken could not be removed.
fn faults(listing: &Listing, stays: Option<&CliError>) -> String {
    let mut text = String::new();
    for entry in &listing.entries {
        if let Some(fault) = &entry.fault {
            let _ = writeln!(text, "broken  {}: {fault}; of {}", entry.file, origin(entry));
        }
    }
    for (file, fault) in [("index", &listing.index_fault), ("index.copy", &listing.index_copy_fault)] {
        if let Some(fault) = fault {
            let _ = writeln!(text, "broken  {file}: {fault}");
        }
    }
    let all = plural_entries(listing.entries.len() as u64);
    let _ = match listing.broken() {
        0 => writeln!(text, "{all}, {}: sound", bytes(listing.bytes as f64)),
        broken => {
            let is_broken = |entry: &&Entry| entry.fault.is_some();
            let removed = listing.entries.iter().filter(is_broken).any(|entry| entry.is_removed);
            let gone = listing.entries.iter().filter(is_broken).any(|entry| entry.is_gone);
            let then = match (stays, removed) {
                (Some(why), _) => format!("they stay: {}", inert(&why.to_string(), 400)),
                (None, true) => "removed, so that the next sweep makes them anew".to_owned(),
                (None, false) if gone => "they stay".to_owned(),
                (None, false) => "the next sweep makes them anew".to_owned(),
            };
            let but = if gone && stays.is_none() {
                "; those of archives that are gone are all that is left of them"
            } else {
                ""
            };
            writeln!(text, "{} broken, of {all}: {then}{but}", plural(broken, "file"))
        }
    };
    text
}
