"""A mutant: one small change at one place of one source file, and the name that it keeps while lines move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

__all__ = ["Mutant", "named"]


@dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes:
        number: what the switch is set to; from 1 up, over all files of a language.
        file: below the package's folder.
        scope: the function or class around it, dotted; empty at the top of a module.
        early: it takes effect while the module is loaded, so that a process must be started with it.
        uses: for a change of a module's constant, the name that it is bound to.
    """

    number: int
    language: str
    file: str
    line: int
    scope: str
    operator: str
    was: str
    becomes: str
    early: bool = False
    uses: str = ""
    nth: int = 1

    @property
    def key(self) -> str:
        """A name that survives edits elsewhere: where, what, into what, and which of several such."""
        nth = f" #{self.nth}" if self.nth > 1 else ""
        return f"{self.language} {self.file} {self.scope or '-'}: {self.was} => {self.becomes}{nth}"

    @property
    def is_shell(self) -> bool:
        """Whether it is in the command line's part of the package."""
        return self.file.startswith("cli/")


def named(mutants: Iterable[Mutant]) -> list[Mutant]:
    """The same, each with its number among those that would have the same name."""
    seen: Counter[str] = Counter()
    found = []
    for each in mutants:
        seen[each.key] += 1
        found.append(replace(each, nth=seen[each.key]))
    return found
