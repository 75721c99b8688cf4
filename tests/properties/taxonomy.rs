//! Taxonomies: any text is refused with its faults, or can be used on any failure.

use relapse::record::Profiles;
use relapse::role::Role;
use relapse::sweep::Taxonomies;
use relapse::taxonomy::{Classifier, Scratch, Taxonomy};

use super::definition::{accepted, text};
use super::swept::{reconciles, said, swept_with};

/// Failures of both built-in logs.
pub(crate) const LOG: &[u8] = include_bytes!("failures.jsonl");

pub(crate) fn holds(input: &[u8]) {
    let text = text(input);
    // As they travel with partials.
    if let Some(taxonomies) = Taxonomies::from_text(&text) {
        swept(&taxonomies);
    }
    let Some(taxonomy) = accepted(&text, Taxonomy::parse("fuzzed", &text)) else { return };
    let classifier = Classifier::new(&taxonomy);
    let mut scratch = Scratch::default();
    // The text itself holds what its rules look for.
    for words in ["", text.as_str(), "timeout"] {
        let field = |role: Role| (role != Role::Mode || words.is_empty()).then_some(words);
        let assignment = classifier.classify(field, &mut scratch);
        assert_eq!(classifier.classify(field, &mut Scratch::default()), assignment);
        let ruling = classifier.ruling(assignment);
        assert_eq!((ruling.taxonomy.as_str(), ruling.owner.as_str()), (taxonomy.name(), classifier.owner(assignment)));
        assert!(!classifier.class(assignment.class).name.is_empty());
        for reproduction in taxonomy.reproductions() {
            let command = reproduction.command(field);
            assert!(
                words.is_empty()
                    || !words.contains(char::is_control)
                    || command.is_none_or(|text| !text.contains(words))
            );
        }
    }
    let taxonomies = Taxonomies::from(taxonomy);
    let kept = Taxonomies::from_text(&taxonomies.to_text()).expect("it was accepted once");
    let (one, other) = (swept(&taxonomies), swept(&kept));
    assert_eq!(one, other, "after it was kept as text");
}

fn swept(taxonomies: &Taxonomies) -> String {
    let outcome = swept_with(LOG, Profiles::builtin(), taxonomies.clone());
    reconciles(&outcome);
    said(&outcome, taxonomies)
}
