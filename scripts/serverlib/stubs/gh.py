"""gh, as far as the page uses it: `run list` and `run download`, of runs that lie in a folder."""
import argparse
import fnmatch
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

state = Path(os.environ["SERVER_STATE"])
if not os.environ.get("GH_TOKEN"):
    sys.exit("gh: set GH_TOKEN")
parser = argparse.ArgumentParser(prog="gh")
actions = parser.add_subparsers(required=True).add_parser("run").add_subparsers(dest="action", required=True)
listing = actions.add_parser("list")
for option in ("--repo", "--workflow", "--branch", "--event", "--status", "--created", "--json", "--jq"):
    listing.add_argument(option)
listing.add_argument("--limit", type=int, default=20)
download = actions.add_parser("download")
download.add_argument("run")
for option in ("--repo", "--name", "--pattern", "--dir"):
    download.add_argument(option)
given = parser.parse_args()
if given.repo != os.environ["GITHUB_REPOSITORY"]:
    sys.exit("gh: no such repository")

if given.action == "list":
    runs = json.loads((state / "runs.json").read_text()) if (state / "runs.json").exists() else []
    for option, key in (("workflow", "workflow"), ("branch", "headBranch"), ("event", "event")):
        wanted = getattr(given, option)
        runs = [run for run in runs if wanted in (None, run[key])]
    if given.status:
        runs = [run for run in runs if given.status in (run["status"], run["conclusion"])]
    if given.created:
        assert given.created.startswith(">=") and len(given.created) == 12, given.created
        runs = [run for run in runs if run["createdAt"][:10] >= given.created[2:]]
    keys = given.json.split(",")
    rows = [{key: run[key] for key in keys} for run in reversed(runs)][:given.limit]
    sys.exit(subprocess.run(["jq", "--raw-output", given.jq], input=json.dumps(rows), text=True).returncode)

kept = state / "artifacts" / given.run
names = sorted(path.name for path in kept.iterdir()) if given.run and kept.exists() else []
chosen = [name for name in names if name == given.name or given.pattern and fnmatch.fnmatch(name, given.pattern)]
if not chosen:
    sys.exit(f"no artifact matches any of the names or patterns provided, of run {given.run!r}")
for name in chosen:
    place = Path(given.dir or ".") / ("" if given.name else name)
    for path in sorted(path for path in (kept / name).rglob("*") if path.is_file()):
        to = place / path.relative_to(kept / name)
        if to.exists():
            sys.exit(f"error extracting zip archive: {to}: file exists")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
