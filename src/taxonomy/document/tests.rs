use super::Taxonomy;
use crate::role::Role;
use crate::taxonomy::{Counts, Pattern, Severity, Test};
use proptest::prelude::*;

const HEAD: &str = "name = 'n'\n[fallback]\nclass = 'f'\nseverity = 'low'\nowner = 'o'\n";

/// A rule with the given conditions: four lines and theirs.
fn rule(conditions: &str) -> String {
    format!("[[rule]]\nclass = 'c'\nseverity = 'high'\nowner = 'o'\n{conditions}\n")
}

fn faults(text: &str) -> Vec<String> {
    match Taxonomy::parse("t", text) {
        Ok(_) => Vec::new(),
        Err(error) => error.to_string().lines().map(str::to_owned).collect(),
    }
}

/// The faults of a file of those rules; the first stands at line 6.
fn rule_faults(rules: &[&str]) -> Vec<String> {
    faults(&(HEAD.to_owned() + &rules.iter().map(|conditions| rule(conditions)).collect::<String>()))
}

#[test]
fn a_whole_taxonomy_is_read() {
    let text = r#"
        name = "nightly"
        description = "All that there is."
        [fallback]
        class = "unclassified"
        severity = "other"
        owner = "triage"
        [[class]]
        name = "infra"
        counts = "incident_only"
        [[rule]]
        class = "infra"
        severity = "medium"
        owner = "infra-owners"
        code = "gone"
        secondary = "harness"
        field = "message"
        any = ["timeout", "Unavailable"]
        all = ["oracle"]
        none = ["simulated"]
        regex = 'code \d+'
        when = { suite = "core", mode = ["strict", "hardened"], invariant = true, replay = false }
        [[override]]
        invariant = "TENANT-*"
        severity = "critical"
    "#;
    let taxonomy = Taxonomy::parse("t", text).unwrap();
    assert_eq!((taxonomy.name(), taxonomy.description()), ("nightly", "All that there is."));
    let names: Vec<&str> = taxonomy.classes().iter().map(|class| class.name.as_str()).collect();
    assert_eq!(names, ["infra", "harness", "unclassified"]);
    assert_eq!(taxonomy.classes()[0].counts, Counts::IncidentOnly);
    assert_eq!(taxonomy.classes()[1].counts, Counts::Series);
    let rule = &taxonomy.rules()[0];
    assert_eq!((rule.class.index(), rule.secondary.unwrap().index(), rule.line), (0, 1, 11));
    assert_eq!((rule.severity, rule.owner.as_str(), rule.field), (Severity::Medium, "infra-owners", Role::Message));
    assert_eq!((&rule.any[..], &rule.all[..]), (&["timeout".into(), "Unavailable".into()][..], &["oracle".into()][..]));
    assert_eq!((rule.code.as_deref(), &rule.none[..]), (Some("gone"), &["simulated".into()][..]));
    assert_eq!(rule.regex.as_ref().unwrap().as_str(), r"code \d+");
    let when: Vec<_> = rule.when.iter().map(|condition| (condition.role, condition.test.clone())).collect();
    assert_eq!(
        when,
        [
            (Role::Suite, Test::OneOf(vec!["core".into()])),
            (Role::Mode, Test::OneOf(vec!["strict".into(), "hardened".into()])),
            (Role::Invariant, Test::Present),
            (Role::Replay, Test::Absent),
        ]
    );
    assert_eq!(taxonomy.overrides()[0].invariant, Pattern::Prefix("TENANT-".into()));
    assert_eq!((taxonomy.overrides()[0].severity, taxonomy.overrides()[0].line), (Severity::Critical, 23));
    assert_eq!((taxonomy.fallback().class.index(), taxonomy.fallback().owner.as_str()), (2, "triage"));
}

