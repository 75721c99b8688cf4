//! Paths of test files, without what differs from machine to machine.

use std::borrow::Cow;

/// What the absolute paths of a document have in common, and is no part of a name.
#[derive(Debug, Default)]
pub(super) struct Root(String);

/// Folders that a project begins with. A run of few files has more in common than the project's root: without these its
/// tests had other names.
const TOPS: [&str; 18] = [
    "__tests__",
    "app",
    "apps",
    "client",
    "e2e",
    "examples",
    "integration",
    "lib",
    "libs",
    "packages",
    "server",
    "spec",
    "specs",
    "src",
    "test",
    "tests",
    "unit",
    "web",
];

impl Root {
    /// The root of paths.
    pub(super) fn of<'b>(paths: impl Iterator<Item = &'b str>) -> Self {
        let mut common: Option<String> = None;
        for path in paths.filter(|path| !path.is_empty()) {
            let path = path.replace('\\', "/");
            if !path.starts_with('/') && path.get(1..3) != Some(":/") {
                // What is told relative to the project needs no root.
                return Self::default();
            }
            let folder = path.rfind('/').and_then(|end| path.get(..=end)).unwrap_or_default().to_owned();
            common = Some(common.map_or_else(|| folder.clone(), |common| shared(&common, &folder)));
        }
        let mut root = common.unwrap_or_default();
        // The first folder is never one of a project: `/app`, `/src` are where containers put projects.
        let mut at = root.find('/').and_then(|slash| Some(slash + 1 + root.get(slash + 1..)?.find('/')? + 1));
        while let Some(start) = at {
            let Some(length) = root.get(start..).and_then(|rest| rest.find('/')) else { break };
            if root.get(start..start + length).is_some_and(|folder| TOPS.contains(&folder)) {
                root.truncate(start);
                break;
            }
            at = Some(start + length + 1);
        }
        Self(root)
    }

    /// A path without the root, with slashes.
    pub(super) fn strip<'b>(&self, path: &'b str) -> Cow<'b, str> {
        let path = if path.contains('\\') { Cow::Owned(path.replace('\\', "/")) } else { Cow::Borrowed(path) };
        match path {
            Cow::Borrowed(path) => Cow::Borrowed(path.strip_prefix(&*self.0).unwrap_or(path)),
            Cow::Owned(path) => Cow::Owned(path.strip_prefix(&*self.0).unwrap_or(&path).to_owned()),
        }
    }
}

/// What two folders share, in whole names.
fn shared(one: &str, other: &str) -> String {
    let end = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let slash = one.as_bytes().get(..end).and_then(|shared| memchr::memrchr(b'/', shared));
    slash.and_then(|slash| one.get(..=slash)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::Root;

    #[test]
    fn names_do_not_depend_on_how_many_files_ran() {
        let one = Root::of(["/home/u/shop/src/cart/a.test.js"].into_iter());
        assert_eq!(one.strip("/home/u/shop/src/cart/a.test.js"), "src/cart/a.test.js");
        let many = Root::of(["/home/u/shop/src/cart/a.test.js", "/home/u/shop/tools/b.test.js"].into_iter());
        assert_eq!(many.strip("/home/u/shop/src/cart/a.test.js"), "src/cart/a.test.js");
        let container = Root::of(["/app/src/a.test.js"].into_iter());
        assert_eq!(container.strip("/app/src/a.test.js"), "src/a.test.js");
        let windows = Root::of(["D:\\a\\shop\\test\\a.ts"].into_iter());
        assert_eq!(windows.strip("D:\\a\\shop\\test\\a.ts"), "test/a.ts");
        let relative = Root::of(["src/a.ts"].into_iter());
        assert_eq!(relative.strip("src/a.ts"), "src/a.ts");
        assert_eq!(Root::of(["/é/x.js", "/è/x.js"].into_iter()).strip("/é/x.js"), "é/x.js");
    }
}
