//! Which build of the program this is, as far as what it keeps may be used by another one.

use std::fs::File;
use std::io::{self, Read};
use std::sync::OnceLock;
use std::time::SystemTime;

use xxhash_rust::xxh3::Xxh3;

/// Whether this is a build of a release: what `RELAPSE_RELEASE` was set for when it was compiled, or what was compiled from
/// a registry's copy of the crate. Such copies do not change, so that all builds of one mean the same.
///
/// A checkout changes without its version, so everything else is a development build.
const IS_RELEASE: bool = !cfg!(debug_assertions)
    && (option_env!("RELAPSE_RELEASE").is_some() || contains(env!("CARGO_MANIFEST_DIR"), "/registry/src/"));

/// Whether `text` contains `word`; `str::contains` cannot be asked at compile time.
const fn contains(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let mut start = 0;
    while start + word.len() <= text.len() {
        let mut same = 0;
        while same < word.len() && text[start + same] == word[same] {
            same += 1;
        }
        if same == word.len() {
            return true;
        }
        start += 1;
    }
    false
}

/// `release`, the same for all of them, or the digest of a development build's own executable.
pub(super) fn identity() -> &'static str {
    static IDENTITY: OnceLock<String> = OnceLock::new();
    IDENTITY.get_or_init(|| if IS_RELEASE { "release".to_owned() } else { of_development(executable()) })
}

/// The running executable: under Linux also where another one took its name, or none.
fn executable() -> io::Result<File> {
    if cfg!(target_os = "linux") { File::open("/proc/self/exe") } else { File::open(std::env::current_exe()?) }
}

/// An executable that cannot be read is like no other: better read twice than answered by who knows whom.
fn of_development(executable: io::Result<impl Read>) -> String {
    if let Ok(digest) = executable.and_then(digest) {
        return format!("development {digest:032x}");
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    format!("development, process {} at {} ns", std::process::id(), now.as_nanos())
}

fn digest(mut executable: impl Read) -> io::Result<u128> {
    let mut hash = Xxh3::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match executable.read(&mut buffer)? {
            0 => return Ok(hash.digest128()),
            len => hash.update(&buffer[..len]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn development_builds_are_told_apart_by_their_bytes() {
        let of = |bytes: &'static [u8]| of_development(Ok(bytes));
        assert_eq!(of(b"one"), of(b"one"));
        assert_ne!(of(b"one"), of(b"two"));
        let unreadable = || of_development(Err::<&[u8], _>(io::ErrorKind::PermissionDenied.into()));
        assert_ne!(unreadable(), unreadable());
        // Tests are development builds.
        assert!(identity().starts_with("development "), "{}", identity());
        assert!(contains("/home/me/.cargo/registry/src/index/relapse-0.1.0", "/registry/src/"));
        assert!(!contains("/home/me/src/relapse", "/registry/src/") && !contains("", "/"));
    }
}
