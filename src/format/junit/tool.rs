//! The tools that write `JUnit` documents, as far as their documents differ.

/// Who wrote a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Dialect {
    #[default]
    Unknown,
    Ctest,
    Ginkgo,
    Go,
    Jest,
    Mocha,
    Nextest,
    Node,
    Phpunit,
    Playwright,
    Pytest,
    Rspec,
    Surefire,
    Vitest,
}

impl Dialect {
    /// Whether its documents tell of each test once, however often it was tried: cases of one name are several tests then.
    pub(super) const fn tells_once(self) -> bool {
        matches!(self, Self::Jest | Self::Mocha | Self::Node | Self::Phpunit | Self::Rspec | Self::Vitest)
    }
}
