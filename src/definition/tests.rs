use super::{Fault, Section, Spot, quoted, read, read_file, unknown};
use proptest::prelude::*;
use std::io::Write;

fn faults(text: &str, build: impl FnOnce(&Section<'_>, &mut super::Faults<'_>)) -> Vec<String> {
    let result = read("file", text, &[], |root, faults| {
        build(root, faults);
        None::<()>
    });
    result.unwrap_err().to_string().lines().map(str::to_owned).collect()
}

#[test]
fn a_text_without_faults_gives_what_was_built() {
    let built = read("file", "a = 'x'\n", &[], |root, faults| root.text("a", faults).map(|text| text.value.to_owned()));
    assert_eq!(built.unwrap(), "x");
}

#[test]
fn every_fault_is_named_with_its_place_in_the_order_of_the_text() {
    let text = "a = 1\nb = [ 'x', 2, 3.5 ]\n[c]\nd = 'é'\n[[e]]\n[[e]]\nf = 1\n";
    let found = faults(text, |root, faults| {
        let _ = root.sections("e", faults).iter().map(|e| e.required_text("f", faults)).count();
        root.section("c", faults).unwrap().refuse_unknown(&["x", "y"], faults);
        assert_eq!(root.texts("b", faults).unwrap(), [Spot { value: "x", at: 12 }]);
        assert_eq!(root.text("a", faults), None);
    });
    assert_eq!(
        found,
        [
            "file:1:5: `a` is an integer, not a string",
            "file:2:12: `b` is an integer, not a string",
            "file:2:15: `b` is a float, not a string",
            "file:4:1: unknown key `d`, known: x, y",
            "file:5:1: missing key `f`",
            "file:7:5: `f` is an integer, not a string",
        ]
    );
}

#[test]
fn broken_syntax_is_all_that_is_said_of_a_broken_file() {
    let found = faults("a = \nb = 'x'\nb = 'y'\nc = \"\n", |_, _| unreachable!("the syntax is broken"));
    assert!(found.len() >= 3, "{found:?}");
    assert!(found[0].starts_with("file:1:"), "{found:?}");
    assert!(found.iter().any(|line| line.starts_with("file:3:")), "{found:?}");
    assert!(found.iter().any(|line| line.starts_with("file:4:")), "{found:?}");
}

#[test]
fn columns_count_characters() {
    let found = faults("a = ['éé€', 7, 'é', 8]", |root, faults| drop(root.texts("a", faults)));
    assert_eq!(found, ["file:1:13: `a` is an integer, not a string", "file:1:21: `a` is an integer, not a string"]);
}

#[test]
fn nothing_built_is_never_silent() {
    assert_eq!(faults("", |_, _| ()), ["file:1:1: incomplete definition"]);
}

#[test]
fn words_of_the_file_stay_on_their_line_and_short() {
    assert_eq!(quoted("a\nb\u{1b}[0m"), "`a\\nb\\u{1b}[0m`");
    assert_eq!(quoted(&"x".repeat(100)), format!("`{}…`", "x".repeat(60)));
    assert_eq!(unknown("field", "reson", ["reason", "message"]), "unknown field `reson`, known: reason, message");
}

#[test]
fn deep_nesting_is_a_fault_or_read_and_never_an_overflow() {
    for deep in [
        format!("a{} = 1", ".a".repeat(100_000)),
        format!("[a{}]", ".a".repeat(100_000)),
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}1{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("a = {}", "{a=".repeat(100_000)),
    ] {
        assert!(read("file", &deep, &[], |_, _| None::<()>).is_err());
    }
}

#[test]
fn a_file_is_read_up_to_the_limit() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let limit = usize::try_from(super::MAX_FILE_BYTES).unwrap();
    file.write_all(&vec![b'#'; limit]).unwrap();
    assert_eq!(read_file(file.path()).unwrap().len(), limit);
    file.write_all(b"#").unwrap();
    assert_eq!(read_file(file.path()).unwrap_err().kind(), std::io::ErrorKind::InvalidData);
    let mut other = tempfile::NamedTempFile::new().unwrap();
    other.write_all(b"a = '\xff'").unwrap();
    assert_eq!(read_file(other.path()).unwrap_err().kind(), std::io::ErrorKind::InvalidData);
}

proptest! {
    #[test]
    fn any_text_is_answered(text in r#"([a-c]|\[|\]|=|"|'|\n|\.|,|\{|\}|#|é|\PC){0,60}"#) {
        if let Err(error) = read("file", &text, &[], |_, _| Some(())) {
            prop_assert!(!error.faults.is_empty());
            for Fault { line, column, message } in &error.faults {
                prop_assert!(*line >= 1 && *line <= text.split('\n').count());
                prop_assert!(*column >= 1);
                prop_assert!(!message.contains('\n'));
            }
        }
    }
}
