"""The English of the sources: the rules of docs/style.md that a program can check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repository import ROOT, files, source, text_of

# Phrases that were replaced by the field's words, as they would stand in help, errors and docstrings: in small letters,
# and each with letters first, by which it is found fast.
GONE = (
    "between two looks",
    "(look|looked) at at once",
    "goe?s? on (at the server|from there|where|waiting|to http)",
    "to go on(,| waiting)",
    "names this call",
    "one stretch of",
    "correct what the answer names",
    "## (walking|trying again|through requests)",
    "walks (all|every|over|and|or)",
    "(lazy|a) walk\\b",
    "what is no address",
    "trying (again in|anew)",
    "what (came|comes|has come) of (a|an|each|one|it|them)\\b",
    "what (may )?becomes? of",
    "how far (an?|the) (import|export|job|upload) is",
    "how far (it|that) is\\b",
    "(begins?|began|made|started|written|asked for|issued|proven|printed) anew",
    "(deadline|job|recompute|iteration|import|export|case|call) is over\\b",
    "until it is over",
    "in vain",
    "for ever\\b",
    "the way through",
    "refused at the door",
    "that never was",
    "in silence",
)
SPOKEN = {".py", ".ts", ".md", ".yaml", ".mjs"}
OWN = {"docs/style.md", "tests/python/published_0_2_2.yaml", "tests/repo/test_english.py"}


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
    gone = [re.compile(phrase) for phrase in GONE]
    found: dict[str, list[str]] = {}
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in SPOKEN and name not in OWN and "cassettes" not in name:
            text = (text_of(path) or "").lower()
            for phrase in (match[0] for pattern in gone for match in pattern.finditer(text)):
                found.setdefault(phrase, []).append(name)
    assert {phrase: (len(names), sorted(set(names))[:5]) for phrase, names in found.items()} == {}


SHOWN = """
seconds between two looks; it is looked at at once; it goes on at the server; to go on, call; names this call
one stretch of members; correct what the answer names; ## walking; walks all pages; a walk; what is no address
trying again in 2 s; what came of it; what becomes of a file; how far the import is; how far it is; begins anew
the deadline is over; until it is over; in vain; for ever; the way through; refused at the door; that never was
in silence
"""


def test_every_phrase_is_found_where_it_stands() -> None:
    assert [phrase for phrase in GONE if not re.search(phrase, SHOWN)] == []
