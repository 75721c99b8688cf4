//! A test point of a TAP document: its line, its diagnostics and the attempt that it tells of.

use std::mem::take;

use crate::format::attempt::{Attempt, Ending};
use crate::format::paths::Root;
use crate::format::shell::{node, quote};
use crate::unit::FILE;

/// Bytes of a message.
const MESSAGE: usize = 64 * 1024;

/// A test point.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a sign that may stand beside any other")]
pub(super) struct Point {
    pub(super) line: u64,
    /// Names from the outermost known level down.
    pub(super) path: Vec<String>,
    pub(super) ending: Ending,
    pub(super) message: String,
    pub(super) duration_ms: Option<f64>,
    /// `file:line:column`, where the diagnostics say it.
    pub(super) location: String,
    /// Whether node's runner wrote it.
    pub(super) is_of_node: bool,
    /// Whether the next line of its YAML says what failed.
    pub(super) is_error_next: bool,
    pub(super) is_expected: bool,
    pub(super) is_consequence: bool,
}

impl Point {
    pub(super) fn is_failed(&self) -> bool {
        !matches!(self.ending, Ending::Passed | Ending::Skipped)
    }

    /// Reads a line from its `ok` or `not ok` on; whether braces open behind it comes second.
    pub(super) fn read(text: &str, line: u64, count: u64) -> Option<(Self, bool)> {
        let (is_ok, rest) = match text.strip_prefix("not ok") {
            Some(rest) => (false, rest),
            None => (true, text.strip_prefix("ok")?),
        };
        if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
            return None;
        }
        let rest = rest.trim_start();
        let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let (number, rest) = rest.split_at(digits);
        let rest = rest.trim_start();
        let rest = rest.strip_prefix('-').unwrap_or(rest).trim();
        let (description, directive) = split_directive(rest);
        let (description, is_open) = match description.strip_suffix('{') {
            Some(before) if directive.is_empty() => (before.trim_end(), true),
            _ => (description, directive.ends_with('{')),
        };
        let mut point = Self { line, ..Self::default() };
        point.ending = if is_ok { Ending::Passed } else { Ending::Failed };
        let word = directive.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
        if word.to_ascii_uppercase().starts_with("SKIP") {
            point.ending = Ending::Skipped;
            directive.trim_end_matches('{').trim().clone_into(&mut point.message);
        } else if word.eq_ignore_ascii_case("TODO") {
            // A failure that is expected, or a pass that is not: both are no failure.
            point.ending = Ending::Passed;
            point.is_expected = true;
        }
        if let Some(time) = directive.split("time=").nth(1) {
            point.duration_ms = duration(time);
        }
        let name = unescape(description);
        let number = if number.is_empty() { count.to_string() } else { number.to_owned() };
        point.path.push(if name.is_empty() { format!("test {number}") } else { name });
        Some((point, is_open))
    }

    /// A line of its diagnostics, YAML or comment.
    pub(super) fn add(&mut self, text: &str) {
        if !self.is_failed() {
            return;
        }
        if self.message.len() + text.len() < MESSAGE {
            self.message.push_str(text);
            self.message.push('\n');
        }
    }

    /// A line of its YAML.
    pub(super) fn yaml(&mut self, text: &str) {
        let value = |key: &str| {
            let rest = text.trim_start().strip_prefix(key)?.strip_prefix(':')?;
            Some(rest.trim().trim_matches(['\'', '"']))
        };
        if let Some(time) = value("duration_ms") {
            self.duration_ms = time.parse().ok().filter(|time: &f64| time.is_finite()).or(self.duration_ms);
        } else if let Some(place) = value("location").filter(|_| self.location.is_empty()) {
            place.clone_into(&mut self.location);
        } else if let Some(kind) = value("failureType").filter(|_| self.is_failed()) {
            self.is_of_node = true;
            match kind {
                "testTimeoutFailure" => self.ending = Ending::TimedOut,
                "hookFailed" => self.ending = Ending::SetupFailed,
                "cancelledByParent" => self.ending = Ending::Skipped,
                _ => {}
            }
        }
        // Among all that node says of a failure this is what failed: in quotes, or in the lines that follow.
        let error = if take(&mut self.is_error_next) { Some(text.trim()) } else { value("error") };
        if let Some(error) = error.filter(|_| self.is_of_node) {
            if error == "|-" {
                self.is_error_next = true;
            } else {
                self.message.insert_str(0, &format!("{}\n", error.trim_matches('`')));
            }
        }
        self.add(text);
    }

    /// Its attempt; `run` is the file that runs, if one is known.
    pub(super) fn attempt(&self, run: &str) -> Attempt<'static> {
        if let Some(attempt) = self.file_of_node() {
            return attempt;
        }
        let (suite, names) = match self.path.split_first() {
            Some((first, names)) if is_file(first) && !names.is_empty() => (first.as_str(), names),
            Some((first, _)) if is_file(first) => (first.as_str(), self.path.as_slice()),
            _ => (run, self.path.as_slice()),
        };
        let mut place = self.location.rsplitn(3, ':');
        let numbers = [place.next(), place.next()];
        let is_place = numbers.iter().all(|part| part.is_some_and(|part| part.parse::<u32>().is_ok()));
        let file = place.next().filter(|_| is_place).unwrap_or(suite);
        let relative = Root::of(std::iter::once(file)).strip(file).into_owned();
        let extension = suite.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
        let replay = if extension == "t" {
            format!("prove -v {}", quote(suite))
        } else if extension == "bats" {
            format!("bats -f {} {}", quote(names.last().map_or("", String::as_str)), quote(suite))
        } else if is_place && !file.is_empty() {
            node(&relative, names.last().map_or("", String::as_str))
        } else {
            String::new()
        };
        Attempt {
            line: self.line,
            suite: suite.to_owned().into(),
            scenario: names.join(" > ").into(),
            attempt: Some(1),
            ending: self.ending,
            message: self.message.clone().into(),
            duration_ms: self.duration_ms,
            file: relative.into(),
            replay: replay.into(),
            ..Attempt::default()
        }
    }

    /// What node's runner says of a file whose process failed outside of its tests. The tests of a file that passed stand there
    /// without its name, so that nothing says in which runs it did not fail: no series could be made of it.
    fn file_of_node(&self) -> Option<Attempt<'static>> {
        let [path] = self.path.as_slice() else { return None };
        if !self.is_of_node || !path.starts_with('/') && path.get(1..3) != Some(":\\") {
            return None;
        }
        let file = Root::of(std::iter::once(path.as_str())).strip(path).into_owned();
        let is_sign = |line: &&str| line.starts_with("exitCode: ") || line.starts_with("signal: ");
        let signs: Vec<&str> = self.message.lines().map(str::trim).filter(is_sign).collect();
        Some(Attempt {
            line: self.line,
            replay: format!("node --test {}", quote(&file)).into(),
            suite: file.clone().into(),
            scenario: FILE.into(),
            attempt: Some(1),
            ending: Ending::Infrastructure,
            message: format!("the file's process failed, {}\n{}", signs.join(", "), self.message).into(),
            duration_ms: self.duration_ms,
            file: file.into(),
            ..Attempt::default()
        })
    }
}

