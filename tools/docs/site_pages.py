"""Collects the pages of the site and its configuration in one folder, for Zensical to build.

    python tools/docs/site_pages.py build

Pages come from docs/, from the guides that live beside what they describe (`BESIDE`), and from the contract. A page
that the menu in docs/site.yml does not name is an error. A link to a file of the repository that is no page is left as
plain text.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from reference import Reference

from segops_parity.contract import load
from segops_parity.project import Project
from segops_parity.scenarios import load_scenarios

ROOT = Path(__file__).resolve().parents[2]
BESIDE = {
    "python/README.md": "python.md",
    "typescript-fixtures/admin/README.md": "typescript.md",
    "sandbox/README.md": "sandbox.md",
    "parity/README.md": "parity.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "README.md": "index.md",
}
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]+)\]\((?P<target>[^)#\s]+)(?P<anchor>#[^)]*)?\)")


def sources() -> dict[str, str]:
    """The repository's path of each written page, and its path on the site."""
    pages = {f"docs/{path.relative_to(ROOT / 'docs').as_posix()}": path.relative_to(ROOT / "docs").as_posix()
             for path in sorted((ROOT / "docs").rglob("*.md"))}  # fmt: skip
    pages.update({source: page for source, page in BESIDE.items() if (ROOT / source).is_file()})
    return pages


def relinked(text: str, source: str, pages: dict[str, str]) -> str:
    """A page's text with its links between files of the repository turned into links between pages."""

    def replace(link: re.Match[str]) -> str:
        target = link["target"]
        if "://" in target or target.startswith("mailto:"):
            return link[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        if path.startswith("docs/reference/"):
            page: str | None = path.removeprefix("docs/")
        else:
            page = pages.get(path)
        if page is None:
            return link["text"]
        there = posixpath.relpath(page, posixpath.dirname(pages[source]) or ".")
        return f"[{link['text']}]({there}{link['anchor'] or ''})"

    return LINK.sub(replace, text)


def in_menu(menu: Any) -> Iterator[str]:
    """The pages that a menu names."""
    if isinstance(menu, str):
        yield menu
    for each in menu.values() if isinstance(menu, dict) else menu if isinstance(menu, list) else ():
        yield from in_menu(each)


def _hold(menu: Any, pages: set[str]) -> None:
    """Ends where a menu leaves out one of these pages, or names a page that is none of them."""
    listed = set(in_menu(menu))
    if missing := sorted(pages - listed):
        raise SystemExit(f"docs/site.yml: no menu names {', '.join(missing)}")
    if gone := sorted(page for page in listed - pages if "://" not in page):
        raise SystemExit(f"docs/site.yml: the menu names {', '.join(gone)}, which is no page")


def write(folder: Path) -> int:
    """Writes every page below ``folder``/pages and the configuration beside them; returns how many pages."""
    configuration = yaml.safe_load((ROOT / "docs" / "site.yml").read_text(encoding="utf-8"))
    pages = sources()
    _hold(configuration["nav"], set(pages.values()))
    shutil.rmtree(folder / "pages", ignore_errors=True)
    project = Project.find(ROOT)
    contract = load(ROOT / "spec")
    reference = Reference(project, contract, load_scenarios(project.scenarios, contract))
    texts = {
        page: relinked((ROOT / source).read_text(encoding="utf-8"), source, pages) for source, page in pages.items()
    }
    described = {f"reference/{path}": text for path, text in reference.pages()}
    menu = [*_reference_menu(contract)]
    _hold(menu, set(described))
    texts.update(described)
    for page, text in texts.items():
        target = folder / "pages" / page
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for path in (ROOT / "docs").rglob("*"):
        if path.suffix in {".svg", ".png", ".css"}:
            target = folder / "pages" / path.relative_to(ROOT / "docs")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)

    configuration.update(docs_dir="pages", site_dir="site")
    configuration["nav"].append({"Reference": menu})
    (folder / "mkdocs.yml").write_text(
        yaml.safe_dump(configuration, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    return len(texts)


def _reference_menu(contract: Any) -> Iterator[Any]:
    yield "reference/index.md"
    for namespace in contract.namespaces.values():
        folder = f"reference/{namespace.name}"
        methods = [{operation.name: f"{folder}/{operation.name}.md"} for operation in namespace.operations.values()]
        yield {namespace.name: [f"{folder}/index.md", *methods]}
    yield {"Behaviours": "reference/behaviours.md"}


if __name__ == "__main__":
    print(f"{write(Path(sys.argv[1]).resolve())} pages")
