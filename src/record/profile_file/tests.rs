use super::Profile;
use crate::record::field_path::split;
use crate::record::{Kind, OutcomeKind, Source, TimeUnit};
use crate::role::Role;
use proptest::prelude::*;

const REST: &str = "[[field]]\nrole = 'time'\npath = 't'\ntype = 'time'\nunit = 's'\n\
    [[field]]\nrole = 'scenario'\npath = 's'\ntype = 'text'\nrequired = false\n\
    [[field]]\nrole = 'outcome'\npath = 'o'\ntype = 'text'\n[outcome]\npass = ['ok']\n";

fn faults(text: &str) -> Vec<String> {
    match Profile::parse("p", text) {
        Ok(_) => Vec::new(),
        Err(error) => error.to_string().lines().map(str::to_owned).collect(),
    }
}

/// The faults of a profile with that field at line 2 and all that is needed after it.
fn field_faults(field: &str) -> Vec<String> {
    faults(&format!("name = 'n'\n[[field]]\n{field}\n{REST}"))
}

#[test]
fn a_whole_profile_is_read() {
    let text = "name = 'n'\n[[field]]\npath = 'error.mess\\.age'\ntype = 'text'\nrole = 'message'\nrequired = false\n\
        [[field]]\npath = ['a.b', '']\ntype = 'number'\n";
    let profile = Profile::parse("p", &(text.to_owned() + REST)).unwrap();
    assert_eq!((profile.name.as_str(), profile.description.as_str(), profile.fields.len()), ("n", "", 5));
    let message = profile.field(Role::Message).unwrap();
    assert_eq!((message.path.join("|"), message.kind, message.required), ("error|mess.age".into(), Kind::Text, false));
    assert_eq!((profile.fields[1].path.join("|"), profile.fields[1].role), ("a.b|".into(), None));
    assert_eq!(profile.field(Role::Time).unwrap().kind, Kind::Time(TimeUnit::Seconds));
    let shape: Vec<String> = profile.shape_paths().map(|path| path.join("|")).collect();
    assert_eq!(shape, ["a.b|", "t", "o"]);
    assert_eq!(profile.outcome.pass, ["ok"]);
    assert!(profile.outcome.excluded.is_empty());
}

#[test]
fn every_fault_is_named_in_one_go() {
    let text = "nam = 'n'\n[[field]]\nrole = 'tiem'\npath = 'a'\ntype = 'txt'\n[[field]]\nrole = 'mode'\npath = 'a'\n\
        type = 'integer'\nunit = 'ms'\n[[field]]\nrole = 'mode'\npath = 'a.b'\ntype = 'text'\nextra = 1\n\
        [[field]]\nrole = 'time'\nrequired = false\ntype = 'time'\n[[field]]\npath = 3\ntype = 'time'\nunit = 'h'\n\
        required = 'no'\n[outcome]\npass = []\nexcluded = ['x', 'x']\nwords = 1\n";
    let roles: Vec<&str> = Role::ALL.into_iter().map(Role::name).collect();
    assert_eq!(
        faults(text),
        [
            "p:1:1: unknown key `nam`, known: name, description, taxonomy, prefix, only, field, outcome, derive"
                .to_owned(),
            "p:1:1: missing key `name`".to_owned(),
            "p:1:1: no field has the role `scenario`".to_owned(),
            "p:1:1: no field has the role `outcome`".to_owned(),
            format!("p:3:8: unknown role `tiem`, known: {}", roles.join(", ")),
            "p:5:8: unknown type `txt`, known: text, unsigned, integer, time, texts, number, any".to_owned(),
            "p:8:8: path `a` is already mapped at line 2".to_owned(),
            "p:9:8: type `integer` does not fit the role `mode`, fitting: text".to_owned(),
            "p:10:8: `unit` is for the type `time` alone".to_owned(),
            "p:12:8: role `mode` is already mapped at line 6".to_owned(),
            "p:13:8: path `a.b` leads through the field that is mapped at line 2".to_owned(),
            "p:15:1: unknown key `extra`, known: role, path, type, unit, zone, required".to_owned(),
            "p:16:1: missing key `path`".to_owned(),
            "p:16:1: missing key `unit`".to_owned(),
            "p:18:12: `time` must be required: no record is read without".to_owned(),
            "p:21:8: `path` is an integer, not a string or a list of strings".to_owned(),
            "p:23:8: unknown unit `h`, known: s, ms, us, ns, rfc3339".to_owned(),
            "p:24:12: `required` is a string, not true or false".to_owned(),
            "p:26:8: `pass` is an empty list".to_owned(),
            "p:27:18: `x` stands twice in `excluded`".to_owned(),
            "p:28:1: unknown key `words`, known: pass, fail, excluded, other".to_owned(),
        ]
    );
}

