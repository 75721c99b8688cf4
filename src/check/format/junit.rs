//! `JUnit` XML, as build servers read it.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::github::told;
use crate::check::checked::{Checked, Failure};
use crate::text::inert::{inert, inert_line};
use crate::text::xml::printable;

/// One test case a failure: failed where it stops, skipped where it is known. One more for the answer.
///
/// # Errors
/// When the XML cannot be written, which no text is known to cause.
pub fn junit(checked: &Checked) -> Result<String, quick_junit::SerializeError> {
    let mut suite = TestSuite::new("relapse check");
    let mut whole = TestCaseStatus::success();
    if !checked.passes {
        whole = TestCaseStatus::non_success(NonSuccessKind::Failure);
        whole.set_message(format!("failures that are not known: {}", checked.counts().0));
    }
    let mut answer = TestCase::new("check", whole);
    answer.set_classname("relapse.check");
    suite.add_test_case(answer);
    for failure in &checked.failures {
        suite.add_test_case(case(failure));
    }
    let mut report = Report::new("relapse check");
    report.add_test_suite(suite);
    report.to_string()
}

fn case(failure: &Failure) -> TestCase {
    let said = printable(&format!("{}: {}", failure.known.words(), inert(&failure.why, usize::MAX)));
    let mut status =
        if failure.stops { TestCaseStatus::non_success(NonSuccessKind::Failure) } else { TestCaseStatus::skipped() };
    status.set_type(failure.known.name()).set_message(said);
    if failure.stops {
        let lines: Vec<_> = told(failure).lines().map(|line| inert_line(line, usize::MAX)).collect();
        status.set_description(printable(&lines.join("\n")));
    }
    let name = |text: &str| printable(&inert(text, usize::MAX));
    let mut case = TestCase::new(name(&failure.scenario_id), status);
    case.set_classname(name(if failure.suite_id.is_empty() { &failure.packet_id } else { &failure.suite_id }));
    case
}
