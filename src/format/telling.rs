//! The line of a failure's message that says what failed.

/// The first line of a message that tells: an assertion, a panic or an exception, and not a stack frame, a banner or
/// "exit status 1". Falls back to the first line that is not blank.
#[must_use]
pub fn telling(message: &str) -> &str {
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.next().unwrap_or_default()
}
