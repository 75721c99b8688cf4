//! Paths as other tools write them, which lead nowhere here: said when a profile is read, not found out by its results.

/// Why no field can stand at a dotted path, or `None` where one can.
pub(super) fn syntax(path: &str) -> Option<&'static str> {
    if is_rooted(path) {
        Some(
            "starts at `$`: a path starts within the record, as \"error.message\" does; a key `$` stands in a list of strings",
        )
    } else if path.starts_with('/') {
        Some(
            "starts with a slash: keys stand behind each other with dots, as in \"error.message\"; a key with a slash before \
             it stands in a list of strings",
        )
    } else if is_dotted(path) {
        Some("starts with a dot: a path starts within the record, as \"error.message\" does")
    } else if path.contains(['[', ']']) {
        Some(
            "has brackets: a path leads through objects, as \"error.message\" does, and into no list; a key with brackets \
             stands in a list of strings",
        )
    } else if path.split('.').any(|key| key == "*") {
        Some("has the key `*`: a path leads to one field; a key `*` stands in a list of strings")
    } else {
        None
    }
}

/// Why a key of the record itself is none, or `None` where it may be one. What is no path may well be a name:
/// `latency[ms]` is.
pub(super) fn of_key(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        Some("is empty")
    } else if is_rooted(key) || is_dotted(key) || has_index(key) {
        Some("is a path, and fields are keys of the record itself, as \"latency_ms\"")
    } else {
        None
    }
}

/// `$`, `$.id` and `$[0]`.
fn is_rooted(path: &str) -> bool {
    path.strip_prefix('$').is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn is_dotted(path: &str) -> bool {
    path.starts_with('.') && path.len() > 1
}

/// `tests[]`, `tests[0]`, `tests[*]`, `tests['a']`.
fn has_index(key: &str) -> bool {
    key.split('[').skip(1).filter_map(|rest| rest.split_once(']')).any(|(inside, _)| {
        let is_number = inside.bytes().all(|byte| byte.is_ascii_digit() || byte == b':' || byte == b'-');
        is_number || inside == "*" || inside.starts_with(['\'', '"', '?'])
    })
}

#[cfg(test)]
mod tests {
    use super::{of_key, syntax};

    #[test]
    fn what_other_tools_write_is_told_from_names() {
        for (path, in_log, in_benchmark) in [
            ("tests[].name", true, true),
            ("tests[0].name", true, true),
            ("tests[*]", true, true),
            ("a['b']", true, true),
            ("$.id", true, true),
            ("$", true, true),
            ("$[0]", true, true),
            (".id", true, true),
            ("/error/message", true, false),
            ("a.*.b", true, false),
            ("a]", true, false),
            ("latency[ms]", true, false),
            ("id", false, false),
            ("error.message", false, false),
            ("$schema", false, false),
            ("a$", false, false),
            ("a/b", false, false),
            ("a*", false, false),
        ] {
            assert_eq!((syntax(path).is_some(), of_key(path).is_some()), (in_log, in_benchmark), "{path}");
        }
        assert!(of_key("").is_some());
    }
}
