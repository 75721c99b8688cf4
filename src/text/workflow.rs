//! Text in GitHub's workflow commands: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.

use super::inert::inert_line;

/// A message, as the runner unescapes it; what would steer a terminal is written out, and no line begins a command.
pub(crate) fn message(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(|line| inert_line(line, usize::MAX)).collect();
    lines.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property, as the runner unescapes it.
pub(crate) fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
