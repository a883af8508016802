"""The programs that pages of the documentation show: blocks whose first line names a file."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

_NAMED = re.compile(
    r"^(?P<indent> *)```\w+\n *(?:#|//) (?P<name>[\w/]+\.\w+)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)

_NAME = re.compile(r"(?:#|//) [\w/]+\.\w+\n")

DJANGO_SETTINGS = """
SECRET_KEY = "test"
INSTALLED_APPS = ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
"""


def has_programs(page: Path) -> bool:
    return _NAMED.search(page.read_text(encoding="utf-8")) is not None


def is_named(block: str) -> bool:
    """Whether the first line of a block names a file."""
    return _NAME.match(block) is not None


def write_programs(page: Path, folder: Path) -> list[str]:
    """Writes the files of a page into a folder; returns their names."""
    names = []
    for block in _NAMED.finditer(page.read_text(encoding="utf-8")):
        target = folder / block["name"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(block["text"]), encoding="utf-8")
        names.append(block["name"])
    assert names, f"{page} names no file"
    return names


def write_django_project(page: Path, folder: Path) -> None:
    """A Django project around the programs of the guide: settings, and packages for its folders."""
    write_programs(page, folder)
    (folder / "settings.py").write_text(DJANGO_SETTINGS, encoding="utf-8")
    for package in (folder / "shop", folder / "shop/management", folder / "shop/management/commands"):
        (package / "__init__.py").touch()


def blocks(page: Path, language: str) -> list[str]:
    """The blocks of a page in one language that stand at the left margin and name no file, as they are pasted."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [text for text in found if not is_named(text)]
