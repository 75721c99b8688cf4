"""Pipelines of GitLab: stages, rules, scripts, artifacts that a job needs."""

import re
import shutil

from .project import Project, Unlike


class Pipelines:
    """The pipelines of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        (project.work / "state").mkdir()
        self.count = 0

    def run(self, config: dict, source: str, told: dict[str, str]) -> tuple[bool, str]:
        """Runs a pipeline: whether it passed, and what it printed."""
        self.count += 1
        variables = {
            **told, "GITLAB_CI": "true", "CI_PIPELINE_ID": str(5000 + self.count), "CI_PIPELINE_SOURCE": source,
            "CI_COMMIT_SHA": f"{self.count:040x}", "CI_DEFAULT_BRANCH": "main", "CI_API_V4_URL": "https://gitlab.example/api/v4",
            "CI_PROJECT_ID": "42", "CI_JOB_TOKEN": "token", "CI_RUNNER_EXECUTABLE_ARCH": "linux/amd64",
            "CI_PIPELINE_CREATED_AT": told["TESTS_AT"],
        }
        if source == "merge_request_event":
            variables |= {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "change", "CI_COMMIT_REF_NAME": "change"}
        else:
            variables |= {"CI_COMMIT_BRANCH": "main", "CI_COMMIT_REF_NAME": "main"}
        for key, value in config.get("variables", {}).items():
            variables[key] = re.sub(r"\$(\w+)", lambda found: variables[found[1]], value)
        passed, said, kept = True, "", self.project.work / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        jobs = {name: job for name, job in config.items() if isinstance(job, dict) and "script" in job}
        for stage in config["stages"]:
            still = passed
            for at, (name, job) in enumerate(jobs.items()):
                rule = next((rule for rule in job["rules"] if self._holds(rule["if"], variables)), None) if job["stage"] == stage else None
                if rule is None or not still and rule.get("when") != "always":
                    continue
                tree = self.project.checkout("gitlab")
                for needed in job.get("needs", []):
                    shutil.copytree(kept / needed, tree, dirs_exist_ok=True)
                script = "\n".join([*config["default"]["before_script"], *job["script"]])
                own = {"CI_JOB_ID": f"{self.count}{at}", "CI_JOB_NAME": name, "CI_JOB_URL": "https://gitlab.example/job"}
                ended = self.project.run(["bash", "-eo", "pipefail", "-c"], script, {**variables, **own}, tree)
                said += ended.said
                artifacts = job.get("artifacts", {})
                if ended.status == 0 or artifacts.get("when") == "always":
                    for path in artifacts.get("paths", []):
                        if not (tree / path).exists():
                            raise Unlike(f"{name} has no {path} to keep")
                        shutil.copytree(tree / path, kept / name / path)
                if ended.status != 0 and not rule.get("allow_failure"):
                    passed = False
        return passed, said

    @staticmethod
    def _holds(condition: str, variables: dict[str, str]) -> bool:
        found = re.fullmatch(r'\$(\w+) == (?:"([^"]*)"|\$(\w+))', condition)
        if not found:
            raise Unlike(f"a rule that is not understood: {condition}")
        return variables.get(found[1]) == (found[2] if found[3] is None else variables.get(found[3]))
