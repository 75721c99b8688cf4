//! How a test of a `JUnit` document is run again.

use super::super::attempt::Attempt;
use super::super::paths::Root;
use super::super::shell::{jest, literal, node, quote, vitest, whole};
use super::dialect::{Named, Suite, Tests};
use super::tool::Dialect;
use super::unit::modules;

impl Tests<'_> {
    /// The command that runs one test again, where it is known who wrote the document.
    pub(super) fn replay(&self, named: &Named<'_>, attempt: &Attempt<'_>, suite: Option<&Suite<'_>>) -> String {
        let name = &*named.scenario;
        let outer = suite.map_or("", |suite| &*suite.name);
        match self.dialect {
            Dialect::Unknown => String::new(),
            Dialect::Ctest => format!("ctest -R {} --output-on-failure", quote(&format!("^{}$", literal(name)))),
            Dialect::Ginkgo => {
                let seed = attempt.seed.map(|seed| format!(" --seed={seed}")).unwrap_or_default();
                format!("ginkgo --focus={}{seed} -r", quote(&literal(name)))
            }
            Dialect::Go => {
                let parts: Vec<_> = name.split('/').map(|part| format!("^{}$", literal(part))).collect();
                format!("go test {} -run {} -count=1", quote(outer), quote(&parts.join("/")))
            }
            Dialect::Jest => jest(&named.file, name),
            Dialect::Mocha => {
                let title = format!("{} {name}", named.class);
                let file = Root::of(std::iter::once(&*named.file)).strip(&named.file).into_owned();
                format!("npx mocha {} -g {}", quote(&file), quote(&whole(&title))).replacen(" ''", "", 1)
            }
            Dialect::Node => node(&named.file, name.rsplit(" > ").next().unwrap_or(name)),
            Dialect::Vitest => vitest(&self.suite, &name.replace(" > ", " ")),
            Dialect::Nextest => {
                format!("cargo nextest run -E {}", quote(&format!("binary_id(={outer}) & test(={name})")))
            }
            Dialect::Playwright => {
                let project =
                    if named.mode.is_empty() { String::new() } else { format!(" --project={}", quote(&named.mode)) };
                // It is searched in the file, the titles and the tags, and would match what has this one's name in its own.
                let title = format!("{} {}", self.suite, name.replace(" \u{203a} ", " "));
                let pattern = format!("{}( @\\S+)*$", literal(&title));
                format!("npx playwright test {} -g {}{project}", quote(&self.suite), quote(&pattern))
            }
            Dialect::Phpunit => {
                let method = name.split(" with data set").next().unwrap_or(name);
                let filter = quote(&format!("/::{}( .*)?$/", literal(method)));
                format!("vendor/bin/phpunit --filter {filter} {}", quote(&named.file))
                    .trim_end_matches(" ''")
                    .to_owned()
            }
            Dialect::Pytest => format!("python -m pytest {}", quote(&self.node(named))),
            Dialect::Rspec => format!("bundle exec rspec {} -E {}", quote(&named.file), quote(&whole(name))),
            Dialect::Surefire => {
                let class = if named.class.is_empty() { &self.suite } else { &named.class };
                // Parameters are no part of the method's name: `adds(int, int)[2]`, `adds{int, int}[2]`.
                let method = name.split(['(', '[', '{', ' ']).next().unwrap_or(name);
                let test = if method.is_empty() { class.to_string() } else { format!("{class}#{method}") };
                format!("mvn {} test", quote(&format!("-Dtest={test}")))
            }
        }
    }

    /// The command that runs a suite, where that is known.
    pub(super) fn replay_suite(&self, named: &Named<'_>, suite: &str) -> String {
        match self.dialect {
            Dialect::Jest | Dialect::Node | Dialect::Vitest if named.file.is_empty() => String::new(),
            Dialect::Jest => format!("npx jest {}", quote(&named.file)),
            Dialect::Node => format!("node --test {}", quote(&named.file)),
            Dialect::Vitest => format!("npx vitest run {}", quote(&named.file)),
            Dialect::Pytest => format!("python -m pytest {}", quote(&format!("{}.py", suite.replace('.', "/")))),
            Dialect::Surefire => format!("mvn {} test", quote(&format!("-Dtest={suite}"))),
            Dialect::Go => format!("go test {} -count=1", quote(suite)),
            _ => String::new(),
        }
    }

    /// pytest's id of a test. The file is told only on demand; then it is read off the class: `tests.test_a.TestB`.
    fn node(&self, named: &Named<'_>) -> String {
        let class = if named.class.is_empty() { &*self.suite } else { &*named.class };
        let parts: Vec<_> = class.split('.').collect();
        let modules = modules(&parts, class, &named.file);
        let (modules, classes) = parts.split_at_checked(modules).unwrap_or((&parts, &[]));
        let file =
            if named.file.is_empty() { format!("{}.py", modules.join("/")) } else { named.file.replace('\\', "/") };
        let mut id = file;
        for part in classes.iter().copied().chain([&*named.scenario]) {
            id.push_str("::");
            id.push_str(part);
        }
        id
    }
}
