use crate::format::hostile::punched;
use proptest::prelude::*;

use super::super::{Ending, Kept};
use super::documents;

const RUN: &str = r#"<?xml version="1.0" encoding="utf-8" standalone="no"?>
<test-run id="2" testcasecount="9" result="Failed" engine-version="3.8.0.0" start-time="2024-01-02 03:04:05Z" duration="0.9">
  <command-line><![CDATA["nunit3-console.exe" <test-case> UnitTests.dll]]></command-line>
  <test-suite type="Assembly" id="0-1008" name="Acme.Tests.dll" fullname="C:\ci\bin\Acme.Tests.dll" result="Failed" site="Child">
    <environment framework-version="3.10.1.0" platform="Win32NT" os-architecture="x64" />
    <settings><setting name="ImageTargetFrameworkName" value=".NETFramework,Version=v4.6.1" /></settings>
    <properties><property name="_PID" value="5528" /></properties>
    <failure><message><![CDATA[One or more child tests had errors]]></message></failure>
    <test-suite type="TestSuite" name="Acme" fullname="Acme" result="Failed" site="Child">
      <test-suite type="TestFixture" name="CartTest" fullname="Acme.CartTest(1)" classname="Acme.CartTest" result="Failed" site="Child">
        <failure><message><![CDATA[One or more child tests had errors]]></message></failure>
        <test-case name="Adds(&quot;a&quot;)" fullname="Acme.CartTest(1).Adds(&quot;a&quot;)" methodname="Adds" classname="Acme.CartTest" seed="1260606965" result="Failed" start-time="2024-01-02 03:04:06Z" duration="0.036310">
          <failure><message><![CDATA[  Expected: 5
  But was:  4
]]></message><stack-trace><![CDATA[   at Acme.CartTest.Adds() in C:\src\a.cs:line 18]]></stack-trace></failure>
          <output><![CDATA[noise <message>]]></output>
          <assertions><assertion result="Failed"><message><![CDATA[other]]></message></assertion></assertions>
          <attachments><attachment><filePath>shot.png</filePath></attachment></attachments>
        </test-case>
        <test-case name="Takes" fullname="Acme.CartTest(1).Takes" result="Passed" duration="9.7E-05" />
        <test-case name="Breaks" fullname="Acme.CartTest(1).Breaks" result="Failed" label="Error" site="TearDown"><failure><message>TearDown : x</message></failure></test-case>
        <test-case name="Waits" fullname="Acme.CartTest(1).Waits" result="Failed"><failure><message>Test exceeded Timeout value of 50ms</message></failure></test-case>
        <test-case name="Later" fullname="Acme.CartTest(1).Later" result="Skipped" label="Ignored"><reason><message>not now</message></reason></test-case>
        <test-case name="Warns" fullname="Acme.CartTest(1).Warns" result="Warning" />
      </test-suite>
      <test-suite type="TestFixture" name="StockTest" fullname="Acme.StockTest" result="Failed" site="SetUp" label="Error">
        <failure><message>System.Exception : no stock</message></failure>
        <test-case name="Counts" fullname="Acme.StockTest.Counts" result="Failed" label="Error" site="Parent"><failure><message>OneTimeSetUp: System.Exception : no stock</message></failure></test-case>
      </test-suite>
      <test-suite type="TestFixture" name="BadTest" fullname="Acme.BadTest" runstate="NotRunnable" result="Failed" label="Invalid" site="SetUp"><failure><message>No suitable constructor was found</message></failure></test-suite>
    </test-suite>
  </test-suite>
</test-run>"#;

fn read(text: &str) -> Kept {
    let mut kept = Kept::default();
    documents(text.as_bytes(), true, &mut kept);
    kept
}

fn short(kept: &Kept) -> Vec<(&str, &str, Ending)> {
    kept.attempts.iter().map(|a| (&*a.suite, &*a.scenario, a.ending)).collect()
}

