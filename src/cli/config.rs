//! `relapse.toml`: settings of a project, found in the working folder or the nearest one above.

use std::path::{Path, PathBuf};

use super::error::CliError;
use crate::definition::{self, Faults, Section};

const NAME: &str = "relapse.toml";

/// What a project has set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Config {
    /// Words by which replay commands may begin that are run without being asked for.
    pub(super) replay_allow: Vec<Vec<String>>,
}

impl Config {
    /// The settings of the working folder; none when there is no file.
    pub(super) fn find() -> Result<Self, CliError> {
        let folder = std::env::current_dir().map_err(|source| CliError::Unreadable { path: ".".to_owned(), source })?;
        match folder.ancestors().map(|folder| folder.join(NAME)).find(|file| file.is_file()) {
            Some(file) => Self::read(&file),
            None => Ok(Self::default()),
        }
    }

    fn read(path: &PathBuf) -> Result<Self, CliError> {
        let shown = path.display().to_string();
        if !is_ours(path) {
            return Err(CliError::Usage(format!("refused to read `{shown}`: it belongs to another user")));
        }
        let text = definition::read_file(Path::new(path))
            .map_err(|source| CliError::Unreadable { path: shown.clone(), source })?;
        Ok(definition::read(&shown, &text, Self::take)?)
    }

    #[expect(clippy::unnecessary_wraps, reason = "what a definition is built by")]
    fn take(root: &Section<'_>, faults: &mut Faults<'_>) -> Option<Self> {
        root.refuse_unknown(&["replay"], faults);
        let mut config = Self::default();
        let Some(replay) = root.section("replay", faults) else { return Some(config) };
        replay.refuse_unknown(&["allow"], faults);
        for prefix in replay.texts("allow", faults).unwrap_or_default() {
            match shlex::split(prefix.value).filter(|words| !words.is_empty()) {
                Some(words) => config.replay_allow.push(words),
                None => faults.add(prefix.at, "`allow` needs words that a command begins with"),
            }
        }
        Some(config)
    }
}

/// Whether a file is this user's or the system's: what another one left in a folder above allows nothing.
fn is_ours(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let owner = path.metadata().map(|metadata| metadata.uid());
        owner.is_ok_and(|owner| owner == 0 || owner == rustix::process::geteuid().as_raw())
    }
    #[cfg(not(unix))]
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::Config;
    use crate::definition;

    #[test]
    fn prefixes_are_words_and_faults_have_lines() {
        let read = |text: &str| definition::read("relapse.toml", text, Config::take);
        let config = read("[replay]\nallow = [\"cargo test\", \"pnpm 'vitest run'\"]\n").unwrap();
        assert_eq!(config.replay_allow, [vec!["cargo", "test"], vec!["pnpm", "vitest run"]]);
        assert_eq!(read("").unwrap(), Config::default());
        let faults = read("[replay]\nalow = []\nallow = ['']\n[x]\n").unwrap_err().to_string();
        assert!(faults.contains("relapse.toml:2:1: unknown key `alow`, known: allow"), "{faults}");
        assert!(faults.contains("3:10: `allow` needs words") && faults.contains("4:2: unknown key `x`"), "{faults}");
    }
}
