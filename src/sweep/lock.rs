//! Locks that a panic may have poisoned.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The lock, even where a panic left it poisoned.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Poison means that a task panicked, and rayon hands that panic on.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
