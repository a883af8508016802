"""Builds @segops/admin and its tests, unless they are built from the sources as they are now.

    python tools/build_typescript.py

With the oldest supported Node, under a lock: test workers and `make` may ask at the same time. Needs node_modules
(`make typescript` and `make test` install them).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

WORKSPACE = Path(__file__).resolve().parents[1] / "typescript-fixtures"
PACKAGE = WORKSPACE / "admin"
STAMP = PACKAGE / "build" / ".stamp"


def state() -> str:
    """A digest of everything that the build depends on."""
    digest = hashlib.sha256()
    files = [WORKSPACE / "package-lock.json", WORKSPACE / "tsconfig.base.json", *PACKAGE.glob("*.json")]
    for folder in ("src", "test", "scripts"):
        files += (path for path in (PACKAGE / folder).rglob("*") if path.is_file())
    for path in sorted(files):
        digest.update(str(path.relative_to(WORKSPACE)).encode() + path.read_bytes())
    return digest.hexdigest()


def build() -> Path:
    """The package's folder, built.

    Raises:
        RuntimeError: node_modules are missing, or the build failed; the text says what it printed.
    """
    if not (WORKSPACE / "node_modules" / "typescript").is_dir():
        raise RuntimeError("typescript-fixtures has no node_modules: run `make typescript`")
    with (WORKSPACE / "node_modules" / ".build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = state()
        if STAMP.exists() and STAMP.read_text() == wanted and (PACKAGE / "dist/cjs/package.json").exists():
            return PACKAGE
        print("building @segops/admin", flush=True)
        for words in (["scripts/build.mjs"], ["scripts/test.mjs", "--compile"]):
            done = subprocess.run(
                [str(WORKSPACE / "tools/node.sh"), "oldest", "node", *words],
                cwd=PACKAGE,
                env={**os.environ, "SEGOPS_NODE_QUIET": "1"},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(f"node {' '.join(words)} exited {done.returncode}:\n{done.stdout}\n{done.stderr}")
        STAMP.write_text(wanted)
    return PACKAGE


if __name__ == "__main__":
    try:
        build()
    except RuntimeError as error:
        sys.exit(str(error))
