"""What the suites need, installed: of PyPI and npm into a folder, of Debian into the system."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PYPI = ["pytest==9.2.0", "pytest-reportlog==1.0.0", "pytest-rerunfailures==16.7", "pytest-xdist==3.8.0"]
NPM = ["vitest@4.1.12", "jest@30.5.2", "jest-junit@17.0.0", "mocha@12.0.3", "@playwright/test@1.65.1"]
SYSTEM = {
    "go": "golang-go", "gotestsum": "gotestsum", "cmake": "cmake", "pkg-config": "pkg-config", "phpunit": "phpunit",
    "rspec": "ruby-rspec", "bundle": "ruby-bundler", "zstd": "zstd",
}
"""Commands and their packages."""
FILES = {
    "/usr/include/gtest/gtest.h": "libgtest-dev", "/usr/share/rubygems-integration/all/gems": "ruby-rspec-junit-formatter",
}
"""Files of packages that have no command."""


def _try(*command: str | Path) -> None:
    if subprocess.run(command, stdout=sys.stderr).returncode != 0:
        print(f"skipped: {' '.join(map(str, command))} failed", file=sys.stderr)


def install(folder: Path) -> None:
    """Installs what is missing; what cannot be is told, and its suite is passed over."""
    python = folder / "venv/bin/python"
    if not python.exists():
        _try(sys.executable, "-m", "venv", folder / "venv")
    _try(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PYPI)
    if shutil.which("npm"):
        (folder / "node").mkdir(parents=True, exist_ok=True)
        _try("npm", "install", "--prefix", folder / "node", "--no-audit", "--no-fund", "--silent", *NPM)
    packages = [package for command, package in SYSTEM.items() if shutil.which(command) is None]
    packages += [package for path, package in FILES.items() if not Path(path).exists()]
    if packages and shutil.which("apt-get") and os.geteuid() == 0:
        _try("apt-get", "update", "--quiet")
        for package in packages:
            _try("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", package)
