//! Scenarios that stand for what holds tests: a file, a package, a suite.
//!
//! A package that was not built and a file that was not collected run no test, and whoever reads a report still must hear of them.
//! Such a failure stands in a log only where it happened, and would look like one that never passes. So readers tell of
//! each unit that was fine, too, as of a test that passed; and since no person would count files among tests, those units
//! that never failed are in no count.

/// A file that was loaded or collected, and whose process lived.
pub const FILE: &str = "(file)";
/// A package that was built, and whose process ended in order.
pub const PACKAGE: &str = "(package)";
/// A plan that was met: as many tests ran as were announced.
pub const PLAN: &str = "(plan)";
/// A suite or class whose own set-up worked.
pub const SUITE: &str = "(suite)";

/// Whether a scenario stands for a unit.
#[must_use]
pub fn is_unit(scenario: &str) -> bool {
    scenario.starts_with('(') && [FILE, PACKAGE, PLAN, SUITE].contains(&scenario)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_their_names_are_those_of_units() {
        assert!([FILE, PACKAGE, PLAN, SUITE].into_iter().all(is_unit));
        assert!(!["", "(", "file", "(file) x", "(files)"].into_iter().any(is_unit));
    }
}
