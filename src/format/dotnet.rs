//! What the results of .NET have in common.

use std::borrow::Cow;

use super::shell::quote;

/// The name of the project that an assembly was built of: `/src/bin/Acme.Tests.dll`.
pub(super) fn project(assembly: &str) -> &str {
    let name = assembly.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let is_program = |end: &str| end.eq_ignore_ascii_case("dll") || end.eq_ignore_ascii_case("exe");
    name.rsplit_once('.').filter(|(_, end)| is_program(end)).map_or(name, |(stem, _)| stem)
}

/// The command that runs a method's tests again.
pub(super) fn replay(class: &str, method: &str) -> String {
    // Parameters and rows are no part of the method's name.
    let name = method.split(['(', ' ']).next().unwrap_or(method);
    let name = name.strip_prefix(class).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name);
    format!("dotnet test --filter {}", quote(&format!("FullyQualifiedName={class}.{name}")))
}

/// A message with its stack.
pub(super) fn message<'m>(message: Cow<'m, str>, stack: Cow<'m, str>) -> Cow<'m, str> {
    match (message.is_empty(), stack.is_empty()) {
        (_, true) => message,
        (true, _) => stack,
        _ => Cow::Owned(format!("{message}\n{stack}")),
    }
}
