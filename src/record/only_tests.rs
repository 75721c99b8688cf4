use simd_json::INPUT_PADDING;

use crate::record::{OutcomeKind, Parsed, Parser, Profile, Profiles, Rejection};
use crate::role::Role;

const TEXT: &str = "name = 'own'\nprefix = '> '\n[only]\nkind = ['end', '7', 'true']\n'at' = true\n\
    [[field]]\nrole = 'time'\npath = 'at'\ntype = 'time'\nunit = 's'\n\
    [[field]]\nrole = 'outcome'\npath = 'result'\ntype = 'text'\n\
    [[derive]]\nrole = 'scenario'\nfrom = [{ path = 'test.name', regex = '^\\S+' }, { const = 'the build' }]\n\
    [[derive]]\nrole = 'env'\nfrom = [{ labels = ['os', 'test.python', 'fast'] }]\n\
    [[derive]]\nrole = 'run'\nfrom = [{ path = 'url', regex = 'runs/(\\d+)' }, { path = 'build', regex = '\\d+$' }]\n\
    [[derive]]\nrole = 'seed'\nfrom = [{ path = 'args', regex = 'seed=(\\d+)' }]\n\
    [[derive]]\nrole = 'branch'\nfrom = [{ const = 'main' }]\n\
    [[derive]]\nrole = 'url'\nfrom = [{ path = 'url' }]\n\
    [outcome]\npass = ['ok']\nfail = ['no']\n";

/// What all ways say of a line: a record's roles, an ignored line, or a fault.
fn read(text: &str, line: &str) -> String {
    let profiles = Profiles::named(vec![Profile::parse("own", text).unwrap()]);
    let mut parser = Parser::new(&profiles);
    let said = |parsed: Result<Parsed<'_>, Rejection>| match parsed {
        Err(rejection) if rejection.is_ignored => "ignored".to_owned(),
        Err(rejection) => rejection.message,
        Ok(Parsed { record, .. }) => {
            let shown = [Role::Scenario, Role::Run, Role::Env, Role::Seed, Role::Branch, Role::Url];
            let shown = shown.map(|role| record.shown(role).unwrap_or_else(|| "-".to_owned()));
            format!("{:?} {}", record.outcome, shown.join("|"))
        }
    };
    let judged = parser.judge(line.as_bytes(), 0, said);
    // Often enough that the line is followed as one that is known.
    for _ in 0..1200 {
        let mut padded = [line.as_bytes(), &[b'"'; INPUT_PADDING]].concat();
        assert_eq!(parser.parse(&mut padded, line.len(), 0, said), judged, "{line}");
    }
    let mut padded = [line.as_bytes(), &[b'"'; INPUT_PADDING]].concat();
    assert_eq!(parser.parse_by_tape(&mut padded, line.len(), 0, said), judged, "{line}");
    judged
}