#[test]
fn cases_with_their_suites_and_what_these_could_not_set_up() {
    let kept = read(RUN);
    assert_eq!(
        short(&kept),
        [
            ("Acme.CartTest(1)", "Adds(\"a\")", Ending::Failed),
            ("Acme.CartTest(1)", "Takes", Ending::Passed),
            ("Acme.CartTest(1)", "Breaks", Ending::SetupFailed),
            ("Acme.CartTest(1)", "Waits", Ending::TimedOut),
            ("Acme.CartTest(1)", "Later", Ending::Skipped),
            ("Acme.CartTest(1)", "Warns", Ending::Passed),
            ("Acme.CartTest(1)", "(suite)", Ending::Passed),
            ("Acme.StockTest", "Counts", Ending::Skipped),
            ("Acme.StockTest", "(suite)", Ending::SetupFailed),
            ("Acme.BadTest", "(suite)", Ending::BuildFailed),
            ("Acme.Tests", "(suite)", Ending::Passed),
        ]
    );
    let first = &kept.attempts[0];
    assert_eq!(first.message, "  Expected: 5\n  But was:  4\n\n   at Acme.CartTest.Adds() in C:\\src\\a.cs:line 18");
    assert_eq!((first.time_ms, first.duration_ms, first.line), (Some(1_704_164_646_000), Some(36.31), 12));
    assert_eq!((&*first.packet, &*first.env), ("Acme.Tests", "Win32NT x64 .NETFramework,Version=v4.6.1"));
    assert_eq!((first.seed, first.artifacts.len()), (None, 1));
    assert_eq!(first.replay, r#"nunit3-console Acme.Tests.dll --where 'test == '\''Acme.CartTest(1).Adds("a")'\'''"#);
    assert_eq!(kept.attempts[8].message, "System.Exception : no stock");
    assert!(kept.faults.is_empty() && kept.repaired.is_empty(), "{kept:?}");
}

#[test]
fn results_of_a_logger_and_of_data_of_equal_names() {
    let kept = read(
        r#"<test-run id="2" result="Failed" start-time="2024-01-02T03:04:05Z"><test-suite type="Assembly" name="a.dll">
<test-suite type="TestFixture" name="T" fullname="N.T" classname="N.T"><test-case name="A" fullname="N.T.A" classname="T" result="Failed" />
<test-case name="A" fullname="N.T.A" classname="T" result="Passed" /></test-suite></test-suite></test-run>"#,
    );
    let expected = [("N.T", "A", Ending::Failed), ("N.T", "(suite)", Ending::Passed), ("a", "(suite)", Ending::Passed)];
    assert_eq!(short(&kept), expected);
    assert_eq!(kept.attempts[0].replay, r"dotnet test -- 'NUnit.Where=test == '\''N.T.A'\'''");
    assert_eq!(kept.ignored["test of the same name"], 1);
}

#[test]
fn results_of_version_2() {
    let kept = read(
        r#"<test-results name="/src/a.dll" date="2010-10-18" time="13:23:35"><test-suite type="Assembly" name="/src/a.dll" result="Failure"><results>
<test-suite type="Namespace" name="N" result="Failure"><results><test-suite type="TestFixture" name="T" result="Failure"><results>
<test-suite type="ParameterizedTest" name="A" result="Success"><results><test-case name="N.T.A(1.5)" executed="True" result="Success" time="0.5" /></results></test-suite>
<test-case name="N.T.B" executed="True" result="Error"><failure><message><![CDATA[System.Exception : x]]></message></failure></test-case>
<test-case name="N.T.C" executed="False" result="Ignored" /><test-case name="N.T.D" executed="False" result="NotRunnable" /></results></test-suite>
<test-suite type="TestFixture" name="Bad" result="NotRunnable"><reason><message>no constructor</message></reason><results><test-case name="N.Bad.X" executed="False" result="NotRunnable" /></results></test-suite>
</results></test-suite></results></test-suite></test-results>"#,
    );
    assert_eq!(
        short(&kept),
        [
            ("N.T", "A(1.5)", Ending::Passed),
            ("N.T.A", "(suite)", Ending::Passed),
            ("N.T", "B", Ending::Failed),
            ("N.T", "C", Ending::Skipped),
            ("N.T", "D", Ending::BuildFailed),
            ("N.T", "(suite)", Ending::Passed),
            ("N.Bad", "X", Ending::Skipped),
            ("N.Bad", "(suite)", Ending::BuildFailed),
            ("a", "(suite)", Ending::Passed),
        ]
    );
    assert_eq!((kept.attempts[0].time_ms, kept.repaired["assumed_zone"]), (Some(1_287_408_215_000), 1));
    let old = read(
        r#"<test-results name="a.dll"><test-suite name="/x/a.dll" success="False"><results><test-suite name="N.T" success="False"><results>
<test-case name="N.T.A" executed="True" success="False" /><test-case name="N.T.B" executed="True" success="True" /><test-case name="N.T.C" executed="False" /></results></test-suite></results></test-suite></test-results>"#,
    );
    let expected = [Ending::Failed, Ending::Passed, Ending::Skipped, Ending::Passed, Ending::Passed];
    assert_eq!(old.attempts.iter().map(|a| a.ending).collect::<Vec<_>>(), expected);
}

#[test]
fn every_truncation_is_read() {
    for end in 0..RUN.len() {
        let kept = read(&RUN[..end]);
        assert!(kept.faults.len() <= 1 && kept.attempts.len() <= 11);
    }
}

proptest! {
    #[test]
    fn any_mutation_is_read(bytes in punched(RUN)) {
        documents(&bytes, true, &mut Kept::default());
    }
}
