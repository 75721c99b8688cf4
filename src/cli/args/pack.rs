//! What is asked of packing.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// What is packed, and how.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(
    after_help = "Every packed archive is read back from the disk and compared before it gets its name; the text \
    stays the same, byte for byte. A damaged archive is left as it is, and the exit status is 3."
)]
pub(in crate::cli) struct PackArgs {
    /// Files, folders (walked; .jsonl and .ndjson, plain or with .zst or .gz), or - for standard input
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) paths: Vec<String>,

    /// Folder for the packed archives; each has its relative path and ends with .zst
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) out: PathBuf,

    /// Compression level of zstd, 1 to 22
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(i32).range(1..=22))]
    pub(in crate::cli) level: i32,

    /// Text of a frame, 1KiB to 16MiB; a line is never divided, so a longer one makes a longer frame
    #[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = frame_size)]
    pub(in crate::cli) frame_size: u64,

    /// Replace packed archives that are there already
    #[arg(long)]
    pub(in crate::cli) force: bool,

    /// Remove each original once its packed archive is verified and on the disk; a damaged one stays
    #[arg(long)]
    pub(in crate::cli) remove: bool,

    /// Pack what can be read of damaged archives, whole lines only, and exit with 0
    #[arg(long)]
    pub(in crate::cli) allow_loss: bool,

    /// Print the account as JSON instead of the summary
    #[arg(long)]
    pub(in crate::cli) json: bool,

    /// Run id of standard input, which becomes ID.jsonl.zst
    #[arg(long, value_name = "ID", default_value = "stdin")]
    pub(in crate::cli) run: String,

    /// Threads that compress, at most 1024; 0 for one a core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1024))]
    pub(in crate::cli) threads: u16,

    /// Longest line that may make a frame, at most 1GiB
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = longest_line)]
    pub(in crate::cli) max_line: u64,

    /// Largest zstd window that is decoded; archives made with --long=31 need 2GiB
    #[arg(long, value_name = "SIZE", default_value = "128MiB", value_parser = relapse::text::size::parse)]
    pub(in crate::cli) max_window: u64,
}

/// The size of a frame that a sweep still decodes in one go.
fn frame_size(text: &str) -> Result<u64, String> {
    let within = |size: &u64| (1 << 10..=16 << 20).contains(size);
    relapse::text::size::parse(text)
        .and_then(|size| Some(size).filter(within).ok_or_else(|| "a size of 1KiB to 16MiB".into()))
}

/// The length of a line that a seek table can list as a frame.
fn longest_line(text: &str) -> Result<u64, String> {
    let within = |size: &u64| *size <= relapse::pack::LARGEST_FRAME as u64;
    relapse::text::size::parse(text)
        .and_then(|size| Some(size).filter(within).ok_or_else(|| "a size of at most 1GiB".into()))
}
