//! Verdicts, their sub-labels and their kinds.

use crate::words::words;

words! {
    /// What a scenario's or a signature's history shows; the first that holds, in this order.
    Verdict {
        /// It never failed.
        NoFailure => "no_failure",
        /// Every failure lay in mass-failure runs that were set aside.
        SetAside => "set_aside",
        /// Clean for long enough, but nothing that failed was run again.
        NotRerun => "not_rerun",
        /// Its last outage is over, and it stayed away for longer between two.
        Recovered => "recovered",
        /// Clean for longer than is usual for it, but no fix is shown.
        Quiet => "quiet",
        /// Clean for longer than an unfixed failure would let it be, whoever looks after each run.
        Fixed => "fixed",
        /// Of a way to fail: others failed in most runs since, so that nobody knows whether it is gone.
        Masked => "masked",
        /// It came back: it failed, was gone, and fails again.
        Relapsed => "relapsed",
        /// It fails more than it did before a changepoint.
        Regressed => "regressed",
        /// The same cell passed and failed.
        Flaky => "flaky",
        /// It failed in the last runs only, too few to tell.
        NewFailure => "new_failure",
        /// Fewer than five runs.
        InsufficientEvidence => "insufficient_evidence",
        /// Every attempt failed.
        Deterministic => "deterministic",
        /// Some environments fail more than others.
        EnvDependent => "env_dependent",
        /// Some seeds fail more than others.
        SeedDependent => "seed_dependent",
        /// Some revisions fail more than others, now one and now another.
        RevisionDependent => "revision_dependent",
        /// Passes and failures, each with a seed of its own.
        SeedUnidentifiable => "seed_unidentifiable",
        /// Passes and failures that nothing explains.
        FlakySuspected => "flaky_suspected",
    }
}

words! {
    /// How a relapse or a regression fails, or what a flake or a new failure looks like.
    Label {
        /// Every attempt since the change.
        Deterministic => "deterministic",
        /// Every attempt in some environments, none in the others.
        SomeEnvironments => "some_environments",
        /// Every attempt with some seeds, none with the others.
        SomeSeeds => "some_seeds",
        /// More often than before.
        RateRise => "rate_rise",
        /// More than before, and one revision passed before and failed since: no change of the code did it.
        SameCode => "same_code",
        /// Of a flake, in bursts.
        Bursty => "bursty",
        /// Of a flake, on some weekdays or at some hours.
        Calendar => "calendar",
        /// Of a new failure, behind an outage that was over.
        Again => "again",
    }
}

words! {
    /// The headline of a verdict, in the order of reports.
    Kind {
        /// It fails whenever its cause is there.
        Deterministic => "deterministic",
        /// It fails now and then.
        Flaky => "flaky",
        /// The evidence does not tell.
        Unproven => "unproven",
        /// It was fixed.
        Resolved => "resolved",
        /// It does not fail.
        None => "none",
    }
}

words! {
    /// Whether a failure is still of concern, the most urgent first: what every view for people is ordered by.
    Standing {
        /// Nothing shows that it ended.
        Live => "live",
        /// It was not in the latest runs, so that nobody knows.
        Stale => "stale",
        /// It was fixed, or all of it lay in mass-failure runs that were set aside, behind which its scenario passed.
        Over => "over",
        /// It failed only on branches that are not judged.
        Elsewhere => "elsewhere",
    }
}

impl Standing {
    /// Of what has a verdict; `stale`: whether its scenario was not in the latest runs. The one place where this is decided.
    #[must_use]
    pub const fn of(kind: Kind, stale: bool) -> Self {
        match kind {
            // Nothing failed that was not set aside.
            Kind::Resolved | Kind::None => Self::Over,
            Kind::Deterministic | Kind::Flaky | Kind::Unproven if stale => Self::Stale,
            Kind::Deterministic | Kind::Flaky | Kind::Unproven => Self::Live,
        }
    }

    /// Of what gets no verdict: `listed`: whether it failed in a judged run; `recent`: whether in one of the latest.
    #[must_use]
    pub const fn without_verdict(listed: bool, recent: bool) -> Self {
        match (listed, recent) {
            (false, _) => Self::Elsewhere,
            (true, false) => Self::Stale,
            (true, true) => Self::Live,
        }
    }

    /// Whether nothing shows that it ended.
    #[must_use]
    pub fn is_live(self) -> bool {
        self == Self::Live
    }
}

/// A run is one of the latest if it is among the last fifth of all, or the last ten.
#[must_use]
pub fn is_recent(place: usize, runs: usize) -> bool {
    place + runs.div_ceil(5).max(10) >= runs
}

impl Label {
    /// Whether what relapsed or regressed so fails now and then, or by no change of the code.
    fn is_of_a_flake(self) -> bool {
        matches!(self, Self::RateRise | Self::SameCode)
    }
}

impl Verdict {
    /// The order of what a person acts on: what came back, then what broke, since somebody's latest change is at fault, then the
    /// rest.
    #[must_use]
    pub fn urgency(self) -> u8 {
        match self {
            Self::Relapsed => 0,
            Self::Regressed => 1,
            _ => 2,
        }
    }

    /// Whether it fails always since a change, or since it came back, in all or in some environments or with some seeds.
    #[must_use]
    pub fn is_regressed_for_good(self, label: Option<Label>) -> bool {
        matches!(self, Self::Relapsed | Self::Regressed) && !label.is_some_and(Label::is_of_a_flake)
    }

    /// The verdict's kind. `always` says of a dependence on environment, seed or revision whether its failing levels always fail.
    #[must_use]
    pub fn kind(self, label: Option<Label>, always: bool) -> Kind {
        match self {
            Self::Relapsed | Self::Regressed if label.is_some_and(Label::is_of_a_flake) => Kind::Flaky,
            Self::Deterministic | Self::Relapsed | Self::Regressed => Kind::Deterministic,
            Self::EnvDependent | Self::SeedDependent | Self::RevisionDependent if always => Kind::Deterministic,
            Self::Flaky | Self::FlakySuspected | Self::EnvDependent | Self::SeedDependent | Self::RevisionDependent => {
                Kind::Flaky
            }
            Self::NewFailure
            | Self::InsufficientEvidence
            | Self::SeedUnidentifiable
            | Self::NotRerun
            | Self::Quiet
            | Self::Masked
            | Self::Recovered => Kind::Unproven,
            Self::Fixed => Kind::Resolved,
            Self::NoFailure | Self::SetAside => Kind::None,
        }
    }
}
