//! Which profile an archive is of.

use crate::archive::{Archive, Buffer, Decoder};
use crate::record::{Parser, Profiles};

/// Records looked at to tell an archive's profile.
const DETECTED_ON: usize = 32;

/// The profile that most of an archive's first records fit.
pub(super) fn detect(archive: &Archive, profiles: &Profiles) -> usize {
    if profiles.len() < 2 || archive.units() == 0 {
        return 0;
    }
    let mut text = Buffer::default();
    archive.read_unit(0).next_piece(&mut text, &mut Decoder::default());
    let lines = text.text().split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    Parser::new(profiles).detect(lines.take(DETECTED_ON))
}
