//! The names under which CI builds a branch.

/// Where a merge queue keeps a branch of its own for each change: what stands before the change's own part names the queue.
const QUEUES: [Queue; 3] = [
    // GitHub: `gh-readonly-queue/{base}/pr-{number}-{commit}`.
    Queue { prefix: "gh-readonly-queue/", own: Some("/pr-") },
    // Mergify's default: `mergify/merge-queue/{digest}`.
    Queue { prefix: "mergify/merge-queue/", own: None },
    // Trunk: `trunk-merge/{change}/{id}`.
    Queue { prefix: "trunk-merge/", own: None },
];

struct Queue {
    prefix: &'static str,
    /// What a change's own part begins with; `None`: all behind the prefix is its own.
    own: Option<&'static str>,
}

/// The branch whose history a run belongs to: git's full name of a branch (`refs/heads/main`) is its short one, and the branches
/// of a merge queue, which hold one run each, are one that follows the branch they land on. `None` for `HEAD`: so git calls what is
/// checked out without a branch.
#[must_use]
pub fn history_of_branch(name: &str) -> Option<&str> {
    if name == "HEAD" {
        return None;
    }
    let name = name.strip_prefix("refs/heads/").unwrap_or(name);
    let queue = QUEUES.iter().find_map(|queue| Some((name.strip_prefix(queue.prefix)?, queue)));
    let Some((rest, queue)) = queue else { return Some(name) };
    let kept = match queue.own {
        None => queue.prefix.len() - 1,
        Some(own) => match rest.rfind(own) {
            Some(base) => queue.prefix.len() + base,
            None => return Some(name),
        },
    };
    Some(&name[..kept])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_one_branch_and_full_names_are_short_ones() {
        for (name, history) in [
            ("main", "main"),
            ("refs/heads/main", "main"),
            ("release/1.2", "release/1.2"),
            ("gh-readonly-queue/main/pr-104-698d5ab6", "gh-readonly-queue/main"),
            ("refs/heads/gh-readonly-queue/release/pr-1/pr-7-aa", "gh-readonly-queue/release/pr-1"),
            ("gh-readonly-queue/main", "gh-readonly-queue/main"),
            ("mergify/merge-queue/4f9b5b7c1e", "mergify/merge-queue"),
            ("trunk-merge/pr-12/0b5c", "trunk-merge"),
            ("mergify/fix", "mergify/fix"),
            ("refs/pull/12/merge", "refs/pull/12/merge"),
        ] {
            assert_eq!(history_of_branch(name), Some(history), "{name}");
        }
        assert_eq!(history_of_branch("HEAD"), None);
    }
}
