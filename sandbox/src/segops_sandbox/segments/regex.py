"""`matches_regex`: a small dialect with the same meaning on both databases, in time linear in the text.

Supported: literals, `.` (any character), classes, `\\d \\w \\s` (ASCII) and their negations, `^ $` (start and end of
the text), groups, `|`, and the quantifiers `* + ? {m} {m,} {m,n}`, greedy or lazy. Refused, with the place:
back-references, look-around, inline flags, named groups and `\\b`. The search is unanchored.

PostgreSQL gets the pattern respelled by `postgres`; SQLite calls `matches`, which follows all alternatives at once, so
that no pattern can hang the server as `(a+)+$` does with a backtracking matcher.

Why an automaton of our own: google-re2, the maintained linear-time engine on the package index, has no wheel for
Alpine's Python, and would come along with every install for this one operator. It would replace `automaton.py` only:
the dialect has to be parsed anyway, to mean the same on PostgreSQL and to say what is refused. Tests compare the two
databases' answers with those of `re`.
"""

from __future__ import annotations

from functools import lru_cache

from segops_sandbox.segments.automaton import Pattern
from segops_sandbox.segments.regex_syntax import (
    Anchor,
    Chars,
    Choice,
    Node,
    Repeat,
    Sequence,
    parse,
)


@lru_cache(maxsize=256)
def compile(pattern: str) -> Pattern:
    """The pattern, ready to search with. Raises RegexError when it is not of the dialect."""
    return Pattern(parse(pattern))


def matches(text: str | None, pattern: str) -> bool | None:
    """The SQL function: whether the pattern occurs in the text; null for null."""
    return None if text is None else compile(pattern).search(text)


def postgres(pattern: str) -> str:
    """The pattern in PostgreSQL's spelling, with the same meaning. Raises RegexError."""
    return "***:" + _spell(parse(pattern))


def _spell(node: Node) -> str:
    if isinstance(node, Chars):
        return "[" + "".join(_spell_range(low, high) for low, high in node.ranges if high > 0) + "]"
    if isinstance(node, Anchor):
        # ^ and $ would be the same, were it not for patterns such as a^b, which PostgreSQL reads as literals.
        return "\\A" if node.sign == "^" else "\\Z"
    if isinstance(node, Sequence):
        return "(?:" + "".join(map(_spell, node.items)) + ")"
    if isinstance(node, Choice):
        return "(?:" + "|".join(map(_spell, node.items)) + ")"
    return _spell_repeat(node)


def _spell_repeat(node: Repeat) -> str:
    most = "" if node.most is None else str(node.most)
    return f"(?:{_spell(node.item)}){{{node.least},{most}}}"


def _spell_range(low: int, high: int) -> str:
    # PostgreSQL's text has no NUL.
    return f"\\U{max(low, 1):08X}-\\U{high:08X}"
