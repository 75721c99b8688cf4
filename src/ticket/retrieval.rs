//! How the artifacts of a run are fetched.

use std::sync::LazyLock;

use regex::Regex;

use crate::incident::IncidentRow;
use crate::role::Role;
use crate::text::shell::posix;

/// A run of GitHub Actions, by the address of its page. Only of GitHub itself: `gh` shows its token to a host that a
/// command names, and a log could name any.
static GITHUB: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^https://github\.com/([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+)/actions/runs/([0-9]+)(?:[/?#].*)?$").ok()
});

/// Commands that fetch the artifacts and the log of an incident's first record, for a POSIX shell; none when its log
/// does not say where it ran.
#[must_use]
pub(super) fn commands(row: &IncidentRow) -> Vec<String> {
    let Some(found) = row.told(Role::Url).and_then(|url| GITHUB.as_ref()?.captures(url)) else { return Vec::new() };
    let [owner, name, run] = [1, 2, 3].map(|group| found.get(group).map_or("", |group| group.as_str()));
    let repository = posix(&format!("{owner}/{name}"));
    vec![
        format!("gh run download {run} --repo {repository} --dir artifacts/{run}"),
        format!(
            "mkdir -p artifacts/{run} && gh run view {run} --repo {repository} --log-failed > artifacts/{run}/failed.log"
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::commands;
    use crate::incident::IncidentRow;

    fn of(url: &str) -> Vec<String> {
        let told = serde_json::json!({"url": url}).as_object().cloned();
        commands(&IncidentRow { told, ..Default::default() })
    }

    #[test]
    fn a_page_of_github_actions_names_run_and_repository() {
        let lines = of("https://github.com/acme/driveops/actions/runs/182/job/51?pr=7");
        assert_eq!(lines[0], "gh run download 182 --repo acme/driveops --dir artifacts/182");
    }

    #[test]
    fn no_other_address_becomes_a_command() {
        for url in [
            "https://github.com/a/b/actions/runs/1;rm",
            "https://github.com/a/$(x)/actions/runs/1",
            "http://github.com/a/b/actions/runs/1",
            "https://git.example.org/a/b/actions/runs/1",
            "https://github.com.example.org/a/b/actions/runs/1",
            "https://ci.example.org/1",
            "",
        ] {
            assert_eq!(of(url), Vec::<String>::new(), "{url}");
        }
    }
}
