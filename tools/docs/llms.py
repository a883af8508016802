"""Writes build/site/llms.txt, the Markdown of every page beside its HTML, and the OpenAPI document.

    python tools/docs/llms.py build

llms.txt (https://llmstxt.org) names every page of the menu with its first sentence, for programs that read it.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from segops_parity.contract import load
from segops_parity.openapi import document

HEADER = """# SegOps Admin

> {description}

Every page is Markdown. The API itself, with examples, is described by [openapi.json](openapi.json).
"""


def main(build: str) -> int:
    pages, site = Path(build) / "pages", Path(build) / "site"
    configuration = yaml.safe_load((Path(build) / "mkdocs.yml").read_text(encoding="utf-8"))
    lines = [HEADER.format(description=configuration["site_description"])]
    for title, listed in sections(configuration["nav"]):
        lines += [f"## {title}", ""]
        for page in listed:
            text = (pages / page).read_text(encoding="utf-8")
            (site / page).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(pages / page, site / page)
            lines.append(f"- [{heading(text)}]({page}): {first_sentence(text)}")
        lines.append("")
    (site / "llms.txt").write_text("\n".join(lines), encoding="utf-8")
    (site / "openapi.json").write_text(json.dumps(document(load()), indent=1, ensure_ascii=False), encoding="utf-8")
    return 0


def sections(menu: list[Any]) -> Iterator[tuple[str, list[str]]]:
    """The menu's sections with all pages below each; single pages are the first section."""
    pages = (page for entry in menu for page in ([entry] if isinstance(entry, str) else entry.values()))
    yield "Start here", [page for page in pages if isinstance(page, str)]
    for entry in menu:
        for title, below in entry.items() if isinstance(entry, dict) else ():
            if not isinstance(below, str):
                yield title, list(leaves(below))


def leaves(menu: Any) -> Iterator[str]:
    if isinstance(menu, str):
        yield menu
    for each in menu.values() if isinstance(menu, dict) else menu if isinstance(menu, list) else ():
        yield from leaves(each)


def heading(text: str) -> str:
    found = re.search(r"(?m)^# (.+)$", text)
    if not found:
        raise SystemExit(f"a page has no heading:\n{text[:200]}")
    return found[1]


def first_sentence(text: str) -> str:
    """The first sentence of the first paragraph, without links."""
    paragraphs = (
        each for each in text.split("\n\n") if each.strip() and not re.match(r"[#|!=>\-]|```|\[!", each.strip())
    )
    plain = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", " ".join(next(paragraphs, "").split()))
    return re.split(r"(?<=[.])\s", plain)[0].rstrip(":")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
