//! A service over the library: sweeps a folder every so often and answers over HTTP, on the loopback alone, what came back.
//!
//! ```text
//! cargo run --release --example watch -- FOLDER STATE [SECONDS [PORT]]
//! curl http://127.0.0.1:7411/        what changed since the sweep before, as text
//! curl http://127.0.0.1:7411/report  the report for browsers, and /incidents.json beside it
//! ```
//!
//! STATE is a folder for the reports of the last sweep: what the next one is compared with, also after the service was
//! started anew. A sweep that fails leaves the last answer standing, with the reason above it.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use relapse::report::{INCIDENTS, PAGE, Reports};
use relapse::text::inert::inert;
use relapse::{Comparison, Options, Output, Silent, Sweep};

/// How long a caller may take over a request.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between why there is no newer answer and the last one.
const AT_LAST: &str = "\n\nat last:\n";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, state, rest @ ..] = &arguments[..] else {
        return Err("usage: watch FOLDER STATE [SECONDS [PORT]]".into());
    };
    let seconds = rest.first().map_or(Ok(300), |text| text.parse())?;
    let port = rest.get(1).map_or(Ok(7411), |text| text.parse())?;
    let (state, answer) = (PathBuf::from(state), Mutex::new("not swept yet\n".to_owned()));
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("http://{}/ says what came back in {folder}", listener.local_addr()?);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            loop {
                let said = swept(folder, &state);
                let mut answer = answer.lock().expect("nothing panics that holds it");
                let last = answer.split_once(AT_LAST).map_or(&answer[..], |(_, last)| last);
                *answer = said.unwrap_or_else(|error| format!("failed to sweep: {error}{AT_LAST}{last}"));
                drop(answer);
                std::thread::sleep(Duration::from_secs(seconds));
            }
        });
        for caller in listener.incoming().flatten() {
            // Whoever hangs up is not told.
            let _ = serve(&caller, &state, &answer);
        }
    });
    Ok(())
}

/// Sweeps the folder beside what was found before; what changed. While no run is new, that is what changed last.
fn swept(folder: &str, state: &Path) -> Result<String, Box<dyn Error>> {
    let found = Sweep::builder().input(folder).keep_clean(true).build()?.run(&Silent)?;
    let options = Options::default();
    let (analysis, comparison) = if state.join(INCIDENTS).exists() {
        found.analyse_since(&options, &Output::read(state)?)?
    } else {
        (found.analyse(&options)?, None)
    };
    if let Some(nothing) = &analysis.incidents.nothing {
        return Err(nothing.line().into());
    }
    Reports::new(&analysis, comparison.as_ref()).write_to(state)?;
    let first = || format!("{} incidents, and nothing to compare with yet\n", analysis.incidents.incidents.len());
    Ok(comparison.as_ref().map_or_else(first, told))
}

/// The changes to act on, a line each.
fn told(comparison: &Comparison) -> String {
    let first = format!("new runs: {}", comparison.summary.compared_runs.join(", "));
    let news = comparison.changes.iter().filter(|change| change.kind.is_news()).map(|change| {
        let names = [&change.packet_id, &change.suite_id, &change.scenario_id].map(String::as_str).join("/");
        format!("{}: {names} ({}): {}", change.kind.name(), change.owner_hint, change.why)
    });
    // Names come from logs.
    std::iter::once(first).chain(news).map(|line| inert(&line, 2000).into_owned() + "\n").collect()
}

/// Answers one request.
fn serve(caller: &TcpStream, state: &Path, answer: &Mutex<String>) -> std::io::Result<()> {
    caller.set_read_timeout(Some(PATIENCE))?;
    caller.set_write_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(std::io::Read::take(caller, 8 << 10)).read_line(&mut line)?;
    let file = |name| std::fs::read(state.join(name)).unwrap_or_default();
    let (status, kind, body) = match line.split(' ').nth(1) {
        Some("/") => {
            ("200 OK", "text/plain", answer.lock().expect("nothing panics that holds it").clone().into_bytes())
        }
        Some("/report") => ("200 OK", "text/html", file(PAGE)),
        Some("/incidents.json") => ("200 OK", "application/json", file(INCIDENTS)),
        _ => ("404 Not Found", "text/plain", b"known: /, /report, /incidents.json\n".to_vec()),
    };
    let length = body.len();
    let mut out = caller;
    write!(
        out,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    out.write_all(&body)
}
