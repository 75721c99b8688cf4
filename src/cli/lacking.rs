//! What is said where the output that a command reads lacks something, so that no short list reads as an all-clear.

use std::path::Path;

use super::output;
use crate::diff::Comparison;
use crate::text::inert::inert;

/// Warns that the sweep in a folder could not read everything, or does not know the meaning of all of it.
pub(super) fn warn_of(folder: &Path, lacking: Option<&str>) {
    if let Some(lacking) = lacking {
        let folder = folder.display().to_string();
        output::say(&format!("warning: of the sweep in `{}`: {}", inert(&folder, 200), inert(lacking, 800)));
    }
}

/// The same as a warning of a comparison; `then`: of which side, and what comes of that.
pub(super) fn add(comparison: &mut Comparison, lacking: Option<&str>, then: &str) {
    let warning = lacking.map(|lacking| format!("{lacking}; that is {then}"));
    // What stands from an earlier comparison may say so already.
    comparison.warnings.extend(warning.filter(|warning| !comparison.warnings.contains(warning)));
}