#[test]
fn words_and_tables_that_are_needed() {
    assert_eq!(
        faults("name = 'n'\n"),
        [
            "p:1:1: missing table `[outcome]`",
            "p:1:1: no field has the role `scenario`",
            "p:1:1: no field has the role `outcome`",
        ]
    );
    let both = REST.replace("pass = ['ok']", "pass = ['ok']\nexcluded = ['no', 'ok']");
    let found = faults(&format!("name = 'n'\n{both}"));
    assert_eq!(found, ["p:18:19: `ok` stands in both `pass` and `excluded`"]);
    let three = REST.replace("pass = ['ok']", "pass = ['ok']\nfail = ['no', 'ok']\nexcluded = ['no']\nother = 'pass'");
    assert_eq!(
        faults(&format!("name = 'n'\n{three}")),
        [
            "p:18:15: `ok` stands in both `pass` and `fail`",
            "p:19:13: `no` stands in both `fail` and `excluded`",
            "p:20:9: unknown meaning `pass`, known: unknown, fail",
        ]
    );
    let none = REST.replace("pass = ['ok']", "excluded = []");
    assert_eq!(faults(&format!("name = 'n'\n{none}")), ["p:16:1: missing key `pass`"]);
}

#[test]
fn types_must_fit_their_roles() {
    for (role, kind) in
        [("seed", "number"), ("seed", "text"), ("artifacts", "text"), ("reason", "texts"), ("env", "any")]
    {
        let found = field_faults(&format!("role = '{role}'\npath = 'x'\ntype = '{kind}'"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("does not fit the role"), "{found:?}");
    }
    for (role, kind) in [("seed", "unsigned"), ("run", "unsigned"), ("entities", "any"), ("duration", "number")] {
        assert_eq!(field_faults(&format!("role = '{role}'\npath = 'x'\ntype = '{kind}'")), [""; 0]);
    }
}

#[test]
fn paths_are_split_at_dots() {
    for (text, keys) in [
        ("a", &["a"][..]),
        ("a.b", &["a", "b"]),
        (r"a\.b.c", &["a.b", "c"]),
        (r"a\\.b", &["a\\", "b"]),
        ("é. ", &["é", " "]),
    ] {
        assert_eq!(split(text).unwrap(), keys, "{text}");
    }
    for text in ["", ".", "a.", ".a", "a..b", r"a\b", r"a\"] {
        assert!(split(text).is_err(), "{text}");
    }
}

#[test]
fn what_a_word_in_no_list_means_is_asked() {
    let kind = |outcome: &str, word: &str| {
        let text = REST.replace("pass = ['ok']", &format!("pass = ['ok']\n{outcome}"));
        Profile::parse("p", &format!("name = 'n'\n{text}")).unwrap().outcome.kind(word)
    };
    for (outcome, word, expected) in [
        ("", "OK", OutcomeKind::Unknown),
        ("", "ok", OutcomeKind::Pass),
        ("fail = ['no']", "no", OutcomeKind::Fail),
        ("fail = ['no']", "error", OutcomeKind::Unknown),
        ("fail = []\nother = 'unknown'", "no", OutcomeKind::Unknown),
        ("excluded = ['skip']\nother = 'fail'", "error", OutcomeKind::Fail),
        ("excluded = ['skip']\nother = 'fail'", "skip", OutcomeKind::Excluded),
    ] {
        assert_eq!(kind(outcome, word), expected, "{outcome}: {word}");
    }
}

#[test]
fn a_path_that_no_field_can_have_is_a_fault_at_its_line() {
    for path in ["tests[].name", "a[0]", "$.id", "$", ".id", "/a/b", "a.*", "a..b", "a."] {
        let found = field_faults(&format!("path = '{path}'\ntype = 'text'"));
        assert_eq!(found.len(), 1, "{path}: {found:?}");
        assert!(found[0].starts_with(&format!("p:3:8: path `{path}` ")), "{found:?}");
    }
    for path in ["['tests[]', 'name']", "['$', '']", "'$schema'", "'a.$b'"] {
        assert_eq!(field_faults(&format!("path = {path}\ntype = 'text'")), [""; 0], "{path}");
    }
}

#[test]
fn long_paths_and_many_fields_take_no_time() {
    let deep = vec!["'a'"; 20_000].join(",");
    assert_eq!(field_faults(&format!("path = [{deep}]\ntype = 'any'")), ["p:3:8: path has more than 32 keys"]);
    let many: Vec<String> = (0..5_000).map(|place| format!("[[field]]\npath = 'x{place}.y'\ntype = 'any'")).collect();
    assert_eq!(
        faults(&format!("name = 'n'\n{}\n{REST}", many.join("\n"))),
        ["p:1:1: 5003 fields are mapped, 32 at most"]
    );
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            REST,
            "name = 'n'\n",
            "[[field]]\n",
            "role = 'seed'\n",
            "role = 1\n",
            "path = 'a.b'\n",
            "path = 'a'\n",
            "path = []\n",
            "path = ['', 1]\n",
            "type = 'any'\n",
            "type = 'time'\n",
            "unit = 'ms'\n",
            "required = 0\n",
            "[outcome]\n",
            "pass = 1\n",
            "excluded = [1]\n",
            "fail = ['no']\n",
            "other = 'fail'\n",
            "field = 1\n",
            "outcome = 2\n",
            "path = '\\'\n",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,8}\n",
    ]
}

