//! `relapse run-info`: which run this is, by the variables of the CI server that it is on.

use std::env;

use relapse::archive::{Context, SIDE_CAR};

use super::error::CliError;
use super::exit::ExitStatus;
use super::output;

/// The variables of a CI server, each the first that is set; `{}` takes those in braces.
struct Server {
    name: &'static str,
    /// Set where it runs.
    known_by: &'static str,
    run: &'static [&'static str],
    branch: &'static [&'static str],
    revision: &'static [&'static str],
    env: &'static [&'static str],
    attempt: &'static [&'static str],
    job: &'static [&'static str],
    url: &'static [&'static str],
    time: &'static [&'static str],
}

/// By each server's own documentation of its variables. Of a pull request the branch is the one that it comes from.
const SERVERS: [Server; 6] = [
    Server {
        name: "GitHub Actions",
        known_by: "GITHUB_ACTIONS",
        run: &["{GITHUB_RUN_ID}"],
        branch: &["{GITHUB_HEAD_REF}", "{GITHUB_REF_NAME}"],
        revision: &["{GITHUB_SHA}"],
        env: &["{RUNNER_OS}-{RUNNER_ARCH}"],
        attempt: &["{GITHUB_RUN_ATTEMPT}"],
        job: &["{GITHUB_WORKFLOW} / {GITHUB_JOB}"],
        url: &["{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}"],
        time: &[],
    },
    Server {
        name: "GitLab",
        known_by: "GITLAB_CI",
        run: &["{CI_PIPELINE_ID}"],
        branch: &["{CI_MERGE_REQUEST_SOURCE_BRANCH_NAME}", "{CI_COMMIT_REF_NAME}"],
        revision: &["{CI_COMMIT_SHA}"],
        env: &["{CI_RUNNER_EXECUTABLE_ARCH}"],
        attempt: &[],
        job: &["{CI_JOB_NAME}"],
        url: &["{CI_JOB_URL}"],
        time: &["{CI_PIPELINE_CREATED_AT}"],
    },
    Server {
        name: "Jenkins",
        known_by: "JENKINS_URL",
        run: &["{BUILD_TAG}"],
        branch: &["{CHANGE_BRANCH}", "{BRANCH_NAME}", "{GIT_BRANCH}"],
        revision: &["{GIT_COMMIT}"],
        env: &[],
        attempt: &[],
        job: &["{JOB_NAME}"],
        url: &["{BUILD_URL}"],
        time: &[],
    },
    Server {
        name: "Buildkite",
        known_by: "BUILDKITE",
        run: &["{BUILDKITE_PIPELINE_SLUG}-{BUILDKITE_BUILD_NUMBER}"],
        branch: &["{BUILDKITE_BRANCH}"],
        revision: &["{BUILDKITE_COMMIT}"],
        env: &[],
        attempt: &[],
        job: &["{BUILDKITE_LABEL}"],
        url: &["{BUILDKITE_BUILD_URL}"],
        time: &[],
    },
    Server {
        name: "Azure Pipelines",
        known_by: "TF_BUILD",
        run: &["{BUILD_BUILDID}"],
        branch: &["{SYSTEM_PULLREQUEST_SOURCEBRANCH}", "{BUILD_SOURCEBRANCH}"],
        revision: &["{BUILD_SOURCEVERSION}"],
        env: &["{AGENT_OS}-{AGENT_OSARCHITECTURE}", "{AGENT_OS}"],
        attempt: &["{SYSTEM_JOBATTEMPT}"],
        job: &["{SYSTEM_JOBDISPLAYNAME}"],
        url: &["{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}"],
        time: &[],
    },
    Server {
        name: "CircleCI",
        known_by: "CIRCLECI",
        run: &["{CIRCLE_WORKFLOW_ID}"],
        branch: &["{CIRCLE_BRANCH}", "{CIRCLE_TAG}"],
        revision: &["{CIRCLE_SHA1}"],
        env: &[],
        attempt: &[],
        job: &["{CIRCLE_JOB}"],
        url: &["{CIRCLE_BUILD_URL}"],
        time: &[],
    },
];

impl Server {
    fn context(&self, variable: &impl Fn(&str) -> Option<String>) -> Context {
        let first = |templates: &[&str]| templates.iter().find_map(|template| filled(template, variable));
        Context {
            run: first(self.run),
            branch: first(self.branch),
            revision: first(self.revision),
            env: first(self.env),
            attempt: first(self.attempt).and_then(|attempt| attempt.parse().ok()),
            job: first(self.job),
            url: first(self.url),
            time: first(self.time),
        }
    }
}

/// A template with the values of its variables; `None` where one is not set.
fn filled(template: &str, variable: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}')?;
        text.push_str(before);
        text.push_str(&variable(name)?);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// Prints what is known of this run.
pub(super) fn run() -> Result<ExitStatus, CliError> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let Some(server) = SERVERS.iter().find(|server| variable(server.known_by).is_some()) else {
        let known = SERVERS.map(|server| format!("{} ({})", server.name, server.known_by)).join(", ");
        return Err(CliError::NoServer(known, SIDE_CAR));
    };
    let mut context = server.context(&variable);
    let now = jiff::Timestamp::from_second(output::now_ms()? / 1000).ok();
    context.time = context.time.or_else(|| Some(now?.to_string()));
    let text = serde_json::to_string_pretty(&context).unwrap_or_default();
    output::print(&(text + "\n"))?;
    Ok(ExitStatus::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_says_its_run_by_its_own_variables() {
        for server in &SERVERS {
            let variable =
                |name: &str| Some(if name.contains("ATTEMPT") { "2".to_owned() } else { name.to_lowercase() });
            let context = server.context(&variable);
            assert!(context.run.is_some() && context.branch.is_some() && context.revision.is_some(), "{}", server.name);
            assert!(context.url.is_some_and(|url| !url.contains(['{', '}'])), "{}", server.name);
        }
        let github = |name: &str| match name {
            "GITHUB_RUN_ID" => Some("7".to_owned()),
            "GITHUB_REF_NAME" => Some("main".to_owned()),
            _ => None,
        };
        let context = SERVERS[0].context(&github);
        assert_eq!((context.run.as_deref(), context.branch.as_deref()), (Some("7"), Some("main")));
        assert_eq!((context.env, context.url, context.attempt), (None, None, None));
    }
}
