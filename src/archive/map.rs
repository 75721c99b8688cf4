//! The bytes of one file, memory-mapped.
//!
//! # A file that changes under its map
//! Nobody can promise that a retained log is not rotated while it is read. Three things can happen, and none of them
//! may kill the process or invent text:
//! - **It shrinks.** Touching a page behind the new end raises `SIGBUS`. A handler, installed with the first map, puts
//!   a page of zeros there and lets the read go on; a fault outside our maps goes to whoever handled it before.
//!   [`FileMap::intact`] then says how many leading bytes are still the file's, so that a reader, which asks after
//!   each read and not before, can call the rest damage.
//! - **It grows.** The map keeps the length that it was made with; what comes later is not read.
//! - **It is overwritten in place.** The new bytes may be read in part. [`FileMap::changed`] tells, from length and
//!   modification time, and the ledger carries a warning.
//!
//! What cannot be mapped (a pipe, a device, a file system without `mmap`) is spooled to a temporary file without a
//! name, and that is mapped: every reader sees a slice.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::ops::{Deref, Range};
use std::path::Path;
use std::time::SystemTime;

use memmap2::Mmap;

/// A read-only file as a slice of bytes.
#[derive(Debug)]
pub struct FileMap {
    /// `None` for an empty file, which no system maps.
    map: Option<Mmap>,
    file: File,
    modified: Option<SystemTime>,
    slot: Option<usize>,
}

impl FileMap {
    /// Opens and maps a file; a pipe, device or unmappable file is spooled first.
    ///
    /// # Errors
    /// When the file cannot be opened or read, or is a folder.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let kind = file.metadata()?.file_type();
        if kind.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        if !kind.is_file() {
            return Self::spool(file);
        }
        match Self::from_file(file.try_clone()?) {
            Ok(map) => Ok(map),
            // The file is there and readable: a file system without mmap.
            Err(_) => Self::spool(file),
        }
    }

    /// Reads a stream to its end into a temporary file without a name, and maps that.
    ///
    /// # Errors
    /// When reading fails or the temporary folder has no room.
    pub fn spool(mut reader: impl io::Read) -> io::Result<Self> {
        let mut file = tempfile::tempfile()?;
        io::copy(&mut reader, &mut file)?;
        Self::from_file(file)
    }

    fn from_file(file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let modified = metadata.modified().ok();
        if metadata.len() == 0 {
            return Ok(Self { map: None, file, modified, slot: None });
        }
        // SAFETY: the map is read-only and private. Others may change the file meanwhile, so nothing here relies on
        // two reads giving the same byte: readers copy or decode each range once and parse only their copy. A file
        // that shrinks is caught by the guard below.
        let map = unsafe { Mmap::map(&file)? };
        let slot = guard::register(map.as_ptr() as usize, map.len());
        Ok(Self { map: Some(map), file, modified, slot })
    }

    /// How many leading bytes of the map are still the file's own: less than its length when the file shrank.
    /// Ask after reading: a range that ends at or before this value was read from the file.
    #[must_use]
    pub fn intact(&self) -> usize {
        let now = self.file.metadata().map_or(0, |m| usize::try_from(m.len()).unwrap_or(usize::MAX));
        let faulted = self.slot.map_or(usize::MAX, guard::first_fault);
        self.len().min(now).min(faulted)
    }

    /// Whether length or modification time differ from when the file was opened.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.file.metadata().is_ok_and(|now| now.len() != self.len() as u64 || now.modified().ok() != self.modified)
    }

    /// Tells the system that a range was read and will not be read again soon, so that the pages of a large file do
    /// not count as this process' memory. Reading the range again is allowed and gives the file's bytes.
    pub fn release(&self, range: Range<usize>) {
        const PAGE: usize = 4096;
        let Some(map) = &self.map else { return };
        // Pages that it shares with its neighbours too: whoever needs them gets them again.
        let start = range.start / PAGE * PAGE;
        let end = range.end.next_multiple_of(PAGE).min(map.len());
        if start < end {
            // SAFETY: dropping clean pages of a private read-only file map changes no byte: the next access reads
            // them from the file again. A refusal (an exotic page size) only costs memory.
            let _ = unsafe { map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, start, end - start) };
        }
    }
}

impl Deref for FileMap {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.map.as_deref().unwrap_or_default()
    }
}

impl Drop for FileMap {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            guard::release(slot);
        }
    }
}

/// The `SIGBUS` guard: a fixed table of the mapped ranges that a signal handler may read without locks.
mod guard {
    use std::sync::Once;
    use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

    /// Maps open at once beyond this many are not guarded (they are still checked by [`super::FileMap::intact`]).
    const SLOTS: usize = 4096;
    const FREE: usize = 0;
    const CLAIMED: usize = 1;

    struct Slot {
        start: AtomicUsize,
        len: AtomicUsize,
        first_fault: AtomicUsize,
    }