#[test]
fn every_fault_is_named_in_one_go() {
    let text = "nam = 'n'\ndescription = 1\n[[class]]\nname = 'x'\ncounts = 'never'\n[[class]]\nname = 'c'\n[[class]]\n\
                name = 'c'\n[[rule]]\nclass = 'c'\nseverity = 'grave'\nfield = 'reson'\nany = ['a', '', 'A', 1]\nregex = '('\n\
                [[rule]]\nclass = 'c'\nowner = ' '\nseverity = 'high'\nwhen = { seed = '1', mode = 1, moed = 'x' }\nall = []\n\
                [[override]]\ninvariant = 'A*B'\nseverity = 'critical'\n[[override]]\ninvariant = 'A'\nseverity = 'low'\n\
                [[override]]\ninvariant = 'A'\nseverity = 'low'\n";
    let texts = "schema, run, branch, suite, scenario, packet, mode, revision, env, outcome, reason, message, replay, invariant, file, test, url, job, stack, organization, scenario_id";
    assert_eq!(
        faults(text),
        [
            "t:1:1: unknown key `nam`, known: name, description, mixed_outcomes, reproduce, fallback, class, rule, override"
                .to_owned(),
            "t:1:1: missing key `name`".to_owned(),
            "t:1:1: missing table `[fallback]`".to_owned(),
            "t:2:15: `description` is an integer, not a string".to_owned(),
            "t:4:8: class `x` is given by no rule and not by the fallback".to_owned(),
            "t:5:10: unknown counts `never`, known: series, incident_only".to_owned(),
            "t:9:8: class `c` is already set at line 6".to_owned(),
            "t:10:1: missing key `owner`".to_owned(),
            "t:12:12: unknown severity `grave`, known: critical, high, medium, low, other".to_owned(),
            format!("t:13:9: unknown field `reson`, known: {texts}"),
            "t:14:13: empty literal in `any`: every text holds it".to_owned(),
            "t:14:17: `a` stands twice in `any` (letter case does not count)".to_owned(),
            "t:14:22: `any` is an integer, not a string".to_owned(),
            "t:15:9: bad regex: unclosed group".to_owned(),
            "t:18:9: `owner` is empty".to_owned(),
            format!("t:20:10: `when` names `seed`, which is not a text; texts: {texts}"),
            "t:20:29: `mode` is an integer, not a string, a list of strings, a regex, true or false".to_owned(),
            format!("t:20:32: unknown field `moed`, known: {texts}"),
            "t:21:7: `all` is an empty list".to_owned(),
            "t:23:13: `*` can only end the start of an invariant, not stand so in `A*B`".to_owned(),
            "t:29:13: invariant `A` is already overridden at line 25".to_owned(),
        ]
    );
}

#[test]
fn a_code_names_one_rule_and_a_rule_has_a_condition() {
    assert_eq!(
        rule_faults(&["any = ['a']\ncode = 'x'", "any = ['b']\ncode = 'x'", "secondary = 'c'"]),
        [
            "t:17:8: code `x` already names the rule at line 6",
            "t:18:1: rule without a condition (any, all, none, when, regex): what is left belongs to `[fallback]`",
            "t:22:13: `secondary` is the class itself",
        ]
    );
}

const BY_THE_FIRST: &str = "win: everything that it could take is taken by the earlier rule at line 6";

#[test]
fn rules_that_can_never_win_are_named() {
    for (rules, line, why) in [
        (&["any = ['schema']", "any = ['op_schema']"][..], 11, BY_THE_FIRST),
        (&["any = ['Rank']", "any = ['x']", "any = ['RANKS', 'prank']\nnone = ['q']"], 16, BY_THE_FIRST),
        // Each way is taken, by another rule.
        (
            &["any = ['a']", "any = ['b']", "any = ['xa', 'xb']"],
            16,
            "win: everything that it could take is taken by the earlier rules at lines 6, 11",
        ),
        (&["all = ['a', 'b']", "all = ['xa']\nany = ['yb', 'zb']\nregex = 'q'"], 11, BY_THE_FIRST),
        (&["all = ['a']\nany = ['b', 'c']", "all = ['abc']"], 12, BY_THE_FIRST),
        (&["any = ['a']", "any = ['a']\nwhen = { mode = 'x' }"], 11, BY_THE_FIRST),
        (&["all = ['ab']\nnone = ['B']"], 6, "hold: `all` asks for `ab`, `none` refuses `b`"),
        (&["any = ['ab', 'cb']\nnone = ['b']"], 6, "hold: `none` refuses every literal of `any`"),
        // One way contradicts itself, the other is taken.
        (&["any = ['a']", "any = ['xa', 'xb']\nnone = ['b']"], 11, BY_THE_FIRST),
    ] {
        let found = rule_faults(rules);
        assert_eq!(found.len(), 1, "{rules:?}: {found:?}");
        assert!(found[0].starts_with(&format!("t:{line}:1: rule can never {why}")), "{rules:?}: {found:?}");
    }
}