proptest! {
    #[test]
    fn any_text_is_a_profile_or_has_faults(pieces in proptest::collection::vec(piece(), 0..12)) {
        match Profile::parse("p", &pieces.concat()) {
            Ok(profile) => {
                prop_assert!(profile.shape_paths().count() > 0);
                prop_assert!(profile.fields.iter().all(|field| !field.path.is_empty()));
            }
            Err(error) => {
                prop_assert!(!error.faults.is_empty());
                prop_assert_eq!(error.to_string().lines().count(), error.faults.len());
            }
        }
    }

    #[test]
    fn any_keys_can_be_written_as_a_dotted_path(keys in proptest::collection::vec("[a.\\\\é]{1,4}", 1..4)) {
        let dotted: Vec<String> = keys.iter().map(|key| key.replace('\\', "\\\\").replace('.', "\\.")).collect();
        prop_assert_eq!(split(&dotted.join(".")).unwrap(), keys);
    }
}

#[test]
fn zones_and_prefixes_are_read() {
    let with = |zone: &str, unit: &str| {
        let time = format!("role = 'time'\npath = 't'\ntype = 'time'\nunit = '{unit}'\nzone = '{zone}'\n");
        format!(
            "name = 'n'\nprefix = '\\S+Z '\n{}",
            REST.replacen("role = 'time'\npath = 't'\ntype = 'time'\nunit = 's'\n", &time, 1)
        )
    };
    for (zone, hours) in [("UTC", 0), ("+02:00", 2), ("-05:00", -5)] {
        let profile = Profile::parse("p", &with(zone, "rfc3339")).unwrap();
        let read = profile.field(Role::Time).unwrap().zone.unwrap();
        assert_eq!(read.seconds(), hours * 3600);
        let prefix = profile.prefix.unwrap();
        assert_eq!([prefix.prefix_len("12:00Z {}"), prefix.prefix_len("{} 12:00Z ")], [7, 0]);
    }
    assert_eq!(faults(&with("Berlin", "rfc3339")), ["p:8:8: unknown zone `Berlin`, known: `UTC`, or as `+02:00`"]);
    assert_eq!(faults(&with("UTC", "ms")), ["p:8:8: `zone` is for times of the unit `rfc3339` alone"]);
    assert!(faults(&with("UTC", "rfc3339").replace("\\S+Z ", "(")).concat().contains("bad regex"));
}

