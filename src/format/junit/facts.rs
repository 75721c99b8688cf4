//! What properties say of a run.

use std::borrow::Cow;

/// What the properties of a suite or of a case tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts<'a> {
    pub(super) revision: Cow<'a, str>,
    pub(super) branch: Cow<'a, str>,
    pub(super) env: Cow<'a, str>,
    pub(super) seed: Option<u64>,
}

impl<'a> Facts<'a> {
    /// Takes a property, where its name is one that says what it means. `os.name` and the like do not: whoever names an
    /// environment from outside means more than that.
    pub(super) fn take(&mut self, name: &[u8], value: Cow<'a, str>) {
        if value.is_empty() {
            return;
        }
        match name {
            b"seed" | b"RandomSeed" | b"random_seed" | b"random.seed" | b"randomSeed" => {
                self.seed = value.trim().parse().ok();
            }
            b"revision" | b"commit" | b"git.commit" | b"git_commit" | b"GIT_COMMIT" | b"git.revision" | b"git.sha"
            | b"commit_sha" | b"git.commit.id" => self.revision = value,
            b"branch" | b"git.branch" | b"git_branch" | b"GIT_BRANCH" => self.branch = value,
            b"env" | b"environment" | b"platform" => self.env = value,
            _ => {}
        }
    }
}
