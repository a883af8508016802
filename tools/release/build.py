"""Builds every distribution and the npm package into dist/, the same bytes each time.

python tools/release/build.py OUT python sandbox ...
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def committed_at() -> str:
    """The time of the last commit: archives carry it in place of the time at which they were built."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        return os.environ["SOURCE_DATE_EPOCH"]
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def main(out: str, *projects: str) -> int:
    folder = Path(out).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    env = os.environ | {"SOURCE_DATE_EPOCH": committed_at()}
    for project in projects:
        print(f"building {project}", flush=True)
        build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT / project)]
        done = subprocess.run(build, env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(done.stdout + done.stderr, file=sys.stderr)
            return 1
    print("packing @segops/admin", flush=True)
    pack = ["tools/node.sh", "npm", "pack", "--silent", "--pack-destination", str(folder), "--workspace", "admin"]
    quiet = env | {"SEGOPS_NODE_QUIET": "1"}
    done = subprocess.run(
        pack, cwd=ROOT / "typescript-fixtures", env=quiet, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        print(done.stdout + done.stderr, file=sys.stderr)
        return 1
    for file in sorted(folder.iterdir()):
        print(f"{file.stat().st_size:>10,} {file.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
