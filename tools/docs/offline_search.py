"""Lets the search of the built site work without a network: its one script from elsewhere becomes a file of the site.

    python tools/docs/offline_search.py build/site

Browsers start no worker for a page that is opened from a folder. For these Zensical's pages load `iframe-worker` from a
CDN, and without a network search nothing. The package is installed with the other tools of the workspace.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

SHIM = Path(__file__).resolve().parents[2] / "typescript-fixtures/node_modules/iframe-worker/shim/index.js"
SCRIPT = "assets/javascripts/iframe-worker.js"
REMOTE = "https://unpkg.com/iframe-worker/shim"
FETCHED = re.compile(
    r"""<(?:script|img|iframe)\b[^>]*\ssrc="?https?:[^>]*>|<link\b[^>]*\brel="?(?:stylesheet|preload)[^>]*https?:[^>]*>"""
)


def main(site: str) -> int:
    shutil.copyfile(SHIM, Path(site) / SCRIPT)
    pages = list(Path(site).rglob("*.html"))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        if REMOTE not in text:
            raise SystemExit(f"{page} does not load {REMOTE}: the theme has changed, adapt this script")
        text = text.replace(REMOTE, "../" * (len(page.relative_to(site).parts) - 1) + SCRIPT)
        fetched = FETCHED.search(text)
        if fetched:
            raise SystemExit(f"{page} loads something from another server: {fetched[0]}")
        page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
