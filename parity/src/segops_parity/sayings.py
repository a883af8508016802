"""Which behaviours a message speaks of: those of the cases that expect it.

An error that comes where none should is the work of whatever raises it, and its message says what that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from segops_parity.cases import Case
from segops_parity.wording import wording

__all__ = ["Sayings"]

_FLAG = re.compile("--[a-z][a-z-]*")
_VALUE = re.compile("'[^']*'")
_SHORTEST = 10
"""Characters of a text that is no other's by chance."""
_OF_ALL = (
    "error.",
    "cli.exit-",
    "cli.json-errors",
    "cli.hides-key",
    "cli.messages-to-stderr",
    "cli.suggestions",
    "response.not-http",  # so any mistake in reading a reply ends
)
"""What is said of all errors, whatever they are about."""


class Sayings:
    """What the cases expect errors to say, and the behaviours that they show by it."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases = cases

    @cached_property
    def _about(self) -> dict[str, set[str]]:
        """The behaviours by what is said; made when first asked for, which a green run never does."""
        found: dict[str, set[str]] = {}
        for case in self._cases:
            for step in case.steps:
                shown = [name for name in step.covers if not name.startswith(_OF_ALL)]
                for text in _texts(step.outcome) if shown else ():
                    found.setdefault(_form(text), set()).update(shown)
        return found

    def about(self, message: str, *, by_command: bool = False) -> str | None:
        """The behaviour that a message speaks of: by the longest text in it, if only that one's cases expect it.

        Args:
            message: what an error says.
            by_command: whether a command says it, and not the SDK.
        """
        said = _form(message)
        fitting = [text for text in self._about if text in said and self._of(text, by_command)]
        shown = self._of(max(fitting, key=len), by_command) if fitting else set()
        return shown.pop() if len(shown) == 1 else None

    def _of(self, text: str, by_command: bool) -> set[str]:
        return {name for name in self._about[text] if by_command or not name.startswith("cli.")}


def _form(text: str) -> str:
    """A text whatever flags and values it names."""
    return _VALUE.sub("'…'", _FLAG.sub("--…", wording(text)))


def _texts(outcome: Mapping[str, Any]) -> Iterable[str]:
    printed = outcome.get("ok")
    texts = list(outcome.get("error", {}).get("message") or ())
    if isinstance(printed, dict) and printed.get("exit"):
        texts += [*printed.get("says", ()), *filter(None, [printed.get("stderr")])]
    return [text for text in texts if isinstance(text, str) and len(text) >= _SHORTEST]
