"""Builds of a declarative Jenkinsfile: its stages, and the steps that the page uses."""

import re
import shutil
from pathlib import Path

from .project import Project, Unlike

STEPS = re.compile(
    r"""\s*(?:sh\ '''(?P<long>.*?)'''|sh\ '(?P<short>[^'\n]*)'
    |archiveArtifacts\ artifacts:\ '(?P<keep>[^']*)/\*\*'
    |copyArtifacts\ projectName:\ '[^']*/main',\ selector:\ lastSuccessful\(\),\ filter:\ '(?P<copy>[^']*)/\*\*'(?P<optional>,\ optional:\ true)?
    |script\ \{\s*if\ \(fileExists\('(?P<exists>[^']*)'\)\)\ \{\s*unstable\('[^']*'\)\s*\}\s*\})\s*""", re.S | re.X)


def _body(text: str, at: int) -> str:
    """What stands in the braces that open at or behind a place; braces in strings and comments are none."""
    begin, depth = text.index("{", at), 0
    for found in re.finditer(r"'''.*?'''|'[^'\n]*'|\"[^\"\n]*\"|//[^\n]*|[{}]", text[begin:], re.S):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return text[begin + 1:begin + found.start()]
    raise Unlike("braces do not close")


def _within(text: str, word: str) -> str:
    found = re.search(rf"\b{word}\s*\{{", text)
    if not found:
        raise Unlike(f"no {word} in: {text.strip()[:60]}")
    return _body(text, found.start())


class Builds:
    """The builds of a multibranch pipeline."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.count = 0
        self.last: Path | None = None

    def run(self, file: str, branch: str, told: dict[str, str]) -> tuple[bool, str]:
        """Runs a build: whether it passed or is unstable, and what it printed."""
        self.count += 1
        pipeline = _within(file, "pipeline")
        tree, kept = self.project.checkout("jenkins"), self.project.work / "builds" / str(self.count)
        variables = {
            **told, "JENKINS_URL": "https://jenkins.example/", "BUILD_TAG": f"jenkins-shop-{branch}-{self.count}", "BRANCH_NAME": branch,
            "GIT_COMMIT": f"{self.count:040x}", "JOB_NAME": f"shop/{branch}", "BUILD_URL": "https://jenkins.example/job",
            "WORKSPACE": str(tree),
        }
        if branch != "main":
            variables |= {"CHANGE_BRANCH": "change", "CHANGE_ID": "7"}
        (key, value) = re.fullmatch(r'\s*(\w+) = "([^"]*)"\s*', _within(pipeline, "environment")).groups()
        path = f"{self.project.tools / 'bin'}:{self.project.bin}"
        variables[key] = re.sub(r"\$(\w+)", lambda found: {**variables, "PATH": path}[found[1]], value)
        stages, said = _within(pipeline, "stages"), ""
        for stage in re.finditer(r"stage\('(\w+)'\)", stages):
            body = _body(stages, stage.end())
            when = re.search(r"when \{ (.*?) \}", body)
            known = {None: True, "changeRequest()": branch != "main", "branch 'main'": branch == "main"}
            if known[when and when[1]]:
                passed, more = self._steps(_within(body, "steps"), tree, kept, variables)
                said += more
                if not passed:
                    return False, said
        if branch == "main":
            self.last = kept
        return True, said

    def _steps(self, text: str, tree: Path, kept: Path, variables: dict[str, str]) -> tuple[bool, str]:
        at, said = 0, ""
        while at < len(text):
            step = STEPS.match(text, at)
            if not step:
                raise Unlike(f"a step that is not understood: {text[at:].strip().splitlines()[0]}")
            at = step.end()
            script = step["long"] or step["short"]
            if script:
                ended = self.project.run(["sh", "-xe", "-c"], script, variables, tree)
                said += ended.said
                if ended.status != 0:
                    return False, said
            elif step["keep"]:
                if not (tree / step["keep"]).exists():
                    raise Unlike(f"nothing to keep in {step['keep']}")
                shutil.copytree(tree / step["keep"], kept / step["keep"])
            elif step["copy"]:
                source = self.last and self.last / step["copy"]
                if source and source.exists():
                    shutil.copytree(source, tree / step["copy"])
                elif not step["optional"]:
                    return False, said + "no artifacts to copy\n"
        return True, said
