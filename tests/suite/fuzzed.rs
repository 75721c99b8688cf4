//! The properties that fuzzing holds to any bytes, held to the seeds and to some bytes near them.
//!
//! The same bytes each time. `RELAPSE_FULL=1` takes fifty times as many.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;

use crate::program::fixture;
use crate::properties;

/// The seeds of a target and what once did harm, in the order of their names.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fs::read_dir(fixture("fuzz").join(target)).expect("a target has seeds");
    let mut seeds: Vec<_> = folder
        .map(|entry| {
            let path = entry.expect("the folder can be read").path();
            (path.display().to_string(), fs::read(path).expect("a seed is a file"))
        })
        .collect();
    seeds.sort();
    seeds
}

/// Some bytes changed, added, left out, or taken from another seed.
fn changed(seed: &[u8], other: &[u8], draw: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..draw.random_range(1..5) {
        let at = draw.random_range(0..=bytes.len());
        let end = bytes.len().min(at + draw.random_range(0..9));
        match draw.random_range(0..7) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.insert(at, draw.random()),
            3 => {
                let from = draw.random_range(0..=other.len());
                let part = &other[from..other.len().min(from + draw.random_range(0..99))];
                bytes.splice(at..end, part.iter().copied());
            }
            4 => bytes[at..end].fill(*[0, 1, 0x7f, 0x80, 0xff].choose(draw).unwrap_or(&0)),
            _ if at < bytes.len() => bytes[at] ^= 1 << draw.random_range(0..8),
            _ => {}
        }
    }
    bytes
}

fn hold(target: &str, changes: usize) {
    let (_, property) = properties::ALL.into_iter().find(|(name, _)| *name == target).expect("a target has a property");
    let seeds = seeds(target);
    let check = |name: &str, input: &[u8]| {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| property(input))) {
            let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(target);
            fs::write(&kept, input).expect("files can be written");
            eprintln!("{target} does not hold for {name}: the input is in {}", kept.display());
            resume_unwind(panic);
        }
    };
    for (name, seed) in &seeds {
        check(name, seed);
    }
    let mut draw = ChaCha8Rng::seed_from_u64(2026);
    let times = if std::env::var_os("RELAPSE_FULL").is_some() { 50 } else { 1 };
    for number in 0..changes * times {
        let [(name, seed), (_, other)] = [0; 2].map(|_| &seeds[draw.random_range(0..seeds.len())]);
        check(&format!("change {number} of {name}"), &changed(seed, other, &mut draw));
    }
}

#[test]
fn every_target_has_a_property_and_is_run_here() {
    let targets =
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets")).expect("there are targets");
    let mut targets: Vec<String> = targets
        .map(|target| target.expect("the folder can be read").file_name().to_string_lossy().replace(".rs", ""))
        .collect();
    targets.sort();
    let mut properties: Vec<&str> = properties::ALL.iter().map(|(name, _)| *name).collect();
    properties.sort_unstable();
    assert_eq!(targets, properties);
    let text = include_str!("fuzzed.rs");
    assert!(targets.iter().all(|target| text.contains(&format!("hold(\"{target}\", "))));
}

#[test]
fn readers() {
    hold("reader", 3000);
}

#[test]
fn lines() {
    hold("line", 300);
}

#[test]
fn frames() {
    hold("frames", 60);
}

#[test]
fn zstd() {
    hold("zstd", 200);
}

#[test]
fn gzip() {
    hold("gzip", 200);
}

#[test]
fn profiles() {
    hold("profile", 300);
}

#[test]
fn taxonomies() {
    hold("taxonomy", 100);
}

#[test]
fn policies() {
    hold("policy", 300);
}

#[test]
fn stores() {
    hold("store", 150);
}

#[test]
fn partials() {
    hold("partial", 300);
}
