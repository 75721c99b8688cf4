use super::{Classifier, Scratch};
use crate::role::Role;
use crate::taxonomy::{Severity, Taxonomy};
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt::Write;

const FIELDS: [Role; 3] = [Role::Reason, Role::Message, Role::Mode];

/// A rule as the model has it.
#[derive(Clone, Debug)]
struct Model {
    field: usize,
    any: Vec<String>,
    all: Vec<String>,
    none: Vec<String>,
    mode: Vec<String>,
}

impl Model {
    fn toml(&self, place: usize) -> String {
        let mut text = format!(
            "[[rule]]\nclass = 'c{place}'\nseverity = '{}'\nowner = 'o{place}'\nfield = '{}'\n",
            Severity::ALL[place % 5],
            FIELDS[self.field]
        );
        for (key, list) in [("any", &self.any), ("all", &self.all), ("none", &self.none)] {
            if !list.is_empty() {
                writeln!(text, "{key} = {}", serde_json::to_string(list).unwrap()).unwrap();
            }
        }
        if !self.mode.is_empty() {
            writeln!(text, "when = {{ mode = {} }}", serde_json::to_string(&self.mode).unwrap()).unwrap();
        }
        text
    }

    fn holds(&self, record: &[Option<String>; 3]) -> bool {
        let text = record[self.field].clone().unwrap_or_default().to_ascii_lowercase();
        let holds = |literal: &String| text.contains(&literal.to_ascii_lowercase());
        (self.any.is_empty() || self.any.iter().any(holds))
            && self.all.iter().all(holds)
            && !self.none.iter().any(holds)
            && (self.mode.is_empty() || self.mode.contains(&record[2].clone().unwrap_or_default()))
    }
}

fn toml(models: &[Model]) -> String {
    let rules: String = models.iter().enumerate().map(|(place, model)| model.toml(place)).collect();
    format!("name = 'n'\n[fallback]\nclass = 'f'\nseverity = 'other'\nowner = 'of'\n{rules}")
}

fn literals(most: usize) -> impl Strategy<Value = Vec<String>> {
    vec("[abABé_]{1,3}", 0..=most).prop_map(|mut list| {
        list.sort_by_key(|literal| literal.to_ascii_lowercase());
        list.dedup_by_key(|literal| literal.to_ascii_lowercase());
        list
    })
}

fn model() -> impl Strategy<Value = Model> {
    let mode = prop_oneof![3 => Just(Vec::new()), 1 => vec("[ab]", 1..3)];
    (0..3_usize, literals(3), literals(2), prop_oneof![2 => Just(Vec::new()), 1 => literals(2)], mode)
        .prop_map(|(field, any, all, none, mode)| Model { field, any, all, none, mode })
        .prop_filter("a rule has a condition", |model| model.toml(0).lines().count() > 5)
}

fn record() -> impl Strategy<Value = [Option<String>; 3]> {
    let text = || proptest::option::weighted(0.9, "[abABéÉ_x]{0,8}");
    (text(), text(), proptest::option::of("[ab]")).prop_map(|(reason, message, mode)| [reason, message, mode])
}

fn of<'r>(record: &'r [Option<String>; 3]) -> impl Fn(Role) -> Option<&'r str> {
    |role| record[FIELDS.iter().position(|&field| field == role)?].as_deref()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The automaton agrees with one search per literal; and a rule that the check calls unreachable never wins.
    #[test]
    fn the_classifier_is_the_naive_model(models in vec(model(), 1..8), records in vec(record(), 1..40)) {
        let mut models = models;
        let taxonomy = loop {
            match Taxonomy::parse("t", &toml(&models)) {
                Ok(taxonomy) => break taxonomy,
                Err(error) => {
                    let lines: Vec<usize> = error.faults.iter().map(|fault| fault.line).collect();
                    prop_assert!(error.faults.iter().all(|fault| fault.message.starts_with("rule can never")), "{}", error);
                    let mut line = 6;
                    let mut kept = Vec::new();
                    for (place, model) in models.iter().enumerate() {
                        if lines.contains(&line) {
                            let wins = |record| models.iter().position(|model| model.holds(record)) == Some(place);
                            prop_assert!(!records.iter().any(wins), "{}", error);
                        } else {
                            kept.push(model.clone());
                        }
                        line += model.toml(place).lines().count();
                    }
                    models = kept;
                }
            }
        };
        let classifier = Classifier::new(&taxonomy);
        let mut scratch = Scratch::default();
        for record in &records {
            let assignment = classifier.classify(of(record), &mut scratch);
            let rule = models.iter().position(|model| model.holds(record));
            prop_assert_eq!(assignment.rule, rule);
            let class = rule.map_or("f".to_owned(), |place| format!("c{place}"));
            prop_assert_eq!(&classifier.class(assignment.class).name, &class);
            prop_assert_eq!(classifier.owner(assignment), rule.map_or("of".to_owned(), |place| format!("o{place}")));
            let severity = rule.map_or(Severity::Other, |place| Severity::ALL[place % 5]);
            prop_assert_eq!((assignment.severity, assignment.raised_by), (severity, None));
            // Only the fields that are said to decide do.
            let narrowed = |role| classifier.fields_used().contains(&role).then(|| of(record)(role)).flatten();
            prop_assert_eq!(classifier.classify(narrowed, &mut Scratch::default()), assignment);
        }
    }
}

