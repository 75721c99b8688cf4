//! Suites: assemblies, namespaces, fixtures, and methods with data.

use std::borrow::Cow;

use super::super::attempt::Ending;
use super::super::dotnet;
use super::super::xml::Tag;
use super::super::xml_page::Page;

/// What is told of a suite or a case.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) tag: Tag<'a>,
    pub(super) line: u64,
    pub(super) message: &'a [u8],
    pub(super) stack: &'a [u8],
}

impl<'a> Told<'a> {
    pub(super) fn new(tag: &Tag<'a>, page: &mut Page<'a>) -> Self {
        Self { tag: *tag, line: page.line(tag.at), message: b"", stack: b"" }
    }

    /// The whole message.
    pub(super) fn message(&self, page: &mut Page<'a>) -> Cow<'a, str> {
        let message = page.text(self.message);
        let stack = page.text(self.stack);
        dotnet::message(message, stack)
    }
}

/// A suite that is open.
pub(super) struct Suite<'a> {
    pub(super) told: Told<'a>,
    /// What it is called; of an assembly without its path.
    pub(super) name: String,
    /// What the names of its tests begin with.
    pub(super) path: String,
    pub(super) is_assembly: bool,
    /// Whether it is a namespace or a list of assemblies, which cannot fail themselves.
    pub(super) is_space: bool,
    pub(super) has_run: bool,
}

impl<'a> Suite<'a> {
    pub(super) fn new(told: Told<'a>, outer: Option<&Self>, page: &mut Page<'a>) -> Self {
        let [kind, name, full] = [&b"type"[..], b"name", b"fullname"].map(|name| page.attribute(&told.tag, name));
        let project = dotnet::project(&name);
        let is_assembly = kind == "Assembly" || kind.is_empty() && project.len() < name.trim().len();
        let outer = outer.map_or("", |outer| &outer.path);
        let path = match (is_assembly || kind.ends_with("Project"), full.is_empty()) {
            (true, _) => String::new(),
            (false, false) => full.into_owned(),
            // NUnit 2: the name alone, or before 2.5 all of it.
            (false, true) if outer.is_empty() || name.starts_with(&format!("{outer}.")) => name.to_string(),
            (false, true) => format!("{outer}.{name}"),
        };
        Self {
            told,
            name: if path.is_empty() { project.to_owned() } else { path.clone() },
            path,
            is_assembly,
            is_space: matches!(&*kind, "TestSuite" | "Namespace" | "Project" | "Test Project"),
            has_run: false,
        }
    }

    /// How it failed by itself, and not by what it holds or is held by. `message` may be empty where it is not known yet.
    pub(super) fn failed(&self, message: &str) -> Option<Ending> {
        let get = |name: &[u8]| self.told.tag.attributes.get(name).unwrap_or_default();
        let is_invalid = match get(b"result") {
            b"NotRunnable" | b"Invalid" => true,
            b"Failed" | b"Failure" | b"Error" => get(b"label") == b"Invalid",
            b"" if get(b"success") == b"False" => false,
            _ => return None,
        };
        let is_of_children =
            message.is_empty() || message.starts_with("One or more child tests") || message == "Child test failed";
        match get(b"site") {
            b"Child" | b"Parent" => None,
            _ if is_invalid => Some(Ending::BuildFailed),
            b"SetUp" | b"TearDown" => Some(Ending::SetupFailed),
            _ => (!is_of_children).then_some(Ending::SetupFailed),
        }
    }
}

/// Whether a test failed only because what holds it could not be set up.
pub(super) fn is_of_parent(tag: &Tag<'_>, message: &str) -> bool {
    tag.attributes.get(b"site") == Some(b"Parent")
        || tag.attributes.get(b"result") == Some(b"NotRunnable")
        || message.starts_with("TestFixtureSetUp failed in ")
}