#[test]
fn only_lines_with_these_words_are_records() {
    for (line, said) in [
        (r#"{"kind":"end","at":5,"result":"ok"}"#, "Pass the build|-|-|-|main|-"),
        (r#"> {"kind":7,"at":5,"result":"no"}"#, "Fail the build|-|-|-|main|-"),
        (r#"{"kind":true,"at":5,"result":"ok"}"#, "Pass the build|-|-|-|main|-"),
        (r#"{"kind":"\u0065nd","at":5,"result":"ok"}"#, "Pass the build|-|-|-|main|-"),
        (r#"{"kind":"start","at":5}"#, "ignored"),
        (r#"{"kind":"start"}"#, "ignored"),
        (r#"{"kind":null,"at":5,"result":"ok"}"#, "ignored"),
        (r#"{"kind":["end"],"at":5,"result":"ok"}"#, "ignored"),
        (r#"{"at":5,"result":"ok"}"#, "ignored"),
        (r#"{"kind":"end","result":"ok"}"#, "ignored"),
        (r#"{"kind":"end","at":null,"result":"ok"}"#, "ignored"),
        ("{}", "ignored"),
        // What should be a record and is none has a fault.
        (r#"{"kind":"end","at":5}"#, "missing field `result`"),
        (r#"{"kind":"end","at":5,"result":1}"#, "invalid type: integer `1`, expected a string for field `result`"),
        ("[]", "expected an object"),
        // An event that is left out is no loss for a fault that a record may have.
        ("{\"kind\":\"start\",\"said\":\"\u{1b}[31m\"}", "ignored"),
        (r#"12:00 {"kind":"start"}"#, "ignored"),
        ("{\"kind\":\"end\",\"at\":5,\"result\":\"no\",\"said\":\"\u{1b}[31m\"}", "Fail the build|-|-|-|main|-"),
    ] {
        assert_eq!(read(TEXT, line), said, "{line}");
    }
    assert!(read(TEXT, r#"{"kind":"start""#).starts_with("EOF"));
}

#[test]
fn roles_are_derived_from_other_fields() {
    let with = |fields: &str| read(TEXT, &format!("{{\"kind\":\"end\",\"at\":5,\"result\":\"ok\",{fields}}}"));
    for (fields, said) in [
        (
            r#""test":{"name":"login works","python":3.12},"os":"linux","fast":true"#,
            "login|-|os=linux python=3.12 fast=true|-",
        ),
        (r#""os":"","fast":null,"test":{"python":"3"}"#, "the build|-|python=3|-"),
        (r#""os":["a"],"fast":{},"test":null"#, "the build|-|-|-"),
        (r#""build":1234567,"args":"-x seed=18446744073709551615""#, "the build|1234567|-|18446744073709551615"),
        (r#""build":-12,"args":"seed=18446744073709551616""#, "the build|12|-|-"),
        (r#""build":"nightly-7""#, "the build|7|-|-"),
    ] {
        assert_eq!(with(fields), format!("Pass {said}|main|-"), "{fields}");
    }
    let url = with(r#""url":"https://ci/runs/88/x","build":3"#);
    assert_eq!(url, "Pass the build|88|-|-|main|https://ci/runs/88/x");
}

#[test]
fn an_outcome_can_be_derived() {
    let text = "name = 'own'\n[[field]]\nrole = 'scenario'\npath = 't'\ntype = 'text'\n[[field]]\nrole = 'message'\npath = 'e'\n\
        type = 'text'\nrequired = false\n[[derive]]\nrole = 'outcome'\nfrom = [{ path = 'e', regex = '^Skip' }, \
        { role = 'message', regex = '(?s).+' }, { const = 'ok' }]\n[outcome]\npass = ['ok']\nexcluded = ['Skip']\nother = 'fail'\n";
    let profiles = Profiles::named(vec![Profile::parse("own", text).unwrap()]);
    for (line, kind) in [
        (r#"{"t":"a"}"#, OutcomeKind::Pass),
        (r#"{"t":"a","e":""}"#, OutcomeKind::Pass),
        (r#"{"t":"a","e":"no\nroute"}"#, OutcomeKind::Fail),
        (r#"{"t":"a","e":"Skip: slow"}"#, OutcomeKind::Excluded),
    ] {
        let judged = Parser::new(&profiles).judge(line.as_bytes(), 0, |parsed| parsed.unwrap().record.outcome);
        assert_eq!(judged, kind, "{line}");
    }
}

#[test]
fn of_several_profiles_one_that_fits_comes_before_one_that_leaves_a_line_out() {
    let other = "name = 'b'\n[[field]]\nrole = 'scenario'\npath = 'name'\ntype = 'text'\n[[field]]\nrole = 'outcome'\npath = 'ok'\n\
        type = 'text'\n[outcome]\npass = ['yes']\n";
    let profiles = [TEXT, other].map(|text| Profile::parse("own", text).unwrap());
    for guess in [0, 1] {
        let profiles = Profiles::named(profiles.to_vec());
        let mut parser = Parser::new(&profiles);
        let said = |parsed: Result<Parsed<'_>, Rejection>| {
            parsed.map(|parsed| parsed.profile).map_err(|rejection| rejection.is_ignored)
        };
        for (line, fits) in [
            (r#"{"name":"a","ok":"yes"}"#, Ok(1)),
            (r#"{"kind":"end","at":5,"result":"ok"}"#, Ok(0)),
            (r#"{"kind":"start"}"#, Err(true)),
            (r#"{"kind":"end","at":5}"#, Err(false)),
        ] {
            for _ in 0..2 {
                let mut padded = [line.as_bytes(), &[b'"'; INPUT_PADDING]].concat();
                assert_eq!(parser.parse(&mut padded, line.len(), guess, said), fits, "{line}");
                assert_eq!(parser.judge(line.as_bytes(), guess, said), fits, "{line}");
            }
        }
    }
}

#[test]
fn times_numbers_and_lists_are_derived() {
    let text = "name = 'own'\n[[field]]\nrole = 'outcome'\npath = 'result'\ntype = 'text'\n\
        [[derive]]\nrole = 'scenario'\nfrom = [{ path = 'test' }]\n\
        [[derive]]\nrole = 'time'\nfrom = [{ path = 'at', regex = '\\S+$' }]\n\
        [[derive]]\nrole = 'duration'\nfrom = [{ path = 'took', regex = '[\\d.]+' }]\n\
        [[derive]]\nrole = 'attempt'\nfrom = [{ path = 'took', regex = '#(.+)' }]\n\
        [[derive]]\nrole = 'artifacts'\nfrom = [{ path = 'log' }]\n[outcome]\npass = ['ok']\n";
    let profiles = Profiles::named(vec![Profile::parse("own", text).unwrap()]);
    let mut parser = Parser::new(&profiles);
    let shown = [Role::Time, Role::Duration, Role::Attempt, Role::Artifacts];
    for (line, said) in [
        (
            r#"{"result":"ok","test":"t","at":"ran 2026-01-02T03:04:05.5","took":"1.5 s #2","log":"a.log"}"#,
            "2026-01-02T03:04:05.5Z|1.5|2|a.log",
        ),
        (r#"{"result":"ok","test":"t","at":1767323045000,"took":12}"#, "2026-01-02T03:04:05Z|12|-|-"),
        (r##"{"result":"ok","test":"t","at":"2026-01-02T03:04:05+01:00","took":"#x"}"##, "2026-01-02T02:04:05Z|-|-|-"),
        (r#"{"result":"ok","test":"t","at":"noon"}"#, "-|-|-|-"),
    ] {
        parser.judge(line.as_bytes(), 0, |parsed| {
            let record = parsed.unwrap().record;
            assert_eq!(shown.map(|role| record.shown(role).unwrap_or_else(|| "-".to_owned())).join("|"), said);
        });
    }
}
