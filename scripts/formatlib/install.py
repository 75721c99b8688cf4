"""What the suites need, installed: of PyPI and npm into a folder, of Debian into the system."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PYPI = ["pytest==9.2.0", "pytest-reportlog==1.0.0", "pytest-rerunfailures==16.7", "pytest-xdist==3.8.0"]
NPM = ["vitest@4.1.12", "jest@30.5.2", "jest-junit@17.0.0", "mocha@12.0.3", "@playwright/test@1.65.1"]
SYSTEM = {
    "go test": {"go": "golang-go"}, "gotestsum": {"go": "golang-go", "gotestsum": "gotestsum"},
    "GoogleTest": {"cmake": "cmake", "pkg-config": "pkg-config"}, "CTest": {"cmake": "cmake", "pkg-config": "pkg-config"},
    "PHPUnit": {"phpunit": "phpunit"}, "RSpec": {"rspec": "ruby-rspec", "bundle": "ruby-bundler"},
}
"""Commands that a tool needs, and their packages."""
FILES = {
    "GoogleTest": {"/usr/include/gtest/gtest.h": "libgtest-dev"}, "CTest": {"/usr/include/gtest/gtest.h": "libgtest-dev"},
    "RSpec": {"/usr/share/rubygems-integration/all/gems": "ruby-rspec-junit-formatter"},
}
"""Files of packages that have no command."""
OF_NPM = {"vitest", "jest", "mocha", "mocha xunit", "playwright"}


def _try(*command: str | Path) -> None:
    if subprocess.run(command, stdout=sys.stderr).returncode != 0:
        print(f"skipped: {' '.join(map(str, command))} failed", file=sys.stderr)


def install(folder: Path, tools: set[str]) -> None:
    """Installs what is missing for some tools; what cannot be is told, and its suite is passed over."""
    if "pytest" in tools:
        python = folder / "venv/bin/python"
        if not python.exists():
            _try(sys.executable, "-m", "venv", folder / "venv")
        _try(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PYPI)
    if tools & OF_NPM and shutil.which("npm"):
        (folder / "node").mkdir(parents=True, exist_ok=True)
        _try("npm", "install", "--prefix", folder / "node", "--no-audit", "--no-fund", "--silent", *NPM)
    commands = {"zstd": "zstd"} if tools & (SYSTEM.keys() | OF_NPM) else {}
    files = {}
    for tool in tools:
        commands |= SYSTEM.get(tool, {})
        files |= FILES.get(tool, {})
    packages = [package for command, package in sorted(commands.items()) if shutil.which(command) is None]
    packages += [package for path, package in sorted(files.items()) if not Path(path).exists()]
    if packages and shutil.which("apt-get") and os.geteuid() == 0:
        _try("apt-get", "update", "--quiet")
        for package in packages:
            _try("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", package)
