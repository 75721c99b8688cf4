//! The profile of records that name their revision.

/// What the profile of records with a revision adds to the built-in one.
const REVISION: &str = "[[field]]\nrole = \"revision\"\npath = \"revision\"\ntype = \"text\"\n\n";

/// The built-in profile of the line shape.
const PROFILE: &str = include_str!("../../src/record/builtin/ft-conformance-log-v1.toml");

/// The built-in profile with the role of the revision, under a name of its own.
pub(crate) fn profile_with_revision() -> String {
    let named = PROFILE.replacen("ft-conformance-log-v1", "planted-with-revision", 1);
    named.replacen("[outcome]", &format!("{REVISION}[outcome]"), 1)
}

#[cfg(test)]
mod tests {
    use super::profile_with_revision;
    use relapse::record::Profile;
    use relapse::role::Role;

    #[test]
    fn the_profile_is_read() {
        let profile = Profile::parse("profile.toml", &profile_with_revision()).unwrap();
        assert_eq!(profile.name, "planted-with-revision");
        assert_eq!(profile.field(Role::Revision).unwrap().path, ["revision"]);
    }
}
