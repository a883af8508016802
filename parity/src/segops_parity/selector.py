"""Selectors: the operations that a behaviour applies to.

A selector is one word for what is no operation (`client`, `cli`, `webhook`, `testing`), or an expression over the flags
that are computed for each operation: flags joined by ``and``, ``or`` and ``not``, where ``not`` binds closest, then
``and``. There are no parentheses: write the alternatives out.

>>> Selector.parse("mutates and post or mutates and patch").matches({"request", "post", "mutates"})
True
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

__all__ = ["FLAGS", "SUBJECTS", "Selector"]

SUBJECTS: dict[str, str] = {
    "client": "the client as such: its options, its life, its transport",
    "cli": "the command line",
    "webhook": "the webhook helpers",
    "testing": "the helpers for the user's own tests",
}

FLAGS: dict[str, str] = {
    "request": "sends a request of its own",
    "get": "can send GET",
    "post": "can send POST",
    "put": "can send PUT",
    "patch": "can send PATCH",
    "delete": "can send DELETE",
    "mutates": "changes something on the server",
    "reads": "sends a request of its own and changes nothing",
    "json": "sends a JSON body",
    "multipart": "sends a multipart body",
    "bodyless": "sends a request without a body",
    "query": "sends a query",
    "params": "takes query parameters from the caller",
    "path-id": "puts an argument into the path",
    "choices": "takes an argument with a fixed set of values",
    "page": "pages by number, or iterates such a listing",
    "cursor": "pages by cursor, or iterates such a listing",
    "iterates": "repeats another operation's request page by page",
    "polls": "repeats another operation's request until a job has finished",
    "queues": "sends the request that starts the job before it waits for it",
    "splits": "sends another operation's request for each part of a file",
    "states": "knows the states that end the job it waits for",
    "downloads": "writes the answer to a file",
}


@dataclass(frozen=True)
class Selector:
    """A parsed selector.

    `subject` is set for what is no operation; else `terms` holds the alternatives, each a set of (flag, wanted).
    """

    text: str
    subject: str | None
    terms: tuple[frozenset[tuple[str, bool]], ...]

    @classmethod
    def parse(cls, text: str) -> Selector:
        """The selector that `text` writes; raises ValueError on an unknown flag or a broken expression."""
        if text in SUBJECTS:
            return cls(text, text, ())
        return cls(text, None, tuple(_parse_term(term) for term in text.split(" or ")))

    def matches(self, flags: Set[str]) -> bool:
        """Whether an operation with these flags is meant."""
        return any(all((flag in flags) is wanted for flag, wanted in term) for term in self.terms)


def _parse_term(text: str) -> frozenset[tuple[str, bool]]:
    term: set[tuple[str, bool]] = set()
    for factor in text.split(" and "):
        wanted = not factor.startswith("not ")
        flag = factor.removeprefix("not ")
        if flag not in FLAGS:
            known = ", ".join([*SUBJECTS, *FLAGS])
            raise ValueError(f"expected flags joined by and, or, not; {flag!r} is none of {known}")
        if (flag, not wanted) in term:
            raise ValueError(f"expected a selector that can match; {flag!r} is both wanted and not in {text!r}")
        term.add((flag, wanted))
    return frozenset(term)
