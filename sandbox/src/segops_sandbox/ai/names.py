"""Names in a text: whole names, in any case and script, the longest name first.

Names are compared token by token, never as a pattern, so that "C++" or "(RED)" needs no escaping. A token is a word,
a single character of a script that is written without spaces, or one sign; white space has to stand where the name has
it.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

Thing = TypeVar("Thing", bound=Hashable)

# Typographic variants that do not change a name: trade marks, curly apostrophes, non-breaking hyphens, zero widths.
_PLAIN = str.maketrans({**dict.fromkeys("™®©℠", " "), **dict.fromkeys("’‘ʼ´`", "'"), **dict.fromkeys("‐‑", "-")})
_INVISIBLE = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# Thai to Khmer, kana, and Han are written without spaces: each character stands for itself.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# The gaps between tokens, besides none. A name does not continue in the next paragraph.
_SPACE, _PARAGRAPH = " ", "\n\n"
# A sign that changes what a word before it means: "C" is not named by "C++" or "C#".
_SUFFIX_SIGNS = ("+", "#")


@dataclass(frozen=True)
class Token:
    """A piece of a text: folded for comparison, with its place and the gap before it."""

    text: str
    start: int
    end: int
    gap: str

    @property
    def is_word(self) -> bool:
        """Whether it is more than a sign."""
        return self.text[0].isalnum()


@dataclass(frozen=True)
class Mention(Generic[Thing]):
    """A place (in the cleaned text) where a thing is named."""

    thing: Thing
    start: int
    end: int


def clean(text: str) -> str:
    """The text in one spelling of its characters (NFKC), with plain apostrophes and hyphens."""
    return unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_INVISIBLE)


def tokens(text: str) -> list[Token]:
    """The tokens of a cleaned text."""
    found: list[Token] = []
    end = 0
    for match in _pattern().finditer(text):
        space = text[end : match.start()]
        gap = "" if not space else _SPACE if space.count("\n") < 2 else _PARAGRAPH
        end = match.end()
        found.append(Token(_folded(match.group()), match.start(), end, gap))
    return found


def fold(name: str) -> str:
    """What two spellings of one name have in common."""
    return "".join(token.gap + token.text for token in _of_name(name))


def heard_in(texts: Iterable[str], names: Iterable[tuple[str, Thing]]) -> list[tuple[str, Thing]]:
    """The names whose first word occurs in one of the texts, so that `find` need not try all of them."""
    heard = {token.text for text in texts for token in tokens(clean(text))}
    first = _pattern()
    return [
        (name, thing)
        for name, thing in names
        if (match := first.search(name if name.isascii() else clean(name))) and _folded(match.group()) in heard
    ]


def find(text: str, names: Iterable[tuple[str, Thing]]) -> list[Mention[Thing]]:
    """Where a cleaned text names the things, from its start to its end, without overlaps.

    Of two names that begin at one place the longer wins; of two things with the same name the first.
    """
    spoken = tokens(text)
    heard = {token.text for token in spoken}
    known = _by_first_token(names, heard)
    found: list[Mention[Thing]] = []
    at = 0
    while at < len(spoken):
        for name, thing in known.get(spoken[at].text, ()):
            if _stands_at(name, spoken, at):
                last = spoken[at + len(name) - 1]
                found.append(Mention(thing, spoken[at].start, last.end))
                at += len(name)
                break
        else:
            at += 1
    return found


def _by_first_token(names: Iterable[tuple[str, Thing]], heard: set[str]) -> dict[str, list[tuple[list[Token], Thing]]]:
    """Names that can be in the text at all, by their first token, the longest first."""
    known: dict[str, list[tuple[list[Token], Thing]]] = {}
    for spelling, thing in names:
        name = _of_name(spelling)
        if name and all(token.text in heard for token in name):
            known.setdefault(name[0].text, []).append((name, thing))
    for candidates in known.values():
        candidates.sort(key=lambda candidate: -len(candidate[0]))  # stable: the first of equals stays first
    return known


def _stands_at(name: list[Token], spoken: list[Token], at: int) -> bool:
    part = spoken[at : at + len(name)]
    if [token.text for token in part] != [token.text for token in name]:
        return False
    if any(one.gap != other.gap for one, other in zip(part[1:], name[1:], strict=True)):
        return False
    before = spoken[at - 1] if at else None
    after = spoken[at + len(name)] if at + len(name) < len(spoken) else None
    if before is not None and not part[0].is_word and not part[0].gap and before.is_word:
        return False  # ".NET" in "ASP.NET"
    if after is None or after.gap:
        return True
    return after.text not in _SUFFIX_SIGNS and (part[-1].is_word or not after.is_word)


def _of_name(name: str) -> list[Token]:
    return tokens(" ".join(clean(name).split()))


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text.casefold())


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """Built at first use: collecting the combining marks of all scripts takes a moment."""
    marks = "".join(
        chr(code) for code in range(0x300, min(sys.maxunicode, 0x20000)) if unicodedata.category(chr(code))[0] == "M"
    )
    letter = rf"[^\W_{_UNSPACED}][{marks}]*"
    return re.compile(rf"[{_UNSPACED}][{marks}]*|{letter}(?:_*{letter})*|\S")
