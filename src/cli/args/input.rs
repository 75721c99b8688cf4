//! Arguments of every command that reads archives.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

/// What every command that reads archives takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct InputArgs {
    /// Files, folders (walked: .jsonl and .ndjson, and what holds test results of .json, .xml, .trx, .tap, .log, .out and .txt;
    /// plain or with .zst or .gz), or - for standard input
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) paths: Vec<String>,

    /// Failure classes: a built-in name or a TOML file [default: the one that the log's profile names, else
    /// crash-triage-v1]
    #[arg(long, value_name = "NAME|FILE")]
    pub(in crate::cli) taxonomy: Option<String>,

    /// Owner of the failures that no rule of the taxonomy takes [default: the taxonomy's]
    #[arg(long, value_name = "OWNER", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(in crate::cli) fallback_owner: Option<String>,

    /// Owners of failures that no rule of the taxonomy has an owner for, by the test's file [default: CODEOWNERS of this folder or
    /// the one of relapse.toml, where GitHub and GitLab look for it]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) codeowners: Option<PathBuf>,

    /// Log shape: a built-in name or a TOML file; may be repeated [default: told from the first records]
    #[arg(long, value_name = "NAME|FILE")]
    pub(in crate::cli) profile: Vec<String>,

    /// Read every archive as one of this format, as junit (`relapse formats` lists them) [default: told from
    /// its content]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) log_format: Option<String>,

    /// Count only this packet's records
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) packet: Option<String>,

    /// Count only records from this moment on: RFC 3339, or 7d, 24h back from the newest run's first record; records dated
    /// before 2000 (a clock that was not set) count in any case
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) since: Option<String>,

    /// Count only records before this moment: RFC 3339, or 7d, 24h back from the newest run's first record
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) until: Option<String>,

    /// Take run ids from paths, below a folder from there and of a file as given: a regular expression with a group named
    /// `run`, which must find one in some path; groups named `branch`, `revision`, `env`, `attempt`, `job` and `time` say that of
    /// records which do not
    #[arg(long, value_name = "REGEX", alias = "run-from")]
    pub(in crate::cli) from_path: Option<String>,

    /// Read only files that match this pattern, as '*.xml' or 'nightly/**/junit-*.xml': without a slash it is held against every
    /// name on the way to a file, with one against the path below its argument or its container; may be repeated. A pattern
    /// that matches nothing is an error
    #[arg(long, value_name = "GLOB")]
    pub(in crate::cli) include: Vec<String>,

    /// Leave out files that match this pattern, also folders and containers with all that they hold; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(in crate::cli) exclude: Vec<String>,

    /// A list of runs with their branches, revisions and times, for records which do not say them: JSON, an object a line, or
    /// CSV; what `gh run list --json databaseId,headBranch,headSha,createdAt,attempt,url,workflowName` prints is taken as it is
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) runs: Option<PathBuf>,

    /// Run id of standard input
    #[arg(long, value_name = "ID", default_value = "stdin")]
    pub(in crate::cli) run: String,

    /// Threads that parse, at most 1024; 0 for one a core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1024))]
    pub(in crate::cli) threads: u16,

    /// Longest line that is read, as 64MiB or 1GB
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = relapse::text::size::parse)]
    pub(in crate::cli) max_line: u64,

    /// Largest zstd window that is decoded; archives made with --long=31 need 2GiB
    #[arg(long, value_name = "SIZE", default_value = "128MiB", value_parser = relapse::text::size::parse)]
    pub(in crate::cli) max_window: u64,

    /// Read no line that is not exactly JSON: by default lines whose faults are cosmetic (control characters, bad UTF-8, NaN,
    /// text before the record and so on) are repaired and counted
    #[arg(long)]
    pub(in crate::cli) strict_json: bool,

    /// Memory to keep within, as 512MiB or 1GB: what does not fit goes to a file without a name in the temporary
    /// folder, and the answer stays the same [default: as much as it takes]
    #[arg(long, value_name = "SIZE", value_parser = relapse::text::size::parse)]
    pub(in crate::cli) max_memory: Option<u64>,
}

impl InputArgs {
    /// The definitions that are asked for, as the files that they are if they are no built-in ones.
    pub(in crate::cli) fn definitions(&self) -> impl Iterator<Item = &Path> {
        self.taxonomy
            .iter()
            .chain(&self.profile)
            .map(Path::new)
            .chain(self.runs.as_deref())
            .chain(self.codeowners.as_deref())
    }
}
