"""The English of the sources: the rules of docs/style.md that a program can check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repository import ROOT, files, source, text_of

# Phrases that were replaced by the field's words, as they would stand in help, errors and docstrings.
GONE = (
    "between two looks",
    "goes on at the server\\.",
    "[Nn]ames this call",
    "[Oo]ne stretch of",
    "Correct what the answer names",
    "## (Walking|Trying again|Through requests)",
    "[Ww]alks (all|every)",
    "what is no address",
    "[Tt]rying again in",
    "[Ww]hat came of (a|an|each|one|it|them)\\b",
    "[Hh]ow far an? (import|export) is",
)
SPOKEN = {".py", ".ts", ".md", ".yaml", ".mjs"}
OWN = {"docs/style.md", "tests/repo/test_english.py"}


def opening_sentences() -> Iterator[tuple[str, str]]:
    """The first paragraph of each module's docstring, in both languages."""
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix == ".py":
            yield name, source(path).docstring.partition("\n\n")[0]
        elif path.suffix in {".ts", ".mjs"}:
            comment = re.match(r"(?:#!.*\n)?/\*\*(.*?)(?:\n \*\n|\*/)", text_of(path) or "", re.DOTALL)
            yield name, comment[1] if comment else ""


def docstrings() -> Iterator[tuple[str, str]]:
    """The first paragraph of each docstring of a class or function in Python."""
    for path in files():
        if path.suffix == ".py":
            for line, text in source(path).docstrings:
                yield f"{path.relative_to(ROOT)}:{line}", text.partition("\n\n")[0]


def test_no_docstring_asks_a_question() -> None:
    assert [where for where, text in docstrings() if re.search(r"\?(\s|$)", text)] == []


def test_no_module_opens_with_a_question() -> None:
    opened = list(opening_sentences())
    assert len(opened) > 500
    assert [name for name, text in opened if re.search(r"\?(\s|$)", text)] == []


def test_no_file_says_what_the_field_has_a_word_for() -> None:
    gone = re.compile("|".join(GONE))
    texts = {path.relative_to(ROOT).as_posix(): path for path in files() if path.suffix in SPOKEN}
    found = [
        f"{name}: {match[0]}"
        for name, path in texts.items()
        if name not in OWN and "cassettes" not in name
        for match in gone.finditer(text_of(path) or "")
    ]
    assert found == []
