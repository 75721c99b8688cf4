//! What of a name may tell an order: the digests in names of CI tell none, and what is run again is named after what it repeats.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::run_name::shape;

/// Hexadecimal digits of the shortest digest that names abbreviate a revision to.
const LEAST_DIGEST: usize = 7;
/// The parts of a UUID.
const UUID: [usize; 5] = [8, 4, 4, 4, 12];
/// Names of a rule from which on what its other names look like is known.
const LEAST_LIKE: usize = 4;
/// One in how many names at most is one of something that was run again.
const RARE: usize = 4;
/// The longest name that is looked into, in bytes: longer ones are no names of runs.
const LONGEST: usize = 256;
/// How many more digests than chance gives may hold numbers alone, or letters.
const LUCK: f64 = 3.0;
/// What is put behind a name by what runs it again.
const AGAIN: [&str; 7] = ["rerun", "re-run", "retry", "retried", "attempt", "again", "try"];

/// A name as far as it may tell an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OrderName {
    pub(super) name: String,
    /// Whether it is that of what was run again: when that was it does not tell.
    pub(super) is_again: bool,
}

/// Names with their digests struck out, and what was run again by the name of what it repeats.
pub(super) fn order_names(names: &[&str]) -> Vec<OrderName> {
    let plain = without_digests(names);
    let mut of_shape: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for name in &plain {
        of_shape.entry(shape(name)).or_default().insert(name);
    }
    let repeated = |name: &str| {
        if name.len() > LONGEST {
            return None;
        }
        let own = of_shape.get(&shape(name))?.len();
        let base = name.char_indices().rev().map(|(at, _)| &name[..at]).find(|base| {
            base.ends_with(|c: char| c.is_ascii_alphanumeric())
                && is_again(&name[base.len()..])
                && of_shape.get(&shape(base)).is_some_and(|alike| own * RARE <= alike.len() && alike.contains(base))
        })?;
        Some(base.to_owned())
    };
    let of = |name: &String| match repeated(name) {
        Some(name) => OrderName { name, is_again: true },
        None => OrderName { name: name.clone(), is_again: false },
    };
    plain.iter().map(of).collect()
}

/// Whether that stands behind the names of what is run again: a number, a word for it, or both. A number behind a point is a
/// version's.
fn is_again(suffix: &str) -> bool {
    let is_between = |c: char| matches!(c, ' ' | '-' | '_' | '.' | '/' | '(' | ')' | '#');
    let words = suffix.trim_start_matches(is_between);
    let word = AGAIN.iter().find_map(|again| words.strip_prefix(again));
    let is_version = word.is_none() && suffix.starts_with('.');
    words.len() < suffix.len()
        && !is_version
        && word.unwrap_or(words).chars().all(|c| is_between(c) || c.is_ascii_digit())
}

/// Tokens of a name.
#[derive(Default)]
struct Digests {
    sure: Vec<Range<usize>>,
    /// Those that hold numbers alone, or letters, or the name of a month.
    maybe: Vec<Range<usize>>,
}

/// A name and the rule that it may be of, its digests struck out.
struct Candidate {
    rule: String,
    digests: Vec<Range<usize>>,
    /// The length of the first one that may be none; 0 where all are sure.
    maybe: usize,
}

/// Names with digests as so many `@`. A token that may be none is a digest where names of the same rule have one there.
fn without_digests(names: &[&str]) -> Vec<String> {
    let found: Vec<Digests> = names.iter().map(|name| digests(name)).collect();
    let mut rules: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, (name, Digests { sure, .. })) in names.iter().zip(&found).enumerate() {
        if !sure.is_empty() {
            rules.entry(shape(&struck_out(name, sure))).or_default().push(at);
        }
    }
    // Digests differ in their letters; a counter with a letter before it does not.
    rules.retain(|_, of| {
        let letters: BTreeSet<String> = of.iter().map(|&at| shape(names[at])).collect();
        of.len() >= LEAST_LIKE && letters.len() * 2 > of.len()
    });
    // The tokens that may be digests, and the rule that they would be of.
    let of_rule = |name: &str, digests: &[Range<usize>]| {
        Some(shape(&struck_out(name, digests))).filter(|rule| rules.contains_key(rule))
    };
    let candidate = |(name, Digests { sure, maybe }): (&&str, &Digests)| {
        let with = |more: &[Range<usize>]| {
            let digests = [sure, more].concat();
            Some(Candidate { rule: of_rule(name, &digests)?, digests, maybe: more.first().map_or(0, Range::len) })
        };
        let each = || maybe.iter().find_map(|one| with(std::slice::from_ref(one)));
        with(&[]).or_else(each).or_else(|| with(maybe))
    };
    let candidates: Vec<Option<Candidate>> = names.iter().zip(&found).map(candidate).collect();
    let mut alike: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for Candidate { rule, maybe, .. } in candidates.iter().flatten() {
        alike.entry(rule).or_default()[usize::from(*maybe > 0)] += 1;
    }
    let plain = |(name, candidate): (&&str, &Option<Candidate>)| match candidate {
        Some(Candidate { rule, digests, maybe }) if *maybe == 0 || are_by_chance(alike[rule.as_str()], *maybe) => {
            struck_out(name, digests)
        }
        _ => (*name).to_owned(),
    };
    names.iter().zip(&candidates).map(plain).collect()
}

/// Whether so many digests of that length may hold numbers alone, or letters, beside so many that hold both: counters beside
/// digests are more.
fn are_by_chance([sure, maybe]: [usize; 2], length: usize) -> bool {
    let length = i32::try_from(length).unwrap_or(i32::MAX);
    let share = (10.0_f64 / 16.0).powi(length) + (6.0_f64 / 16.0).powi(length);
    maybe as f64 <= 1.0 + LUCK * share * (sure + maybe) as f64
}

