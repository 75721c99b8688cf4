//! `JUnit` XML, as build servers read it.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::super::decision::Decision;
use super::super::violation::Violation;
use super::details::{details, message};
use crate::text::inert::inert;
use crate::text::terminal::plural;
use crate::text::xml::printable;

/// One test case a finding, that failed or that only says something, and one for the decision.
///
/// # Errors
/// When the XML cannot be written, which no text is known to cause.
pub fn junit(decision: &Decision) -> Result<String, quick_junit::SerializeError> {
    let mut suite = TestSuite::new(printable(&inert(&decision.policy, usize::MAX)));
    let mut whole = TestCaseStatus::success();
    if !decision.passes() {
        whole = TestCaseStatus::non_success(NonSuccessKind::Failure);
        whole.set_message(plural(decision.violations.len() as u64, "violation"));
    }
    suite.add_test_case(case("gate", whole));
    for found in &decision.violations {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(found.category).set_message(printable(&message(found))).set_description(described(found));
        suite.add_test_case(case(&found.budget_id, status));
    }
    for found in &decision.warnings {
        let mut warned = case(&found.budget_id, TestCaseStatus::success());
        warned.set_system_out(format!("warning: {}\n{}", printable(&message(found)), described(found)));
        suite.add_test_case(warned);
    }
    let mut report = Report::new("relapse gate");
    report.add_test_suite(suite);
    report.to_string()
}

fn case(name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(printable(&inert(name, usize::MAX)), status);
    case.set_classname("relapse.gate");
    case
}

fn described(found: &Violation) -> String {
    let line = |(name, items): (&str, Vec<std::borrow::Cow<'_, str>>)| format!("{name}: {}", items.join("\n  "));
    printable(&details(found, 100).into_iter().map(line).collect::<Vec<_>>().join("\n"))
}
