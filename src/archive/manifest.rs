//! Lists of runs, as CI servers print them: which branch and revision each was of, and when.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::context::Context;

/// The keys that a row may have for each thing that is known of a run, first come, first served. The second names are those of
/// `gh run list --json` and of GitHub's and GitLab's own answers.
const KEYS: [(&str, &[&str]); 8] = [
    ("run", &["run", "run_id", "databaseId", "id"]),
    ("branch", &["branch", "headBranch", "head_branch", "ref"]),
    ("revision", &["revision", "headSha", "head_sha", "sha", "commit"]),
    ("env", &["env", "environment"]),
    ("attempt", &["attempt", "run_attempt"]),
    ("job", &["job", "workflowName", "name"]),
    ("url", &["url", "html_url", "web_url"]),
    ("time", &["time", "startedAt", "createdAt", "run_started_at", "created_at"]),
];

/// What is known of runs, by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest(BTreeMap<String, Context>);

impl Manifest {
    /// Reads a list: a JSON array of objects, an object a line, or CSV with a line of names. Of a run that stands twice the
    /// first row counts.
    ///
    /// # Errors
    /// What is wrong, with its row.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let rows = match text.chars().next() {
            None => return Err("it is empty".to_owned()),
            Some('[') => serde_json::from_str(text).map_err(|error| error.to_string())?,
            Some('{') => {
                let rows = serde_json::Deserializer::from_str(text).into_iter::<Map<String, Value>>();
                rows.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?
            }
            Some(_) => csv_rows(text)?,
        };
        let mut runs = BTreeMap::new();
        for (number, row) in (1..).zip(rows) {
            let (run, context) = context(&row).map_err(|why| format!("row {number}: {why}"))?;
            runs.entry(run).or_insert(context);
        }
        Ok(Self(runs))
    }

    /// What is known of a run.
    #[must_use]
    pub fn of(&self, run: &str) -> Option<&Context> {
        self.0.get(run)
    }

    /// The ids of the runs.
    pub fn runs(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

fn csv_rows(text: &str) -> Result<Vec<Map<String, Value>>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .deserialize::<BTreeMap<String, String>>()
        .map(|row| {
            let row = row.map_err(|error| error.to_string())?;
            Ok(row.into_iter().map(|(key, value)| (key, Value::from(value))).collect())
        })
        .collect()
}

/// A row's run, and what it says of it.
fn context(row: &Map<String, Value>) -> Result<(String, Context), String> {
    let [run, branch, revision, env, attempt, job, url, time] = KEYS.map(|(_, keys)| {
        let mut values = keys.iter().filter_map(|key| row.get(*key));
        values.find_map(|value| match value {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    });
    let run = run.ok_or_else(|| {
        let known = row.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!("no id of a run ({}) among its keys: {known}", KEYS[0].1.join(", "))
    })?;
    let attempt = match attempt {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| format!("`{text}` is no number of an attempt"))?),
    };
    let context = Context { run: None, branch, revision, env, attempt, job, url, time };
    context.time_ms()?;
    Ok((run, context))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_gh_is_read_as_it_is() {
        let text = r#"[{"attempt":2,"createdAt":"2026-01-02T03:04:05Z","databaseId":123,"headBranch":"main","headSha":"abc",
            "url":"https://example.org/1","workflowName":"CI"},{"databaseId":124,"headBranch":"topic"}]"#;
        let manifest = Manifest::read(text).unwrap();
        let run = manifest.of("123").unwrap();
        assert_eq!((run.branch.as_deref(), run.revision.as_deref()), (Some("main"), Some("abc")));
        assert_eq!((run.attempt, run.job.as_deref()), (Some(2), Some("CI")));
        assert_eq!(run.time_ms(), Ok(Some(1_767_323_045_000)));
        assert_eq!(manifest.runs().collect::<Vec<_>>(), ["123", "124"]);
    }

    #[test]
    fn lines_and_tables_are_read_too() {
        let expected = Manifest::read(r#"[{"run":"a","branch":"main"},{"run":"b","branch":"x,y"}]"#).unwrap();
        for text in [
            "{\"run\":\"a\",\"branch\":\"main\"}\n{\"run\":\"b\",\"branch\":\"x,y\"}\n",
            "\u{feff}run,branch\na,main\nb,\"x,y\"\n",
        ] {
            assert_eq!(Manifest::read(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_list_says_why() {
        for (text, why) in [
            ("", "empty"),
            ("[1]", "invalid type"),
            ("[{\"branch\":\"main\"}]", "row 1: no id of a run"),
            ("run,time\n1,noon\n", "row 1: `noon` is no time"),
            ("run,branch\n1\n", "CSV"),
        ] {
            let said = Manifest::read(text).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }
}
