//! TAP, versions 12 to 14: a test point a line, with YAML diagnostics and subtests.
//!
//! Recognised: the first line that is neither blank nor a comment is `TAP version N`, a plan (`1..N`) or a test point
//! (`ok`, `not ok`, then a number or a dash).
//!
//! Source: <https://testanything.org/tap-version-14-specification.html>; diagnostics as node's runner
//! (<https://nodejs.org/api/test.html#test-reporters>), node-tap and `Test::More` write them.

mod point;
#[cfg(test)]
mod tests;

use std::mem::take;

use super::attempt::Ending;
use super::reader::{Events, Sink};
use super::same::SameNames;
use crate::unit::PLAN;
use point::{Point, is_file};

/// Test points kept until their parent's comes.
const KEPT: usize = if cfg!(test) { 1000 } else { 100_000 };
/// Levels of subtests; what stands deeper is text.
const DEPTH: usize = 64;
/// Spaces that a level of subtests is set in.
const INDENT: usize = 4;

/// The reader.
#[derive(Default)]
pub(super) struct Tap {
    /// The open levels, the outermost first.
    levels: Vec<Level>,
    /// The indentation of the YAML that is being read, and of whose level's last point it tells.
    yaml: Option<(usize, usize)>,
    kept: usize,
    /// The file that runs, where `prove -v` says so.
    file: String,
    spare: Level,
    /// Names repeat, and a point of a name that was is another test's.
    same: SameNames,
}

#[derive(Default)]
struct Level {
    /// Points, each with its subtests before it.
    points: Vec<Point>,
    /// Points of this level itself.
    count: u64,
    plan: Option<u64>,
    /// The name of the first of them.
    first: String,
    /// What `# Subtest: name` says of the level below.
    below: String,
    /// The point whose subtests stand behind it in braces.
    buffered: Option<Point>,
    is_bailed: bool,
    /// Its plan stands behind its points: comments that follow are of the whole.
    is_over: bool,
}

/// The number of tests that a plan tells of.
fn plan(text: &str) -> Option<u64> {
    let rest = text.strip_prefix("1..")?;
    let digits = rest.split([' ', '\t', '#']).next()?;
    digits.parse().ok()
}

impl Events for Tap {
    fn line(&mut self, line: &[u8], number: u64, sink: &mut dyn Sink) {
        let text = String::from_utf8_lossy(line);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            sink.repaired("bad_utf8");
        }
        let text = text.trim_end();
        let rest = text.trim_start_matches(' ');
        let indent = text.len() - rest.len();
        if let Some((begin, level)) = self.yaml {
            if rest.is_empty() || indent >= begin {
                let last = self.levels.get_mut(level).and_then(|level| level.points.last_mut());
                if rest == "..." && indent == begin {
                    self.yaml = None;
                } else if let Some(point) = last {
                    point.yaml(text.get(begin..).unwrap_or_default());
                }
                return;
            }
            self.yaml = None;
        }
        if rest.is_empty() {
            return;
        }
        let depth = indent / INDENT;
        if rest == "---" && indent % INDENT == 2 && self.levels.get(depth).is_some_and(|level| !level.points.is_empty())
        {
            self.yaml = Some((indent, depth));
            return;
        }
        if (!indent.is_multiple_of(INDENT) && !rest.starts_with('#')) || depth >= DEPTH {
            sink.ignored("text");
            return;
        }
        self.told(rest, depth, number, sink);
    }

    fn end(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        self.finish(is_whole, sink);
        // Documents behind each other are those of several files.
        self.same.tell(sink);
        *self = Self::default();
    }
}

impl Tap {
    fn level(&mut self, depth: usize) -> &mut Level {
        if self.levels.len() <= depth {
            self.levels.resize_with(depth + 1, Level::default);
        }
        // It was made above; the spare is never used.
        self.levels.get_mut(depth).unwrap_or(&mut self.spare)
    }

    /// A line that is no YAML, without its indentation.
    fn told(&mut self, text: &str, depth: usize, number: u64, sink: &mut dyn Sink) {
        if let Some(comment) = text.strip_prefix('#') {
            self.comment(comment.strip_prefix(' ').unwrap_or(comment), depth);
            sink.ignored("comment");
        } else if text.starts_with("TAP version ") {
            if depth == 0 {
                self.finish(true, sink);
            }
            sink.ignored("version");
        } else if let Some(count) = plan(text) {
            if depth == 0 && self.levels.first().is_some_and(|level| level.plan.is_some()) {
                self.finish(true, sink);
            }
            let level = self.level(depth);
            level.plan = Some(count);
            level.is_over = level.count > 0;
            sink.ignored("plan");
        } else if let Some(reason) = text.strip_prefix("Bail out!") {
            self.collapse(0);
            let level = self.level(0);
            level.is_bailed = true;
            level.points.push(Point {
                line: number,
                path: vec!["Bail out!".to_owned()],
                ending: Ending::Infrastructure,
                message: format!("Bail out!{reason}\n"),
                ..Point::default()
            });
        } else if text == "}" && self.levels.get(depth).is_some_and(|level| level.buffered.is_some()) {
            if let Some(point) = self.level(depth).buffered.take() {
                self.point(point, depth, sink);
            }
        } else if text == "ok" && self.levels.first().is_some_and(|level| level.plan == Some(level.count)) {
            // `prove -v` closes a file so.
            sink.ignored("text");
        } else if let Some((point, is_open)) = Point::read(text, number, self.level(depth).count + 1) {
            let level = self.level(depth);
            level.count += 1;
            if level.first.is_empty() {
                level.first = point.path.first().cloned().unwrap_or_default();
            }
            if is_open {
                // A brace that never closes is no reason to lose the point before.
                if let Some(before) = level.buffered.replace(point) {
                    self.point(before, depth, sink);
                }
            } else {
                self.point(point, depth, sink);
            }
        } else {
            // `prove -v` writes `t/a.t ..` before each file's lines.
            let file = text.strip_suffix("..").map(|text| text.trim_end_matches(['.', ' ']));
            if let Some(file) = file.filter(|file| depth == 0 && is_file(file)) {
                self.finish(true, sink);
                file.clone_into(&mut self.file);
            }
            sink.ignored("text");
        }
    }

