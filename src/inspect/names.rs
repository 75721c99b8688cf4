//! What keys are usually called, by what they mean.

use super::key::Key;
use crate::role::Role;

/// The usual names of the keys of roles, in lower case without what parts words, the surest first.
const NAMES: [(Role, &str); 23] = [
    (Role::Schema, "schemaversion schema logversion formatversion"),
    (
        Role::Time,
        "tsunixms timestampms timestamp ts time datetime startedat starttime starttimestamp started \
         start at date when eventtime recordedat finishedat endedat completedat endtime finished ended \
         end createdat created unixtime unix epoch epochms t",
    ),
    (
        Role::Outcome,
        "outcome result teststatus testresult testoutcome status verdict conclusion state passed success \
         successful pass ok failed isfailed fail exitcode exitstatus returncode rc action event type \
         kind",
    ),
    (
        Role::Scenario,
        "scenarioid scenario testid testname fullname fullyqualifiedname nodeid fulltitle test testcase \
         testcasename casename caseid case testcaseid scenarioname checkname check specname spec name \
         title example target method methodname label id",
    ),
    (
        Role::Suite,
        "suiteid suitename suite testsuite testsuitename classname class package packagename module \
         modulename fixture group describe category",
    ),
    (Role::Packet, "packetid packet component service project projectname"),
    (Role::Mode, "mode variant flavor flavour buildtype buildmode"),
    (
        Role::Run,
        "runid run buildid buildnumber build workflowrunid githubrunid pipelineid pipeline invocationid \
         executionid testrunid testrun sessionid session jobid",
    ),
    (Role::Seed, "seed rngseed randomseed shuffleseed prngseed"),
    (
        Role::Revision,
        "revision commitsha commit sha gitsha gitcommit commitid commithash githash headsha gitrevision \
         rev gitrev vcsrevision changeset",
    ),
    (Role::Branch, "branch branchname gitbranch headbranch headref gitref ref"),
    (
        Role::Env,
        "env environment envfingerprint envname platform os osname osversion runneros arch architecture \
         cpu python pythonversion py node nodeversion ruby rubyversion java javaversion jdk go goversion \
         rust rustversion toolchain compiler runtime browser browsername device devicename image runner \
         database db",
    ),
    (
        Role::Reason,
        "reasoncode reason errorcode failurecode failurereason errortype errorclass errorname \
         exceptiontype exceptionclass failuretype",
    ),
    (
        Role::Message,
        "errormessage failuremessage message errmsg msg error err failure exception exceptionmessage detail details \
         longrepr stderr output",
    ),
    (Role::Stack, "stack stacktrace traceback backtrace errorstack errorstacktrace"),
    (Role::Duration, "durationms elapsedms tookms timems runtimems durationmillis elapsedmillis ms"),
    (Role::Attempt, "attempt attemptnumber retry retryindex rerun try"),
    (Role::File, "file filename filepath testfile sourcefile specfile path location"),
    (Role::Url, "url runurl buildurl joburl htmlurl weburl link"),
    (Role::Job, "jobname job workflow workflowname stage"),
    (Role::Replay, "replaycommand replay repro reprocommand reruncommand command cmd"),
    (Role::Artifacts, "artifactrefs artifacts attachments evidence"),
    (Role::Invariant, "invariant invariantid"),
];

/// Names of durations whose unit is another than the one that is read, or that nobody states.
pub(super) const OTHER_DURATIONS: [&str; 11] = [
    "duration",
    "elapsed",
    "took",
    "durations",
    "elapseds",
    "durationsec",
    "durationseconds",
    "elapsedseconds",
    "seconds",
    "durationns",
    "durationus",
];

/// Names of keys that say of which kind a line is.
pub(super) const KINDS: [&str; 12] = [
    "event",
    "eventtype",
    "type",
    "kind",
    "action",
    "recordtype",
    "msgtype",
    "messagetype",
    "phase",
    "entrytype",
    "topic",
    "logtype",
];

/// A name in lower case, without what parts its words.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How sure it is by its name that a key has this role: the less, the surer; `None` where its name says nothing of that.
pub(super) fn rank(key: &Key, role: Role) -> Option<usize> {
    let last = plain(key.path.last()?);
    let with_parent = (key.path.len() > 1).then(|| plain(&key.path[key.path.len() - 2..].concat()));
    let (_, names) = NAMES.iter().find(|(of, _)| *of == role)?;
    let place = |name: &str| names.split(' ').position(|known| known == name);
    let by_name = [with_parent.as_deref().and_then(place), place(&last)].into_iter().flatten().min()?;
    // Of two that are called alike, the one less deep within is meant.
    Some(by_name * 8 + key.path.len().min(7))
}

#[cfg(test)]
mod tests {
    use super::{Key, plain, rank};
    use crate::role::Role;

    fn key(path: &[&str]) -> Key {
        Key::at(path.iter().map(|&key| key.to_owned()).collect())
    }

    #[test]
    fn names_are_known_however_they_are_spelled() {
        for path in [&["testName"][..], &["TEST_NAME"], &["test", "name"], &["test-name"], &["x", "test.name"]] {
            assert!(rank(&key(path), Role::Scenario).is_some(), "{path:?}");
        }
        assert_eq!(rank(&key(&["testing"]), Role::Scenario), None);
        assert!(rank(&key(&["test_id"]), Role::Scenario) < rank(&key(&["name"]), Role::Scenario));
        assert!(rank(&key(&["ts"]), Role::Time) < rank(&key(&["meta", "ts"]), Role::Time));
        assert_eq!(plain("Ünï-x_1"), "ünïx1");
    }
}
