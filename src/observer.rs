//! What a command that reads archives tells while it runs.

/// Hears of the progress, from any thread.
pub trait Observer: Sync {
    /// The archives are known.
    fn found(&self, archives: usize, bytes: u64) {
        let _ = (archives, bytes);
    }

    /// So many more bytes of the archives were read.
    fn read(&self, bytes: u64) {
        let _ = bytes;
    }

    /// Something went otherwise than it should, and the answer stands all the same.
    fn warn(&self, message: &str) {
        let _ = message;
    }
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}
