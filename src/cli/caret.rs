//! Faults of a definition, each below the line that it stands on.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use relapse::definition::{DefinitionError, Fault};
use relapse::text::inert::inert;

/// The longest line that is shown.
const LONGEST_LINE: usize = 200;

/// Every fault, its line, and a caret below the place. Styled with ANSI escapes, which the caller strips where they are
/// not wanted.
pub(super) fn shown(error: &DefinitionError, text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let one = |fault: &Fault| {
        let line = lines.get(fault.line.saturating_sub(1)).copied().unwrap_or_default();
        // The file is the user's own, but it may come from anywhere: its controls stay harmless, its tabs one wide.
        let line = line.replace('\t', " ");
        let line = inert(&line, LONGEST_LINE);
        let start = line.char_indices().nth(fault.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
        let end = line[start..].chars().next().map_or(start, |first| start + first.len_utf8());
        let snippet = Snippet::source(line.as_ref())
            .path(inert(&error.name, LONGEST_LINE))
            .line_start(fault.line)
            .annotation(AnnotationKind::Primary.span(start..end));
        let title = Level::ERROR.primary_title(inert(&fault.message, LONGEST_LINE).into_owned());
        let group: Group<'_> = title.element(snippet);
        Renderer::styled().render(&[group])
    };
    let faults: Vec<String> = error.faults.iter().map(one).collect();
    let plural = if faults.len() == 1 { "fault" } else { "faults" };
    format!("{}\n\n{} {plural} in {}\n", faults.join("\n\n"), faults.len(), inert(&error.name, LONGEST_LINE))
}
