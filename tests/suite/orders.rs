//! Histories of which the order, the runs, the branch or the revision is not what it seems: never silent.

use serde_json::Value;

use crate::program::{folder, record, relapse, text};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Of the first run; the tests' programs take 20 days later for now.
const START: i64 = 1_700_000_000_000 - 20 * DAY;

const PROFILE: &str = r#"name = "orders"
description = "Logs that name run, branch and revision."
[[field]]
role = "time"
path = "t"
type = "time"
unit = "ms"
[[field]]
role = "scenario"
path = "s"
type = "text"
[[field]]
role = "outcome"
path = "o"
type = "text"
[[field]]
role = "run"
path = "run"
type = "text"
required = false
[[field]]
role = "branch"
path = "b"
type = "text"
required = false
[[field]]
role = "revision"
path = "sha"
type = "text"
required = false
[outcome]
pass = ["pass"]
fail = ["fail"]
"#;

/// An archive's name, its time, whether its one scenario that may fail does, and more fields of its records.
type Run = (String, i64, bool, String);

/// The report on archives of twelve scenarios, of which one may fail.
fn swept(runs: impl IntoIterator<Item = Run>, more: &[&str]) -> Value {
    swept_slowly(runs, 1, more)
}

/// The same where the records of an archive are so many milliseconds apart.
fn swept_slowly(runs: impl IntoIterator<Item = Run>, step: i64, more: &[&str]) -> Value {
    let log = |(name, time, fails, fields): Run| {
        let line = |scenario: i64| {
            let outcome = if fails && scenario == 0 { "fail" } else { "pass" };
            format!(r#"{{"t":{},"s":"s{scenario}","o":"{outcome}"{fields}}}"#, time + scenario * step)
        };
        (format!("{name}.jsonl"), (0..12).map(line).collect::<Vec<_>>().join("\n"))
    };
    let files: Vec<(String, String)> = runs.into_iter().map(log).collect();
    let logs = folder(&files.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
    let profiles = folder(&[("orders.toml", PROFILE.as_bytes())]);
    let profile = profiles.path().join("orders.toml");
    let mut arguments = vec!["sweep", text(logs.path()), "--json", "--profile", text(&profile)];
    arguments.extend(more);
    relapse(arguments).exits(0).json()
}

/// The verdict of the one scenario that failed, and the warnings.
fn judged(report: &Value) -> (String, String) {
    let verdict = report["recurrence"]["scenarios"][0]["verdict"].as_str().unwrap_or("none").to_owned();
    (verdict, report["recurrence"]["summary"]["warnings"].to_string())
}

const TORN: &str = "names and clocks tell two orders";

/// Runs of these numbers and times, of which those from a number on fail.
fn numbered(times: impl Fn(i64) -> i64, fails_from: i64) -> impl Iterator<Item = Run> {
    (0..20).map(move |run| (format!("r-{run:02}"), START + times(run), run >= fails_from, String::new()))
}

#[test]
fn half_a_history_that_is_dated_wrongly_hides_no_regression() {
    let late = |from: i64, by: i64, step: i64| move |run: i64| run * step - if run >= from { by } else { 0 };
    for (from, by, step) in [
        (10, 700 * DAY, DAY),
        (10, 7168 * DAY, DAY),
        (10, 20 * DAY, DAY),
        (10, 10 * DAY, DAY),
        // Minutes apart, hours back.
        (10, 9 * HOUR, HOUR / 6),
    ] {
        let report = swept(numbered(late(from, by, step), from), &[]);
        let (verdict, warnings) = judged(&report);
        assert!(warnings.contains(TORN) && warnings.contains("r-00, r-01"), "{by}: {warnings}");
        assert_ne!(verdict, "fixed", "{by}");
    }
    for times in [
        (&|run: i64| if run < 10 { run * DAY } else { -300 * DAY }) as &dyn Fn(i64) -> i64,
        &|run| run * DAY - if run % 2 == 1 { 10 * DAY } else { 0 },
        &|run| run * DAY - if run * 7 % 20 < 9 { 10 * DAY } else { 0 },
    ] {
        let (verdict, warnings) = judged(&swept(numbered(times, 10), &[]));
        // Where most follow all the same, those that do not are named.
        assert!(warnings.contains("names and clocks tell "), "{warnings}");
        assert!(verdict != "fixed" || !warnings.contains(TORN), "{warnings}");
    }
    // An hour back where runs are ten minutes apart.
    let (_, warnings) = judged(&swept(numbered(late(10, HOUR, HOUR / 6), 10), &[]));
    assert!(warnings.contains("names and clocks tell different orders"), "{warnings}");
    // What is held back is told.
    let report = swept(numbered(late(10, 700 * DAY, DAY), 10), &[]);
    let row = &report["recurrence"]["scenarios"][0];
    assert_eq!((&row["verdict"], &row["more_runs_needed"]), (&"insufficient_evidence".into(), &Value::Null));
    assert!(row["why"].as_str().unwrap().contains("their names tell another order"), "{}", row["why"]);
    assert_eq!(judged(&swept(numbered(|run| run * DAY, 10), &[])), ("regressed".to_owned(), "[]".to_owned()));
}

#[test]
fn newest_runs_that_a_window_leaves_out_for_a_late_clock_are_told() {
    // A run a day; a machine that is weeks behind makes some of the newest, which fail.
    let said = |behind: std::ops::Range<i64>, more: &[&str]| {
        let run = |run: i64| {
            let late = if behind.contains(&run) { 18 * DAY } else { 0 };
            (format!("r-{run:02}"), START + (run - 20) * DAY - late, behind.contains(&run), String::new())
        };
        judged(&swept((0..40).map(run).collect::<Vec<_>>(), more)).1
    };
    let told = "of runs that --since or --until left out by their clocks, and whose names stand behind others that count (run \
                again, dated wrongly, or named anew): what failed in them is not counted: r-37, r-38, r-39";
    let found = said(37..40, &["--since", "14d"]);
    assert!(found.contains(told), "{found}");
    // Without a window they count, and are named as that; what is before it by name and clock is left out for good.
    assert!(!said(37..40, &[]).contains("left out"));
    assert!(!said(5..8, &["--since", "14d"]).contains("left out by their clocks"));
}

#[test]
fn machines_of_two_zones_hide_no_regression() {
    // Hourly builds, every third of which writes its local time as UTC; the newest two fail, or the newest nine but for those.
    for builds in [36, 240] {
        let build = |build: i64, is_wrong: bool, fails: bool| {
            let begins = START + build * HOUR + if is_wrong { 9 * HOUR } else { 0 };
            (format!("build-{build}"), begins, fails, String::new())
        };
        let is_wrong = |at: i64| (builds - 3 - at) % 3 == 0;
        for from in [builds - 2, builds - 9] {
            let (verdict, warnings) =
                judged(&swept((0..builds).map(|at| build(at, is_wrong(at), at >= from && !is_wrong(at))), &[]));
            assert!(warnings.contains(TORN), "{builds}: {warnings}");
            assert_ne!(verdict, "fixed", "{builds}");
        }
        assert_eq!(judged(&swept((0..builds).map(|at| build(at, false, at + 9 > builds)), &[])).1, "[]");
    }
}

#[test]
fn what_a_counter_would_go_on_with_is_not_put_in_front() {
    // Builds 90 to 99, then 0 to 3 without a date, which fail; and numbers behind which no counter goes on.
    let history = |numbers: std::ops::RangeInclusive<i64>, first: i64| {
        let dated = numbers.zip(0..).map(|(number, day)| (format!("b-{number:02}"), START + day * DAY, false));
        let undated = (first..first + 4).map(|number| (format!("b-{number:02}"), 0, true));
        let runs = dated.chain(undated).map(|(name, time, fails)| (name, time, fails, String::new()));
        swept(runs.collect::<Vec<_>>(), &[])
    };
    for top in [99, 31, 52] {
        let report = history(top - 9..=top, 0);
        let (verdict, warnings) = judged(&report);
        assert_eq!(verdict, "insufficient_evidence", "{top}");
        assert!(warnings.contains("b-00, b-01") && warnings.contains("their places are not known"), "{warnings}");
    }
    for (last, first) in [(88, 0), (95, 96)] {
        let report = history(last - 9..=last, first);
        assert!(judged(&report).1.contains("they stand by their names"), "{}", judged(&report).1);
    }
}

#[test]
fn runs_of_one_id_a_day_apart_are_named() {
    let of = |id: &str| format!(r#","run":"{id}""#);
    // Hourly, counted anew each day.
    let hourly = (0..48).map(|hour| {
        (format!("a{hour:02}"), START + hour * HOUR, (24..27).contains(&hour), of(&format!("b{:02}", hour % 24)))
    });
    let (_, warnings) = judged(&swept(hourly.collect::<Vec<_>>(), &[]));
    assert!(warnings.contains("is it one run") && warnings.contains("--from-path"), "{warnings}");
    assert!(warnings.contains("b00 (2023-10-25T22:13Z and 2023-10-26T22:13Z)"), "{warnings}");
    // One id for all.
    let nightly =
        |days: i64| (0..days).map(move |day| (format!("a{day:02}"), START + day * DAY, day > 14, of("nightly")));
    for days in [2, 5, 20] {
        let (_, warnings) = judged(&swept(nightly(days).collect::<Vec<_>>(), &[]));
        assert!(warnings.contains("is it one run") && warnings.contains("nightly ("), "{warnings}");
    }
    // Which of them failed last is not known: nothing is fixed on it.
    let cycle = (0..48).map(|hour| {
        (format!("a{hour:02}"), START + hour * HOUR, (24..27).contains(&hour), of(&format!("b{:02}", hour % 24)))
    });
    let report = swept(cycle.collect::<Vec<_>>(), &[]);
    let row = &report["recurrence"]["scenarios"][0];
    assert_eq!((&row["verdict"], &row["history"]), (&"insufficient_evidence".into(), &"F3P21".into()));
    assert!(row["why"].as_str().unwrap().contains("may be several of one id, and ended later"), "{}", row["why"]);
    // Soaks of three days each, one after the other, tell an order.
    let soaks = (0..75).map(|day| {
        (format!("a{day:02}"), START + (day - 75) * DAY, (3..9).contains(&day), of(&format!("s{:02}", day / 3)))
    });
    assert_eq!(judged(&swept(soaks.collect::<Vec<_>>(), &[])).0, "fixed");
    // A soak that logs for days.
    let soak = (0..40).map(|part| (format!("a{part:02}"), START + part * 6 * HOUR, false, of("soak")));
    assert_eq!(judged(&swept_slowly(soak.collect::<Vec<_>>(), HOUR / 2, &[])).1, "[]");
}

#[test]
fn one_id_of_all_builds_is_told_also_within_a_day() {
    let ci = |builds: i64, every: i64, step: i64, fields: &str| {
        let build = |build: i64| (format!("a{build:02}"), START + build * every, build > 25, fields.to_owned());
        judged(&swept_slowly((0..builds).map(build).collect::<Vec<_>>(), step, &[])).1
    };
    let id = r#","run":"ci""#;
    let told = "all is one run, ci, though 30 archives with pauses between them hold the same scenarios again and again; is it";
    for (every, step) in [(HOUR / 2, 1), (HOUR / 2, HOUR / 60), (HOUR / 3, HOUR / 90)] {
        assert!(ci(30, every, step, id).contains(told), "{}", ci(30, every, step, id));
    }
    // Few archives, a job that goes on without pauses or begins again at once, and runs that have names of their own.
    assert_eq!([ci(9, HOUR, 1, id), ci(30, HOUR / 2, HOUR / 25, id), ci(30, HOUR / 60, 1, id)], ["[]"; 3]);
    assert_eq!(ci(30, HOUR / 2, 1, ""), "[]");
    // What is told already.
    assert!(!ci(15, DAY, 1, id).contains("all is one run"));
    // Shards of one run, one after the other.
    let shards = (0..12).map(|shard| {
        let log = format!(r#"{{"t":{},"s":"s{shard}","o":"pass"{id}}}"#, START + shard * HOUR);
        (format!("shard-{shard:02}.jsonl"), log)
    });
    let shards: Vec<(String, String)> = shards.collect();
    let logs = folder(&shards.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
    let profiles = folder(&[("orders.toml", PROFILE.as_bytes())]);
    let profile = profiles.path().join("orders.toml");
    let said = relapse(["sweep", text(logs.path()), "--profile", text(&profile)]).exits(0).text();
    assert!(!said.contains("all is one run"), "{said}");
}

#[test]
fn runs_of_no_branch_behind_the_only_one_are_named() {
    let history = |none: std::ops::Range<i64>, more: &[&str]| {
        let run = |day: i64| {
            let branch = if none.contains(&day) { String::new() } else { r#","b":"main""#.to_owned() };
            (format!("m{day:02}"), START + day * DAY, (6..12).contains(&day), branch)
        };
        swept((0..20).map(run).collect::<Vec<_>>(), more)
    };
    let said = "8 runs name no branch and are judged as `main`: m19, m18, m17, m16 and 4 more; --branch main leaves";
    let newest = history(12..20, &[]);
    assert!(judged(&newest).1.contains(said), "{}", judged(&newest).1);
    assert!(!judged(&history(12..20, &["--branch", "main"])).1.contains("judged as"));
    let between = history(3..4, &[]);
    assert!(
        judged(&between).1.contains("1 run names no branch and is judged as `main`: m03;"),
        "{}",
        judged(&between).1
    );
    // A field that was added later.
    assert_eq!(judged(&history(0..8, &[])).1, "[]");
    assert_eq!(judged(&history(0..20, &[])).1, "[]");
}

#[test]
fn a_revision_of_every_run_is_none() {
    let history = |runs: i64, revision: &dyn Fn(i64) -> String| {
        let run =
            |day: i64| (format!("m{day:03}"), START + day * DAY, day >= 6, format!(r#","sha":"{}""#, revision(day)));
        swept((0..runs).map(run).collect::<Vec<_>>(), &[])
    };
    let constant = history(12, &|_| "HEAD".to_owned());
    let (verdict, warnings) = judged(&constant);
    assert!(warnings.contains("every run names the revision `HEAD`"), "{warnings}");
    assert_eq!((&*verdict, &constant["recurrence"]["scenarios"][0]["witness"]), ("regressed", &Value::Null));
    let row = &constant["recurrence"]["scenarios"][0];
    assert!(row["why"].as_str().unwrap().contains("not controlled: revision"), "{}", row["why"]);
    // Few runs of one revision are a retry; others have their own.
    assert_eq!(judged(&history(9, &|_| "HEAD".to_owned())).1, "[]");
    assert_eq!(judged(&history(12, &|day| format!("c{day}"))).1, "[]");
}

/// Runs of a branch, from a day on, named by a counter.
fn of_branch(branch: &str, first: i64, days: std::ops::Range<i64>, time: impl Fn(i64) -> i64) -> Vec<Run> {
    let run = |(number, day)| (format!("build-{number}"), START + time(day), false, format!(r#","b":"{branch}""#));
    (first..).zip(days).map(run).collect()
}

#[test]
fn branches_that_count_for_themselves_are_in_order() {
    let daily = |day: i64| day * DAY;
    let late = |day: i64| day * DAY + HOUR;
    let history = [of_branch("main", 500, 0..20, daily), of_branch("dev", 1, 12..20, late)].concat();
    let apart = ["runs are of several branches, judged apart: dev, main"];
    let warnings =
        |runs: &[Run], more: &[&str]| swept(runs.to_vec(), more)["recurrence"]["summary"]["warnings"].clone();
    assert_eq!(warnings(&history, &[]), Value::from(&apart[..]));
    for window in [["--since", "2023-11-08T00:00:00Z"], ["--until", "2023-11-10T00:00:00Z"]] {
        assert_eq!(warnings(&history, &window), Value::from(&apart[..]), "{window:?}");
    }
    // Each of them may be torn; with one counter for all, runs of any branch tell when the others were.
    let torn = |day: i64| if day < 10 { late(day) } else { late(day - 700) };
    let history = [of_branch("main", 500, 0..20, daily), of_branch("dev", 1, 0..20, torn)].concat();
    let said = warnings(&history, &[]).to_string();
    assert!(said.contains(TORN) && said.contains("build-1, build-2") && !said.contains("build-500"), "{said}");
    let left_out = warnings(&history, &["--since", "2023-10-26T00:00:00Z"]).to_string();
    assert!(left_out.contains(TORN), "{left_out}");
    let wrong = |day: i64| day * DAY - 3000 * DAY;
    let history = [of_branch("main", 1, 0..19, daily), of_branch("dev", 20, 19..20, wrong)].concat();
    let said = warnings(&history, &[]).to_string();
    assert!(said.contains("a run whose clock is not believed") && said.contains("build-20"), "{said}");
}

#[test]
fn runs_of_branches_that_are_not_judged_are_no_matter() {
    let torn = |day: i64| if day < 10 { day * DAY + HOUR } else { (day - 700) * DAY };
    let mut history = [of_branch("main", 500, 0..20, |day| day * DAY), of_branch("dev", 1, 0..20, torn)].concat();
    history.push(("build-99".into(), 5, false, r#","b":"dev""#.into()));
    let warnings = |more: &[&str]| judged(&swept(history.clone(), more)).1;
    let all = warnings(&[]);
    assert!(all.contains(TORN) && all.contains("build-99"), "{all}");
    assert_eq!(warnings(&["--branch", "main"]), "[]");
    assert!(warnings(&["--branch", "d*"]).contains(TORN));
}

#[test]
fn a_branch_that_stopped_is_told_where_it_is_judged() {
    let said = |main: std::ops::Range<i64>, step: i64| {
        let main = main.step_by(usize::try_from(step).unwrap());
        let main = main.map(|day| (format!("m-{day:02}"), START + day * DAY, false, r#","b":"main""#.to_owned()));
        let dev = (0..20).map(|day| (format!("d-{day:02}"), START + day * DAY, false, r#","b":"dev""#.to_owned()));
        judged(&swept(main.chain(dev).collect::<Vec<_>>(), &["--branch", "main"])).1
    };
    let told =
        "has a record that counts since m-07 (2023-11-01), while others have until d-19 (2023-11-13): verdicts are";
    assert!(said(0..8, 1).contains(told), "{}", said(0..8, 1));
    // Days without a run, a weekly run, and runs that were rare before.
    for sound in [said(0..20, 1), said(0..13, 1), said(0..15, 7), said(-21..8, 14)] {
        assert_eq!(sound, "[]");
    }
}

#[test]
fn a_main_line_that_stopped_is_told_whatever_is_asked_for() {
    // A run of `main` every day, and branches of changes beside it, of eight runs each.
    let said = |main: std::ops::Range<i64>, changes: i64, more: &[&str]| {
        let main =
            main.map(|day| (format!("m-{day:02}"), START - 25 * DAY + day * DAY, false, r#","b":"main""#.to_owned()));
        let change = |run: i64| {
            (
                format!("f-{run:03}"),
                START - 25 * DAY + run * 45 * DAY / changes,
                false,
                format!(r#","b":"feat/{}""#, run / 8),
            )
        };
        judged(&swept(main.chain((0..changes).map(change)).collect::<Vec<_>>(), more)).1
    };
    let told = "no run of branch main, which has most runs, has a record that counts since m-19 (";
    for asked in [&[][..], &["--branch", "{main,feat/*}"]] {
        let said = said(0..20, 45, asked);
        assert!(said.contains(told) && said.contains("f-044 (2023-11-13)"), "{said}");
    }
    // It goes on, all but a few days; or no branch is one line for long, or of many runs.
    for sound in
        [said(0..45, 90, &[]), said(0..40, 45, &[]), said(0..12, 45, &[]), said(0..20, 90, &[]), said(0..8, 9, &[])]
    {
        assert!(!sound.contains("no run of"), "{sound}");
    }
    // Later runs name no branch, and are judged as that one.
    let unnamed = (0..40).map(|day| {
        let branch = if day < 25 { r#","b":"main""# } else { "" };
        (format!("m-{day:02}"), START - 25 * DAY + day * DAY, false, branch.to_owned())
    });
    let said = judged(&swept(unnamed.collect::<Vec<_>>(), &[])).1;
    assert!(said.contains("judged as") && !said.contains("no run of"), "{said}");
}

#[test]
fn a_merge_queue_is_one_branch_and_full_names_are_short_ones() {
    // Each run has a branch of its own, as merge queues make them; the newest ten fail.
    let history = |branch: &dyn Fn(i64) -> String| {
        let run =
            |run: i64| (format!("r-{run:02}"), START + run * HOUR, run >= 20, format!(r#","b":"{}""#, branch(run)));
        (0..30).map(run).collect::<Vec<_>>()
    };
    let queue = |run: i64| format!("gh-readonly-queue/main/pr-{}-{:x}", 100 + run, 0xabcd + run);
    for asked in [
        &[][..],
        &["--branch", "gh-readonly-queue/main"],
        &["--branch", "gh-readonly-queue/main/pr-*"],
        &["--branch", "gh-readonly-queue/**"],
    ] {
        assert_eq!(judged(&swept(history(&queue), asked)), ("regressed".to_owned(), "[]".to_owned()), "{asked:?}");
    }
    // What is checked out without a branch names none, and is judged with the only one that is named.
    let detached = |run: i64| if run < 25 { "main" } else { "HEAD" }.to_owned();
    let (verdict, told) = judged(&swept(history(&detached), &[]));
    assert!(verdict == "regressed" && told.contains("judged as"), "{verdict}: {told}");
    let named = |run: i64| if run % 2 == 0 { "main" } else { "refs/heads/main" }.to_owned();
    for asked in [&[][..], &["--branch", "main"], &["--branch", "refs/heads/main"]] {
        assert_eq!(judged(&swept(history(&named), asked)), ("regressed".to_owned(), "[]".to_owned()), "{asked:?}");
    }
}

#[test]
fn a_window_that_cuts_the_newest_run_of_a_branch_is_told() {
    let history = [of_branch("main", 500, 0..20, |day| day * DAY), of_branch("dev", 1, 0..20, |day| day * DAY - HOUR)];
    // Between two records of the newest run of `main`; that of `dev` is whole.
    let mut history = history.concat();
    history.push(("build-21".into(), START + 19 * DAY - HOUR / 2, false, r#","b":"dev""#.into()));
    let until = ["--until", "2023-11-13T22:13:20.006Z"];
    let said = |more: &[&str]| judged(&swept(history.clone(), &[&until, more].concat())).1;
    let told = "--since or --until holds only 6 of 12 records of the newest run of branch main, build-519";
    assert!(said(&[]).contains(told), "{}", said(&[]));
    assert!(said(&["--branch", "main"]).contains("of the newest run, build-519"), "{}", said(&["--branch", "main"]));
    assert!(!said(&["--branch", "dev"]).contains("holds only"), "{}", said(&["--branch", "dev"]));
}

#[test]
fn dates_that_end_with_the_year_tell_no_order() {
    // Days of October and November, named as they are written in most of Europe.
    let history = |name: &dyn Fn(i64, i64) -> String| {
        let named = |day: i64| if day < 7 { name(25 + day, 10) } else { name(day - 6, 11) };
        judged(&swept(
            numbered(|day| day * DAY, 10)
                .zip(0..)
                .map(|((_, time, fails, fields), day)| (named(day), time, fails, fields)),
            &[],
        ))
    };
    let sound = ("regressed".to_owned(), "[]".to_owned());
    assert_eq!(history(&|day, month| format!("run-{day:02}{month:02}2023")), sound);
    assert_eq!(history(&|day, month| format!("{day:02}.{month:02}.2023")), sound);
    assert_eq!(history(&|day, month| format!("2023-{month:02}-{day:02}")), sound);
}

#[test]
fn runs_of_one_time_whose_names_tell_no_order_are_told() {
    // Ten runs a day, dated by the day alone; the newest five fail.
    let hash = |run: i64| format!("{:012x}", (run.unsigned_abs() + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16);
    let said = |name: &dyn Fn(i64) -> String, each: i64| {
        let runs = (0..30).map(|run| (name(run), START + run / each * DAY, run >= 25, String::new()));
        judged(&swept_slowly(runs, 0, &[])).1
    };
    let told = "runs of one and the same time, whose names tell no order either";
    assert!(said(&hash, 10).contains(told), "{}", said(&hash, 10));
    for sound in [said(&hash, 1), said(&|run| format!("build-{run}"), 10)] {
        assert!(!sound.contains(told), "{sound}");
    }
}

#[test]
fn several_tests_of_one_name_are_told() {
    let said = |outcomes: &dyn Fn(i64) -> Vec<&'static str>| {
        let log = |run: i64| {
            let line = |(at, outcome): (i64, &str)| {
                let (time, outcome) = ((START + run * DAY + at).to_string(), format!("\"{outcome}\""));
                record(&[("ts_unix_ms", &time), ("scenario_id", "\"parse\""), ("outcome", &outcome)])
            };
            (format!("r-{run:02}.jsonl"), (0..).zip(outcomes(run)).map(line).collect::<Vec<_>>().join("\n"))
        };
        let files: Vec<(String, String)> = (0..20).map(log).collect();
        let logs = folder(&files.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>());
        judged(&relapse(["sweep", text(logs.path()), "--json"]).exits(0).json()).1
    };
    let told = "a scenario fails and passes in one proportion in nearly every run: several tests of one name";
    assert!(said(&|_| vec!["fail", "pass"]).contains(told));
    assert!(said(&|run| if run == 3 { vec!["pass"] } else { vec!["pass", "fail"] }).contains(told));
    // Set up, run and cleaned up; tried three times.
    assert!(
        said(&|_| vec!["pass", "fail", "pass"]).contains(told)
            && said(&|_| vec!["fail", "fail", "pass"]).contains(told)
    );
    // One of the two regressed.
    assert!(said(&|run| if run < 8 { vec!["pass", "pass"] } else { vec!["pass", "fail"] }).contains(told));
    // Flakes that are tried again until they pass, and what always fails.
    for sound in [
        said(&|run| vec!["fail", "fail", "pass"].split_off(usize::try_from(run % 3).unwrap())),
        said(&|run| if run % 4 == 0 { vec!["pass"] } else { vec!["fail", "pass"] }),
        said(&|_| vec!["fail", "fail"]),
    ] {
        assert!(!sound.contains("several tests"), "{sound}");
    }
}

/// Logs of two machines over forty nights: twelve scenarios of one in each, and as many of the other, each under the name that
/// it has in a night, if it ran.
fn two_machines(name: impl Fn(i64, usize) -> Option<String>) -> tempfile::TempDir {
    let mut logs = Vec::new();
    for night in 0..40 {
        let of = |names: Vec<String>, suite: &str| -> String {
            let time = (START - 20 * DAY + night * DAY).to_string();
            let line = |name: &String| {
                let (name, suite) = (format!("\"{name}\""), format!("\"{suite}\""));
                let pass = ("outcome", "\"pass\"");
                record(&[pass, ("ts_unix_ms", time.as_str()), ("scenario_id", &name), ("suite_id", &suite)]) + "\n"
            };
            names.iter().map(line).collect()
        };
        logs.push((format!("a/node-1/n{night:02}.jsonl"), of((0..12).map(|at| format!("a{at:02}")).collect(), "one")));
        let others: Vec<String> = (0..12).filter_map(|at| name(night, at)).collect();
        if !others.is_empty() {
            logs.push((format!("b/node-2/n{night:02}.jsonl"), of(others, "two")));
        }
    }
    folder(&logs.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect::<Vec<_>>())
}

#[test]
fn a_part_of_all_that_stopped_is_told() {
    let b = |at: usize| format!("b{at:02}");
    let said = |place: &tempfile::TempDir, more: &[&str]| {
        relapse([&["sweep", text(place.path())], more].concat()).exits(0).text()
    };
    let told = |run: &str| {
        format!(
            "12 of 24 scenarios that ran until {run} (2023-10-14) have no result in 30 runs since, of `two`: a machine or a suite \
             may have stopped"
        )
    };
    let stopped = two_machines(|night, at| (night < 10).then(|| b(at)));
    assert!(said(&stopped, &[]).contains(&told("b/node-2/n09")), "{}", said(&stopped, &[]));
    // Whether all scenarios are listed or not, and from parts that were swept apart.
    assert!(said(&stopped, &["--all"]).contains(&told("b/node-2/n09")));
    let place = tempfile::tempdir().unwrap();
    let parts = ["a", "b"].map(|node| {
        let (folder, part) = (stopped.path().join(node), place.path().join(node));
        relapse(["sweep", text(&folder), "--partial", text(&part)]).exits(0);
        part
    });
    let merged = relapse(["merge", text(&parts[0]), text(&parts[1])]).exits(0).text();
    assert!(merged.contains(&told("node-2/n09")), "{merged}");
    // All there, renamed, less often than that, deleted one by one, and few.
    let silent = |name: &dyn Fn(i64, usize) -> Option<String>| {
        let said = said(&two_machines(name), &[]);
        assert!(!said.contains("have no result in"), "{said}");
    };
    silent(&|_, at| Some(b(at)));
    silent(&|night, at| Some(if night < 10 { b(at) } else { format!("c{at:02}") }));
    silent(&|night, at| (night % 14 == 0).then(|| b(at)));
    silent(&|night, at| (night < 2 * i64::try_from(at).unwrap() + 5).then(|| b(at)));
    silent(&|night, at| (night < 10 || at > 6).then(|| b(at)));
}
