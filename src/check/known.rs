//! Whether and how a failure is known.

use crate::words::words;

words! {
    /// What the history says of a failure; what stops a change first, and of it what is new first.
    Known {
        /// Never seen so: its test passed, or failed in other ways.
        New => "new",
        /// It was over, and is back.
        CameBack => "came_back",
        /// Its test is in no run of the history.
        UnknownTest => "unknown_test",
        /// A flake that failed more often in a row than a flake does.
        Worse => "worse",
        /// Seen, but on other branches or in other environments only.
        Elsewhere => "elsewhere",
        /// Seen so seldom that nobody knows what it is.
        SeenOnce => "seen_once",
        /// A failure of the machine, not of the test: it says nothing of the change.
        Infrastructure => "infrastructure",
        /// A flake, at its rate.
        Flaky => "known_flaky",
        /// It fails on the base branch too; whether always is not proven.
        OnBase => "known_on_base",
        /// It fails whenever its cause is there, on the base branch too.
        Deterministic => "known_deterministic",
    }
}

impl Known {
    /// Whether a change with this failure must not pass unseen.
    #[must_use]
    pub const fn stops(self) -> bool {
        !matches!(self, Self::Flaky | Self::OnBase | Self::Deterministic)
    }

    /// For people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::CameBack => "came back",
            Self::UnknownTest => "unknown test",
            Self::Worse => "worse",
            Self::Elsewhere => "elsewhere",
            Self::SeenOnce => "seen once",
            Self::Infrastructure => "infrastructure",
            Self::Flaky => "known flaky",
            Self::OnBase => "known on base",
            Self::Deterministic => "known",
        }
    }
}
