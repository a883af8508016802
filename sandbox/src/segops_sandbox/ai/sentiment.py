"""Sentiment: the tone of a text about each mention, by the English words of praise and blame around it.

A word counts for the mention of its own clause, the one before it rather than the one after; in a clause that names
nothing, for the last one named in the paragraph. "Not" turns a word around; questions and quotations say nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from segops_sandbox.ai.names import Mention, Thing
from segops_sandbox.ai.ranking import is_reference, together

POSITIVE, NEUTRAL, NEGATIVE = "positive", "neutral", "negative"

_PRAISE = """admired amazing award-winning beloved best better comfortable dependable durable excellent exceptional
    fantastic favorite favorites favourite favourites good great ideal impressive leader leading love loved loves
    outstanding perfect popular praise praised praises recommend recommended recommends reliable solid stellar strong
    superb superior top trusted trustworthy versatile winner wonderful"""
_BLAME = """avoid awful bad complain complained complaint complaints criticised criticism criticized disappoint
    disappointed disappointing disappoints expensive flawed flimsy inferior lacking overpriced overrated poor poorly
    problem problems problematic terrible uncomfortable underwhelming unreliable weak worse worst"""
_KIND, _UNKIND = frozenset(_PRAISE.split()), frozenset(_BLAME.split())
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_NEGATED = re.compile(
    r"(?:\b(?:not(?!\s+(?:only|just)\b)|never|no|hardly|barely|without|neither|nor|cannot)|n't)(?:\W+[^\W_]+){0,2}\W*$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"“[^”\n]*”|\"[^\"\n]*\"")
# A paragraph ends at an empty line, or before the next item of a list at the margin.
_PARAGRAPH = re.compile(r"\n[ \t]*\n|\n(?=[*\-•#>]|\d{1,3}[.)]\s)")
_BREAK = re.compile(
    r"(?P<end>[.!?]+(?=\W*\s|\W*$)|\n)|[;:,()—–]|\s-\s"
    r"|\b(?:but|while|whereas|although|though|however|yet|than|unlike|compared)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Clause:
    start: int
    paragraph: int
    sentence: int
    is_question: bool = False


@dataclass
class _Group:
    """Enumerated mentions: a word about one is about all."""

    start: int
    end: int
    clause: int
    is_reference: bool
    balance: int = 0


def sentiments(text: str, mentions: list[Mention[Thing]]) -> dict[Thing, str]:
    """positive, neutral or negative for each thing, over all its mentions in a cleaned text."""
    spans = together(text, mentions)
    clauses = _clauses(text, [(span[0].start, span[-1].end) for span in spans])
    starts = [clause.start for clause in clauses]
    groups = [
        _Group(span[0].start, span[-1].end, bisect_right(starts, span[-1].start) - 1, is_reference(text, span[0]))
        for span in spans
    ]
    silent = [(m.start(), m.end()) for m in _QUOTED.finditer(text)] + [(g.start, g.end) for g in groups]
    for match in _WORD.finditer(text):
        word = match.group().lower()
        value = (word in _KIND) - (word in _UNKIND)
        if not value or any(start <= match.start() < end for start, end in silent):
            continue
        clause = bisect_right(starts, match.start()) - 1
        group = None if clauses[clause].is_question else _addressee(groups, clauses, clause, match.start())
        if group is not None:
            group.balance += -value if _NEGATED.search(text, clauses[clause].start, match.start()) else value
    totals: dict[Thing, int] = {}
    for span, group in zip(spans, groups, strict=True):
        for mention in span:
            totals[mention.thing] = totals.get(mention.thing, 0) + group.balance
    return {thing: POSITIVE if total > 0 else NEGATIVE if total < 0 else NEUTRAL for thing, total in totals.items()}


def _clauses(text: str, kept: list[tuple[int, int]]) -> list[_Clause]:
    """The clauses in their order; a break inside one of the kept spans ("Dr. Martens") is none."""
    paragraphs = [match.start() + 1 for match in _PARAGRAPH.finditer(text)]
    clauses = [_Clause(0, 0, 0)]
    sentence = first = 0
    for match in _BREAK.finditer(text):
        if any(start <= match.start() < end for start, end in kept):
            continue
        if match["end"]:
            if "?" in match["end"]:
                clauses[first:] = [_Clause(c.start, c.paragraph, c.sentence, True) for c in clauses[first:]]
            sentence, first = sentence + 1, len(clauses)
        clauses.append(_Clause(match.end(), bisect_right(paragraphs, match.end()), sentence))
    return clauses


def _addressee(groups: list[_Group], clauses: list[_Clause], at: int, place: int) -> _Group | None:
    """The mention that a word at a place in clause `at` is about."""
    here = [group for group in groups if group.clause == at]
    before = [group for group in here if group.end <= place]
    if before or here:
        return before[-1] if before else here[0]
    clause = clauses[at]
    earlier = [
        g for g in groups if g.clause < at and clauses[g.clause].paragraph == clause.paragraph and not g.is_reference
    ]
    if earlier:
        return earlier[-1]
    later = (
        g for g in groups if g.clause > at and clauses[g.clause].sentence == clause.sentence and not g.is_reference
    )
    return next(later, None)
