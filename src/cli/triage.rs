//! `relapse triage`.

use std::path::Path;

use super::args::TriageArgs;
use super::error::CliError;
use super::exit::ExitStatus;
use super::inputs::Inputs;
use super::output;
use relapse::archive::Entry;
use relapse::report::triage_json;
use relapse::sweep::Triage;
use relapse::taxonomy::{Classifier, Taxonomy};
use relapse::text::inert::json_without_commands;

/// zstd's own limit without `--long`.
const MAX_WINDOW: u64 = 128 << 20;

pub(super) fn run(args: &TriageArgs) -> Result<ExitStatus, CliError> {
    let generated = output::generated_unix_ms()?;
    let taxonomy = Taxonomy::CATALOG.resolve(&args.taxonomy)?;
    let classifier = Classifier::new(&taxonomy);
    let entry = Entry::of_file(&args.input);
    Inputs::of(entry.path.as_deref().into_iter().chain([Path::new(&args.taxonomy)])).spare(Some(&args.output))?;
    let packet = args.packet.as_deref();
    let log = Triage { log: &entry, packet, classifier: &classifier, max_window: MAX_WINDOW }.run()?;
    let text = triage_json(&log, &args.input, packet, u128::from(generated))?;
    output::write_file(&args.output, |out| out.write_all(text.as_bytes()))?;
    // Byte for byte the file's text, as the reference prints it, but for what a build's runner would take for a command.
    output::print_raw(format!("{}\n", json_without_commands(&text)).as_bytes())?;
    // The report is the reference's, and so is the status.
    match packet {
        _ if log.total_entries == 0 => output::say("warning: the log holds no record, so that nothing was classified"),
        Some(packet) if log.packet_entries == 0 => output::say(&format!(
            "warning: no record of the log is of packet `{}`, so that nothing was classified",
            relapse::text::inert::inert(packet, 200)
        )),
        _ => {}
    }
    Ok(ExitStatus::Done)
}