    fn comment(&mut self, text: &str, depth: usize) {
        if let Some(name) = text.strip_prefix("Subtest: ") {
            // Old writers set it in as the subtest itself.
            let is_inner = depth > 0 && self.levels.get(depth - 1).is_some_and(|level| level.below.is_empty());
            let is_first = self.levels.get(depth).is_none_or(|level| level.points.is_empty());
            let depth = if is_inner && is_first { depth - 1 } else { depth };
            name.clone_into(&mut self.level(depth).below);
        } else if let Some(point) = self.levels.get_mut(depth).and_then(|level| level.points.last_mut()) {
            point.add(text);
        }
    }

    /// A test point with all its subtests before it.
    fn point(&mut self, mut point: Point, depth: usize, sink: &mut dyn Sink) {
        if depth == 0 {
            self.tell(sink);
        }
        let name = point.path.first().cloned().unwrap_or_default();
        self.level(depth).below = name;
        let has_failed = self.collapse(depth);
        if point.is_expected {
            // The subtests of what is to be done may fail.
            for below in &mut self.level(depth).points {
                if below.path.len() > 1 && below.is_failed() && below.path.first() == point.path.first() {
                    below.ending = Ending::Passed;
                }
            }
        }
        point.is_consequence = has_failed && point.is_failed();
        let level = self.level(depth);
        level.below.clear();
        level.points.push(point);
        self.kept += 1;
        if self.kept > KEPT {
            self.collapse(0);
            self.tell(sink);
        }
    }

    /// Puts what stands deeper into a level, below its names; tells whether any of it failed.
    fn collapse(&mut self, depth: usize) -> bool {
        let mut has_failed = false;
        while self.levels.len() > depth + 1 {
            let Some(deeper) = self.levels.pop() else {
                break;
            };
            let Some(level) = self.levels.last_mut() else {
                break;
            };
            for mut point in deeper.points.into_iter().chain(deeper.buffered) {
                if !level.below.is_empty() {
                    point.path.insert(0, level.below.clone());
                }
                has_failed |= point.is_failed();
                level.points.push(point);
            }
        }
        has_failed
    }

    /// Tells what is kept in the outermost level.
    fn tell(&mut self, sink: &mut dyn Sink) {
        let Some(level) = self.levels.first_mut() else {
            return;
        };
        for point in take(&mut level.points) {
            if point.is_consequence {
                sink.ignored("parent of a failure");
            } else {
                self.same.take(point.attempt(&self.file), sink);
            }
        }
        self.kept = 0;
    }

    /// The end of a document.
    fn finish(&mut self, is_whole: bool, sink: &mut dyn Sink) {
        self.yaml = None;
        self.collapse(0);
        if let Some(level) = self.levels.first_mut() {
            let open = level.buffered.take();
            level.points.extend(open);
        }
        self.tell(sink);
        let Some(level) = take(&mut self.levels).into_iter().next() else {
            return;
        };
        let missing = level.plan.unwrap_or(0).saturating_sub(level.count);
        // Of a document that nothing names its first point does, since several may be of one run. Of one that has none nothing says
        // in which runs it was fine.
        let name = if self.file.is_empty() { &level.first } else { &self.file };
        let died = if name.is_empty() { Ending::Infrastructure } else { Ending::Crashed };
        let of_plan =
            |ending, message| Point { line: 1, path: vec![PLAN.to_owned()], ending, message, ..Point::default() };
        if missing == 0 && level.count > 0 && level.plan.is_some() && !level.is_bailed {
            self.same.take(of_plan(Ending::Passed, String::new()).attempt(name), sink);
        } else if missing > 0 && !level.is_bailed {
            (0..missing.min(KEPT as u64)).for_each(|_| sink.unfinished());
            if is_whole {
                let message = format!("{} tests were planned, and {} ran", level.plan.unwrap_or(0), level.count);
                self.same.take(of_plan(died, message).attempt(name), sink);
            }
        }
    }
}
