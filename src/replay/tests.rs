use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Attempt, Command, Ending, Envelope};

static GO_ON: AtomicBool = AtomicBool::new(false);

fn envelope(timeout_ms: u64) -> Envelope {
    let grace = Duration::from_millis(200);
    Envelope { timeout: Duration::from_millis(timeout_ms), grace, dir: PathBuf::from(".") }
}

fn shell(text: &str, timeout_ms: u64) -> Attempt {
    envelope(timeout_ms).run(&Command::for_shell(text).unwrap(), &GO_ON)
}

/// Whether a process is there, zombies aside.
fn lives(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().next()).unwrap_or("Z");
    !matches!(state, "Z" | "X")
}

#[test]
fn endings_are_told_apart() {
    assert_eq!(shell("exit 0", 5000).ending, Ending::Passed);
    assert_eq!(shell("exit 3", 5000).ending, Ending::Failed(3));
    assert_eq!(shell("kill -ABRT $$", 5000).ending, Ending::Signal(6));
    assert!(matches!(shell("no-such-command-here", 5000).ending, Ending::NotStarted(_)));
    let command = Command::split("no-such-command-here --x").unwrap();
    assert!(matches!(envelope(5000).run(&command, &GO_ON).ending, Ending::NotStarted(_)));
    let gone = Envelope { dir: PathBuf::from("/no/such/folder"), ..envelope(5000) };
    assert!(matches!(gone.run(&Command::split("true").unwrap(), &GO_ON).ending, Ending::NotStarted(_)));
}

#[test]
fn words_reach_the_program_as_they_are_and_assignments_its_environment() {
    let command = Command::split("X='a b' printf '%s|' 'x y' '$HOME' \"*\"").unwrap();
    let attempt = envelope(5000).run(&command, &GO_ON);
    assert_eq!((attempt.ending, attempt.output.head.as_str()), (Ending::Passed, "x y|$HOME|*|"));
    let command = Command::split("RELAPSE_X=1 env").unwrap();
    assert!(envelope(5000).run(&command, &GO_ON).output.head.lines().any(|line| line == "RELAPSE_X=1"));
}

#[test]
fn a_child_that_ignores_the_request_to_end_is_gone_at_the_timeout() {
    let begun = Instant::now();
    // The first process and its child both ignore SIGTERM; the child would sleep for minutes.
    let text = "trap '' TERM; sh -c 'trap \"\" TERM; echo child $$; sleep 300' & echo first $$; sleep 300";
    let attempt = shell(text, 500);
    assert_eq!(attempt.ending, Ending::TimedOut);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(!attempt.escaped);
    let pids: Vec<&str> = attempt.output.head.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(pids.len(), 2, "{:?}", attempt.output);
    // Ended processes are reaped by whoever adopted them, in their own time.
    let gone = || pids.iter().all(|pid| !lives(pid));
    let until = Instant::now() + Duration::from_secs(5);
    while !gone() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(gone(), "{pids:?} are still there");
}

#[test]
fn what_a_finished_command_left_behind_is_ended_too() {
    let begun = Instant::now();
    let attempt = shell("sh -c 'echo $$; sleep 300' & sleep 0.2; exit 4", 60_000);
    assert_eq!(attempt.ending, Ending::Failed(4));
    assert!(begun.elapsed() < Duration::from_secs(10));
    let pid = attempt.output.head.trim().to_owned();
    let until = Instant::now() + Duration::from_secs(5);
    while lives(&pid) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!pid.is_empty() && !lives(&pid), "{pid} is still there");
}

#[test]
fn an_interruption_ends_the_group() {
    static STOP: AtomicBool = AtomicBool::new(false);
    let stopper = std::thread::spawn(|| {
        std::thread::sleep(Duration::from_millis(200));
        STOP.store(true, Ordering::Relaxed);
    });
    let begun = Instant::now();
    let attempt = envelope(60_000).run(&Command::for_shell("sleep 300").unwrap(), &STOP);
    stopper.join().unwrap();
    assert_eq!(attempt.ending, Ending::Stopped);
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn much_output_is_kept_at_both_ends() {
    let attempt = shell("echo start; yes line | head -c 3000000; echo; echo end", 60_000);
    assert_eq!(attempt.ending, Ending::Passed);
    assert!(attempt.output.head.starts_with("start\nline\n"));
    assert!(attempt.output.tail.contains("end"), "{:?}", attempt.output.tail.len());
    assert!(attempt.output.bytes > 3_000_000 && attempt.output.omitted > 2_900_000);
}
