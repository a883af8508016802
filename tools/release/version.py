"""The version of the release: read from one file, written to the others that repeat it.

python tools/release/version.py                 print it
python tools/release/version.py --set 1.0.1     write it everywhere
python tools/release/version.py --check         exit 1 and name the files that differ
python tools/release/version.py --expect 1.0.1  exit 1 unless it is this one
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "python/src/segops_admin/_version.py"
# File and the pattern of its version; the first group is what stays in front of it.
COPIES = {
    SOURCE: r'(?m)^(__version__ = ")[^"]+',
    "sandbox/src/segops_sandbox/__init__.py": r'(?m)^(__version__ = ")[^"]+',
    "sandbox/pytest-segops/src/pytest_segops/_version.py": r'(?m)^(__version__ = ")[^"]+',
    "parity/src/segops_parity/__init__.py": r'(?m)^(__version__ = ")[^"]+',
    "parity/pyproject.toml": r'(?m)^(version = ")[^"]+',
    "typescript-fixtures/admin/src/version.ts": r'(?m)^(export const VERSION = ")[^"]+',
    "typescript-fixtures/admin/package.json": r'(?m)^(  "version": ")[^"]+',
    "python/man/segops-admin.1": r'(?m)^(\.TH .*"segops-admin )[^"]+',
    "typescript-fixtures/admin/man/segops-admin.1": r'(?m)^(\.TH .*"segops-admin )[^"]+',
    "typescript-fixtures/package-lock.json": r'(?m)^(      "name": "@segops/admin",\n      "version": ")[^"]+',
}


def read(root: Path = ROOT) -> str:
    """The version of this release."""
    found = re.search(r'(?m)^__version__ = "([^"]+)"', (root / SOURCE).read_text(encoding="utf-8"))
    if not found:
        raise SystemExit(f'{SOURCE}: no line __version__ = "…"')
    return found[1]


def write(version: str, root: Path = ROOT, *, dry: bool = False) -> list[str]:
    """Writes the version to every file that holds it; returns the files that held another one."""
    if not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", version):
        raise SystemExit(f"{version!r} is no version like 1.0.1 or 1.1.0rc1.")
    changed = []
    for name, pattern in COPIES.items():
        text = (root / name).read_text(encoding="utf-8")
        new, count = re.subn(pattern, rf"\g<1>{version}", text)
        if count != 1:
            raise SystemExit(f"{name}: {count} places look like the version; expected one. Mend COPIES in {__file__}.")
        if new != text:
            changed.append(name)
            if not dry:
                (root / name).write_text(new, encoding="utf-8")
    return changed


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="The version of this release.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--set", metavar="VERSION", help="write this version everywhere")
    choice.add_argument("--check", action="store_true", help="name the files that hold another version")
    choice.add_argument("--expect", metavar="VERSION", help="fail unless the version is this one")
    options = parser.parse_args(argv)
    version = read()
    if options.set:
        for name in write(options.set):
            print(f"{name}: {options.set}")
    elif options.check:
        stale = write(version, dry=True)
        for name in stale:
            print(f"{name} differs from {version} in {SOURCE}: run tools/release/version.py --set {version}")
        return 1 if stale else 0
    elif options.expect is not None:
        if options.expect != version:
            print(f"the version is {version}, not {options.expect}", file=sys.stderr)
            return 1
    else:
        print(version)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