#[test]
fn what_is_derived_needs_no_field() {
    let text = "name = 'n'\n[only]\nkind = ['end', 1, true]\n'run.id' = true\n[[derive]]\nrole = 'scenario'\n\
        from = [{ path = 'test.id', regex = '[a-z]+' }, { const = 'all' }]\n[[derive]]\nrole = 'outcome'\n\
        from = [{ path = ['a.b'] }]\n[[derive]]\nrole = 'env'\nfrom = [{ labels = ['os', 'x.os', 'py'] }]\n[outcome]\npass = ['ok']\n";
    let profile = Profile::parse("p", text).unwrap();
    let paths: Vec<String> = profile.fields.iter().map(|field| field.path.join("|")).collect();
    assert_eq!(paths, ["test|id", "a.b", "os", "x|os", "py", "kind", "run|id"]);
    assert!(profile.fields.iter().all(|field| field.role.is_none() && !field.required));
    let [one, other] = &profile.only[..] else { panic!("{:?}", profile.only) };
    assert_eq!((one.field, one.words.join(" ")), (5, "end 1 true".to_owned()));
    assert_eq!((other.field, other.words.len()), (6, 0));
    let Source::Labels(labels) = &profile.derivations[2].from[0] else { panic!() };
    let names: Vec<&str> = labels.iter().map(|(name, _)| name.as_str()).collect();
    // Of equal names the whole paths.
    assert_eq!(names, ["os", "x.os", "py"]);
}

#[test]
fn faults_of_what_is_only_looked_at() {
    let with = |text: &str| faults(&format!("name = 'n'\n{REST}{text}"));
    for (text, said) in [
        ("[only]\n", "`only` names no field"),
        ("[only]\nkind = 'a'\n", "p:19:8: `kind` is a string, not a list of words, or true for any value"),
        ("[only]\nkind = false\n", "not a list of words, or true"),
        ("[only]\nkind = []\n", "not a list of words, or true"),
        ("[only]\nkind = [[1]]\n", "not a word"),
        ("[only]\n'$.a' = true\n", "starts at `$`"),
        ("[only]\n't.x' = true\n", "lead through each other"),
        ("[[derive]]\nrole = 'env'\nfrom = [{ labels = [] }]\n", "no list of 1 to 16 paths"),
        ("[[derive]]\nrole = 'env'\nfrom = [{ labels = ['o.x'] }]\n", "lead through each other"),
        ("[[derive]]\nrole = 'env'\nfrom = [{ const = '' }]\n", "`const` is empty"),
        ("[[derive]]\nrole = 'env'\nfrom = [{ path = 'a[0]' }]\n", "has brackets"),
        ("[[derive]]\nrole = 'env'\nfrom = [{ path = 'a', const = 'b' }]\n", "a source is one of"),
        ("[[derive]]\nrole = 'env'\nfrom = [{ path = 'a', mask = 1 }]\n", "unknown key `mask`"),
        ("[[derive]]\nrole = 'metrics'\nfrom = [{ path = 'a' }]\n", "unknown derived role `metrics`"),
    ] {
        let found = with(text);
        assert!(found.len() == 1 && found[0].contains(said), "{text}: {found:?}");
    }
    let many: Vec<String> = (0..40).map(|number| format!("k{number} = true\n")).collect();
    assert!(with(&format!("[only]\n{}", many.concat()))[0].contains("43 fields are mapped, 32 at most"));
}
