//! Texts that no tool writes, for tests: no reader may panic on any.

use proptest::prelude::*;

/// A text of which some bytes are others.
pub(super) fn altered(text: impl Into<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let text = text.into();
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12).prop_map(move |changes| {
        let mut altered = text.clone();
        for (at, byte) in changes {
            let at = at.index(altered.len());
            altered[at] = byte;
        }
        altered
    })
}

/// A text of which one byte is another, and what stands from there on is missing, if anything.
pub(super) fn punched(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    (0..text.len(), any::<u8>(), 0_usize..40).prop_map(move |(at, byte, cut)| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = byte;
        bytes.drain(at..(at + cut).min(bytes.len()));
        bytes
    })
}