#[test]
fn rules_that_can_win_are_left_alone() {
    for rules in [
        &["any = ['op_schema']", "any = ['schema']"][..],
        &["any = ['a']", "any = ['xa', 'b']"],
        &["all = ['a', 'b']", "all = ['a']\nany = ['b', 'c']"],
        &["any = ['a']\nnone = ['b']", "any = ['a']"],
        &["any = ['a']\nwhen = { mode = 'x' }", "any = ['a']"],
        &["any = ['a']\nregex = 'x'", "any = ['a']"],
        &["any = ['a']\nfield = 'message'", "any = ['a']"],
        &["any = ['a']", "when = { mode = 'x' }", "regex = 'a'", "none = ['b']"],
        // Letters beyond ASCII keep their case.
        &["any = ['é']", "any = ['É']"],
    ] {
        assert_eq!(rule_faults(rules), [""; 0], "{rules:?}");
    }
}

#[test]
fn there_is_an_end_to_everything() {
    let many: Vec<String> = (0..=super::MAX_RULES).map(|number| format!("any = ['<{number}>']")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let found = rule_faults(&many);
    assert_eq!(found.len(), 1);
    assert!(found[0].ends_with(": more than 1024 rules"), "{found:?}");
    assert_eq!(rule_faults(&many[1..]), [""; 0]);
    let words: Vec<String> = (0..=super::MAX_LITERALS).map(|number| format!("'<{number}>'")).collect();
    assert!(rule_faults(&[&format!("any = [{}]", words.join(","))])[0].contains("more than 4096 literals"));
    assert!(rule_faults(&[&format!("any = ['{}']", "x".repeat(70_000))])[0].contains("64 KiB"));
    assert!(rule_faults(&["regex = '(\\w{200}){200}'"])[0].contains("bad regex: Compiled regex exceeds size limit"));
    let many: Vec<String> =
        (0..=1024).map(|number| format!("[[override]]\ninvariant = 'A-{number}'\nseverity = 'high'")).collect();
    assert_eq!(faults(&(HEAD.to_owned() + &many.join("\n"))), ["t:3078:1: more than 1024 overrides"]);
}

#[test]
fn words_that_will_stand_in_reports_stay_on_one_line() {
    let text = HEAD.replace("owner = 'o'", "owner = \"a\\nb\"");
    assert_eq!(faults(&text), ["t:5:9: `owner` holds control characters"]);
}

/// Pieces that make files which are nearly taxonomies.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            HEAD,
            "[[rule]]\n",
            "[[class]]\n",
            "[[override]]\n",
            "class = 'c'\n",
            "severity = 'high'\n",
            "owner = 'o'\n",
            "any = ['a', 'b']\n",
            "all = ['a']\n",
            "none = ['']\n",
            "regex = '('\n",
            "when = {mode = 1}\n",
            "when = []\n",
            "field = 'message'\n",
            "code = 'x'\n",
            "rule = 1\n",
            "[rule]\n",
            "invariant = '*'\n",
            "name = 3\n",
            "any = [[]]\n",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,8}\n",
    ]
}

proptest! {
    #[test]
    fn any_text_is_a_taxonomy_or_has_faults(pieces in proptest::collection::vec(piece(), 0..12)) {
        if let Err(error) = Taxonomy::parse("t", &pieces.concat()) {
            prop_assert!(!error.faults.is_empty());
            prop_assert_eq!(error.to_string().lines().count(), error.faults.len());
        }
    }
}