    static TABLE: [Slot; SLOTS] = [const {
        Slot { start: AtomicUsize::new(FREE), len: AtomicUsize::new(0), first_fault: AtomicUsize::new(usize::MAX) }
    }; SLOTS];
    static INSTALL: Once = Once::new();
    /// The action that stood before ours, leaked on purpose: the handler may need it at any time.
    static PREVIOUS: AtomicPtr<libc::sigaction> = AtomicPtr::new(std::ptr::null_mut());

    pub(super) fn register(start: usize, len: usize) -> Option<usize> {
        INSTALL.call_once(install);
        let (index, slot) = TABLE.iter().enumerate().find(|(_, slot)| {
            slot.start.compare_exchange(FREE, CLAIMED, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        })?;
        slot.first_fault.store(usize::MAX, Ordering::Release);
        slot.len.store(len, Ordering::Release);
        slot.start.store(start, Ordering::Release);
        Some(index)
    }

    pub(super) fn release(index: usize) {
        TABLE[index].len.store(0, Ordering::Release);
        TABLE[index].start.store(FREE, Ordering::Release);
    }

    /// Offset of the first page that had to be replaced, `usize::MAX` when none was.
    pub(super) fn first_fault(index: usize) -> usize {
        TABLE[index].first_fault.load(Ordering::Acquire)
    }

    fn install() {
        // SAFETY: the structures are zeroed and then filled as sigaction(2) asks; the handler only uses atomics and
        // async-signal-safe system calls.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handle as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigemptyset(&raw mut action.sa_mask);
            let previous: &mut libc::sigaction = Box::leak(Box::new(std::mem::zeroed()));
            if libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::from_mut(previous)) == 0 {
                PREVIOUS.store(previous, Ordering::Release);
            }
        }
    }

    extern "C" fn handle(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        const PAGE: usize = 4096;
        // SAFETY: the kernel hands a valid siginfo to a SA_SIGINFO handler, and for SIGBUS si_addr is the address.
        let address = unsafe { (*info).si_addr() } as usize;
        for slot in &TABLE {
            let start = slot.start.load(Ordering::Acquire);
            let len = slot.len.load(Ordering::Acquire);
            if start <= CLAIMED || address < start || address - start >= len {
                continue;
            }
            let page = address / PAGE * PAGE;
            // SAFETY: the page lies inside a live private map of ours that no one else manages; replacing it by
            // zeros keeps every slice over it readable. mmap is a plain system call here.
            let mapped = unsafe {
                libc::mmap(
                    page as *mut libc::c_void,
                    PAGE,
                    libc::PROT_READ,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
                    -1,
                    0,
                )
            };
            if mapped != libc::MAP_FAILED {
                slot.first_fault.fetch_min(page.saturating_sub(start), Ordering::AcqRel);
                return;
            }
        }
        // SAFETY: not ours: hand the signal to the earlier handler, or restore the default so that the faulting
        // instruction, which runs again, ends the process as it would have without us.
        unsafe {
            let previous = PREVIOUS.load(Ordering::Acquire);
            if let Some(previous) = previous.as_ref()
                && previous.sa_sigaction != libc::SIG_DFL
                && previous.sa_sigaction != libc::SIG_IGN
            {
                if previous.sa_flags & libc::SA_SIGINFO != 0 {
                    let call: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) =
                        std::mem::transmute(previous.sa_sigaction);
                    call(signal, info, context);
                } else {
                    let call: extern "C" fn(libc::c_int) = std::mem::transmute(previous.sa_sigaction);
                    call(signal);
                }
                return;
            }
            libc::signal(signal, libc::SIG_DFL);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::FileMap;

    #[test]
    fn maps_what_the_file_holds() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"one\ntwo\n").unwrap();
        let map = FileMap::open(file.path()).unwrap();
        assert_eq!(&*map, b"one\ntwo\n");
        assert_eq!(map.intact(), 8);
        assert!(!map.changed());
    }

    #[test]
    fn an_empty_file_is_an_empty_slice() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(FileMap::open(file.path()).unwrap().is_empty());
    }

    #[test]
    fn a_stream_is_spooled() {
        let map = FileMap::spool(&b"from a pipe"[..]).unwrap();
        assert_eq!(&*map, b"from a pipe");
    }

    #[test]
    fn a_file_that_shrinks_is_read_as_zeros_and_said_so() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(64 * 4096).unwrap();
        let map = FileMap::open(file.path()).unwrap();
        file.as_file().set_len(5000).unwrap();
        // Every page behind the new end would raise SIGBUS.
        assert_eq!(map.iter().map(|&byte| u64::from(byte)).sum::<u64>(), 0);
        assert_eq!(map.intact(), 5000);
        assert!(map.changed());
    }

    #[test]
    fn released_pages_read_the_same_again() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..50_000u32).map(|i| (i % 251) as u8).collect();
        file.write_all(&bytes).unwrap();
        let map = FileMap::open(file.path()).unwrap();
        map.release(100..40_000);
        assert_eq!(&*map, &bytes[..]);
    }
}