/// The tokens of a name that are digests, and those that may be.
fn digests(name: &str) -> Digests {
    if name.len() > LONGEST {
        return Digests::default();
    }
    let mut tokens: Vec<Range<usize>> = Vec::new();
    for (at, c) in name.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()) {
        match tokens.last_mut() {
            Some(last) if last.end == at => last.end += c.len_utf8(),
            _ => tokens.push(at..at + c.len_utf8()),
        }
    }
    let is_hex = |token: &Range<usize>| name[token.clone()].bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut found = Digests::default();
    while let Some(first) = tokens.first().cloned() {
        let parts = &tokens[..UUID.len().min(tokens.len())];
        let is_uuid = parts.iter().map(Range::len).eq(UUID)
            && parts.iter().all(is_hex)
            && parts.windows(2).all(|pair| &name[pair[0].end..pair[1].start] == "-");
        if is_uuid {
            found.sure.push(first.start..parts[UUID.len() - 1].end);
            tokens.drain(..UUID.len());
            continue;
        }
        tokens.remove(0);
        if first.len() < LEAST_DIGEST || !is_hex(&first) {
            continue;
        }
        let letters: String = name[first.clone()].chars().filter(char::is_ascii_alphabetic).collect();
        let is_month = matches!(&*letters.to_ascii_lowercase(), "feb" | "dec");
        match letters.len() {
            all if is_month || all == 0 || all == first.len() => found.maybe.push(first),
            _ => found.sure.push(first),
        }
    }
    found
}

fn struck_out(name: &str, digests: &[Range<usize>]) -> String {
    let mut bytes = name.as_bytes().to_vec();
    for byte in digests.iter().flat_map(Clone::clone) {
        bytes[byte] = b'@';
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    /// Digests as revisions have them, of so many digits: some hold numbers alone, or letters.
    fn hashes(number: u64, digits: usize) -> impl Iterator<Item = String> {
        let mixed = |at: u64| {
            let mut x = at.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x ^ x >> 27
        };
        (0..number).map(move |at| format!("{:016x}", mixed(at))[..digits].to_owned())
    }

    fn order_names(names: &[&str]) -> Vec<String> {
        super::order_names(names).into_iter().map(|of| of.name).collect()
    }

    #[test]
    fn digests_tell_no_order_whatever_they_look_like() {
        let hashes: Vec<String> = hashes(1000, 7).collect();
        assert!(hashes.iter().any(|hash| hash.bytes().all(|byte| byte.is_ascii_digit())));
        let of = |name: &dyn Fn(usize, &str) -> String| {
            let names: Vec<String> = hashes.iter().enumerate().map(|(at, hash)| name(at, hash)).collect();
            order_names(&names.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert!(of(&|_, hash| hash.to_owned()).iter().all(|name| name == "@@@@@@@"));
        let builds = of(&|at, hash| format!("build-{at}-{hash}"));
        assert!((0..1000).all(|at| builds[at] == format!("build-{at}-@@@@@@@")));
        let dates = of(&|at, hash| format!("20261124T{at:06}Z/{hash}/log"));
        assert!((0..1000).all(|at| dates[at] == format!("20261124T{at:06}Z/@@@@@@@/log")));
    }

    #[test]
    fn counters_and_dates_are_no_digests() {
        let of = |names: &[&str]| order_names(names) == names;
        assert!(of(&["e2e1001", "e2e1002", "e2e1003", "e2e1004"]));
        assert!(of(&["2026Feb01", "2026Feb02", "2026Dec03", "2026Dec04", "2026Mar05"]));
        assert!(of(&["18234500655", "18234500656", "20261124", "1000001"]));
        let uuids: Vec<String> =
            (10..16).map(|at| format!("0{at:x}95cade-4a3f-7a{at:x}c-8def-0{at:x}005eed1234")).collect();
        let names: Vec<&str> = uuids.iter().map(String::as_str).collect();
        assert!(order_names(&names).iter().all(|name| *name == "@".repeat(36)));
    }

    #[test]
    fn counters_beside_digests_stay_counters() {
        let names: Vec<String> = hashes(5, 8).chain((0..20).map(|at| format!("{}", 12_345_700 + at))).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(order_names(&names)[5..], names[5..]);
    }

    #[test]
    fn long_names_are_left_as_they_are() {
        let long = "a-1-".repeat(100_000);
        assert_eq!(order_names(&[&long, "a-1"]), [&long, "a-1"]);
    }

    #[test]
    fn what_is_run_again_has_the_name_of_what_it_repeats() {
        let names: Vec<String> = (10..30).map(|run| format!("run-{run}")).collect();
        for again in ["run-15-retry", "run-15-2", "run-15 (1)", "run-15.rerun1", "run-15/attempt-2", "run-15_again"] {
            let names: Vec<&str> = names.iter().map(String::as_str).chain([again]).collect();
            assert_eq!(order_names(&names).last().unwrap(), "run-15", "{again}");
        }
        for other in ["run-15.2", "run-15-nightly", "run-155-retry", "run-9-2", "run-152", "retry-15"] {
            let names: Vec<&str> = names.iter().map(String::as_str).chain([other]).collect();
            assert_eq!(order_names(&names).last().unwrap(), other);
        }
        // A rule of its own.
        let pairs: Vec<String> = (10..30).flat_map(|run| [format!("r{run}"), format!("r{run}-2")]).collect();
        let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
        assert_eq!(order_names(&pairs), pairs);
    }
}
