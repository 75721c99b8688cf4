//! `relapse schema`: what the outputs look like; `scripts/check-schemas` holds them to it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{relapse, text};

#[test]
fn the_schemas_of_the_docs_are_those_of_the_program() {
    let there = tempfile::tempdir().unwrap();
    relapse(["schema", "--out", text(there.path())]).exits(0);
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema");
    let names = relapse(["schema"]).exits(0).text();
    let count = |folder: &Path| fs::read_dir(folder).unwrap().count();
    assert_eq!((count(there.path()), count(&docs)), (names.lines().count(), names.lines().count()));
    for name in names.lines() {
        let of = |folder: &Path| fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        assert!(of(there.path()) == of(&docs), "docs/schema/{name}.json: relapse schema --out docs/schema");
        assert_eq!(relapse(["schema", name]).exits(0).text(), of(&docs));
    }
}

#[test]
fn a_schema_is_found_by_a_part_of_its_name() {
    let schema: Value = relapse(["schema", "incidents"]).exits(0).json();
    assert_eq!(schema["title"], "relapse-incidents-v1");
    assert_eq!(schema["properties"]["schema_version"]["const"], "relapse-incidents-v1");
    assert_eq!(relapse(["schema", "check"]).exits(0).json()["title"], "relapse-check-v1");
    relapse(["schema", "nothing"])
        .exits(2)
        .says("no output has the schema `nothing`; known: sweep, relapse-incidents-v1");
}
