"""A program of another commit, to hold this one against."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from . import machine


class Failed(RuntimeError):
    """Something did not run."""


def git(*arguments: str) -> str:
    """What git prints."""
    ran = subprocess.run(["git", *arguments], cwd=machine.ROOT, capture_output=True, text=True)
    if ran.returncode != 0:
        raise Failed(f"git {shlex.join(arguments)}: {ran.stderr.strip()}")
    return ran.stdout.strip()


def commit(named: str | None) -> str:
    """The commit that this one is held against."""
    if named is not None:
        return git("rev-parse", "--verify", f"{named}^{{commit}}")
    try:
        fork = git("merge-base", "HEAD", "origin/main")
    except Failed:
        fork = git("rev-parse", "HEAD")
    return fork if fork != git("rev-parse", "HEAD") else git("rev-parse", "--verify", "HEAD~1^{commit}")


def build(commit: str, folder: Path, name: str) -> Path:
    """Builds a commit in a work tree and a target folder of its own. Both programs get names of one length."""
    tree, binary = folder / f"tree-{name}", folder / name / "relapse"
    print(f"building {commit[:10]}", file=sys.stderr, flush=True)
    if tree.exists():
        git("worktree", "remove", "--force", str(tree))
    git("worktree", "prune")
    git("worktree", "add", "--quiet", "--detach", str(tree), commit)
    try:
        command = ["cargo", "build", "--release", "--locked", "--quiet", "--bin", "relapse"]
        ran = subprocess.run([*command, "--target-dir", str(folder / f"target-{name}")], cwd=tree)
        if ran.returncode != 0:
            raise Failed(f"{commit[:10]} does not build")
        binary.parent.mkdir(exist_ok=True)
        shutil.copy2(folder / f"target-{name}" / "release" / "relapse", binary)
        return binary
    finally:
        git("worktree", "remove", "--force", str(tree))
