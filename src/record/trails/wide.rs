//! Following trails in registers of 32 bytes, where the processor has them: code that no compiler may choose by itself.
#![allow(unsafe_code)]

use super::Trails;
use crate::record::slot::Slot;
use crate::record::walk::Walk;

impl Trails {
    /// As [`Trails::follow_on`].
    #[inline]
    pub(super) fn follow_fast<'l>(&'l self, padded: &[u8], walk: Walk<'l>, slots: &mut [Slot<'l>]) -> Option<usize> {
        #[cfg(test)]
        if crate::record::plain::is_asked_for() {
            return self.follow_on(padded, walk, slots);
        }
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has what the function asks for.
            return unsafe { self.follow_wide(padded, walk, slots) };
        }
        self.follow_on(padded, walk, slots)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn follow_wide<'l>(&'l self, padded: &[u8], walk: Walk<'l>, slots: &mut [Slot<'l>]) -> Option<usize> {
        self.follow_on(padded, walk, slots)
    }
}