type Row = (&'static str, &'static str, &'static str);

const AUTOGRAD: Row = ("autograd_state", "critical", "ft-autograd-owners");
const DISPATCH: Row = ("dispatch_routing", "high", "ft-dispatch-owners");
const ORACLE: Row = ("oracle_infra", "medium", "ft-conformance-infra-owners");
const SERIALIZATION: Row = ("serialization_parser", "high", "ft-serialize-and-durability-owners");
const META: Row = ("tensor_meta_state", "high", "ft-core-owners");
const REST: Row = ("unclassified", "high", "crash-triage-owner");

fn holds_one(reason: &str, literals: &[&str]) -> bool {
    literals.iter().any(|literal| reason.contains(literal))
}

fn first_version(reason: &str) -> Row {
    let reason = reason.to_ascii_lowercase();
    if reason.contains("oracle") {
        ORACLE
    } else if holds_one(&reason, &["reentrant", "dependency", "unknown_node", "scheduler"]) {
        AUTOGRAD
    } else if holds_one(&reason, &["dispatch", "keyset", "fallback"]) {
        DISPATCH
    } else if holds_one(
        &reason,
        &["serialization", "decode", "checksum", "unknown_field", "invalid_json", "version_mismatch"],
    ) {
        SERIALIZATION
    } else if holds_one(&reason, &["tensor_meta", "rank", "index", "stride"]) {
        META
    } else {
        REST
    }
}

fn second_version(reason: &str) -> Row {
    let reason = reason.to_ascii_lowercase();
    if reason.contains("oracle") && holds_one(&reason, &["unavailable", "timeout"]) {
        return ORACLE;
    }
    if holds_one(&reason, &["reentrant", "dependency", "unknown_node", "scheduler"]) {
        return AUTOGRAD;
    }
    if reason.contains("op_schema")
        || (reason.contains("schema") && holds_one(&reason, &["parse", "variant", "alias", "metadata"]))
    {
        return ("op_schema_contract", "high", "ft-dispatch-owners");
    }
    // From here on the first version's rules, once its first is out of the way.
    let third = first_version(&reason.replace("oracle", "<>"));
    if third != REST {
        return third;
    }
    let kernel = ["scalar", "tensor_binary", "tensor_unary", "tensor_reduction", "tensor_join", "math"];
    if holds_one(&reason, &kernel) {
        ("kernel_math", "critical", "ft-kernel-cpu-owners")
    } else if reason.contains("nn_state") {
        ("nn_module_state", "high", "ft-nn-owners")
    } else if reason.contains("optimizer") {
        ("optimizer_state", "high", "ft-optim-owners")
    } else {
        REST
    }
}

/// Texts made of the literals of both built-ins, of pieces of them, and of what stands between.
fn reason() -> impl Strategy<Value = String> {
    let words = "oracle unavailable timeout reentrant dependency unknown_node scheduler op_schema schema parse variant \
        alias metadata dispatch keyset fallback serialization decode checksum unknown_field invalid_json \
        version_mismatch tensor_meta rank index stride scalar tensor_binary tensor_unary tensor_reduction tensor_join \
        math nn_state optimizer";
    let words: Vec<&str> = words.split_whitespace().collect();
    let piece = (proptest::sample::select(words), 0..5_usize, any::<bool>()).prop_map(|(word, cut, upper)| {
        let piece = if cut == 0 { &word[..word.len() - 1] } else { word };
        if upper { piece.to_ascii_uppercase() } else { piece.to_owned() }
    });
    (vec(piece, 0..4), proptest::sample::select(vec!["_", "", " ", "é"])).prop_map(|(pieces, gap)| pieces.join(gap))
}

fn check(name: &str, reason: &str, model: fn(&str) -> Row) {
    let classifier = Classifier::new(&Taxonomy::CATALOG.builtin(name).unwrap());
    assert_eq!(classifier.fields_used(), [Role::Reason]);
    let field = |role| (role == Role::Reason).then_some(reason);
    let assignment = classifier.classify(field, &mut Scratch::default());
    let class = classifier.class(assignment.class).name.as_str();
    assert_eq!((class, assignment.severity.name(), classifier.owner(assignment)), model(reason), "{name}: {reason}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn the_built_ins_follow_their_tables(reason in reason()) {
        check("crash-triage-v1", &reason, first_version);
        check("crash-triage-v2", &reason, second_version);
    }
}

#[test]
fn reasons_of_both_versions() {
    for (reason, first, second) in [
        ("oracle_unavailable", "oracle_infra", "oracle_infra"),
        ("oracle_mismatch", "oracle_infra", "unclassified"),
        ("op_schema_fallback", "dispatch_routing", "op_schema_contract"),
        ("schema_variant_dispatch", "dispatch_routing", "op_schema_contract"),
        ("schema_dispatch", "dispatch_routing", "dispatch_routing"),
        ("SCHEDULER_ORACLE", "oracle_infra", "autograd_state"),
        ("tensor_meta_checksum", "serialization_parser", "serialization_parser"),
        ("scalar_index", "tensor_meta_state", "tensor_meta_state"),
        ("optimizer_nn_state", "unclassified", "nn_module_state"),
        ("", "unclassified", "unclassified"),
    ] {
        for (name, expected) in [("crash-triage-v1", first), ("crash-triage-v2", second)] {
            let classifier = Classifier::new(&Taxonomy::CATALOG.builtin(name).unwrap());
            let assignment = classifier.classify(|_| Some(reason), &mut Scratch::default());
            assert_eq!(classifier.class(assignment.class).name, expected, "{name}: {reason}");
        }
    }
}

const SPECIAL: &str = r#"
    name = "special"
    fallback = { class = "unclassified", severity = "high", owner = "triage" }
    [[rule]]
    class = "missing"
    secondary = "regression"
    severity = "medium"
    owner = "harness"
    code = "missing_invariant"
    when = { scenario = true, invariant = false }
    [[rule]]
    class = "flake"
    severity = "medium"
    owner = "flakes"
    field = "message"
    regex = "SQLSTATE (40P01|40001)"
    none = ["expected SQLSTATE"]
    [[override]]
    invariant = "TENANT-*"
    severity = "high"
    [[override]]
    invariant = "TENANT-9*"
    severity = "critical"
    [[override]]
    invariant = "LOW-1"
    severity = "low"
"#;

#[test]
fn conditions_regexes_and_overrides_work_together() {
    let classifier = Classifier::new(&Taxonomy::parse("special", SPECIAL).unwrap());
    assert_eq!(classifier.fields_used(), [Role::Scenario, Role::Message, Role::Invariant]);
    let mut scratch = Scratch::default();
    let mut given = |scenario: &'static str, invariant: &'static str, message: &'static str| {
        let field = |role| match role {
            Role::Scenario => Some(scenario),
            Role::Invariant => Some(invariant),
            Role::Message => Some(message),
            _ => None,
        };
        let assignment = classifier.classify(field, &mut scratch);
        (classifier.class(assignment.class).name.as_str(), assignment)
    };
    let (class, missing) = given("API-001", "", "SQLSTATE 40001");
    assert_eq!((class, missing.severity, missing.rule), ("missing", Severity::Medium, Some(0)));
    assert_eq!(classifier.secondary(missing).unwrap().name, "regression");
    assert_eq!((classifier.code(missing), classifier.owner(missing)), (Some("missing_invariant"), "harness"));
    let (class, flake) = given("API-001", "TENANT-001", "x SQLSTATE 40001");
    assert_eq!((class, flake.severity, flake.raised_by), ("flake", Severity::High, Some(0)));
    assert_eq!((classifier.code(flake), classifier.secondary(flake)), (None, None));
    let (class, rest) = given("API-001", "TENANT-9", "Expected sqlstate: SQLSTATE 40001");
    assert_eq!((class, rest.severity, rest.raised_by), ("unclassified", Severity::Critical, Some(1)));
    assert_eq!((rest.rule, classifier.owner(rest)), (None, "triage"));
    let (class, low) = given("", "LOW-1", "sqlstate 40001");
    assert_eq!((class, low.severity, low.raised_by), ("unclassified", Severity::High, None));
}

#[test]
fn a_scratch_serves_many_classifiers_and_a_field_is_looked_into_once() {
    let first = Classifier::new(&Taxonomy::CATALOG.builtin("crash-triage-v1").unwrap());
    let special = Classifier::new(&Taxonomy::parse("special", SPECIAL).unwrap());
    let mut scratch = Scratch::default();
    let asked = std::cell::Cell::new(0);
    let field = |_| {
        asked.set(asked.get() + 1);
        Some("stride")
    };
    for _ in 0..3 {
        asked.set(0);
        assert_eq!(first.classify(field, &mut scratch).rule, Some(4));
        assert_eq!(asked.get(), 1);
        assert_eq!(special.classify(field, &mut scratch).rule, None);
    }
}
