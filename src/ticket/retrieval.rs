//! How the artifacts of a run are fetched.

use std::sync::LazyLock;

use regex::Regex;

use crate::incident::IncidentRow;
use crate::role::Role;
use crate::shell::posix;

/// A run of GitHub Actions, by the address of its page.
static GITHUB: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^https://([A-Za-z0-9.-]+)/([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+)/actions/runs/(\d+)(?:[/?#].*)?$").ok()
});

/// Commands that fetch the artifacts and the log of an incident's first record, for a POSIX shell; none when its log
/// does not say where it ran.
#[must_use]
pub(super) fn commands(row: &IncidentRow) -> Vec<String> {
    let Some(found) = row.told(Role::Url).and_then(|url| GITHUB.as_ref()?.captures(url)) else { return Vec::new() };
    let [host, owner, name, run] = [1, 2, 3, 4].map(|group| found.get(group).map_or("", |group| group.as_str()));
    let repository = if host == "github.com" { format!("{owner}/{name}") } else { format!("{host}/{owner}/{name}") };
    let repository = posix(&repository);
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
        assert!(of("https://git.example.org/a/b/actions/runs/1")[0].contains("--repo git.example.org/a/b "));
    }

    #[test]
    fn no_other_address_becomes_a_command() {
        for url in [
            "https://github.com/a/b/actions/runs/1;rm",
            "https://github.com/a/$(x)/actions/runs/1",
            "http://github.com/a/b/actions/runs/1",
            "https://ci.example.org/1",
            "",
        ] {
            assert_eq!(of(url), Vec::<String>::new(), "{url}");
        }
    }
}
