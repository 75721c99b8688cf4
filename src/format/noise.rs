//! Lines of a failure's message that say nothing of what failed.

/// Whether a line is a frame of a stack.
pub(super) fn is_frame(line: &str) -> bool {
    let is_numbered = || {
        let rest = line.trim_start_matches('#');
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        digits.len() < rest.len()
            && (digits.starts_with(": ") && !digits.contains("rror")
                || rest.len() < line.len() && digits.starts_with(' '))
    };
    let starts = [
        "at ",
        "File \"",
        "from /",
        "from ./",
        "# ./",
        "# /",
        "goroutine ",
        "created by ",
        "... ",
        "in /",
        "\u{2b1d} ",
    ];
    starts.iter().any(|start| line.starts_with(start) && (*start != "at " || line.contains([':', '(', '/', '.'])))
        || line.starts_with("stack backtrace")
        || line.contains(" +0x")
        || line.starts_with('#') && is_numbered()
        || line.starts_with(|c: char| c.is_ascii_digit()) && is_numbered()
        || line.ends_with(')') && line.contains(".go:")
}

/// Whether a line says nothing of what failed: banners, frames, code, places, sums.
pub(super) fn is_noise(line: &str) -> bool {
    const STARTS: [&str; 55] = [
        "test failed, to rerun pass ",
        "Failed test '",
        "Failed test at ",
        "Looks like you ",
        "Running main() from ",
        "unknown file",
        "=== ",
        "--- ",
        "---- ",
        "~~~",
        "\u{25cf} ",
        "FAIL ",
        "FAIL\t",
        "FAIL:",
        "ok  ",
        "PASS",
        "exit status",
        "exited with",
        "Process exited",
        "exit code",
        "Exit code",
        "Command failed with exit code",
        "error Command failed",
        "npm ERR",
        "running ",
        "failures:",
        "test result:",
        "note: ",
        "Error Trace:",
        "Test:",
        "Stack Trace:",
        "Stacktrace:",
        "Stack:",
        "Failure/Error:",
        "[gw",
        "During handling of",
        "The above exception",
        "Caused by: ",
        "Call log:",
        "[ RUN",
        "[  FAILED",
        "[ FAILED",
        "[       OK",
        "[-----",
        "[=====",
        "Note: ",
        "self = ",
        "Captured ",
        "(node:",
        "Full diff",
        "Diff:",
        "The following exception was thrown",
        "When the exception was thrown",
        "\u{2550}\u{2550}",
        "The test description was",
    ];
    const WORDS: [&str; 17] = [
        "Caused by:",
        "FAIL",
        "FAILED",
        "FAILED:",
        "Failed",
        "Failure",
        "failed",
        "failure",
        "Failures:",
        "Error",
        "error",
        "ERROR",
        "(empty)",
        "null",
        "undefined",
        "FAILURES!",
        "test failed",
    ];
    let is_rule = || line.chars().all(|c| !c.is_alphanumeric());
    let is_banner = || {
        line.len() > 6
            && ["==", "--", "__", "**", "##"].iter().any(|rule| line.starts_with(rule) && line.ends_with(rule))
    };
    // `> 12 | code`, `12 | code`, `| ^`, pytest's `> code`.
    let is_code = || {
        let code = line.trim_start_matches('>').trim_start();
        let digits = code.trim_start_matches(|c: char| c.is_ascii_digit());
        digits.trim_start().starts_with('|')
            || line.starts_with(">  ")
            || line.starts_with("--> ")
            || line.starts_with("::: ")
    };
    let is_test_line = || line.starts_with("test ") && (line.ends_with("FAILED") || line.ends_with("ok"));
    WORDS.contains(&line)
        || STARTS.iter().any(|start| line.starts_with(start))
        || is_rule()
        || is_banner()
        || is_code()
        || is_test_line()
        || is_place(line)
        || is_frame(line)
}

/// Whether a line is nothing but a place: `src/a.ts:12:3`, `tests/test_a.py:12: AssertionError`, `/srv/FooTest.php:12`.
fn is_place(line: &str) -> bool {
    let without = line.trim_end_matches(|c: char| c == ':' || c == ')' || c.is_ascii_digit());
    without.len() + 1 < line.len() && !without.contains(' ') && without.contains(['/', '\\']) && without.contains('.')
}

/// Whether a line was captured from a log: it begins with a time, a level, or is a structure.
pub(super) fn is_log(line: &str) -> bool {
    let bare = line.trim_start_matches(['[', '(']);
    let is_digit = |at: usize| bare.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let is_mark = |at: usize, marks: &[u8]| bare.as_bytes().get(at).is_some_and(|byte| marks.contains(byte));
    let is_date = is_digit(0) && is_digit(3) && is_mark(4, b"-/") && is_digit(5) && is_mark(7, b"-/");
    let is_clock = is_digit(0) && is_digit(1) && is_mark(2, b":") && is_digit(3) && is_digit(4) && is_mark(5, b":");
    // klog: `I0102 15:04:05.000000`.
    let is_klog = is_mark(0, b"IWEF") && (1..5).all(is_digit) && is_mark(5, b" ");
    let levels =
        ["TRACE", "DEBUG", "INFO", "WARN", "WARNING", "ERROR", "Debug", "Info", "trace", "debug", "info", "warn"];
    let is_level = levels.iter().any(|level| {
        bare.strip_prefix(level).is_some_and(|rest| {
            rest.starts_with([']', '\t', '|'])
                || rest.starts_with("  ")
                || rest.starts_with(' ') && line != bare
                || rest.starts_with([' ', ':'])
                    && !level.starts_with(char::is_lowercase)
                    && !rest.starts_with(": DATA RACE")
        })
    });
    is_date
        || is_clock
        || is_klog
        || is_level
        || line.starts_with("{\"")
        || line.starts_with("time=")
        || line.starts_with("level=")
}

/// Whether a line is one that `GoogleTest` frames each test's output with: a test that died has no other.
pub(super) fn is_of_googletest(line: &str) -> bool {
    ["Running main() from ", "Note: Google Test filter", "[==========]", "[----------]", "[ RUN      ]"]
        .iter()
        .any(|start| line.starts_with(start))
}
