"""Installs packages where nothing else is, and holds what the program says there to what the release build says."""

import base64
import hashlib
import http.server
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

from benchlib.machine import ROOT

from .shared import Release, Wrong, needed
from .tarball import names

INPUT = ROOT / "fixtures/weekly"


def _run(command: list, variables: dict[str, str], folder: Path) -> str:
    """What a command prints that sees no variable but these."""
    done = subprocess.run(command, env=variables, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Wrong(f"{' '.join(map(str, command))}: exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def _reports(command: list, variables: dict[str, str], folder: Path, out: Path) -> dict[str, bytes]:
    _run([*command, "sweep", INPUT, "--out", out], {**variables, "SOURCE_DATE_EPOCH": "0"}, folder)
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def _same(release: Release, command: list, variables: dict[str, str], folder: Path, reference: Path) -> int:
    """Holds the reports of an installed command to those of the release build: how many there are."""
    said = _run([*command, "--version"], variables, folder)
    if said != f"relapse {release.version}\n":
        raise Wrong(f"the installed command calls itself {said.strip()!r}")
    expected = _reports([reference], {}, folder, folder / "expected")
    found = _reports(command, variables, folder, folder / "found")
    if "incidents.json" not in expected or found.keys() != expected.keys():
        raise Wrong(f"it writes {sorted(found)}, the release build {sorted(expected)}")
    for name, content in expected.items():
        if found[name] != content:
            raise Wrong(f"{name} is not that of the release build")
    return len(expected)


def _carries(folder: Path, *expected: str) -> None:
    for name in expected:
        if not (folder / name).is_file() or (folder / name).stat().st_size < 100:
            raise Wrong(f"it has no {name}")


def wheel(release: Release, made: list[Path], reference: Path) -> int:
    """By pip, without an index, into a virtual environment."""
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
        command = [work / "venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
        _run([*command, *made], {"HOME": str(work), "PIP_CONFIG_FILE": os.devnull}, work)
        site = next((work / "venv").rglob("relapse_cli-*.dist-info"))
        _carries(site, *(f"licenses/{name}" for name in ("LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY.txt")))
        return _same(release, [work / "venv/bin/relapse"], {}, work, reference)


@contextmanager
def _registry(packages: list[Path]):
    """A registry of npm's on the loopback, with these packages and no others: its address."""
    documents, files = {}, {f"/{path.name}": path.read_bytes() for path in packages}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = documents.get(self.path) or files.get(self.path)
            self.send_response(200 if body else 404)
            self.end_headers()
            self.wfile.write(body or b"{}")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}"
    for path in packages:
        with tarfile.open(path) as archive:
            manifest = json.load(archive.extractfile("package/package.json"))
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
        manifest["dist"] = {"tarball": f"{address}/{path.name}", "integrity": integrity}
        name, version = manifest["name"], manifest["version"]
        document = {"name": name, "dist-tags": {"latest": version}, "versions": {version: manifest}}
        documents[f"/{name}"] = json.dumps(document).encode()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()


def npm(release: Release, made: list[Path], reference: Path) -> int:
    """By npx from a registry that has these packages alone, and by npm from the files, without any registry."""
    path = os.pathsep.join(dict.fromkeys(str(Path(needed(tool, "npm")).parent) for tool in ("node", "npm", "npx", "sh")))
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        variables = {"PATH": path, "HOME": str(work), "npm_config_cache": str(work / "cache"), "npm_config_update_notifier": "false"}
        (work / "files").mkdir()
        _run(["npm", "install", "--offline", "--no-audit", "--no-fund", *made], variables, work / "files")
        _same(release, ["npx", "--no-install", "relapse"], variables, work / "files", reference)
        damaged = subprocess.run(["npx", "--no-install", "relapse", "sweep", work / "absent"], env=variables, cwd=work / "files",
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if damaged.returncode != 2:
            raise Wrong(f"the status of a sweep of nothing is {damaged.returncode}, not 2")
        (work / "empty").mkdir()
        with _registry(made) as address:
            variables |= {"npm_config_registry": address}
            return _same(release, ["npx", "--yes", "relapse-cli"], variables, work / "empty", reference)


def deb(release: Release, made: list[Path], reference: Path) -> int:
    """By dpkg into a root of its own, which knows this machine's libraries and nothing else."""
    dpkg = needed("dpkg", "dpkg")
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        root = work / "root"
        (root / "var/lib/dpkg/info").mkdir(parents=True)
        (root / "var/lib/dpkg/updates").mkdir()
        # Dependencies are really held to versions: what this machine has of them stands as installed.
        known = subprocess.run(["dpkg-query", "--status", "libc6", "libgcc-s1"], check=True, stdout=subprocess.PIPE, text=True).stdout
        stanzas = ["\n".join(line for line in stanza.splitlines() if line.split(":")[0] in (
            "Package", "Status", "Architecture", "Multi-Arch", "Version", "Maintainer", "Description"))
            for stanza in known.split("\n\n")]
        (root / "var/lib/dpkg/status").write_text("\n\n".join(stanzas) + "\n")
        command = [dpkg, f"--root={root}", "--force-not-root", "--log=/dev/null", "--install", *made]
        _run(command, {"PATH": "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin", "HOME": str(work)}, work)
        share = root / "usr/share"
        _carries(share, "man/man1/relapse.1.gz", "man/man1/relapse-sweep.1.gz", "bash-completion/completions/relapse",
                 "zsh/vendor-completions/_relapse", "fish/vendor_completions.d/relapse.fish", "doc/relapse/copyright",
                 "doc/relapse/THIRD-PARTY.txt.gz")
        return _same(release, [root / "usr/bin/relapse"], {}, work, reference)


def tar(release: Release, made: list[Path], reference: Path) -> int:
    """Unpacked, at the place that Cargo.toml tells cargo-binstall."""
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        name, place = names(release)
        if [path.name for path in made] != [name]:
            raise Wrong(f"it is {made[0].name}, and Cargo.toml says {name}")
        _run([needed("tar", "tar"), "-xzf", *made], {"PATH": os.environ["PATH"]}, work)
        _carries((work / place).parent, "man/relapse.1", "completions/relapse", "LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY.txt")
        return _same(release, [work / place], {}, work, reference)
