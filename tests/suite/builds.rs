//! What one build kept answers another one only where both mean the same by it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use relapse::archive::Content;
use relapse::record::Profiles;
use relapse::sweep::{Silent, Sweep, Taxonomies};
use relapse::tally::{Keeper, MEANING, Partial};
use xxhash_rust::xxh3::xxh3_128;

use crate::program::{Ended, fixture, program, text};
use crate::store::{corpus, written};

/// Another development build: the same but for a byte behind its end, which a loader passes over.
fn other_build(folder: &Path) -> Command {
    let path = folder.join("relapse");
    fs::copy(program().get_program(), &path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes.push(0);
    fs::write(&path, bytes).unwrap();
    let mut command = Command::new(path);
    command.env_clear().env("SOURCE_DATE_EPOCH", "1700000000");
    command
}

#[test]
fn a_development_build_is_not_answered_by_another_one() {
    let (corpus, work) = (corpus(), tempfile::tempdir().unwrap());
    let at = |name: &str| work.path().join(name);
    fs::create_dir(at("other")).unwrap();
    let run = |is_other: bool, arguments: &[&str]| {
        let mut command = if is_other { other_build(&at("other")) } else { program() };
        Ended::of(command.args(arguments).output().unwrap())
    };
    let entries = |kind: &str| fs::read_dir(at("store").join(kind)).unwrap().count();
    let sweep = |is_other: bool| {
        let out = tempfile::tempdir().unwrap();
        let (store, path) = (at("store"), text(corpus.path()));
        let arguments = ["sweep", path, "--allow-loss", "--store", text(&store), "--out", text(out.path())];
        run(is_other, &arguments).exits(0);
        (written(out.path()), ["partials", "contents", "answers"].map(entries))
    };
    let (first, [partials, contents, answers]) = sweep(false);
    assert_eq!(sweep(false), (first, [partials, contents, answers]));
    let (other, counts) = sweep(true);
    assert_eq!(counts, [2 * partials, 2 * contents, 2 * answers], "nothing of the first build is used");
    assert_eq!(other, sweep(false).0);

    // Nor are they merged, and the reason is said.
    for (is_other, name) in [(false, "one.partial"), (true, "two.partial")] {
        run(is_other, &["sweep", text(corpus.path()), "--allow-loss", "--partial", text(&at(name))]).exits(0);
    }
    let merged = run(false, &["merge", text(&at("one.partial")), text(&at("two.partial")), "--json"]);
    merged.exits(2).says("they differ in the build of relapse: development ");
}

/// What the last releases meant by partials: the number, and the hash of what the fixtures came to. A release adds a row,
/// unless the newest one is still right.
const RELEASED: [(u32, &str); 0] = [];

/// Partials as they are written, by archive.
#[derive(Default)]
struct Written(Mutex<Vec<(usize, Vec<u8>)>>);

impl Keeper for Written {
    fn recall(&self, _: usize, _: bool) -> Option<Partial> {
        None
    }

    fn keep(&self, archive: usize, partial: &Partial) {
        let mut bytes = Vec::new();
        partial.write(&mut bytes).unwrap();
        self.0.lock().unwrap().push((archive, bytes));
    }

    fn recall_content(&self, _: usize) -> Option<Content> {
        None
    }

    fn keep_content(&self, _: usize, _: &Content) {}
}

#[test]
fn what_partials_mean_changes_only_with_its_number() {
    let profiles = Profiles::builtin();
    let taxonomies = Taxonomies::of(&profiles).unwrap();
    let inputs = vec![text(&fixture("")).to_owned()];
    let sweep = Sweep { threads: 1, keep_entries: true, ..Sweep::new(inputs, profiles, taxonomies) };
    let kept = Written::default();
    sweep.run_over(sweep.discover().unwrap(), Some(&kept), &Silent).unwrap();
    let mut kept = kept.0.into_inner().unwrap();
    kept.sort();
    let bytes: Vec<u8> = kept.into_iter().flat_map(|(_, bytes)| bytes).collect();
    let now = format!("{:032x}", xxh3_128(&bytes));
    if let Some(&(number, known)) = RELEASED.last() {
        assert!(
            MEANING > number || (MEANING, &*now) == (number, known),
            "partials of the fixtures are others than those of the last release: raise `MEANING`"
        );
    }
    let changelog = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md")).unwrap();
    let is_released = changelog.lines().any(|line| line.starts_with("## ") && line != "## Unreleased");
    assert!(!is_released || !RELEASED.is_empty(), "a release is to be remembered: add `({MEANING}, \"{now}\")`");
}
