//! Progress on a terminal's standard error.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use relapse::observer::Observer;

const TEMPLATE: &str = "{bar:30} {bytes}/{total_bytes} of {msg}  {bytes_per_sec}  {eta} left";

/// A bar over the bytes of all archives; silent where nobody watches.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new() -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::no_length() } else { ProgressBar::hidden() };
        // A template that does not parse leaves the default one.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Observer for Progress {
    fn found(&self, archives: usize, bytes: u64) {
        self.0.set_length(bytes);
        self.0.set_message(format!("{archives} archives"));
        // It starts a thread, and panics where none can be started: then the bar moves when something was read. The limit may be
        // reached between the two, so that a bar that nobody sees starts none.
        if !self.0.is_hidden() && std::thread::Builder::new().spawn(|| ()).is_ok_and(|thread| thread.join().is_ok()) {
            self.0.enable_steady_tick(Duration::from_millis(100));
        }
    }

    fn read(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    fn warn(&self, message: &str) {
        let text = relapse::text::inert::inert(message, 2000);
        self.0.suspend(|| super::output::say(&format!("warning: {text}")));
    }
}
