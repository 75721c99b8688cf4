//! Classification, once for every distinct text.

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use crate::record::Record;
use crate::tally::Failure;
use crate::taxonomy::{Assignment, Classifier, Counts, Scratch};

/// A classifier that remembers what it said of a text.
pub(super) struct ClassCache<'c> {
    classifier: &'c Classifier,
    scratch: Scratch,
    known: HashMap<Box<str>, Assignment, RandomState>,
    key: String,
    /// By what was said, in JSON.
    rulings: HashMap<Assignment, Box<str>, RandomState>,
}

impl<'c> ClassCache<'c> {
    pub(super) fn new(classifier: &'c Classifier) -> Self {
        Self {
            classifier,
            scratch: Scratch::default(),
            known: HashMap::default(),
            key: String::new(),
            rulings: HashMap::default(),
        }
    }

    /// How a failing record is classified: by its own fields alone. Where the record's reason yields to the code of the
    /// rule that takes it, that becomes its reason.
    pub(super) fn classify<'a>(&'a mut self, record: &mut Record<'a>) -> Failure<'a> {
        let assignment = match self.classifier.fields_used() {
            [role] => {
                let text = record.text(*role).unwrap_or_default();
                lookup(self.classifier, &mut self.scratch, &mut self.known, text, record)
            }
            roles => {
                self.key.clear();
                for role in roles {
                    // Lengths keep "a" and "bc" apart from "ab" and "c".
                    let text = record.text(*role).unwrap_or_default();
                    self.key.push_str(&text.len().to_string());
                    self.key.push(':');
                    self.key.push_str(text);
                }
                lookup(self.classifier, &mut self.scratch, &mut self.known, &self.key, record)
            }
        };
        if let Some(code) = self.classifier.code(assignment).filter(|_| record.reason_yields_to_code) {
            record.reason = code;
        }
        let class = self.classifier.class(assignment.class);
        let ruling = self.rulings.entry(assignment).or_insert_with(|| {
            serde_json::to_string(&self.classifier.ruling(assignment)).unwrap_or_default().into_boxed_str()
        });
        Failure {
            class: &class.name,
            ruling,
            severity: assignment.severity.rank(),
            incident_only: class.counts == Counts::IncidentOnly,
        }
    }
}

/// Texts remembered, and bytes of one; a log whose every reason is new, or that tells stories, must not be remembered
/// whole.
const MOST_KNOWN: usize = 1 << 14;
const LONGEST_KNOWN: usize = 256;

fn lookup(
    classifier: &Classifier,
    scratch: &mut Scratch,
    known: &mut HashMap<Box<str>, Assignment, RandomState>,
    key: &str,
    record: &Record<'_>,
) -> Assignment {
    let is_short = key.len() <= LONGEST_KNOWN;
    if let Some(&assignment) = known.get(key).filter(|_| is_short) {
        return assignment;
    }
    let assignment = classifier.classify(|role| record.text(role), scratch);
    if is_short && known.len() < MOST_KNOWN {
        known.insert(key.into(), assignment);
    }
    assignment
}
