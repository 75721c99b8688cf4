//! The output of an earlier sweep, to compare with.

use std::path::Path;

use relapse::diff::{BaselineError, Output};
use relapse::report::INCIDENTS;
use relapse::text::inert::inert;

use super::{lacking, output};

/// The output of an earlier sweep; none where the reports of this one go to the same folder, and are its first.
pub(super) fn read(baseline: Option<&Path>, out: Option<&Path>) -> Result<Option<Output>, BaselineError> {
    let Some(folder) = baseline else { return Ok(None) };
    let read = Output::read(folder).map(Some);
    if let Ok(Some(output)) = &read {
        lacking::warn_of(folder, output.lacking.as_deref());
    }
    if out != Some(folder) {
        return read;
    }
    // Every week after would fail, too: this sweep writes them anew.
    read.or_else(|error| {
        let shown = folder.display().to_string();
        let why = if folder.join(INCIDENTS).exists() { error.to_string() } else { "there is none yet".to_owned() };
        let why = inert(&why, 400);
        output::say(&format!("note: nothing is compared with the earlier sweep in `{}`: {why}", inert(&shown, 200)));
        Ok(None)
    })
}
