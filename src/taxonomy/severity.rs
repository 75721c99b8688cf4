//! How grave a failure is.

use crate::words::words;

words! {
    /// How grave a failure is; the gravest is the least, so that sorting lists the gravest first.
    #[derive(Default)]
    Severity {
        /// To be escalated at once.
        Critical => "critical",
        /// Next in line.
        High => "high",
        /// Can wait for the gravest.
        Medium => "medium",
        /// Can wait.
        Low => "low",
        /// Without a grade.
        #[default]
        Other => "other",
    }
}

impl Severity {
    /// The severity of that rank; [`Self::Other`] beyond the last.
    #[must_use]
    pub fn from_rank(rank: u8) -> Self {
        Self::ALL.get(usize::from(rank)).copied().unwrap_or_default()
    }

    /// The rank: 0 for the gravest, up to 4.
    #[must_use]
    pub const fn rank(self) -> u8 {
        self as u8
    }

    /// The graver of the two: an override raises a severity and never lowers it.
    #[must_use]
    pub fn raised_to(self, other: Self) -> Self {
        self.min(other)
    }
}

#[cfg(test)]
mod tests {
    use super::Severity;

    #[test]
    fn ranks_run_from_the_gravest_down() {
        for (rank, severity) in Severity::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(severity.rank()), rank);
        }
        assert!(Severity::ALL.is_sorted());
    }

    #[test]
    fn raising_never_lowers() {
        for one in Severity::ALL {
            for other in Severity::ALL {
                let raised = one.raised_to(other);
                assert!(raised.rank() <= one.rank());
                assert_eq!(raised, other.raised_to(one));
            }
        }
    }
}
