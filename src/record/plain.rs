//! Tests of the fast path without SIMD: what it uses of it is taken byte by byte on a thread that asks for that.

use std::cell::Cell;

thread_local! {
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread does without SIMD.
pub(super) fn is_asked_for() -> bool {
    ASKED.get()
}

/// Does something without SIMD.
pub(super) fn without_simd<R>(then: impl FnOnce() -> R) -> R {
    ASKED.set(true);
    let done = then();
    ASKED.set(false);
    done
}
