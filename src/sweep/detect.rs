//! Which profile an archive is of.

use crate::record::{Parser, Profiles};

/// Records looked at to tell an archive's profile.
const DETECTED_ON: usize = 32;

/// The profile that most of the first records of a text fit.
pub(super) fn detect(text: &[u8], profiles: &Profiles) -> usize {
    if profiles.len() < 2 {
        return 0;
    }
    let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    Parser::new(profiles).detect(lines.take(DETECTED_ON))
}
