"""Jobs of GitHub Actions: steps in order, `if`, outcomes, artifacts."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from .project import Project, Unlike


class Actions:
    """The runs of a repository's workflows."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.state = project.work / "state"
        self.state.mkdir()
        self.runs: list[dict] = []

    def run(self, workflow: dict, file: str, event: str, told: dict[str, str]) -> tuple[bool, str]:
        """Runs a workflow's only job: whether it passed, and what it printed."""
        number = len(self.runs) + 1001
        row = {"databaseId": number, "workflow": file, "headBranch": "main" if event != "pull_request" else "change", "event": event,
               "status": "in_progress", "conclusion": "", "createdAt": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        self.runs.append(row)
        (job,) = workflow["jobs"].values()
        passed, said = self._job(job, number, event, told)
        row |= {"status": "completed", "conclusion": "success" if passed else "failure"}
        (self.state / "runs.json").write_text(json.dumps(self.runs))
        return passed, said

    def _job(self, job: dict, number: int, event: str, told: dict[str, str]) -> tuple[bool, str]:
        tree = self.project.checkout("github")
        files = {name: self.project.work / name.lower() for name in ("GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
        for path in files.values():
            path.write_text("")
        variables = {
            **told, **{name: str(path) for name, path in files.items()}, "GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": str(number),
            "GITHUB_REF_NAME": "main" if event != "pull_request" else "7/merge", "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_HEAD_REF": "change" if event == "pull_request" else "", "GITHUB_SHA": f"{number:040x}",
            "GITHUB_REPOSITORY": "shop/shop", "GITHUB_SERVER_URL": "https://github.example", "GITHUB_WORKFLOW": "tests",
            "GITHUB_JOB": "test", "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64",
        }
        known = {"github.event_name": event, "github.run_id": str(number), "github.run_attempt": "1", "github.token": "token"}
        passed, said = True, ""
        for step in job["steps"]:
            condition = str(step.get("if", "${{ success() }}"))
            if not self._holds(condition, known, passed):
                continue
            ended = self._step(step, number, tree, variables, known)
            said += ended.said if ended else ""
            failed = ended is not None and ended.status != 0
            if "id" in step:
                known[f"steps.{step['id']}.outcome"] = "failure" if failed else "success"
            if failed and not self._holds(str(step.get("continue-on-error", "false")), known, passed):
                passed = False
            for line in files["GITHUB_ENV"].read_text().splitlines():
                key, _, value = line.partition("=")
                variables[key] = value
        return passed, said

    def _step(self, step: dict, number: int, tree: Path, variables: dict[str, str], known: dict[str, str]):
        def filled(text):
            return re.sub(r"\$\{\{\s*([\w.]+)\s*\}\}", lambda found: known[found[1]], str(text))

        if "run" in step:
            own = {key: filled(value) for key, value in step.get("env", {}).items()}
            return self.project.run(["bash", "-e", "-c"], filled(step["run"]), {**variables, **own}, tree)
        action, _, version = step["uses"].partition("@")
        if not version or action not in ("actions/checkout", "actions/upload-artifact"):
            raise Unlike(f"no such action here: {step['uses']}")
        if action == "actions/upload-artifact":
            given = step["with"]
            source, to = tree / given["path"], self.state / "artifacts" / str(number) / filled(given["name"])
            if not any(path.is_file() for path in source.rglob("*")):
                raise Unlike(f"nothing to keep in {given['path']}")
            shutil.copytree(source, to)
        return None

    @staticmethod
    def _holds(condition: str, known: dict[str, str], passed: bool) -> bool:
        """A condition of equalities, `success()` and `!cancelled()`, joined by `&&`."""
        inner = re.sub(r"^\$\{\{|\}\}$", "", condition.strip()).strip()
        for part in inner.split("&&"):
            part = part.strip()
            equal = re.fullmatch(r"([\w.]+) == '([^']*)'", part)
            if part.lower() in ("true", "!cancelled()"):
                held = True
            elif part.lower() == "false":
                held = False
            elif part == "success()":
                held = passed
            elif equal:
                held = known.get(equal[1]) == equal[2]
            else:
                raise Unlike(f"a condition that is not understood: {part}")
            if not held:
                return False
        return True
