//! What pytest says of a failure or a skip, and its text.

use std::fmt::Write;

use serde::Deserialize;

use crate::format::scan::{self, Mended, decode, inner};

/// A failure's representation as an object: an exception chain, oldest first.
#[derive(Deserialize)]
struct Long {
    reprcrash: Option<Crash>,
    reprtraceback: Option<Traceback>,
    chain: Option<Vec<Link>>,
}

/// An exception, where it was raised, and how the next one came of it.
type Link = (Traceback, Option<Crash>, Option<String>);

#[derive(Deserialize)]
struct Crash {
    path: Option<String>,
    lineno: Option<i64>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct Traceback {
    #[serde(default)]
    reprentries: Vec<Entry>,
    extraline: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    data: Option<EntryData>,
}

#[derive(Deserialize)]
struct EntryData {
    #[serde(default)]
    lines: Vec<String>,
    reprfileloc: Option<Crash>,
}

/// The text of a failure's or a skip's representation.
pub(super) fn message(raw: &[u8], mended: &mut Mended) -> String {
    let mut room = Vec::new();
    match raw.first() {
        None | Some(b'n') => String::new(),
        Some(b'"') => decode(inner(raw), mended).into_owned(),
        // A skip: path, line, reason.
        Some(b'[') => match scan::parse::<(Option<String>, Option<i64>, String)>(raw, &mut room, mended) {
            Some((_, _, reason)) => reason,
            None => String::from_utf8_lossy(raw).into_owned(),
        },
        Some(_) => match scan::parse::<Long>(raw, &mut room, mended) {
            Some(long) => long.text(),
            None => String::from_utf8_lossy(raw).into_owned(),
        },
    }
}

impl Long {
    fn text(&self) -> String {
        let mut out = String::new();
        match self.chain.as_deref() {
            Some(chain @ [_, ..]) => {
                for (traceback, crash, description) in chain {
                    traceback.write(&mut out, crash.as_ref());
                    if let Some(description) = description {
                        let _ = write!(out, "\n{description}\n\n");
                    }
                }
            }
            _ => {
                if let Some(traceback) = &self.reprtraceback {
                    traceback.write(&mut out, self.reprcrash.as_ref());
                }
            }
        }
        if let Some(crash) = self.reprcrash.as_ref().filter(|_| out.is_empty()) {
            crash.write(&mut out);
        }
        out
    }
}

impl Traceback {
    fn write(&self, out: &mut String, crash: Option<&Crash>) {
        let before = out.len();
        for data in self.reprentries.iter().filter_map(|entry| entry.data.as_ref()) {
            for line in &data.lines {
                out.push_str(line);
                out.push('\n');
            }
            if let Some(place) = &data.reprfileloc {
                place.write(out);
            }
        }
        if let Some(crash) = crash.filter(|_| out.len() == before) {
            crash.write(out);
        }
        if let Some(line) = &self.extraline {
            out.push_str(line);
            out.push('\n');
        }
    }
}

impl Crash {
    /// `path:line: message`, as pytest prints it.
    fn write(&self, out: &mut String) {
        let path = self.path.as_deref().unwrap_or("?");
        let message = self.message.as_deref().unwrap_or_default();
        let _ = writeln!(out, "{path}:{}: {message}", self.lineno.unwrap_or_default());
    }
}
