//! Arguments of `relapse taxonomies` and `relapse profiles`.

use clap::{Subcommand, ValueHint};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum TaxonomyCommand {
    /// Name the built-in ones
    List,
    /// Print one as TOML, to be copied and changed
    Show {
        /// A built-in name
        name: String,
    },
    /// Check a file whole: every fault with its line
    Check {
        /// The TOML file
        #[arg(value_hint = ValueHint::FilePath)]
        file: String,
    },
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ProfileCommand {
    /// Name the built-in ones
    List,
    /// Print one as TOML, to be copied and changed
    Show {
        /// A built-in name
        name: String,
    },
    /// Check a file whole: every fault with its line; with --on, say too what it makes of logs
    Check {
        /// The TOML file
        #[arg(value_hint = ValueHint::FilePath)]
        file: String,

        /// Say what it makes of these files and folders: how many lines are records, which words their outcomes have, which
        /// roles stay empty, and what the first three records become. Ends with 2 where not one record is read
        #[arg(long, value_name = "PATH", num_args = 1.., value_hint = ValueHint::AnyPath)]
        on: Vec<String>,
    },
    /// Say what stands in logs of an unknown shape (JSON, one object a line), and print a profile to start from
    #[command(
        after_help = "All that is no part of the profile is printed as comments, so that the output is a profile as it stands:\n  \
        relapse profiles guess LOGS > ours.toml\n  relapse profiles check ours.toml --on LOGS\n  relapse sweep LOGS --profile \
        ours.toml"
    )]
    Guess {
        /// Files, folders, or - for standard input; a sample of their lines is looked at
        #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
        logs: Vec<String>,
    },
}
