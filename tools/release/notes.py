"""The changelog's section of this release, for the GitHub release; exit 1 where there is none.

python tools/release/notes.py [VERSION]
"""

from __future__ import annotations

import re
import sys

import version

CHANGELOG = version.ROOT / "CHANGELOG.md"


def section(text: str, wanted: str) -> str:
    """What stands below the heading of that version, without the heading."""
    heading = re.compile(rf"(?m)^## \[{re.escape(wanted)}\][^\n]*\n")
    found = heading.search(text)
    if not found:
        raise SystemExit(f"CHANGELOG.md has no section ## [{wanted}]: write one, with the date of the release.")
    following = re.compile(r"(?m)^## ").search(text, found.end())
    body = text[found.end() : following.start() if following else len(text)].strip()
    if not body:
        raise SystemExit(f"CHANGELOG.md: the section ## [{wanted}] is empty.")
    return body


if __name__ == "__main__":
    print(section(CHANGELOG.read_text(encoding="utf-8"), sys.argv[1] if len(sys.argv) > 1 else version.read()))
