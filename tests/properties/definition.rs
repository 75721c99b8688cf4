//! Definitions: a text that is refused is told where and why.

use relapse::definition::DefinitionError;

/// Bytes as a definition's text.
pub(crate) fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}

/// Holds the faults of a text to what they promise; gives what was accepted.
pub(crate) fn accepted<T>(text: &str, read: Result<T, DefinitionError>) -> Option<T> {
    let error = match read {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    assert!(!error.faults.is_empty());
    let lines: Vec<&str> = text.split('\n').collect();
    for fault in &error.faults {
        let line = fault.line.checked_sub(1).and_then(|line| lines.get(line));
        let line = line.unwrap_or_else(|| panic!("{fault} is not in the text"));
        assert!((1..=line.chars().count() + 1).contains(&fault.column), "{fault} is not in its line");
        assert!(!fault.message.is_empty() && !fault.message.contains(char::is_control), "{fault:?}");
    }
    assert!(error.faults.is_sorted_by_key(|fault| (fault.line, fault.column)), "{error}");
    None
}
