"""Names the Python interpreters of the wanted versions that this machine has.

    python tools/interpreters.py 3.9 3.10     prints "3.9 <path>" for each one found, and what is missing to stderr

Looked for on PATH (`python3.9`) and, where pyenv is installed, among its versions. An interpreter counts when it
starts, is CPython of that version, and can make virtual environments. Runs on 3.9, so that CI's oldest job can use it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_PROBE = "import sys, venv, ensurepip; print(sys.implementation.name, '%d.%d' % sys.version_info[:2], sys.executable)"


def main(wanted: list[str]) -> int:
    """Prints what was found; exits 1 when nothing was."""
    found = {version: path for version in wanted if (path := find(version))}
    for version, path in found.items():
        print(version, path)
    missing = [version for version in wanted if version not in found]
    if missing:
        print("not on this machine: Python " + ", ".join(missing), file=sys.stderr)
    return 0 if found else 1


def find(version: str) -> str | None:
    """The path of a usable CPython of that version (such as "3.9"), or None."""
    for candidate in _candidates(version):
        if path := _probe(candidate, version):
            return path
    return None


def _candidates(version: str) -> Iterator[str]:
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path
    for home in sorted(_pyenv_versions(), reverse=True):
        if home.name.startswith(f"{version}."):
            yield str(home / "bin" / "python")


def _pyenv_versions() -> list[Path]:
    if not shutil.which("pyenv"):
        return []
    asked = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False)
    versions = Path(asked.stdout.strip() or os.devnull) / "versions"
    return list(versions.iterdir()) if versions.is_dir() else []


def _probe(candidate: str, version: str) -> str | None:
    # A shim on PATH may belong to a version that is not installed: only an interpreter that starts counts.
    try:
        asked = subprocess.run([candidate, "-c", _PROBE], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    name, _, rest = asked.stdout.strip().partition(" ")
    got, _, path = rest.partition(" ")
    return path if (name, got) == ("cpython", version) else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