/// A test point's description and the directive behind its first `#` that is not escaped and stands behind a space.
fn split_directive(text: &str) -> (&str, &str) {
    let mut is_escaped = false;
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        if letter == '#' && !is_escaped && before.is_ascii_whitespace() {
            let (description, directive) = text.split_at(at);
            let directive = directive.trim_start_matches('#').trim();
            let upper = directive.get(..4).unwrap_or_default().to_ascii_uppercase();
            if upper == "SKIP" || upper == "TODO" || directive.starts_with("time=") {
                return (description.trim_end(), directive);
            }
        }
        is_escaped = letter == '\\' && !is_escaped;
        before = letter;
    }
    (text, "")
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some('#' | '\\') if letter == '\\' => out.extend(letters.next()),
            _ => out.push(letter),
        }
    }
    out
}

/// `12.5ms`, `1.5s`.
fn duration(text: &str) -> Option<f64> {
    let text = text.split([' ', '{']).next()?;
    let (number, factor) = match text.strip_suffix("ms") {
        Some(number) => (number, 1.0),
        None => (text.strip_suffix('s').unwrap_or(text), 1000.0),
    };
    let number: f64 = number.parse().ok()?;
    number.is_finite().then_some(number * factor)
}

/// Whether a name is that of a file, as runners name the outermost level.
pub(super) fn is_file(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
    let known =
        ["t", "js", "mjs", "cjs", "ts", "mts", "cts", "jsx", "tsx", "py", "pl", "sh", "bats", "rb", "php", "lua"];
    known.contains(&extension) && !name.contains(' ')
}
