//! Locks that a panic may have poisoned.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The lock, even where a panic left it poisoned.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Poison means that a task panicked, and whoever waits for the task hands that panic on.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the lock kept, likewise.
pub(crate) fn unlocked<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
