//! Locks that are waited for, but not for ever.

use std::fs::{File, TryLockError};
use std::io;
use std::time::{Duration, Instant};

/// How long somebody else's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// After which `waiting` is called.
const SHORT: Duration = Duration::from_secs(1);

/// Waits for a lock: whether it was got. Where the file system knows none, nobody else has one. `waiting` is called once,
/// when it takes long enough to be told.
pub(crate) fn lock(file: &File, alone: bool, waiting: &dyn Fn()) -> io::Result<bool> {
    let begun = Instant::now();
    let mut is_told = false;
    loop {
        match if alone { file.try_lock() } else { file.try_lock_shared() } {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                if !is_told && begun.elapsed() > SHORT {
                    is_told = true;
                    waiting();
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(true),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}
