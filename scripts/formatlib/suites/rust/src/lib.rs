//! What the tests share.

use std::io::Write;

fn number(name: &str) -> u64 {
    std::env::var(name).unwrap().parse().unwrap()
}

/// The number of the run.
pub fn run() -> u64 {
    number("CHECK_RUN")
}

/// The first run in which `breaks` fails.
pub fn breaks() -> u64 {
    number("CHECK_BREAKS")
}

/// Says that a test runs, and how often it ran before in this run.
pub fn begin(role: &str) -> usize {
    let path = std::env::var("CHECK_TRACE").unwrap();
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let mut file = std::fs::File::options().append(true).create(true).open(path).unwrap();
    // In one piece: other tests run at the same time.
    file.write_all(format!("{role}\n").as_bytes()).unwrap();
    before.lines().filter(|line| *line == role).count()
}

#[cfg(test)]
mod cart {
    use super::*;
    use std::hash::{BuildHasher, RandomState};

    #[test]
    fn passes() {
        begin("passes");
    }

    #[test]
    fn fails() {
        begin("fails");
        assert_eq!(3, 4, "total");
    }

    mod prices {
        use super::*;

        #[test]
        fn breaks() {
            begin("breaks");
            let total = if run() >= super::super::breaks() { 3 } else { 4 };
            assert_eq!(total, 4);
        }
    }

    #[test]
    fn flakes() {
        begin("flakes");
        println!("looking at the queue");
        if run() % 7 == 3 {
            None::<u8>.expect("queue is closed");
        }
    }

    #[test]
    fn retried() {
        let is_cold = begin("retried") == 0 && run() % 5 == 2;
        assert!(!is_cold, "cache was cold");
    }

    #[test]
    #[ignore = "not on this machine"]
    fn skipped() {
        begin("skipped");
    }

    #[test]
    fn numbered() -> Result<(), String> {
        begin("numbered");
        if run() % 11 != 5 {
            return Ok(());
        }
        let random = RandomState::new().hash_one(run());
        let (port, taken) = (1024 + random % 64512, random % 1000);
        Err(format!("connect to 127.0.0.1:{port} refused: socket at {random:#x}, after 0.{taken:03} s"))
    }
}
