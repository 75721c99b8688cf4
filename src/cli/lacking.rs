//! What is said where the output that a command reads lacks something, so that no short list reads as an all-clear.

use std::path::Path;

use super::output;
use relapse::text::inert::inert;

/// Warns that the sweep in a folder could not read everything, or does not know the meaning of all of it.
pub(super) fn warn_of(folder: &Path, lacking: Option<&str>) {
    if let Some(lacking) = lacking {
        let folder = folder.display().to_string();
        output::say(&format!("warning: of the sweep in `{}`: {}", inert(&folder, 200), inert(lacking, 800)));
    }
}
